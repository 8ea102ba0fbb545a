"""Times of an answer as numbers and back, for mutants that get them wrong."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from leadsquared_slots.contract_tests.oracle.wall_clock import DAY, zone

Span = tuple[int, int]


def spans(slots: list[dict[str, str]] | None) -> list[Span]:
    """Slots or breaks as seconds of the day; the end of the day is 86,400."""
    return [(second(slot["StartTime"]), second(slot["EndTime"]) or DAY) for slot in slots or []]


def slots(times: list[Span]) -> list[dict[str, str]]:
    """Seconds of the day as slots or breaks."""
    return [{"StartTime": text(start), "EndTime": text(end)} for start, end in times]


def second(clock: str) -> int:
    """A time of the day as seconds."""
    hours, minutes, seconds = map(int, clock.split(":"))
    return hours * 3600 + minutes * 60 + seconds


def text(at: int) -> str:
    """Seconds of the day as a time, the end of the day as 00:00:00."""
    return f"{at % DAY // 3600:02}:{at % 3600 // 60:02}:{at % 60:02}"


def merged(times: list[Span]) -> list[Span]:
    """Intervals sorted, those that touch or overlap joined."""
    joined: list[Span] = []
    for start, end in sorted(times):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def taken_from(times: list[Span], rest: list[Span]) -> list[Span]:
    """What of sorted, disjoint intervals is not in others that lie in them."""
    ends = sorted(at for span in times + rest for at in span)
    return [(start, end) for start, end in zip(ends[::2], ends[1::2], strict=True) if start < end]


def utc(local: datetime, name: str) -> str:
    """A local time of a zone as a busy time prints the instant."""
    return printed(local.replace(tzinfo=zone(name)).astimezone(UTC))


def instant(printed: str) -> datetime:
    """A busy time's start or end as an instant."""
    return datetime.fromisoformat(printed).replace(tzinfo=UTC)


def printed(at: datetime) -> str:
    """An instant or a local time as a busy time prints it."""
    # Not strftime, which writes the year 113 with three digits.
    return at.replace(tzinfo=None, microsecond=0).isoformat(" ")


def on_both_ends(slot: dict[str, str], change: Callable[[str], str]) -> dict[str, str]:
    """A slot, break or busy time with both of its times changed."""
    return {name: change(value) for name, value in slot.items()}


def zone_of(entry: dict[str, Any]) -> str:
    """The zone of an entry's date: the template's, else the user's."""
    return str(entry["WorkDayTemplateTimeZone"] or entry["UserTimeZone"])


def in_zone(printed_utc: str, name: str) -> str:
    """A printed UTC date-time as the wall clock of a zone prints it."""
    return printed(instant(printed_utc).astimezone(zone(name)))


def day_bounds(day: str, name: str) -> tuple[datetime, datetime]:
    """The first instant of a date in a zone, and that of the next date."""
    first = date.fromisoformat(day)
    start, end = (datetime.combine(at, datetime.min.time(), zone(name)) for at in (first, first + timedelta(days=1)))
    return start.astimezone(UTC), end.astimezone(UTC)


def wall(entry: dict[str, Any]) -> list[Span]:
    """What the busy times of an entry cover of its date's wall clock, where no clock changes meanwhile."""
    covered = []
    midnight = datetime.fromisoformat(entry["Date"])
    for busy in entry["BusySlots"]:
        ends = (instant(busy[name]).astimezone(zone(zone_of(entry))).replace(tzinfo=None) for name in ("StartTime", "EndTime"))
        start, end = (min(max(int((at - midnight).total_seconds()), 0), DAY) for at in ends)
        covered += [(start, end)] if start < end else []
    return covered
