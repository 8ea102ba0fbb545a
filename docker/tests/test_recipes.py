"""Every recipe of docker/, executed where an engine can, and validated by its schema where it cannot.

`compose.yaml` stands in docker/README.md, whose blocks are run as well.
"""

import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3
import yaml
from leadsquared_slots.mock_server import Scenario

pytestmark = pytest.mark.docker

DOCKER = Path(__file__).parents[1]
RECIPES = DOCKER / "recipes"


@pytest.fixture
def compose() -> Iterator[Any]:
    """Runs `docker compose` on a file, as a project of its own that is removed after the test."""
    project, used = f"lsq{uuid.uuid4().hex[:8]}", []

    def run(file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        used.append(file)
        line = ["docker", "compose", "--file", str(file), "--project-name", project, "--ansi", "never", *arguments]
        environment = {**os.environ, "PORT": "0"}
        return subprocess.run(line, env=environment, capture_output=True, text=True, timeout=300, check=False)

    yield run
    for file in set(used):
        run(file, "--profile", "*", "down", "--volumes", "--timeout", "5")


def documents(name: str) -> list[Any]:
    """The YAML documents of a recipe."""
    return list(yaml.safe_load_all((RECIPES / name).read_text()))


@pytest.mark.usefixtures("image", "kit_image")
def test_the_compose_recipe_ends_with_the_tests_exit_code(compose: Any) -> None:
    """The command of the file's head."""
    done = compose(RECIPES / "compose.yaml", "up", "--abort-on-container-exit", "--exit-code-from", "tests")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.usefixtures("image")
def test_three_replicas_behind_a_balancer_are_one_emulator_even_when_one_is_killed(compose: Any, ask: Any) -> None:
    """compose.cluster.yaml: 25 calls pass whichever replica they reach, a task added through one is seen through all."""
    if not (os.environ.get("NGINX_IMAGE") and os.environ.get("REDIS_IMAGE")):
        pytest.skip("NGINX_IMAGE and REDIS_IMAGE name no images; run .ci/run image")
    file = DOCKER / "compose.cluster.yaml"
    done = compose(file, "up", "--detach", "--wait", "--no-build")
    assert done.returncode == 0, done.stdout + done.stderr + compose(file, "logs").stdout
    root = "http://127.0.0.1:" + compose(file, "port", "balancer", "8255").stdout.strip().rpartition(":")[2]
    admin = f"{root}/__admin"
    urllib3.request("PUT", f"{admin}/clock", json={"now": "2026-03-02T06:00:00Z"}, retries=False)
    answers = [ask(root, "free@example.com") for _ in range(30)]
    assert [answer.status for answer in answers] == [200] * 25 + [429] * 5
    assert len({answer.headers["X-Served-By"] for answer in answers}) == 3
    urllib3.request("PATCH", f"{admin}/settings", json={"rateLimit": "none"}, retries=False)
    task = {"user": "free@example.com", "start": "2026-03-02T06:00:00Z", "end": "2026-03-02T06:30:00Z"}
    assert urllib3.request("POST", f"{admin}/tasks", json=task, retries=False).status == 201
    assert {b"2026-03-02 06:30:00" in ask(root, "free@example.com").data for _ in range(6)} == {True}
    compose(file, "kill", "leadsquared-2")
    assert {ask(root, "free@example.com").status for _ in range(12)} == {200}


@pytest.mark.usefixtures("image")
def test_the_testcontainers_recipe_passes_in_a_project_of_its_own(tmp_path: Path) -> None:
    """Copied elsewhere, as a user would (and because here the folder `docker` would stand before the package of that name).

    The reaper is off: it is another image, which only a machine that may pull has.
    """
    shutil.copy(RECIPES / "tests" / "test_with_testcontainers.py", tmp_path)
    environment = {**os.environ, "TESTCONTAINERS_RYUK_DISABLED": "true"}
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["github-actions.yaml", "nightly-drift.yaml"])
def test_a_workflow_is_valid_by_githubs_schema(name: str) -> None:
    """The schema is the one that check-jsonschema carries."""
    file = str(RECIPES / name)
    command = ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", file]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_workflows_service_and_step_work_as_the_runner_runs_them(start: Any) -> None:
    """The runner's `docker create` with the service's environment, its wait for healthy, and the step's script."""
    (workflow,) = documents("github-actions.yaml")
    job = workflow["jobs"]["tests"]
    service = job["services"]["leadsquared"]
    container = start(*(part for name, value in service["env"].items() for part in ("--env", f"{name}={value}")))
    container.healthy()
    (script,) = (step["run"] for step in job["steps"] if "run" in step)
    (port,) = service["ports"]
    script = script.replace(f"http://127.0.0.1:{port.partition(':')[0]}", container.base_url)
    done = subprocess.run(["bash", "-e", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["RecordCount"] == 1


def test_the_manifest_is_valid_by_kubernetes_schemas() -> None:
    """Every document, by the strict schema of the newest version that the validator knows: no unknown field."""
    import kubernetes_validate  # large, and so only where the image is tested

    kinds = []
    for document in documents("kubernetes.yaml"):
        kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)
        kinds.append(document["kind"])
    assert sorted(kinds) == ["ConfigMap", "Deployment", "Service"]


def test_the_manifests_container_runs_as_it_demands_and_answers_its_probes(start: Any, ask: Any, tmp_path: Path) -> None:
    """Its security context, memory limit, environment and mount, given to an engine; each probe's path answers 200."""
    by_kind = {document["kind"]: document for document in documents("kubernetes.yaml")}
    (pod,) = by_kind["Deployment"]["spec"]["template"]["spec"]["containers"]
    for name, text in by_kind["ConfigMap"]["data"].items():
        Scenario.parse(text, source=name)
        (tmp_path / name).write_text(text)
    tmp_path.chmod(0o755)
    options = [part for entry in pod["env"] for part in ("--env", f"{entry['name']}={entry['value']}")]
    options += ["--memory", pod["resources"]["limits"]["memory"].lower().removesuffix("i")]
    options += ["--volume", f"{tmp_path}:{pod['volumeMounts'][0]['mountPath']}:ro"]
    assert pod["securityContext"]["readOnlyRootFilesystem"]
    container = start("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", *options)
    container.healthy()
    assert container.inspect()["Config"]["User"].partition(":")[0].isdigit(), "runAsNonRoot needs a numeric user"
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        path = pod[probe]["httpGet"]["path"]
        assert urllib3.request("GET", container.base_url + path, retries=False).status == 200
    assert ask(container.base_url, "zoo@lsqdev.in").json()["RecordCount"] == 1
    assert ask(container.base_url, "nobody@lsqdev.in").json()["RecordCount"] == 0
