"""The vendor's entry of one user under one date, as bytes.

With the other modules of `vendor` the only one that spells the vendor's field names.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from operator import add
from typing import Any

import orjson
from leadsquared_slots.mock_server.domain.absence import Absence
from leadsquared_slots.mock_server.domain.availability import DayAvailability
from leadsquared_slots.mock_server.domain.interval import DAY, Interval, Intervals
from leadsquared_slots.mock_server.domain.user import User
from leadsquared_slots.mock_server.domain.zone import EPOCH

REASONS = {
    Absence.NO_TEMPLATE: "WorkDayTemplateNotDefined",
    Absence.HOLIDAY: "Holiday",
    Absence.LEAVE: "Leave",
    Absence.NOT_SCHEDULED: "NotScheduled",
}
"""NoSlotsReason of each absence (rule reason.values)."""

# What stands in a fragment for the date shown, the one before and the one behind: bytes that no text in UTF-8 has.
DATE_PLACEHOLDERS = {0: b"\xff", -1: b"\xfe", 1: b"\xfd"}


def identity_text(user: User) -> bytes:
    """Return the beginning of a user's entries, up to where a fragment goes on.

    Rules answer.identity, answer.user-id, answer.stored-address and answer.zones.
    """
    return orjson.dumps({"UserId": user.id, "EmailAddress": user.address, "UserTimeZone": user.zone_name})[:-1]


def lists_text(day: DayAvailability) -> bytes:
    """Return the part of a fragment that no zone changes: slots and breaks (rules answer.shape, busy.list)."""
    return b',"AvailableSlots":%b,"Breaks":%b,"BusySlots":[' % (_times_text(day.available), _times_text(day.breaks))


def fragment_text(lists: bytes, day: DayAvailability, template_zone: str | None, midnight: int) -> bytes:
    """Return an entry without its user and its date, which may so be those of many (rules answer.shape, answer.template-zone).

    `lists` is the day's `lists_text`. `midnight` is the instant at which UTC's date of the name of the date shown begins; dates near it are
    DATE_PLACEHOLDERS.
    """
    return b"%b%b],%b" % (lists, _busy_text(day.busy, midnight), _closing(template_zone, day.absence))


@lru_cache(maxsize=1_024)
def _closing(template_zone: str | None, absence: Absence | None) -> bytes:
    return orjson.dumps({"WorkDayTemplateTimeZone": template_zone, "NoSlotsReason": REASONS[absence] if absence else None})[1:]


def date_entries(identities: Sequence[bytes], fragments: Sequence[bytes], ordinal: int) -> bytes:
    """Return the bytes of a date (an ordinal) with its users' entries, made of the identity and the fragment of each."""
    entries = list(map(add, identities, fragments))
    entries[0] = b'{"Date":"%b","UserSlots":[%b' % (DATE_PLACEHOLDERS[0], entries[0])
    entries[-1] += b"]}"
    text = b",".join(entries)
    for days, placeholder in DATE_PLACEHOLDERS.items():
        if placeholder in text:
            text = text.replace(placeholder, date_text(ordinal + days))
    return text


def entry_view(user: User, ordinal: int, day: DayAvailability) -> dict[str, Any]:
    """Return the entry of a user under a date (an ordinal), as the endpoint answers it, as a JSON value."""
    fragment = fragment_text(lists_text(day), day, user.template.zone_name if user.template else None, (ordinal - EPOCH) * DAY)
    date_view = orjson.loads(date_entries([identity_text(user)], [fragment], ordinal))
    entry: dict[str, Any] = date_view["UserSlots"][0]
    return entry


def _times_text(intervals: Intervals | None) -> bytes:
    """Return slots, or breaks, which have their form (rule breaks.form)."""
    if intervals is None:
        return b"null"
    times = [b'{"StartTime":"%b","EndTime":"%b"}' % (_clock(start), _clock(end)) for start, end in intervals]
    return b"[%b]" % b",".join(times)


def _busy_text(busy: Iterable[Interval], midnight: int) -> bytes:
    """Return busy times as yyyy-MM-dd HH:mm:ss in UTC (rules busy.form, busy.utc)."""
    texts = []
    for start, end in busy:
        (first, started), (last, ended) = divmod(start - midnight, DAY), divmod(end - midnight, DAY)
        moments = _date(first, midnight), _clock(started), _date(last, midnight), _clock(ended)
        texts.append(b'{"StartTime":"%b %b","EndTime":"%b %b"}' % moments)
    return b",".join(texts)


def _date(days: int, midnight: int) -> bytes:
    return DATE_PLACEHOLDERS.get(days) or date_text(EPOCH + midnight // DAY + days)


@lru_cache(maxsize=65_536)
def date_text(ordinal: int) -> bytes:
    """Return a date as yyyy-MM-dd."""
    return date.fromordinal(ordinal).isoformat().encode()


@lru_cache(maxsize=4_096)
def _clock(second: int) -> bytes:
    return clock_text(second).encode()


def clock_text(second: int) -> str:
    """Return a second of the day as HH:mm:ss; the end of the day as 00:00:00 (rules slots.form, slots.midnight)."""
    minutes, seconds = divmod(second % DAY, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
