"""Errors of the domain: the fields are facts, and `str()` says what was received, what was expected, and what to do."""

from collections.abc import Iterable
from difflib import get_close_matches

_LONGEST_WORD = 100


def nearest_word(received: str, known: Iterable[str]) -> str | None:
    """Return the known word nearest to the received one, letter case aside; None when nothing is near, or it is too long for a word."""
    if len(received) > _LONGEST_WORD:
        return None
    by_folded = {word.casefold(): word for word in known}
    near = get_close_matches(received.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[near[0]] if near else None


def did_you_mean(nearest: str | None, otherwise: str = "") -> str:
    """Return the hint that names the right word, the same everywhere; where there is none, what `otherwise` says."""
    return f"did you mean {nearest!r}?" if nearest else otherwise


def suggestion(received: str, known: Iterable[str], otherwise: str = "") -> str:
    """Return the hint for a word that is not known: the nearest known one, or else what `otherwise` says."""
    return did_you_mean(nearest_word(received, known), otherwise)


def shortened(text: str, longest: int = _LONGEST_WORD) -> str:
    """Return a text for a message: the whole, or its beginning where it is long."""
    return text if len(text) <= longest else f"{text[:longest]}…"


class DomainError(ValueError):
    """Something that the domain cannot accept: `what` was received, and in `hint` what to do. `str()` is both."""

    def __init__(self, what: str, hint: str = "") -> None:
        self.what, self.hint = what, hint
        super().__init__(f"{what}; {hint}" if hint else what)


class UnknownQuestion(DomainError):
    """A profile answers a question that does not exist."""

    def __init__(self, question: str, known: Iterable[str]) -> None:
        self.question = question
        hint = suggestion(question, known, "`lsq-contract rules` lists them all")
        super().__init__(f"unknown profile question {shortened(question)!r}", hint)


class UnknownAnswer(DomainError):
    """A profile gives an answer that its question does not accept."""

    def __init__(self, question: str, answer: object, accepted: str) -> None:
        self.question, self.answer, self.accepted = question, answer, accepted
        super().__init__(f"profile question {question!r} was answered {answer!r}", f"expected {accepted}")
