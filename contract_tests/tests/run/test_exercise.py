"""What a run exercises: every rule where the calendar allows it, no tick for what nothing could have broken, and in few calls."""

import json
import tomllib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from leadsquared_slots.contract_tests.run.planning import Options
from leadsquared_slots.contract_tests.run.results import Report, Verdict
from leadsquared_slots.contract_tests.run.runner import run_checks
from leadsquared_slots.contract_tests.wire.target import ManualClock, Target
from leadsquared_slots.mock_server import Scenario, Settings, create_app
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED

from ..support import foreign_servers
from ..support.oracle_server import ACCESS, SECRET, App, oracle_app

pytestmark = pytest.mark.whole

MOST_CALLS = 165
MOST_SECONDS = 40
EVERY_RULE = Scenario.load("every-rule").document
OFFICE = tomllib.loads(
    """
    [[template]]
    name = "Office"
    zone = "Asia/Kolkata"
    shifts = { weekdays = ["09:00-18:00"] }
    [[user]]
    email = "zoo@office.example"
    zone = "Asia/Kolkata"
    template = "Office"
    """
)
"""One user without a break, a task or an absence, in a zone whose clocks never change."""
NEED_NO_CALENDAR = """
    answer.users-order answer.record-count answer.page-size answer.pages-join answer.wider-range answer.other-users request.flag-omitted
"""
NEED_A_CALENDAR = """
    slots.midnight slots.sorted slots.maximal slots.date slots.date-without-template slots.not-busy slots.flag-true slots.flag-false
    slots.flag-superset slots.fully-booked slots.gap slots.fold breaks.form breaks.kept breaks.listed busy.form busy.whatever-flag busy.utc
    busy.sorted busy.sorted-by-end busy.positive busy.on-date busy.on-absent-days reason.no-template
"""
NEED_A_KNOWN_CALENDAR = """
    slots.hole slots.seconds slots.two-shifts slots.over-midnight breaks.in-shifts busy.if-and-only-if busy.one-per-task
    reason.order reason.date reason.partial-leave
"""


def run(document: dict[str, Any], **options: Any) -> Report:
    """A run on a correct server that has this scenario, shares nothing with the emulator and has no admin interface."""
    clock = ManualClock()
    target = Target.wsgi(oracle_app(clock, document), access_key=ACCESS, secret_key=SECRET, clock=clock)
    return run_checks(target, Options(**options))


def verdicts(report: Report) -> dict[str, Verdict]:
    """The verdicts of the rules that can be seen."""
    return {result.rule.id: result.verdict for result in report.rules if result.rule.inside is None}


def not_exercised(report: Report) -> set[str]:
    """The rules that the run does not pass because nothing could have broken them."""
    return {rule for rule, verdict in verdicts(report).items() if verdict is Verdict.NOT_EXERCISED}


def test_with_a_scenario_made_for_it_every_rule_that_can_be_seen_is_exercised() -> None:
    """The scenario `every-rule`, on a server that is no emulator; the limit may be exhausted."""
    report = run(EVERY_RULE, scenario=EVERY_RULE, allow_burst=True)
    assert {rule for rule, verdict in verdicts(report).items() if verdict is not Verdict.PASSED} == set()
    assert all(result.reason for result in report.rules if result.rule.inside is not None), "what cannot be seen says why"


def test_a_rule_that_nothing_could_have_broken_is_not_passed() -> None:
    """One user who works in an office leaves most of the calendar's rules open, even where the calendar is known."""
    report = run(OFFICE, scenario=OFFICE)
    expected = {*NEED_NO_CALENDAR.split(), *NEED_A_CALENDAR.split(), *NEED_A_KNOWN_CALENDAR.split()} - {"answer.wider-range"}
    assert expected - not_exercised(report) == {"answer.other-users"}, "a user is asked for beside one whom nobody knows"
    assert not_exercised(report) - expected == set()


def test_who_follows_the_hints_exercises_the_rules() -> None:
    """Other users and dates do where that is the hint, and a scenario where it is."""
    both = {name: [*OFFICE.get(name, ()), *EVERY_RULE[name]] for name in ("template", "user", "task-type")}
    alone = run(both, users=("zoo@office.example",), first=date(2026, 3, 27), last=date(2026, 3, 27))
    reasons = {result.rule.id: str(result.reason) for result in alone.rules if result.verdict is Verdict.NOT_EXERCISED}
    assert {rule for rule, reason in reasons.items() if not ({"--user", "--from"} & set(reason.replace(";", " ").split()))} == set()
    followed = run(both, users=tuple(user["email"] for user in both["user"])[-8:], first=date(2026, 3, 26), last=date(2026, 4, 7))
    assert {rule for rule in reasons if verdicts(followed)[rule] is not Verdict.PASSED} == set()
    known = {result.rule.id: result.reason for result in followed.rules if result.verdict is Verdict.NOT_APPLICABLE}
    assert all("--scenario" in str(known[rule]) for rule in NEED_A_KNOWN_CALENDAR.split())


@contextmanager
def emulator(folder: Path) -> Iterator[tuple[Target, Options]]:
    """The emulator as it starts."""
    clock = ManualClock()
    yield Target.wsgi(create_app(Settings(), clock=clock), clock=clock), Options()


@contextmanager
def stranger(folder: Path) -> Iterator[tuple[Target, Options]]:
    """A stranger's correct server, which answers several open questions otherwise than the profile."""
    calendar = foreign_servers.calendar("everything", date.today())
    scenario = folder / "everything.toml"
    scenario.write_text(calendar, encoding="utf-8")
    with foreign_servers.serving("stdlib", [foreign_servers.CORRECT], scenario) as urls:
        keys = {"access_key": foreign_servers.ACCESS, "secret_key": foreign_servers.SECRET}
        target = Target(urls[foreign_servers.CORRECT], **keys, rate=(10_000, 0.1))
        yield target, Options(users=foreign_servers.addresses(calendar))


@pytest.mark.parametrize("server", [emulator, stranger])
def test_a_run_takes_few_calls(server: Any, tmp_path: Path) -> None:
    """At the default settings, so that it takes less than 40 s at 25 calls in 5 s."""
    with server(tmp_path) as (target, options):
        report = run_checks(target, options)
    assert report.calls <= MOST_CALLS
    assert report.exit_code() == 0
    assert (report.calls - 1) // 25 * 5 < MOST_SECONDS
    assert 0.8 * report.calls <= report.plan.calls <= 1.25 * report.calls, "the plan says about so many"


def test_what_names_a_fitting_answer_is_not_asked_again() -> None:
    """A check that is judged once more under that answer goes by the replies that it has."""
    clock = ManualClock()
    profile = DOCUMENTED.with_answers({"missing-attribute-type": "MXInvalidInputException"})
    target = Target.wsgi(create_app(Settings(profile=profile), clock=clock), clock=clock)
    report = run_checks(target, only=("missing-attributes",))
    (check,) = (check for check in report.checks if check.failures)
    assert check.failures[0].fits == 'missing-attribute-type = "MXInvalidInputException"'
    assert check.calls == 6


def changed(app: App, change: Callable[[dict[str, Any], dict[str, Any]], tuple[int, dict[str, Any]]]) -> App:
    """The server with other answers: what `change` makes of a request and its answer."""

    def other(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = BytesIO(body)
        said: list[Any] = []
        (answer,) = app(environ, lambda status, headers: said.extend((status, headers)))
        try:
            status, document = change(json.loads(body), json.loads(answer))
        except (TypeError, ValueError, RecursionError):
            status, document = int(said[0].split()[0]), json.loads(answer)
        start(f"{status} Said" if status else said[0], said[1])
        return [json.dumps(document).encode()]

    return other


def test_a_server_that_cuts_off_the_past_of_today_is_not_called_wrong() -> None:
    """The vendor does not say whether it does: such dates are not asked for, save where a scenario has them, and then they may differ."""
    today = str(datetime.now(UTC).date())
    office = {**OFFICE, "template": [{**OFFICE["template"][0], "shifts": {"every-day": ["00:00-24:00"]}}]}
    task = {"start": f"{today}T06:00:00Z", "end": f"{today}T06:30:00Z", "allow-conflicts": True}
    office["user"] = [{**OFFICE["user"][0], "tasks": [task]}]
    seconds = count(1)

    def cut(request: dict[str, Any], answer: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        for group in answer.get("List") or ():
            for entry in group["UserSlots"] if group["Date"] == today else ():
                entry["AvailableSlots"][0]["StartTime"] = f"00:0{next(seconds) // 60 % 10}:{next(seconds) % 60:02}"
        return 0, answer

    clock = ManualClock()
    target = Target.wsgi(changed(oracle_app(clock, office), cut), access_key=ACCESS, secret_key=SECRET, clock=clock)
    report = run_checks(target, Options(scenario=office))
    assert next(seconds) > 1, "it was asked for"
    assert [str(failure) for failure in report.failures] == []


def test_a_program_that_fails_is_not_taken_for_one_that_refuses_with_500() -> None:
    """All its failures are about the date that it fails over, and it is not judged as if the profile refused so."""

    def failing(request: dict[str, Any], answer: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if {"2027-02-30", "2025-02-29", "2026-13-01"} & {request["FromDate"], request["ToDate"]}:
            return 500, {"Status": "Error", "ExceptionType": "ValueError", "ExceptionMessage": "day is out of range for month"}
        return 0, answer

    clock = ManualClock()
    target = Target.wsgi(changed(oracle_app(clock, OFFICE), failing), access_key=ACCESS, secret_key=SECRET, clock=clock)
    report = run_checks(target, Options(users=("zoo@office.example",), only=("date-exists", "error.invalid-value-status")))
    assert report.plan.notes == ()
    assert {failure.check for failure in report.failures} == {"date-exists"}
    assert "status 400" in report.failures[0].documented
