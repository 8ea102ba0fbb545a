"""The recording proxy as a process, and calls through it."""

import json
import os
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from leadsquared_slots.mock_server.tests.support.recordings import ACCESS, SECRET

from .commands import installed

ENDPOINT = "/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress"
QUESTION = {"FromDate": "2026-03-02", "ToDate": "2026-03-03", "Users": ["Zoo@example.com"]}


@contextmanager
def recording(upstream: str, path: Path, *flags: str, **environment: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The command while it runs: its URL and process; ended by SIGTERM. What it printed is then in a file beside the recording."""
    words = installed(["lsq-contract", "record", "--upstream", upstream, "--output", str(path), "--port", "0", *flags])
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, **environment}) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            yield line.split("sent to ")[1].split(" ")[0], process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)
            path.with_suffix(".txt").write_text(line + process.stdout.read(), "utf-8")


def call(url: str, method: str = "POST", payload: Any = None, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
    """One call, whatever its status."""
    body = None if payload is None else json.dumps(payload).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json", **(headers or {})}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            return reply.status, dict(reply.headers), reply.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


def keys_in_headers() -> dict[str, str]:
    """The keys as headers."""
    return {"x-LSQ-AccessKey": ACCESS, "x-LSQ-SecretKey": SECRET}
