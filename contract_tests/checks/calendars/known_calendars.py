"""Calendars that are known: made by hand for one rule each, shipped as scenarios, and how the emulator gets one."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from leadsquared_slots.contract_tests.checks.session import MOST_DAYS, Session
from leadsquared_slots.contract_tests.oracle.answers import Oracle
from leadsquared_slots.contract_tests.strategies.generated_calendars import to_json
from leadsquared_slots.contract_tests.wire.question import Question
from leadsquared_slots.mock_server.contract.documents import scenario_files
from leadsquared_slots.mock_server.contract.toml_text import read_toml
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED, PROFILES, Profile

Document = dict[str, Any]
_STATE = ("fault", "rate-limit", "now")
_MOST_USERS, _MOST_DAYS, _YEAR = 6, 10, 366


def handmade() -> Document:
    """A closed directory in which each user's calendar turns on a rule or two; see `HANDMADE_DATES`."""
    return calendar_of(read_toml(scenario_files()["every-rule"].read_text("utf-8")))


HANDMADE_DATES = ((date(2026, 3, 26), date(2026, 4, 7)), (date(2026, 10, 23), date(2026, 11, 3)))
"""The dates on which the handmade calendars turn: changes of clocks in spring and in autumn, and the days around them."""


def shipped() -> Iterator[tuple[str, Document]]:
    """The scenarios that come with the product and list users, by name."""
    for name, path in scenario_files().items():
        document = read_toml(path.read_text("utf-8"))
        if document.get("user"):
            yield name, document


def calendar_of(document: Document) -> Document:
    """A scenario without what is no calendar: its faults, limit and clock."""
    return {key: value for key, value in document.items() if key not in _STATE}


def profile_of(document: Document, profile: Profile) -> Profile:
    """The profile under which a scenario is served: its own where it has one, else the given one."""
    own = document.get("profile")
    if own is None:
        return profile
    if isinstance(own, str):
        return PROFILES[own]
    answers = dict(own)
    base, name = PROFILES[answers.pop("extends", "documented")], answers.pop("name", None)
    return base.with_answers(answers, name=name)


def question_about(document: Document, number: int) -> Question:
    """A question about some users of a scenario, on dates on which something stands in it; `number` picks which."""
    users = [str(user["email"]) for user in document["user"]]
    start = number % len(users)
    days = sorted(_days(document)) or [date(2026, 3, 2)]
    first = days[number % len(days)] - timedelta(days=number % 5)
    asked = (users[start:] + users[:start])[:_MOST_USERS]
    return Question(first=first, last=first + timedelta(days=_MOST_DAYS - 1), users=tuple(asked))


def questions_about_dates(session: Session) -> Iterator[Question]:
    """Questions about everybody on every date on which something stands in the calendar of the session, and on those beside them.

    Where the caller named dates, about those alone. They are asked with both flags.
    """
    document = session.calendar or {}
    near = {day + timedelta(days=n) for day in _dates(document, session.first) for n in (-1, 0, 1)}
    days = sorted(day for day in near if not session.dates_are_named or session.first <= day <= session.last)
    while days:
        first = days[0]
        last = max(day for day in days if (day - first).days <= MOST_DAYS)
        days = [day for day in days if day > last]
        most = session.profile.most_users
        for number in range(0, len(session.known), most):
            users = session.known[number : number + most]
            for flag in (False, True):
                yield session.lawful(Question(first=first, last=last, users=users, include_allowed_conflicts=flag))


def open_account(session: Session, document: Document) -> Session | None:
    """The run on a fresh account of the emulator that has this scenario; None where the emulator does not give one."""
    status, keys = session.target.admin("POST", "/accounts", {"scenario": to_json(document)})
    if status not in (200, 201):
        return None
    target = session.target.account(keys["accessKey"], keys["secretKey"])
    target.keys_in_query = session.target.keys_in_query
    opened = session.on(target, tuple(str(user["email"]) for user in document["user"]))
    opened.profile = profile_of(document, session.profile)
    return opened


def close_account(session: Session) -> None:
    """Deletes the account that `open_account` gave."""
    session.target.delete_account()


def _dates(document: Document, first: date) -> Iterator[date]:
    """Dates that the calendars of a scenario mention, to the last of a leave or a task, and the holidays of a country in the year ahead."""
    yield from _days(document)
    for user in document.get("user", ()):
        for span in (*user.get("leaves", ()), *user.get("tasks", ())):
            last = span.get("to", span.get("end"))
            yield from (_day(last),) if last is not None else ()
    country = {**document, "user": [user for user in document.get("user", ()) if isinstance(user.get("holidays"), str)]}
    oracle = Oracle(country, DOCUMENTED.answers())
    for user in oracle.users:
        days = (first + timedelta(days=n) for n in range(_YEAR))
        yield from (day for day in days if oracle.reason(user, day) == "Holiday")


def _days(document: Document) -> Iterator[date]:
    """Dates that the calendars of a scenario mention, and its clock's."""
    now = document.get("now")
    if now is not None:
        yield _day(now)
    for user in document.get("user", ()):
        holidays = user.get("holidays", ())
        yield from () if isinstance(holidays, str) else (_day(day) for day in holidays)
        yield from (_day(leave.get("from", leave.get("date"))) for leave in user.get("leaves", ()))
        yield from (_day(task["start"]) for task in user.get("tasks", ()))


def _day(value: Any) -> date:
    value = datetime.fromisoformat(value) if isinstance(value, str) else value
    return value.date() if isinstance(value, datetime) else value
