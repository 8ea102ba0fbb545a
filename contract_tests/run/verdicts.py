"""From violations to results: who failed, what is a finding, and how each failure is shown and replayed."""

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from leadsquared_slots.contract_tests.checks.registry import Check, Violation
from leadsquared_slots.mock_server.contract.documents import ledger
from leadsquared_slots.mock_server.contract.ledger import Grade, Rule

from .failures import ContractFailure
from .results import CheckResult, Plan, RuleResult, Verdict, worst


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Turns violations into failures. `chosen` are the rules that the run looks at; violations of others are let go.

    arguments  of the command line: how the run differs from one without options, where that decides what is found
    """

    plan: Plan
    in_process: bool
    arguments: tuple[str, ...]
    chosen: frozenset[str]

    def result(
        self,
        check: Check,
        violations: Iterable[Violation],
        *,
        calls: int,
        facts: Iterable[str] = (),
        otherwise: Verdict,
        reason: str | None,
    ) -> CheckResult:
        """The result of a check; `otherwise` and `reason` hold where it saw no violation."""
        failures = tuple(self.failure(check, violation) for violation in violations if violation.rule in self.chosen)
        verdict = worst(self.verdict_of(failure.rule) for failure in failures) if failures else otherwise
        return CheckResult(
            name=check.name, title=check.title, rules=check.rules, verdict=verdict, reason=reason,
            failures=failures, calls=calls, facts=tuple(facts),
        )  # fmt: skip

    def failure(self, check: Check, violation: Violation) -> ContractFailure:
        """The failure that a violation is."""
        sent = [exchange.sent for exchange in violation.exchanges]
        return ContractFailure(
            rule=violation.rule,
            check=check.name,
            title=violation.title,
            received=violation.received,
            documented=violation.documented or ledger()[violation.rule].statement,
            request="\n".join(request.summary() for request in sent),
            curl="\n".join(request.curl() for request in sent),
            replay=self._replay(violation),
            seed=self.plan.seed,
        )

    def verdict_of(self, rule: str) -> Verdict:
        """What a violation of a rule is: a failure where the rule is documented or the run strict, else a finding."""
        is_documented = ledger()[rule].grade is Grade.DOCUMENTED
        return Verdict.FAILED if is_documented or self.plan.strict else Verdict.FINDING

    def rule_result(self, rule: Rule, checks: Iterable[CheckResult]) -> RuleResult:
        """How a rule came out over all checks that cite it or saw it broken."""
        citing = [check for check in checks if rule.id in check.rules or any(f.rule == rule.id for f in check.failures)]
        failures = tuple(failure for check in citing for failure in check.failures if failure.rule == rule.id)
        names = tuple(check.name for check in citing)
        if failures:
            return RuleResult(rule=rule, verdict=self.verdict_of(rule.id), checks=names, failures=failures)
        if rule.inside is not None:
            return RuleResult(rule=rule, verdict=Verdict.NOT_APPLICABLE, reason=rule.inside, checks=names)
        if rule.id not in self.chosen:
            return RuleResult(rule=rule, verdict=Verdict.NOT_RUN, reason="not chosen", checks=names)
        # What made the check fail was another rule; for this one the check held.
        held = {Verdict.FAILED: Verdict.PASSED, Verdict.FINDING: Verdict.PASSED}
        verdict = worst(held.get(check.verdict, check.verdict) for check in citing)
        reason = next((check.reason for check in citing if check.verdict is verdict), None)
        return RuleResult(rule=rule, verdict=verdict, reason=reason, checks=names)

    def _replay(self, violation: Violation) -> str:
        if self.in_process:
            return ""
        plan = self.plan
        words = ["lsq-contract", "check", plan.target, "--only", violation.rule]
        words += ["--only", violation.during] if violation.during else []
        words += self.arguments
        words += ["--seed", str(plan.seed), "--from", plan.first.isoformat(), "--to", plan.last.isoformat()]
        for user in plan.users:
            words += ["--user", user]
        words += ["--allow-burst"] if plan.allow_burst and violation.rule.startswith("limit.") else []
        return shlex.join(words)


def smallest(violations: Iterable[Violation]) -> list[Violation]:
    """One violation of each rule: the first."""
    kept: dict[str, Violation] = {}
    for violation in violations:
        kept.setdefault(violation.rule, violation)
    return list(kept.values())


def nearest_names(checks: Mapping[str, Check]) -> list[str]:
    """Everything that --only and --skip take: names of checks and ids of rules."""
    return [*checks, *ledger()]
