"""Errors of the domain: the fields are facts, and `str()` says what was received, what was expected, and what to do."""

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(received: str, known: Iterable[str]) -> str | None:
    """The known word nearest to the received one, letter case aside; None when nothing is near."""
    by_folded = {word.casefold(): word for word in known}
    near = get_close_matches(received.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[near[0]] if near else None


class DomainError(ValueError):
    """Something that the domain cannot accept."""


class UnknownQuestion(DomainError):
    """A profile answers a question that does not exist."""

    def __init__(self, question: str, nearest: str | None) -> None:
        self.question, self.nearest = question, nearest
        super().__init__(f"unknown profile question {question!r}; " + (f"did you mean {nearest!r}?" if nearest else "see `lsq-mock rules`"))


class UnknownAnswer(DomainError):
    """A profile gives an answer that its question does not accept."""

    def __init__(self, question: str, answer: object, accepted: str) -> None:
        self.question, self.answer, self.accepted = question, answer, accepted
        super().__init__(f"profile question {question!r} was answered {answer!r}; expected {accepted}")
