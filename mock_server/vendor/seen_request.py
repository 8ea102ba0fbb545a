"""What somebody's request to the endpoint asks, read leniently, and in which ways it is no plain lawful request."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from .request import ATTRIBUTES, MOST_DAYS, PAGING_ATTRIBUTES, is_address

ENDPOINT = "/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress"
"""Path of the endpoint (rule http.path)."""
_MANDATORY = ATTRIBUTES[:3]
_FLAG, _PAGING = ATTRIBUTES[3:]
_LARGEST_NUMBER = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request to the endpoint, read leniently.

    odd    ways in which it differs from a plain lawful request; empty for one that leaves nothing out and adds nothing
    first, last, users, flag, page   None and () where they cannot be read
    """

    odd: frozenset[str]
    first: date | None = None
    last: date | None = None
    users: tuple[str, ...] = ()
    flag: bool = False
    page: tuple[int, int] | None = None

    @property
    def days(self) -> int:
        """How many dates are asked for; 0 where that cannot be read."""
        return (self.last - self.first).days + 1 if self.first and self.last and self.first <= self.last else 0

    @property
    def distinct(self) -> tuple[str, ...]:
        """The addresses, each once, without their letter case."""
        return tuple(dict.fromkeys(user.lower() for user in self.users))


def read_asked(body: bytes, content_type: str | None) -> Asked:
    """What a request to the endpoint asks."""
    odd: set[str] = set()
    media = (content_type or "").partition(";")[0].strip().lower()
    if media != "application/json":
        odd.add("content-type")
    try:
        payload = json.loads(body, object_pairs_hook=_pairs)
    except (ValueError, RecursionError):
        return Asked(odd=frozenset(odd | {"json"}))
    if not isinstance(payload, dict):
        return Asked(odd=frozenset(odd | {"types"}))
    found = _named(payload, ATTRIBUTES, _MANDATORY, odd)
    odd |= {"missing" for name in _MANDATORY if found.get(name) is None}
    first, last = _date(found.get("FromDate"), odd), _date(found.get("ToDate"), odd)
    if first and last:
        odd |= {"date-order"} if first > last else {"range"} if (last - first).days > MOST_DAYS else set()
    users = _users(found.get("Users"), odd)
    flag = found.get(_FLAG)
    if not isinstance(flag, bool):
        odd.add("no-flag" if flag is None else "types")
    page = _page(found.get(_PAGING), odd)
    if "case" in odd:
        odd.discard("case-of-optional")
    return Asked(odd=frozenset(odd), first=first, last=last, users=users, flag=flag is True, page=page)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else {**found, "\0twice": True}


def _named(payload: dict[str, Any], known: tuple[str, ...], mandatory: tuple[str, ...], odd: set[str]) -> dict[str, Any]:
    by_folded = {name.lower(): name for name in known}
    found: dict[str, Any] = {}
    for name, value in payload.items():
        right = by_folded.get(name.lower())
        if right is None:
            odd.add("twice" if name == "\0twice" else "unknown-attribute")
        elif right != name:
            # One that may be left out could as well be ignored under a name that is not its own.
            odd.add("case" if right in mandatory else "case-of-optional")
            found.setdefault(right, value)
        else:
            found[name] = value
    return found


def _date(value: Any, odd: set[str]) -> date | None:
    if value is None:
        return None
    if not isinstance(value, str):
        odd.add("types")
        return None
    try:
        found = date.fromisoformat(value)
    except ValueError:
        found = None
    if found is None or found.isoformat() != value:
        odd.add("bad-date")
        return None
    return found


def _users(value: Any, odd: set[str]) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(user, str) for user in value):
        odd.add("types")
        return ()
    if not value:
        odd.add("users-empty")
    if not all(map(is_address, value)):
        odd.add("address-form")
    if len({user.lower() for user in value}) < len(value):
        odd.add("duplicate")
    return tuple(value)


def _page(value: Any, odd: set[str]) -> tuple[int, int] | None:
    if value is None:
        odd.add("no-paging")
        return None
    if not isinstance(value, dict):
        odd.add("types")
        return None
    found = _named(value, PAGING_ATTRIBUTES, (), odd)
    index, size = (found.get(name) for name in PAGING_ATTRIBUTES)
    if index is None or size is None:
        odd.add("paging-parts")
        # PageIndex left out means 1, PageSize left out means everything (rule request.paging-parts).
        return (1, size) if index is None and type(size) is int and size >= 1 else None
    if type(index) is not int or type(size) is not int:
        odd.add("types")
        return None
    if not 1 <= index <= _LARGEST_NUMBER:
        odd.add("page-index")
    if not 1 <= size <= _LARGEST_NUMBER:
        odd.add("page-size")
    return index, size
