"""Whatever is sent, the endpoint answers in the vendor's form: never a traceback, never a hang, never a 500 that is not meant."""

import json
from datetime import date
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from leadsquared_slots.contract_tests.strategies.generated_requests import malformed_requests
from leadsquared_slots.mock_server.contract.validation import problems
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED, OBSERVED, PROFILES, Profile
from leadsquared_slots.mock_server.exchanges.message import Keys, split_credentials
from leadsquared_slots.mock_server.service import ENDPOINT
from leadsquared_slots.mock_server.vendor.errors import VendorError
from leadsquared_slots.mock_server.vendor.request import ATTRIBUTES, LARGEST_BODY, PAGING_ATTRIBUTES, read_request

from ..support.asking import JSON, KEYS, ask, choices, emulator, post

pytestmark = pytest.mark.versions

WHOLE: dict[str, Any] = {
    "FromDate": "2026-03-02",
    "ToDate": "2026-03-06",
    "Users": ["zoo@lsqdev.in"],
    "IncludeAllowedConflictSlots": False,
    "Paging": {"PageIndex": 1, "PageSize": 100},
}
TARGETS = {name: emulator(profile=profile) for name, profile in PROFILES.items()}
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def refused(body: bytes, profile: str = "documented", **request: Any) -> dict[str, Any]:
    """The envelope of a reply that has to be a refusal in the vendor's form."""
    reply = post(TARGETS[profile], body, **request)
    envelope: dict[str, Any] = orjson.loads(reply.body)
    assert problems("error", envelope) == ()
    assert reply.status in {400} if profile == "documented" else {400, 500}
    return envelope


@given(st.binary(max_size=200), st.sampled_from(sorted(PROFILES)))
def test_bytes_that_are_no_request_are_refused_in_the_vendors_form(body: bytes, profile: str) -> None:
    refused(body, profile)


@given(st.sampled_from(ATTRIBUTES), anything, st.sampled_from(sorted(PROFILES)))
def test_any_json_value_of_an_attribute_is_answered_or_refused_in_the_vendors_form(name: str, value: Any, profile: str) -> None:
    reply = post(TARGETS[profile], json.dumps({**WHOLE, name: value}).encode("utf-8", "surrogatepass"))
    content = orjson.loads(reply.body)
    assert problems("answer" if reply.status == 200 else "error", content) == ()


@given(malformed_requests(["zoo@lsqdev.in"], date(2026, 1, 1), date(2026, 12, 31)))
def test_a_request_with_one_defect_is_refused_by_the_rule_that_it_breaks(malformed: Any) -> None:
    reply = post(TARGETS["documented"], malformed.body)
    assert reply.status == 400
    assert malformed.rule in reply.rules, (malformed, reply)


@given(st.sampled_from(["[", '{"a":', '[{"x":']), st.integers(1, 300_000))
def test_nested_without_end_is_no_json(opening: str, depth: int) -> None:
    assert "not JSON" in refused(opening.encode() * min(depth, (1 << 20) // len(opening)))["ExceptionMessage"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b"\xff\xfe{\x00}\x00", "not JSON"),
        ("{}".encode("utf-16"), "not JSON"),
        (b'\xef\xbb\xbf{"FromDate":1}', "not JSON"),
        (b'{"FromDate": NaN}', "not JSON"),
        (b'{"FromDate": Infinity}', "not JSON"),
        (b'{"FromDate": "\\ud800"}', "not JSON"),
        (b'{"Paging": {"PageIndex": 1' + b"0" * 5000 + b"}}", "infinity"),
        (b"x" * ((1 << 20) + 1), "larger than"),
        (b'"FromDate"', "object"),
        (b"[]", "object"),
        (b"null", "object"),
    ],
)
def test_what_other_servers_choke_on_is_refused_with_what_is_wrong(body: bytes, says: str) -> None:
    assert says in refused(body)["ExceptionMessage"]


@pytest.mark.parametrize("place", [ATTRIBUTES, PAGING_ATTRIBUTES])
def test_a_misspelt_attribute_is_refused_with_the_right_one(place: tuple[str, ...]) -> None:
    for name in place:
        whole = WHOLE if place is ATTRIBUTES else WHOLE["Paging"]
        misspelt = {**{key: value for key, value in whole.items() if key != name}, f"{name[:3]}{name[4:]}": whole[name]}
        body = misspelt if place is ATTRIBUTES else {**WHOLE, "Paging": misspelt}
        assert f"did you mean {name!r}?" in refused(orjson.dumps(body))["ExceptionMessage"]


def test_attributes_that_stand_twice_count_as_they_stand_last() -> None:
    body = orjson.dumps(WHOLE)[:-1] + b',"FromDate":"2026-03-06"}'
    answer = orjson.loads(post(TARGETS["documented"], body).body)
    assert [day["Date"] for day in answer["List"]] == ["2026-03-06"]


@pytest.mark.parametrize("name", ["IncludeAllowedConflictSlots", "Paging"])
def test_null_counts_as_left_out(name: str) -> None:
    without = {key: value for key, value in WHOLE.items() if key != name}
    assert ask(TARGETS["documented"], {**WHOLE, name: None}) == ask(TARGETS["documented"], without)


@given(st.sampled_from(["100", "101"]), st.dates())
def test_a_hundred_days_pass_and_a_hundred_and_one_do_not(days: str, first: Any) -> None:
    try:
        last = first.fromordinal(first.toordinal() + int(days))
    except ValueError:
        return
    body = orjson.dumps({**WHOLE, "FromDate": first.isoformat(), "ToDate": last.isoformat(), "Users": ["free@x.y"]})
    assert post(TARGETS["documented"], body).status == (200 if days == "100" else 400)


QUESTIONS_OF_REQUESTS: dict[str, tuple[dict[str, Any], dict[Any, int]]] = {
    "unknown-attributes": ({**WHOLE, "Colour": "red"}, {"refused": 400, "ignored": 200}),
    "attribute-case": ({**{k: v for k, v in WHOLE.items() if k != "FromDate"}, "fromdate": "2026-03-02"}, {"exact": 400, "any": 200}),
    "omitted-flag": ({k: v for k, v in WHOLE.items() if k != "IncludeAllowedConflictSlots"}, {"false": 200, "refused": 400}),
    "omitted-paging": ({k: v for k, v in WHOLE.items() if k != "Paging"}, {"everything": 200, "refused": 400}),
    "largest-page": ({**WHOLE, "Paging": {"PageIndex": 1, "PageSize": 1000}}, {3: 400, 1000: 200}),
    "most-users": ({**WHOLE, "Users": [f"u{n}@x.y" for n in range(4)]}, {3: 400, 1000: 200}),
    "unknown-address": ({**WHOLE, "Users": ["unknown@x.y", "free@x.y"]}, {"left-out": 200, "refused": 400}),
    "malformed-body-status": ({**WHOLE, "FromDate": 5}, {400: 400, 500: 500, 200: 200}),
    "missing-attribute-status": ({k: v for k, v in WHOLE.items() if k != "Users"}, {400: 400, 500: 500, 200: 200}),
    "invalid-value-status": ({**WHOLE, "FromDate": "yesterday"}, {400: 400, 500: 500, 200: 200}),
}


@pytest.mark.parametrize(("question", "answer"), [(q, a) for q in QUESTIONS_OF_REQUESTS for a in choices(q)])
def test_a_profile_decides_what_becomes_of_a_request(question: str, answer: Any) -> None:
    body, statuses = QUESTIONS_OF_REQUESTS[question]
    reply = post(emulator(profile=DOCUMENTED.with_answers({question: answer})), orjson.dumps(body))
    assert reply.status == statuses[answer]


@pytest.mark.parametrize(("answer", "status"), [("required", 400), ("ignored", 200)])
@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "", "json"])
def test_a_profile_decides_whether_the_content_type_counts(answer: str, status: int, content_type: str) -> None:
    target = emulator(profile=DOCUMENTED.with_answers({"content-type": answer}))
    assert post(target, orjson.dumps(WHOLE), headers={"content-type": content_type}).status == status


@pytest.mark.parametrize(("content_type", "shown"), [(None, "missing"), ("text/plain", '"text/plain"')])
def test_a_wrong_content_type_is_refused_with_what_was_received(content_type: str | None, shown: str) -> None:
    headers = {} if content_type is None else {"content-type": content_type}
    message = refused(orjson.dumps(WHOLE), headers=headers)["ExceptionMessage"]
    assert message == f"Invalid Input! Content-Type is {shown}; expected application/json."


def test_a_bad_number_is_refused_with_the_numbers_that_would_pass() -> None:
    for name, largest in (("PageIndex", 2**31 - 1), ("PageSize", DOCUMENTED.largest_page)):
        message = refused(orjson.dumps({**WHOLE, "Paging": {**WHOLE["Paging"], name: 0}}))["ExceptionMessage"]
        assert message.endswith(f"Received 0; expected a whole number from 1 to {largest}.")
        assert ask(TARGETS["documented"], {**WHOLE, "Paging": {**WHOLE["Paging"], name: largest}})["RecordCount"] == 1


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"'])
def test_json_in_utf_8_is_taken_however_it_is_written(content_type: str) -> None:
    assert post(TARGETS["documented"], orjson.dumps(WHOLE), headers={"content-type": content_type}).status == 200


def test_a_profile_decides_whether_two_spellings_of_an_address_are_one_user() -> None:
    body = {**WHOLE, "Users": ["Zoo@lsqdev.in", "zoo@LSQDEV.in", "zoo@lsqdev.in"]}
    count = {}
    for case in choices("address-case"):
        for duplicates in choices("duplicate-addresses"):
            profile = DOCUMENTED.with_answers({"address-case": case, "duplicate-addresses": duplicates})
            count[case, duplicates] = ask(emulator(profile=profile), body)["RecordCount"]
    assert count == {("any", "once"): 1, ("any", "repeated"): 3, ("exact", "once"): 3, ("exact", "repeated"): 3}


@pytest.mark.parametrize(("order", "expected"), [("asked", ["b@x.y", "A@x.y", "c@x.y"]), ("address", ["A@x.y", "b@x.y", "c@x.y"])])
def test_a_profile_decides_the_order_of_users(order: str, expected: list[str]) -> None:
    profile = DOCUMENTED.with_answers({"users-order": order, "address-case": "exact"})
    answer = ask(emulator(profile=profile), {**WHOLE, "Users": ["b@x.y", "A@x.y", "c@x.y"]})
    assert [user["EmailAddress"] for user in answer["List"][0]["UserSlots"]] == expected


VALID, WRONG = ("AccessKey", "SecretKey"), ("AccessKey", "Wrong")


@pytest.mark.parametrize("preferred", ["header", "query"])
@pytest.mark.parametrize(("header", "query"), [(VALID, WRONG), (WRONG, VALID), (("AccessKey", None), VALID), (VALID, (None, "SecretKey"))])
def test_of_keys_in_both_places_those_of_the_preferred_place_count(preferred: str, header: Any, query: Any) -> None:
    target = emulator(profile=DOCUMENTED.with_answers({"keys-in-both-places": preferred}))
    names = ("accessKey", "secretKey")
    text = "&".join(f"{name}={value}" for name, value in zip(names, query, strict=True) if value)
    headers = {f"x-lsq-{name.lower()}": value for name, value in zip(names, header, strict=True) if value}
    counts = header if preferred == "header" else query
    assert post(target, orjson.dumps(WHOLE), query=text, headers={**JSON, **headers}).status == (200 if counts == VALID else 401)


@pytest.mark.parametrize(
    "query", ["", "accessKey=AccessKey", "secretKey=SecretKey", "accessKey=AccessKey&secretKey=", "accesskey=AccessKey&secretKey=SecretKey"]
)
@pytest.mark.parametrize("status", [401, 403, 200])
def test_missing_wrong_and_half_keys_are_refused_before_the_body_is_read(query: str, status: int) -> None:
    reply = post(emulator(profile=DOCUMENTED.with_answers({"invalid-keys-status": status})), b"{", query=query)
    assert reply.status == status
    assert orjson.loads(reply.body)["ExceptionType"] == "MXInvalidUserDetailsException"


def test_the_second_pair_of_keys_works_percent_encoded_or_not() -> None:
    target = emulator()
    access, secret = target.accounts.default.keys[1]
    for spelt in (access, str(access).replace("$", "%24")):
        assert post(target, orjson.dumps(WHOLE), query=f"accessKey={spelt}&secretKey={secret}").status == 200


@given(st.text(max_size=20), st.text(max_size=20), st.sampled_from(["accessKey", "secretKey", "AccessKeys", "my_secret", "token"]))
def test_no_key_is_left_in_a_request(access: str, secret: str, name: str) -> None:
    from urllib.parse import quote

    marked = [f"KEY{value}KEY" for value in (access, secret)]
    query = f"a=1&{name}={quote(marked[0])}"
    headers = {"x-lsq-accesskey": marked[0], "x-lsq-secretkey": marked[1], "authorization": marked[0], "accept": "*/*"}
    request, presented = split_credentials("POST", ENDPOINT, query, headers, b"")
    assert "KEY" not in repr(request).replace("KEYS", "")
    assert "KEY" not in repr(presented)
    assert presented.header == Keys(marked[0], marked[1])


@pytest.mark.parametrize("past", [0, 1])
def test_a_bound_itself_passes_and_the_next_number_does_not(past: int) -> None:
    """Characters of an address, users, bytes of a body (rules request.address-form, request.most-users, request.body-size)."""
    address = f"{'a' * 64}@{'.'.join(['b' * 63] * 2)}.{'c' * (254 - 64 - 1 - 127 - 1 + past)}"
    assert len(address) == 254 + past
    users = [f"u{number}@x.y" for number in range(1000 + past)]
    padded = orjson.dumps(WHOLE).ljust(LARGEST_BODY + past)
    bodies = [orjson.dumps({**WHOLE, "Users": [address]}), orjson.dumps({**WHOLE, "Users": users}), padded]
    assert [post(TARGETS["documented"], body).status for body in bodies] == [400 if past else 200] * 3


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "post"])
def test_every_method_but_post_is_refused_with_the_one_that_is_allowed(method: str) -> None:
    reply = post(TARGETS["documented"], orjson.dumps(WHOLE), method=method)
    assert reply.status == 405
    assert ("Allow", "POST") in reply.headers


@pytest.mark.parametrize("profile", [DOCUMENTED, OBSERVED])
def test_unknown_paths_and_wrong_methods_are_answered_as_the_profile_says(profile: Profile) -> None:
    target = emulator(profile=profile)
    unknown = target.answer(*split_credentials("GET", "/v2/Lead.svc/None", KEYS, {}, b""))[0]
    wrong = post(target, b"", method="GET")
    assert (unknown.status, wrong.status) == (404, 405)
    assert ("Allow", "POST") in wrong.headers
    kinds = {dict(reply.headers)["Content-Type"].partition(";")[0] for reply in (unknown, wrong)}
    assert kinds == {"application/json" if profile is DOCUMENTED else "text/html"}


def test_a_message_says_what_was_received_and_what_was_expected() -> None:
    with pytest.raises(VendorError) as error:
        read_request(orjson.dumps({**WHOLE, "FromDate": "02/03/2026"}), "application/json", DOCUMENTED)
    assert error.value.message == (
        'Invalid Input! Parameter Name: FromDate value is not correct. Received "02/03/2026"; '
        "expected a date as yyyy-MM-dd, for example 2026-03-02."
    )
