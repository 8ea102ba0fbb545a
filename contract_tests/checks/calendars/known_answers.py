"""What the oracle answers about a known calendar, each entry worked out once however often it is compared with."""

import json
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from leadsquared_slots.contract_tests.oracle.answers import Oracle
from leadsquared_slots.contract_tests.strategies.generated_calendars import to_json

Document = Mapping[str, Any]


class KnownAnswers:
    """The entries of a scenario document under the answers of a profile.

    oracle   the oracle of the same document and answers, for what stands in no entry
    answers  the answers
    """

    def __init__(self, text: str, answers: Mapping[str, str | int]) -> None:
        self.oracle = Oracle(json.loads(text), answers)
        self._text, self.answers = text, answers
        self._entries: dict[tuple[str, date, bool], Document] = {}

    def entry(self, user: Document, day: date, flag: bool) -> Document:
        """What stands about a user of the oracle under a date; not to be changed."""
        key = (user["email"], day, flag)
        if key not in self._entries:
            self._entries[key] = self.oracle.entry(user, day, flag)
        return self._entries[key]

    def under(self, question: str, answer: str) -> "KnownAnswers":
        """The same calendar where the profile answers one question otherwise."""
        return _known_answers(self._text, tuple({**self.answers, question: answer}.items()))


def known_answers(scenario: Document, answers: Mapping[str, str | int]) -> KnownAnswers:
    """The answers of a scenario document; the same document and profile give the same object."""
    return _known_answers(json.dumps(to_json(scenario)), tuple(answers.items()))


@lru_cache(maxsize=1024)
def _known_answers(text: str, answers: tuple[tuple[str, str | int], ...]) -> KnownAnswers:
    return KnownAnswers(text, dict(answers))
