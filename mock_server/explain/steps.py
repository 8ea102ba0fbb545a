"""The steps of an explanation: the steps of the algorithm (`domain.availability`) as sentences, in the order in which they apply.

Times are wall-clock seconds of the date unless a step says otherwise.
"""

from collections.abc import Generator, Iterator
from datetime import UTC, date
from itertools import pairwise

from leadsquared_slots.mock_server.domain.absence import Absence
from leadsquared_slots.mock_server.domain.availability import (
    DayAvailability,
    absence_of,
    listed,
    takings,
    working_times,
    zone_of_dates,
)
from leadsquared_slots.mock_server.domain.day_inputs import DayInputs
from leadsquared_slots.mock_server.domain.interval import DAY, Interval, Intervals, intersect, shift_by, subtract, union, within
from leadsquared_slots.mock_server.domain.profile import Profile, TimeZoneOfTimes
from leadsquared_slots.mock_server.domain.task import Task
from leadsquared_slots.mock_server.domain.user import User
from leadsquared_slots.mock_server.domain.work_day import WEEKDAYS, WorkDayTemplate
from leadsquared_slots.mock_server.domain.zone import Day

from .values import Effect, ExplainedTask, Step, Topic
from .words import both, named, ranges, shift_text, span, task_text, times

_ABSENCE_RULES: tuple[str, ...] = ("reason.values", "reason.date")


class Teller:
    """Words the algorithm's steps once, one after the other; `left` is what is still available after the last of them."""

    def __init__(self, user: User, ordinal: int, inputs: DayInputs, flag: bool, profile: Profile, result: DayAvailability) -> None:
        self.user, self.ordinal, self.inputs, self.flag, self.profile, self.result = user, ordinal, inputs, flag, profile, result
        self.day = inputs.day
        self.shifts: Intervals = ()
        self.breaks: Intervals = ()
        self.left: Intervals = ()
        self.tasks: list[ExplainedTask] = []

    def tell(self) -> Iterator[Step]:
        """The steps, in the order in which they apply."""
        template = self.user.template
        yield self._date_step()
        if template is not None:
            yield from self._shift_steps(template)
            absence = yield from self._absence_step(template)
            if absence is None:
                yield from self._working_day(template)
                return
        for task in self.inputs.tasks:
            yield self._task_beside_absence(task)
        yield self._absent_result()

    def _working_day(self, template: WorkDayTemplate) -> Iterator[Step]:
        yield from self._clock_steps(template)
        self.shifts, self.breaks = working_times(self.inputs)
        self.left = self.shifts
        for cause, taken in takings(self.inputs, self.breaks, include_allowed_conflicts=self.flag, profile=self.profile):
            before, takes = self.left, taken is not None
            self.left = subtract(before, union(taken or ()))
            if cause is None:
                yield self._breaks_step(takes)
            elif isinstance(cause, Task):
                yield self._task_step(cause, takes, before)
            else:
                yield self._leave_step(cause, takes)
        printed = listed(self.left, self.day, self.profile)
        if self.profile.time_zone is TimeZoneOfTimes.UTC:
            breaks = listed(self.breaks, self.day, self.profile)
            text = f"The profile prints times of UTC, cut at UTC's midnight: slots {ranges(printed)}, breaks {ranges(breaks)}."
            yield Step(Topic.ZONE, text, ("slots.zone", "slots.midnight"), printed, printed)
        yield self._result_step(printed)

    def _date_step(self) -> Step:
        shown = f"{WEEKDAYS[(self.ordinal - 1) % 7].capitalize()} {date.fromordinal(self.ordinal)}"
        template, rules = self.user.template, ("slots.date", "slots.zone")
        if template is not None:
            text = f"{shown} is a date in {template.zone_name}, the zone of the work day template {template.name!r}."
        else:
            where = "UTC" if zone_of_dates(self.user, self.profile) is UTC else f"the user's zone, {self.user.zone_name}"
            text = f"The user has no work day template, so {shown} is a date in {where}."
            rules = ("slots.date-without-template", "reason.no-template")
        if not self.day.instants:
            return Step(Topic.DATE, f"{text} The zone's calendar skipped this date: it has no time at all.", (*rules, "slots.gap"))
        first, last = self.day.instants[0].start, self.day.instants[-1].end
        return Step(Topic.DATE, f"{text} It lasts from {span(first, last)}.", rules, self.day.existing)

    def _shift_steps(self, template: WorkDayTemplate) -> Iterator[Step]:
        weekday = (self.ordinal - 1) % 7
        today, before = WEEKDAYS[weekday].capitalize(), WEEKDAYS[weekday - 1].capitalize()
        own, runs_over = template.shifts[weekday], [shift for shift in template.shifts[weekday - 1] if shift.end > DAY]
        kept = union(within(own, 0, DAY))
        text = (
            f"The template has no shift on {today}."
            if not own
            else f"{today}'s {'shift is' if len(own) == 1 else 'shifts are'} {both(map(shift_text, own))}."
        )
        rules: tuple[str, ...] = ("slots.inside-shifts", "slots.two-shifts") if len(own) > 1 else ("slots.inside-shifts",)
        if any(shift.end > DAY for shift in own):
            text += " What lies after midnight is cut off and stands under the next date."
            rules = (*rules, "slots.over-midnight")
        yield Step(Topic.SHIFTS, text, rules, kept, kept)
        if runs_over:
            rest = union(within(shift_by(runs_over, -DAY), 0, DAY))
            verb = "runs" if len(runs_over) == 1 else "run"
            text = f"{before}'s {both(map(shift_text, runs_over))} {verb} over midnight: {ranges(rest)} stands under this date."
            yield Step(Topic.RUN_OVER, text, ("slots.over-midnight", "reason.date"), rest, template.shifts_on(self.ordinal))

    def _absence_step(self, template: WorkDayTemplate) -> Generator[Step, None, Absence | None]:
        absence = absence_of(self.inputs, self.profile)
        if absence is None:
            text = "It is no holiday, the user is not on leave for the whole day, and there is a shift: a working day."
            yield Step(Topic.ABSENCE, text, ("reason.no-slots",), left=template.shifts_on(self.ordinal))
            return absence
        applies = [named("a holiday", self.user.calendar.holiday(self.ordinal))] if self.inputs.is_holiday else []
        applies += ["a day of leave"] if self.inputs.leave.whole else []
        applies += ["not scheduled"] if not self.inputs.shifts else []
        text, rules = f"The date is {both(applies)}.", _ABSENCE_RULES
        if len(applies) > 1:
            text += f" The profile's order is {self.profile.absence_order.value}, so the reason given is {absence.value}."
            rules = (*rules, "reason.order")
        if absence is Absence.NOT_SCHEDULED:
            rules = (*rules, "reason.not-scheduled")
        yield Step(Topic.ABSENCE, text, rules)
        return absence

    def _clock_steps(self, template: WorkDayTemplate) -> Iterator[Step]:
        shifts = intersect(template.shifts_on(self.ordinal), self.day.existing)
        missing = subtract((Interval(0, DAY),), self.day.existing)
        if missing and self.day.pieces:
            text = f"The clock goes forward: {ranges(missing)} does not come on this date and is no time of a shift."
            yield Step(Topic.CLOCK_CHANGE, text, ("slots.gap",), missing, shifts)
        elif missing:
            text = "No wall-clock time of this date comes, so nothing of the shifts is left."
            yield Step(Topic.CLOCK_CHANGE, text, ("slots.gap",), left=())
        repeated = repeated_times(self.day)
        if repeated:
            text = f"The clock goes back: {ranges(repeated)} comes twice, and a task in either occurrence takes it."
            yield Step(Topic.CLOCK_CHANGE, text, ("slots.fold",), repeated, shifts)

    def _breaks_step(self, takes: bool) -> Step:
        rules = ("breaks.kept", "breaks.in-shifts")
        if takes:
            text = f"Breaks {ranges(self.breaks)}: listed, and taken out of the slots, as the profile says."
        else:
            text = f"Breaks {ranges(self.breaks)}: listed beside the slots, and not taken out of them."
        return Step(Topic.BREAKS, text, rules, self.breaks, self.left)

    def _leave_step(self, part: Interval, takes: bool) -> Step:
        text = f"Leave {times(part)} is for a part of the day"
        if takes:
            text += ": it is taken out of the slots and gives no reason."
        else:
            text += ": under this profile it changes nothing."
        return Step(Topic.LEAVE, text, ("reason.partial-leave",), (part,), self.left)

    def _task_step(self, task: Task, takes: bool, before: Intervals) -> Step:
        readings = union(self.day.wall(task.start, task.end))
        took = intersect(before, readings) if takes else ()
        is_outside = not intersect(self.shifts, readings)
        effect = Effect.BUSY if not task.type.allow_conflicts else Effect.HOLE if takes else Effect.NOTHING
        self.tasks.append(ExplainedTask(task, effect, readings, took, is_outside))
        why, rules = self._why(effect)
        if takes and is_outside:
            why, rules = f"{why} It lies outside the shifts, so it takes nothing.", (*rules, "slots.inside-shifts")
        elif takes and not took:
            why += " That time was taken already."
        return self._told(task, readings, why, rules, self.left)

    def _why(self, effect: Effect) -> tuple[str, tuple[str, ...]]:
        if effect is Effect.BUSY:
            return "Its type forbids conflicts, so it is busy and its time is taken, whatever the flag.", (
                "busy.if-and-only-if",
                "busy.whatever-flag",
                "slots.not-busy",
            )
        if effect is Effect.HOLE:
            return "Its type allows conflicts and the flag is false, so its time is a hole: neither available nor busy.", (
                "slots.flag-false",
                "slots.hole",
            )
        if self.flag:
            return "Its type allows conflicts and the flag is true, so it takes nothing.", ("slots.flag-true",)
        return "Its type allows conflicts, and under this profile its time stays available with the flag false too.", ("slots.hole",)

    def _task_beside_absence(self, task: Task) -> Step:
        readings = union(self.day.wall(task.start, task.end))
        if task.type.allow_conflicts:
            effect, why = Effect.NOTHING, "Its type allows conflicts, so it is not busy."
        else:
            effect, why = Effect.BUSY, "Its type forbids conflicts, so it is busy, on a date without availability too."
        rules = ("busy.if-and-only-if", "busy.on-absent-days")
        self.tasks.append(ExplainedTask(task, effect, readings, (), True))
        return self._told(task, readings, why, rules, None)

    def _told(self, task: Task, readings: Intervals, why: str, rules: tuple[str, ...], left: Intervals | None) -> Step:
        runs_out = task.start < self.day.instants[0].start or task.end > self.day.instants[-1].end
        if runs_out and not task.type.allow_conflicts:
            why, rules = f"{why} It reaches beyond the date, and is listed whole.", (*rules, "busy.on-date")
        return Step(Topic.TASK, f"Task {len(self.tasks)}, {task_text(task, readings)}. {why}", rules, readings, left)

    def _result_step(self, printed: Intervals) -> Step:
        rules: tuple[str, ...] = ("slots.maximal", "slots.sorted")
        if not printed:
            text, rules = "Nothing is left: an empty list, and no reason.", ("slots.fully-booked",)
        else:
            text = f"Available: {ranges(printed)}."
            if printed[-1].end == DAY:
                text, rules = f"{text} The end of the day is printed as 00:00:00.", (*rules, "slots.midnight")
        if self.result.busy:
            rules = (*rules, "busy.one-per-task", "busy.sorted")
        return Step(Topic.RESULT, text + self._busy_text(), rules, printed, printed)

    def _absent_result(self) -> Step:
        absence = self.result.absence or Absence.NO_TEMPLATE
        lists = "null" if self.result.available is None else "empty"
        rules = ("reason.no-template",) if absence is Absence.NO_TEMPLATE else ("reason.lists", "reason.no-slots")
        text = f"No availability, with the reason {absence.value}; slots and breaks are {lists}."
        return Step(Topic.RESULT, text + self._busy_text(), (*rules, "busy.on-absent-days"), left=self.result.available)

    def _busy_text(self) -> str:
        count = len(self.result.busy)
        return " No busy time." if not count else " 1 busy time." if count == 1 else f" {count} busy times, one for each task."

    def holes(self) -> Intervals:
        """The times of shifts that are neither available nor busy, because a task lies there whose type allows conflicts."""
        under = union(interval for task in self.tasks if task.effect is Effect.HOLE for interval in task.times)
        busy = union(interval for task in self.tasks if task.effect is Effect.BUSY for interval in task.times)
        return subtract(subtract(intersect(self.shifts, under), busy), self.left)


def repeated_times(day: Day) -> Intervals:
    """The wall-clock times that come twice on a date."""
    pairs = pairwise(day.pieces)
    overlaps = (Interval(max(one.start, two.start), min(one.end, two.end)) for one, two in pairs)
    return union(overlap for overlap in overlaps if overlap.start < overlap.end)
