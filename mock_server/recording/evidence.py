"""What a recording shows of a profile: answers to its questions with what was seen, collected exchange by exchange."""

from copy import deepcopy
from dataclasses import dataclass, field

from leadsquared_slots.mock_server.domain.profile import QUESTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """What is known of one question.

    answer   in the spelling of a profile file; None where the question stays open
    seen     what was seen, without account data; for an open question why it is open
    sure     how sure that is: `certain` where the other answers are refuted, `open`
    times    how often it was seen
    first    number of the first exchange that shows it, 0 for none
    """

    question: str
    answer: str | int | None
    seen: str
    times: int = 0
    first: int = 0

    @property
    def sure(self) -> str:
        """How sure the answer is, in words."""
        if self.answer is None:
            return "open"
        return "seen once" if self.times == 1 else f"seen {self.times} times"


@dataclass(slots=True)
class _Seen:
    text: str
    first: int
    times: int = 0


@dataclass(slots=True)
class Evidence:
    """For and against the answers of each question.

    An answer is concluded where something shows it, or refutes all others, and nothing shows another one.
    """

    _shown: dict[str, dict[str | int, _Seen]] = field(default_factory=dict)
    _refuted: dict[str, dict[str | int, _Seen]] = field(default_factory=dict)

    def shows(self, question: str, answer: str | int, text: str, number: int = 0) -> None:
        """Note that exchange `number` shows an answer; `text` says what was seen, without account data."""
        _note(self._shown.setdefault(question, {}), answer, text, number)

    def refutes(self, question: str, answer: str | int, text: str, number: int = 0) -> None:
        """Note that exchange `number` cannot be under an answer; `text` says what was seen, without account data."""
        _note(self._refuted.setdefault(question, {}), answer, text, number)

    def copy(self) -> "Evidence":
        """The same evidence, to which more can be added without changing this."""
        return deepcopy(self)

    def conclusion(self, question: str, why_open: str) -> Conclusion:
        """What is known of a question; `why_open` is said where nothing is."""
        shown, refuted = self._shown.get(question, {}), self._refuted.get(question, {})
        both = [answer for answer in shown if answer in refuted]
        if len(shown) > 1 or both:
            texts = [f"{answer}: {seen.text} (exchange {seen.first})" for answer, seen in (*shown.items(), *refuted.items())]
            return Conclusion(question=question, answer=None, seen="the answers contradict each other: " + "; ".join(texts))
        for answer, seen in shown.items():
            return Conclusion(question=question, answer=answer, seen=seen.text, times=seen.times, first=seen.first)
        left = [answer for answer in choices(question) if answer not in refuted]
        if refuted and len(left) == 1:
            seen = next(iter(refuted.values()))
            return Conclusion(question=question, answer=left[0], seen=seen.text, times=seen.times, first=seen.first)
        if refuted and not left:
            return Conclusion(question=question, answer=None, seen="none of the answers fits what was seen")
        only = f"; {', '.join(map(str, refuted))} is ruled out" if refuted else ""
        return Conclusion(question=question, answer=None, seen=why_open + only)


def choices(question: str) -> list[str | int]:
    """The answers of a question that are listed; none for a number."""
    kind = QUESTIONS[question]
    return [] if kind is int else [choice.value for choice in kind]  # type: ignore[union-attr]


def _note(kept: dict[str | int, _Seen], answer: str | int, text: str, number: int) -> None:
    kept.setdefault(answer, _Seen(text, number)).times += 1
