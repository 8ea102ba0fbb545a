"""The vendor's entry of one user under one date: from availabilities to bytes, and back.

With `vendor.request` and `vendor.answer` the only modules that spell the vendor's field names.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from operator import add
from typing import Any

import orjson
from leadsquared_slots.mock_server.domain.absence import Absence
from leadsquared_slots.mock_server.domain.availability import DayAvailability, availability_of, day_inputs
from leadsquared_slots.mock_server.domain.day_inputs import DayInputs, SharedDay
from leadsquared_slots.mock_server.domain.interval import DAY, Interval, Intervals
from leadsquared_slots.mock_server.domain.profile import DateWithoutTemplate, Profile, TimeZoneOfTimes
from leadsquared_slots.mock_server.domain.user import User
from leadsquared_slots.mock_server.domain.zone import EPOCH

DayFragments = Callable[[User, range], Sequence[bytes]]

REASONS = {
    Absence.NO_TEMPLATE: "WorkDayTemplateNotDefined",
    Absence.HOLIDAY: "Holiday",
    Absence.LEAVE: "Leave",
    Absence.NOT_SCHEDULED: "NotScheduled",
}
"""NoSlotsReason of each absence (rule reason.values)."""
_ABSENCES = {reason: absence for absence, reason in REASONS.items()}

_KEPT_DAYS = 2_048
_KEPT_FORMS = 32_768
_KEPT_ROWS = 1_024
# What stands in a fragment for the date shown, the one before and the one behind: bytes that no text in UTF-8 has.
DATE_PLACEHOLDERS = {0: b"\xff", -1: b"\xfe", 1: b"\xfd"}


@lru_cache(maxsize=32)
def day_fragments(profile: Profile, include_allowed_conflicts: bool) -> DayFragments:
    """Return a renderer: (user, dates as ordinals) -> one fragment for each date. A fragment is an entry without its user and its date.

    They are kept in a bounded number: by the kind of the date where the calendar shares kinds, for all users alike, and else by user and
    date; and those of a user under the same dates together. Users are compared by identity, and a changed user is a new one, so no old
    fragment is ever found for it.
    """
    fragments: dict[SharedDay, bytes] = {}
    shares_kinds_without_template = profile.date_without_template is DateWithoutTemplate.USER
    shares_times = profile.time_zone is TimeZoneOfTimes.TEMPLATE

    def found_in(kind: DayInputs) -> tuple[bytes, tuple[Interval, ...], Absence | None]:
        """Slots and breaks as they are written, the busy instants, and the absence."""
        day = availability_of(kind, include_allowed_conflicts=include_allowed_conflicts, profile=profile)
        return _lists_text(day), day.busy, day.absence

    known = lru_cache(maxsize=_KEPT_FORMS)(found_in)

    def shared_fragment(placed: SharedDay) -> bytes:
        if shares_times:
            (lists, busy, absence), offset = known(placed.kind), placed.offset
        else:
            (lists, busy, absence), offset = found_in(placed.in_its_zone()), 0
        if len(fragments) >= _KEPT_FORMS:
            del fragments[next(iter(fragments))]
        text = _busy_text(busy, placed.kind.day.midnight + offset)
        fragment = fragments[placed] = b"".join((lists, text, _closing(placed.template_zone, absence)))
        return fragment

    @lru_cache(maxsize=_KEPT_DAYS)
    def own_fragment(user: User, ordinal: int) -> bytes:
        lists, busy, absence = found_in(day_inputs(user, ordinal, profile))
        text = b",".join([_busy_slot(time, 0, lambda days: date_text(EPOCH + days)) for time in busy])
        return b"".join((lists, text, _closing(user.template and user.template.zone_name, absence)))

    @lru_cache(maxsize=_KEPT_ROWS)
    def row(user: User, days: range) -> Sequence[bytes]:
        if user.template is None and not shares_kinds_without_template:
            return [own_fragment(user, ordinal) for ordinal in days]
        kinds = zip(days, user.calendar.kinds(days), strict=True)
        return [own_fragment(user, ordinal) if kind is None else fragments.get(kind) or shared_fragment(kind) for ordinal, kind in kinds]

    return row


def date_entries(identities: Sequence[bytes], fragments: Sequence[bytes], ordinal: int) -> bytes:
    """The bytes of a date (an ordinal) with its users' entries, made of the identity and the fragment of each."""
    entries = list(map(add, identities, fragments))
    entries[0] = b'{"Date":"%b","UserSlots":[%b' % (DATE_PLACEHOLDERS[0], entries[0])
    entries[-1] += b"]}"
    text = b",".join(entries)
    for days, mark in DATE_PLACEHOLDERS.items():
        if mark in text:
            text = text.replace(mark, date_text(ordinal + days))
    return text


def _lists_text(day: DayAvailability) -> bytes:
    return b',"AvailableSlots":%b,"Breaks":%b,"BusySlots":[' % (_times_text(day.available), _times_text(day.breaks))


@lru_cache(maxsize=_KEPT_FORMS)
def _busy_text(busy: Sequence[Interval], midnight: int) -> bytes:
    """Busy times as they are written, with marks for dates. `midnight` is when UTC's date of the name of the date shown begins."""
    return b",".join([_busy_slot(time, midnight, DATE_PLACEHOLDERS.__getitem__) for time in busy])


def _busy_slot(time: Interval, midnight: int, date_of: Callable[[int], bytes]) -> bytes:
    (first, started), (last, ended) = divmod(time.start - midnight, DAY), divmod(time.end - midnight, DAY)
    return b'{"StartTime":"%b %b","EndTime":"%b %b"}' % (date_of(first), _clock(started), date_of(last), _clock(ended))


@lru_cache(maxsize=4_096)
def _clock(second: int) -> bytes:
    return clock_text(second).encode()


def _times_text(intervals: Intervals | None) -> bytes:
    return b"null" if intervals is None else b"[%b]" % b",".join(map(_time_text, intervals))


@lru_cache(maxsize=16_384)
def _time_text(interval: Interval) -> bytes:
    return b'{"StartTime":"%b","EndTime":"%b"}' % (_clock(interval.start), _clock(interval.end))


@lru_cache(maxsize=1_024)
def _closing(zone_name: str | None, absence: Absence | None) -> bytes:
    closing = {"WorkDayTemplateTimeZone": zone_name, "NoSlotsReason": REASONS[absence] if absence else None}
    return b"]," + orjson.dumps(closing)[1:]


@lru_cache(maxsize=16_384)
def identity_text(user: User) -> bytes:
    """The beginning of a user's entries, up to where a fragment goes on."""
    return orjson.dumps(identity_entry(user))[:-1]


def identity_entry(user: User) -> dict[str, Any]:
    """The members of an entry that tell who the user is (rules answer.identity, answer.stored-address)."""
    return {"UserId": user.id, "EmailAddress": user.address, "UserTimeZone": user.zone_name}


def day_entry(user: User, day: DayAvailability) -> dict[str, Any]:
    """The other members of an entry (rule answer.shape)."""
    return {
        "AvailableSlots": _times(day.available),
        "Breaks": _times(day.breaks),
        "BusySlots": [{"StartTime": _instant_text(start), "EndTime": _instant_text(end)} for start, end in day.busy],
        "WorkDayTemplateTimeZone": user.template.zone_name if user.template else None,
        "NoSlotsReason": REASONS[day.absence] if day.absence else None,
    }


def read_day(entry: dict[str, Any]) -> DayAvailability:
    """The availability that an entry tells: the inverse of `day_entry`."""
    reason = entry["NoSlotsReason"]
    return DayAvailability(
        available=_read_times(entry["AvailableSlots"]),
        breaks=_read_times(entry["Breaks"]),
        busy=tuple(Interval(_read_instant(slot["StartTime"]), _read_instant(slot["EndTime"])) for slot in entry["BusySlots"]),
        absence=None if reason is None else _ABSENCES[reason],
    )


@lru_cache(maxsize=65_536)
def date_text(ordinal: int) -> bytes:
    """A date as yyyy-MM-dd."""
    return date.fromordinal(ordinal).isoformat().encode()


@lru_cache(maxsize=4_096)
def clock_text(second: int) -> str:
    """A second of the day as HH:mm:ss; the end of the day as 00:00:00 (rules slots.fragment, slots.midnight)."""
    minutes, seconds = divmod(second % DAY, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"


def _times(intervals: Intervals | None) -> list[dict[str, str]] | None:
    if intervals is None:
        return None
    return [{"StartTime": clock_text(start), "EndTime": clock_text(end)} for start, end in intervals]


def _instant_text(moment: int) -> str:
    """An instant as yyyy-MM-dd HH:mm:ss in UTC (rules busy.fragment, busy.utc)."""
    days, second = divmod(moment, DAY)
    return f"{date.fromordinal(EPOCH + days)} {clock_text(second)}"


def _read_times(slots: list[dict[str, str]] | None) -> Intervals | None:
    if slots is None:
        return None
    return tuple(Interval(_read_clock(slot["StartTime"]), _read_clock(slot["EndTime"]) or DAY) for slot in slots)


def _read_clock(text: str) -> int:
    hours, minutes, seconds = map(int, text.split(":"))
    return hours * 3600 + minutes * 60 + seconds


def _read_instant(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())
