"""Servers of strangers in the live account's place: what they decided is found, and recordings of them become scenarios."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from leadsquared_slots.contract_tests.live.calibration import calibrate
from leadsquared_slots.contract_tests.run.judge import JudgeOptions, judge_recordings
from leadsquared_slots.contract_tests.wire.target import Target
from leadsquared_slots.mock_server import Scenario
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED
from leadsquared_slots.mock_server.recording.recorded import Recorder
from leadsquared_slots.mock_server.recording.scenario_document import scenario_of
from leadsquared_slots.mock_server.recording.toml_text import to_toml

from ..support.foreign_servers import ACCESS, CORRECT, SECRET, addresses, calendar, serving
from ..support.live_account import recorded

MONDAY = date(2026, 3, 2)
LAST = MONDAY + timedelta(days=20)
CHOICES = {
    "fastapi": {"unknown-address": "left-out", "address-case": "any", "absent-lists": "empty"},
    "stdlib": {"address-case": "exact", "duplicate-addresses": "repeated", "unknown-attributes": "refused"},
}
"""What the README of those servers says about each."""


@pytest.mark.whole
@pytest.mark.parametrize("team", CHOICES)
def test_what_strangers_decided_is_found(team: str, tmp_path: Path) -> None:
    """Its answers are found; judged by them, its recorded calls break no rule that fails; and they become a scenario."""
    document = calendar("team", MONDAY)
    file = tmp_path / "team.toml"
    file.write_text(document, "utf-8")
    with serving(team, (CORRECT,), file) as urls:
        target = Target(next(iter(urls.values())), access_key=ACCESS, secret_key=SECRET, rate=(1000, 1.0))
        found = calibrate(target, users=addresses(document)[:4], first=MONDAY, last=LAST)
        exchanges = recorded(target.exchanges, Recorder())
    assert {question: found.conclusions[question].answer for question in CHOICES[team]} == CHOICES[team]
    profile = DOCUMENTED.with_answers(found.known, name=team)
    report = judge_recordings(lambda: exchanges, JudgeOptions(profile=profile))
    assert [failure.rule for failure in report.failures if report.verdict_of(failure).value == "failed"] == []
    made = scenario_of(exchanges, title=team)
    listed = {user.address for user in Scenario.parse(to_toml(made.document, made.chosen)).users}
    assert listed == set(addresses(document)[:4])
