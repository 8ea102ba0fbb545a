"""Hypothesis strategies for everybody who speaks this contract: requests to send, answers to read, calendars to serve.

- A server's author draws `requests` and `malformed_requests` and looks at what comes back.
- A client's author draws `answers` and `envelopes` and looks at what the parser makes of them: every value is allowed,
  and many are nasty.
- `calendars` are scenario documents: serve one, and the right answer to every request is known.

All values are plain JSON or TOML values. Every strategy shrinks to the dull case.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED, Profile

from .generated_answers import answers, envelopes
from .generated_calendars import calendars, iana_zones, to_json, to_toml

__all__ = [
    "MalformedRequest",
    "answers",
    "calendars",
    "envelopes",
    "iana_zones",
    "malformed_requests",
    "requests",
    "to_json",
    "to_toml",
]

MOST_DAYS = 100
"""The largest difference between FromDate and ToDate, in days (rules request.range-100 and request.range-101)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MalformedRequest:
    """A request body with one defect: the ledger rule by which it is refused, what is wrong with it, and its bytes."""

    rule: str
    what: str
    body: bytes


@st.composite
def requests(
    draw: st.DrawFn,
    users: Sequence[str],
    first: date,
    last: date,
    *,
    longest: int = MOST_DAYS,
    profile: Profile = DOCUMENTED,
) -> dict[str, Any]:
    """Valid request bodies: some of `users`, on dates between `first` and `last` (both included).

    `longest` is the largest difference of the two dates in days. Nothing is left out that the profile wants.
    """
    from_date = draw(st.dates(first, last))
    days = draw(st.integers(0, min(longest, (last - from_date).days)))  # 0: one date; 100 is still allowed
    body: dict[str, Any] = {
        "FromDate": from_date.isoformat(),
        "ToDate": (from_date + timedelta(days=days)).isoformat(),
        "Users": draw(st.lists(st.sampled_from(list(users)), min_size=1, max_size=5, unique=True)),  # 5: enough for three pages of two
    }
    if profile.omitted_flag.value == "refused" or draw(st.booleans()):
        body["IncludeAllowedConflictSlots"] = draw(st.booleans())
    if profile.omitted_paging.value == "refused" or draw(st.booleans()):
        body["Paging"] = draw(_pagings(profile.largest_page))
    return body


def _pagings(largest: int) -> st.SearchStrategy[dict[str, int]]:
    # Page 4 of pages of 1 is behind the last page of most requests; the largest page is a bound of its own.
    sizes = st.integers(1, 6) | st.sampled_from([100, largest])
    return st.fixed_dictionaries({"PageIndex": st.integers(1, 4), "PageSize": sizes})


def malformed_requests(
    users: Sequence[str], first: date, last: date, *, profile: Profile = DOCUMENTED
) -> st.SearchStrategy[MalformedRequest]:
    """Requests that are valid but for one defect, which a server of this profile refuses whatever its calendar."""
    whole = requests(users, first, last, longest=7, profile=profile)  # 7 days: the defect is what matters
    kinds = [
        _broken_json(whole),
        _missing(whole),
        _wrong_type(whole),
        _bad_date(whole),
        _bad_range(whole),
        _bad_users(whole),
    ]
    kinds.append(_bad_paging(whole, profile.largest_page))
    if profile.unknown_attributes.value == "refused":
        kinds.append(_unknown_attribute(whole))
    return st.one_of(kinds)


def _malformed(rule: str, what: str, body: object) -> MalformedRequest:
    return MalformedRequest(rule=rule, what=what, body=body if isinstance(body, bytes) else json.dumps(body).encode())


@st.composite
def _broken_json(draw: st.DrawFn, whole: st.SearchStrategy[dict[str, Any]]) -> MalformedRequest:
    text = json.dumps(draw(whole)).encode()
    cut = draw(st.integers(0, len(text) - 1))  # any proper prefix of an object is no JSON
    return _malformed("request.json", f"cut after {cut} bytes", text[:cut])


@st.composite
def _missing(draw: st.DrawFn, whole: st.SearchStrategy[dict[str, Any]]) -> MalformedRequest:
    body = draw(whole)
    name, rule = draw(st.sampled_from([("FromDate", "request.from-date"), ("ToDate", "request.to-date"), ("Users", "request.users")]))
    del body[name]
    return _malformed(rule, f"{name} is missing", body)


_WRONG: dict[str, list[Any]] = {
    "FromDate": [{}, ["2026-01-01"]],
    "ToDate": [{}, ["2026-01-01"]],
    "Users": ["a@example.com", 7, {}, True],
    "IncludeAllowedConflictSlots": [[], {}, "perhaps"],  # not "true" nor 1: lenient readers take them
    "Paging": [[], "1", 1],
}


@st.composite
def _wrong_type(draw: st.DrawFn, whole: st.SearchStrategy[dict[str, Any]]) -> MalformedRequest:
    name = draw(st.sampled_from(list(_WRONG)))
    value = draw(st.sampled_from(_WRONG[name]))
    return _malformed("request.types", f"{name} is {json.dumps(value)}", draw(whole) | {name: value})


_BAD_DATES = {
    "request.date-form": [
        "",
        "2026-1-1",
        "01-02-2026",
        "2026/01/01",
        "2026-01-01T00:00:00",
        "20260101",
        "tomorrow",
        "2026-W01-1",
        " 2026-01-01",
    ],
    "request.date-exists": ["2026-02-29", "2026-04-31", "2026-13-01", "2026-00-10", "2026-01-00", "2100-02-29"],
}


@st.composite
def _bad_date(draw: st.DrawFn, whole: st.SearchStrategy[dict[str, Any]]) -> MalformedRequest:
    rule = draw(st.sampled_from(sorted(_BAD_DATES)))
    name, value = draw(st.sampled_from(["FromDate", "ToDate"])), draw(st.sampled_from(_BAD_DATES[rule]))
    return _malformed(rule, f"{name} is {value!r}", draw(whole) | {name: value})


@st.composite
def _bad_range(draw: st.DrawFn, whole: st.SearchStrategy[dict[str, Any]]) -> MalformedRequest:
    body = draw(whole)
    first = date.fromisoformat(body["FromDate"])
    # 101 is the first difference too many; 4000 days are the careless client's "everything". -1 is the wrong order.
    days = draw(st.integers(MOST_DAYS + 1, 4000) | st.integers(-400, -1))
    to_date = first + timedelta(days=days)
    rule = "request.range-101" if days > 0 else "request.date-order"
    return _malformed(rule, f"ToDate is {days} days after FromDate", body | {"ToDate": to_date.isoformat()})


@st.composite
def _bad_users(draw: st.DrawFn, whole: st.SearchStrategy[dict[str, Any]]) -> MalformedRequest:
    body = draw(whole)
    if draw(st.booleans()):
        return _malformed("request.users-empty", "Users is []", body | {"Users": []})
    bad = draw(st.sampled_from(["", "bob", "bob@", "@example.com", "bob example.com", "a@b@example.com"]))
    return _malformed("request.address-form", f"{bad!r} among Users", body | {"Users": [*body["Users"], bad]})


@st.composite
def _bad_paging(draw: st.DrawFn, whole: st.SearchStrategy[dict[str, Any]], largest: int) -> MalformedRequest:
    rule, paging = draw(
        # Down to the smallest 32-bit integer, and up to the largest: a server that overflows shows it here.
        st.integers(-(2**31), 0).map(lambda index: ("request.page-index", {"PageIndex": index, "PageSize": 10}))
        | st.integers(-(2**31), 0).map(lambda size: ("request.page-size", {"PageIndex": 1, "PageSize": size}))
        | st.integers(largest + 1, 2**31 - 1).map(lambda size: ("request.largest-page", {"PageIndex": 1, "PageSize": size}))
    )
    return _malformed(rule, f"Paging is {paging}", draw(whole) | {"Paging": paging})


@st.composite
def _unknown_attribute(draw: st.DrawFn, whole: st.SearchStrategy[dict[str, Any]]) -> MalformedRequest:
    # Names that clients were seen to invent.
    name = draw(st.sampled_from(["UserIds", "EmailAddress", "Timezone", "PageIndex", "From"]))
    return _malformed("request.unknown-attributes", f"{name} is no attribute", draw(whole) | {name: "x"})
