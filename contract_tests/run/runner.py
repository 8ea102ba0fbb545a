"""One run: probe, plan, then every check in turn, and one report at the end. Nothing is printed here."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from leadsquared_slots.contract_tests.checks.exercise import why_not_exercised
from leadsquared_slots.contract_tests.checks.memory import Traffic
from leadsquared_slots.contract_tests.checks.passive import PASSIVE, Looked, look
from leadsquared_slots.contract_tests.checks.registry import Check, NotApplicable, Scope, Violation, registry
from leadsquared_slots.contract_tests.checks.session import Refused, Session
from leadsquared_slots.contract_tests.wire.exchange import shorten
from leadsquared_slots.contract_tests.wire.target import (
    BudgetSpent,
    LimitPersists,
    Target,
    TargetRefusesKeys,
    TargetUnreachable,
    is_limit,
    is_refusal_of_keys,
)
from leadsquared_slots.contract_tests.wire.transport import NoAnswer
from leadsquared_slots.mock_server.contract.documents import ledger
from leadsquared_slots.mock_server.contract.ledger import Grade

from .exploring import changed_meanwhile, explore, shrink
from .planning import CHECK_OF_LIMIT, Options, UsageError, arguments, choose, make_plan, open_session, sample_question
from .properties import law_of_questions
from .results import CheckResult, NoProgress, Plan, Progress, Report, Verdict
from .verdicts import Judge, one_of_each_rule, still_wrong, with_answers

__all__ = ["Options", "UsageError", "plan_of", "run_checks"]

_MOST_LATE = 2
"""Calls that may take too long, each; who needs longer is as good as not there."""


def run_checks(target: Target, options: Options | None = None, *, progress: Progress | None = None, **changes: Any) -> Report:
    """Runs the contract against a target. `changes` are fields of Options.

    Raises UsageError, TargetUnreachable and TargetRefusesKeys; a broken rule is never an exception, but stands in the report.
    """
    options = replace(options or Options(), **changes)
    return Run(target, options, progress or NoProgress()).report()


def plan_of(target: Target, options: Options) -> Plan:
    """The plan that a run would have. Sends no API call. Raises UsageError."""
    session = open_session(target, options)
    return make_plan(session, options, choose(options)[0])


class Run:
    """The state of one run."""

    def __init__(self, target: Target, options: Options, progress: Progress) -> None:
        self._options, self._progress, self._target = options, progress, target
        self._checks, self._chosen = choose(options)
        self._passive = tuple(check for check in self._checks if check.scope in PASSIVE)
        target.budget, target.calls = options.budget, 0
        target.on_call, target.on_wait = progress.called, progress.waiting
        self._session = open_session(target, options)
        self._stopped: str | None = None
        self._results: list[CheckResult] = []
        self._adopted: dict[str, str | int] = {}
        self._late = 0
        self.was_interrupted = False

    def report(self) -> Report:
        """Runs everything that was planned."""
        started, clock = datetime.now(UTC), self._target.clock
        began = clock()
        notes = probe(self._session)
        plan = make_plan(self._session, self._options, self._checks, notes)
        self._judge = Judge(
            plan=plan,
            profile=self._options.profile,
            in_process=self._target.in_process,
            arguments=arguments(self._options, plan),
            chosen=self._chosen,
        )
        self._progress.planned(plan)
        self._left_out(plan)
        try:
            self._run_all({planned.name for planned in plan.checks})
        except KeyboardInterrupt:
            self._interrupted(plan)
        finally:
            self._target.put_clock_back()
        return self._finished(plan, started, clock() - began)

    def _run_all(self, names: set[str]) -> None:
        for check in self._checks:
            if check.name in names and check.scope not in PASSIVE:
                self._run(check)
        changed = False
        if not self._stopped and self._passive:
            try:
                explore(self._session, self._chosen)
                shrink(self._session, self._passive)
                changed = changed_meanwhile(self._session)
            except (BudgetSpent, LimitPersists) as why:
                self._session.facts.append(str(why))
            except NoAnswer as error:
                raise TargetUnreachable(f"the target stopped answering: {error}") from None
        self._judge_passive(names, changed)

    def _interrupted(self, plan: Plan) -> None:
        """What was not finished is not run; what was is told."""
        self.was_interrupted = True
        done = {result.name for result in self._results}
        for planned in plan.checks:
            if planned.name not in done:
                check = registry()[planned.name]
                self._finish(self._judge.result(check, (), calls=0, otherwise=Verdict.NOT_RUN, reason="the run was interrupted"))

    def _finished(self, plan: Plan, started: datetime, seconds: float) -> Report:
        order = list(registry())
        checks = tuple(sorted(self._results, key=lambda result: order.index(result.name)))
        traffic = self._session.memory.under(self._session.profile)
        rules = tuple(
            self._judge.rule_result(rule, checks, unexercised=lambda name: why_not_exercised(name, traffic)) for rule in ledger().values()
        )
        notes = tuple(
            f"The target answers {question} with {answer!r}; the rest is judged as if the profile said so."
            for question, answer in self._adopted.items()
        )
        report = Report(
            target=plan.target,
            profile=plan.profile,
            seed=plan.seed,
            started=started,
            seconds=seconds,
            calls=self._target.calls,
            plan=replace(plan, notes=(*plan.notes, *notes)),
            checks=checks,
            rules=rules,
            interrupted=self.was_interrupted,
        )
        self._progress.finished(report)
        return report

    def _left_out(self, plan: Plan) -> None:
        for left in plan.left_out:
            check = registry()[left.name]
            self._finish(self._judge.result(check, (), calls=0, otherwise=left.verdict, reason=left.reason))

    def _finish(self, result: CheckResult) -> None:
        self._results.append(result)
        self._progress.check_finished(result)

    def _run(self, check: Check) -> None:
        """One check that sends calls of its own."""
        if self._stopped:
            self._finish(self._judge.result(check, (), calls=0, otherwise=Verdict.NOT_RUN, reason=self._stopped))
            return
        self._progress.check_started(check.name)
        before, facts = self._target.calls, len(self._session.facts)
        self._session.sent.clear()
        violations, verdict, reason = self._violations(check)
        fits = {violation.fits for violation in violations if violation.fits}
        if fits and not self._stopped:
            violations = self._under_other_answers(check, violations, dict(fits))
        calls, measured = self._target.calls - before, self._session.facts[facts:]
        self._finish(self._judge.result(check, one_of_each_rule(violations), calls=calls, facts=measured, otherwise=verdict, reason=reason))

    def _violations(self, check: Check) -> tuple[list[Violation], Verdict, str | None]:
        """What a check sees, and the verdict with its reason where it sees nothing."""
        violations: list[Violation] = []
        verdict, reason = Verdict.PASSED, None
        try:
            self._session.allowance, self._session.during = None, check.name
            for violation in law_of_questions(check, self._session) if check.scope is Scope.QUESTIONS else check.run(self._session):
                violations.append(violation)
        except NotApplicable as why:
            verdict, reason = Verdict.NOT_APPLICABLE, str(why)
        except BudgetSpent as why:
            verdict, reason = Verdict.NOT_RUN, str(why)
        except LimitPersists as why:
            verdict, reason, self._stopped = Verdict.NOT_RUN, str(why), str(why)
            self._limit_persists(str(why))
        except (Refused, NoAnswer) as why:
            violations.append(self._unanswered(check, why))
        finally:
            self._session.allowance, self._session.during = None, ""
        return violations, verdict, reason

    def _under_other_answers(self, check: Check, violations: list[Violation], answers: dict[str, str | int]) -> list[Violation]:
        """The violations, looked at once more as if the profile had the answers that would fit.

        Where they really fit, the rest of the run goes by them; where the check still fails, the target follows neither answer.
        """
        before, new = self._session.profile, {question: answer for question, answer in answers.items() if question not in self._adopted}
        self._session.profile = with_answers(before, new)
        self._session.repeats = True
        again, _, _ = self._violations(check) if new else (violations, None, None)
        self._session.repeats = False
        wrong = {violation.fits[0] for violation in again if violation.fits} | {
            question for question in answers if any(ledger()[violation.rule].question == question for violation in again)
        }
        fitting = {question: answer for question, answer in new.items() if question not in wrong}
        self._session.profile = with_answers(before, fitting)
        self._adopted |= fitting
        return [violation if violation.fits and violation.fits[0] in fitting else replace(violation, fits=None) for violation in violations]

    def _unanswered(self, check: Check, why: Refused | NoAnswer) -> Violation:
        """A lawful question was refused, or the connection was dropped: the check's first rule is broken, if the target lives."""
        title = "A lawful request got no answer"
        if isinstance(why, Refused):
            received = f"status {why.exchange.received.status}: {shorten(why.exchange.received.text())}"
            return Violation(rule=check.rules[0], title=title, received=received, exchanges=(why.exchange,))
        self._late += why.is_late
        if self._late >= _MOST_LATE:
            raise TargetUnreachable(f"the target took too long {self._late} times: {why}")
        try:
            self._target.send(self._target.ordinary(self._session.base.body()))
        except NoAnswer as error:
            raise TargetUnreachable(f"the target stopped answering: {error}") from None
        request = f" to {why.sent.summary()}" if why.sent else ""
        is_documented = ledger()[check.rules[0]].grade is Grade.DOCUMENTED
        rule = check.rules[0] if is_documented or "error.no-failure" not in self._chosen else "error.no-failure"
        return Violation(rule=rule, title=title, received=f"no reply{request}: {why}")

    def _limit_persists(self, why: str) -> None:
        """The throttle kept to the rate, and the target refuses on and on: its limit does not open again."""
        if "limit.reopens" not in self._chosen:
            raise TargetUnreachable(f"{self._target.base_url} answers no more calls: {why}")
        check = registry()[CHECK_OF_LIMIT]
        self._results = [result for result in self._results if result.name != check.name]
        exchanges = [exchange for exchange in self._target.exchanges if is_limit(exchange.received)][-1:]
        title = "The limit does not open again"
        violation = Violation(rule="limit.reopens", title=title, received=why, exchanges=tuple(exchanges))
        self._finish(self._judge.result(check, [violation], calls=0, otherwise=Verdict.PASSED, reason=None))

    def _judge_passive(self, names: set[str], changed: bool) -> None:
        """Shows everything that was answered to the checks that send nothing, under the answers that the target gives."""
        session = self._session
        checks = [check for check in self._passive if check.name in names]
        looked = look(checks, session.memory.under(session.profile))
        kept: dict[str, list[Violation]] = {check.name: [] for check in checks}
        tried: set[str] = set()
        # What is wrong under one answer may hide that another question is answered otherwise, too.
        while fits := {question: answer for question, answer in _fits(looked).items() if question not in tried | self._adopted.keys()}:
            tried |= fits.keys()
            other = look(checks, session.memory.under(with_answers(session.profile, fits)))
            fitting = {question: answer for question, answer in fits.items() if not still_wrong(question, other)}
            for name, violations in kept.items():
                violations += [each for each in looked[name].violations() if each.fits and each.fits[0] in fitting]
            self._adopted |= fitting
            session.profile = with_answers(session.profile, fitting)
            looked = other if fitting == fits else look(checks, session.memory.under(session.profile))
        for check in checks:
            rest = [replace(violation, fits=None) for violation in looked[check.name].violations()]
            violations = [*kept[check.name], *rest]
            self._finish(self._passive_result(check, looked[check.name], violations, session.memory.under(session.profile), changed))

    def _passive_result(self, check: Check, looked: Looked, violations: list[Violation], traffic: Traffic, changed: bool) -> CheckResult:
        if check.scope is Scope.TRAFFIC and changed and violations:
            reason = "the target's calendar changed while the run went on; run it again"
            return self._judge.result(check, (), calls=0, otherwise=Verdict.NOT_RUN, reason=reason)
        why_none = "no answer was seen" if check.scope is Scope.TRAFFIC else "no reply was seen"
        return self._judge.passive_result(check, looked, violations, traffic, self._stopped or f"{why_none} that it could look at")


def _fits(looked: Mapping[str, Looked]) -> dict[str, str | int]:
    """Other answers of the profile under which what was seen would be right."""
    return dict(violation.fits for each in looked.values() for violation in each.violations() if violation.fits)


def probe(session: Session) -> tuple[str, ...]:
    """The first call, the vendor page's sample: whether the target answers and takes the keys, and where.

    What the caller should know, as sentences. Raises TargetUnreachable and TargetRefusesKeys.
    """
    target, question = session.target, sample_question(session)
    try:
        exchange = target.send(target.ordinary(question.body()))
        notes: tuple[str, ...] = ()
        if is_refusal_of_keys(exchange.received):
            target.keys_in_query = True
            exchange = target.send(target.ordinary(question.body()))
            notes = ("The target refuses the keys in the headers; they are sent in the query.",)
    except NoAnswer as error:
        raise TargetUnreachable(f"{target.base_url} does not answer: {error}") from None
    except LimitPersists as why:
        raise TargetUnreachable(f"{target.base_url} answers no call: {why}") from None
    if is_refusal_of_keys(exchange.received):
        raise TargetRefusesKeys(f"{target.base_url} refuses the keys, in the headers and in the query")
    session.first_exchange = exchange
    session.remember(exchange, question)
    return notes
