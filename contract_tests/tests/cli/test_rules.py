"""`lsq-contract rules`: by grade, and what changed since another version; and what a URL without a scheme is told."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from leadsquared_slots.contract_tests.cli.main import main


def told(*words: str) -> str:
    """What the command prints."""
    result = CliRunner().invoke(main, ["rules", *words])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def ledger() -> Any:
    """The ledger as the command prints it."""
    return json.loads(told("--json"))


@pytest.mark.parametrize("grade", ["documented", "observed", "inferred", "unknown"])
def test_a_grade_picks_its_rules(grade: str, ledger: Any) -> None:
    """All of them and no other."""
    picked = json.loads(told("--json", "--grade", grade))["rules"]
    assert picked == [rule for rule in ledger["rules"] if rule["grade"] == grade]
    assert picked


def test_a_diff_tells_what_is_new_gone_and_changed(ledger: Any, tmp_path: Path) -> None:
    """Rule by rule, with what stood there and what stands there."""
    rules = ledger["rules"]
    rules[0]["grade"] = "unknown"
    rules[1] |= {"id": "slots.of-old", "statement": "It is gone."}
    old = tmp_path / "old.json"
    old.write_text(json.dumps(ledger), "utf-8")
    now = json.loads(told("--json"))["rules"]
    text = told("--diff", str(old))
    assert f"new      {now[1]['id']}" in text
    assert "gone     slots.of-old\n    It is gone." in text
    assert f"changed  {now[0]['id']}\n    grade\n      before  unknown\n      now     {now[0]['grade']}" in text
    changes = json.loads(told("--diff", str(old), "--json"))["changes"]
    assert [change["change"] for change in changes] == ["changed", "new", "gone"]


def test_a_ledger_without_changes_says_so(ledger: Any, tmp_path: Path) -> None:
    """Not by printing nothing."""
    old = tmp_path / "old.json"
    old.write_text(json.dumps(ledger), "utf-8")
    assert told("--diff", str(old)) == "no rule is new, gone or changed\n"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"rules": [1]}', '{"rules": 1}', "[" * 100_000])
def test_a_file_that_is_no_ledger_is_refused(text: str, tmp_path: Path) -> None:
    """With what makes one."""
    old = tmp_path / "old.json"
    old.write_text(text, "utf-8")
    result = CliRunner().invoke(main, ["rules", "--diff", str(old)])
    assert result.exit_code == 2
    assert "rules --json" in result.output


def test_a_host_without_a_scheme_is_told_what_to_add() -> None:
    """With the whole URL to paste."""
    result = CliRunner().invoke(main, ["check", "127.0.0.1:8255"])
    assert result.exit_code == 2
    assert "add http:// in front: http://127.0.0.1:8255" in result.output
