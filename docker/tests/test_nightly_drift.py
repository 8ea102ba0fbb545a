"""The nightly workflow: its steps are run as the runner runs them, against the emulator in the live API's place."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from leadsquared_slots.mock_server import MockServer

WORKFLOW = Path(__file__).parents[1] / "recipes" / "nightly-drift.yaml"


def scripts() -> dict[str, str]:
    """The named steps that run a script."""
    job: dict[str, Any] = yaml.safe_load(WORKFLOW.read_text("utf-8"))["jobs"]["drift"]
    return {step["name"]: step["run"] for step in job["steps"] if "run" in step and "name" in step}


def run(script: str, folder: Path, server: MockServer | None = None) -> subprocess.CompletedProcess[str]:
    """A step as the runner runs it, with a `gh` that writes down what it is asked."""
    (folder / "bin").mkdir(exist_ok=True)
    gh = folder / "bin" / "gh"
    gh.write_text('#!/bin/sh\nprintf "%s\\n" "$@" > issue.txt\n', "utf-8")
    gh.chmod(0o755)
    path = os.pathsep.join((str(folder / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]))
    target = {} if server is None else {
        "LSQ_URL": server.base_url, "LSQ_USER": "zoo@example.com", "LSQ_ACCESS_KEY": server.access_key, "LSQ_SECRET_KEY": server.secret_key,
    }  # fmt: skip
    # The live API's limit is not to be waited for here.
    text = script.replace("--rate 5/5s --budget 200", "--rate 1000/1s --budget 60")
    environment = {**os.environ, "PATH": path, **target}
    return subprocess.run(["bash", "-e", "-c", text], env=environment, cwd=folder, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def last_night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the night before, about the emulator as it is."""
    folder = tmp_path_factory.mktemp("last-night")
    with MockServer(rate_limit=None, seed=1) as before:
        assert run(scripts()["Check the live API"], folder, before).returncode == 0
    return folder / "after.json"


@pytest.mark.whole
@pytest.mark.parametrize(("profile", "drifted"), [("documented", False), ("observed", True)])
def test_the_workflow_opens_an_issue_for_drift_alone(profile: str, drifted: bool, last_night: Path, tmp_path: Path) -> None:
    """Another night with other data is no drift; a server that answers errors otherwise is, and the issue says it."""
    check, compare = scripts()["Check the live API"], scripts()["Compare, and open an issue"]
    (tmp_path / "contract").mkdir()
    shutil.copy(last_night, tmp_path / "contract" / "before.json")
    with MockServer(rate_limit=None, seed=2, profile=profile) as after:
        assert run(check, tmp_path, after).returncode == 0
    done = run(compare, tmp_path)
    assert done.returncode == (1 if drifted else 0), done.stdout + done.stderr
    assert (tmp_path / "issue.txt").exists() is drifted
    if drifted:
        assert "error.mx-member" in (tmp_path / "drift.txt").read_text("utf-8")
        assert "drift.txt" in (tmp_path / "issue.txt").read_text("utf-8")


@pytest.mark.whole
def test_a_night_without_an_answer_is_no_verdict(tmp_path: Path) -> None:
    """A server that is not there ends the job with its own exit code."""
    with MockServer() as server:
        pass
    assert run(scripts()["Check the live API"], tmp_path, server).returncode == 3
