"""What judging a caller gives: values only; nobody here judges or prints."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from leadsquared_slots.contract_tests.run.results import Verdict
from leadsquared_slots.mock_server.contract.ledger import Rule

from .situations import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One call in the timeline of a situation: seconds since the first, what was asked, and what came of it."""

    at: float
    asked: str
    came: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SituationResult:
    """How one situation came out.

    problem   what is wrong with the result, as a sentence; None where nothing is
    said      what the application made of it
    right     what was right
    cause     the known mistake that explains it, without its subject
    findings  of the conduct in this situation, advice included
    rests_on  the answers to open questions that decide what is right
    output    other lines of the driver's standard output, and the end of its standard error
    """

    situation: Situation
    verdict: Verdict
    reason: str | None = None
    problem: str | None = None
    said: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    cause: str | None = None
    timeline: tuple[Step, ...] = ()
    findings: tuple[Mapping[str, Any], ...] = ()
    conduct: Mapping[str, str] | None = None
    rests_on: tuple[str, ...] = ()
    output: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def broken(self) -> tuple[Mapping[str, Any], ...]:
        """The findings that are no advice."""
        return tuple(finding for finding in self.findings if not finding["advice"])


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleResult:
    """How one conduct rule came out over all situations. `findings` are (situation, finding)."""

    rule: Rule
    verdict: Verdict
    findings: tuple[tuple[str, Mapping[str, Any]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamplesResult:
    """What generated calendars showed.

    tried     how many were asked about
    calendar  the smallest one for which the application is wrong, as the text of a scenario file; None where it never was
    question  what was asked about it
    """

    asked_for: int
    tried: int
    calendar: str | None = None
    question: Mapping[str, Any] | None = None
    problem: str | None = None
    said: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    cause: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsumerReport:
    """Everything that judging a caller found out."""

    command: str
    target: str
    profile: str
    seed: int
    started: datetime
    seconds: float
    situations: tuple[SituationResult, ...]
    rules: tuple[RuleResult, ...]
    examples: ExamplesResult | None = None
    interrupted: bool = False

    @property
    def failed(self) -> tuple[SituationResult, ...]:
        """The situations that failed."""
        return tuple(result for result in self.situations if result.verdict is Verdict.FAILED)

    def count(self, verdict: Verdict) -> int:
        """How many situations and rules came out so."""
        return sum(each.verdict is verdict for each in self.situations) + sum(each.verdict is verdict for each in self.rules)

    def exit_code(self) -> int:
        """0 when all held, advice aside; 1 when something did not; 2 when nothing was looked at; 130 when it was interrupted."""
        if self.interrupted:
            return 130
        if self.count(Verdict.FAILED) or (self.examples is not None and self.examples.problem):
            return 1
        looked = self.count(Verdict.PASSED) or (self.examples is not None and self.examples.tried)
        return 0 if looked else 2


class Progress(Protocol):
    """Told how a run goes while it does."""

    def started(self, situations: int) -> None:
        """So many situations will be run."""

    def finished(self, result: SituationResult) -> None:
        """One came out."""

    def example(self, tried: int) -> None:
        """So many generated calendars were asked about."""
