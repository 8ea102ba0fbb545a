"""Containers of the built image. `.ci/run image` builds both images and names them in LSQ_IMAGE and LSQ_KIT_IMAGE."""

import json
import os
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import urllib3

PORT = 8255
MEASURED = pytest.StashKey[list[str]]()


def docker(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """The outcome of a docker command; raises with its error output when it fails."""
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=120, check=False)
    if check and done.returncode:
        pytest.fail(f"docker {' '.join(arguments)}\nexit {done.returncode}\n{done.stdout}{done.stderr}")
    return done


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A running container of the server image, its port published on a free one of this machine."""

    name: str
    begun: float  # monotonic seconds, just before `docker run`

    @property
    def base_url(self) -> str:
        """The host root, through the published port."""
        return "http://" + docker("port", self.name, str(PORT)).stdout.strip()

    def inspect(self) -> dict[str, Any]:
        """What the engine knows of the container."""
        (facts,) = json.loads(docker("inspect", self.name).stdout)
        return dict(facts)

    def healthy(self, within: float = 15) -> float:
        """The seconds from `docker run` until the engine calls the container healthy; fails after `within`."""
        while (health := self.inspect()["State"])["Health"]["Status"] != "healthy":
            if not health["Running"] or time.monotonic() - self.begun > within:
                pytest.fail(f"not healthy: {json.dumps(health, indent=1)}\n{self.log()}")
            time.sleep(0.02)
        return time.monotonic() - self.begun

    def stop(self) -> tuple[float, int]:
        """The seconds that `docker stop` takes, and the exit code."""
        begun = time.monotonic()
        docker("stop", "--time", "20", self.name)
        return time.monotonic() - begun, self.inspect()["State"]["ExitCode"]

    def log(self) -> str:
        """All that it wrote to either stream."""
        done = docker("logs", self.name)
        return done.stdout + done.stderr


def call(base_url: str, *users: str) -> urllib3.BaseHTTPResponse:
    """The answer to the vendor page's call, for these users on two days."""
    body = {"FromDate": "2026-03-02", "ToDate": "2026-03-03", "Users": users, "IncludeAllowedConflictSlots": False}
    keys = {"x-LSQ-AccessKey": "AccessKey", "x-LSQ-SecretKey": "SecretKey"}
    url = base_url + "/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress"
    return urllib3.request("POST", url, headers=keys, json=body, timeout=5, retries=False)


@pytest.fixture
def ask() -> Callable[..., urllib3.BaseHTTPResponse]:
    """The vendor page's call, as a function of a base URL and users."""
    return call


@pytest.fixture(scope="session")
def image() -> str:
    """The server image's name."""
    return os.environ.get("LSQ_IMAGE") or pytest.skip("LSQ_IMAGE names no image; run .ci/run image")


@pytest.fixture(scope="session")
def kit_image() -> str:
    """The kit image's name."""
    return os.environ.get("LSQ_KIT_IMAGE") or pytest.skip("LSQ_KIT_IMAGE names no image; run .ci/run image")


Start = Callable[..., Container]


@pytest.fixture
def start(image: str) -> Iterator[Start]:
    """Starts containers with options of `docker run`, and removes them after the test; `command` is what they run."""
    names: list[str] = []

    def start_one(*options: str, command: tuple[str, ...] = ()) -> Container:
        names.append(f"lsq-test-{uuid.uuid4().hex[:12]}")
        begun = time.monotonic()
        docker("run", "--detach", "--name", names[-1], "--publish", f"127.0.0.1::{PORT}", *options, image, *command)
        return Container(name=names[-1], begun=begun)

    yield start_one
    for name in names:
        docker("rm", "--force", "--volumes", name)


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Takes a sentence with a number in it, for the end of the log."""
    return request.config.stash.setdefault(MEASURED, []).append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print what the tests measured."""
    if lines := config.stash.get(MEASURED, []):
        terminalreporter.section("measured")
        for line in lines:
            terminalreporter.write_line(line)
