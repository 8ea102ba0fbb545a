"""How tests talk to a server: bytes on a socket, and JSON to the admin interface."""

import asyncio
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Any, NamedTuple, Self

from leadsquared_slots.mock_server.service import ENDPOINT
from leadsquared_slots.mock_server.serving.connection import ConnectionFactory, Handler
from leadsquared_slots.mock_server.serving.http1 import Limits
from leadsquared_slots.mock_server.serving.server import event_loop_factory

PATIENCE = 20.0
"""Seconds after which a test that hangs fails instead. No test waits for it otherwise."""
UNVERIFIED = ssl.create_default_context()
"""To fetch the certificate that verifies the rest."""
UNVERIFIED.check_hostname, UNVERIFIED.verify_mode = False, ssl.CERT_NONE
USUAL = Limits()
KEYS = {"x-LSQ-AccessKey": "AccessKey", "x-LSQ-SecretKey": "SecretKey"}
BODY = b'{"FromDate":"2026-03-02","ToDate":"2026-03-03","Users":["bob@example.com"]}'


class Answer(NamedTuple):
    """A reply as it came."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def request(
    target: str = ENDPOINT, *, method: str = "POST", headers: dict[str, str] | None = None, body: bytes = BODY, version: str = "1.1"
) -> bytes:
    """The bytes of a request; by default the endpoint's, with the keys of the default account. A header that is "" is left out."""
    sent = {"Host": "localhost", **KEYS, "Content-Type": "application/json", "Content-Length": str(len(body))} | (headers or {})
    lines = [f"{method} {target} HTTP/{version}", *(f"{name}: {value}" for name, value in sent.items() if value != "")]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


class Line:
    """A connection, byte by byte."""

    def __init__(self, port: int, tls: ssl.SSLContext | None = None) -> None:
        self.socket: socket.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_hostname="localhost")
        self._rest = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> Self:
        self.socket.sendall(data)
        return self

    def piece(self) -> bytes:
        """What there is next; nothing at the end."""
        if self._rest:
            piece, self._rest = self._rest, b""
            return piece
        return self.socket.recv(65536)

    def until(self, end: bytes) -> bytes:
        """Everything up to and with an end."""
        data = b""
        while end not in data:
            piece = self.piece()
            assert piece, f"the connection ended after {data!r}"
            data += piece
        data, _, self._rest = data.partition(end)
        return data + end

    def answer(self, *, has_body: bool = True) -> Answer:
        """The next reply."""
        first, *lines = self.until(b"\r\n\r\n").decode("latin-1").split("\r\n")[:-2]
        headers = dict(line.split(": ", 1) for line in lines)
        length = int(headers["Content-Length"]) if has_body else 0
        body = b""
        while len(body) < length:
            body += self.piece()
        body, self._rest = body[:length], body[length:] + self._rest
        return Answer(int(first.split()[1]), headers, body)

    def rest(self) -> bytes:
        """Everything up to the end of the connection."""
        data = b""
        while piece := self.piece():
            data += piece
        return data


class Admin:
    """Calls of the admin interface, one connection each."""

    def __init__(self, port: int, account: str | None = None, **headers: str) -> None:
        self.port, self._account, self._headers = port, account, headers

    def of(self, account: str) -> "Admin":
        """The same for one account."""
        return Admin(self.port, account, **self._headers)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        if self._account is not None:
            path += ("&" if "?" in path else "?") + "account=" + self._account.replace("$", "%24")
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        sent = {"Host": "localhost", "Content-Type": "application/json", "x-LSQ-AccessKey": "", "x-LSQ-SecretKey": "", **self._headers}
        with Line(self.port) as line:
            whole = request(f"/__admin{path}", method=method, headers=sent | headers | {"Connection": "close"}, body=data)
            return line.send(whole).answer(has_body=method != "HEAD")

    def get(self, path: str) -> Any:
        answer = self.call("GET", path)
        assert answer.status == 200, answer
        return answer.json

    def do(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON of a call that has to succeed."""
        answer = self.call(method, path, body)
        assert answer.status in (200, 201), answer
        return answer.json


def ask(port: int, body: Any = BODY, **headers: str) -> Answer:
    """The reply to one call of the endpoint."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    with Line(port) as line:
        return line.send(request(headers={**headers, "Connection": "close"}, body=data)).answer()


def wait_until(condition: Callable[[], object]) -> None:
    """Returns as soon as a condition holds."""
    end = monotonic() + PATIENCE
    while not condition():
        assert monotonic() < end
        sleep(0.002)


class Running(NamedTuple):
    """A front that runs in a thread."""

    port: int
    front: ConnectionFactory
    loop: asyncio.AbstractEventLoop

    def close(self, grace: float) -> "asyncio.Future[None]":
        """Begins to close the front; the result says when it is closed."""
        return asyncio.run_coroutine_threadsafe(self.front.close(grace), self.loop)  # type: ignore[return-value]


@contextmanager
def running(handler: Handler, limits: Limits = USUAL, tick: float = 0.02) -> Iterator[Running]:
    """A front with a handler of the test's own."""
    made: list[Running] = []
    ready, stop = threading.Event(), asyncio.Event()

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        front = ConnectionFactory(handler, limits, tick)
        server = await loop.create_server(front, "127.0.0.1", 0, backlog=1024)
        made.append(Running(server.sockets[0].getsockname()[1], front, loop))
        ready.set()
        await stop.wait()
        server.close()
        await front.close(0)

    def run() -> None:
        with asyncio.Runner(loop_factory=event_loop_factory()) as runner:
            runner.run(serve())

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(PATIENCE)
    try:
        yield made[0]
    finally:
        made[0].loop.call_soon_threadsafe(stop.set)
        thread.join()
