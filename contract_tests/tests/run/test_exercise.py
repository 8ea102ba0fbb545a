"""What a run exercises: every rule where the calendar allows it, no tick for what nothing could have broken, and in few calls."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from leadsquared_slots.contract_tests.run.planning import Options
from leadsquared_slots.contract_tests.run.results import Report, Verdict
from leadsquared_slots.contract_tests.run.runner import run_checks
from leadsquared_slots.contract_tests.wire.target import ManualClock, Target
from leadsquared_slots.mock_server import Scenario, Settings, create_app

from ..support import foreign_servers
from ..support.oracle_server import ACCESS, SECRET, oracle_app

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
    slots.flag-superset slots.fully-booked slots.gap slots.fold breaks.form breaks.kept busy.form busy.whatever-flag busy.utc busy.sorted
    busy.sorted-by-end busy.positive busy.on-date busy.on-absent-days reason.no-template
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
