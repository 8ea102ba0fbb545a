"""Why a date of a user looks as it does, step by step: from the template to what is available.

The steps are those that the algorithm itself takes (`domain.availability.takings` and its neighbours), in words. No JSON and no drawing
here: `admin.explain_view` and `explain.drawing` render the value.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from leadsquared_slots.mock_server.domain.absence import Leave
from leadsquared_slots.mock_server.domain.availability import DayAvailability, availability_of, day_inputs, zone_of_dates
from leadsquared_slots.mock_server.domain.errors import DomainError
from leadsquared_slots.mock_server.domain.interval import Intervals
from leadsquared_slots.mock_server.domain.profile import Profile
from leadsquared_slots.mock_server.domain.user import User
from leadsquared_slots.mock_server.domain.zone import Day

from .steps import Teller
from .values import ExplainedTask, Step

# Within two days of either end of Python's calendar a date may lie in a year that cannot be written down in another zone.
FIRST_DATE, LAST_DATE = 3, date.max.toordinal() - 2


class DateOutOfReach(DomainError):
    """A date too near to the beginning or the end of the calendar to be shown in every zone."""

    def __init__(self, ordinal: int) -> None:
        self.ordinal = ordinal
        first, last = date.fromordinal(FIRST_DATE), date.fromordinal(LAST_DATE)
        super().__init__(f"{date.fromordinal(ordinal)} cannot be explained", f"expected a date from {first} to {last}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A user's date with everything that made it what it is.

    `shifts`, `breaks`, `holes` and `free` are times that exist on the date; all empty on a date without availability. `free` is what is
    available before the profile's zone is applied; `result` is what the endpoint answers.
    """

    user: User
    ordinal: int
    include_allowed_conflicts: bool
    profile: Profile
    zone_name: str
    """The zone whose date it is."""
    day: Day
    shifts: Intervals
    breaks: Intervals
    leave: Leave
    holiday: str | None
    tasks: tuple[ExplainedTask, ...]
    holes: Intervals
    free: Intervals
    steps: tuple[Step, ...]
    result: DayAvailability


TODAY = "today"
"""The word for the date that it is now, where the user works."""


def today_of(user: User, now: float) -> int:
    """Return the ordinal of the date at an instant (seconds since the epoch), in the zone of a user's template, or else the user's own."""
    zone = user.template.zone if user.template else user.zone
    return datetime.fromtimestamp(now, zone).toordinal()


def explain(user: User, ordinal: int, *, include_allowed_conflicts: bool, profile: Profile) -> Explanation:
    """The explanation of a user's date (an ordinal). Raises DateOutOfReach."""
    if not FIRST_DATE <= ordinal <= LAST_DATE:
        raise DateOutOfReach(ordinal)
    inputs = day_inputs(user, ordinal, profile)
    inputs = replace(inputs, tasks=sorted(inputs.tasks, key=lambda task: (task.start, task.end)))
    result = availability_of(inputs, include_allowed_conflicts=include_allowed_conflicts, profile=profile)
    teller = Teller(user, ordinal, inputs, include_allowed_conflicts, profile, result)
    steps = tuple(teller.tell())
    return Explanation(
        user=user,
        ordinal=ordinal,
        include_allowed_conflicts=include_allowed_conflicts,
        profile=profile,
        zone_name=user.template.zone_name if user.template else "UTC" if zone_of_dates(user, profile) is UTC else user.zone_name,
        day=inputs.day,
        shifts=teller.shifts,
        breaks=teller.breaks,
        leave=user.calendar.leave(ordinal),
        holiday=user.calendar.holiday(ordinal),
        tasks=tuple(teller.tasks),
        holes=teller.holes(),
        free=teller.left,
        steps=steps,
        result=result,
    )
