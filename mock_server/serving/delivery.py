"""How a reply is delivered, planned once: for the front, and for WSGI servers that hand out their socket.

Reply ─► plan ─► Delivery ─┬─► connection   the front, on asyncio
                           └─► sockets      a WSGI server's socket, in its thread
"""

from enum import Enum
from functools import lru_cache
from http import HTTPStatus
from typing import NamedTuple

from leadsquared_slots.mock_server.exchanges.message import Abort, Headers, Reply

_GARBAGE = bytes(range(0x80, 0x100)) + b"\r\n\r\n"
_LONG = 16 << 10


class End(Enum):
    """How a fault ends the connection behind a reply."""

    CLOSE = "closed"
    RESET = "reset, with an RST"


class Delivery(NamedTuple):
    """What is sent once a reply's delay is over: pieces, with `pause` seconds behind each but the first, the head.

    Then comes the `end`; None where the connection is kept or closed as the request says.
    """

    pieces: tuple[bytes, ...]
    pause: float = 0
    end: End | None = None


def plan(reply: Reply, head: bytes, *, sends_body: bool = True) -> Delivery:
    """Return how a reply is delivered; `head` is the whole HTTP head, and names the length of the whole body."""
    if reply.abort is not None:
        return _cut_off(reply, reply.abort, head)
    body = reply.body if sends_body else b""
    if reply.dribble is not None and body:
        pieces = in_pieces(body, reply.dribble.chunks)
        return Delivery((head, *pieces), reply.dribble.seconds / len(pieces))
    # A short body is joined to the head for one packet; a long one is sent as it is, without a second copy.
    return Delivery((head, body) if len(body) > _LONG else (head + body,))


def _cut_off(reply: Reply, abort: Abort, head: bytes) -> Delivery:
    if abort is Abort.RESET:
        return Delivery((), end=End.RESET)
    if abort is Abort.EMPTY:
        return Delivery((), end=End.CLOSE)
    return Delivery((_GARBAGE if abort is Abort.GARBAGE else head + reply.delivered().body,), end=End.CLOSE)


def in_pieces(body: bytes, count: int) -> list[bytes]:
    """Return a body cut into at most so many pieces of one size, the last one shorter."""
    size = max(1, -(-len(body) // count))
    return [body[at : at + size] for at in range(0, len(body), size)]


def head_of(reply: Reply, date: bytes, connection: bytes) -> bytes:
    """Return the HTTP head of a reply; `connection` is a header line, or nothing."""
    return b"%bContent-Length: %d\r\nDate: %b\r\n%b\r\n" % (_start_of_head(reply.status, reply.headers), len(reply.body), date, connection)


@lru_cache(maxsize=64)
def _start_of_head(status: int, headers: Headers) -> bytes:
    phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Unknown"
    lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, ""]).encode("latin-1")
