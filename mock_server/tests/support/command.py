"""The command `lsq-mock` as a process."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

COMMAND = [sys.executable, "-m", "leadsquared_slots.mock_server.cli.main"]


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LSQ_")}
    return {**kept, "PYTHONUNBUFFERED": "1", **more}


def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], env=environment(**more), capture_output=True, text=True, timeout=30, check=False)


@contextmanager
def serving(tmp_path: Path, *arguments: str, **more: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A running `lsq-mock serve` on a free port, and the root of its URLs."""
    file = tmp_path / "port"
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", "--port-file", str(file), *arguments],
        env=environment(**more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        until = time.monotonic() + 20
        while not file.exists():
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < until
            time.sleep(0.01)
        yield f"http://127.0.0.1:{file.read_text().strip()}", process
    finally:
        process.kill()
        process.communicate()
