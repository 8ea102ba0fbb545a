"""Output that never stops the emulator: a reader that is slow, gone or has a full disk costs lines, no answers."""

import io
import os
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO, cast

MOST_LINES = 500
"""Texts that wait for a reader; what comes beyond is dropped and counted."""
MOST_CHARACTERS = 1 << 20
"""Characters of all of them together."""
_PAUSE = 0.02
_LAST_WAIT = 0.5


class BackgroundStream(io.TextIOBase):
    """A text stream whose `write` returns at once: a thread writes to the file descriptor, and says how many lines had to be dropped."""

    encoding = "utf-8"

    def __init__(self, descriptor: int, most_lines: int = MOST_LINES) -> None:
        self._descriptor, self._most = descriptor, most_lines
        self._waiting: deque[str] = deque()
        self._characters = self._dropped = 0
        self._guard, self._wake, self._idle = threading.Lock(), threading.Event(), threading.Event()
        self._idle.set()
        threading.Thread(target=self._write_on, name="lsq-mock-log", daemon=True).start()

    def write(self, text: str, /) -> int:
        """Take a text, to be written soon; or drop it, where too many wait already."""
        with self._guard:
            if len(self._waiting) >= self._most or self._characters + len(text) > MOST_CHARACTERS:
                self._dropped += 1
                return len(text)
            self._waiting.append(text)
            self._characters += len(text)
            self._idle.clear()
        self._wake.set()
        return len(text)

    def flush(self) -> None:
        """Do nothing: what was taken is written as soon as somebody reads it."""

    def fileno(self) -> int:
        """Return the file descriptor."""
        return self._descriptor

    def isatty(self) -> bool:
        """Return whether a terminal reads it."""
        return os.isatty(self._descriptor)

    def writable(self) -> bool:
        """Return True."""
        return True

    def drain(self, seconds: float = _LAST_WAIT) -> bool:
        """Return whether all was written within so many seconds."""
        return self._idle.wait(seconds)

    def _write_on(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            text = self._take()
            # Nobody reads any more, or there is no room: what was taken is lost, and the next may do better.
            with suppress(OSError):
                _write_all(self._descriptor, text.encode("utf-8", "replace"))
            with self._guard:
                if not self._waiting and not self._dropped:
                    self._idle.set()
                else:
                    self._wake.set()
            # Many lines in one go: a busy emulator has better things to do than to wake this thread for each.
            self._idle.wait(_PAUSE)

    def _take(self) -> str:
        """What waits, with a word on what was dropped behind it."""
        with self._guard:
            text, dropped = "".join(self._waiting), self._dropped
            self._waiting.clear()
            self._characters = self._dropped = 0
        return text + (f"lsq-mock: {dropped} lines were dropped here: nobody read them in time\n" if dropped else "")


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


@contextmanager
def errors_in_background() -> Iterator[TextIO]:
    """Make `sys.stderr` one that never waits, and give what was taken a moment to be written at the end."""
    before = sys.stderr
    try:
        stream = BackgroundStream(before.fileno())
    except (AttributeError, OSError, ValueError):
        # It is closed, or no file at all: what is in memory never waits.
        yield before or io.StringIO()
        return
    sys.stderr = cast(TextIO, stream)
    try:
        yield sys.stderr
    finally:
        sys.stderr = before
        stream.drain()


def stop_using(descriptor: int) -> None:
    """Let a descriptor that cannot be written lead nowhere, so that Python does not try again at its end."""
    with suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)
        os.close(nowhere)
