"""Pseudonyms: no address, id or subject is left, and what was equal is equal."""

import json
import re
from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st
from leadsquared_slots.mock_server.recording.ordered_labels import OrderedLabels
from leadsquared_slots.mock_server.recording.pseudonyms import Pseudonyms
from leadsquared_slots.mock_server.recording.recorded import Recorder

from ..support.recordings import HOST

ADDRESSES = st.emails().filter(lambda address: not set("/=&?'\"") & set(address))


@given(st.lists(ADDRESSES, min_size=1, max_size=4, unique_by=str.lower), st.uuids(), st.text(min_size=1, max_size=10), st.booleans())
def test_nothing_of_an_account_is_left(addresses: list[str], uuid: object, subject: str, escaped: bool) -> None:
    """Requests and answers have the same false addresses and ids; letters and form of the rest stay."""
    request = json.dumps({"Users": addresses})
    entries = [{"EmailAddress": address, "UserId": str(uuid), "Subject": "about " + subject} for address in addresses]
    reply = json.dumps({"List": entries}).replace("@", "\\u0040" if escaped else "@")
    exchange = Recorder(pseudonyms=True).record(
        at=0.0, seconds=0.0, method="POST", url=f"{HOST}/v2/x?{urlencode({'emailAddress': addresses[0]})}", headers=(),
        body=request.encode(), status=200, reply_headers=(), reply_body=reply.encode(),
    )  # fmt: skip
    users, listed = json.loads(exchange.body)["Users"], json.loads(exchange.reply_body)["List"]
    assert all(re.fullmatch("user-[a-z]+@example[.]com", user) for user in users)
    assert [users.index(user) for user in sorted(users)] == [addresses.index(a) for a in sorted(addresses, key=str.lower)]
    assert [entry["EmailAddress"] for entry in listed] == users
    assert exchange.query == (("emailAddress", users[0]),)
    assert {entry["UserId"] for entry in listed} == {"00000000-0000-1000-8000-000000000001"}
    assert all(entry["Subject"].startswith("text-") for entry in listed)


def test_letter_case_still_tells() -> None:
    """An address in another letter case gets the same false one in another letter case."""
    pseudonyms = Pseudonyms()
    first, second, again = (pseudonyms.in_text(text) for text in ("Zoo@x.in", "zOO@X.IN", "Zoo@x.in"))
    assert first == again == first.lower()
    assert second != first
    assert second.lower() == first


def test_a_member_that_stands_twice_does_so_after() -> None:
    """The check of repeated attributes has to see them."""
    assert (
        Pseudonyms().in_body('{"Name": "a", "Name": "b", "FromDate": 1, "FromDate": 2}')
        == '{"Name":"text-1","Name":"text-2","FromDate":1,"FromDate":2}'
    )


@given(st.lists(st.text(max_size=4)), st.sampled_from(["as drawn", "ascending", "descending"]))
def test_labels_keep_the_order_of_what_they_stand_for(texts: list[str], how: str) -> None:
    """In whatever order they come; the sign behind a label in an address does not change it."""
    texts = texts if how == "as drawn" else sorted(texts, reverse=how == "descending")
    labels = OrderedLabels()
    known = {text: labels.label(text) + "@" for text in texts}
    assert sorted(known, key=known.__getitem__) == sorted(known)
    assert len(set(known.values())) == len(known)


def test_labels_of_many_stay_short() -> None:
    """Five thousand in ascending or descending order, and many that each come before all others but one."""
    ascending, descending, nested = OrderedLabels(), OrderedLabels(), OrderedLabels()
    assert max(len(ascending.label(f"{number:05}")) for number in range(5_000)) <= 10
    assert max(len(descending.label(f"{20_000 - number:05}")) for number in range(5_000)) <= 10
    assert max(len(nested.label("a" * number + "b")) for number in range(60)) <= 40
