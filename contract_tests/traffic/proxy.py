"""A proxy on loopback that passes the vendor's known calls on, and records them without keys.

    caller ─► read one request (bounds, deadline) ─► known call? ─► upstream over verified TLS ─► record ─► caller

A caller uses it as the API's own address. A call is in the file before its reply goes to the caller. There are never more calls under way
than there are workers; the others wait in their connections.
"""

import asyncio
import http.client
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlsplit

import urllib3
from leadsquared_slots.contract_tests.wire.deadline import Deadline, guarded_pool
from leadsquared_slots.mock_server.recording.recorded import Recorded, Recorder

from .http_messages import MOST_REPLY, BadMessage, Message, Pairs, RequestReader, decoded, end_to_end, reply_bytes, value
from .known_calls import why_not

_WORKERS, _MOST_CONNECTIONS = 16, 128
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class BadUpstream(ValueError):
    """The upstream is no root of a host that may be called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seconds:
    """How long the caller may take to send a request, the upstream to answer it whole, and the caller to take the reply."""

    read: float = 60.0
    answer: float = 60.0
    write: float = 30.0


@dataclass(frozen=True, slots=True)
class _Answered:
    status: int
    phrase: str
    headers: Pairs
    body: bytes


class _NoReply(Exception):
    """The upstream gave no reply; the text says why, without its URL."""


def upstream_root(url: str) -> str:
    """The root of a host that may be called. Raises BadUpstream."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadUpstream("--upstream is the root of a host, like https://api-in21.leadsquared.com")
    if parts.username or parts.password or parts.query or parts.fragment or parts.path.strip("/"):
        raise BadUpstream("--upstream is the root of a host: scheme, host and port, with no path, user or query")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise BadUpstream("--upstream is http://, over which keys travel in the clear; use https://, or an emulator on this machine")
    return f"{parts.scheme}://{parts.netloc}"


@dataclass(kw_only=True)
class RecordingProxy:
    """Passes calls on to `upstream` and hands each to `write` as a recorded exchange.

    clock    seconds since the epoch
    seconds  after which a caller or the upstream has taken too long
    """

    upstream: str
    recorder: Recorder
    write: Callable[[Recorded], None]
    allow_writes: bool = False
    clock: Callable[[], float] = time.time
    seconds: Seconds = Seconds()
    recorded: int = 0
    refused: int = 0
    failure: Exception | None = None
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_WORKERS, thread_name_prefix="upstream"))
    _ended: asyncio.Event = field(default_factory=asyncio.Event)
    _manager: urllib3.PoolManager = field(
        # The deadline of the whole call is shorter than what a socket may wait for a byte.
        default_factory=lambda: guarded_pool(
            maxsize=_WORKERS, block=True, cert_reqs="CERT_REQUIRED", timeout=urllib3.Timeout(connect=10, read=600)
        )
    )

    async def serve(self, port: int, ready: Callable[[int], None]) -> None:
        """Serves until `end` is called, or a recording cannot be written. Raises OSError where the port is taken, or the file full."""
        self._places = asyncio.Semaphore(_MOST_CONNECTIONS)
        server = await asyncio.start_server(self._connection, "127.0.0.1", port)
        try:
            ready(server.sockets[0].getsockname()[1])
            await self._ended.wait()
        finally:
            server.close()
            self._pool.shutdown(wait=True, cancel_futures=True)
        if self.failure is not None:
            raise self.failure

    def end(self) -> None:
        """Lets `serve` return."""
        self._ended.set()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with self._places:
                await self._requests(RequestReader(reader, writer), writer)
        except (TimeoutError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _requests(self, requests: RequestReader, writer: asyncio.StreamWriter) -> None:
        keep_alive = True
        while keep_alive:
            try:
                async with asyncio.timeout(self.seconds.read):
                    message = await requests.next()
            except BadMessage as error:
                answered, keep_alive = _local(error.status, str(error), "send one request of HTTP/1.1"), False
            else:
                if message is None:
                    return
                answered, keep_alive = await self._answer(message), message.keep_alive
            writer.write(reply_bytes(answered.status, answered.phrase, answered.headers, answered.body, keep_alive=keep_alive))
            async with asyncio.timeout(self.seconds.write):
                await writer.drain()

    async def _answer(self, message: Message) -> _Answered:
        path = message.target.partition("?")[0]
        why = why_not(message.method, path, allow_writes=self.allow_writes)
        if why is not None:
            self.refused += 1
            return _local(403, f"{message.method[:10]} {path[:200]}: {why[0]}", why[1])
        began, at = time.monotonic(), self.clock()
        try:
            answered = await asyncio.get_running_loop().run_in_executor(self._pool, self._pass_on, message)
            self._record(message, answered, at, time.monotonic() - began)
        except _NoReply as error:
            return _local(502, f"the upstream gave no reply: {error}", "look at --upstream; nothing was recorded")
        except OSError as error:
            self.failure = error
            self.end()
            return _local(500, "the recording cannot be written", "look at the terminal of lsq-contract record")
        return answered

    def _record(self, message: Message, answered: _Answered, at: float, seconds: float) -> None:
        try:
            body = decoded(answered.body, value(answered.headers, "content-encoding"))
        except ValueError as error:
            raise _NoReply(str(error)) from None
        exchange = self.recorder.record(
            at=at, seconds=seconds, method=message.method, url=self.upstream + message.target, headers=end_to_end(message.headers, "host"),
            body=message.body, status=answered.status, reply_headers=end_to_end(answered.headers, "content-encoding"), reply_body=body,
        )  # fmt: skip
        self.write(exchange)
        self.recorded += 1

    def _pass_on(self, message: Message) -> _Answered:
        """One call of the upstream, in a worker. Raises _NoReply."""
        headers = urllib3.HTTPHeaderDict(end_to_end(message.headers, "host", "content-length", "accept-encoding", "expect"))
        # What is recorded has to be readable: no compression that cannot be undone here.
        headers["Accept-Encoding"] = "gzip" if "gzip" in value(message.headers, "accept-encoding").lower() else "identity"
        late = f"it took longer than {self.seconds.answer:g} s"
        with Deadline(self.seconds.answer) as deadline:
            try:
                reply = self._manager.request(
                    message.method, self.upstream + message.target, headers=headers, body=message.body or None,
                    retries=False, redirect=False, preload_content=False, decode_content=False,
                )  # fmt: skip
                body = _whole_body(reply)
            except (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError, ValueError) as error:
                # The text of the error can hold the URL, and the URL the keys.
                raise _NoReply(late if deadline.has_passed else _name_of(error)) from None
        if deadline.has_passed:  # a body without a length ends where the socket was shut down
            raise _NoReply(late)
        return _Answered(reply.status, reply.reason or _phrase(reply.status), end_to_end(reply.headers.items(), "content-length"), body)


def _whole_body(reply: urllib3.BaseHTTPResponse) -> bytes:
    """Return the body as it came. Not what `wire.transport` does, which decodes a body and bounds what comes out. Raises _NoReply."""
    pieces: list[bytes] = []
    size = 0
    for piece in reply.stream(1 << 16, decode_content=False):
        pieces.append(piece)
        size += len(piece)
        if size > MOST_REPLY:
            reply.close()
            raise _NoReply(f"it is larger than {MOST_REPLY} bytes")
    reply.release_conn()
    return b"".join(pieces)


def _name_of(error: Exception) -> str:
    """What failed, in words that hold no URL."""
    reason = getattr(error, "reason", None)
    name = type(reason if isinstance(reason, Exception) else error).__name__
    return f"{name} (the certificate of the host is not trusted here)" if "SSL" in name else name


def _local(status: int, error: str, hint: str) -> _Answered:
    """A reply of the proxy itself, which is not recorded."""
    body = json.dumps({"error": f"lsq-contract record: {error}", "hint": hint}).encode()
    return _Answered(status, _phrase(status), [("Content-Type", "application/json")], body)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
