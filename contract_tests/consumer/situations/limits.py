"""The rate limit: a window that is shut for a while, in each of the three forms that were seen, or for ever; and one that fills up."""

import json
from datetime import timedelta

from .calendars import MONDAY, about, calendar, meeting, user
from .situation import Document, Expected, Given, Question, Setup, situation

_OVER = {
    "Status": "Error",
    "ExceptionType": "MXAPIRateLimitExceededException",
    "ExceptionMessage": "API calls exceeded the limit of 25 in 5 second(s)",
}
_QUESTIONS = 40
_LATE_MILLISECONDS = 300
"""A refusal takes so long: two that follow each other at once are then further apart than calls that were under way together."""


def _shut(status: int, times: int | None) -> tuple[Document, ...]:
    fault: Document = {"kind": "status", "status": status, "body": json.dumps(_OVER), "milliseconds": _LATE_MILLISECONDS}
    return (fault | ({"times": times} if times else {}),)


def _limited(status: int, times: int | None = 2) -> Setup:
    entry = user(tasks=[meeting("2026-03-02T06:00:00", "2026-03-02T06:30:00")])
    return Setup(calendar=calendar(entry), questions=about(), answers={"rate-limit-status": status}, faults=_shut(status, times))


@situation("limited", "The limit is used up by others: 429, twice.", "limit.exceeded", "limit.status", "limit.reopens")
def limited(given: Given) -> Setup:
    """As documented."""
    return _limited(429)


@situation("limited-403", "The limit is used up by others: 403, twice.", "limit.exceeded", "limit.type", "limit.reopens")
def limited_403(given: Given) -> Setup:
    """As observed."""
    return _limited(403)


@situation("limited-200", "The limit is used up by others: an error in a 200, twice.", "limit.exceeded", "limit.type", "error.in-200")
def limited_200(given: Given) -> Setup:
    """As observed."""
    return _limited(200)


@situation("limited-always", "The limit stays used up.", "limit.exceeded", "conduct.gives-up", expected=Expected.ERROR)
def limited_always(given: Given) -> Setup:
    """Somewhere there has to be an end."""
    return _limited(429, None)


@situation("burst", "There is more to ask than the limit lets through at once.", "limit.number", "limit.exceeded", "limit.reopens")
def burst(given: Given) -> Setup:
    """40 questions against 25 in 5 seconds."""
    people = [
        user(
            f"user{n}@example.com",
            shifts={"every-day": [f"{8 + n:02}:00-{16 + n:02}:00"]},
            tasks=[meeting("2026-03-02T06:00:00", "2026-03-02T06:30:00")],
        )
        for n in range(5)
    ]
    questions = tuple(
        Question(users=(people[n % 5]["email"],), first=MONDAY + timedelta(days=n // 5), last=MONDAY + timedelta(days=n // 5))
        for n in range(_QUESTIONS)
    )
    return Setup(calendar=calendar(*people), questions=questions)
