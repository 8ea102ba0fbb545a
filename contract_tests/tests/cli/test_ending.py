"""How the commands end when something is in their way: none of it looks like a broken rule, and none is a traceback."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

import pytest
from leadsquared_slots.mock_server import MockServer
from leadsquared_slots.mock_server.contract.validation import problems

from ..support.commands import installed

pytestmark = pytest.mark.whole

PATIENCE = 60.0
DRIVER = [sys.executable, str(Path(__file__).parents[2] / "consumer/examples/python/driver.py")]
MISSING = """
import importlib.util, sys
for name in ("hypothesis", "rich", "jinja2", "urllib3"):
    sys.modules[name] = None
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name in ("hypothesis", "rich", "jinja2", "urllib3") else found(name, *rest)
from leadsquared_slots.contract_tests.cli.main import main
main(sys.argv[1:])
"""


@pytest.fixture(scope="module")
def emulator() -> Iterator[MockServer]:
    with MockServer(seed=3) as server:
        yield server


def started(words: list[str], stdout: int | IO[bytes] = subprocess.PIPE) -> "subprocess.Popen[bytes]":
    """The command, with its output in pipes. It hears Ctrl-C, even where these tests were started by a shell with `&`, and do not."""
    env = {**os.environ, "LSQ_ACCESS_KEY": "AccessKey", "LSQ_SECRET_KEY": "SecretKey"}
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(installed(["lsq-contract", *words]), stdout=stdout, stderr=subprocess.PIPE, env=env)
    finally:
        signal.signal(signal.SIGINT, before)


def in_ci(*commands: str) -> list[object]:
    """Commands that CI tries as well: each is a process, and ends as the others do."""
    return [pytest.param(command, marks=pytest.mark.breadth) for command in commands]


def words_of(command: str, emulator: MockServer) -> list[str]:
    """A command line; URL and DRIVER stand for themselves."""
    words = [emulator.base_url if word == "URL" else word for word in command.split()]
    return [*words[:-1], *DRIVER] if words[-1] == "DRIVER" else words


@pytest.mark.parametrize(
    "command",
    ["rules", "check URL --only slots.sorted", "consumer --only plain -- DRIVER", *in_ci("rules --json", "consumer --list", "openapi")],
)
def test_a_closed_pipe_is_no_failure(command: str, emulator: MockServer) -> None:
    """`| head` made `rules` and `consumer` exit with 1, which says that a rule is broken."""
    reading, writing = os.pipe()
    os.close(reading)
    process = started(words_of(command, emulator), writing)
    os.close(writing)
    _, told = process.communicate(timeout=PATIENCE)
    assert (process.returncode, told) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("command", ["rules", "--help", "check URL --only slots.sorted", "consumer --list", "openapi"])
def test_output_to_a_full_disk_is_told_in_one_line(command: str, emulator: MockServer) -> None:
    """`> /dev/full` was a traceback, with exit code 1."""
    with Path("/dev/full").open("wb") as full:
        process = started(words_of(command, emulator), full)
        _, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert told.decode() == "lsq-contract: the output cannot be written: No space left on device; free some room, or let it go elsewhere\n"


@pytest.mark.parametrize(
    "command",
    [
        "check URL --json {}", "judge x.har --json {}", "calibrate URL --output {}", "consumer --json {} -- true",
        *in_ci(
            "check URL --html {}", "check URL --junit {}", "check URL --evidence {}", "check URL --baseline {} --update-baseline",
            "drift a.json b.json --json {}", "record --upstream URL --output {}",
        ),
    ],
)  # fmt: skip
def test_an_unwritable_report_is_found_before_the_first_call(command: str, emulator: MockServer, tmp_path: Path) -> None:
    """It was found behind all calls, as a traceback with exit code 1."""
    blocked = tmp_path / "file"
    blocked.touch()
    before = len(emulator.emulator.accounts.default.journal)
    process = started(words_of(command.format(blocked / "report"), emulator))
    out, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2, (out, told)
    assert str(blocked) in told.decode()
    assert b"Traceback" not in told
    assert len(emulator.emulator.accounts.default.journal) == before


def interrupted(process: "subprocess.Popen[bytes]", is_time: Callable[[], object]) -> str:
    """What a command prints that is interrupted once it is time."""
    end = time.monotonic() + PATIENCE
    try:
        while not is_time():
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < end
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        out, told = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    assert b"Traceback" not in told, told
    return (out + told).decode()


def test_ctrl_c_ends_a_check_with_the_reports_of_what_was_done(emulator: MockServer, tmp_path: Path) -> None:
    files = {kind: tmp_path / f"report.{kind}" for kind in ("json", "html", "junit")}
    flags = [word for kind, path in files.items() for word in (f"--{kind}", str(path))]
    process = started(["check", emulator.base_url, "--rate", "2/5s", "--no-color", *flags])
    journal, before = emulator.emulator.accounts.default.journal, len(emulator.emulator.accounts.default.journal)
    out = interrupted(process, lambda: len(journal) > before + 3)
    assert process.returncode == 130, out
    report = json.loads(files["json"].read_text("utf-8"))
    assert any(rule["verdict"] == "not run" for rule in report["rules"])
    assert all(path.stat().st_size for path in files.values())


def test_ctrl_c_ends_a_consumer_run_with_the_reports_and_its_drivers(tmp_path: Path) -> None:
    """It ended with 1, as if the application did not survive, without a report, and left drivers behind."""
    alive = tmp_path / "alive"
    slow = f"import pathlib, time; pathlib.Path({str(alive)!r}).touch(); time.sleep(50); pathlib.Path({str(alive)!r}).unlink()"
    program = f"import os, subprocess, sys\nif os.environ['LSQ_SITUATION'] != 'plain': {slow}\nsubprocess.run({DRIVER!r}, stdin=sys.stdin)"
    file = tmp_path / "report.json"
    words = [
        "consumer",
        "--jobs",
        "1",
        "--only",
        "plain",
        "--only",
        "seconds",
        "--json",
        str(file),
        "--no-color",
        "--",
        sys.executable,
        "-c",
        program,
    ]
    process = started(words)
    began = time.monotonic()
    out = interrupted(process, alive.exists)
    assert time.monotonic() - began < 40
    assert process.returncode == 130, out
    report = json.loads(file.read_text("utf-8"))
    verdicts = {situation["id"]: situation["verdict"] for situation in report["situations"]}
    assert (verdicts["plain"], report["exitCode"]) == ("passed", 130)
    assert verdicts["seconds"] in ("not run", "failed")
    assert problems("consumer-report", report) == ()


@pytest.mark.parametrize("command", ["judge {}", "calibrate {} --output x.toml"])
def test_ctrl_c_looks_like_no_verdict(command: str, tmp_path: Path) -> None:
    """Of commands that read files: exit code 130, where 1 would say that a rule is broken."""
    pipe = tmp_path / "pipe.har"
    os.mkfifo(pipe)
    process = started(command.replace("{}", str(pipe)).split())
    writers: list[int] = []

    def is_read() -> bool:
        with suppress(OSError):
            writers.append(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
        return bool(writers)

    told = interrupted(process, is_read)
    for writer in writers:
        os.close(writer)
    assert process.returncode == 130, told


@pytest.mark.parametrize(
    "command",
    [
        "check http://127.0.0.1:1",
        "rules",
        "judge x.har",
        "consumer -- true",
        "drift a b",
        "mutants",
        "record --upstream http://127.0.0.1:1 --output x.har",
    ],
)
def test_without_the_kit_every_command_says_what_to_install(command: str) -> None:
    """`rules` was a traceback where `check` gave the hint."""
    done = subprocess.run([sys.executable, "-c", MISSING, *command.split()], capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 2, done.stderr
    assert "[kit]" in done.stderr
    assert "Traceback" not in done.stderr
