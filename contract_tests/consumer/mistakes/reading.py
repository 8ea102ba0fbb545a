"""What a known mistake is, and how one is found that explains a wrong result.

A wrong result that equals what a known mistake gives is explained by it. A mistake is a function from a calendar and a question to
the times that an application with this mistake would call bookable.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from leadsquared_slots.contract_tests.consumer.situations import Document, Question
from leadsquared_slots.contract_tests.consumer.times import Calendar, Span, Times, entries, spans_of, times_of, without


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What an application with a mistake knows: the calendar behind the answers, the question, and its page size (None without Paging)."""

    calendar: Calendar
    question: Question
    page_size: int | None = None

    def answer(self, question: Question | None = None) -> list[tuple[str, Document]]:
        """The entries of the vendor's answer, with their dates."""
        return entries(self.calendar.answer(question or self.question))

    def right(self, question: Question | None = None) -> Times:
        """The right times."""
        return self.calendar.right(question or self.question)

    def read(
        self,
        free: "Callable[[Document], Sequence[Span]]",
        *,
        only: Iterable[tuple[str, Document]] | None = None,
        instants: "Callable[[Document, str, Sequence[Span]], Iterable[Span]] | None" = None,
    ) -> Times:
        """Times of a reading: what is free in an entry, in seconds of the day, and which instants those are."""
        place = instants or self.calendar.instants
        listed = self.answer() if only is None else only
        return times_of((str(entry["EmailAddress"]), start, end) for day, entry in listed for start, end in place(entry, day, free(entry)))


def free_in(entry: Document) -> list[Span]:
    """What is free in an entry, read rightly."""
    return without(spans_of(entry["AvailableSlots"]), spans_of(entry["Breaks"]))


def in_zone(place: ZoneInfo, day: str, spans: Iterable[Span]) -> list[Span]:
    """Intervals of a date's wall clock placed in a zone, each edge by itself."""
    midnight = datetime.fromisoformat(day)
    edges = [[both(midnight + timedelta(seconds=each), place) for each in span] for span in spans]
    return [(min(start), max(end)) for start, end in edges]


def both(local: datetime, place: ZoneInfo) -> tuple[float, float]:
    """The instants of a wall-clock time with the offset before a change of clocks and with the one after it."""
    before, after = (local.replace(tzinfo=place, fold=fold).timestamp() for fold in (0, 1))
    return before, after


Mistake = Callable[[Context], Times]
_mistakes: dict[str, Mistake] = {}


def mistakes() -> Mapping[str, Mistake]:
    """Every known mistake by its name, a sentence about the application without its subject."""
    return MappingProxyType(_mistakes)


def mistake(name: str) -> Callable[[Mistake], Mistake]:
    """Add a function to the known mistakes, under that name."""

    def add(function: Mistake) -> Mistake:
        _mistakes[name] = function
        return function

    return add


def explain(contexts: Sequence[Context], received: Sequence[Times | None]) -> str | None:
    """The name of the known mistake that gives just the received times for every question, and not the right ones; None where none does."""
    told = [(context, times) for context, times in zip(contexts, received, strict=True) if times is not None]
    if not told or all(times == context.right() for context, times in told):
        return None
    for name, read in _mistakes.items():
        if all(_gives(read, context, times) for context, times in told):
            return name
    return None


def _gives(read: Mistake, context: Context, times: Times) -> bool:
    try:
        return read(context) == times
    except (ValueError, OverflowError, KeyError):
        # A mistake may not even be possible there.
        return False
