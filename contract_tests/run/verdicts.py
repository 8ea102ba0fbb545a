"""From violations to results: who failed, what is a finding, and how each failure is shown and replayed."""

import json
import shlex
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from leadsquared_slots.contract_tests.checks.memory import Traffic
from leadsquared_slots.contract_tests.checks.passive import Looked
from leadsquared_slots.contract_tests.checks.registry import MOST_ALSO, Check, Scope, Violation
from leadsquared_slots.mock_server.contract.documents import ledger
from leadsquared_slots.mock_server.contract.ledger import Grade, Rule
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED, Profile

from .failures import ContractFailure
from .results import CheckResult, Plan, RuleResult, Verdict, verdict_of, worst


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Turns violations into failures. `chosen` are the rules that the run looks at; violations of others are let go.

    arguments  of the command line: how the run differs from one without options, where that decides what is found
    """

    plan: Plan
    profile: Profile
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
        verdict = worst(self.verdict_of(failure) for failure in failures) if failures else otherwise
        return CheckResult(
            name=check.name, title=check.title, rules=check.rules, verdict=verdict, reason=reason,
            failures=failures, calls=calls, facts=tuple(facts),
        )  # fmt: skip

    def passive_result(self, check: Check, looked: Looked, violations: Iterable[Violation], traffic: Traffic, why_none: str) -> CheckResult:
        """The result of a check that sends nothing; `why_none` says why it had nothing to look at, where it had nothing."""
        verdict, reason = Verdict.PASSED, None
        is_about_all = check.scope is Scope.TRAFFIC
        if looked.why_not is not None and (is_about_all or not looked.times):
            verdict, reason = Verdict.NOT_APPLICABLE, looked.why_not
        elif not (traffic.samples if is_about_all else looked.times):
            verdict, reason = Verdict.NOT_RUN, why_none
        return self.result(check, one_of_each_rule(violations), calls=0, otherwise=verdict, reason=reason)

    def failure(self, check: Check, violation: Violation) -> ContractFailure:
        """The failure that a violation is."""
        sent = [exchange.sent for exchange in violation.exchanges]
        return ContractFailure(
            rule=violation.rule,
            check=check.name,
            title=violation.title,
            received=violation.received,
            documented=violation.documented or self._asked_for(ledger()[violation.rule]),
            fits=_profile_line(*violation.fits) if violation.fits else "",
            severe=violation.severe,
            also=(*violation.also, *((f"and {violation.more} more",) if violation.more else ())),
            request="\n".join(request.summary() for request in sent),
            curl="\n".join(request.curl() for request in sent),
            replay=self._replay(violation),
            seed=self.plan.seed,
        )

    def _asked_for(self, rule: Rule) -> str:
        """What a rule asks for under the profile: where its statement leaves a choice, with the answer that holds."""
        if rule.question is None:
            return rule.statement
        return f"{rule.statement} The profile says {_profile_line(rule.question, self.profile.answers()[rule.question])}."

    def verdict_of(self, failure: ContractFailure) -> Verdict:
        """Whether a failure makes the run fail, or is a finding."""
        rule = ledger()[failure.rule]
        return verdict_of(rule, self.grade_of(rule), failure, strict=self.plan.strict)

    def grade_of(self, rule: Rule) -> Grade:
        """How well a rule is known under the profile: where that answers the rule's question in another way, nobody documents it."""
        if rule.question is None or rule.grade is not Grade.DOCUMENTED:
            return rule.grade
        return rule.grade if self.profile.answers()[rule.question] == DOCUMENTED.answers()[rule.question] else Grade.OBSERVED

    def rule_result(self, rule: Rule, checks: Iterable[CheckResult], unexercised: Callable[[str], str | None]) -> RuleResult:
        """How a rule came out over all checks that cite it or saw it broken; `unexercised` says why nothing could have broken one."""
        citing = [check for check in checks if rule.id in check.rules or any(f.rule == rule.id for f in check.failures)]
        failures = tuple(failure for check in citing for failure in check.failures if failure.rule == rule.id)
        names = tuple(check.name for check in citing)
        if failures:
            return RuleResult(
                rule=rule, grade=self.grade_of(rule), verdict=worst(map(self.verdict_of, failures)), checks=names, failures=failures
            )
        if rule.inside is not None:
            return RuleResult(rule=rule, grade=self.grade_of(rule), verdict=Verdict.NOT_APPLICABLE, reason=rule.inside, checks=names)
        if rule.id not in self.chosen:
            return RuleResult(rule=rule, grade=self.grade_of(rule), verdict=Verdict.NOT_RUN, reason="not chosen", checks=names)
        # What made the check fail was another rule; for this one the check held.
        held = {Verdict.FAILED: Verdict.PASSED, Verdict.FINDING: Verdict.PASSED}
        verdict = worst(held.get(check.verdict, check.verdict) for check in citing)
        reason = next((check.reason for check in citing if check.verdict is verdict), None)
        if verdict is Verdict.PASSED and (why := unexercised(rule.id)):
            verdict, reason = Verdict.NOT_EXERCISED, why
        return RuleResult(rule=rule, grade=self.grade_of(rule), verdict=verdict, reason=reason, checks=names)

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


def one_of_each_rule(violations: Iterable[Violation]) -> list[Violation]:
    """One violation of each rule: the first, with what the others saw."""
    by_rule: dict[str, list[Violation]] = {}
    for violation in violations:
        by_rule.setdefault(violation.rule, []).append(violation)
    # A severe one stands first: it says why the rule is a failure.
    return [_together(*sorted(found, key=lambda violation: not violation.severe)) for found in by_rule.values()]


def _together(first: Violation, *others: Violation) -> Violation:
    lines = [*first.also, *(f"{other.title}: {other.received}" for other in others), *(line for other in others for line in other.also)]
    also = [line for line in dict.fromkeys(lines) if line != f"{first.title}: {first.received}"]
    more = first.more + sum(other.more for other in others) + max(len(also) - MOST_ALSO, 0)
    fits = first.fits if all(other.fits for other in others) else None
    severe = any(violation.severe for violation in (first, *others))
    return replace(first, also=tuple(also[:MOST_ALSO]), more=more, fits=fits, severe=severe)


def _profile_line(question: str, answer: str | int) -> str:
    """A line of a profile file."""
    return f"{question} = {json.dumps(answer)}"


def with_answers(profile: Profile, answers: Mapping[str, str | int]) -> Profile:
    """The profile with other answers; itself where there are none."""
    return profile.with_answers(dict(answers)) if answers else profile


def still_wrong(question: str, looked: Mapping[str, Looked]) -> bool:
    """Whether a rule of the question is broken under its other answer too."""
    rules = {rule.id for rule in ledger().values() if rule.question == question}
    return any(violation.rule in rules for each in looked.values() for violation in each.violations())
