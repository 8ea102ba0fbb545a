"""Somebody's answer of the endpoint as values, and how a call came out."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from enum import Enum
from functools import lru_cache
from typing import Any, NamedTuple

from leadsquared_slots.mock_server.domain.interval import DAY, Interval, Intervals

LIMIT_EXCEPTION, KEYS_EXCEPTION = "MXAPIRateLimitExceededException", "MXInvalidUserDetailsException"


class Outcome(Enum):
    """How a request to the endpoint came out."""

    ANSWERED = "answered"
    REFUSED = "refused"
    REFUSED_KEYS = "refused for its keys"
    LIMITED = "refused for the limit"
    UNREADABLE = "unreadable"


class Entry(NamedTuple):
    """A user under a date (an ordinal). Slots and breaks in seconds of the day, busy times in seconds since the epoch.

    `raw` is the entry as it was received.
    """

    ordinal: int
    user_id: str
    address: str
    user_zone: str
    slots: Intervals | None
    breaks: Intervals | None
    busy: tuple[Interval, ...]
    template_zone: str | None
    reason: str | None
    raw: dict[str, Any]


class Answer(NamedTuple):
    """What a 200 lists. `shape` is how List stands there: `list`, `empty`, `absent` or `null`."""

    record_count: int
    shape: str
    dates: tuple[int, ...]
    entries: tuple[Entry, ...]


def outcome_of(status: int, body: bytes) -> Outcome:
    """How a request came out (rules error.envelope, limit.type, auth.envelope)."""
    error = envelope_of(body)
    if error is not None:
        kind = error.get("ExceptionType")
        if kind == LIMIT_EXCEPTION or status == 429:
            return Outcome.LIMITED
        return Outcome.REFUSED_KEYS if kind == KEYS_EXCEPTION or status == 401 else Outcome.REFUSED
    if status >= 400:
        return {429: Outcome.LIMITED, 401: Outcome.REFUSED_KEYS}.get(status, Outcome.REFUSED if status < 500 else Outcome.UNREADABLE)
    return Outcome.ANSWERED if status == 200 and read_answer(body) else Outcome.UNREADABLE


def envelope_of(body: bytes) -> dict[str, Any] | None:
    """The error envelope of a reply, whatever its status; None where it has none."""
    document = _document(body)
    return document if isinstance(document, dict) and ("ExceptionType" in document or document.get("Status") == "Error") else None


@lru_cache(maxsize=4)
def read_answer(body: bytes) -> Answer | None:
    """The answer in a body; None where it is not of the documented shape."""
    document = _document(body)
    if not isinstance(document, dict) or "ExceptionType" in document or type(document.get("RecordCount")) is not int:
        return None
    listed = document.get("List", ...)
    if not listed or listed is ...:
        shape = {True: "absent"}.get(listed is ..., "null" if listed is None else "empty")
        return Answer(document["RecordCount"], shape, (), ())
    try:
        groups = [(_ordinal(group["Date"]), group["UserSlots"]) for group in listed]
        entries = tuple(_entry(ordinal, raw) for ordinal, users in groups for raw in users)
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
        return None
    return Answer(document["RecordCount"], "list", tuple(ordinal for ordinal, _ in groups), entries)


@lru_cache(maxsize=4)
def _document(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _entry(ordinal: int, raw: dict[str, Any]) -> Entry:
    texts = [raw["UserId"], raw["EmailAddress"], raw["UserTimeZone"]]
    zone, reason = raw["WorkDayTemplateTimeZone"], raw["NoSlotsReason"]
    if not all(isinstance(text, str) for text in (*texts, *(text for text in (zone, reason) if text is not None))):
        raise TypeError
    slots, breaks = _times(raw["AvailableSlots"]), _times(raw["Breaks"])
    busy = tuple(Interval(_instant(slot["StartTime"]), _instant(slot["EndTime"])) for slot in raw["BusySlots"])
    return Entry(ordinal, texts[0], texts[1], texts[2], slots, breaks, busy, zone, reason, raw)


def _times(listed: Any) -> Intervals | None:
    if listed is None:
        return None
    return tuple(Interval(_second(slot["StartTime"]), _second(slot["EndTime"]) or DAY) for slot in listed)


def _second(text: str) -> int:
    hours, minutes, seconds = map(int, text.split(":"))
    second = hours * 3600 + minutes * 60 + seconds
    if not 0 <= second < DAY:
        raise ValueError
    return second


def _instant(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def _ordinal(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def by_user(entries: tuple[Entry, ...]) -> Iterator[tuple[str, list[Entry]]]:
    """The entries of each user, in the order of the answer; users by address without letter case."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.address.lower(), []).append(entry)
    yield from found.items()
