"""Looks: what dates of generated calendars have in common apart from their users and tasks, and the kinds that drawn days make of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import tzinfo
from functools import cache, lru_cache
from itertools import count

from leadsquared_slots.mock_server.calendars.holidays import holiday_name
from leadsquared_slots.mock_server.domain.absence import Leave
from leadsquared_slots.mock_server.domain.day_inputs import DayInputs, SharedDay
from leadsquared_slots.mock_server.domain.interval import DAY, Interval, Intervals
from leadsquared_slots.mock_server.domain.task import Task, TaskType
from leadsquared_slots.mock_server.domain.work_day import WorkDayTemplate
from leadsquared_slots.mock_server.domain.zone import Day, day_in_zone, instant, steady_day, steady_offset

from .drawn_days import LONGEST_TASK, TASK_SETS, tasks_of_day

_OFFICE_HOURS = (Interval(9 * 3600, 18 * 3600),)
# Of a task's type a kind knows only whether it allows conflicts.
_TYPES = {allows: TaskType("", allows) for allows in (False, True)}


def shifts_of(template: WorkDayTemplate | None, weekday: int) -> Sequence[Interval]:
    """The shifts that begin on a weekday; office hours for a user without a template, whose tasks have to fall somewhere."""
    if template is not None:
        return template.shifts[weekday]
    return _OFFICE_HOURS if weekday % 7 < 5 else ()


@cache
def runs_over(template: WorkDayTemplate | None) -> bool:
    """Whether tasks in the template's shifts can run over midnight."""
    return any(shift.end + LONGEST_TASK > DAY for weekday in range(7) for shift in shifts_of(template, weekday))


@cache
def _hours_like(template: WorkDayTemplate | None, weekday: int) -> int:
    """The first weekday with the hours of this one, so that a look of either serves both."""
    return next(other for other in range(7) if _hours(template, other) == _hours(template, weekday))


def _hours(template: WorkDayTemplate | None, weekday: int) -> tuple[Sequence[Interval], ...]:
    before = shifts_of(template, weekday - 1) if runs_over(template) else ()
    return shifts_of(template, weekday), before, *_listed_hours(template, weekday)


def _listed_hours(template: WorkDayTemplate | None, weekday: int) -> tuple[Intervals, Intervals]:
    """Shifts and breaks as they stand under a date, cut at midnight."""
    return (template.shifts_by_weekday[weekday], template.breaks_by_weekday[weekday]) if template else ((), ())


Times = tuple[int, int, bool]
"""Start and end of a task, and whether it allows conflicts."""
Instant = Callable[[int, int], int | None]
"""From days before the date and a wall-clock second of that day to the instant; None where the clock skips it."""


class DayPatternTable(dict[int, SharedDay]):
    """What dates have in common apart from their tasks: for the drawn day, and TASK_SETS times the one before, the kind."""

    def __init__(
        self, template: WorkDayTemplate | None, weekday: int, is_holiday: bool, day: Day, offset: int, instant_of: Instant
    ) -> None:
        super().__init__()
        self._shifts = shifts_of(template, weekday), shifts_of(template, weekday - 1)
        self._known, self._without_tasks = _kinds(day, template is not None, *_listed_hours(template, weekday), is_holiday)
        self._place = offset, template and template.zone_name
        self._instant_of = instant_of
        self._found: dict[tuple[int, int], list[Times]] = {}

    def __missing__(self, drawn: int) -> SharedDay:
        before, day = divmod(drawn, TASK_SETS)
        tasks = tuple(sorted([*self._tasks(0, day), *self._tasks(1, before)]))
        kind = self._known.get(tasks)
        if kind is None:
            kind = replace(self._without_tasks, tasks=[Task(start, end, _TYPES[allows], "", None) for start, end, allows in tasks])
            self._known[tasks] = kind
        placed = self[drawn] = _placed(kind, *self._place)
        return placed

    def _tasks(self, before: int, drawn: int) -> list[Times]:
        """Those of the tasks of a drawn day, so many days before the date, that overlap the date."""
        found = self._found.get((before, drawn))
        if found is None:
            found = self._found[before, drawn] = list(self._overlapping(before, drawn))
        return found

    def _overlapping(self, before: int, drawn: int) -> Iterator[Times]:
        overlaps = self._without_tasks.day.overlaps
        for wall, length, kind in tasks_of_day(self._shifts[before], drawn):
            start = self._instant_of(before, wall)
            # Nobody makes an appointment for a time that does not come.
            if start is not None and overlaps(start, start + length):
                yield start, start + length, kind.allow_conflicts


_MOST_KINDS = 32_768
_made = count(1)


@cache
def _placed(kind: DayInputs, offset: int, template_zone: str | None) -> SharedDay:
    """The kind in a zone. When so many were placed, all kinds are forgotten, and those that are asked for again are made again."""
    if next(_made) % _MOST_KINDS == 0:
        for kept in (looks_of, _steady_look, _look_of_date, _kinds, _with_leave, on_leave, _placed):
            kept.cache_clear()
    return SharedDay(kind=kind, offset=offset, template_zone=template_zone)


@lru_cache(maxsize=4_096)
def _steady_look(template: WorkDayTemplate | None, offset: int, weekday: int, is_holiday: bool) -> DayPatternTable:
    return DayPatternTable(template, weekday, is_holiday, steady_day(0), offset, lambda before, wall: wall - before * DAY)


@lru_cache(maxsize=1_024)
def _look_of_date(template: WorkDayTemplate | None, home: tzinfo, ordinal: int, is_holiday: bool) -> DayPatternTable:
    """The look of one date only: the clock changes on it, or on the one before."""
    weekday, day = (ordinal - 1) % 7, day_in_zone(ordinal, home)
    return DayPatternTable(template, weekday, is_holiday, day, 0, lambda before, wall: instant(home, ordinal - before, wall))


@lru_cache(maxsize=4_096)
def _kinds(
    day: Day, has_template: bool, shifts: Intervals, breaks: Intervals, is_holiday: bool
) -> tuple[dict[tuple[Times, ...], DayInputs], DayInputs]:
    """The kinds of so many facts by their tasks, those known so far, and the kind without tasks."""
    return {}, DayInputs(day=day, has_template=has_template, shifts=shifts, breaks=breaks, is_holiday=is_holiday)


@cache
def on_leave(placed: SharedDay, leave: Leave) -> SharedDay:
    """The kind of a date that is otherwise of the given kind."""
    return _placed(_with_leave(placed.kind, leave), placed.offset, placed.template_zone)


@cache
def _with_leave(kind: DayInputs, leave: Leave) -> DayInputs:
    return replace(kind, leave=leave)


@lru_cache(maxsize=2_048)
def looks_of(
    template: WorkDayTemplate | None, home: tzinfo, country: str | None, days: range, is_holiday: bool
) -> tuple[DayPatternTable, ...]:
    """The look of each date."""
    looks, days_before = [], 1 if runs_over(template) else 0
    for ordinal in days:
        holiday = is_holiday or bool(country and holiday_name(country, ordinal))
        offset = steady_offset(home, ordinal - days_before, ordinal)
        if offset is None:
            looks.append(_look_of_date(template, home, ordinal, holiday))
        else:
            looks.append(_steady_look(template, offset, _hours_like(template, (ordinal - 1) % 7), holiday))
    return tuple(looks)
