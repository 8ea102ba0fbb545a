"""The one algorithm: what is left of a user's shifts on a date."""

from collections.abc import Iterator, Sequence
from datetime import UTC, tzinfo
from typing import NamedTuple

from .absence import Absence, first_absence
from .day_inputs import DayInputs
from .interval import Interval, Intervals, fold_to_day, intersect, subtract, union
from .profile import AbsentLists, AllowedConflict, Breaks, DateWithoutTemplate, PartialLeave, Profile, TimeZoneOfTimes
from .task import Task
from .user import User
from .zone import Day, day_in_zone


class DayAvailability(NamedTuple):
    """What a user's date looks like.

    `available` and `breaks` are times of day in seconds, of the template's zone or of UTC as the profile says; None where the profile gives
    null. `busy` holds instants, one interval per task that is busy, sorted, whole and unmerged.
    """

    available: Intervals | None
    breaks: Intervals | None
    busy: tuple[Interval, ...]
    absence: Absence | None


Taking = tuple[Task | Interval | None, Sequence[Interval] | None]
"""One step of the algorithm: a task, the part of the day that a leave is for, or None for the breaks; and the wall-clock times that it
takes, in a shift or not, or None where it takes nothing."""


def day_inputs(user: User, ordinal: int, profile: Profile) -> DayInputs:
    """Return what decides the availability of a user on a date (an ordinal), as the user's calendar says."""
    template, calendar = user.template, user.calendar
    day = day_in_zone(ordinal, zone_of_dates(user, profile))
    if template is None:
        return DayInputs(day=day, has_template=False, tasks=tasks_on(user, day))
    return DayInputs(
        day=day,
        has_template=True,
        shifts=template.shifts_on(ordinal),
        breaks=template.breaks_on(ordinal),
        is_holiday=calendar.holiday(ordinal) is not None,
        leave=calendar.leave(ordinal),
        tasks=tasks_on(user, day),
    )


def availability(user: User, ordinal: int, *, include_allowed_conflicts: bool, profile: Profile) -> DayAvailability:
    """Return the availability of a user on a date (an ordinal)."""
    return availability_of(day_inputs(user, ordinal, profile), include_allowed_conflicts=include_allowed_conflicts, profile=profile)


def availability_of(inputs: DayInputs, *, include_allowed_conflicts: bool, profile: Profile) -> DayAvailability:
    """Return the availability of a date: shifts that exist, minus what takes time out of them.

    Busy times are those of every busy task, whatever else the date is or is asked for: rules busy.one-per-task, busy.sorted,
    busy.sorted-by-end, busy.whatever-flag, busy.on-absent-days. A date with an absence has no times: rules reason.no-template,
    reason.lists, reason.no-slots. Any other has what is left, and that may be nothing: rules slots.inside-shifts, slots.fully-booked. Where
    the vendor leaves one open, the profile decides. `explain` words the same steps: `absence_of`, `working_times`, `takings`, `listed`.
    """
    busy = tuple(sorted([Interval(task.start, task.end) for task in inputs.tasks if not task.type.allow_conflicts]))
    absence = absence_of(inputs, profile)
    if absence is not None:
        is_null = absence is Absence.NO_TEMPLATE or profile.absent_lists is AbsentLists.NULL
        nothing = None if is_null else ()
        return DayAvailability(nothing, nothing, busy, absence)
    shifts, breaks = working_times(inputs)
    taken: list[Interval] = []
    for _, times in takings(inputs, breaks, include_allowed_conflicts=include_allowed_conflicts, profile=profile):
        if times is not None:
            taken += times
    free = subtract(shifts, union(taken))
    return DayAvailability(listed(free, inputs.day, profile), listed(breaks, inputs.day, profile), busy, None)


def absence_of(inputs: DayInputs, profile: Profile) -> Absence | None:
    """Return the reason why a date has no availability; None on a working day (rules reason.order, reason.not-scheduled, reason.date)."""
    if not inputs.has_template:
        return Absence.NO_TEMPLATE
    order = profile.absence_order
    return first_absence(order, holiday=inputs.is_holiday, leave=inputs.leave.whole, scheduled=bool(inputs.shifts))


def working_times(inputs: DayInputs) -> tuple[Intervals, Intervals]:
    """Return the shifts and the breaks of a date, without the times that the zone's clock skips (rule slots.gap)."""
    return intersect(inputs.shifts, inputs.day.existing), intersect(inputs.breaks, inputs.day.existing)


def takings(inputs: DayInputs, breaks: Intervals, *, include_allowed_conflicts: bool, profile: Profile) -> Iterator[Taking]:
    """Yield everything that may take time out of a working date: its breaks, the parts of its leave, and its tasks in their order.

    Rules breaks.kept, reason.partial-leave; of tasks slots.not-busy, slots.flag-true, slots.flag-false, slots.flag-superset and slots.hole.
    """
    if breaks:
        yield None, breaks if profile.breaks is Breaks.TAKEN_OUT else None
    for part in inputs.leave.parts:
        yield part, (part,) if profile.partial_leave is PartialLeave.TAKEN_OUT else None
    takes_allowed = not include_allowed_conflicts and profile.allowed_conflict is AllowedConflict.HOLE
    wall = inputs.day.wall
    for task in inputs.tasks:
        yield task, wall(task.start, task.end) if takes_allowed or not task.type.allow_conflicts else None


def listed(times: Intervals, day: Day, profile: Profile) -> Intervals:
    """Return wall-clock times of a date as they are listed: in the template's zone, or in UTC, cut at its midnight (rule slots.zone)."""
    return fold_to_day(day.instants_of(times)) if profile.time_zone is TimeZoneOfTimes.UTC else times


def zone_of_dates(user: User, profile: Profile) -> tzinfo:
    """The zone whose calendar dates a user's days are (rules slots.date, slots.date-without-template)."""
    if user.template is not None:
        return user.template.zone
    return user.zone if profile.date_without_template is DateWithoutTemplate.USER else UTC


def tasks_on(user: User, day: Day) -> list[Task]:
    """The tasks that overlap a date (rule busy.on-date)."""
    if not day.instants:
        return []
    candidates = user.calendar.tasks(day.instants[0].start, day.instants[-1].end)
    return [task for task in candidates if day.overlaps(task.start, task.end)]
