"""The recipes of other languages, as a stranger runs them: from a clone, with what the language has."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from leadsquared_slots.mock_server import MockServer

from .conftest import ROOT, Tool, environment

RECIPES = ROOT / "docker" / "recipes"
WAYS = {
    "node": ["node", "--test", "docker/recipes/node/limit.test.mjs"],
    "ruby": ["ruby", "docker/recipes/ruby/limit_test.rb"],
    "php": ["php", "docker/recipes/php/limit_test.php"],
    "java": ["java", "docker/recipes/java/LimitTest.java"],
}
"""The command of each file's head, from the root of a clone."""


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of this repository, with what is not committed yet copied over it."""
    folder = tmp_path_factory.mktemp("clone") / "slots"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True, timeout=60)
    listed = ["git", "ls-files", "-z", "--modified", "--others", "--exclude-standard"]
    changed = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60)
    for name in filter(None, changed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def served(clone: Path) -> Iterator[str]:
    """`make serve` in the clone; the URL."""
    file = clone / "port"
    words = ["make", "--silent", "serve", f"PYTHON={sys.executable}", f"ARGS=--port 0 --port-file {file}"]
    process = subprocess.Popen(words, cwd=clone, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        deadline = time.monotonic() + 300
        while not file.exists():
            assert process.poll() is None
            assert time.monotonic() < deadline, "make serve did not start"
            time.sleep(0.1)
        yield f"http://127.0.0.1:{file.read_text().strip()}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


@pytest.mark.parametrize("language", WAYS)
def test_a_stranger_comes_from_a_clone_to_a_passing_test_of_a_429(language: str, clone: Path, served: str, tool: Tool) -> None:
    """`make serve`, then one file of under 60 lines."""
    command = WAYS[language]
    assert len((clone / command[-1]).read_text("utf-8").splitlines()) < 60
    assert " ".join(command).replace("docker", "slots/docker") in (clone / command[-1]).read_text("utf-8")
    done = tool(*command, cwd=clone, LSQ_BASE_URL=served)
    assert re.search(r"^ok|pass 1$|1 runs, \d+ assertions, 0 failures", done.stdout, re.MULTILINE), done.stdout


def test_a_stranger_comes_from_a_clone_to_a_passing_test_of_a_429_in_python(clone: Path, tmp_path: Path) -> None:
    """`pip install git+file://…`, then one file: the fixture brings the emulator, and the base install is enough for it."""
    file = clone / "docker" / "recipes" / "python" / "test_limit.py"
    assert len(file.read_text("utf-8").splitlines()) < 60
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True, timeout=120)
    python = str(tmp_path / "venv" / "bin" / "python")
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"git+file://{clone}", "pytest"]
    subprocess.run(install, check=True, timeout=300)
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    words = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(shutil.copy(file, tmp_path))]
    done = subprocess.run(words, cwd=tmp_path, env=own, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_the_node_suite_passes(server: MockServer, tool: Tool) -> None:
    """An account of its own for every test, a fault, the clock, a booking."""
    done = tool("node", "--test", RECIPES / "node" / "slots.test.mjs", LSQ_BASE_URL=server.base_url)
    assert re.search(r"pass 4\b", done.stdout)


def test_a_dev_server_passes_the_vendors_path_on(server: MockServer, tmp_path: Path) -> None:
    """Vite with the recipe's configuration: a page's relative call, without keys, is answered by the emulator."""
    shutil.copy(RECIPES / "node" / "vite.config.mjs", tmp_path)
    log = tmp_path / "vite.log"
    seen = environment(LSQ_BASE_URL=server.base_url)
    with log.open("wb") as file:
        words = ["vite", "--host", "127.0.0.1", "--port", "0"]
        process = subprocess.Popen(words, cwd=tmp_path, env=seen, stdout=file, stderr=file, start_new_session=True)
    try:
        deadline = time.monotonic() + 60
        while not (found := re.search(r"http://127\.0\.0\.1:\d+", log.read_text("utf-8"))):
            assert process.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < deadline, log.read_text("utf-8")
            time.sleep(0.05)
        question = {"FromDate": "2026-03-02", "ToDate": "2026-03-02", "Users": ["free@example.com"]}
        path = "/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress"
        request = urllib.request.Request(found[0] + path, json.dumps(question).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as reply:
            assert json.load(reply)["RecordCount"] == 1
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)
