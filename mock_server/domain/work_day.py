"""The work day template: weekly shifts and breaks in one zone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from itertools import pairwise

from .errors import DomainError
from .interval import DAY, Interval, Intervals, intersect, shift_by, union, within

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class BadShift(DomainError):
    """A shift or break that is empty, starts outside its day, or is longer than 24 hours."""

    def __init__(self, template: str, weekday: str, interval: Interval) -> None:
        self.template, self.weekday, self.interval = template, weekday, interval
        super().__init__(
            f"template {template!r} has the interval {interval.start}–{interval.end} s on {weekday}",
            "expected a start inside the day and a length of up to 24 hours",
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WorkDayTemplate:
    """Weekly shifts and breaks, in wall-clock time of one IANA zone.

    Rules slots.two-shifts, slots.over-midnight, breaks.listed, breaks.in-shifts. `shifts` and `breaks` hold, for Monday to Sunday,
    intervals of seconds since that day's midnight; the end of one that runs over midnight is past DAY. Raises BadShift.
    """

    name: str
    zone: tzinfo
    zone_name: str
    shifts: Sequence[Sequence[Interval]]
    breaks: Sequence[Sequence[Interval]] = ((),) * 7
    shifts_by_weekday: tuple[Intervals, ...] = field(init=False)
    breaks_by_weekday: tuple[Intervals, ...] = field(init=False)
    latest_end: int = field(init=False)
    """The end of the shift that ends latest, counted from the midnight before it begins; 0 without shifts."""

    def __post_init__(self) -> None:
        for week in (self.shifts, self.breaks):
            for weekday, intervals in zip(WEEKDAYS, week, strict=True):
                for interval in intervals:
                    if not (0 <= interval.start < DAY and 0 < interval.end - interval.start <= DAY):
                        raise BadShift(self.name, weekday, interval)
        object.__setattr__(self, "shifts", tuple(map(tuple, self.shifts)))
        object.__setattr__(self, "breaks", tuple(map(tuple, self.breaks)))
        shifts, breaks = _cut_at_midnight(self.shifts), _cut_at_midnight(self.breaks)
        object.__setattr__(self, "shifts_by_weekday", shifts)
        object.__setattr__(self, "breaks_by_weekday", tuple(map(intersect, breaks, shifts)))
        object.__setattr__(self, "latest_end", max([shift.end for weekday in self.shifts for shift in weekday], default=0))

    def shifts_on(self, ordinal: int) -> Intervals:
        """The shifts of a date, cut at midnight: its own, and what runs over from the day before."""
        return self.shifts_by_weekday[(ordinal - 1) % 7]

    def breaks_on(self, ordinal: int) -> Intervals:
        """The breaks of a date, as far as they interrupt its shifts."""
        return self.breaks_by_weekday[(ordinal - 1) % 7]

    def oddities(self) -> tuple[str, ...]:
        """What is allowed in the template and hardly meant, a sentence each: shifts that overlap, and breaks that interrupt no shift."""
        told: dict[str, list[str]] = {}
        for number, (weekday, shifts, breaks) in enumerate(zip(WEEKDAYS, self.shifts, self.breaks, strict=True)):
            around = union((*shift_by(self.shifts[number - 1], -DAY), *shifts))
            for earlier, later in pairwise(sorted(shifts)):
                if later.start < earlier.end:
                    text = f"the shifts {hours(earlier)} and {hours(later)} overlap; they count as one, so write one"
                    told.setdefault(text, []).append(weekday)
            for pause in breaks:
                if not intersect((pause,), around):
                    text = f"the break {hours(pause)} lies in no shift of the day and is never listed; move it into one"
                    told.setdefault(text, []).append(weekday)
        return tuple(f"template {self.name!r}, {', '.join(days)}: {text}" for text, days in told.items())


def hours(interval: Interval) -> str:
    """An interval of a day as scenario files write it: `22:00-06:00` runs over midnight."""
    start, end = (f"{second // 3600:02}:{second // 60 % 60:02}" for second in (interval.start, (interval.end - 1) % DAY + 1))
    return f"{start}-{end}"


def _cut_at_midnight(week: Sequence[Sequence[Interval]]) -> tuple[Intervals, ...]:
    return tuple(union((*within(week[weekday], 0, DAY), *within(shift_by(week[weekday - 1], -DAY), 0, DAY))) for weekday in range(7))
