"""A report as a run gives it, made by hand: every verdict, every field, and text that is hard to print."""

from datetime import UTC, date, datetime

from leadsquared_slots.contract_tests.run.failures import ContractFailure
from leadsquared_slots.contract_tests.run.results import CheckResult, LeftOut, Plan, PlannedCheck, Report, RuleResult, Verdict
from leadsquared_slots.mock_server.contract.documents import ledger

VERDICTS = {
    "slots.sorted": Verdict.FAILED,
    "busy.sorted-by-end": Verdict.FINDING,
    "answer.shape": Verdict.PASSED,
    "limit.number": Verdict.NOT_RUN,
    "auth.key-form": Verdict.NOT_APPLICABLE,
}
REASONS = {"limit.number": "needs --allow-burst", "auth.key-form": "The form of a key is no behaviour of the server."}
CURL = 'curl -X POST \'http://127.0.0.1:1/v2\' -H "x-LSQ-AccessKey: $LSQ_ACCESS_KEY" -d \'{"FromDate": "2026-01-01"}\''


def failure(rule: str, *, received: str = "09:00:00-10:00:00 stands before 08:00:00-08:30:00") -> ContractFailure:
    """A failure of one rule."""
    return ContractFailure(
        rule=rule,
        check="slots_ascend",
        title="Slots <b>overlap</b> & do not ascend \x07",
        received=received,
        documented="slots in ascending order",
        request="POST /v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress",
        curl=CURL,
        replay="lsq-contract check http://127.0.0.1:1 --seed 7 --only slots.sorted",
        seed=7,
    )


def plan() -> Plan:
    """A plan with something left out."""
    return Plan(
        target="http://127.0.0.1:1",
        profile="documented",
        seed=7,
        users=("a@example.com", "b@example.com", "c@example.com", "d@example.com"),
        first=date(2026, 1, 1),
        last=date(2026, 1, 31),
        rate=(25, 5.0),
        budget=200,
        allow_burst=False,
        strict=False,
        checks=(PlannedCheck(name="slots_ascend", title="Slots ascend", calls=0),),
        left_out=(LeftOut(name="burst", title="The limit", verdict=Verdict.NOT_RUN, reason="needs --allow-burst"),),
        calls=120,
        seconds=24.0,
        notes=("Keys travel in headers.",),
    )


def report(*, received: str = "09:00:00-10:00:00 stands before 08:00:00-08:30:00") -> Report:
    """A report with every verdict."""
    failures = {rule: (failure(rule, received=received),) for rule in ("slots.sorted", "busy.sorted-by-end")}
    rules = tuple(
        RuleResult(
            rule=rule,
            grade=rule.grade,
            verdict=VERDICTS.get(name, Verdict.PASSED),
            reason=REASONS.get(name),
            checks=("slots_ascend",),
            failures=failures.get(name, ()),
        )
        for name, rule in ledger().items()
    )
    check = CheckResult(
        name="slots_ascend",
        title="Slots ascend",
        rules=("slots.sorted", "busy.sorted-by-end"),
        verdict=Verdict.FAILED,
        failures=failures["slots.sorted"] + failures["busy.sorted-by-end"],
        calls=3,
        facts=("25 calls pass in 5.0 s",),
    )
    started = datetime(2026, 1, 5, 9, 0, 0, tzinfo=UTC)
    return Report(
        target="http://127.0.0.1:1",
        profile="documented",
        seed=7,
        started=started,
        seconds=12.34,
        calls=118,
        plan=plan(),
        checks=(check,),
        rules=rules,
    )
