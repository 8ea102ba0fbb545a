"""What GitHub and GitLab read is valid by their schemas, and the action works when a shell runs it as the runner would."""

import os
import re
import shutil
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml
from leadsquared_slots.mock_server import MockServer

from .conftest import ROOT, Tool

ACTION = ROOT / "docker" / "action"


@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("github-workflows", ".github/workflows/release.yml"),
        ("github-actions", "docker/action/action.yml"),
        ("gitlab-ci", "docker/recipes/gitlab-ci.yaml"),
    ],
)
def test_a_file_is_valid_by_its_schema(schema: str, file: str, tool: Tool) -> None:
    """The schemas of the vendors, as check-jsonschema has them."""
    tool("check-jsonschema", "--builtin-schema", f"vendor.{schema}", ROOT / file)


def test_actionlint_is_content_with_every_workflow(tool: Tool, tmp_path: Path) -> None:
    """Expressions, contexts, permissions, and actions that are still supported; one that names a job which there is not is found."""
    workflows = [ROOT / ".github" / "workflows" / "release.yml", *(ROOT / "docker" / "recipes").glob("*actions.yaml")]
    workflows.append(ROOT / "docker" / "recipes" / "nightly-drift.yaml")
    assert tool("actionlint", *workflows).stdout == ""
    broken = tmp_path / "broken.yml"
    broken.write_text(workflows[0].read_text("utf-8").replace("needs: build", "needs: built"), "utf-8")
    assert "built" in tool("actionlint", broken, status=1).stdout


def test_the_release_is_tested_attested_and_of_two_architectures() -> None:
    """From a tag, by jobs that have no right that they do not need."""
    workflow: Any = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8"))
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert workflow[True] == {"push": {"tags": ["v[0-9]+.[0-9]+.[0-9]+"]}}  # `on` is true in YAML 1.1
    assert workflow["permissions"] == {"contents": "read"}
    (build,) = [step["with"] for step in steps if step.get("uses", "").startswith("docker/build-push-action")]
    assert build["platforms"] == "linux/amd64,linux/arm64"
    assert sum(step.get("uses", "").startswith("actions/attest-build-provenance") for step in steps) == 2
    assert any("make dist" in step.get("run", "") for step in steps)
    assert {each["target"] for each in workflow["jobs"]["image"]["strategy"]["matrix"]["include"]} == {"server", "kit"}


def test_no_input_is_put_into_a_script() -> None:
    """What a caller writes is read as a variable, so it cannot become a command."""
    action: Any = yaml.safe_load((ACTION / "action.yml").read_text("utf-8"))
    (step,) = action["runs"]["steps"]
    assert "${{" not in step["run"]
    assert {f"INPUT_{name.upper()}" for name in action["inputs"]} <= set(step["env"])


def acted(folder: Path, **inputs: str) -> tuple[subprocess.CompletedProcess[str], dict[str, str]]:
    """The step run by the runner's shell, and its outputs."""
    action: Any = yaml.safe_load((ACTION / "action.yml").read_text("utf-8"))
    given = {f"INPUT_{name.upper()}": inputs.get(name, each.get("default", "")) for name, each in action["inputs"].items()}
    output, summary = folder / "output", folder / "summary.md"
    output.touch()
    runner = {"RUNNER_TEMP": str(folder), "GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(summary), "ACTION_PATH": str(ACTION)}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LSQ_")} | given | runner
    (step,) = action["runs"]["steps"]
    script = folder / "step.sh"
    script.write_text(step["run"], "utf-8")
    words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)]  # what the runner makes of `shell: bash`
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False)
    return done, dict(line.split("=", 1) for line in output.read_text("utf-8").splitlines())


def test_the_action_starts_the_emulator_and_checks_a_server(tmp_path: Path) -> None:
    """One start with all inputs, whose outputs are an emulator that answers; then `check` of a right server and of a wrong one."""
    shutil.copy(ROOT / "fixtures" / "scenarios" / "two-shifts.toml", tmp_path / "own.toml")
    done, outputs = acted(tmp_path, scenario="own.toml", profile="observed", seed="7", args="--rate-limit '3/5s' --no-access-log")
    assert done.returncode == 0, done.stdout + done.stderr
    try:
        with urllib.request.urlopen(f"{outputs['url']}/__admin/health", timeout=10) as reply:
            told = reply.read().decode()
        assert '"scenario":"own' in told
        assert '"profile":"observed"' in told
        assert '"seed":7' in told
        assert (outputs["access-key"], outputs["secret-key"]) == ("AccessKey", "SecretKey")
    finally:
        port = outputs["url"].rpartition(":")[2]
        listed = subprocess.run(["pgrep", "-f", f"port-file {tmp_path}"], capture_output=True, text=True, check=False, timeout=10)
        found = listed.stdout.split()
        for process in found:
            os.kill(int(process), 15)
    assert port.isdigit()
    done, _ = acted(tmp_path, scenario="nightshift")
    assert (done.returncode, "did you mean 'night-shift'" in done.stdout) == (1, True)
    with MockServer(rate_limit=None) as right:
        narrow = "--rate 1000/1s --only auth.invalid-keys"
        done, _ = acted(tmp_path, command="check", url=right.base_url, args=narrow)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "### ✅ The contract holds" in (tmp_path / "summary.md").read_text("utf-8")
    with MockServer(rate_limit=None, profile="observed") as wrong:
        done, _ = acted(tmp_path, command="check", url=wrong.base_url, args="--rate 1000/1s --strict --only error.invalid-value-status")
    assert done.returncode == 1
    assert re.search(r"^::error title=", done.stdout, re.MULTILINE)


def test_the_action_says_which_commands_there_are(tmp_path: Path) -> None:
    """Before anything is installed."""
    done, _ = acted(tmp_path, command="start")
    assert (done.returncode, "expected serve or check" in done.stdout) == (2, True)
