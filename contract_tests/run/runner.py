"""One run: probe, plan, then every check in turn, and one report at the end. Nothing is printed here."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from leadsquared_slots.contract_tests.checks.registry import Check, NotApplicable, Scope, Violation, registry
from leadsquared_slots.contract_tests.checks.session import AllowanceSpent, PassiveChecks, Refused, Session
from leadsquared_slots.contract_tests.strategies.search import smallest_failing
from leadsquared_slots.contract_tests.wire.exchange import shorten
from leadsquared_slots.contract_tests.wire.question import Question
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

from .planning import CHECK_OF_LIMIT, Options, UsageError, arguments, choose, make_plan, open_session
from .properties import law_of_questions, questions
from .results import CheckResult, NoProgress, Plan, Progress, Report, Verdict
from .verdicts import Judge, smallest

__all__ = ["Options", "UsageError", "plan_of", "run_checks"]

_PASSIVE = (Scope.REPLY, Scope.ANSWER, Scope.REFUSAL)
_CALLS_TO_SHRINK_AN_ANSWER = 8


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
        target.budget, target.calls = options.budget, 0
        target.on_call, target.on_wait = progress.called, progress.waiting
        self._session = open_session(target, options)
        self._session.eyes = self._eyes()
        self._stopped: str | None = None
        self._results: list[CheckResult] = []

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
        finally:
            self._target.put_clock_back()
        return self._finished(plan, started, clock() - began)

    def _run_all(self, names: set[str]) -> None:
        for check in self._checks:
            if check.name in names and check.scope not in _PASSIVE:
                self._run(check)
        self._explore()
        for check in self._checks:
            if check.name in names and check.scope in _PASSIVE:
                self._finish(self._riding(check))

    def _finished(self, plan: Plan, started: datetime, seconds: float) -> Report:
        order = list(registry())
        checks = tuple(sorted(self._results, key=lambda result: order.index(result.name)))
        report = Report(
            target=plan.target,
            profile=plan.profile,
            seed=plan.seed,
            started=started,
            seconds=seconds,
            calls=self._target.calls,
            plan=plan,
            checks=checks,
            rules=tuple(self._judge.rule_result(rule, checks) for rule in ledger().values()),
        )
        self._progress.finished(report)
        return report

    def _eyes(self) -> PassiveChecks:
        def of(scope: Scope) -> tuple[Check, ...]:
            return tuple(check for check in self._checks if check.scope is scope)

        return PassiveChecks(on_reply=of(Scope.REPLY), on_answer=of(Scope.ANSWER), on_refusal=of(Scope.REFUSAL))

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
        violations: list[Violation] = []
        verdict, reason = Verdict.PASSED, None
        try:
            self._session.allowance, self._session.eyes.during = None, check.name
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
            self._session.allowance, self._session.eyes.during = None, ""
        calls, measured = self._target.calls - before, self._session.facts[facts:]
        self._finish(self._judge.result(check, smallest(violations), calls=calls, facts=measured, otherwise=verdict, reason=reason))

    def _unanswered(self, check: Check, why: Refused | NoAnswer) -> Violation:
        """A lawful question was refused, or the connection was dropped: the check's first rule is broken, if the target lives."""
        title = "A lawful request got no answer"
        if isinstance(why, Refused):
            received = f"status {why.exchange.received.status}: {shorten(why.exchange.received.text())}"
            return Violation(rule=check.rules[0], title=title, received=received, exchanges=(why.exchange,))
        try:
            self._target.send(self._target.ordinary(self._session.base.body()))
        except NoAnswer as error:
            raise TargetUnreachable(f"the target stopped answering: {error}") from None
        request = f" to {why.sent.summary()}" if why.sent else ""
        return Violation(rule=check.rules[0], title=title, received=f"no reply{request}: {why}")

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

    def _explore(self) -> None:
        """Asks a few questions for the checks that look at every answer, then shrinks what they saw."""
        if self._stopped or not (self._session.eyes.on_answer or self._session.eyes.on_reply):
            return
        session = self._session
        broad = session.broad()
        both = (broad, session.lawful(broad.with_(include_allowed_conflicts=True)), session.lawful(broad.with_(page=(1, 1))))
        try:
            for question in both:
                _asked(session, question)
            session.allowance = session.examples
            smallest_failing(questions(session), lambda question: _asked(session, question), seed=session.seed, examples=session.examples)
            self._shrink_sightings()
        except (BudgetSpent, LimitPersists):
            return
        except NoAnswer as error:
            raise TargetUnreachable(f"the target stopped answering: {error}") from None
        finally:
            session.allowance = None

    def _shrink_sightings(self) -> None:
        session = self._session
        for check in session.eyes.on_answer:
            for rule, observation in list(session.eyes.seen.get(check.name, {}).items()):
                question = observation.question
                if question is None or question.size <= (1, 1, 10**6) or not set(question.users) <= set(session.users):
                    continue
                session.allowance = _CALLS_TO_SHRINK_AN_ANSWER

                def fails(smaller: Question, check: Check = check, rule: str = rule) -> list[Violation]:
                    answer = _answer(session, smaller)
                    return [violation for violation in check.run(answer) if violation.rule == rule] if answer else []

                # The eyes look at every answer that is asked for here, and keep the smallest that fails.
                smallest_failing(questions(session), fails, seed=session.seed, examples=_CALLS_TO_SHRINK_AN_ANSWER)

    def _riding(self, check: Check) -> CheckResult:
        eyes = self._session.eyes
        violations = [observation.violation for observation in eyes.seen.get(check.name, {}).values()]
        verdict, reason = Verdict.PASSED, None
        if not eyes.looked.get(check.name):
            why = eyes.not_applicable.get(check.name)
            verdict = Verdict.NOT_APPLICABLE if why else Verdict.NOT_RUN
            reason = why or self._stopped or "no reply was seen that it could look at"
        return self._judge.result(check, violations, calls=0, otherwise=verdict, reason=reason)


def probe(session: Session) -> tuple[str, ...]:
    """The first call: whether the target answers and takes the keys, and where. What the caller should know, as sentences.

    Raises TargetUnreachable and TargetRefusesKeys.
    """
    target = session.target
    try:
        if not is_refusal_of_keys(target.send(target.ordinary(session.base.body())).received):
            return ()
        target.keys_in_query = True
        exchange = target.send(target.ordinary(session.base.body()))
    except NoAnswer as error:
        raise TargetUnreachable(f"{target.base_url} does not answer: {error}") from None
    except LimitPersists as why:
        raise TargetUnreachable(f"{target.base_url} answers no call: {why}") from None
    if is_refusal_of_keys(exchange.received):
        raise TargetRefusesKeys(f"{target.base_url} refuses the keys, in the headers and in the query")
    return ("The target refuses the keys in the headers; they are sent in the query.",)


def _answer(session: Session, question: Question) -> Any:
    try:
        return session.ask(question)
    except (Refused, AllowanceSpent):
        return None


def _asked(session: Session, question: Question) -> list[Violation]:
    _answer(session, question)
    return []
