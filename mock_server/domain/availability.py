"""The one algorithm: what is left of a user's shifts on a date."""

from collections.abc import Sequence
from datetime import UTC, tzinfo
from typing import NamedTuple

from .absence import Absence, Leave, first_absence
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


def day_inputs(user: User, ordinal: int, profile: Profile) -> DayInputs:
    """What decides the availability of a user on a date (an ordinal), as the user's calendar says."""
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
    """The availability of a user on a date (an ordinal)."""
    return availability_of(day_inputs(user, ordinal, profile), include_allowed_conflicts=include_allowed_conflicts, profile=profile)


def availability_of(kind: DayInputs, *, include_allowed_conflicts: bool, profile: Profile) -> DayAvailability:
    """The availability on a date of a kind: shifts that exist, minus leave, minus what blocks.

    Rules slots.*, breaks.*, busy.* and reason.*; where the vendor leaves one open, the profile decides.
    """
    day, leave = kind.day, kind.leave
    busy = tuple(sorted([Interval(task.start, task.end) for task in kind.tasks if not task.type.allow_conflicts]))
    if not kind.has_template:
        return DayAvailability(None, None, busy, Absence.NO_TEMPLATE)
    absence = first_absence(profile.absence_order, holiday=kind.is_holiday, leave=leave.whole, scheduled=bool(kind.shifts))
    if absence is not None:
        nothing = None if profile.absent_lists is AbsentLists.NULL else ()
        return DayAvailability(nothing, nothing, busy, absence)
    free, breaks = intersect(kind.shifts, day.existing), intersect(kind.breaks, day.existing)
    taken = taken_time(day, kind.tasks, leave, breaks, include_allowed_conflicts=include_allowed_conflicts, profile=profile)
    free = subtract(free, taken)
    if profile.time_zone is TimeZoneOfTimes.UTC:
        free, breaks = fold_to_day(day.instants_of(free)), fold_to_day(day.instants_of(breaks))
    return DayAvailability(free, breaks, busy, None)


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


def blocks(task: Task, *, include_allowed_conflicts: bool, profile: Profile) -> bool:
    """Whether a task takes time out of the availability (rules slots.flag-true, slots.flag-false, slots.hole)."""
    if not task.type.allow_conflicts:
        return True
    return not include_allowed_conflicts and profile.allowed_conflict is AllowedConflict.HOLE


def taken_time(
    day: Day, tasks: Sequence[Task], leave: Leave, breaks: Intervals, *, include_allowed_conflicts: bool, profile: Profile
) -> Intervals:
    """The wall-clock times of a working date that tasks, partial leaves and, under some profiles, breaks take."""
    taken: list[Interval] = []
    for task in tasks:
        if blocks(task, include_allowed_conflicts=include_allowed_conflicts, profile=profile):
            taken += day.wall(task.start, task.end)
    if profile.partial_leave is PartialLeave.TAKEN_OUT:
        taken += leave.parts
    if profile.breaks is Breaks.TAKEN_OUT:
        taken += breaks
    return union(taken)
