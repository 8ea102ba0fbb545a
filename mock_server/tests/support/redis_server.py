"""Debian's redis-server on a free port, for tests."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from .talking import PATIENCE, wait_until


def needed(program: str, package: str) -> str:
    """The path of a program; without it the test is skipped, and in CI it fails."""
    found = shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        missing = f"{program} is missing; on Debian and Ubuntu: apt install {package}"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return found


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


class RedisServer:
    """A Redis with many databases, which keeps nothing on disk unless told to."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._program, self._folder, self._options = needed("redis-server", "redis-server"), folder, options
        self.port = free_port()
        self._databases = count()
        self._process: subprocess.Popen[bytes] | None = None

    def fresh_url(self, patience: float = PATIENCE) -> str:
        """The URL of a database that no test has used; on a busy machine Redis may take a while."""
        return f"redis://127.0.0.1:{self.port}/{next(self._databases)}?socket_timeout={patience}"

    def start(self) -> None:
        """Starts it, and waits until it listens."""
        options = {"--port": self.port, "--bind": "127.0.0.1", "--dir": self._folder, "--databases": 10_000, "--save": ""}
        words = [str(word) for option in options.items() for word in option]
        self._process = subprocess.Popen([self._program, *words, *self._options], stdout=subprocess.DEVNULL)
        wait_until(self._is_up)

    def kill(self) -> None:
        """Ends it at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(PATIENCE)

    def pause(self, signal: int) -> None:
        """Sends it SIGSTOP or SIGCONT."""
        assert self._process is not None
        self._process.send_signal(signal)

    def _is_up(self) -> bool:
        with socket.socket() as line:
            return line.connect_ex(("127.0.0.1", self.port)) == 0


@contextmanager
def running_redis(*options: str) -> Iterator[RedisServer]:
    """A Redis of its own."""
    with TemporaryDirectory() as folder:
        server = RedisServer(Path(folder), *options)
        server.start()
        try:
            yield server
        finally:
            server.kill()
