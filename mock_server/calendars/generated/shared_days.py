"""Days that dates and users of generated calendars share, so that each is computed and rendered once.

A date of a generated calendar is decided by its pattern (the template's hours on its weekday, whether it is a holiday) and by the number
of the task set that was drawn for it; and where the clocks do not change, one zone's day is another's at other instants. So a few hundred
different days serve all users, zones and years.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import NamedTuple
from weakref import WeakValueDictionary

from leadsquared_slots.mock_server.calendars.holidays import holiday_name
from leadsquared_slots.mock_server.calendars.kept import KEPT, Table
from leadsquared_slots.mock_server.domain.absence import Leave
from leadsquared_slots.mock_server.domain.day_inputs import DayInputs
from leadsquared_slots.mock_server.domain.interval import DAY, Interval, Intervals
from leadsquared_slots.mock_server.domain.task import Task, TaskType
from leadsquared_slots.mock_server.domain.work_day import WorkDayTemplate
from leadsquared_slots.mock_server.domain.zone import Day, day_in_zone, instant, steady_day

from .task_sets import LONGEST_TASK, TASK_SETS, tasks_of_set

_OFFICE_HOURS = (Interval(9 * 3600, 18 * 3600),)
# Of a task's type an answer depends only on whether it allows conflicts.
_TYPES = {allows: TaskType("", allows) for allows in (False, True)}


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class ClockDay:
    """A day as the clock shows it, in whichever zone. Compared by identity.

    Where the clocks do not change, `inputs` are those of a date in UTC whose midnight is the instant 0; else those of the one date.
    """

    inputs: DayInputs


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class SharedDay:
    """A day that dates and users of one zone share. Compared by identity."""

    on_clock: ClockDay
    offset: int
    """Seconds that the zone's clock is ahead of the instants of `on_clock`; 0 where these are the one date's own."""
    template_zone: str | None
    """Name of the template's zone; None where there is no template."""

    @property
    def inputs(self) -> DayInputs:
        """What decides the availability of the day in its zone, with the instants that it has there."""
        inputs, offset = self.on_clock.inputs, self.offset
        if not offset:
            return inputs
        tasks = [task._replace(start=task.start - offset, end=task.end - offset) for task in inputs.tasks]
        return replace(inputs, day=steady_day(offset), tasks=tasks)


class Hours(NamedTuple):
    """The hours of a template on a weekday, in seconds of wall-clock time: all that dates need to know of their template but its zone.

    `begun` are the shifts that begin on the day, `begun_before` those that begin on the day before, where their tasks may reach this one;
    `shifts` and `breaks` are what the date lists, cut at midnight.
    """

    has_template: bool
    begun: tuple[Interval, ...]
    begun_before: tuple[Interval, ...]
    shifts: Intervals
    breaks: Intervals


def shifts_of(template: WorkDayTemplate | None, weekday: int) -> Sequence[Interval]:
    """Return the shifts that begin on a weekday; office hours for a user without a template, whose tasks have to fall somewhere."""
    if template is not None:
        return template.shifts[weekday]
    return _OFFICE_HOURS if weekday % 7 < 5 else ()


def runs_over(template: WorkDayTemplate | None) -> bool:
    """Return whether tasks in the template's shifts can run over midnight."""
    return template is not None and template.latest_end + LONGEST_TASK > DAY


def _hours(template: WorkDayTemplate | None, weekday: int) -> Hours:
    before = shifts_of(template, weekday - 1) if runs_over(template) else ()
    if template is None:
        return Hours(False, tuple(shifts_of(None, weekday)), (), (), ())
    listed = template.shifts_by_weekday[weekday], template.breaks_by_weekday[weekday]
    return Hours(True, tuple(template.shifts[weekday]), tuple(before), *listed)


Times = tuple[int, int, bool]
"""Start and end of a task, and whether its type allows conflicts."""


class DayPattern(Table[int, ClockDay]):
    """The days of dates that differ in their tasks only.

    The key is the number of the date's task set, plus TASK_SETS times that of the date before where tasks run over midnight.
    `instant_of` gives the instant of a wall-clock second on the date so many days before; None where the clock skips it.
    """

    def __init__(self, hours: Hours, day: Day, is_holiday: bool, instant_of: Callable[[int, int], int | None]) -> None:
        super().__init__(KEPT, "days on the clock")
        self._hours, self._instant_of = hours, instant_of
        self._without_tasks = DayInputs(
            day=day, has_template=hours.has_template, shifts=hours.shifts, breaks=hours.breaks, is_holiday=is_holiday
        )
        # Different sets often leave the same tasks: none on a day off, or none that reach over midnight.
        self._by_tasks: WeakValueDictionary[tuple[Times, ...], ClockDay] = WeakValueDictionary()

    def make(self, key: int) -> ClockDay:
        """The day of a key."""
        before, drawn = divmod(key, TASK_SETS)
        tasks = (*self._tasks(0, self._hours.begun, drawn), *self._tasks(1, self._hours.begun_before, before))
        found = self._by_tasks.get(tasks)
        if found is None:
            open_tasks = [Task(start, end, _TYPES[allows], "", None) for start, end, allows in tasks]
            found = self._by_tasks[tasks] = ClockDay(replace(self._without_tasks, tasks=open_tasks))
        return found

    def size(self, value: ClockDay) -> int:
        """An estimate in bytes."""
        return 330 + 140 * len(value.inputs.tasks)

    def _tasks(self, days_before: int, shifts: tuple[Interval, ...], number: int) -> Iterator[Times]:
        """The tasks of a set that overlap the date, when it was drawn for the date so many days before."""
        if days_before and not shifts:
            return
        for wall, length, kind in tasks_of_set[shifts, number]:
            start = self._instant_of(days_before, wall)
            # Nobody makes an appointment for a time that does not come.
            if start is not None and self._without_tasks.day.overlaps(start, start + length):
                yield start, start + length, kind.allow_conflicts


class ZonePattern(Table[int, SharedDay]):
    """The shared days of a pattern in a zone, by the same keys."""

    def __init__(self, pattern: DayPattern, offset: int, template_zone: str | None) -> None:
        super().__init__(KEPT, "shared days")
        self._pattern, self._offset, self._template_zone = pattern, offset, template_zone
        # Different keys of the pattern often have the same day.
        self._by_day: WeakValueDictionary[ClockDay, SharedDay] = WeakValueDictionary()

    def make(self, key: int) -> SharedDay:
        """The shared day of a key."""
        on_clock = self._pattern[key]
        shared = self._by_day.get(on_clock)
        if shared is None:
            shared = self._by_day[on_clock] = SharedDay(on_clock, self._offset, self._template_zone)
        return shared

    def size(self, value: SharedDay) -> int:
        """An estimate in bytes."""
        return 150


# As long as `patterns_of` keeps them.
_patterns: WeakValueDictionary[Hashable, DayPattern] = WeakValueDictionary()
_zone_patterns: WeakValueDictionary[Hashable, ZonePattern] = WeakValueDictionary()


def _pattern(hours: Hours, home: tzinfo, ordinal: int, is_holiday: bool, template_zone: str | None) -> ZonePattern:
    """Return the pattern of a date: one for all such dates in zones of this offset, or its own where the clock changes near it."""
    dates = range(ordinal - bool(hours.begun_before), ordinal + 1)
    offsets = {piece.offset for date in dates for piece in day_in_zone(date, home).pieces}
    key: tuple[Hashable, ...]
    if len(offsets) == 1:
        (offset,) = offsets
        key, day = (hours, is_holiday), steady_day(0)
        instant_of: Callable[[int, int], int | None] = lambda before, wall: wall - before * DAY  # noqa: E731
    else:
        offset, key, day = 0, (hours, is_holiday, home, ordinal), day_in_zone(ordinal, home)
        instant_of = lambda before, wall: instant(home, ordinal - before, wall)  # noqa: E731
    in_zone = _zone_patterns.get((*key, offset, template_zone))
    if in_zone is None:
        pattern = _patterns.get(key)
        if pattern is None:
            pattern = _patterns[key] = DayPattern(hours, day, is_holiday, instant_of)
        in_zone = _zone_patterns[(*key, offset, template_zone)] = ZonePattern(pattern, offset, template_zone)
    return in_zone


def _patterns_of(key: tuple[WorkDayTemplate | None, tzinfo, str | None, range, bool]) -> tuple[ZonePattern, ...]:
    template, home, country, days, always_holiday = key
    week, name = [_hours(template, weekday) for weekday in range(7)], template.zone_name if template else None
    return tuple(
        _pattern(week[(ordinal - 1) % 7], home, ordinal, always_holiday or bool(country and holiday_name(country, ordinal)), name)
        for ordinal in days
    )


patterns_of = KEPT.table("patterns of dates", _patterns_of, lambda patterns: 300 + 8 * len(patterns))
"""By template, zone of the dates, country of the public holidays, dates, and whether all are holidays: the pattern of each date."""


def _clock_day_on_leave(key: tuple[ClockDay, Leave]) -> ClockDay:
    on_clock, leave = key
    return ClockDay(replace(on_clock.inputs, leave=leave))


_clock_days_on_leave = KEPT.table("days on the clock on leave", _clock_day_on_leave, lambda _: 330)


def _on_leave(key: tuple[SharedDay, Leave]) -> SharedDay:
    shared, leave = key
    return SharedDay(_clock_days_on_leave[shared.on_clock, leave], shared.offset, shared.template_zone)


on_leave = KEPT.table("shared days on leave", _on_leave, lambda _: 150)
"""By shared day and leave: the day that is otherwise the same."""
