"""A user's date as marks on a timeline: what the page for people draws. Lengths are per cent of the date's real time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, tzinfo
from typing import NamedTuple

from leadsquared_slots.mock_server.calendars.people import subject_of
from leadsquared_slots.mock_server.domain.absence import Absence
from leadsquared_slots.mock_server.domain.availability import zone_of_dates
from leadsquared_slots.mock_server.domain.interval import DAY, Interval, Intervals, union
from leadsquared_slots.mock_server.domain.work_day import WEEKDAYS
from leadsquared_slots.mock_server.domain.zone import EPOCH, offset_at
from leadsquared_slots.mock_server.explain.explanation import Explanation
from leadsquared_slots.mock_server.explain.values import Effect
from leadsquared_slots.mock_server.explain.words import clock, named

TIMES = ("template", "user", "utc")
"""The zones in which a timeline can be read."""
_TICK = 3 * 3600


class Mark(NamedTuple):
    """A bar: what it is, where it begins, how long it is, and what it says."""

    kind: str
    left: float
    width: float
    text: str


class Tick(NamedTuple):
    """A time on the axis; `is_major` every six hours."""

    left: float
    text: str
    is_major: bool


class Fact(NamedTuple):
    """A line of the timeline in words: what, and the times of it."""

    name: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Everything that one timeline shows. `calendar` is what is known, `answer` what the endpoint makes of it."""

    explanation: Explanation
    day: str
    weekday: str
    zone_name: str
    calendar: tuple[Mark, ...]
    answer: tuple[Mark, ...]
    ticks: tuple[Tick, ...]
    now: float | None
    facts: tuple[Fact, ...]
    absence: str | None

    @property
    def summary(self) -> str:
        """The timeline in one sentence, for readers who do not see it."""
        said = [f"{fact.name}: {', '.join(fact.texts) or 'none'}" for fact in self.facts]
        absence = [f"no availability, {self.absence}"] if self.absence else []
        return f"{self.weekday} {self.day}, times in {self.zone_name}. " + "; ".join([*absence, *said]) + "."


def timeline(explanation: Explanation, read_in: str, now: float) -> Timeline:
    """The timeline of an explained date, read in one of TIMES; `now` is the account's time, in seconds since the epoch."""
    scale = _Scale(explanation, read_in)
    holiday, leave = explanation.holiday, explanation.leave
    whole = [Mark("leave", 0, 100, named("Holiday", holiday))] if holiday is not None else []
    whole += [Mark("leave", 0, 100, "Leave: whole day")] if leave.whole else []
    parts = [scale.mark("leave", interval, "Leave") for interval in scale.real(leave.parts)]
    absence = _absence_text(explanation)
    return Timeline(
        explanation=explanation,
        day=date.fromordinal(explanation.ordinal).isoformat(),
        weekday=WEEKDAYS[(explanation.ordinal - 1) % 7].capitalize(),
        zone_name=scale.zone_name,
        calendar=(
            *scale.marks("shift", explanation.shifts, "Shift"),
            *whole,
            *parts,
            *scale.marks("break", explanation.breaks, "Break"),
            *_task_marks(explanation, scale),
        ),
        answer=(
            *(scale.mark("busy", busy, "Busy") for busy in explanation.result.busy),
            *scale.marks("hole", explanation.holes, "Hole"),
            *scale.marks("available", explanation.free, "Available"),
        ),
        ticks=tuple(scale.ticks()),
        now=scale.place(now) if scale.start <= now < scale.end else None,
        facts=tuple(_facts(explanation, scale)),
        absence=absence,
    )


def _absence_text(explanation: Explanation) -> str | None:
    absence = explanation.result.absence
    if absence is None:
        return None
    names = {
        Absence.NO_TEMPLATE: "no work day template",
        Absence.HOLIDAY: named("holiday", explanation.holiday),
        Absence.LEAVE: "leave",
        Absence.NOT_SCHEDULED: "not scheduled",
    }
    return names[absence]


def _task_marks(explanation: Explanation, scale: "_Scale") -> Iterable[Mark]:
    for explained in explanation.tasks:
        task = explained.task
        kind = "busy" if explained.effect is Effect.BUSY else "allowed"
        yield scale.mark(kind, Interval(task.start, task.end), subject_of(task, explanation.user))


def _facts(explanation: Explanation, scale: "_Scale") -> Iterable[Fact]:
    def wall(name: str, intervals: Intervals) -> Fact:
        return Fact(name, tuple(map(scale.text, scale.real(intervals))))

    yield wall("Available", explanation.free)
    busy = [task.task for task in explanation.tasks if task.effect is Effect.BUSY]
    allowed = [task.task for task in explanation.tasks if task.effect is not Effect.BUSY]
    for name, tasks in (("Busy", busy), ("Conflicts allowed", allowed)):
        yield Fact(name, tuple(f"{scale.text(Interval(task.start, task.end))} {task.type.name}" for task in tasks))
    yield wall("Holes", explanation.holes)
    yield wall("Shifts", explanation.shifts)
    yield wall("Breaks", explanation.breaks)
    if explanation.leave.parts:
        yield wall("Leave", explanation.leave.parts)


class _Scale:
    """Places instants of a date on the axis, and reads them in a zone."""

    def __init__(self, explanation: Explanation, read_in: str) -> None:
        self.explanation = explanation
        self.zone, self.zone_name = _zone(explanation, read_in)
        instants = explanation.day.instants
        self.start, self.end = (instants[0].start, instants[-1].end) if instants else (0, 0)

    def place(self, moment: float) -> float:
        """Where an instant is, in per cent; one outside the date is at its edge."""
        inside = min(max(moment, self.start), self.end)
        return round(100 * (inside - self.start) / max(1, self.end - self.start), 3)

    def real(self, wall: Intervals) -> Intervals:
        return union(self.explanation.day.instants_of(wall))

    def mark(self, kind: str, interval: Interval, text: str) -> Mark:
        left = self.place(interval.start)
        return Mark(kind, left, round(self.place(interval.end) - left, 3), f"{text}, {self.text(interval)}")

    def marks(self, kind: str, wall: Intervals, text: str) -> list[Mark]:
        return [self.mark(kind, interval, text) for interval in self.real(wall)]

    def text(self, interval: Interval) -> str:
        """Times in the zone, with the days from the date where it is another: `22:00–06:00 (+1)`."""
        start_day, start = divmod(interval.start + offset_at(self.zone, interval.start), DAY)
        # The clock that runs up to the end, should it change there.
        end_day, end = divmod(interval.end + offset_at(self.zone, interval.end - 1), DAY)
        if end == 0:
            end_day, end = end_day - 1, DAY
        first, last = (EPOCH + day - self.explanation.ordinal for day in (start_day, end_day))
        before = f" ({_signed(first)})" if first and first != last else ""
        after = f" ({_signed(last)})" if last else ""
        return f"{clock(start)}{before}–{clock(end)}{after}"

    def ticks(self) -> Iterable[Tick]:
        """Every third hour of the zone's clock between the date's edges, both included where they are one."""
        moment = self.start
        while self.start < self.end and moment <= self.end:
            local = moment + offset_at(self.zone, moment)
            if local % _TICK == 0:
                hour = local % DAY // 3600
                text = "24" if hour == 0 and moment == self.end else f"{hour:02}"
                yield Tick(self.place(moment), text, hour % 6 == 0)
                moment += 1
            moment += min(-(moment + offset_at(self.zone, moment)) % 900 or 900, 900)


def _zone(explanation: Explanation, read_in: str) -> tuple[tzinfo, str]:
    if read_in == "utc":
        return UTC, "UTC"
    if read_in == "user":
        return explanation.user.zone, explanation.user.zone_name
    return zone_of_dates(explanation.user, explanation.profile), explanation.zone_name


def _signed(days: int) -> str:
    return f"+{days}" if days > 0 else f"−{-days}"
