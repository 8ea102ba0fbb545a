"""The vendor's answer: from availabilities to bytes, and back.

With `vendor_request` the only module that spells the vendor's field names.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import orjson

from .domain.absence import Absence
from .domain.availability import DayAvailability, availability
from .domain.interval import DAY, Interval, Intervals
from .domain.profile import EmptyList, Profile, Record, UsersOrder
from .domain.user import User
from .domain.zone import EPOCH
from .vendor_request import Query

REASONS = {
    Absence.NO_TEMPLATE: "WorkDayTemplateNotDefined",
    Absence.HOLIDAY: "Holiday",
    Absence.LEAVE: "Leave",
    Absence.NOT_SCHEDULED: "NotScheduled",
}
"""NoSlotsReason of each absence (rule reason.values)."""
_ABSENCES = {reason: absence for absence, reason in REASONS.items()}
_KEPT_DAYS = 32_768


def render_answer(query: Query, users: Sequence[User], profile: Profile) -> tuple[bytes, ...]:
    """The body of an answer in parts, for users in the order asked for (rules answer.*).

    Only the records of the page that the query asks for are computed.
    """
    if profile.users_order is UsersOrder.ADDRESS:
        users = sorted(users, key=lambda user: user.address.lower())
    days = range(query.first, query.last + 1)
    by_user = profile.record is Record.USER
    total = len(users) if by_user else len(users) * len(days)
    size = query.page_size or max(total, 1)
    begin = min((query.page_index - 1) * size, total)
    end = min(begin + size, total)
    head = b'{"RecordCount":%d' % total
    if begin == end:
        return (head + _EMPTY[profile.empty_list],)
    kept, flag = _kept_days(profile), query.include_allowed_conflicts
    parts = [head, b',"List":[']
    first, last = (0, len(days) - 1) if by_user else (begin // len(users), (end - 1) // len(users))
    for place in range(first, last + 1):
        listed = users[begin:end] if by_user else users[max(0, begin - place * len(users)) : end - place * len(users)]
        parts.append(b'{"Date":"%s","UserSlots":[' % date.fromordinal(days[place]).isoformat().encode())
        for user in listed:
            parts += (kept(user, days[place], flag), b",")
        parts[-1] = b"]}"
        parts.append(b",")
    parts[-1] = b"]}"
    return tuple(parts)


_EMPTY = {EmptyList.EMPTY: b',"List":[]}', EmptyList.ABSENT: b"}", EmptyList.NULL: b',"List":null}'}


@lru_cache(maxsize=16)
def _kept_days(profile: Profile) -> Any:
    """Renders a user's date under a profile; what was rendered is kept, in a bounded number.

    Users are compared by identity and a changed user is a new one, so an old rendering is never found for it.
    """

    @lru_cache(maxsize=_KEPT_DAYS)
    def render_day(user: User, ordinal: int, include_allowed_conflicts: bool) -> bytes:
        day = availability(user, ordinal, include_allowed_conflicts=include_allowed_conflicts, profile=profile)
        return orjson.dumps(render_day_of(user, day))

    return render_day


def render_day_of(user: User, day: DayAvailability) -> dict[str, Any]:
    """The entry of one user under one date (rule answer.shape)."""
    return {
        "UserId": user.id,
        "EmailAddress": user.address,
        "UserTimeZone": user.zone_name,
        "AvailableSlots": _times(day.available),
        "Breaks": _times(day.breaks),
        "BusySlots": [{"StartTime": _instant_text(start), "EndTime": _instant_text(end)} for start, end in day.busy],
        "WorkDayTemplateTimeZone": user.template.zone_name if user.template else None,
        "NoSlotsReason": REASONS[day.absence] if day.absence else None,
    }


def read_day(entry: dict[str, Any]) -> DayAvailability:
    """The availability that an entry of one user under one date tells: the inverse of `render_day_of`."""
    reason = entry["NoSlotsReason"]
    return DayAvailability(
        available=_read_times(entry["AvailableSlots"]),
        breaks=_read_times(entry["Breaks"]),
        busy=tuple(Interval(_read_instant(slot["StartTime"]), _read_instant(slot["EndTime"])) for slot in entry["BusySlots"]),
        absence=None if reason is None else _ABSENCES[reason],
    )


def _times(intervals: Intervals | None) -> list[dict[str, str]] | None:
    if intervals is None:
        return None
    return [{"StartTime": clock_text(start), "EndTime": clock_text(end)} for start, end in intervals]


def clock_text(second: int) -> str:
    """A second of the day as HH:mm:ss; the end of the day as 00:00:00 (rules slots.form, slots.midnight)."""
    minutes, seconds = divmod(second % DAY, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"


def _instant_text(moment: int) -> str:
    """An instant as yyyy-MM-dd HH:mm:ss in UTC (rules busy.form, busy.utc)."""
    days, second = divmod(moment, DAY)
    return f"{date.fromordinal(EPOCH + days).isoformat()} {clock_text(second)}"


def _read_times(slots: list[dict[str, str]] | None) -> Intervals | None:
    if slots is None:
        return None
    return tuple(Interval(_read_clock(slot["StartTime"]), _read_clock(slot["EndTime"]) or DAY) for slot in slots)


def _read_clock(text: str) -> int:
    hours, minutes, seconds = map(int, text.split(":"))
    return hours * 3600 + minutes * 60 + seconds


def _read_instant(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())
