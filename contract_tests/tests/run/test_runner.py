"""A run: what it sends and never sends, what it concludes, and that it says the same again."""

import gc
import json
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any
from weakref import ref

import pytest
from leadsquared_slots.contract_tests.checks import registry
from leadsquared_slots.contract_tests.checks.calendars.known_calendars import handmade
from leadsquared_slots.contract_tests.run.results import CheckResult, NoProgress, Plan, Report, Verdict
from leadsquared_slots.contract_tests.run.runner import Options, UsageError, plan_of, run_checks
from leadsquared_slots.contract_tests.wire.exchange import ENDPOINT
from leadsquared_slots.contract_tests.wire.target import ManualClock, Target, TargetRefusesKeys, TargetUnreachable
from leadsquared_slots.contract_tests.wire.transport import WsgiTransport
from leadsquared_slots.mock_server import Scenario, Settings, create_app
from leadsquared_slots.mock_server.contract.documents import ledger
from leadsquared_slots.mock_server.contract.ledger import Grade
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED, OBSERVED, Profile

from ..support.oracle_server import ACCESS, EMPTY_LIST, JSON, SECRET, App, always, oracle_app

pytestmark = pytest.mark.whole

USERS = ("two.shifts@kit.example", "tonga@kit.example", "no-template@kit.example", "nights@kit.example")
FIRST, LAST = date(2026, 3, 25), date(2026, 4, 7)
ASKED = Options(users=USERS, first=FIRST, last=LAST, strict=True, max_examples=2)


def target_of(app: App, clock: ManualClock | None = None, **settings: Any) -> Target:
    """A target around an application, with keys of the real form and a clock that nobody waits for."""
    return Target.wsgi(app, access_key=ACCESS, secret_key=SECRET, clock=clock or ManualClock(), **settings)


def run_emulator(profile: Profile = DOCUMENTED, **changes: Any) -> Report:
    """A run against the emulator under a profile."""
    clock = ManualClock()
    app = create_app(Settings(profile=profile), clock=clock)
    options = Options(profile=profile, first=FIRST, last=LAST, strict=True, max_examples=2)
    return run_checks(Target.wsgi(app, clock=clock), options, **changes)


def told(report: Report) -> list[str]:
    """The failures of a run in one line each."""
    return [f"{failure.check}: {failure.title} [{failure.rule}] {failure.received}" for failure in report.failures]


@pytest.mark.parametrize("profile", [DOCUMENTED, OBSERVED], ids=lambda profile: profile.name)
def test_the_emulator_honours_the_contract(profile: Profile) -> None:
    """Strictly, bursts included: every rule that can be seen is passed."""
    report = run_emulator(profile, allow_burst=True)
    assert told(report) == []
    assert report.exit_code() == 0
    assert [(r.rule.id, r.reason) for r in report.rules if r.verdict is not Verdict.PASSED and r.rule.inside is None] == []


def test_a_correct_server_that_shares_nothing_with_the_emulator_comes_through_clean() -> None:
    """The oracle behind a few lines of WSGI: the kit does not judge by the emulator's own ways."""
    clock = ManualClock()
    report = run_checks(target_of(oracle_app(clock), clock), ASKED, allow_burst=True, scenario=handmade())
    assert told(report) == []
    by_name = {check.name: check for check in report.checks}
    assert by_name["calendar-of-the-scenario"].verdict is Verdict.PASSED
    assert by_name["handmade-calendars"].verdict is Verdict.NOT_APPLICABLE


def test_an_empty_list_is_no_answer() -> None:
    """The server that answers everything with nothing fails for what it does not list, not only for what it accepts."""
    report = run_checks(target_of(EMPTY_LIST), ASKED, allow_burst=True, strict=False)
    failed = {rule.rule.id for rule in report.rules if rule.verdict is Verdict.FAILED}
    found = {rule.rule.id for rule in report.rules if rule.verdict is Verdict.FINDING}
    assert report.exit_code() == 1
    assert {"answer.users-listed", "auth.invalid-keys", "request.json", "request.range-101", "limit.exceeded"} <= failed
    assert {"answer.dates-complete", "request.date-order"} <= failed, "severe, though they are not documented"
    assert "request.address-form" in found
    verdicts = {rule.rule.id: rule.verdict for rule in report.rules}
    assert verdicts["slots.sorted"] is Verdict.NOT_RUN, "there was no slot to look at"
    listed = next(failure for failure in report.failures if failure.rule == "answer.users-listed")
    assert "not listed under any date; RecordCount 0" in listed.received
    assert "still listed under the date" in listed.documented


@pytest.mark.parametrize(
    "app",
    [
        always(200, JSON, b"null"),
        always(200, JSON, b"\xff"),
        always(200, "text/html", b"<html>"),
        always(500, JSON, b'{"Status":"Error"}'),
        always(404, "text/html", b"nothing here"),
        always(200, JSON, b'{"RecordCount":1,"List":[{"Date":"2026-03-25","UserSlots":[{}]},7,{"Date":1}]}'),
    ],
)
def test_no_server_breaks_the_kit(app: App) -> None:
    """Whatever is answered, the run ends with a verdict."""
    report = run_checks(target_of(app), ASKED, allow_burst=True)
    assert report.exit_code() == 1
    assert {check.name for check in report.checks} == set(registry())


def test_one_seed_sends_one_run() -> None:
    """The same seed sends the same calls and finds the same; another seed asks otherwise."""

    def sent(seed: int) -> list[bytes]:
        clock = ManualClock()
        target = target_of(oracle_app(clock), clock)
        run_checks(target, ASKED, seed=seed)
        return [exchange.sent.body for exchange in target.exchanges]

    assert sent(7) == sent(7)
    assert sent(7) != sent(8)


@pytest.mark.parametrize("budget", [1, 40, 100])
def test_no_more_is_sent_than_the_budget_allows(budget: int) -> None:
    """What does not fit is left out before the run, by name, and what was not run did not pass."""
    clock = ManualClock()
    target = target_of(oracle_app(clock), clock)
    report = run_checks(target, ASKED, budget=budget)
    assert target.calls <= budget
    assert report.calls == target.calls
    short = {left.name for left in report.plan.left_out if f"budget of {budget} calls" in left.reason}
    assert short
    assert {check.name for check in report.checks if check.verdict is Verdict.NOT_RUN} >= short
    assert report.plan.calls <= max(budget, 1 + 3 + ASKED.max_examples)


def test_a_burst_needs_permission() -> None:
    """Without it the checks of the limit are not run, and no window sees more than the rate."""
    clock, sent = ManualClock(), []
    inner = oracle_app(clock)

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith("/v2"):
            sent.append(clock())
        return inner(environ, start)

    report = run_checks(target_of(app, clock, rate=(10, 5.0)), ASKED)
    assert all(later - first >= 5 - 1e-6 for first, later in zip(sent, sent[10:], strict=False))
    assert {check.name: check.verdict for check in report.checks}["limit-of-calls"] is Verdict.NOT_RUN
    assert {rule.rule.id: rule.verdict for rule in report.rules}["limit.number"] is Verdict.NOT_RUN


def test_a_rule_that_is_not_documented_fails_only_a_strict_run() -> None:
    """Else it is a finding, and the exit code stays 0."""
    clock = ManualClock()
    inner = oracle_app(clock)

    def later_users_first(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        (body,) = inner(environ, start)
        answer = json.loads(body)
        for group in answer.get("List", ()):
            group["UserSlots"].reverse()
        return [json.dumps(answer).encode()]

    assert ledger()["answer.users-order"].grade is Grade.UNKNOWN
    for strict, verdict, code in ((False, Verdict.FINDING, 0), (True, Verdict.FAILED, 1)):
        target = target_of(later_users_first, clock)
        report = run_checks(target, ASKED, only=("answer.users-order",), strict=strict)
        assert {rule.rule.id: rule.verdict for rule in report.rules}["answer.users-order"] is verdict
        assert report.exit_code() == code


def test_what_fails_is_shrunk() -> None:
    """A server that is wrong on one date for one user: the failure shows a question about that date and that user alone."""
    clock = ManualClock()
    inner = oracle_app(clock)

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        (body,) = inner(environ, start)
        answer = json.loads(body)
        for group in answer.get("List") or ():
            for entry in group["UserSlots"]:
                if entry["EmailAddress"] == "tonga@kit.example":
                    entry["UserTimeZone"] = "Pacific/Atlantis"
        return [json.dumps(answer).encode()]

    report = run_checks(target_of(app, clock), ASKED, only=("answer.zones",))
    (failure,) = [failure for failure in report.failures if failure.check == "zones-exist"]
    asked = json.loads(failure.curl.rpartition("--data-binary ")[2].strip("'"))
    assert asked["FromDate"] == asked["ToDate"]
    assert len(asked["Users"]) <= 2
    assert "Pacific/Atlantis" in failure.received


def test_only_and_skip_take_rules_and_checks() -> None:
    """What is not chosen is not run, and says so."""
    clock = ManualClock()
    report = run_checks(target_of(oracle_app(clock), clock), ASKED, only=("request.range-101", "asked-twice"))
    assert {check.name for check in report.checks} == {"dates-101-days-apart", "asked-twice"}
    verdicts = {rule.rule.id: (rule.verdict, rule.reason) for rule in report.rules}
    assert verdicts["request.range-101"] == (Verdict.PASSED, None)
    assert verdicts["slots.sorted"] == (Verdict.NOT_RUN, "not chosen")
    report = run_checks(target_of(oracle_app(clock), clock), ASKED, skip=("asked-twice", "slots.sorted"))
    assert "asked-twice" not in {check.name for check in report.checks}
    assert {rule.rule.id: rule.verdict for rule in report.rules}["slots.sorted"] is Verdict.NOT_RUN


def test_one_rule_of_the_limit_alone_is_measured_all_the_same() -> None:
    """Its check needs the number of the limit, so the check that finds it runs too; what that sees is not asked for."""
    counting, other = DOCUMENTED, DOCUMENTED.with_answers({"invalid-requests": "do-not-count"})
    for profile, expected in ((counting, Verdict.PASSED), (other, Verdict.FAILED)):
        clock = ManualClock()
        target = Target.wsgi(create_app(Settings(profile=profile), clock=clock), clock=clock)
        asked = Options(profile=counting, first=FIRST, last=LAST, strict=True, only=("limit.invalid-requests",), allow_burst=True)
        verdicts = {rule.rule.id: rule.verdict for rule in run_checks(target, asked).rules}
        assert verdicts["limit.invalid-requests"] is expected
        assert verdicts["limit.status"] is Verdict.NOT_RUN


def test_an_unknown_rule_is_refused_with_the_nearest() -> None:
    """Before anything is sent."""
    target = target_of(EMPTY_LIST)
    with pytest.raises(UsageError, match=r"unknown rule or check 'slots.sort'; did you mean 'slots.sorted'"):
        run_checks(target, ASKED, only=("slots.sort",))
    assert target.calls == 0


def test_users_are_needed_unless_the_target_is_the_emulator() -> None:
    """Nobody else's addresses are guessed."""
    with pytest.raises(UsageError, match="--user ADDRESS"):
        run_checks(target_of(EMPTY_LIST))


def test_keys_that_are_refused_end_the_run() -> None:
    """At once: two calls, one for each place of the keys."""
    refusing = always(401, JSON, b'{"Status":"Error","ExceptionType":"MXInvalidUserDetailsException","ExceptionMessage":"no"}')
    target = target_of(refusing)
    with pytest.raises(TargetRefusesKeys, match="in the headers and in the query"):
        run_checks(target, ASKED)
    assert target.calls == 2


def test_keys_that_stop_being_good_end_the_run() -> None:
    """A 401 for what was accepted before is confirmed by one more call."""
    clock = ManualClock()
    inner, calls = oracle_app(clock), []

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        calls.append(environ["PATH_INFO"])
        if len(calls) > 60:
            environ["HTTP_X_LSQ_ACCESSKEY"] = "gone"
        return inner(environ, start)

    with pytest.raises(TargetRefusesKeys, match="accepted before"):
        run_checks(target_of(app, clock), ASKED)


def test_an_open_question_does_not_hide_another() -> None:
    """Four dates that are wrong under the profile are enough to look no further: the other answers are found all the same."""
    clock = ManualClock()
    busy = {"type": "Focus", "start": datetime(2026, 4, 2, 9, tzinfo=UTC), "end": datetime(2026, 4, 2, 10, tzinfo=UTC)}
    scenario = {
        "task-type": [{"name": "Focus", "allow-conflicts": True}],
        "template": [{"name": "Thursdays", "zone": "UTC", "shifts": {"thursday": ["08:00-12:00"]}}],
        "user": [{"email": user, "zone": "UTC", "template": "Thursdays", "tasks": [busy]} for user in USERS],
    }
    app = oracle_app(clock, scenario, absent_lists="empty", allowed_conflict="available")
    report = run_checks(target_of(app, clock), Options(users=USERS, first=FIRST, last=LAST, scenario=scenario))
    assert {failure.fits for failure in report.failures} >= {'absent-lists = "empty"', 'allowed-conflict = "available"'}
    assert report.exit_code() == 0, told(report)


def test_keys_that_are_taken_in_the_query_alone_are_a_failure_not_the_end() -> None:
    """The run goes on with the keys in the query, and says so."""
    clock = ManualClock()
    inner = oracle_app(clock)

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        headerless = {name: value for name, value in environ.items() if not name.startswith("HTTP_X_LSQ")}
        return inner(headerless, start)

    report = run_checks(target_of(app, clock), ASKED)
    failed = {failure.rule for failure in report.failures}
    assert "auth.headers" in failed
    assert not {rule for rule in failed if not rule.startswith("auth.")}
    assert "sent in the query" in report.plan.notes[0]


def test_keys_without_letters_have_no_other_letter_case() -> None:
    """They would be sent as they are, and to take them is right."""
    clock = ManualClock()
    app = create_app(Settings(access_key="1234567890", secret_key="0987654321"), clock=clock)
    target = Target.wsgi(app, access_key="1234567890", secret_key="0987654321", clock=clock)
    report = run_checks(target, only=("auth.key-case",), first=FIRST, last=LAST, strict=True)
    (check,) = report.checks
    assert (check.verdict, check.reason) == (
        Verdict.NOT_APPLICABLE,
        "the keys have no letters that could be written in another case",
    )


@pytest.mark.parametrize("alive", [0, 50])
def test_a_dead_server_is_unreachable(alive: int) -> None:
    """From the first call on, or from the middle of the run."""
    clock = ManualClock()
    inner, calls = oracle_app(clock), []

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        calls.append(1)
        if len(calls) > alive:
            raise ConnectionResetError
        return inner(environ, start)

    with pytest.raises(TargetUnreachable):
        run_checks(target_of(app, clock), ASKED)


def test_a_connection_that_is_dropped_over_one_request_is_a_broken_rule() -> None:
    """The server lives on; it just cannot take broken JSON."""
    clock = ManualClock()
    inner = oracle_app(clock)

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("CONTENT_LENGTH") in ("", "0", None) and environ["PATH_INFO"] == ENDPOINT and environ["REQUEST_METHOD"] == "POST":
            raise ConnectionResetError
        return inner(environ, start)

    report = run_checks(target_of(app, clock), ASKED)
    assert {failure.rule for failure in report.failures} == {"request.json"}
    assert "no reply" in report.failures[0].received


def test_a_limit_that_never_opens_again_is_a_broken_rule() -> None:
    """The kit keeps to the rate and waits a bounded number of times; what is left is not run."""
    clock = ManualClock()
    inner, passed = oracle_app(clock, limit=10**6), []

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        passed.append(1)
        if len(passed) > 25:
            start("429 Too Many", [("Content-Type", JSON)])
            return [b'{"Status":"Error","ExceptionType":"MXAPIRateLimitExceededException","ExceptionMessage":"wait"}']
        return inner(environ, start)

    report = run_checks(target_of(app, clock), ASKED)
    assert "limit.reopens" in {rule.rule.id for rule in report.rules if rule.verdict is Verdict.FAILED}
    assert sum(check.verdict is Verdict.NOT_RUN for check in report.checks) > 20


def test_an_answer_that_changes_by_chance_is_not_called_anything_else() -> None:
    """Only asking twice can say so: a law that fails once and then holds is no failure of that law."""
    clock, calls = ManualClock(), []
    inner = oracle_app(clock)

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        (body,) = inner(environ, start)
        calls.append(1)
        answer = json.loads(body)
        if len(calls) % 3 == 0:
            for group in answer.get("List") or ():
                for entry in group["UserSlots"]:
                    entry["AvailableSlots"] = entry["AvailableSlots"] and entry["AvailableSlots"][1:]
        return [json.dumps(answer).encode()]

    report = run_checks(target_of(app, clock), ASKED, max_examples=6)
    assert "answer.repeatable" in {failure.rule for failure in report.failures}


def test_progress_hears_everything() -> None:
    """The plan first, then each check once, the calls as they are sent, and the report last."""
    heard: list[str] = []

    class Listener(NoProgress):
        def planned(self, plan: Plan) -> None:
            heard.append("planned")

        def called(self, calls: int) -> None:
            heard.append(f"call {calls}")

        def check_finished(self, result: CheckResult) -> None:
            heard.append(result.name)

        def finished(self, report: Report) -> None:
            heard.append("finished")

    clock = ManualClock()
    report = run_checks(target_of(oracle_app(clock), clock), ASKED, progress=Listener())
    assert heard[:2] == ["call 1", "planned"], "nothing but the first probe is sent before the plan is told"
    assert heard[-1] == "finished"
    assert sorted(name for name in heard if name in registry()) == sorted(registry())
    assert f"call {report.calls}" in heard


def test_a_plan_sends_no_call_of_the_api() -> None:
    """What a run would cost can be asked for free, and the estimate is near."""
    clock = ManualClock()
    target = target_of(oracle_app(clock), clock)
    plan = plan_of(target, ASKED)
    assert target.calls == 0
    report = run_checks(target, ASKED)
    assert 0.6 * plan.calls <= report.calls <= 1.1 * plan.calls


def test_a_failure_has_a_line_to_replay_it() -> None:
    """The command, with the users and dates, without keys."""
    target = Target("http://host.example", access_key=ACCESS, secret_key=SECRET, transport=WsgiTransport(EMPTY_LIST, "http://host.example"))
    target.in_process, clock = False, ManualClock()
    target.throttle.clock, target.throttle.sleep, target.clock = clock, clock.sleep, clock
    report = run_checks(target, ASKED, only=("answer.users-listed",), strict=False)
    failure = report.failures[0]
    assert failure.replay.startswith("lsq-contract check http://host.example --only answer.users-listed --profile documented")
    assert "--max-examples 2 --seed 0 --from 2026-03-25 --to 2026-04-07 --user two.shifts@kit.example" in failure.replay
    assert ACCESS not in str(report)
    assert SECRET not in str(report)


def test_a_clock_that_stands_still_is_kept_going_and_put_back() -> None:
    """An emulator whose account lives at one instant is not stuck at its limit; the dates are those of its clock."""
    clock = ManualClock()
    app = create_app(Settings(scenario=Scenario.load("absences")), clock=clock)
    target = Target.wsgi(app, clock=clock)
    before = target.admin("GET", "/clock")
    report = run_checks(target, strict=True, max_examples=2)
    assert told(report) == []
    assert report.plan.first == date(2026, 3, 2)
    assert report.plan.users[0] == "holly@team.example"
    assert target.admin("GET", "/clock") == before


def test_a_run_leaves_nothing_behind() -> None:
    """Once report and target are gone, nothing keeps what the target sent: many runs in one process need no more memory than one."""
    clock = ManualClock()
    target = Target.wsgi(create_app(Settings(), clock=clock), clock=clock)
    gone = ref(target)
    run_checks(target, ASKED, only=("slots.flag-true",))
    del target
    gc.collect()
    assert gone() is None
