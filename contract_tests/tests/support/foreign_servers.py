"""The servers of strangers in contract_tests/mutants/foreign: their mistakes, their calendars, and a way to run them."""

import os
import re
import selectors
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from fcntl import LOCK_EX, flock
from functools import cache
from pathlib import Path
from typing import IO, Any

FOREIGN = Path(__file__).parents[2] / "mutants" / "foreign"
PATH = "/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress"
ACCESS, SECRET = "u$r0f1e2d3c4b5a69788796a5b4c3d2e1f0", "9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c"
CORRECT = "-"
_COMMANDS = {
    "fastapi": (sys.executable, "fastapi_team/main.py"),
    "stdlib": (sys.executable, "stdlib_team/server.py"),
    "express": ("node", "express_team/server.js"),
    "php": ("php", "php_team/server.php"),
    "ruby": ("ruby", "ruby_team/server.rb"),
}
TEAMS = tuple(_COMMANDS)
_FIRST_MONDAY = date(2026, 3, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bug:
    """A mistake that a server can make.

    needs      what a judge needs to see it: nothing, "scenario" or "burst"
    finding    of a mild mistake, the rule that is all it breaks: one that is inferred and not severe
    invisible  why no call can tell
    """

    team: str
    name: str
    says: str
    needs: str = ""
    finding: str = ""
    invisible: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """Something lawful that a server can do otherwise.

    needs    "burst" where it shows only when the limit is exhausted
    profile  the answers under which it is lawful; without any, it is under the kit's default
    """

    team: str
    name: str
    says: str
    needs: str = ""
    profile: dict[str, Any] = field(default_factory=dict, hash=False)


@cache
def bugs(team: str) -> tuple[Bug, ...]:
    """All mistakes of a team's server."""
    return tuple(Bug(team=team, **entry) for entry in _described(team)["bug"])


@cache
def variants(team: str) -> tuple[Variant, ...]:
    """What a team's server can do otherwise that is lawful, too."""
    return tuple(Variant(team=team, **entry) for entry in _described(team).get("variant", ()))


def _described(team: str) -> dict[str, Any]:
    return tomllib.loads((FOREIGN / f"{team}_team" / "bugs.toml").read_text(encoding="utf-8"))


def calendar(name: str, today: date) -> str:
    """A calendar as TOML, moved by whole weeks: what stands in the week of 2 March 2026 happens in the week of `today`."""
    weeks = ((today - timedelta(days=today.weekday())) - _FIRST_MONDAY).days // 7
    text = (FOREIGN / "calendars" / f"{name}.toml").read_text(encoding="utf-8")
    return re.sub(r"\d{4}-\d{2}-\d{2}", lambda found: str(date.fromisoformat(found[0]) + timedelta(weeks=weeks)), text)


def addresses(document: str) -> tuple[str, ...]:
    """The addresses of the users of a calendar."""
    return tuple(user["email"] for user in tomllib.loads(document)["user"])


def prepare() -> None:
    """Install what the Express server needs, from its lock file."""
    folder = FOREIGN / "express_team"
    installed, lock = folder / "node_modules" / ".package-lock.json", folder / "package-lock.json"
    with lock.open(encoding="utf-8") as held:
        flock(held, LOCK_EX)  # tests that run side by side do not install side by side
        if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
            return
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=folder, check=True)
        installed.touch()


@contextmanager
def serving(
    team: str, names: Sequence[str], scenario: Path, *, limited: bool = False, before: Sequence[str] = ()
) -> Iterator[dict[str, str]]:
    """Run one process that serves each named mistake on a port of its own, or (CORRECT,) for none; gives their URLs.

    `before` are words in front of the command, such as those of faketime.
    """
    if team == "express":
        prepare()
    program, script = _COMMANDS[team]
    command = [*before, program, str(FOREIGN / script), str(scenario), "--account", f"{ACCESS}:{SECRET}"]
    command += [] if limited else ["--no-rate-limit"]
    lawful = {variant.name for variant in variants(team)}
    command += [word for name in names if name != CORRECT for word in ("--variant" if name in lawful else "--bug", name)]
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=complaints, start_new_session=True)
        try:
            yield _urls(process, len(names), complaints)
        finally:
            end(process)


def end(process: "subprocess.Popen[Any]") -> None:
    """End a process and those that it started; faketime is one that does not pass a signal on."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


def _urls(process: "subprocess.Popen[bytes]", expected: int, complaints: IO[bytes]) -> dict[str, str]:
    """The lines that a server prints, "NAME URL", as soon as there are as many as expected."""
    assert process.stdout is not None
    printed = b""
    deadline = time.monotonic() + 60
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while printed.count(b"\n") < expected:
            if not selector.select(deadline - time.monotonic()):
                raise TimeoutError(f"{process.args!r} did not print {expected} addresses in a minute, but {printed!r}")
            received = os.read(process.stdout.fileno(), 65536)
            if not received:
                complaints.seek(0)
                raise RuntimeError(f"{process.args!r} ended with {process.wait()} before it listened: {complaints.read()[-2000:].decode()}")
            printed += received
    return dict(line.split(" ", 1) for line in printed.decode().splitlines())
