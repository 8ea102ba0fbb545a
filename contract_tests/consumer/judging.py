"""Results against what is right: error or right times, never wrong times."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .mistakes import Context, explain
from .results import BadResults, Result, read_results
from .situations import Expected, Question
from .times import Calendar, Times, shown, without

_MOST_SHOWN = 6
ERROR_AS_EMPTY = "takes an error for an answer in which nothing is free"
ERROR_AS_ANSWER = "goes on after an error as if it were an answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """How the results of a situation came out.

    problem  what is wrong, as a sentence; None where nothing is
    said     what the application made of it, one line for each difference
    right    what was right
    cause    the known mistake that explains it, without its subject
    """

    problem: str | None = None
    said: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    cause: str | None = None

    @property
    def holds(self) -> bool:
        """Whether the results are as they have to be."""
        return self.problem is None


def judge(
    calendar: Calendar, questions: Sequence[Question], expected: Expected, results: Sequence[Any], *, page_size: int | None
) -> Judgement:
    """The judgement of results in the driver's form; results that cannot be read are wrong."""
    try:
        read = read_results(results, len(questions))
    except BadResults as error:
        return Judgement(problem=f"the results cannot be read: {error}")
    if expected is Expected.ERROR:
        return _judge_error(read)
    wrong = [number for number, result in enumerate(read) if not _holds(calendar, questions[number], result, expected)]
    if not wrong:
        return Judgement()
    contexts = [Context(calendar=calendar, question=question, page_size=page_size) for question in questions]
    number = wrong[0]
    right = calendar.right(questions[number])
    return Judgement(
        problem=_problem(read[number], len(wrong), len(questions)),
        said=tuple(_said(read[number], right, where=questions[number])),
        right=tuple(listed(right)),
        cause=explain(contexts, [result.times for result in read]),
    )


def _judge_error(read: Sequence[Result]) -> Judgement:
    wrong = [result for result in read if result.error is None]
    if not wrong:
        return Judgement()
    times = wrong[0].times or {}
    return Judgement(
        problem="it gave bookable times, and should have said that it does not know",
        said=tuple(listed(times)) or ("nothing is bookable",),
        right=("an error",),
        cause=ERROR_AS_ANSWER if times else ERROR_AS_EMPTY,
    )


def _holds(calendar: Calendar, question: Question, result: Result, expected: Expected) -> bool:
    if result.error is not None:
        return expected is Expected.EITHER
    return result.times == calendar.right(question)


def _problem(result: Result, wrong: int, questions: int) -> str:
    where = f" ({wrong} of {questions} results)" if questions > 1 else ""
    return f"it gave an error where the right times were due{where}" if result.error is not None else f"it gave wrong times{where}"


def _said(result: Result, right: Times, *, where: Question) -> Iterator[str]:
    asked = f"asked for {', '.join(where.users[:3])}{' …' if len(where.users) > 3 else ''}, {where.first} to {where.last}"
    if result.error is not None:
        yield f"error: {result.error[:300]} ({asked})"
        return
    yield asked
    times = result.times or {}
    lines = []
    for user in sorted(set(times) | set(right)):
        given, due = times.get(user, ()), right.get(user, ())
        lines += [f"too much: {_span(user, *span)}" for span in without(given, due)]
        lines += [f"missing:  {_span(user, *span)}" for span in without(due, given)]
    yield from _bounded(lines)


def listed(times: Times) -> Iterator[str]:
    """Times as lines, the first of them."""
    return _bounded([_span(user, *span) for user, spans in times.items() for span in spans])


def _bounded(lines: Sequence[str]) -> Iterator[str]:
    yield from lines[:_MOST_SHOWN]
    if len(lines) > _MOST_SHOWN:
        yield f"and {len(lines) - _MOST_SHOWN} more"


def _span(user: str, start: float, end: float) -> str:
    return f"{user}  {shown(start)} to {shown(end)}  ({_length(end - start)})"


def _length(seconds: float) -> str:
    hours, rest = divmod(round(seconds), 3600)
    minutes, left = divmod(rest, 60)
    parts = [f"{hours} h" if hours else "", f"{minutes} min" if minutes else "", f"{left} s" if left else ""]
    return " ".join(filter(None, parts)) or "0 s"
