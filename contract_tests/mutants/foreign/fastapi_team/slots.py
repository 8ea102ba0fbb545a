"""From a person and a date to what the vendor answers about them."""

import calendar
import uuid
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Any

from agenda import DAY, Person, Span, Task, Template

Stretch = tuple[datetime, datetime, timedelta]  # from, to (UTC) and the offset of the wall clock between them


@lru_cache(maxsize=20_000)
def stretches(zone: tzinfo, day: date, bug: str) -> list[Stretch]:
    """Return the pieces of UTC that read `day` on the wall of `zone`: one on most days, more when the clocks change."""
    midnight = datetime.combine(day, time(), UTC)
    cursor, stop = midnight - timedelta(hours=16), midnight + timedelta(hours=40)
    found = []
    while cursor < stop:
        offset = _offset(cursor, zone, bug)
        until = _next_change(cursor, stop, zone, bug)
        start, end = max(cursor, midnight - offset), min(until, midnight + timedelta(days=1) - offset)
        if start < end:
            found.append((start, end, offset))
        cursor = until
    return found


def _offset(instant: datetime, zone: tzinfo, bug: str) -> timedelta:
    if bug == "offset-of-today":
        instant = datetime.now(UTC)
    return instant.astimezone(zone).utcoffset() or timedelta()


def _next_change(low: datetime, high: datetime, zone: tzinfo, bug: str) -> datetime:
    """Return the first second after `low` with another offset, or `high`."""
    before = _offset(low, zone, bug)
    if _offset(high, zone, bug) == before:
        return high
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        low, high = (middle, high) if _offset(middle, zone, bug) == before else (low, middle)
    return high


def _joined(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif start < end:
            joined.append((start, end))
    return joined


def _without(spans: list[Span], taken: Iterable[Span], bug: str) -> list[Span]:
    """Return `spans` less everything that is `taken`."""
    left: list[Span] = []
    holes = sorted(taken) if bug == "nested-task-reopens" else _joined(taken)
    for start, end in spans:
        cursor = start
        for low, high in holes:
            if high <= start or low >= end:
                continue
            if low > cursor or bug == "empty-slots-kept":
                left.append((cursor, max(low, cursor)))
            cursor = high
        if cursor < end:
            left.append((cursor, end))
    return left


def _on_date(week: dict[int, list[Span]], day: date, bug: str) -> list[Span]:
    """Return what the weekly hours put on this date, cut at midnight."""
    today, yesterday = day.weekday(), (day.weekday() - 1) % 7
    if bug == "weekday-off-by-one":
        today, yesterday = day.isoweekday() % 7, (day.isoweekday() - 1) % 7
    spans = week.get(today, [])
    if bug == "night-shift-lost":
        return sorted(span for span in spans if span[1] <= DAY)
    pieces = [(start, min(end, DAY)) for start, end in spans]
    after = spans if bug == "night-on-the-same-date" else week.get(yesterday, [])
    if bug != "night-ends-at-midnight":
        pieces += [(0, end - DAY) for _, end in after if end > DAY]
    return sorted(pieces)


def _on_the_wall(tasks: Iterable[Task], zone: tzinfo, day: date, bug: str) -> list[Span]:
    """Return the times of `day` that a clock on the wall shows during the tasks; in a fold either pass counts."""
    midnight = datetime.combine(day, time(), UTC)
    spans = []
    for task in tasks:
        pieces = stretches(zone, day, bug)
        for start, end, offset in pieces[:1] if bug == "first-offset-of-the-day" else pieces:
            low, high = max(task.start, start), min(task.end, end)
            if low < high:
                spans.append((int((low + offset - midnight).total_seconds()), int((high + offset - midnight).total_seconds())))
    return spans


def _overlapping(tasks: Iterable[Task], zone: tzinfo, day: date, bug: str) -> list[Task]:
    pieces = stretches(zone, day, bug)
    if not pieces:
        return []
    first, last = pieces[0][0], pieces[-1][1]
    if bug == "date-of-utc":
        first = datetime.combine(day, time(), UTC)
        last = first + timedelta(days=1)
    if bug == "tasks-of-yesterday-forgotten":
        return [task for task in tasks if first <= task.start < last]
    return [task for task in tasks if task.start < last and task.end > first]


def _clock(seconds: int, bug: str) -> str:
    if seconds == DAY and bug in ("midnight-as-24", "midnight-as-last-second"):
        return "24:00:00" if bug == "midnight-as-24" else time.max.strftime("%H:%M:%S")
    moment = datetime.min + timedelta(seconds=seconds)
    return moment.strftime({"seconds-cut": "%H:%M:00", "twelve-hours": "%I:%M:%S", "minutes-only": "%H:%M"}.get(bug, "%H:%M:%S"))


def _printed(spans: Iterable[Span], bug: str) -> list[dict[str, str]]:
    return [{"StartTime": _clock(start, bug), "EndTime": _clock(end, bug)} for start, end in spans]


def _instant(moment: datetime, person: Person, bug: str) -> str:
    if bug == "busy-in-template-zone" and person.template:
        moment = moment.astimezone(person.template.zone)
    if bug == "busy-in-user-zone":
        moment = moment.astimezone(person.zone)
    return moment.isoformat() if bug == "busy-isoformat" else moment.strftime("%Y-%m-%d %H:%M:%S")


def _busy(person: Person, day: date, bug: str) -> list[dict[str, str]]:
    zone = person.template.zone if person.template else person.zone
    tasks = [task for task in person.tasks if bug == "busy-lists-every-task" or not task.may_overlap]
    tasks = _overlapping(tasks, zone, day, bug)
    if bug != "busy-as-entered":
        tasks.sort(key=lambda task: (task.start, task.end))
    moments = [(task.start, task.end) for task in tasks]
    if bug == "busy-without-duplicates":
        moments = sorted(set(moments))
    if bug == "busy-cut-to-the-date" and moments:
        pieces = stretches(zone, day, bug)
        moments = [(max(start, pieces[0][0]), min(end, pieces[-1][1])) for start, end in moments]
    if bug == "busy-joined":
        joined: list[tuple[datetime, datetime]] = []
        for start, end in moments:
            if joined and start <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(joined[-1][1], end))
            else:
                joined.append((start, end))
        moments = joined
    return [{"StartTime": _instant(start, person, bug), "EndTime": _instant(end, person, bug)} for start, end in moments]


def _reason(person: Person, day: date, bug: str) -> str | None:
    if person.template is None:
        return "WorkDayTemplateNotDefined"
    if day in person.holidays:
        return "Holiday"
    if day in person.days_off:
        return "Leave"
    if not _on_date(person.template.shifts, day, bug):
        return "NOT_SCHEDULED" if bug == "reason-as-constant" else "NotScheduled"
    return None


def _free(person: Person, template: Template, day: date, conflicts: bool, bug: str) -> list[Span]:
    """Return the free times of a working date, as seconds of the wall clock."""
    spans = _joined(_on_date(template.shifts, day, bug))
    pieces = stretches(template.zone, day, bug)
    midnight = datetime.combine(day, time(), UTC)
    shown = _joined(
        (int((start + offset - midnight).total_seconds()), int((end + offset - midnight).total_seconds())) for start, end, offset in pieces
    )
    if bug != "missing-hour-kept":
        spans = _without(spans, _without([(0, DAY)], shown, ""), "")
    if bug != "hours-off-ignored":
        spans = _without(spans, person.hours_off.get(day, []), "")
    if bug == "breaks-taken-out":
        spans = _without(spans, _on_date(template.breaks, day, bug), "")
    blocking = [task for task in person.tasks if not (task.may_overlap and conflicts)]
    if bug == "tasks-of-yesterday-forgotten":
        blocking = _overlapping(blocking, template.zone, day, bug)
    return _without(spans, _on_the_wall(blocking, template.zone, day, bug), bug)


def slots_of(person: Person, day: date, conflicts: bool, bug: str) -> dict[str, Any]:
    """Return the entry of one person under one date."""
    if bug == "flag-inverted":
        conflicts = not conflicts
    if bug == "flag-never-read":
        conflicts = False
    reason, template = _reason(person, day, bug), person.template
    available: list[dict[str, str]] | None = [] if template or bug == "template-less-empty" else None
    breaks = available
    if template and reason is None:
        available = _printed(_free(person, template, day, conflicts, bug), bug)
        breaks = _printed(_on_date(template.breaks, day, bug), bug)
        if bug == "breaks-none-when-empty":
            breaks = breaks or None
        if bug == "fully-booked-none":
            available = available or None
        if bug == "fully-booked-reason" and not available:
            reason = "FullyBooked"
    zone = template.zone.key if template else None
    if template and bug == "zone-as-abbreviation":
        zone = datetime.combine(day, time(12), template.zone).tzname()
    busy = None if bug == "template-less-never-busy" and template is None else _busy(person, day, bug)
    return {
        "UserId": str(uuid.uuid4()) if bug == "id-drawn-anew" else person.id,
        "EmailAddress": person.email.lower() if bug == "address-in-small-letters" else person.email,
        "UserTimeZone": zone if bug == "zones-mixed-up" and zone else person.zone.key,
        "AvailableSlots": available,
        "Breaks": breaks,
        "BusySlots": busy,
        "WorkDayTemplateTimeZone": zone,
        "NoSlotsReason": reason,
    }


def dates(first: date, last: date, bug: str) -> list[date]:
    """Return the dates of the range, both ends included."""
    if bug == "year-change-empty":
        numbers = range(first.timetuple().tm_yday, last.timetuple().tm_yday + 1)
        return [date(first.year, 1, 1) + timedelta(days=number - 1) for number in numbers]
    days = (last - first).days + (0 if bug == "last-date-left-out" else 1)
    found = [first + timedelta(days=n) for n in range(days)]
    if bug == "month-ends-lost":
        found = [day for day in found if day.day in range(1, calendar.monthrange(day.year, day.month)[1])]
    return found[::-1] if bug == "newest-date-first" else found
