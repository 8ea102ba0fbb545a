"""The vendor's entry of one user under one date: from availabilities to bytes, and back.

With `vendor_request` and `vendor_answer` the only modules that spell the vendor's field names.
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from .domain.absence import Absence
from .domain.availability import DayAvailability, availability
from .domain.interval import DAY, Interval, Intervals
from .domain.profile import DateWithoutTemplate, Profile
from .domain.user import User
from .domain.zone import EPOCH

DayTexts = Callable[[User, range], Sequence[bytes]]

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
_KEPT_ROWS = 512
# Between the angle brackets stand days from the date shown; nothing else in an entry has such brackets.
_DATE = re.compile(rb"<(-?[0-9]+)>")


class _Form(NamedTuple):
    """An entry without its user and its date: what stands between the dates of busy times, and how many days each is from the date shown.

    `days` is None where every busy time is of the date shown.
    """

    between: tuple[bytes, ...]
    days: tuple[int, ...] | None


@lru_cache(maxsize=32)
def day_texts(profile: Profile, include_allowed_conflicts: bool) -> DayTexts:
    """What renders the entries of a user under dates (ordinals), with a profile and a flag.

    They are kept in a bounded number: by the kind of the date where the calendar promises one, for all users alike, and else by user and
    date; and those of a user under the same dates together. Users are compared by identity, and a changed user is a new one, so no old
    entry is ever found for it.
    """
    forms: dict[object, _Form] = {}
    has_kinds_without_template = profile.date_without_template is DateWithoutTemplate.USER

    def entry(user: User, ordinal: int) -> dict[str, Any]:
        day = availability(user, ordinal, include_allowed_conflicts=include_allowed_conflicts, profile=profile)
        return {**identity_entry(user), **day_entry(user, day)}

    @lru_cache(maxsize=_KEPT_DAYS)
    def kept_text(user: User, ordinal: int) -> bytes:
        return orjson.dumps(entry(user, ordinal))

    def form_of(kind: object, user: User, ordinal: int) -> _Form:
        day = availability(user, ordinal, include_allowed_conflicts=include_allowed_conflicts, profile=profile)
        if len(forms) >= _KEPT_FORMS:
            del forms[next(iter(forms))]
        form = forms[kind] = _read_form(orjson.dumps(day_entry(user, day, relative_to=ordinal)))
        return form

    @lru_cache(maxsize=_KEPT_ROWS)
    def texts(user: User, days: range) -> Sequence[bytes]:
        if user.template is None and not has_kinds_without_template:
            return [kept_text(user, ordinal) for ordinal in days]
        identity, rendered = _identity_text(user), []
        for ordinal, kind in zip(days, user.calendar.kinds(days), strict=True):
            if kind is None:
                rendered.append(kept_text(user, ordinal))
                continue
            between, relative = forms.get(kind) or form_of(kind, user, ordinal)
            if relative is None:
                rendered.append(identity + date_text(ordinal).join(between))
            else:
                dated = [part for day, text in zip(relative, between[1:], strict=True) for part in (date_text(ordinal + day), text)]
                rendered.append(b"".join((identity, between[0], *dated)))
        return rendered

    return texts


def _read_form(text: bytes) -> _Form:
    between = _DATE.split(text.replace(b"{", b",", 1))
    days = tuple(map(int, between[1::2]))
    return _Form(tuple(between[0::2]), days if any(days) else None)


@lru_cache(maxsize=16_384)
def _identity_text(user: User) -> bytes:
    return orjson.dumps(identity_entry(user))[:-1]


def identity_entry(user: User) -> dict[str, Any]:
    """The members of an entry that tell who the user is (rules answer.identity, answer.stored-address)."""
    return {"UserId": user.id, "EmailAddress": user.address, "UserTimeZone": user.zone_name}


def day_entry(user: User, day: DayAvailability, relative_to: int | None = None) -> dict[str, Any]:
    """The other members of an entry (rule answer.shape); with dates of busy times as `<days from a date>` where one is given."""
    return {
        "AvailableSlots": _times(day.available),
        "Breaks": _times(day.breaks),
        "BusySlots": [
            {"StartTime": _instant_text(start, relative_to), "EndTime": _instant_text(end, relative_to)} for start, end in day.busy
        ],
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
    """A second of the day as HH:mm:ss; the end of the day as 00:00:00 (rules slots.form, slots.midnight)."""
    minutes, seconds = divmod(second % DAY, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"


def _times(intervals: Intervals | None) -> list[dict[str, str]] | None:
    if intervals is None:
        return None
    return [{"StartTime": clock_text(start), "EndTime": clock_text(end)} for start, end in intervals]


def _instant_text(moment: int, relative_to: int | None) -> str:
    """An instant as yyyy-MM-dd HH:mm:ss in UTC (rules busy.form, busy.utc)."""
    days, second = divmod(moment, DAY)
    day = date.fromordinal(EPOCH + days).isoformat() if relative_to is None else f"<{EPOCH + days - relative_to}>"
    return f"{day} {clock_text(second)}"


def _read_times(slots: list[dict[str, str]] | None) -> Intervals | None:
    if slots is None:
        return None
    return tuple(Interval(_read_clock(slot["StartTime"]), _read_clock(slot["EndTime"]) or DAY) for slot in slots)


def _read_clock(text: str) -> int:
    hours, minutes, seconds = map(int, text.split(":"))
    return hours * 3600 + minutes * 60 + seconds


def _read_instant(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())
