"""`check --github`: annotations that the runner reads, and a summary of the job; a server cannot break them, and no key is in them."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from leadsquared_slots.contract_tests.cli.main import main
from leadsquared_slots.contract_tests.report.github import annotations, summary
from leadsquared_slots.contract_tests.run.failures import ContractFailure
from leadsquared_slots.mock_server import MockServer

from ..support.report_example import report

SECRET = "a-secret-of-a-live-account"
PROFILES = {False: "documented", True: "observed"}


@pytest.mark.parametrize("is_broken", [False, True])
def test_a_run_tells_github(is_broken: bool, tmp_path: Path) -> None:
    """One `::error` for each failure, one line each; and a summary that is appended to what is there."""
    file = tmp_path / "summary.md"
    file.write_text("before\n", "utf-8")
    with MockServer(rate_limit=None, profile=PROFILES[is_broken], secret_key=SECRET) as server:
        rule = "error.invalid-value-status"
        words = ["check", server.base_url, "--github", "--rate", "1000/1s", "--no-color", "--only", rule, "--strict"]
        result = CliRunner().invoke(main, words, env={"GITHUB_STEP_SUMMARY": str(file), "LSQ_SECRET_KEY": SECRET})
    told = file.read_text("utf-8")
    errors = re.findall(r"^::error title=[^:\n]+::Received%?.*$", result.output, re.MULTILINE)
    assert result.exit_code == is_broken
    assert bool(errors) == is_broken
    assert told.startswith("before\n")
    assert ("### ❌ The contract is broken" if is_broken else "### ✅ The contract holds") in told
    assert ("error.invalid-value-status" in told) == is_broken
    assert SECRET not in told + result.output


def test_what_a_server_says_breaks_neither() -> None:
    """No command of the runner, no row, no HTML."""
    failure = ContractFailure(rule="slots.sorted", check="x", title="a: b, c", received="1\n::error::2 | <b>%", documented="d")
    (check,) = report().checks
    shown = replace(report(), checks=(replace(check, failures=(failure,)),))
    (line,) = annotations(shown).splitlines()
    assert "title=a%3A b%2C c" in line
    assert "%0A::error::2 | <b>%25" in line
    row = next(line for line in summary(shown).splitlines() if "slots.sorted" in line)
    assert "1 ::error::2 \\| &lt;b>%" in row


def test_outside_of_github_it_says_that_no_summary_was_written() -> None:
    """Not by silence."""
    with MockServer(rate_limit=None) as server:
        words = ["check", server.base_url, "--github", "--rate", "1000/1s", "--only", "auth.invalid-keys"]
        result = CliRunner().invoke(main, words, env={"GITHUB_STEP_SUMMARY": ""})
    assert result.exit_code == 0
    assert "GITHUB_STEP_SUMMARY" in result.output
