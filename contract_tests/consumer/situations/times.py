"""Times of one day: shifts, midnight, breaks, tasks of both kinds, seconds."""

from .calendars import TUESDAY, about, calendar, meeting, reminder, user
from .situation import Given, Setup, situation

_BOTH_KINDS = [
    meeting("2026-03-02T05:00:00", "2026-03-02T05:45:00"),
    reminder("2026-03-02T07:00:00", "2026-03-02T08:00:00"),
    reminder("2026-03-03T09:30:00", "2026-03-03T10:30:00"),
]


@situation("plain", "An ordinary day: one shift, one appointment.", "slots.form", "slots.inside-shifts", "slots.not-busy")
def plain(given: Given) -> Setup:
    """Nothing special, so that everything else can be."""
    return Setup(calendar=calendar(user(tasks=[meeting("2026-03-02T06:00:00", "2026-03-02T06:30:00")])), questions=about())


@situation("two-shifts", "A day with two shifts has two free intervals, and the time between them is not free.", "slots.two-shifts")
def two_shifts(given: Given) -> Setup:
    """With an appointment in each."""
    tasks = [meeting("2026-03-02T04:30:00", "2026-03-02T05:00:00"), meeting("2026-03-02T13:00:00", "2026-03-02T13:30:00")]
    return Setup(calendar=calendar(user(shifts={"weekdays": ["09:00-14:00", "18:00-21:00"]}, tasks=tasks)), questions=about())


@situation("midnight", "A slot that ends with the day ends at 00:00:00.", "slots.midnight", "slots.over-midnight")
def midnight(given: Given) -> Setup:
    """A late shift, one over midnight, and one around the clock, which begins and ends at 00:00:00."""
    late = user("late@example.com", shifts={"every-day": ["16:00-24:00"]})
    night = user("night@example.com", shifts={"every-day": ["22:00-06:00"]})
    always = user("always@example.com", shifts={"every-day": ["00:00-24:00"]})
    return Setup(calendar=calendar(late, night, always), questions=about("late@example.com", "night@example.com", "always@example.com"))


@situation("breaks", "Breaks lie inside the free intervals, and are not bookable.", "breaks.kept", "breaks.in-shifts")
def breaks(given: Given) -> Setup:
    """Two in one shift; an appointment overlaps the second."""
    pauses = {"weekdays": ["11:00-11:15", "13:00-14:00"]}
    tasks = [meeting("2026-03-02T07:15:00", "2026-03-02T08:00:00")]
    return Setup(calendar=calendar(user(breaks=pauses, tasks=tasks)), questions=about())


@situation("hole", "With the flag false, appointments that allow conflicts take time as well, and are listed nowhere.", "slots.hole")
def hole(given: Given) -> Setup:
    """Neither available nor busy."""
    return Setup(calendar=calendar(user(tasks=_BOTH_KINDS)), questions=about())


@situation("flag-true", "With the flag true, appointments that allow conflicts take no time.", "slots.flag-true")
def flag_true(given: Given) -> Setup:
    """The question says so."""
    return Setup(calendar=calendar(user(tasks=_BOTH_KINDS)), questions=about(flag=True))


@situation("seconds", "Appointments, and what they leave free, are exact to the second.", "slots.seconds")
def seconds(given: Given) -> Setup:
    """One on each date."""
    tasks = [meeting("2026-03-02T06:00:07", "2026-03-02T06:29:53"), meeting("2026-03-03T09:00:59", "2026-03-03T10:00:01")]
    return Setup(calendar=calendar(user(tasks=tasks)), questions=about(last=TUESDAY))
