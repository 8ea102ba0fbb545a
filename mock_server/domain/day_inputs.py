"""Kinds of dates: what decides a date's availability, whoever's date it is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .absence import NO_LEAVE, Leave
from .interval import Intervals
from .task import Task
from .zone import Day, steady_day


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DayInputs:
    """All that the availability of a date depends on, apart from the profile and the flag. Compared by identity, and so quick to look up.

    `shifts` and `breaks` are those of the date, before any change of clocks; `tasks` are those that overlap it.
    """

    day: Day
    has_template: bool
    shifts: Intervals = ()
    breaks: Intervals = ()
    is_holiday: bool = False
    leave: Leave = NO_LEAVE
    tasks: Sequence[Task] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SharedDay:
    """A kind that dates and users share, in the zone of some of them. Compared by identity.

    Where the clock does not change, wall-clock time is the same in every zone: the kind is that of a date in UTC with midnight 0, and
    `offset` is what the zone's clock is ahead of it, in seconds. Where it changes, the kind is that of the one date, and `offset` is 0.
    """

    kind: DayInputs
    offset: int
    template_zone: str | None
    """Name of the template's zone; None where there is no template."""

    def in_its_zone(self) -> DayInputs:
        """The kind with the instants that its zone gives it."""
        if not self.offset:
            return self.kind
        tasks = [task._replace(start=task.start - self.offset, end=task.end - self.offset) for task in self.kind.tasks]
        return replace(self.kind, day=steady_day(self.offset), tasks=tasks)
