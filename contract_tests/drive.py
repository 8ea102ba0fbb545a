"""Hypothesis as an engine inside a run: it draws values, and shrinks what fails to the smallest that still does."""

from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import seed as seeded
from hypothesis.errors import HypothesisException
from hypothesis.strategies import SearchStrategy

Value = TypeVar("Value")
Breaches = list[Any]


class _Fails(Exception):
    """The value that was drawn fails."""


def smallest_failing(
    strategy: SearchStrategy[Value], fails: Callable[[Value], Breaches], *, seed: int, examples: int
) -> tuple[Value, Breaches] | None:
    """The smallest value found for which `fails` gives breaches, with them; None where none was found.

    The same seed draws the same values. Nothing is stored, printed, or read from the settings of the surroundings.
    """
    found: list[tuple[Value, Breaches]] = []

    @seeded(seed)
    @settings(
        max_examples=max(examples, 1),
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
        breaches = fails(value)
        if breaches:
            found.append((value, breaches))
            raise _Fails

    try:
        law()
    except (_Fails, HypothesisException):
        # The last failure is the smallest; where it could not be repeated, it is the last that was seen.
        return found[-1] if found else None
    return None
