"""Entries of answers as a test writes and reads them, independently of the emulator's renderer."""

from datetime import UTC, datetime
from typing import Any

from leadsquared_slots.mock_server.domain.availability import DayAvailability
from leadsquared_slots.mock_server.domain.interval import DAY, Interval, Intervals
from leadsquared_slots.mock_server.domain.user import User
from leadsquared_slots.mock_server.vendor.day import REASONS


def entry_of(user: User, day: DayAvailability) -> dict[str, Any]:
    """The entry of a user under a date of this availability."""
    return {
        "UserId": user.id,
        "EmailAddress": user.address,
        "UserTimeZone": user.zone_name,
        "AvailableSlots": _times(day.available),
        "Breaks": _times(day.breaks),
        "BusySlots": [{"StartTime": _moment(start), "EndTime": _moment(end)} for start, end in day.busy],
        "WorkDayTemplateTimeZone": user.template.zone_name if user.template else None,
        "NoSlotsReason": REASONS[day.absence] if day.absence else None,
    }


def read_entry(entry: dict[str, Any]) -> DayAvailability:
    """The availability that an entry tells: the inverse of `entry_of`."""
    reasons = {text: absence for absence, text in REASONS.items()}
    return DayAvailability(
        available=_read_times(entry["AvailableSlots"]),
        breaks=_read_times(entry["Breaks"]),
        busy=tuple(Interval(_read_moment(slot["StartTime"]), _read_moment(slot["EndTime"])) for slot in entry["BusySlots"]),
        absence=reasons.get(entry["NoSlotsReason"]),
    )


def _times(intervals: Intervals | None) -> list[dict[str, str]] | None:
    return None if intervals is None else [{"StartTime": _clock(start), "EndTime": _clock(end)} for start, end in intervals]


def _clock(second: int) -> str:
    return datetime.fromtimestamp(second % DAY, UTC).strftime("%H:%M:%S")


def _moment(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).replace(tzinfo=None).isoformat(sep=" ")


def _read_times(slots: list[dict[str, str]] | None) -> Intervals | None:
    return None if slots is None else tuple(Interval(_read_clock(slot["StartTime"]), _read_clock(slot["EndTime"]) or DAY) for slot in slots)


def _read_clock(text: str) -> int:
    hours, minutes, seconds = map(int, text.split(":"))
    return hours * 3600 + minutes * 60 + seconds


def _read_moment(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())
