"""A soak: hundreds of thousands of requests with the journal and faults on. Memory has to stay flat, and no error may come unasked.

    python -m leadsquared_slots.mock_server.benchmarks.soak [--requests 200000]

Linux only: memory is read from /proc. Exits with 1 when an error came that no fault accounts for, or when memory grew in the second half.
"""

import argparse
import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
ENDPOINT = "/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress"
USERS = 1_000
CONNECTIONS = 16
SAMPLES = 20
MOST_GROWTH = 0.05
"""Part of the memory at half-time that the second half may add: the bounded store of days still takes up those of changed users."""
FAULTS: list[dict[str, Any]] = [
    {"kind": "status", "status": 500, "every": 41},
    {"kind": "status", "status": 429, "every": 97},
    {"kind": "latency", "distribution": "log-normal", "median": 2, "sigma": 0.5, "every": 53},
    {"kind": "malformed", "every": 211},
    {"kind": "dribble", "chunks": 4, "seconds": 0.01, "every": 223},
    {"kind": "truncate", "every": 307},
    {"kind": "empty", "every": 401},
    {"kind": "reset", "every": 503},
    {"kind": "garbage", "every": 601},
]


class Client:
    """One connection, opened anew when a fault has ended it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._writer: asyncio.StreamWriter | None = None

    async def call(self, method: str, path: str, body: Any, keys: tuple[str, str] = ("AccessKey", "SecretKey")) -> tuple[str, bytes]:
        """What a call ended in, and the body of its reply."""
        data = b"" if body is None else json.dumps(body).encode()
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n"
            f"x-LSQ-AccessKey: {keys[0]}\r\nx-LSQ-SecretKey: {keys[1]}\r\n\r\n"
        )
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(HOST, self._port)
        outcome, reply = await self._exchange(self._writer, head.encode() + data)
        if outcome in ("reset", "empty", "truncate", "garbage"):
            self.close()
        return outcome, reply

    def close(self) -> None:
        """Ends the connection."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    async def _exchange(self, writer: asyncio.StreamWriter, data: bytes) -> tuple[str, bytes]:
        head = b""
        try:
            writer.write(data)
            head = await self._reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 "):
                return "garbage", head
            length = int(head.partition(b"Content-Length: ")[2].partition(b"\r")[0])
            body = await self._reader.readexactly(length)
        except asyncio.IncompleteReadError as error:
            return ("truncate" if head else "garbage" if error.partial else "empty"), error.partial
        except ConnectionResetError:
            return "reset", b""
        status = head[9:12].decode()
        if status != "200":
            return status, body
        try:
            json.loads(body)
        except ValueError:
            return "malformed", body
        return "200", body


@contextmanager
def serving(folder: Path, *more: str) -> Iterator[tuple[int, int]]:
    """A server of its own; gives its port and its process id."""
    port_file = folder / "port"
    options = ["--port=0", f"--port-file={port_file}", "--no-rate-limit", "--quiet", *more]
    process = subprocess.Popen([sys.executable, "-m", "leadsquared_slots.mock_server.cli.main", "serve", *options])  # noqa: S603 - our own module
    try:
        while not port_file.exists():
            if process.poll() is not None:
                raise SystemExit("the server ended before it was ready")
            time.sleep(0.02)
        yield int(port_file.read_text("utf-8")), process.pid
    finally:
        process.terminate()
        process.wait()


def memory(pid: int) -> int:
    """Resident memory of a process in KiB."""
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    return int(status.partition("VmRSS:")[2].split()[0])


class Soak:
    """The work that is still to do, and what came of what is done."""

    def __init__(self, port: int, pid: int, requests: int) -> None:
        self._port, self._pid, self._requests = port, pid, requests
        self._sent = 0
        self._chance = random.Random(0)  # noqa: S311 - repeatable, not secret
        self.outcomes: Counter[str] = Counter()
        self.samples: list[int] = []

    async def run(self) -> None:
        """Asks until everything is asked."""
        await asyncio.gather(*(self._work() for _ in range(CONNECTIONS)))
        self._sample()

    async def _work(self) -> None:
        client = Client(self._port)
        while self._sent < self._requests:
            if self._sent % (self._requests // SAMPLES) == 0:
                self._sample()
            self._sent += 1
            outcome, _ = await client.call("POST", ENDPOINT, self._question())
            self.outcomes[outcome] += 1
            if self._chance.random() < 0.005:
                await self._be_a_test()

    def _sample(self) -> None:
        self.samples.append(memory(self._pid))
        print(f"{self._sent:>9,} requests  {self.samples[-1] / 1024:7.1f} MiB", flush=True)  # noqa: T201 - what it is for

    def _question(self) -> dict[str, Any]:
        users = [f"user{self._chance.randrange(USERS)}@example.com" for _ in range(2)]
        month, day = self._chance.randrange(1, 13), self._chance.randrange(1, 22)
        return {"FromDate": f"2026-{month:02}-{day:02}", "ToDate": f"2026-{month:02}-{day + self._chance.randrange(7):02}", "Users": users}

    async def _be_a_test(self) -> None:
        """What a test does with an account of its own: changes the calendar, sees it, and leaves."""
        client = Client(self._port)
        made = json.loads(await self._admin(client, "POST", "/accounts", {"now": "2026-03-02T06:00:00Z"}, "201"))
        key, of = made["accessKey"], "?account=" + made["accessKey"].replace("$", "%24")
        task = {"user": "free@example.com", "start": "2026-03-02T06:00:00Z", "end": "2026-03-02T06:30:00Z"}
        await self._admin(client, "POST", f"/tasks{of}", task, "201")
        question = {"FromDate": "2026-03-02", "ToDate": "2026-03-02", "Users": ["free@example.com"]}
        outcome, body = await client.call("POST", ENDPOINT, question, (key, made["secretKey"]))
        if outcome != "200" or b"2026-03-02 06:30:00" not in body:
            self.outcomes[f"own account: {outcome}"] += 1
        await self._admin(client, "DELETE", f"/accounts/{key}", None, "200")
        client.close()

    async def _admin(self, client: Client, method: str, path: str, body: Any, status: str) -> bytes:
        outcome, reply = await client.call(method, f"/__admin{path}", body)
        if outcome != status:
            self.outcomes[f"admin: {outcome}"] += 1
        return reply


async def soak(port: int, pid: int, requests: int) -> bool:
    """Runs the soak, prints its figures, and says whether all is well."""
    client = Client(port)
    for fault in FAULTS:
        await client.call("POST", "/__admin/faults", fault)
    began, work = time.monotonic(), Soak(port, pid, requests)
    await work.run()
    seconds = time.monotonic() - began
    # A new one: the server has closed the first, which was idle all the while.
    client = Client(port)
    faults = json.loads((await client.call("GET", "/__admin/faults", None))[1])["faults"]
    kept = json.loads((await client.call("GET", "/__admin/requests", None))[1])["requests"]
    asked_for = Counter[str]()
    for fault in faults:
        asked_for[str(fault.get("status", "200" if fault["kind"] in ("latency", "dribble") else fault["kind"]))] += fault["struck"]
    asked_for["200"] = requests - (asked_for.total() - asked_for["200"])
    half, last = work.samples[len(work.samples) // 2], max(work.samples[-3:])
    print(f"{requests / seconds:,.0f} requests a second; {len(kept)} in the journal, the last of number {kept[-1]['number']:,}")  # noqa: T201
    print("outcomes ", dict(sorted(work.outcomes.items())))  # noqa: T201
    print("asked for", dict(sorted(asked_for.items())))  # noqa: T201
    print(f"memory at half-time {half / 1024:.1f} MiB, at the end {last / 1024:.1f} MiB ({last / half - 1:+.1%})")  # noqa: T201
    return work.outcomes == asked_for and last <= half * (1 + MOST_GROWTH)


def main() -> int:
    """Runs the command."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--requests", type=int, default=200_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as (port, pid):
        return 0 if asyncio.run(soak(port, pid, options.requests)) else 1


if __name__ == "__main__":
    sys.exit(main())
