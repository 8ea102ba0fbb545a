"""Starts a driver, gives it one line, and reads what it writes: in bounded time and memory, whatever the driver does."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Thread
from typing import IO

MOST_OUTPUT = 16 << 20
"""Bytes of standard output; a driver that writes more is ended."""
_KEPT_ERRORS = 64 << 10
_GRACE_SECONDS = 1.0
_DRAIN_SECONDS = 0.5
_TOO_MUCH = f"it wrote more than {MOST_OUTPUT >> 20} MiB to its standard output, and was ended"
_IS_POSIX = os.name == "posix"


class CannotStart(Exception):
    """The command cannot be started; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What became of one start of a driver.

    lines    of its standard output
    errors   the end of its standard error
    problem  why it counts as crashed; None where it ended by itself with 0
    """

    lines: tuple[str, ...]
    errors: str
    seconds: float
    problem: str | None = None


class _Reader(Thread):
    """Reads a stream to its end, or to `most` bytes; then keeps reading, and the newest instead where `keeps_end`."""

    def __init__(self, stream: IO[bytes], most: int, *, keeps_end: bool = False) -> None:
        super().__init__(daemon=True)
        self._stream, self._most, self._keeps_end = stream, most, keeps_end
        self.data = bytearray()
        self.is_over = False

    def run(self) -> None:
        with suppress(OSError, ValueError):
            while piece := os.read(self._stream.fileno(), 1 << 16):
                self.data += piece
                if len(self.data) > self._most:
                    if not self._keeps_end:
                        self.is_over = True
                        return
                    del self.data[: -self._most]


def run_driver(command: Sequence[str], line: str, extra: Mapping[str, str], timeout: float, over: Event | None = None) -> Ran:
    """Run a command in the caller's directory and environment, plus `extra`, with one line on its standard input.

    No shell. It has a process group of its own, which is ended at the timeout, at too much output, and when the command has ended:
    what it left behind is ended, too; so it is when `over` is set, because nobody waits for it any more. Raises CannotStart.
    """
    began = time.monotonic()
    try:
        process = subprocess.Popen(  # noqa: S603 - the user's own command
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **extra},
            start_new_session=_IS_POSIX,
        )
    except (OSError, ValueError) as error:
        raise CannotStart(f"{command[0]} cannot be started: {getattr(error, 'strerror', None) or error}") from None
    if process.stdin is None or process.stdout is None or process.stderr is None:
        raise AssertionError("pipes were asked for")
    out, errors = _Reader(process.stdout, MOST_OUTPUT), _Reader(process.stderr, _KEPT_ERRORS, keeps_end=True)
    writer = Thread(target=_write, args=(process.stdin, line), daemon=True)
    for thread in (out, errors, writer):
        thread.start()
    problem = _wait(process, out, began + timeout, timeout, over or Event())
    # A child that still holds the output open would keep the readers waiting.
    out.join(_DRAIN_SECONDS)
    _end_group(process, gently=False)
    for thread in (out, errors, writer):
        thread.join(_GRACE_SECONDS)
    for stream in (process.stdout, process.stderr):
        with suppress(OSError):
            stream.close()
    if out.is_over and problem is None:
        problem = _TOO_MUCH
    return Ran(
        lines=tuple(bytes(out.data).decode("utf-8", "replace").splitlines()),
        errors=bytes(errors.data).decode("utf-8", "replace"),
        seconds=time.monotonic() - began,
        problem=problem,
    )


def _write(stream: IO[bytes], line: str) -> None:
    # A driver that does not read is none of our business; its results are.
    with suppress(OSError, ValueError), stream:
        stream.write(f"{line}\n".encode())


def _wait(process: "subprocess.Popen[bytes]", out: _Reader, until: float, timeout: float, over: Event) -> str | None:
    """Why the driver counts as crashed; None where it ended with 0."""
    pause = 0.005
    while process.poll() is None:
        if out.is_over:
            _end_group(process, gently=True)
            return _TOO_MUCH
        if over.is_set():
            _end_group(process, gently=True)
            return "it was ended: the run was interrupted"
        left = until - time.monotonic()
        if left <= 0:
            _end_group(process, gently=True)
            return f"it did not end within {timeout:g} s, and was ended"
        with suppress(subprocess.TimeoutExpired):
            process.wait(min(pause, left))
        pause = min(pause * 2, 0.1)
    if process.returncode < 0:
        return f"it was ended by the signal {_name_of(-process.returncode)}"
    return f"it exited with {process.returncode}" if process.returncode else None


def _name_of(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def _end_group(process: "subprocess.Popen[bytes]", *, gently: bool) -> None:
    """End the driver and everything that it started, as far as that is still in its group."""
    if gently:
        _signal(process, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE_SECONDS)
    _signal(process, getattr(signal, "SIGKILL", signal.SIGTERM))
    with suppress(subprocess.TimeoutExpired):
        process.wait(_GRACE_SECONDS)


def _signal(process: "subprocess.Popen[bytes]", number: int) -> None:
    with suppress(OSError):
        if _IS_POSIX:
            os.killpg(process.pid, number)
        elif process.poll() is None:
            process.terminate()
