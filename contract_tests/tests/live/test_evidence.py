"""Evidence: what was seen about rules that nobody documents, and nothing of the account."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from leadsquared_slots.contract_tests.cli.main import main
from leadsquared_slots.contract_tests.live.evidence_file import evidence_text, impersonal
from leadsquared_slots.mock_server import MockServer
from leadsquared_slots.mock_server.tests.support.recordings import ACCESS, SECRET, leaks

from ..support.live_account import USERS, checked


@pytest.mark.whole
@pytest.mark.parametrize("name", [None, *(pytest.param(name, marks=pytest.mark.breadth) for name in ("dates-descend", "breaks-taken-out"))])
def test_nothing_of_the_account_is_in_it(name: str | None) -> None:
    """No address, id, date, time or zone of any answer, whatever is broken."""
    profile, report, exchanges = checked(name, examples=1)
    text = evidence_text(replace(report, target="https://api-in21.leadsquared.com"), exchanges, profile)
    entries = [entry for each in exchanges if b"UserSlots" in each.received.body for day in _days(each.received.body) for entry in day]
    assert entries
    for entry in entries:
        assert entry["EmailAddress"] not in text
        assert entry["UserId"] not in text
        assert entry["UserTimeZone"] not in text
        assert not [slot for slot in entry["AvailableSlots"] or () if slot["StartTime"] in text]
    assert not [user for user in USERS if user in text]
    document = json.loads(text)
    assert (document["region"], document["host"]) == ("in21", "api-in21.leadsquared.com")
    assert {rule["rule"] for rule in document["rules"] if rule["grade"] == "documented" and rule["held"]} == set()
    assert {rule["grade"] for rule in document["rules"] if rule["held"]} <= {"observed", "inferred", "unknown"}
    question = next(rule for rule in document["rules"] if rule["rule"] == "answer.users-order")
    assert (question["question"], question["answer"]) == ("users-order", "asked")


def _days(body: bytes) -> list[list[dict[str, object]]]:
    try:
        return [day["UserSlots"] for day in json.loads(body)["List"] or ()]
    except (ValueError, KeyError, TypeError):
        return []


@pytest.mark.whole
def test_another_host_is_not_named() -> None:
    """The name of a machine of one's own is nobody's business."""
    profile, report, exchanges = checked(examples=1)
    document = json.loads(evidence_text(replace(report, target="http://secret-project.internal:8255"), exchanges, profile))
    assert "internal" not in json.dumps(document)
    assert document["region"] is None


def test_what_is_masked() -> None:
    """Every kind of value once."""
    text = "Zoo.Keeper@lsqdev.in (477aec30-bfee-11e8-a43f-02742c1c8abe) on 2026-03-02 at 06:00:00 in Pacific/Tongatapu"
    assert impersonal(text) == "address (id) on yyyy-MM-dd at HH:mm:ss in Zone/Name"


def test_the_command_writes_it(tmp_path: Path) -> None:
    """Check --evidence FILE, beside the other files."""
    path = tmp_path / "evidence.json"
    with MockServer(access_key=ACCESS, secret_key=SECRET) as server:
        keys = ["--access-key", ACCESS, "--secret-key", SECRET]
        few = ["--only", "answer.users-order", "--only", "auth.half-keys", "--rate", "1000/1s"]
        words = ["check", server.base_url, *keys, *few, "--evidence", str(path)]
        done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    document = json.loads(path.read_text("utf-8"))
    assert "answer.users-order" in {rule["rule"] for rule in document["rules"]}
    assert leaks(path.read_bytes()) == []
