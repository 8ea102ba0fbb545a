"""What every report says alike: how verdicts look and are counted, and when it was."""

from collections.abc import Callable
from datetime import UTC, datetime
from types import MappingProxyType

from leadsquared_slots.contract_tests.run.results import Verdict
from rich.text import Text

# A sign as well as a colour: what is printed has to be read without colours, too.
SIGNS = MappingProxyType(
    {
        Verdict.PASSED: ("✓", "green"),
        Verdict.FAILED: ("✗", "bold red"),
        Verdict.FINDING: ("!", "yellow"),
        Verdict.NOT_EXERCISED: ("○", "cyan"),
        Verdict.NOT_RUN: ("–", "dim"),
        Verdict.NOT_APPLICABLE: ("·", "dim"),
    }
)
SKIPPED = (Verdict.NOT_EXERCISED, Verdict.NOT_RUN, Verdict.NOT_APPLICABLE)
"""Verdicts that JUnit calls skipped."""
Count = Callable[[Verdict], int]


def signed(verdict: Verdict, text: str) -> Text:
    """Return the text behind the sign of a verdict, in its colour."""
    sign, style = SIGNS[verdict]
    return Text(f"{sign} {text}", style=style)


def summary(count: Count) -> dict[str, int]:
    """Return how many came out so, for each verdict by its word."""
    return {verdict.value: count(verdict) for verdict in Verdict}


def counted(count: Count) -> list[str]:
    """Return "3 passed" and so on, for each verdict that came out at all."""
    return [f"{number} {verdict}" for verdict, number in summary(count).items() if number]


def iso(moment: datetime) -> str:
    """Return an instant in UTC, to the second, as ISO 8601 writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
