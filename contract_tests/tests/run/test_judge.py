"""Judging a recording: the same verdicts as online, whatever the form of the recording; and what exchanges show together."""

import ast
import base64
import json
import random
import re
import resource
import subprocess
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from leadsquared_slots.contract_tests.checks.registry import Scope, registry
from leadsquared_slots.contract_tests.cli.main import main
from leadsquared_slots.contract_tests.live.calibration import calibrate_recordings
from leadsquared_slots.contract_tests.mutants import mutants
from leadsquared_slots.contract_tests.run.judge import JudgeOptions, NothingRecorded, judge_recordings, not_shown
from leadsquared_slots.contract_tests.run.results import CheckResult, Report, Verdict
from leadsquared_slots.contract_tests.traffic.cassettes import read_any
from leadsquared_slots.contract_tests.wire.target import TargetRefusesKeys, TargetUnreachable
from leadsquared_slots.mock_server import Profile
from leadsquared_slots.mock_server.contract.validation import problems
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED
from leadsquared_slots.mock_server.recording.har import har_entry_text, har_head
from leadsquared_slots.mock_server.recording.recorded import Recorded, Recorder
from leadsquared_slots.mock_server.tests.support.recordings import emulator, question, record

from ..support.commands import installed
from ..support.live_account import FIRST, USERS, as_yaml, cassette, checked, recorded, written

pytestmark = pytest.mark.whole

PASSIVE = [check.name for check in registry().values() if check.scope in (Scope.REPLY, Scope.ANSWER, Scope.REFUSAL)]


def judged(exchanges: Iterable[Recorded], profile: Profile = DOCUMENTED, **options: Any) -> Report:
    """The strictest report about recorded exchanges."""
    kept = list(exchanges)
    return judge_recordings(lambda: kept, JudgeOptions(profile=profile, strict=True, users=USERS, **options))


def verdicts(report: Report) -> dict[str, tuple[Verdict, list[str]]]:
    """The verdict of each check that looks at every reply, with the rules that it saw broken."""
    return {result.name: (result.verdict, broken(result)) for result in report.checks if result.name in PASSIVE}


def broken(result: CheckResult) -> list[str]:
    """The rules that a check saw broken."""
    return sorted({failure.rule for failure in result.failures})


def assert_equal_verdicts(name: str | None, folder: Path, **options: Any) -> None:
    """The judge's verdicts on a HAR file are the online ones, and so are those on a cassette of vcrpy."""
    try:
        profile, online, exchanges = checked(name, **options)
    except (TargetRefusesKeys, TargetUnreachable):
        return  # caught before the checks, which is no matter of a recording
    kept, profile = recorded(exchanges), profile.with_answers(found_by_calls(online))
    files = [written(kept, folder / "run.har"), *([as_json_cassette(kept, folder / "run.json")] if name in VCRPY else [])]
    for path in files:
        for check, (verdict, rules) in verdicts(judged(read_any(path), profile)).items():
            expected, seen = verdicts(online)[check]
            assert verdict is expected, (name, check)
            # The judge knows of each request what it asks; a check that sends one does not always say so.
            assert set(rules) >= set(seen), (name, check)


def found_by_calls(online: Report) -> dict[str, Any]:
    """The answers to open questions that a run found by calls of its own; a recording is judged by them as by a profile."""
    own = {failure.fits.partition(" =")[0] for result in online.checks if result.name in PASSIVE for failure in result.failures}
    notes = (re.match(r"The target answers (\S+) with (.+?); the rest", note) for note in online.plan.notes)
    return {note[1]: ast.literal_eval(note[2]) for note in notes if note and note[1] not in own}


def as_json_cassette(exchanges: list[Recorded], path: Path) -> Path:
    """The exchanges in a cassette of vcrpy whose serializer is JSON, which keeps bodies as text; those that are none, as base64."""
    document = cassette(exchanges)
    for interaction in document["interactions"]:
        interaction["request"]["body"] = _as_json(interaction["request"]["body"] or b"")["string"] or None
        interaction["response"]["body"] = _as_json(interaction["response"]["body"]["string"])
    path.write_text(json.dumps(document), "utf-8")
    return path


def _as_json(body: bytes) -> dict[str, Any]:
    try:
        return {"string": body.decode()}
    except UnicodeDecodeError:
        return {"string": {"base64_string": base64.b64encode(body).decode()}, "base64_string": base64.b64encode(body).decode()}


OTHERWISE = frozenset({"junk-empty", "no-users-no-records"})
"""They also fail checks of answers by requests that are lawful for the check which sends them alone: an address outside of ASCII, and
attributes in small letters, which the profile refuses. A recording does not tell that they were meant so."""


def a_tenth() -> list[str]:
    """A tenth of the mutants, drawn from the commit."""
    commit = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    names = sorted(mutants().keys() - OTHERWISE)
    return random.Random(commit or "0").sample(names, len(names) // 10)


def test_the_emulator_is_judged_as_online(tmp_path: Path) -> None:
    """No rule is broken, and every check that looks at replies says the same."""
    assert_equal_verdicts(None, tmp_path, examples=1)


TENTH = a_tenth()
VCRPY = TENTH[::5]


@pytest.mark.breadth
@pytest.mark.parametrize("name", TENTH)
def test_a_tenth_of_the_mutants_is_judged_as_online(name: str, tmp_path: Path) -> None:
    """Another tenth with every commit; of each fifth of them a cassette of vcrpy as well."""
    assert_equal_verdicts(name, tmp_path, examples=1, users=USERS[::2], last=FIRST + timedelta(days=7))


@pytest.mark.slow
@pytest.mark.parametrize("part", range(10))
def test_every_mutant_is_judged_as_online(part: int, tmp_path: Path) -> None:
    """All of them, with more users and dates; in parts, which run side by side."""
    for name in sorted(mutants().keys() - OTHERWISE)[part::10]:
        assert_equal_verdicts(name, tmp_path, examples=1)


@pytest.mark.breadth
def test_a_cassette_of_vcrpy_is_judged_alike(tmp_path: Path) -> None:
    """YAML and JSON, with the same verdicts as HAR; only times are not in it."""
    profile, online, exchanges = checked("dates-descend", examples=1)
    kept = recorded(exchanges)
    as_text = tmp_path / "cassette.yaml"
    as_text.write_text(as_yaml(cassette(kept)), "utf-8")
    as_json = as_json_cassette(kept, tmp_path / "cassette.json")
    for path in (as_text, as_json):
        assert verdicts(judged(read_any(path), profile)) == verdicts(online)


def test_what_exchanges_show_together() -> None:
    """Relations are looked at where the exchanges happen to be there; nothing is said of what is not."""
    report = judged(recorded(checked(examples=1)[2]))
    by_name = {result.name: result for result in report.checks}
    for name in ("answers-agree", "flags-agree", "counts-agree", "pages-are-the-whole", "limit-of-calls"):
        assert by_name[name].verdict is Verdict.PASSED
    rules = {result.rule.id: result.verdict for result in report.rules}
    for rule in ("answer.repeatable", "answer.wider-range", "answer.other-users", "answer.pages-join", "limit.status"):
        assert rules[rule] is Verdict.PASSED, rule
    assert rules["limit.reopens"] is rules["request.date-form"] is Verdict.NOT_RUN
    assert report.calls == 0
    assert report.exit_code() == 0


@pytest.mark.parametrize("name", ["limit-200"])
def test_a_refusal_for_the_limit_is_judged(name: str) -> None:
    """Its status is compared with the profile's."""
    report = judged(recorded(checked(name, only=("limit-of-calls",))[2]))
    assert "limit.status" in {failure.rule for failure in report.failures}


def test_a_booking_between_two_answers_is_no_broken_rule() -> None:
    """What changed and stayed changed may have been booked; what changed and came back was not."""
    one = recorded(checked(only=("endpoint-answers",))[2])[0]
    other = recorded(checked(only=("endpoint-answers",), seed=5)[2])[0]
    start, end = one.reply_body.index(b'"AvailableSlots"'), one.reply_body.index(b'"WorkDayTemplateTimeZone"')
    changed = Recorded(**{**_fields(one), "reply_body": one.reply_body[:start] + _times(other) + one.reply_body[end:]})
    assert changed.reply_body != one.reply_body
    assert not [failure for failure in judged([one, changed, changed]).failures if failure.rule.startswith("answer.")]
    assert "answer.repeatable" in {failure.rule for failure in judged([one, changed, one]).failures}


def _times(exchange: Recorded) -> bytes:
    body = exchange.reply_body
    return body[body.index(b'"AvailableSlots"') : body.index(b'"WorkDayTemplateTimeZone"')]


def _fields(exchange: Recorded) -> dict[str, Any]:
    return {name: getattr(exchange, name) for name in Recorded.__dataclass_fields__}


def test_what_was_not_shown_is_said_with_the_questions_that_would() -> None:
    """One answer shows little: three questions that add most are named, each with its rules."""
    report = judged(recorded(checked(only=("endpoint-answers",))[2])[:1])
    unseen, questions = not_shown(report)
    assert "answer.repeatable" in unseen
    assert len(questions) == 3
    assert all(set(rules) <= set(unseen) and rules for _, rules in questions)


def test_a_recording_without_a_call_to_judge_is_no_success() -> None:
    """Nothing that was looked at is no verdict."""
    with pytest.raises(NothingRecorded):
        judged([])


@pytest.mark.parametrize("name", [None, pytest.param("dates-descend", marks=pytest.mark.breadth)])
def test_pseudonyms_change_no_verdict(name: str | None) -> None:
    """Every check and every rule comes out as with the true addresses, and calibration finds the same answers."""
    profile, _, exchanges = checked(name, examples=1, users=USERS[::2], last=FIRST + timedelta(days=7))
    plain, false = recorded(exchanges), recorded(exchanges, Recorder(pseudonyms=True))
    reports = [judge_recordings(lambda kept=kept: kept, JudgeOptions(profile=profile, strict=True)) for kept in (plain, false)]  # type: ignore[misc]
    assert [(result.rule.id, result.verdict, result.reason) for result in reports[0].rules] == [
        (result.rule.id, result.verdict, result.reason) for result in reports[1].rules
    ]
    assert calibrate_recordings(plain).known == calibrate_recordings(false).known


def test_users_listed_by_address_are_so_under_pseudonyms() -> None:
    """Pseudonyms keep the alphabetical order of addresses, whichever was met first."""
    profile = DOCUMENTED.with_answers({"users-order": "address"})
    app, recorder = emulator(profile=profile), Recorder(pseudonyms=True)
    orders = (
        ["mid@example.com", "a@example.com"],
        ["z@example.com", "mid@example.com", "a@example.com"],
        ["a@example.com", "z@example.com"],
    )
    exchanges = [record(app, recorder, question(list(users), date(2026, 3, 2), date(2026, 3, 3))) for users in orders]
    assert judge_recordings(lambda: exchanges, JudgeOptions(profile=profile, strict=True)).failures == ()
    assert calibrate_recordings(exchanges).known["users-order"] == "address"


@pytest.mark.slow
def test_a_large_recording_is_judged_in_bounded_memory(tmp_path: Path) -> None:
    """100,000 exchanges, 300 MB: memory stays under a bound."""
    app, recorder = emulator(), Recorder()
    payloads = [question([f"user{n}@example.com"], date(2026, 3, 2), date(2026, 3, 4), flag=n % 2 == 1) for n in range(20)]
    texts = [har_entry_text(record(app, recorder, payload)) for payload in payloads]
    path = tmp_path / "large.har"
    with path.open("wb") as stream:
        stream.write(har_head())
        stream.write(texts[0])
        for number in range(1, 100_000):
            stream.write(b"," + texts[number % len(texts)])
        stream.write(b"]}}")
    assert 200 << 20 < path.stat().st_size < 600 << 20
    command = ["lsq-contract", "judge", str(path), "--quiet"]
    done = subprocess.run(installed(command), capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    assert peak < 400 << 20


def test_the_report_is_that_of_check(tmp_path: Path) -> None:
    """The JSON of the command fits the schema of reports; the exit code is the report's, and 2 where there is nothing to judge."""
    har = written(recorded(checked(examples=1)[2])[:20], tmp_path / "a.har")
    file = tmp_path / "report.json"
    done = CliRunner().invoke(main, ["judge", str(har), "--json", str(file), "--no-color"])
    document = json.loads(file.read_text("utf-8"))
    assert list(problems("report", document)) == []
    assert done.exit_code == document["exitCode"] == 0
    assert any("would show" in note for note in document["plan"]["notes"])
    assert "rules were not shown" in done.output
    empty = written([], tmp_path / "empty.har")
    assert CliRunner().invoke(main, ["judge", str(empty)]).exit_code == 2
    assert CliRunner().invoke(main, ["judge", str(tmp_path / "missing.har")]).exit_code == 2
