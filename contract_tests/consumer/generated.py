"""Generated calendars: Hypothesis draws them, the driver is asked about each, and a wrong answer is reduced to the smallest calendar."""

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from zlib import crc32

from hypothesis import strategies as st
from leadsquared_slots.contract_tests.emulator.account import Admin
from leadsquared_slots.contract_tests.strategies.generated_calendars import calendars, to_json, to_toml
from leadsquared_slots.contract_tests.strategies.search import StopSearch, smallest_failing

from .judging import Judgement, judge
from .opened import RATE_LIMIT
from .report import ExamplesResult, Progress
from .runner import Options, fresh_account, judge_run, start_driver
from .situations import Document, Expected, Question
from .times import Calendar

_ZONES = (
    "Asia/Kolkata", "UTC", "America/New_York", "Europe/Berlin", "Europe/London", "Asia/Kathmandu", "Australia/Adelaide",
    "Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/St_Johns",
    "America/Los_Angeles", "Asia/Tokyo", "Asia/Dubai",
)  # fmt: skip
"""Zones whose rules are old: an application may have another edition of the zone database, which is no mistake."""
_SEASONS = (date(2026, 3, 2), date(2026, 3, 26), date(2026, 4, 2), date(2026, 10, 22), date(2026, 10, 30), date(2026, 6, 15))
_MOST_STARTS = 400
"""Starts of the driver with which a wrong answer is made smaller."""


@dataclass(frozen=True, slots=True)
class Example:
    """A calendar and a question about it. Dates of the calendar are native."""

    calendar: Document
    question: Question


@st.composite
def examples(draw: st.DrawFn) -> Example:
    """A calendar around a week, and a question about some of its users and dates."""
    first = draw(st.sampled_from(_SEASONS)) + timedelta(days=draw(st.integers(0, 5)))
    last = first + timedelta(days=draw(st.integers(0, 3)))
    document = draw(calendars(first=first, last=last, most_users=2))
    for each in (*document["template"], *document["user"]):
        each["zone"] = _known(each["zone"])
    users = tuple(str(user["email"]) for user in document["user"])
    asked = users if draw(st.booleans()) else users[:1]
    return Example(document, Question(users=asked, first=first, last=last, flag=draw(st.booleans())))


def _known(zone: str) -> str:
    return zone if zone in _ZONES else _ZONES[crc32(zone.encode()) % len(_ZONES)]


class _Asked:
    """Asks the driver about examples, and counts."""

    def __init__(self, admin: Admin, options: Options, progress: Progress | None) -> None:
        self._admin, self._options, self._progress = admin, options, progress
        self._answers = options.profile.answers()
        self.starts, self.tried, self.failing_at = 0, 0, 0

    def judgement(self, example: Example) -> Judgement:
        """How the application does; what is open in the example itself holds."""
        document, question = to_json(example.calendar), example.question
        calendar = Calendar(document, self._answers)
        if calendar.edges_in_fold(question):
            return Judgement()
        self.starts += 1
        with fresh_account(self._admin) as account:
            account.load({**document, "profile": dict(self._answers), "rate-limit": RATE_LIMIT})
            line = json.dumps({"situation": "example", "questions": [question.as_json()]})
            ran = start_driver(account, self._options.command, "example", line, self._options.timeout, self._options.over)
        return judge_run(ran, lambda results: judge(calendar, [question], Expected.TIMES, results, page_size=None))

    def fails(self, example: Example) -> list[Any]:
        """For Hypothesis: a list with what is wrong, empty where nothing is."""
        if self.failing_at and self.starts - self.failing_at > _MOST_STARTS // 2:
            raise StopSearch
        judgement = self.judgement(example)
        if not self.failing_at:
            self.tried += 1
            if self._progress:
                self._progress.example(self.tried)
            self.failing_at = 0 if judgement.holds else self.starts
        return [] if judgement.holds else [judgement]


def run_examples(admin: Admin, options: Options, progress: Progress | None) -> ExamplesResult:
    """Ask about `options.examples` generated calendars; a wrong answer is shown with the smallest calendar that still gives one."""
    asked = _Asked(admin, options, progress)
    found = smallest_failing(examples(), asked.fails, seed=options.seed, examples=options.examples)
    if found is None:
        return ExamplesResult(asked_for=options.examples, tried=asked.tried)
    example, judgement = _reduced(found[0], asked, found[1][0])
    return ExamplesResult(
        asked_for=options.examples,
        tried=asked.tried,
        calendar=to_toml(example.calendar),
        question=example.question.as_json(),
        problem=judgement.problem,
        said=judgement.said,
        right=judgement.right,
        cause=judgement.cause,
    )


def _reduced(example: Example, asked: _Asked, judgement: Judgement) -> tuple[Example, Judgement]:
    """The example with everything left out that the failure does not need."""
    until = asked.starts + _MOST_STARTS
    is_smaller = True
    while is_smaller and asked.starts < until:
        is_smaller = False
        for smaller in _smaller(example):
            other = asked.judgement(smaller)
            if not other.holds:
                example, judgement, is_smaller = smaller, other, True
                break
            if asked.starts >= until:
                break
    return example, judgement


def _smaller(example: Example) -> Iterator[Example]:
    """Examples with one thing less, what leaves out most first."""
    question, document = example.question, example.calendar
    for user in question.users if len(question.users) > 1 else ():
        yield replace(example, question=replace(question, users=(user,)))
    days = (question.last - question.first).days + 1
    for number in range(days if days > 1 else 0):
        day = question.first + timedelta(days=number)
        yield replace(example, question=replace(question, first=day, last=day))
    unasked = [user for user in document["user"] if user["email"] not in question.users]
    if unasked:
        yield replace(example, calendar={**document, "user": [user for user in document["user"] if user not in unasked]})
    used = {user.get("template") for user in document["user"]}
    if any(template["name"] not in used for template in document["template"]):
        yield replace(example, calendar={**document, "template": [each for each in document["template"] if each["name"] in used]})
    yield from (replace(example, calendar=calendar) for calendar in _with_less(document))
    if question.flag:
        yield replace(example, question=replace(question, flag=False))


def _with_less(document: Document) -> Iterator[Document]:
    """Calendars without one list, then without one entry of a list, then with a plainer zone."""
    for place, key in _lists(document):
        yield _changed(document, place, key, None)
    for place, key in _lists(document):
        listed = _at(document, place)[key]
        for number in range(len(listed) if len(listed) > 1 else 0):
            yield _changed(document, place, key, listed[:number] + listed[number + 1 :])
    for place in (("user", 0), ("template", 0)):
        if document[place[0]] and _at(document, place)["zone"] != "UTC":
            yield _changed(document, place, "zone", "UTC")


def _lists(document: Document) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Where lists stand that may be left out: tasks, leaves, holidays, breaks, and all days of shifts but the last."""
    for number, user in enumerate(document["user"]):
        for key in ("tasks", "leaves", "holidays"):
            if user.get(key):
                yield ("user", number), key
    for number, template in enumerate(document["template"]):
        for week in ("breaks", "shifts"):
            days = template.get(week, {})
            for day in days if week == "breaks" or len(days) > 1 else ():
                yield ("template", number, week), day


def _at(document: Document, place: tuple[Any, ...]) -> Any:
    value: Any = document
    for step in place:
        value = value[step]
    return value


def _changed(document: Document, place: tuple[Any, ...], key: str, value: Any) -> Document:
    """A copy with one value changed; None takes it away."""
    other = copy.deepcopy(document)
    holder = _at(other, place)
    if value is None:
        del holder[key]
    else:
        holder[key] = value
    return other
