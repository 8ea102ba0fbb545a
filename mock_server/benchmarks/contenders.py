"""Who is measured: the emulator, and how each peer is told to answer the same request."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from http.client import HTTPException
from pathlib import Path
from typing import NamedTuple, Self

from .load import ask
from .machine import free_port, resident_megabytes
from .size import Size, fill

ROOT = Path(__file__).parents[2]
PEERS = ROOT / "build" / "peers"
"""Where `peers.sh` installs."""
_LONGEST_START = 60.0


class Serves(Enum):
    """What stands behind an answer."""

    COMPUTED = "computed calendars"
    BYTES = "constant bytes"
    TEMPLATE = "template"
    """One day, repeated for the users of the request."""
    RANDOM = "random data"
    """Whatever a schema allows."""


class Stub(NamedTuple):
    """What a contender is to answer: a request of that size, with these bytes where it answers constant ones."""

    size: Size
    answer: bytes
    folder: Path
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """A server that is measured. `command` writes what the server needs into the stub's folder and says how it is started."""

    key: str
    title: str
    serves: Serves
    command: Callable[[Stub], list[str]]
    needs: tuple[Path | str, ...] = ()
    """Programs (by name) and files without which it is left out."""
    warm_up: float = 0.0
    """Seconds of load before it is measured, in a full run."""
    context: bool = False
    """Shown beside the others and no peer: it keeps no journal, checks no key and cannot be told anything."""

    @property
    def missing(self) -> list[str]:
        """What of its needs is not installed."""
        return [str(need) for need in self.needs if not (need.exists() if isinstance(need, Path) else find_program(need))]


def find_program(name: str) -> str | None:
    """The path of an installed program, those for root included."""
    return shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin")))


class DidNotStart(Exception):
    """A contender ended, or did not answer with 200 in a minute."""


class Running:
    """A contender at work. `ready` is seconds from spawn to its first 200, `idle` its resident megabytes soon after."""

    def __init__(self, contender: Contender, size: Size, answer: bytes, folder: Path) -> None:
        self.contender = contender
        self.port = free_port()
        self.folder = folder / f"{contender.key}-{self.port}"
        self.folder.mkdir()
        command = contender.command(Stub(size, answer, self.folder, self.port))
        self._log = (self.folder / "output.log").open("wb")
        began = time.perf_counter()
        # Paths in the folder: nothing is left behind in the checkout.
        self._process = subprocess.Popen(  # noqa: S603 - our own commands
            command,
            cwd=self.folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._log,
            start_new_session=True,
        )
        try:
            self.first_answer = self._first_answer(fill(size.body()))
        except BaseException:
            self.stop()
            raise
        self.ready = time.perf_counter() - began

    def _first_answer(self, body: bytes) -> bytes:
        deadline = time.monotonic() + _LONGEST_START
        while self._process.poll() is None and time.monotonic() < deadline:
            try:
                status, answer = ask(self.port, body)
            except (OSError, HTTPException):
                time.sleep(0.002)
                continue
            if status == 200:
                return answer
            time.sleep(0.002)
        output = (self.folder / "output.log").read_text("utf-8", "replace")
        raise DidNotStart(f"{self.contender.title} did not answer with 200. Its last words: {output[-2000:] or 'none'}")

    def memory(self) -> float:
        """Resident megabytes now."""
        return resident_megabytes(self._process.pid)

    def stop(self) -> None:
        """Ends the process, and whatever it started."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _environment() -> dict[str, str]:
    """This process's environment without the emulator's settings, and without what makes Prism start a second process."""
    return {name: value for name, value in os.environ.items() if not name.startswith("LSQ_") and name != "NODE_ENV"}


def _emulator(*limit: str) -> Callable[[Stub], list[str]]:
    def command(stub: Stub) -> list[str]:
        return [sys.executable, "-m", "leadsquared_slots.mock_server.cli.main", "serve", f"--port={stub.port}", "--no-access-log", *limit]

    return command


EMULATOR = Contender(
    key="emulator",
    title="the emulator",
    serves=Serves.COMPUTED,
    command=_emulator("--rate-limit=100000000/5s"),
)
"""With everything on: keys, the limit counted (so high that it refuses nothing), validation, journal."""
UNLIMITED = Contender(
    key="emulator-unlimited",
    title="the emulator, no rate limit",
    serves=Serves.COMPUTED,
    command=_emulator("--no-rate-limit"),
)
