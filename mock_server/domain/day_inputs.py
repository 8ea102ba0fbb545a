"""What decides a date's availability, for any user."""

from collections.abc import Sequence
from dataclasses import dataclass

from .absence import NO_LEAVE, Leave
from .interval import Intervals
from .task import Task
from .zone import Day


@dataclass(frozen=True, slots=True, kw_only=True)
class DayInputs:
    """All that the availability of a date depends on, apart from the profile and the flag.

    `shifts` and `breaks` are those of the date, in wall-clock seconds before any change of clocks; `tasks` are those that overlap it.
    """

    day: Day
    has_template: bool
    shifts: Intervals = ()
    breaks: Intervals = ()
    is_holiday: bool = False
    leave: Leave = NO_LEAVE
    tasks: Sequence[Task] = ()
