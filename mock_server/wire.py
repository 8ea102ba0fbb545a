"""The front: HTTP/1.1 on asyncio, parsed by httptools, and the one place that waits, dribbles or drops a connection.

Own code for the sake of faults: a reset has to be a real RST, an empty reply not one byte, and a reply that is late may hold up no other.
No server that speaks WSGI hands out the socket for that.
"""

import asyncio
import struct
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from socket import SO_LINGER, SOL_SOCKET
from typing import cast
from urllib.parse import unquote_to_bytes

import httptools

from .exchange import Abort, Headers, Reply
from .vendor_request import LARGEST_BODY

Handler = Callable[[str, str, str, dict[str, str], bytes], Reply]
"""From method, path (percent-decoded), query (raw), headers (names in lower case) and body to a reply."""

LARGEST_HEAD = 64 << 10
"""Bytes that the request line and the headers may take together."""
SLOWEST_REQUEST = 30.0
"""Seconds that a request may take to arrive."""
LONGEST_IDLE = 120.0
"""Seconds that a connection is kept between two requests."""

_SWEEP = 1.0
_MOST_WAITING = 16
_MOST_DISCARDED = 64 << 20
_GARBAGE = bytes(range(0x80, 0x100)) + b"\r\n\r\n"
_PLAIN: Headers = (("Content-Type", "text/plain; charset=utf-8"),)
_LINGER_ZERO = struct.pack("ii", 1, 0)


class _Message:
    """A request as it arrives."""

    __slots__ = ("body", "headers", "http_version", "keeps_alive", "length", "method", "url")

    def __init__(self) -> None:
        self.method, self.url, self.http_version = "", b"", "1.1"
        self.headers: dict[str, str] = {}
        self.body: list[bytes] = []
        self.length = 0
        self.keeps_alive = False


class Connection(asyncio.Protocol):
    """One connection: parses requests, answers them one after another, and delivers each reply as it says."""

    def __init__(self, front: "Front") -> None:
        self._front = front
        self._parser = httptools.HttpRequestParser(self)
        self._transport = cast(asyncio.Transport, None)
        self._arriving: _Message | None = None
        self._head_bytes = 0
        self._waiting: deque[_Message] = deque()
        self._answering: _Message | None = None
        self._is_ended = False
        self._since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Joins the front's connections."""
        self._transport = cast(asyncio.Transport, transport)
        self._since = self._front.loop.time()
        self._front.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Leaves the front's connections."""
        self._is_ended = True
        self._waiting.clear()
        self._front.connections.discard(self)

    def data_received(self, data: bytes) -> None:
        """Feeds the parser; what is no request in HTTP/1.1 ends the connection."""
        if self._is_ended:
            return
        self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._refuse(HTTPStatus.BAD_REQUEST, "This server does not upgrade to another protocol.")
        except httptools.HttpParserError as error:
            self._refuse(HTTPStatus.BAD_REQUEST, f"This is no request in HTTP/1.1: {error}")
        else:
            if self._arriving is not None and self._head_bytes > LARGEST_HEAD:
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"The headers are larger than {LARGEST_HEAD} bytes.")

    def on_message_begin(self) -> None:
        """A request begins to arrive."""
        self._arriving = _Message()
        self._since = self._front.loop.time()

    def on_url(self, url: bytes) -> None:
        """Part of the request's target."""
        self._message.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; one that is repeated is joined by commas, as HTTP has it."""
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers = self._message.headers
        headers[key] = f"{headers[key]}, {text}" if key in headers else text

    def on_headers_complete(self) -> None:
        """The head is there; a client that waits before it sends a body is told to go on."""
        message = self._message
        message.method = self._parser.get_method().decode("latin-1")
        message.http_version = self._parser.get_http_version()
        message.keeps_alive = self._parser.should_keep_alive()
        self._head_bytes = -_MOST_DISCARDED
        if message.headers.get("expect", "").lower() == "100-continue":
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, part: bytes) -> None:
        """Part of the body; of one that is too long only as much is kept as shows it."""
        message = self._message
        if message.length <= LARGEST_BODY:
            message.body.append(part)
        message.length += len(part)

    def on_message_complete(self) -> None:
        """A request is there; it is answered when those before it are."""
        message, self._arriving, self._head_bytes = self._message, None, 0
        if self._is_ended:
            return
        if self._answering is None:
            self._answer(message)
            return
        self._waiting.append(message)
        if len(self._waiting) >= _MOST_WAITING:
            self._transport.pause_reading()

    @property
    def _message(self) -> _Message:
        return cast(_Message, self._arriving)

    def _answer(self, message: _Message) -> None:
        self._answering = message
        target, _, query = message.url.decode("latin-1").partition("?")
        if "://" in target:
            # The form for proxies; only its path matters here.
            target = "/" + target.partition("://")[2].partition("/")[2]
        path = unquote_to_bytes(target.partition("#")[0]).decode("utf-8", "replace") if "%" in target else target.partition("#")[0]
        try:
            reply = self._front.handler(message.method, path, query, message.headers, b"".join(message.body))
        except Exception:
            # Ours to mend, and no reason to leave a client without an answer.
            traceback.print_exc()
            reply = Reply(HTTPStatus.INTERNAL_SERVER_ERROR, _PLAIN, (b"The emulator failed. Its log says how; please report it.\n",))
        if reply.delay:
            self._front.loop.call_later(reply.delay, self._deliver, reply)
        else:
            self._deliver(reply)

    def _deliver(self, reply: Reply) -> None:
        if self._is_ended:
            return
        if reply.abort is not None:
            self._abort(reply, reply.abort)
            return
        message = cast(_Message, self._answering)
        body = () if message.method == "HEAD" else reply.body
        head = self._head(reply, message)
        if reply.dribble is None or not body:
            self._transport.write(b"".join((head, *body)))
            self._done(message)
            return
        self._transport.write(head)
        whole = b"".join(body)
        size = max(1, -(-len(whole) // reply.dribble.chunks))
        pieces = [whole[at : at + size] for at in range(0, len(whole), size)]
        self._dribble(iter(pieces), reply.dribble.seconds / len(pieces))

    def _dribble(self, pieces: Iterator[bytes], pause: float) -> None:
        if self._is_ended:
            return
        piece = next(pieces, None)
        if piece is None:
            self._done(cast(_Message, self._answering))
            return
        self._transport.write(piece)
        self._front.loop.call_later(pause, self._dribble, pieces, pause)

    def _abort(self, reply: Reply, abort: Abort) -> None:
        self._is_ended = True
        if abort is Abort.RESET:
            # Without lingering, the close is an RST.
            self._transport.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, _LINGER_ZERO)
            self._transport.abort()
            return
        if abort is Abort.GARBAGE:
            self._transport.write(_GARBAGE)
        elif abort is Abort.TRUNCATE:
            body = b"".join(reply.body)
            self._transport.write(self._head(reply, cast(_Message, self._answering)) + body[: len(body) // 2])
        self._transport.close()

    def _head(self, reply: Reply, message: _Message) -> bytes:
        ends = not message.keeps_alive or self._front.is_closing
        connection = b"Connection: close\r\n" if ends else b"Connection: keep-alive\r\n" if message.http_version == "1.0" else b""
        return b"%bContent-Length: %d\r\nDate: %b\r\n%b\r\n" % (
            _head_of(reply.status, reply.headers),
            reply.length,
            self._front.date,
            connection,
        )

    def _done(self, message: _Message) -> None:
        self._answering = None
        self._since = self._front.loop.time()
        if not message.keeps_alive or self._front.is_closing:
            self._end()
        elif self._waiting:
            self._transport.resume_reading()
            self._answer(self._waiting.popleft())

    def _refuse(self, status: HTTPStatus, reason: str) -> None:
        if self._answering is None:
            reply = Reply(status, _PLAIN, (f"{reason}\n".encode(),))
            self._transport.write(self._head(reply, _Message()) + reply.body[0])
        self._end()

    def _end(self) -> None:
        self._is_ended = True
        self._transport.close()

    def end_if_idle(self) -> None:
        """Closes the connection unless a request is being answered or is arriving."""
        if self._answering is None and self._arriving is None:
            self._end()

    def sweep(self, now: float) -> None:
        """Closes the connection when it has been idle, or its request has been arriving, for too long."""
        if self._answering is not None or self._is_ended:
            return
        if self._arriving is not None and now - self._since > SLOWEST_REQUEST:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, f"The request took more than {SLOWEST_REQUEST:.0f} seconds to arrive.")
        elif self._arriving is None and now - self._since > LONGEST_IDLE:
            self._end()

    def drop(self) -> None:
        """Closes the connection without more ado."""
        self._transport.abort()


class Front:
    """All connections of one server, and what they share. Create it on the running event loop."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.loop = asyncio.get_running_loop()
        self.connections: set[Connection] = set()
        self.is_closing = False
        self.date = b""
        self._tick()

    def __call__(self) -> Connection:
        """A protocol for a new connection."""
        return Connection(self)

    def _tick(self) -> None:
        self.date = formatdate(usegmt=True).encode()
        now = self.loop.time()
        for connection in tuple(self.connections):
            connection.sweep(now)
        self._timer = self.loop.call_later(_SWEEP, self._tick)

    async def close(self, grace: float) -> None:
        """Ends idle connections, waits up to `grace` seconds for the others to be answered, and drops what is left."""
        self.is_closing = True
        for connection in tuple(self.connections):
            connection.end_if_idle()
        deadline = self.loop.time() + grace
        while self.connections and self.loop.time() < deadline:
            await asyncio.sleep(0.01)
        for connection in tuple(self.connections):
            connection.drop()
        self._timer.cancel()


@lru_cache(maxsize=64)
def _head_of(status: int, headers: Headers) -> bytes:
    phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Unknown"
    lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, ""]).encode("latin-1")
