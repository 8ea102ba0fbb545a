"""What a run gives: a verdict for every check and every rule. Values only; nobody here judges or prints."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Protocol

from leadsquared_slots.mock_server.contract.ledger import Grade, Rule, Severity

from .failures import ContractFailure


class Verdict(Enum):
    """How a check or a rule came out; `FAILED` alone makes the run fail."""

    PASSED = "passed"
    FAILED = "failed"
    FINDING = "finding"
    """A rule did not hold that is neither documented nor severe, or that the vendor leaves open; the run was not strict."""
    NOT_EXERCISED = "not exercised"
    """It was looked at, and nothing that the target answered could have broken it."""
    NOT_RUN = "not run"
    """It could have been looked at, and was not: no budget, no permission, or not chosen."""
    NOT_APPLICABLE = "not applicable"
    """It cannot be looked at on this target, or under this profile."""


LOOKED_AT = (Verdict.PASSED, Verdict.FAILED, Verdict.FINDING)
"""Verdicts of a rule that something could have broken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCheck:
    """A check that will be run. `calls` estimates the API calls that it sends; 0 means it looks at the answers of others."""

    name: str
    title: str
    calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A check that will not be run, and why. `verdict` is NOT_RUN or NOT_APPLICABLE."""

    name: str
    title: str
    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run will send, before it sends it.

    target    base URL, or the name of an in-process target
    users     the addresses that are asked for
    first     first date that is asked for; `last` the last one, included
    rate      calls and seconds of the throttle: never more calls in so many seconds
    budget    most calls that may be sent
    calls     estimate of the calls that will be sent
    seconds   estimate of the duration
    notes     what the caller should know, one sentence each
    """

    target: str
    profile: str
    seed: int
    users: tuple[str, ...]
    first: date
    last: date
    rate: tuple[int, float]
    budget: int
    allow_burst: bool
    strict: bool
    checks: tuple[PlannedCheck, ...]
    left_out: tuple[LeftOut, ...]
    calls: int
    seconds: float
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """How one check came out. `reason` says why it was not run or is not applicable; `facts` is what it measured."""

    name: str
    title: str
    rules: tuple[str, ...]
    verdict: Verdict
    reason: str | None = None
    failures: tuple[ContractFailure, ...] = ()
    calls: int = 0
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleResult:
    """How one rule came out over all checks that cite it.

    grade   how well the rule is known under the profile of the run
    checks  names of those checks
    """

    rule: Rule
    grade: Grade
    verdict: Verdict
    reason: str | None = None
    checks: tuple[str, ...] = ()
    failures: tuple[ContractFailure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that a run found out.

    started   moment of the first call, UTC
    seconds   duration
    calls     API calls that were sent, repeated ones included
    interrupted  whether the caller ended the run before its end
    """

    target: str
    profile: str
    seed: int
    started: datetime
    seconds: float
    calls: int
    plan: Plan
    checks: tuple[CheckResult, ...]
    rules: tuple[RuleResult, ...]
    interrupted: bool = False

    @property
    def failures(self) -> tuple[ContractFailure, ...]:
        """Every failure, then every finding, by check."""
        found = [failure for check in self.checks for failure in check.failures]
        return tuple(sorted(found, key=lambda failure: self.verdict_of(failure) is not Verdict.FAILED))

    @property
    def causes(self) -> tuple[tuple[ContractFailure, ...], ...]:
        """The failures in groups of one verdict, each where its first one stood: what one reply caused, and what is wrong in one way."""
        groups: list[list[ContractFailure]] = []
        known: dict[tuple[object, ...], list[ContractFailure]] = {}
        for failure in self.failures:
            verdict = self.verdict_of(failure)
            signs = [(verdict, failure.title), *([(verdict, failure.request, failure.received)] if failure.request else [])]
            group = next((known[sign] for sign in signs if sign in known), None)
            if group is None:
                groups.append(group := [])
            group.append(failure)
            for sign in signs:
                known.setdefault(sign, group)
        return tuple(map(tuple, groups))

    def verdict_of(self, failure: ContractFailure) -> Verdict:
        """Whether it makes the run fail, or is a finding."""
        result = next((result for result in self.rules if result.rule.id == failure.rule), None)
        return verdict_of(result.rule, result.grade, failure, strict=self.plan.strict) if result else Verdict.FAILED

    def count(self, verdict: Verdict) -> int:
        """How many rules came out so."""
        return sum(rule.verdict is verdict for rule in self.rules)

    @property
    def looked_at(self) -> int:
        """How many rules were looked at: those that passed, failed or are a finding."""
        return sum(self.count(verdict) for verdict in LOOKED_AT)

    @property
    def to_look_at(self) -> int:
        """How many rules can be looked at from outside a server."""
        return sum(rule.rule.inside is None for rule in self.rules)

    @property
    def headline(self) -> str:
        """The outcome in one sentence: what holds is said only of what was looked at."""
        share = f"{self.looked_at} of {self.to_look_at} rules"
        code = self.exit_code()
        if code == 2:
            return f"Nothing was looked at, so nothing is said ({share}; {self._why_nothing()})"
        return f"The contract is broken ({share} looked at)" if code else f"The contract holds where it was looked at ({share})"

    def _why_nothing(self) -> str:
        reasons = [rule.reason for rule in self.rules if rule.reason and rule.rule.inside is None and rule.reason != "not chosen"]
        return max(set(reasons), key=reasons.count, default="no rule was chosen")

    def exit_code(self) -> int:
        """0 when all rules that were looked at held (findings are allowed), 1 when one was broken, 2 when none was looked at."""
        verdicts = [rule.verdict for rule in self.rules] + [check.verdict for check in self.checks]
        if Verdict.FAILED in verdicts:
            return 1
        return 0 if self.looked_at else 2


class Progress(Protocol):
    """Told what a run is doing while it does it; the terminal report draws its bar from this."""

    def planned(self, plan: Plan) -> None:
        """The run starts; nothing but the first probe was sent so far."""

    def check_started(self, name: str) -> None:
        """The check of that name begins."""

    def called(self, calls: int) -> None:
        """So many API calls were sent since the start."""

    def waiting(self, seconds: float, reason: str) -> None:
        """The run pauses, for the throttle or because the target's limit was reached."""

    def check_finished(self, result: CheckResult) -> None:
        """A check came out; a check on every answer comes out when the run ends."""

    def finished(self, report: Report) -> None:
        """The run is over."""


class NoProgress(Progress):
    """A Progress that tells nobody. Written out, as the methods of a protocol are abstract to mypy, though they do nothing."""

    def planned(self, plan: Plan) -> None:
        """Nothing."""

    def check_started(self, name: str) -> None:
        """Nothing."""

    def called(self, calls: int) -> None:
        """Nothing."""

    def waiting(self, seconds: float, reason: str) -> None:
        """Nothing."""

    def check_finished(self, result: CheckResult) -> None:
        """Nothing."""

    def finished(self, report: Report) -> None:
        """Nothing."""


def verdict_of(rule: Rule, grade: Grade, failure: ContractFailure, *, strict: bool) -> Verdict:
    """What a broken rule is: a failure where it is documented, or severe and at least inferred, or the run strict; else a finding.

    `grade` is how well the rule is known under the profile. Where the vendor leaves a rule open and another answer of the profile would
    fit, it is a finding.
    """
    is_severe = (rule.severity is Severity.SEVERE or failure.severe) and grade in (Grade.OBSERVED, Grade.INFERRED)
    is_sure = grade is Grade.DOCUMENTED or (is_severe and not failure.fits)
    return Verdict.FAILED if strict or is_sure else Verdict.FINDING


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict of the whole from the verdicts of its parts; not applicable where there are none."""
    order = (
        Verdict.FAILED, Verdict.FINDING, Verdict.PASSED, Verdict.NOT_EXERCISED, Verdict.NOT_RUN, Verdict.NOT_APPLICABLE,
    )  # fmt: skip
    return min(verdicts, key=order.index, default=Verdict.NOT_APPLICABLE)
