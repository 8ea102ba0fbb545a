"""The tools of docker/tools/install at work on a running emulator and on the files of the checkout."""

import json
import os
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from leadsquared_slots.mock_server import MockServer

ROOT = Path(__file__).parents[3]
INSTALLED = ROOT / "build" / "tools"
LIMIT = 180
"""Seconds that a tool may take; each takes a few."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder needs the tools."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.tools)


def environment(**more: str) -> dict[str, str]:
    """What a tool sees: no telemetry, no colours, and the installed commands first."""
    path = os.pathsep.join([str(INSTALLED / "node_modules" / ".bin"), str(INSTALLED / "venv" / "bin"), os.environ["PATH"]])
    kept = {name: value for name, value in os.environ.items() if name not in ("NODE_ENV", "FORCE_COLOR")}
    quiet = {"CI": "true", "NO_COLOR": "1", "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "DO_NOT_TRACK": "1"}
    quiet |= {"STEPCI_DISABLE_ANALYTICS": "1"}
    return kept | quiet | {"PATH": path, "NODE_PATH": str(INSTALLED / "node_modules")} | more


Tool = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def tool() -> Tool:
    """Runs an installed command; a failure shows what it wrote."""
    if not (INSTALLED / "node_modules").is_dir():
        pytest.fail("the tools are not installed: docker/tools/install")

    def run(*words: str | Path, cwd: Path = INSTALLED, stdin: str = "", status: int = 0, **more: str) -> subprocess.CompletedProcess[str]:
        line = [*map(str, words)]
        done = subprocess.run(
            line, cwd=cwd, input=stdin, env=environment(**more), capture_output=True, text=True, timeout=LIMIT, check=False
        )
        assert done.returncode == status, f"{' '.join(line)}\nexit {done.returncode}\n{done.stdout[-6000:]}{done.stderr[-6000:]}"
        return done

    return run


@pytest.fixture(scope="session")
def server() -> Iterator[MockServer]:
    """An emulator without a limit on its default account."""
    with MockServer(rate_limit=None) as running:
        yield running


@pytest.fixture
def account(server: MockServer) -> Callable[..., dict[str, str]]:
    """Makes an account, and gives what a client has to know as environment variables."""

    def make(**settings: Any) -> dict[str, str]:
        request = urllib.request.Request(
            f"{server.base_url}/__admin/accounts", json.dumps(settings).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=10) as reply:
            made = json.load(reply)
        return {"LSQ_BASE_URL": server.base_url, "LSQ_ACCESS_KEY": made["accessKey"], "LSQ_SECRET_KEY": made["secretKey"]}

    return make


@pytest.fixture(scope="session", params=["3.1", "3.0"])
def document(request: pytest.FixtureRequest, server: MockServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The document as it is served, in each version of OpenAPI."""
    return fetched(server, f"openapi.json?version={request.param}", tmp_path_factory.mktemp("document") / "openapi.json")


def fetched(server: MockServer, path: str, file: Path) -> Path:
    """A document of the admin interface in a file."""
    with urllib.request.urlopen(f"{server.base_url}/__admin/{path}", timeout=10) as reply:
        file.write_bytes(reply.read())
    return file
