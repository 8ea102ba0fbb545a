"""Generic mocks that serve our own OpenAPI document: right by every shape, and told what they get wrong all the same."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from leadsquared_slots.contract_tests.cli.main import main
from leadsquared_slots.mock_server.contract.documents import ledger
from leadsquared_slots.mock_server.contract.ledger import Grade
from leadsquared_slots.mock_server.contract.openapi import openapi_document

pytestmark = pytest.mark.peers
MODULES = Path(__file__).parents[3] / "build" / "peers" / "node_modules"
LONGEST_START = 60.0
USERS = ("--user", "ann@example.com", "--user", "bob@example.com")


def prism(document: Path, port: int) -> list[str]:
    """Stoplight Prism: validates requests and answers with the document's example."""
    script = MODULES / "@stoplight" / "prism-cli" / "dist" / "index.js"
    return ["node", str(script), "mock", str(document), f"--port={port}", "--verboseLevel=silent"]


def prism_dynamic(document: Path, port: int) -> list[str]:
    """The same, answering with random values that the schema allows."""
    return [*prism(document, port), "--dynamic"]


def mockoon(document: Path, port: int) -> list[str]:
    """Mockoon: makes a template of the document's schema."""
    script = MODULES / "@mockoon" / "cli" / "bin" / "run.js"
    return ["node", str(script), "start", f"--data={document}", f"--port={port}", "--disable-log-to-file", "--disable-admin-api"]


@contextmanager
def serving(command: Callable[[Path, int], list[str]], folder: Path) -> Iterator[str]:
    """The peer at work with our OpenAPI document; its URL."""
    document = folder / "openapi.json"
    document.write_text(json.dumps(openapi_document()), "utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    words = command(document, port)
    assert Path(words[1]).is_file(), "install the peers first: mock_server/benchmarks/peers.sh npm"
    environment = {name: value for name, value in os.environ.items() if name != "NODE_ENV"}  # Prism takes it for a wish for two processes
    with (folder / "output.log").open("wb") as log:
        process = subprocess.Popen(words, cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True)
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(url, process, folder / "output.log")
            yield url
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(10)


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Returns as soon as the server answers anything."""
    deadline = time.monotonic() + LONGEST_START
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"the peer did not start: {log.read_text('utf-8', 'replace')[-2000:]}")


def checked(url: str, report: Path) -> tuple[Result, set[str]]:
    """What `lsq-contract check` says about a server, and the documented rules that it found broken."""
    # No key is needed, and no limit holds anybody up.
    words = ["check", url, *USERS, "--rate", "10000/1s", "--no-color", "--json", str(report)]
    result = CliRunner().invoke(main, words, env={"LSQ_ACCESS_KEY": "AccessKey", "LSQ_SECRET_KEY": "SecretKey"})
    failures = json.loads(report.read_text("utf-8"))["failures"]
    return result, {failure["rule"] for failure in failures if ledger()[failure["rule"]].grade is Grade.DOCUMENTED}


@pytest.mark.parametrize(
    ("command", "rules"),
    [
        (prism, {"answer.dates-inside", "answer.users-asked", "answer.users-listed", "request.range-101", "auth.invalid-keys"}),
        (prism_dynamic, {"answer.users-asked", "request.range-101", "auth.invalid-keys"}),
        (mockoon, {"answer.dates-inside", "auth.invalid-keys", "request.range-101", "request.json"}),
    ],
    ids=["Prism", "Prism, dynamic", "Mockoon"],
)
def test_a_generic_mock_fails_for_what_its_answers_mean(command: Callable[[Path, int], list[str]], rules: set[str], tmp_path: Path) -> None:
    """Exit 1, and not for shapes alone: dates, users, ranges and keys are named, each by its rule, with what was received."""
    with serving(command, tmp_path) as url:
        result, broken = checked(url, tmp_path / "report.json")
    assert result.exit_code == 1, result.output
    assert broken >= rules
    for rule in rules:
        told = result.output.partition(f"   Rule        {rule} (documented; ")[2].partition("Replay")[0]
        assert "Received" in told, rule
        assert "Documented" in told, rule
        assert "curl -sS -X POST " in told, rule
