"""Dates without availability, beside dates with: lists that are null, and lists that are empty."""

from .calendars import ASHA, MONDAY, TUESDAY, WEDNESDAY, about, calendar, meeting, user
from .situation import Given, Setup, situation


@situation("holiday", "On a holiday the lists are null, and there is a reason.", "reason.lists", "reason.values")
def holiday(given: Given) -> Setup:
    """Between two working days."""
    entry = user(holidays=[TUESDAY.isoformat()])
    return Setup(calendar=calendar(entry), questions=about(last=WEDNESDAY), answers={"absent-lists": "null"})


@situation("leave", "On leave the lists are empty, and there is a reason.", "reason.lists", "reason.values")
def leave(given: Given) -> Setup:
    """Between two working days."""
    entry = user(leaves=[{"from": TUESDAY.isoformat(), "to": TUESDAY.isoformat()}])
    return Setup(calendar=calendar(entry), questions=about(last=WEDNESDAY), answers={"absent-lists": "empty"})


@situation("not-scheduled", "On a weekday that is no working day there is nothing to book.", "reason.not-scheduled")
def not_scheduled(given: Given) -> Setup:
    """Who works on Mondays and Wednesdays does not on Tuesday."""
    entry = user(shifts={"monday": ["09:00-18:00"], "wednesday": ["09:00-18:00"]})
    return Setup(calendar=calendar(entry), questions=about(last=WEDNESDAY), answers={"absent-lists": "null"})


@situation("no-template", "A user without a work day template has no time to book, and is not free all day.", "reason.no-template")
def no_template(given: Given) -> Setup:
    """Beside a user who has one."""
    without = user("bela@example.com", template_zone=None, tasks=[meeting("2026-03-02T06:00:00", "2026-03-02T06:30:00")])
    return Setup(calendar=calendar(without, user()), questions=about("bela@example.com", ASHA))


@situation("fully-booked", "A working day with nothing left has an empty list and no reason.", "slots.fully-booked")
def fully_booked(given: Given) -> Setup:
    """The day after is free."""
    entry = user(tasks=[meeting("2026-03-02T03:00:00", "2026-03-02T13:00:00")])
    return Setup(calendar=calendar(entry), questions=about(first=MONDAY, last=TUESDAY))
