"""Kinds of dates: what decides a date's availability, whoever's date it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from .absence import NO_LEAVE, Leave
from .interval import Intervals
from .task import Task
from .work_day import WorkDayTemplate
from .zone import Day


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kind:
    """All that the availability of a date depends on, apart from the profile and the flag. Compared by identity, and so quick to look up.

    `shifts` and `breaks` are those of the date, before any change of clocks; `tasks` are those that overlap it. Where a calendar shares a
    kind among dates, its day has midnight 0, and instants count from the midnight of UTC's date of the same name.
    """

    day: Day
    template: WorkDayTemplate | None
    shifts: Intervals = ()
    breaks: Intervals = ()
    is_holiday: bool = False
    leave: Leave = NO_LEAVE
    tasks: Sequence[Task] = ()
