"""More users than fit on a page, and more days than one call may ask for."""

from datetime import date

from .calendars import MONDAY, WEDNESDAY, about, calendar, meeting, user
from .situation import Document, Given, Question, Setup, situation

USERS_WITHOUT_PAGES = 30
MOST_USERS = 1001


@situation("many-users", "There are more users than fit on a page.", "answer.record-count", "answer.page-size", needs_pages=True)
def many_users(given: Given) -> Setup:
    """One user more than the application asks for on a page, over three dates."""
    size = given.page_size
    count = USERS_WITHOUT_PAGES if size is None else min(max(size, 1), MOST_USERS - 1) + 1
    shared = {"name": "Office", "zone": "Asia/Kolkata", "shifts": {"weekdays": ["09:00-18:00"]}}
    entries = [user(f"user{n:04}@example.com", template_zone=None, **_day_of(n)) | {"template": shared} for n in range(count)]
    return Setup(
        calendar=calendar(*entries),
        questions=(Question(users=tuple(entry["email"] for entry in entries), first=MONDAY, last=WEDNESDAY),),
        answers={"most-users": MOST_USERS},
    )


def _day_of(number: int) -> Document:
    """What tells a user's times from those of others: an appointment at some minute."""
    hour, minute = 4 + number // 60 % 8, number % 60
    return {"tasks": [meeting(f"2026-03-02T{hour:02}:{minute:02}:00", f"2026-03-02T{hour:02}:{minute:02}:30")]}


@situation("long-range", "The dates are more than 100 days apart, which one call may not be.", "request.range-101")
def long_range(given: Given) -> Setup:
    """Five months; no date looks like the one before it."""
    first, last = date(2026, 1, 5), date(2026, 6, 4)
    tasks = [meeting(f"{day}T05:{n % 60:02}:00", f"{day}T05:{n % 60:02}:30") for n, day in enumerate(_days(first, last))]
    entry = user(shifts={"every-day": ["09:00-18:00"]}, tasks=tasks)
    return Setup(calendar=calendar(entry), questions=about(first=first, last=last))


def _days(first: date, last: date) -> list[str]:
    return [date.fromordinal(day).isoformat() for day in range(first.toordinal(), last.toordinal() + 1)]
