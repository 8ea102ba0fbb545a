"""The vendor's entry of one user under one date: from availabilities to bytes, and back.

With `vendor_request` and `vendor_answer` the only modules that spell the vendor's field names.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

import orjson

from .domain.absence import Absence
from .domain.availability import DayAvailability, availability_of, kind_of
from .domain.interval import DAY, Interval, Intervals
from .domain.kind import Kind
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


class _Form(NamedTuple):
    """An entry without its user and its date: what stands between the dates of busy times, and how many days each is from the date shown.

    `days` is None where every busy time is of the date shown.
    """

    between: Sequence[bytes]
    days: Sequence[int] | None

    def under(self, ordinal: int) -> bytes:
        """The entry under a date, still without its user."""
        if self.days is None:
            return date_text(ordinal).join(self.between)
        dates = [date_text(ordinal + day) for day in self.days]
        return b"".join([*chain.from_iterable(zip(self.between, dates, strict=False)), self.between[-1]])


@lru_cache(maxsize=32)
def day_texts(profile: Profile, include_allowed_conflicts: bool) -> DayTexts:
    """What renders the entries of a user under dates (ordinals), with a profile and a flag.

    They are kept in a bounded number: by the kind of the date where the calendar shares kinds, for all users alike, and else by user and
    date; and those of a user under the same dates together. Users are compared by identity, and a changed user is a new one, so no old
    entry is ever found for it.
    """
    forms: dict[Kind, _Form] = {}
    shares_kinds_without_template = profile.date_without_template is DateWithoutTemplate.USER

    def form_of(kind: Kind) -> _Form:
        return _form(kind, availability_of(kind, include_allowed_conflicts=include_allowed_conflicts, profile=profile))

    def kept_form(kind: Kind) -> _Form:
        if len(forms) >= _KEPT_FORMS:
            del forms[next(iter(forms))]
        form = forms[kind] = form_of(kind)
        return form

    @lru_cache(maxsize=_KEPT_DAYS)
    def kept_text(user: User, ordinal: int) -> bytes:
        return _identity_text(user) + form_of(kind_of(user, ordinal, profile)).under(ordinal)

    @lru_cache(maxsize=_KEPT_ROWS)
    def texts(user: User, days: range) -> Sequence[bytes]:
        if user.template is None and not shares_kinds_without_template:
            return [kept_text(user, ordinal) for ordinal in days]
        identity, rendered = _identity_text(user), []
        for ordinal, shown, kind in zip(days, _date_texts(days), user.calendar.kinds(days), strict=True):
            if kind is None:
                rendered.append(kept_text(user, ordinal))
                continue
            # What a cold request spends its time on: most busy times are of the date shown.
            between, others = form = forms.get(kind) or kept_form(kind)
            rendered.append(identity + (shown.join(between) if others is None else form.under(ordinal)))
        return rendered

    return texts


def _form(kind: Kind, day: DayAvailability) -> _Form:
    """What `day_entry` says, as bytes around the dates of busy times."""
    between = [b',"AvailableSlots":%b,"Breaks":%b,"BusySlots":[' % (_times_text(day.available), _times_text(day.breaks))]
    days: list[int] = []
    for start, end in day.busy:
        (first, started), (last, ended) = divmod(start - kind.day.midnight, DAY), divmod(end - kind.day.midnight, DAY)
        days += first, last
        between[-1] += b'{"StartTime":"'
        between += _text_between(started), _text_behind(ended)
    if days:
        between[-1] = between[-1][:-1]
    between[-1] += _closing(kind.template and kind.template.zone_name, day.absence)
    return _Form(between, days if any(days) else None)


@lru_cache(maxsize=4_096)
def _text_between(started: int) -> bytes:
    return b' %b","EndTime":"' % clock_text(started).encode()


@lru_cache(maxsize=4_096)
def _text_behind(ended: int) -> bytes:
    return b' %b"},' % clock_text(ended).encode()


def _times_text(intervals: Intervals | None) -> bytes:
    return b"null" if intervals is None else b"[%b]" % b",".join(map(_time_text, intervals))


@lru_cache(maxsize=16_384)
def _time_text(interval: Interval) -> bytes:
    return b'{"StartTime":"%b","EndTime":"%b"}' % (clock_text(interval.start).encode(), clock_text(interval.end).encode())


@lru_cache(maxsize=1_024)
def _closing(zone_name: str | None, absence: Absence | None) -> bytes:
    closing = {"WorkDayTemplateTimeZone": zone_name, "NoSlotsReason": REASONS[absence] if absence else None}
    return b"]," + orjson.dumps(closing)[1:]


@lru_cache(maxsize=16_384)
def _identity_text(user: User) -> bytes:
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


@lru_cache(maxsize=256)
def _date_texts(days: range) -> Sequence[bytes]:
    return [date_text(ordinal) for ordinal in days]


@lru_cache(maxsize=4_096)
def clock_text(second: int) -> str:
    """A second of the day as HH:mm:ss; the end of the day as 00:00:00 (rules slots.form, slots.midnight)."""
    minutes, seconds = divmod(second % DAY, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"


def _times(intervals: Intervals | None) -> list[dict[str, str]] | None:
    if intervals is None:
        return None
    return [{"StartTime": clock_text(start), "EndTime": clock_text(end)} for start, end in intervals]


def _instant_text(moment: int) -> str:
    """An instant as yyyy-MM-dd HH:mm:ss in UTC (rules busy.form, busy.utc)."""
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
