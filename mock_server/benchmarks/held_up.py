"""How long the endpoint and the health check wait while one large call is handled, kind by kind.

    python -m leadsquared_slots.mock_server.benchmarks.held_up [--redis URL]

Each call has a body as large as the admin interface takes, or asks for the largest answer. Two connections ask for a health check and for a
small answer all the while; the longest wait of each is shown. `health` should stay below 250 ms on a machine that does nothing else.
"""

import argparse
import json
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .soak import ENDPOINT, HOST, serving

LARGEST = 4 << 20
_DATES = {"FromDate": "2026-03-02", "ToDate": "2026-06-09"}
_TASK = {"start": "2026-03-02T06:00:00Z", "end": "2026-03-02T06:30:00Z", "allow-conflicts": False}
_RESET: tuple[str, str, Any] = ("POST", "/__admin/reset", {})

Sent = tuple[str, str, Any]


class Client:
    """One connection."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection((HOST, port), timeout=600)
        self._rest = b""

    def call(self, method: str, path: str, body: Any) -> int:
        """The status of a reply, when all of it is there."""
        data = body if isinstance(body, bytes) else b"" if body is None else _json(body)
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n"
        head += "x-LSQ-AccessKey: AccessKey\r\nx-LSQ-SecretKey: SecretKey\r\n\r\n"
        self._socket.sendall(head.encode() + data)
        while b"\r\n\r\n" not in self._rest:
            self._receive()
        top, _, self._rest = self._rest.partition(b"\r\n\r\n")
        left = int(top.partition(b"Content-Length: ")[2].partition(b"\r")[0]) - len(self._rest)
        while left > 0:
            left -= len(self._socket.recv(1 << 20))
        self._rest = b""
        return int(top.split()[1])

    def _receive(self) -> None:
        received = self._socket.recv(1 << 16)
        if not received:
            raise OSError("the connection ended")
        self._rest += received


class Asking(threading.Thread):
    """Asks the same again and again, and notes the longest wait."""

    def __init__(self, port: int, sent: Sent) -> None:
        super().__init__(daemon=True)
        self._client, self._sent = Client(port), sent
        self.longest, self.is_over = 0.0, False

    def run(self) -> None:
        """Asks until it is over."""
        while not self.is_over:
            began = time.perf_counter()
            self._client.call(*self._sent)
            self.longest = max(self.longest, time.perf_counter() - began)
            time.sleep(0.003)


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _largest(make: Callable[[int], Any]) -> bytes:
    """The JSON of a value with as many parts as fit into the largest body."""
    number = LARGEST // max(1, (len(_json(make(200))) - len(_json(make(100)))) // 100 + 4)
    body = _json(make(number))
    while len(body) > LARGEST:
        number = number * 99 // 100
        body = _json(make(number))
    return body


def calls(port: int) -> Iterator[tuple[str, Sent]]:
    """Large calls with their names, in an order in which each finds what it is about."""
    client = Client(port)
    users: Callable[[int], Any] = lambda n: [{"email": f"u{i}@e.example", "zone": "UTC"} for i in range(n)]  # noqa: E731
    state = {
        "scenario": {"name": "generated", "document": {}}, "seed": 0, "profile": {"name": "documented"}, "rateLimit": "none", "now": None,
        "faults": [], "faultsApplied": 0, "calls": [],
    }  # fmt: skip
    yield "PUT /state: users with tasks", ("PUT", "/__admin/state", _largest(lambda n: {**state, "changes": _changes(n)}))
    for path in ("state", "users", ""):
        yield f"GET /{path}", ("GET", f"/__admin/{path}", None)
    yield "PATCH /settings: addresses compared otherwise", ("PATCH", "/__admin/settings", {"profile": {"address-case": "exact"}})
    yield "POST /reset", _RESET
    yield "PUT /scenario: users", ("PUT", "/__admin/scenario", _largest(lambda n: {"user": users(n)}))
    yield "PUT /scenario: TOML", ("PUT", "/__admin/scenario", _largest(_toml))
    yield "PUT /scenario: unknown keys", ("PUT", "/__admin/scenario", _largest(lambda n: {f"k{i}": 1 for i in range(n)}))
    yield "POST /reset", _RESET
    tasks: Callable[[int], Any] = lambda n: {"zone": "UTC", "tasks": [_TASK] * min(n, 10_000)}  # noqa: E731
    yield "PUT /users: tasks", ("PUT", "/__admin/users/u@e.example", tasks(10_000))
    yield "GET /explain: those tasks", ("GET", "/__admin/explain?user=u@e.example&date=2026-03-02", None)
    yield "the endpoint: those tasks", ("POST", ENDPOINT, {**_DATES, "Users": ["u@e.example"]})
    yield "the endpoint: 1,000 users on 100 dates", ("POST", ENDPOINT, {**_DATES, "Users": [f"u{i}@e.example" for i in range(1_000)]})
    yield "the endpoint: names of keys", ("POST", ENDPOINT, b"$" + b"key" * 349_000)
    for number in range(1_000):
        client.call("POST", ENDPOINT, {**_DATES, "Users": [f"u{number}@e.example"], "More": "x" * 7_000})
    for path in ("requests", "requests.har", "conduct", ""):
        yield f"GET /{path}: a full journal", ("GET", f"/__admin/{path}", None)
    matcher = _largest(lambda n: {"equalToJson": {f"k{i}": 1 for i in range(n)}})
    yield "POST /requests/find: a large matcher", ("POST", "/__admin/requests/find", matcher)


def _changes(number: int) -> list[Any]:
    users = [{"kind": "put-user", "entry": {"email": f"u{n}@e.example", "zone": "UTC"}} for n in range(number)]
    return users + [{"kind": "add-task", "user": f"u{n}@e.example", "entry": {**_TASK, "id": f"t{n}"}} for n in range(number)]


def _toml(number: int) -> dict[str, str]:
    return {"toml": "".join(f'[[user]]\nemail = "u{n}@e.example"\nzone = "UTC"\n' for n in range(number))}


def measure(port: int) -> Iterator[tuple[str, int, float, float, float]]:
    """Of each call: its name, its status, its seconds, and the longest waits for a health check and for an answer meanwhile."""
    small = {"FromDate": "2026-03-02", "ToDate": "2026-03-03", "Users": ["bob@example.com"]}
    for name, sent in calls(port):
        beside = [Asking(port, ("GET", "/__admin/health", None)), Asking(port, ("POST", ENDPOINT, small))]
        for each in beside:
            each.start()
        time.sleep(0.02)
        for each in beside:
            each.longest = 0.0
        client, began = Client(port), time.perf_counter()
        status = client.call(*sent)
        seconds = time.perf_counter() - began
        for each in beside:
            each.is_over = True
            each.join()
        yield name, status, seconds, beside[0].longest, beside[1].longest


def main() -> None:
    """Runs the command."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--redis", help="Keep the state there.")
    options = parser.parse_args()
    more = [f"--redis-url={options.redis}"] if options.redis else []
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), *more) as (port, _):
        print(f"{'':47} status  seconds  health ms  endpoint ms")  # noqa: T201 - what it is for
        for name, status, seconds, health, endpoint in measure(port):
            print(f"{name:47} {status:6}  {seconds:7.2f}  {health * 1000:9.0f}  {endpoint * 1000:11.0f}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
