"""Drift is named, classified, and never made of data alone."""

import json
import random
import subprocess
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from leadsquared_slots.contract_tests.checks.registry import registry
from leadsquared_slots.contract_tests.cli.main import main
from leadsquared_slots.contract_tests.live.drift import Drift, Kind, drift_between
from leadsquared_slots.contract_tests.live.sides import Side, profile_shown, side_of_recording, side_of_report
from leadsquared_slots.contract_tests.mutants import mutants
from leadsquared_slots.contract_tests.mutants.matrix import judged
from leadsquared_slots.contract_tests.mutants.serving import correct_app, mutated_app
from leadsquared_slots.contract_tests.report.files import as_json
from leadsquared_slots.contract_tests.run.results import Report
from leadsquared_slots.contract_tests.wire.exchange import Exchange
from leadsquared_slots.contract_tests.wire.target import ManualClock, TargetRefusesKeys, TargetUnreachable
from leadsquared_slots.mock_server import Profile
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED
from leadsquared_slots.mock_server.recording.recorded import Recorded, Recorder
from leadsquared_slots.mock_server.tests.support.recordings import emulator, question, record

from ..support.live_account import FIRST, USERS, checked, recorded, written
from ..support.office import MONDAY, calendar, task
from ..support.office import USERS as WHO

pytestmark = pytest.mark.whole


@lru_cache(maxsize=8)
def report_of(name: str | None, only: tuple[str, ...] = (), seed: int = 0, answers: tuple[tuple[str, Any], ...] = ()) -> Report:
    """The strictest report about a mutant, or about the emulator, both under a profile with those answers."""
    clock, profile = ManualClock(), DOCUMENTED.with_answers(dict(answers))
    app = mutated_app(mutants()[name], profile, seed=seed, clock=clock) if name else correct_app(profile, seed=seed, clock=clock)
    return judged(app, profile, seed=seed, clock=clock, only=only)


def a_week(seed: int = 0) -> tuple[Profile, Report, list[Exchange]]:
    """What half of the users show in a week: enough to compare, and quickly asked."""
    return checked(examples=1, seed=seed, users=USERS[::2], last=FIRST + timedelta(days=7))


def side(report: Report, folder: Path, name: str) -> Side:
    """A report by way of its file."""
    path = folder / f"{name}.json"
    path.write_text(as_json(report), "utf-8")
    return side_of_report(path)


def recorded_side(exchanges: list[Recorded], before: list[Recorded] | None = None) -> Side:
    """A recording judged by the profile that the one before shows."""
    return side_of_recording(lambda: exchanges, "recording", profile_shown(lambda: before or exchanges))


def named(drift: Drift) -> set[str]:
    """What changed, but for data."""
    return {change.name for change in drift.changes if change.kind is not Kind.DATA}


def only_for(rules: tuple[str, ...]) -> tuple[str, ...]:
    """The checks that cite one of the rules, and a few that provoke the errors which some of those look at."""
    citing = (check.name for check in registry().values() if set(check.rules) & set(rules))
    return (*citing, "invalid-keys", "date-order", "unknown-path", "limit-of-calls")


def assert_named_by_its_rule(name: str, folder: Path) -> None:
    """The mutant as AFTER is drift, and one of its rules is named: by the checks of its rules, or where those do not tell by all."""
    mutant = mutants()[name]
    answers = tuple(mutant.judged.items())
    try:
        for checks in (only_for(mutant.rules), ()):
            sides = (side(report_of(each, checks, 0, answers), folder, str(number)) for number, each in enumerate((None, name)))
            drift = drift_between(*sides)
            if drift.exit_code() == 4 and named(drift) & set(mutant.rules):
                return
    except (TargetRefusesKeys, TargetUnreachable):
        return  # there is no report to compare
    raise AssertionError(f"{name}: {drift.exit_code()}, {named(drift)}")


COMMIT = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False).stdout.strip() or "0"
NAMES = random.Random(COMMIT).sample(sorted(mutants()), len(mutants()) // 3)


@pytest.mark.breadth
@pytest.mark.parametrize("name", NAMES[:3])
def test_a_mutant_is_named_by_its_rule(name: str, tmp_path: Path) -> None:
    """A few of them, others with every commit; the slow test has a third."""
    assert_named_by_its_rule(name, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(8))
def test_a_third_of_the_mutants_is_named_by_its_rule(part: int, tmp_path: Path) -> None:
    """Each of them as AFTER, the emulator as BEFORE; in parts, which run side by side."""
    for name in NAMES[part::8]:
        assert_named_by_its_rule(name, tmp_path)


def test_the_emulator_does_not_drift_from_itself(tmp_path: Path) -> None:
    """Neither between two reports nor between two recordings."""
    only = ("answer.dates-sorted", "limit.status", "request.date-form")
    assert drift_between(side(report_of(None, only), tmp_path, "a"), side(report_of(None, only), tmp_path, "b")).changes == ()
    exchanges = recorded(a_week()[2])
    assert drift_between(recorded_side(exchanges), recorded_side(exchanges)).changes == ()


@pytest.mark.parametrize("seed", [9, pytest.param(4, marks=pytest.mark.breadth)])
def test_another_seed_is_only_data(seed: int, tmp_path: Path) -> None:
    """Other calendars are no drift, neither in recordings nor in reports: exit code 0."""
    one, other = (recorded(a_week(seed=each)[2]) for each in (0, seed))
    drift = drift_between(recorded_side(one), recorded_side(other, one))
    assert {change.kind for change in drift.changes} == {Kind.DATA}
    assert drift.exit_code() == 0
    only = ("answer.dates-sorted", "slots.flag-superset", "busy.on-date", "breaks.kept")
    sides = [side(report_of(None, only, each), tmp_path, str(each)) for each in (0, seed)]
    assert (drift_between(*sides).changes, drift_between(*sides).exit_code()) == ((), 0)


@pytest.mark.parametrize("kind", [False, True])
def test_a_booked_slot_is_only_data(kind: bool) -> None:
    """One appointment more between two recordings, whether its type allows conflicts or not, and one less the other way."""
    one, other = (
        [record(emulator(document), Recorder(), asked(flag)) for flag in (False, True) for _ in range(2)]
        for document in (calendar([task(0, kind)]), calendar([task(0, kind), task(1, kind)]))
    )
    for before, after in ((one, other), (other, one)):
        drift = drift_between(recorded_side(before), recorded_side(after, before))
        assert [change.kind for change in drift.changes] == [Kind.DATA]
        assert "2 of 2 questions" in drift.changes[0].after or "1 of 2 questions" in drift.changes[0].after
        assert drift.exit_code() == 0
        assert drift.kept


def asked(flag: bool) -> dict[str, Any]:
    """Both users over three days."""
    return question(list(WHO), MONDAY, MONDAY + timedelta(days=2), flag)


def test_rules_seen_on_one_side_are_listed_and_are_no_drift(tmp_path: Path) -> None:
    """A report of fewer checks: what it did not look at stands under "not compared", and the rest is compared."""
    few = side(report_of(None, ("answer.dates-sorted",)), tmp_path, "few")
    more = side(report_of(None, ("answer.dates-sorted", "request.date-form")), tmp_path, "more")
    for drift in (drift_between(few, more), drift_between(more, few)):
        assert drift.exit_code() == 0
        assert "request.date-form" in drift.not_compared
        assert "answer.dates-sorted" in drift.kept


@pytest.mark.breadth
def test_another_answer_and_a_new_member_are_told_apart() -> None:
    """A profile answer changed, and a shape changed, each under its name."""
    before = recorded(a_week()[2])
    other = [_with(exchange, exchange.reply_body.replace(b'"List":[]', b'"List":null')) for exchange in before]
    drift = drift_between(recorded_side(before), recorded_side(other, before))
    assert (Kind.ANSWER, "empty-list") in {(change.kind, change.name) for change in drift.changes}
    more = [_with(exchange, exchange.reply_body.replace(b'{"RecordCount":', b'{"Total":1,"RecordCount":')) for exchange in before]
    drift = drift_between(recorded_side(before), recorded_side(more, before))
    assert (Kind.SHAPE, "answer.Total") in {(change.kind, change.name) for change in drift.changes}
    back = drift_between(recorded_side(more, before), recorded_side(before))
    assert (Kind.SHAPE, "answer.Total") in {(change.kind, change.name) for change in back.changes}


def _with(exchange: Recorded, reply: bytes) -> Recorded:
    return Recorded(**{**{name: getattr(exchange, name) for name in Recorded.__dataclass_fields__}, "reply_body": reply})


def drift(*words: str) -> Result:
    """The command."""
    return CliRunner().invoke(main, ["drift", *words])


def test_the_command_says_it_and_exits_with_4(tmp_path: Path) -> None:
    """0 without a change, 4 with drift, 2 where nothing can be compared or a file is none."""
    one = tmp_path / "one.json"
    one.write_text(as_json(report_of(None, ("answer.dates-sorted",))), "utf-8")
    other = tmp_path / "other.json"
    other.write_text(as_json(report_of("dates-descend", ("answer.dates-sorted",))), "utf-8")
    assert drift(str(one), str(one)).exit_code == 0
    result = drift(str(one), str(other), "--json", str(tmp_path / "drift.json"))
    assert result.exit_code == 4
    assert "contract broken          answer.dates-sorted" in result.output
    document: dict[str, Any] = json.loads((tmp_path / "drift.json").read_text("utf-8"))
    assert document["exitCode"] == 4
    assert document["changes"][0]["name"] == "answer.dates-sorted"
    har = written(recorded(a_week()[2])[:3], tmp_path / "a.har")
    assert drift(str(har), str(har)).exit_code == 0
    assert drift(str(one), str(har)).exit_code == 2
    assert drift(str(one), str(tmp_path / "missing.json")).exit_code == 2


def test_nothing_compared_is_no_success() -> None:
    """Two sides that looked at other rules cannot be compared."""
    assert drift_between(Side(source="a", rules={}), Side(source="b", rules={})).exit_code() == 2
