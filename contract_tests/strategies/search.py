"""Hypothesis as an engine inside a run: it draws values, and shrinks what fails to the smallest that still does."""

from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import seed as seeded
from hypothesis.errors import HypothesisException
from hypothesis.strategies import SearchStrategy

Value = TypeVar("Value")
Violations = list[Any]


class _Fails(Exception):
    """The value that was drawn fails."""


class StopSearch(BaseException):
    """Raised by a law that may try nothing more. No Exception: Hypothesis would take that for a failure, and shrink it."""


def smallest_failing(
    strategy: SearchStrategy[Value], fails: Callable[[Value], Violations], *, seed: int, examples: int
) -> tuple[Value, Violations] | None:
    """The smallest value found for which `fails` gives violations, with them; None where none was found.

    `fails` ends the search by raising StopSearch, or any error; the error is raised here where nothing was found before.
    The same seed draws the same values. Nothing is stored, printed, or read from the settings of the surroundings.
    """
    found: list[tuple[Value, Violations]] = []
    if examples < 1:
        return None

    @seeded(seed)
    @settings(
        max_examples=examples,
        phases=(Phase.generate, Phase.shrink),
        database=None,
        deadline=None,
        derandomize=False,
        report_multiple_bugs=False,
        print_blob=False,
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def law(value: Value) -> None:
        try:
            violations = fails(value)
        except Exception as error:
            # Not for Hypothesis: it would run into the same error again and again, to shrink it.
            raise StopSearch from error
        if violations:
            found.append((value, violations))
            raise _Fails

    try:
        law()
    except (_Fails, HypothesisException):
        # The last failure is the smallest; where it could not be repeated, it is the last that was seen.
        return found[-1] if found else None
    except StopSearch as enough:
        if enough.__cause__ is not None and not found:
            raise enough.__cause__ from None
        return min(found, key=lambda each: len(repr(each[0])), default=None)
    return None
