"""A situation opened on an account of the emulator: what was prepared there, and what is right."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from leadsquared_slots.contract_tests.emulator.account import Account
from leadsquared_slots.mock_server.contract.documents import ledger

from .judging import Judgement, judge
from .situations import Document, Given, Setup, Situation
from .times import Calendar

RATE_LIMIT = "25/5s"
"""The limit of every situation: the vendor's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A situation on an account.

    answers    the profile's answer to every question
    page_size  records that the application asks for on a page, where that decides what was prepared
    """

    situation: Situation
    setup: Setup
    answers: Mapping[str, Any]
    page_size: int | None = None

    @property
    def calendar(self) -> Calendar:
        """The vendor's answers and the right times."""
        return Calendar(self.setup.calendar, self.answers)

    def line(self) -> str:
        """What the driver gets on its standard input."""
        return json.dumps({"situation": self.situation.id, "questions": [question.as_json() for question in self.setup.questions]})

    def judge(self, results: Sequence[Any]) -> Judgement:
        """The judgement of results in the driver's form."""
        return judge(self.calendar, self.setup.questions, self.situation.expected, results, page_size=self.page_size)

    @property
    def rests_on(self) -> tuple[str, ...]:
        """The answers to open questions that decide what is right here, as `question = answer`."""
        rules = ledger()
        questions = {rules[rule].question for rule in self.situation.rules} | set(self.setup.answers)
        return tuple(f"{question} = {self.answers[question]}" for question in sorted(filter(None, questions)))


def open_situation(account: Account, situation: Situation, given: Given, profile: Mapping[str, Any], *, alone: bool = False) -> Opened:
    """Prepare an account for a situation under a profile (its answers); for wrong keys, the account's secret key is changed.

    `alone` asks for the first user only, which shows how many records the application asks for on a page.
    """
    setup = situation.prepare(given)
    if alone:
        setup = replace(setup, questions=tuple(replace(question, users=question.users[:1]) for question in setup.questions))
    answers = {**profile, **setup.answers}
    account.load(scenario_of(setup, answers))
    if setup.wrong_keys:
        account.secret_key = _another(account.secret_key)
    return Opened(situation=situation, setup=setup, answers=answers, page_size=given.page_size)


def scenario_of(setup: Setup, answers: Mapping[str, Any]) -> Document:
    """A state as a scenario."""
    document = {**setup.calendar, "profile": dict(answers), "rate-limit": RATE_LIMIT}
    return document | ({"fault": list(setup.faults)} if setup.faults else {})


def _another(secret: str) -> str:
    return secret[:-1] + ("0" if secret[-1:] != "0" else "1")


def page_size_of(account: Account) -> int | None:
    """How many records the calls of an account asked for on a page; None where they asked without Paging."""
    sizes = list(_page_sizes(account.requests))
    return sizes[-1] if sizes else None


def _page_sizes(entries: Sequence[Mapping[str, Any]]) -> Iterator[int]:
    for entry in entries:
        try:
            size = json.loads(entry["body"])["Paging"]["PageSize"]
        except (ValueError, TypeError, KeyError):
            continue
        if type(size) is int and size > 0:
            yield size
