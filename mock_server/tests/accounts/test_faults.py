"""Faults: which calls they strike, and what they make of a reply."""

from statistics import median
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from leadsquared_slots.mock_server.accounts.faults import MAGIC_KEYS, STATUSES, BadFault, Faults, read_fault
from leadsquared_slots.mock_server.accounts.scenario import Scenario
from leadsquared_slots.mock_server.accounts.scenario_errors import ScenarioError
from leadsquared_slots.mock_server.contract.validation import problems
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED, PROFILES, ErrorPage, Profile
from leadsquared_slots.mock_server.exchanges.message import Abort, Dribble, Reply

from ..support.asking import KEYS, choices, emulator, post
from ..support.fault_entries import ADDRESSES, entries

BODY = b'{"FromDate":"2026-03-02","ToDate":"2026-03-02","Users":["free@example.com"]}'
RIGHT = Reply(200, (), b'{"RecordCount":0,"List":[]}')

calls = st.lists(st.frozensets(st.sampled_from([address.lower() for address in ADDRESSES])), max_size=30)


def struck_by(faults: list[dict[str, Any]], asked: list[frozenset[str]]) -> list[int | None]:
    """Which fault strikes each call, worked out fault by fault: each takes its calls away from those behind it."""
    answer: list[int | None] = [None] * len(asked)
    for number, fault in enumerate(faults):
        user = fault.get("user", "").lower()
        sees = [call for call, addresses in enumerate(asked) if answer[call] is None and (not user or user in addresses)]
        candidates = sees[fault.get("after", 0) :][fault.get("every", 1) - 1 :: fault.get("every", 1)]
        for call in candidates[: fault.get("times", len(asked))]:
            answer[call] = number
    return answer


@given(st.lists(entries, max_size=4), calls)
def test_faults_strike_the_calls_that_times_after_every_and_user_say(found: list[dict[str, Any]], asked: list[frozenset[str]]) -> None:
    faults = Faults(0, found)
    expected = struck_by(found, asked)
    replies = [faults.apply(RIGHT, addresses, DOCUMENTED) for addresses in asked]
    assert [reply.status for reply in replies] == [200 if number is None else found[number]["status"] for number in expected]
    assert [rule.struck for rule in faults.rules] == [expected.count(number) for number in range(len(found))]
    assert faults.applied == len(asked) - expected.count(None)


def test_a_fault_that_has_struck_enough_sees_no_more_calls() -> None:
    faults = Faults(0, [{"kind": "reset", "times": 1}, {"kind": "empty"}])
    assert [faults.apply(RIGHT, (), DOCUMENTED).fault for _ in range(3)] == ["reset", "empty", "empty"]
    assert [(rule.seen, rule.struck) for rule in faults.rules] == [(1, 1), (2, 2)]


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize(
    "profile",
    [
        *PROFILES.values(),
        *(
            Profile().with_answers({question: answer}, name="one answer changed")
            for question in (
                "error-page",
                "mx-member",
                "rate-limit-status",
                "invalid-keys-status",
                "malformed-body-status",
                "invalid-value-status",
                "missing-attribute-type",
            )
            for answer in choices(question)
        ),
    ],
    ids=lambda profile: profile.name,
)
def test_a_status_fault_has_its_status_and_the_vendors_form_under_every_profile(profile: Profile, status: int) -> None:
    reply = Faults(0, [{"kind": "status", "status": status}]).apply(RIGHT, (), profile)
    assert (reply.status, reply.fault) == (status, "status")
    if status == 404 and profile.error_page is ErrorPage.HTML:
        assert reply.body.startswith(b"<!DOCTYPE html>")
    else:
        assert not problems("error", orjson.loads(reply.body))
        assert ("IsMXException" in orjson.loads(reply.body)) == (profile.mx_member.value == "present")


GATEWAY_STATUSES = sorted(set(range(200, 600)) - {204, 205, 304} - set(STATUSES))


@pytest.mark.parametrize("status", [200, 302, 403, 418, 502, 503, 504, 599])
def test_a_status_that_the_vendor_does_not_document_comes_as_a_gateways_page(status: int) -> None:
    reply = Faults(0, [{"kind": "status", "status": status}]).apply(RIGHT, (), DOCUMENTED)
    assert (reply.status, reply.headers) == (status, (("Content-Type", "text/html; charset=utf-8"),))
    assert f"<title>{status}".encode() in reply.body


@given(st.sampled_from([*STATUSES, *GATEWAY_STATUSES]), st.text(max_size=50))
def test_a_status_fault_sends_the_body_that_it_is_given(status: int, body: str) -> None:
    entry = {"kind": "status", "status": status, "body": body, "headers": {"Retry-After": "30"}}
    assert not problems("scenario#/$defs/fault", entry)
    reply = Faults(0, [entry]).apply(RIGHT, (), DOCUMENTED)
    assert reply.body == body.encode("utf-8", "surrogatepass")
    expected = "text/html" if body.lstrip().startswith("<") else "application/json"
    assert reply.headers == (("Content-Type", f"{expected}; charset=utf-8"), ("Retry-After", "30"))


def test_a_header_of_a_status_fault_takes_the_place_of_the_usual_one() -> None:
    entry = {"kind": "status", "status": 503, "headers": {"content-type": "text/plain"}}
    assert Faults(0, [entry]).apply(RIGHT, (), DOCUMENTED).headers == (("content-type", "text/plain"),)


@pytest.mark.parametrize("status", [0, 100, 199, 204, 205, 304, 600, 1000])
def test_a_status_whose_reply_has_no_body_is_refused(status: object) -> None:
    (problem,) = problems("scenario#/$defs/fault", {"kind": "status", "status": status})
    assert "a status from 200 to 599" in str(problem)


def test_a_status_may_be_late() -> None:
    """A refusal takes its time like every reply."""
    fault = read_fault({"kind": "status", "status": 429, "milliseconds": 300})
    assert fault.apply(RIGHT, chance=0.5, profile=DOCUMENTED).delay == 0.3


@pytest.mark.parametrize(
    "headers", [{"Content-Length": "5"}, {"transfer-encoding": "chunked"}, {"CONNECTION": "close"}, {"A": "1", "a": "2"}]
)
def test_a_header_that_says_where_a_reply_ends_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(BadFault, match=r"leave it out|given twice"):
        read_fault({"kind": "status", "status": 503, "headers": headers})


@pytest.mark.parametrize("headers", [{"A b": "1"}, {"": "1"}, {"A:": "1"}, {"A": "1\r\nB: 2"}, {"A": "\n"}, {"A": 1}, {"Ä": "1"}])
def test_a_header_that_cannot_be_sent_is_refused(headers: dict[str, object]) -> None:
    assert problems("scenario#/$defs/fault", {"kind": "status", "status": 503, "headers": headers})


def test_every_kind_of_fault_but_status_and_latency_works_bare() -> None:
    for kind in ("reset", "empty", "truncate", "malformed", "dribble", "garbage"):
        assert not problems("scenario#/$defs/fault", {"kind": kind})
        assert Faults(0, [{"kind": kind}]).apply(RIGHT, (), DOCUMENTED).fault == kind


def test_a_bare_dribble_takes_two_seconds_in_ten_pieces() -> None:
    assert Faults(0, [{"kind": "dribble"}]).apply(RIGHT, (), DOCUMENTED).dribble == Dribble(10, 2.0)


def delays(seed: int, entry: dict[str, Any], times: int) -> list[float]:
    faults = Faults(seed, [{"kind": "latency", **entry}])
    return [faults.apply(RIGHT, (), DOCUMENTED).delay for _ in range(times)]


def test_a_fixed_latency_is_fixed() -> None:
    assert delays(0, {"milliseconds": 250}, 3) == [0.25] * 3


@given(st.integers(), st.floats(0, 3_600_000), st.floats(0, 3_600_000))
def test_a_uniform_latency_lies_between_its_ends_and_repeats_with_the_seed(seed: int, one: float, other: float) -> None:
    entry = {"distribution": "uniform", "low": min(one, other), "high": max(one, other)}
    drawn = delays(seed, entry, 5)
    assert all(entry["low"] / 1000 <= delay <= entry["high"] / 1000 for delay in drawn)
    assert drawn == delays(seed, entry, 5)
    assert all(0 <= delay <= 3600 for delay in drawn)


@given(st.integers(), st.floats(0, 3_600_000), st.floats(0.001, 10))
def test_a_log_normal_latency_repeats_with_the_seed_and_ends(seed: int, middle: float, sigma: float) -> None:
    entry = {"distribution": "log-normal", "median": middle, "sigma": sigma}
    drawn = delays(seed, entry, 5)
    assert drawn == delays(seed, entry, 5)
    assert all(0 <= delay <= 3600 for delay in drawn)


def test_a_log_normal_latency_is_mostly_near_its_median_and_sometimes_far_beyond() -> None:
    drawn = delays(3, {"distribution": "log-normal", "median": 100, "sigma": 0.8}, 2000)
    assert 0.09 < median(drawn) < 0.11
    assert max(drawn) > 0.6
    assert len(set(drawn)) > 1900
    assert drawn != delays(4, {"distribution": "log-normal", "median": 100, "sigma": 0.8}, 2000)


@pytest.mark.parametrize("kind", ["reset", "empty", "truncate", "garbage"])
def test_a_cut_off_reply_is_the_right_one_cut_off(kind: str) -> None:
    reply = Faults(0, [{"kind": kind}]).apply(RIGHT, (), DOCUMENTED)
    assert reply == RIGHT._replace(abort=Abort(kind), fault=kind)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize(
    "entry",
    [
        {"kind": "latency", "milliseconds": ...},
        {"kind": "latency", "distribution": "uniform", "low": ..., "high": 5},
        {"kind": "latency", "distribution": "log-normal", "median": 5, "sigma": ...},
        {"kind": "dribble", "chunks": 2, "seconds": ...},
    ],
    ids=lambda entry: entry["kind"] + entry.get("distribution", "") if isinstance(entry, dict) else None,
)
def test_what_is_no_number_is_no_latency(entry: dict[str, Any], value: float) -> None:
    """TOML can write nan and inf, and JSON Schema does not see that a nan is outside."""
    with pytest.raises(BadFault, match="expected a number"):
        read_fault({name: value if part is ... else part for name, part in entry.items()})


@pytest.mark.parametrize("key", MAGIC_KEYS)
@pytest.mark.parametrize("rest", ["", "-and-more", "$%&"])
def test_a_magic_key_gives_its_fault_on_every_call_whatever_the_secret(key: str, rest: str) -> None:
    target, expected = emulator(), MAGIC_KEYS[key]
    for secret in ("", "x", "SecretKey"):
        reply = post(
            target, BODY, query="", headers={"content-type": "application/json", "x-lsq-accesskey": key + rest, "x-lsq-secretkey": secret}
        )
        right = post(target, BODY, query=KEYS)
        assert reply == expected.apply(right, chance=0.5, profile=DOCUMENTED)._replace(fault=expected.kind)


@pytest.mark.parametrize("key", [f"x{key}" for key in MAGIC_KEYS] + [key.upper() for key in MAGIC_KEYS] + ["error-418", "Slow"])
def test_what_only_looks_like_a_magic_key_is_a_wrong_one(key: str) -> None:
    assert post(emulator(), BODY, query=f"accessKey={key}&secretKey=x").status == 401


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("form", ["code={}", "Code={}", ' code = "{}" ', "respond-async, code={}", "wait=5; code={}", "code=200, code={}"])
def test_a_prefer_header_asks_for_a_status(form: str, status: int) -> None:
    headers = {"content-type": "application/json", "prefer": form.format(status)}
    assert post(emulator(), BODY, headers=headers).status == status


@pytest.mark.parametrize(
    "prefer", ["", "code", "code=", "code=200", "code=418", "code=-429", "code=4.29e2", "code=" + "9" * 5000, "code=٤٢٩", "xcode=429"]
)
def test_another_preference_is_passed_over(prefer: str) -> None:
    assert post(emulator(), BODY, headers={"content-type": "application/json", "prefer": prefer}).status == 200


@pytest.mark.parametrize(
    ("expected", "status"), [("404", 404), ("429", 429), ("500", 500), ("200", 200), ("400", 200), ("401", 200), ("503", 200), ("", 200)]
)
def test_specmatic_gets_the_status_for_which_no_request_is_an_example(expected: str, status: int) -> None:
    """What a body or a key decides is decided by them, so that its negative tests look at something."""
    assert post(emulator(), BODY, headers={"content-type": "application/json", "specmatic-response-code": expected}).status == status


def test_a_preference_comes_before_faults_and_uses_none_up() -> None:
    target = emulator()
    target.accounts.default.faults.add({"kind": "status", "status": 500, "times": 1})
    assert post(target, BODY, headers={"content-type": "application/json", "prefer": "code=404"}).status == 404
    assert [post(target, BODY).status for _ in range(2)] == [500, 200]


def test_the_faults_of_a_scenario_are_those_of_its_account() -> None:
    scenario = Scenario.parse(
        '[[fault]]\nkind = "status"\nstatus = 429\ntimes = 2\nafter = 1\n[[fault]]\nkind = "reset"\nuser = "FREE@example.com"\nevery = 2'
    )
    target = emulator(scenario)
    replies = [post(target, BODY) for _ in range(5)]
    assert [reply.fault for reply in replies] == [None, "status", "status", "reset", None]
    target.accounts.default.reset()
    assert [post(target, BODY).fault for _ in range(5)] == [reply.fault for reply in replies]


def test_a_fault_of_a_scenario_that_makes_no_sense_is_named_with_its_line() -> None:
    with pytest.raises(ScenarioError, match=r"line 1: a latency from low 9 to high 2 is none; swap the two"):
        Scenario.parse('[[fault]]\nkind = "latency"\ndistribution = "uniform"\nlow = 9\nhigh = 2')


def test_a_call_that_is_refused_sees_the_faults_but_those_of_a_user() -> None:
    target = emulator()
    faults = target.accounts.default.faults
    faults.add({"kind": "empty", "user": "free@example.com"})
    faults.add({"kind": "reset", "every": 2})
    assert [post(target, body).fault for body in (b"{", b"{", BODY, b"{")] == [None, "reset", "empty", None]
    assert faults.rules[0].seen == 1


def test_a_fault_of_a_user_strikes_in_whatever_letter_case_the_address_is_asked_for() -> None:
    target = emulator()
    target.accounts.default.faults.add({"kind": "empty", "user": "Free@example.com"})
    assert [post(target, body).fault for body in (BODY, BODY.replace(b"free", b"FREE"))] == ["empty", "empty"]
