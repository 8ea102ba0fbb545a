"""Schemathesis, which knows nothing of the emulator but the served document, finds no difference between the two."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from leadsquared_slots.mock_server import MockServer, Settings

pytestmark = pytest.mark.whole

HOOKS = "leadsquared_slots.contract_tests.schemathesis_hooks"


def run_schemathesis(seed: int, folder: Path, *more: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`schemathesis run` with all checks, on a server of its own without a limit; what it writes stays in the folder."""
    with MockServer(Settings(port=0, rate_limit=None)) as server:
        command = [sys.executable, "-m", "schemathesis.cli", "run", f"{server.base_url}/__admin/openapi.json"]
        keys = ["-H", f"x-LSQ-AccessKey: {server.access_key}", "-H", f"x-LSQ-SecretKey: {server.secret_key}"]
        options = ["--checks", "all", "--seed", str(seed), "--max-examples", "40", "--no-color"]
        return subprocess.run(
            [*command, *keys, *options, *more],
            cwd=folder,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.breadth) for seed in (2, 3))])
def test_schemathesis_finds_nothing_with_all_checks(seed: int, tmp_path: Path) -> None:
    """Every valid body is answered, every invalid one refused, every reply is as documented, and no key is no access."""
    done = run_schemathesis(seed, tmp_path, SCHEMATHESIS_HOOKS=HOOKS)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No issues found" in done.stdout


def test_without_our_hook_schemathesis_finds_the_two_rules_beyond_json_schema(tmp_path: Path) -> None:
    """The check that the hook keeps honest is one that can fail."""
    done = run_schemathesis(1, tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Schema-valid request rejected" in done.stdout
    assert "Failures:\n  ❌ ST202 Schema-valid request rejected: 1\n" in done.stdout


@pytest.mark.breadth
def test_without_our_hook_and_without_the_check_of_those_two_rules_schemathesis_finds_nothing(tmp_path: Path) -> None:
    """What a stranger leaves out who has nothing of ours but the URL."""
    done = run_schemathesis(1, tmp_path, "--exclude-checks", "positive_data_acceptance")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No issues found" in done.stdout
