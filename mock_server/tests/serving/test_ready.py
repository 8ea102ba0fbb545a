"""When a server in this process is ready, nothing of it is still being built beside the caller."""

import subprocess
import sys
import threading
from pathlib import Path
from time import monotonic

import pytest
from leadsquared_slots.mock_server import MockServer, Settings
from leadsquared_slots.mock_server.serving import flask_app

from ..support.command import environment
from ..support.talking import PATIENCE, Admin, Answer, ask, wait_until


def test_the_application_is_built_by_the_thread_that_enters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two threads that make syntax trees at once break CPython 3.11: the caller may do so from the moment on that it has entered."""
    built: list[threading.Thread] = []
    build = flask_app.app_of

    def noted(*given: object, **named: object) -> object:
        built.append(threading.current_thread())
        return build(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(flask_app, "app_of", noted)
    with MockServer(Settings(port=0)):
        assert built == [threading.current_thread()]
    assert len(built) == 1


PROGRAM = """
import importlib.abc, os, pathlib, sys, threading, time
from leadsquared_slots.mock_server.cli.main import main

class Slow(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        until = time.monotonic() + 20
        while name == "flask" and not pathlib.Path(os.environ["GO"]).exists() and time.monotonic() < until:
            time.sleep(0.01)

def tell():
    before = None
    while True:
        if pathlib.Path(os.environ["PORT"]).exists() and before is None:
            before = {name for name in sys.modules}
        if before is not None and pathlib.Path(os.environ["ASKED"]).exists():
            new = sorted(set(sys.modules) - before)
            pathlib.Path(os.environ["NEW"]).write_text(" ".join(["imported:", *new]))
            return
        time.sleep(0.001)

sys.meta_path.insert(0, Slow())
threading.Thread(target=tell, daemon=True).start()
sys.argv = ["lsq-mock", "serve", "--port", "0", "--port-file", os.environ["PORT"], "--quiet"]
main()
"""


def test_the_first_calls_wait_for_no_import(tmp_path: Path) -> None:
    """The first call of the endpoint took 140 to 310 ms, and the first one of the admin interface imported Flask on the only loop."""
    files = {name: str(tmp_path / name) for name in ("GO", "PORT", "ASKED", "NEW")}
    process = subprocess.Popen([sys.executable, "-c", PROGRAM], env=environment(**files))
    try:
        wait_until(lambda: (tmp_path / "PORT").exists() and (tmp_path / "PORT").read_text())
        port = int((tmp_path / "PORT").read_text())
        assert_answers_soon(port)
        (tmp_path / "ASKED").touch()
        wait_until(lambda: (tmp_path / "NEW").exists() and (tmp_path / "NEW").read_text())
        assert (tmp_path / "NEW").read_text() == "imported:"
        answers: list[Answer] = []
        early = threading.Thread(target=lambda: answers.append(Admin(port).call("GET", "/clock")))
        early.start()
        assert_answers_soon(port)
        assert not answers
        (tmp_path / "GO").touch()
        early.join(PATIENCE)
        assert [answer.status for answer in answers] == [200]
    finally:
        process.kill()
        process.wait(PATIENCE)


def assert_answers_soon(port: int) -> None:
    """The endpoint and the health check answer, and wait for no import of Flask."""
    began = monotonic()
    assert ask(port).status == 200
    assert Admin(port).call("GET", "/health").status == 200
    assert monotonic() - began < 5
