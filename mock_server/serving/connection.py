"""The connections of the front, in HTTP/1.1 on asyncio: they wait, send in pieces and drop a connection as `delivery` plans it."""

import asyncio
import struct
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from email.utils import formatdate
from http import HTTPStatus
from socket import SO_LINGER, SOL_SOCKET
from typing import cast

from leadsquared_slots.mock_server.exchanges.message import Reply

from .delivery import Delivery, End, head_of, plan
from .http1 import PLAIN, Limits, Message, RequestParser

Handler = Callable[[str, str, str, dict[str, str], bytes], "Reply | asyncio.Future[Reply]"]
"""From method, path (percent-decoded), query (raw), headers (names in lower case) and body to a reply, or to one that is still made."""

_LIMITS = Limits()
_TICK = 1.0
_MOST_WAITING = 16
_LINGER_ZERO = struct.pack("ii", 1, 0)


class Connection(asyncio.Protocol):
    """One connection: answers its requests one after another, and delivers each reply as it says."""

    def __init__(self, factory: "ConnectionFactory") -> None:
        self._factory = factory
        self._transport = cast(asyncio.Transport, None)
        self._parser = RequestParser(factory.limits, factory.known, self._take, self._say_go_on)
        self._waiting: deque[Message] = deque()
        self._answering: Message | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_ended = self._is_parting = self._is_held = False
        self._since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Joins the factory's connections."""
        self._transport = cast(asyncio.Transport, transport)
        self._since = self._factory.loop.time()
        self._factory.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Leaves the factory's connections; what was under way is of no use any more."""
        self._is_ended = True
        self._waiting.clear()
        if self._timer is not None:
            self._timer.cancel()
        self._factory.connections.discard(self)
        self._parser.close()

    def pause_writing(self) -> None:
        """The client reads more slowly than it asks: nothing more is answered until it has caught up."""
        self._is_held, self._since = True, self._factory.loop.time()

    def resume_writing(self) -> None:
        """The client has caught up."""
        self._is_held = False
        self._go_on()

    def data_received(self, data: bytes) -> None:
        """Takes what arrives; behind the end of the connection it is thrown away."""
        if self._is_ended:
            return
        is_new = self._parser.arriving is None
        self._parser.feed(data)
        if is_new and self._parser.arriving is not None:
            self._since = self._factory.loop.time()

    def _take(self, message: Message) -> None:
        self._waiting.append(message)
        self._go_on()
        if len(self._waiting) >= _MOST_WAITING and not self._is_ended:
            self._transport.pause_reading()

    def _say_go_on(self) -> None:
        """Tells a client that waits with its body to send it, unless a reply before that is still to come."""
        if self._answering is None and not self._waiting:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _go_on(self) -> None:
        """Answers what waits, until a reply takes its time or the client does not read."""
        while self._waiting and self._answering is None and not self._is_held and not self._is_ended:
            message = self._waiting.popleft()
            if len(self._waiting) == _MOST_WAITING - 1:
                self._transport.resume_reading()
            self._answer(message)

    def _answer(self, message: Message) -> None:
        self._answering = message
        reply = message.refusal or self._reply_to(message)
        if isinstance(reply, asyncio.Future):
            reply.add_done_callback(self._answer_later)
        else:
            self._deliver(reply, message)

    def _answer_later(self, future: asyncio.Future[Reply]) -> None:
        """Delivers a reply that was made beside the loop."""
        if future.cancelled() or self._is_ended or self._answering is None:
            return
        error = future.exception()
        self._deliver(future.result() if error is None else _failed(error), self._answering)
        self._go_on()

    def _reply_to(self, message: Message) -> "Reply | asyncio.Future[Reply]":
        try:
            return self._factory.handler(message.method, message.path, message.query, message.headers, message.body)
        except Exception as error:
            return _failed(error)

    def _deliver(self, reply: Reply, message: Message) -> None:
        if reply.delay:
            self._timer = self._factory.loop.call_later(reply.delay, self._deliver_late, reply)
        else:
            self._send(self._plan(reply, message), message)

    def _deliver_late(self, reply: Reply) -> None:
        if self._answering is not None and not self._is_ended:
            self._send(self._plan(reply, self._answering), self._answering)
            self._go_on()

    def _plan(self, reply: Reply, message: Message) -> Delivery:
        ends = not message.keeps_alive or self._factory.is_closing
        connection = b"Connection: close\r\n" if ends else b"Connection: keep-alive\r\n" if message.http_version == "1.0" else b""
        return plan(reply, head_of(reply, self._factory.date, connection), sends_body=message.method != "HEAD")

    def _send(self, delivery: Delivery, message: Message) -> None:
        if delivery.pause:
            self._transport.write(delivery.pieces[0])
            self._send_slowly(iter(delivery.pieces[1:]), delivery.pause, message)
            return
        if delivery.pieces:
            self._transport.writelines(delivery.pieces)
        if delivery.end is None:
            self._done(message)
        elif delivery.end is End.CLOSE:
            self._end()
        else:
            self._reset()

    def _send_slowly(self, pieces: Iterator[bytes], pause: float, message: Message) -> None:
        if self._is_ended:
            return
        piece = next(pieces, None)
        if piece is None:
            self._done(message)
            self._go_on()
            return
        self._transport.write(piece)
        self._timer = self._factory.loop.call_later(pause, self._send_slowly, pieces, pause, message)

    def _reset(self) -> None:
        self._is_ended = True
        # Without lingering, the close is an RST.
        self._transport.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, _LINGER_ZERO)
        self._transport.abort()

    def _done(self, message: Message) -> None:
        self._answering = None
        self._since = self._factory.loop.time()
        if not message.keeps_alive or self._factory.is_closing:
            self._end(is_refusal=message.refusal is not None)
        elif not self._waiting and self._parser.arriving is not None and self._parser.arriving.expects:
            self._say_go_on()

    def _end(self, *, is_refusal: bool = False) -> None:
        """Closes the connection behind what was written.

        Whoever is refused may still be sending. It is read for a while: a close before that would be an RST, and take the refusal with it.
        """
        self._is_ended = True
        self._waiting.clear()
        if is_refusal and self._transport.can_write_eof():
            self._is_parting, self._since = True, self._factory.loop.time()
            self._transport.resume_reading()
            self._transport.write_eof()
        else:
            self._transport.close()

    @property
    def is_busy(self) -> bool:
        """Whether a request is being answered, waits for that, or is arriving."""
        return self._answering is not None or self._parser.arriving is not None or bool(self._waiting)

    def end_if_idle(self) -> None:
        """Closes the connection unless it is busy."""
        if not self.is_busy:
            self._end()

    def sweep(self, now: float) -> None:
        """Closes the connection when it has been idle, held or parting, or its request has been arriving, for too long."""
        limits, waited = self._factory.limits, now - self._since
        if self._is_parting:
            if waited > limits.parting:
                self._transport.abort()
        elif self._is_held:
            if waited > limits.idle:
                self._transport.abort()
        elif self._answering is None and self._parser.arriving is not None:
            if waited > limits.request:
                self._parser.refuse(HTTPStatus.REQUEST_TIMEOUT, f"The request took more than {limits.request:g} seconds to arrive.")
        elif self._answering is None and waited > limits.idle:
            self._end()

    def drop(self) -> None:
        """Closes the connection without more ado."""
        self._transport.abort()


class ConnectionFactory:
    """All connections of one server, and what they share. Create it on the running event loop."""

    def __init__(self, handler: Handler, limits: Limits = _LIMITS, tick: float = _TICK) -> None:
        self.handler, self.limits = handler, limits
        self.loop = asyncio.get_running_loop()
        self.connections: set[Connection] = set()
        self.known: dict[bytes, Message] = {}
        self.is_closing = False
        self.date = b""
        self._seconds = tick
        self._tick()

    def __call__(self) -> Connection:
        """A protocol for a new connection."""
        return Connection(self)

    def _tick(self) -> None:
        self.date = formatdate(usegmt=True).encode()
        now = self.loop.time()
        for connection in tuple(self.connections):
            connection.sweep(now)
        self._timer = self.loop.call_later(self._seconds, self._tick)

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


def _failed(error: BaseException) -> Reply:
    """The reply where the emulator fails: ours to mend, and no reason to leave a client without an answer."""
    with suppress(OSError, ValueError):
        traceback.print_exception(error)
    return Reply(HTTPStatus.INTERNAL_SERVER_ERROR, PLAIN, b"The emulator failed. Its log says how; please report it.\n")
