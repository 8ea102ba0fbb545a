"""Looks: what dates of generated calendars have in common apart from their users and tasks, and the kinds that drawn days make of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import tzinfo
from functools import cache, lru_cache

from .domain.absence import Leave
from .domain.interval import DAY, Interval, Intervals
from .domain.kind import Kind
from .domain.task import Task, TaskType
from .domain.work_day import WorkDayTemplate
from .domain.zone import steady_day, steady_offset
from .drawn_days import DRAWN_DAYS, LONGEST_TASK, tasks_of_day
from .holiday_calendar import holiday_name

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


def _hours(template: WorkDayTemplate | None, weekday: int) -> tuple[object, ...]:
    own, before = shifts_of(template, weekday), shifts_of(template, weekday - 1) if runs_over(template) else ()
    return (own, before, template.shifts_by_weekday[weekday], template.breaks_by_weekday[weekday]) if template else (own, before)


class Look(dict[int, Kind]):
    """What dates have in common apart from their tasks: for the drawn day, and DRAWN_DAYS times the one before, the kind."""

    def __init__(self, template: WorkDayTemplate | None, offset: int, weekday: int, is_holiday: bool) -> None:
        super().__init__()
        self._own, self._before = shifts_of(template, weekday), shifts_of(template, weekday - 1)
        hours = (template.shifts_by_weekday[weekday], template.breaks_by_weekday[weekday]) if template else ((), ())
        self._apart_from_tasks = template, offset, *hours, is_holiday

    def __missing__(self, drawn: int) -> Kind:
        before, day = divmod(drawn, DRAWN_DAYS)
        tasks = [(wall, length, of.allow_conflicts) for wall, length, of in tasks_of_day(self._own, day) if wall < DAY]
        for wall, length, of in tasks_of_day(self._before, before):
            if wall + length > DAY:
                tasks.append((wall - DAY, length, of.allow_conflicts))
        kind = self[drawn] = _kind(*self._apart_from_tasks, tuple(sorted(tasks)))
        return kind


_look = lru_cache(maxsize=4_096)(Look)


@lru_cache(maxsize=32_768)
def _kind(
    template: WorkDayTemplate | None,
    offset: int,
    shifts: Intervals,
    breaks: Intervals,
    is_holiday: bool,
    tasks: tuple[tuple[int, int, bool], ...],
) -> Kind:
    """The kind of so many facts; one that was forgotten is made again, which is as good."""
    return Kind(
        day=steady_day(offset),
        template=template,
        shifts=shifts,
        breaks=breaks,
        is_holiday=is_holiday,
        tasks=[Task(wall - offset, wall - offset + length, _TYPES[allows], "", None) for wall, length, allows in tasks],
    )


@lru_cache(maxsize=8_192)
def on_leave(kind: Kind, leave: Leave) -> Kind:
    """The kind of a date that is otherwise of the given kind."""
    return replace(kind, leave=leave)


@lru_cache(maxsize=2_048)
def looks_of(template: WorkDayTemplate | None, home: tzinfo, country: str | None, days: range, is_holiday: bool) -> tuple[Look | None, ...]:
    """The look of each date; None where the clock changes."""
    looks, days_before = [], 1 if runs_over(template) else 0
    for ordinal in days:
        offset = steady_offset(home, ordinal - days_before, ordinal)
        holiday = is_holiday or bool(country and holiday_name(country, ordinal))
        looks.append(None if offset is None else _look(template, offset, _hours_like(template, (ordinal - 1) % 7), holiday))
    return tuple(looks)
