"""Calibration by a known calendar: the oracle works out every combination of answers, and those that do not fit are crossed out."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import product
from typing import Any

from leadsquared_slots.contract_tests.checks.calendars.known_answers import KnownAnswers, known_answers
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED
from leadsquared_slots.mock_server.recording.evidence import choices
from leadsquared_slots.mock_server.vendor.seen_answer import Answer

from .interview import Interview

QUESTIONS_OF_CALENDARS = (
    "time-zone", "date-without-template", "allowed-conflict", "breaks", "absent-lists", "absence-order", "partial-leave",
)  # fmt: skip
"""The questions of a profile that decide what stands in an entry."""
_COMPARED = ("UserTimeZone", "AvailableSlots", "Breaks", "BusySlots", "WorkDayTemplateTimeZone", "NoSlotsReason")
_MOST_DATES_OF_A_USER = 6
Scenario = Mapping[str, Any]


def compare_with_calendar(interview: Interview, scenario: Scenario, largest_page: int, most_users: int, calls: int) -> int:
    """Asks for dates of the scenario's users on which something stands, and crosses out what does not fit; how many calls that took."""
    before = interview.target.calls
    alive = [known_answers(scenario, _answers(values)) for values in product(*map(choices, QUESTIONS_OF_CALENDARS))]
    for user, day in _dates(scenario):
        for flag in (False, True):
            if interview.target.calls - before >= calls or not _tells(alive, user, day, flag):
                continue
            payload = interview.plain(
                Users=[user["email"]], FromDate=day.isoformat(), ToDate=day.isoformat(), IncludeAllowedConflictSlots=flag
            )
            answer = interview.ask(payload)
            if answer is not None:
                alive = [known for known in alive if _fits(known, user, day, flag, answer)]
    _conclude(interview, alive)
    return interview.target.calls - before


def _answers(values: tuple[str | int, ...]) -> dict[str, str | int]:
    return DOCUMENTED.answers() | dict(zip(QUESTIONS_OF_CALENDARS, values, strict=True))


def _tells(alive: list[KnownAnswers], user: Scenario, day: date, flag: bool) -> bool:
    """Whether the combinations that are left do not all expect the same."""
    expected = iter(_expected(known, user, day, flag) for known in alive)
    first = next(expected, None)
    return any(other != first for other in expected)


def _expected(known: KnownAnswers, user: Scenario, day: date, flag: bool) -> Scenario:
    return known.entry(next(each for each in known.oracle.users if each["email"] == user["email"]), day, flag)


def _fits(known: KnownAnswers, user: Scenario, day: date, flag: bool, answer: Answer) -> bool:
    expected = _expected(known, user, day, flag)
    return all(entry.raw[member] == expected[member] for entry in answer.entries for member in _COMPARED)


def _conclude(interview: Interview, alive: list[KnownAnswers]) -> None:
    for question in QUESTIONS_OF_CALENDARS:
        left = {known.answers[question] for known in alive}
        if len(left) == 1:
            interview.shown.evidence.shows(
                question, left.pop(), "of all combinations only those with this answer fit the calendar of the scenario"
            )


def _dates(scenario: Scenario) -> Iterator[tuple[Scenario, date]]:
    """Dates on which something stands in a calendar, those of each user in turn: the first of every user before the second of any."""
    users = list(scenario.get("user", ()))
    days = [list(_days_of(user)) for user in users]
    for place in range(_MOST_DATES_OF_A_USER):
        for user, own in zip(users, days, strict=True):
            if place < len(own):
                yield user, own[place]


def _days_of(user: Scenario) -> Iterator[date]:
    found: dict[date, None] = {}
    holidays = user.get("holidays", ())
    for leave in user.get("leaves", ()):
        found[_day(leave.get("date", leave.get("from")))] = None
    for task in user.get("tasks", ()):
        day = _day(task["start"])
        found.update(dict.fromkeys((day, day - timedelta(days=1), day + timedelta(days=1)) if "template" not in user else (day,)))
    for day in () if isinstance(holidays, str) else holidays:
        found[_day(day)] = None
    yield from found


def _day(value: Any) -> date:
    return date.fromisoformat(str(value)[:10])
