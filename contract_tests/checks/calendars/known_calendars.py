"""Calendars that are known: made by hand for one rule each, shipped as scenarios, and how the emulator gets one."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from leadsquared_slots.contract_tests.checks.session import Session
from leadsquared_slots.contract_tests.strategies.generated_calendars import to_json
from leadsquared_slots.contract_tests.wire.question import Question
from leadsquared_slots.mock_server.contract.documents import FIXTURES, scenario_files
from leadsquared_slots.mock_server.contract.toml_text import read_toml
from leadsquared_slots.mock_server.domain.profile import PROFILES, Profile

Document = dict[str, Any]
_STATE = ("fault", "rate-limit", "now")
_MOST_USERS, _MOST_DAYS = 6, 10


def handmade() -> Document:
    """A closed directory in which each user's calendar turns on a rule or two; see `HANDMADE_DATES`."""
    return read_toml((FIXTURES / "calendars" / "one-rule-each.toml").read_text("utf-8"))


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


def _days(document: Document) -> Iterator[date]:
    """Dates that the calendars of a scenario mention, and its clock's."""
    now = document.get("now")
    if now is not None:
        yield _day(now)
    for user in document["user"]:
        holidays = user.get("holidays", ())
        yield from () if isinstance(holidays, str) else (_day(day) for day in holidays)
        yield from (_day(leave.get("from", leave.get("date"))) for leave in user.get("leaves", ()))
        yield from (_day(task["start"]) for task in user.get("tasks", ()))


def _day(value: Any) -> date:
    value = datetime.fromisoformat(value) if isinstance(value, str) else value
    return value.date() if isinstance(value, datetime) else value
