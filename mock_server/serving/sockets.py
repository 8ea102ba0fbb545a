"""Faults on the socket of a WSGI server: what `delivery` plans, carried out in the server's thread."""

import errno
import os
import socket
import struct
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from email.utils import formatdate
from typing import Any

from leadsquared_slots.mock_server.exchanges.message import Abort, Reply

from .delivery import End, head_of, in_pieces, plan

Sleep = Callable[[float], None]

_NAMES = ("werkzeug.socket", "gunicorn.socket")
_LINGER_ZERO = struct.pack("ii", 1, 0)


def socket_of(environ: Mapping[str, Any]) -> socket.socket | None:
    """Return the socket of a request; None under a WSGI server that offers none."""
    return next((environ[name] for name in _NAMES if isinstance(environ.get(name), socket.socket)), None)


def needs_socket(reply: Reply) -> bool:
    """Return whether WSGI has no words for how a reply is delivered."""
    return reply.abort is not None or reply.dribble is not None


def on_socket(reply: Reply, connection: socket.socket, *, sends_body: bool, sleep: Sleep = time.sleep) -> Iterator[bytes]:
    """Send a reply over a WSGI server's own connection, then end that.

    It is a body for the server, of no bytes: the exception at its end is the one by which both servers know that a client has gone, and
    which makes them close the connection without a word of their own.
    """
    yield from ()
    delivery = plan(reply, head_of(reply, formatdate(usegmt=True).encode(), b"Connection: close\r\n"), sends_body=sends_body)
    for number, piece in enumerate(delivery.pieces):
        connection.sendall(piece)
        if number:
            sleep(delivery.pause)
    if delivery.end is End.RESET:
        _reset(connection)
    else:
        # A server that keeps connections would wait for the next request on this one.
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionResetError(errno.ECONNRESET, f"the fault `{reply.fault}` ends this connection")


def without_socket(reply: Reply, *, sleep: Sleep = time.sleep) -> Iterator[bytes]:
    """Give the body of a reply as well as WSGI can: in pieces; or half of it, then an exception, at which a server hangs up."""
    if reply.dribble is not None and reply.abort is None:
        pieces = in_pieces(reply.body, reply.dribble.chunks)
        for piece in pieces:
            yield piece
            sleep(reply.dribble.seconds / len(pieces))
        return
    if reply.abort is Abort.TRUNCATE:
        yield reply.body[: len(reply.body) // 2]
    raise ConnectionResetError(errno.ECONNRESET, f"the fault `{reply.fault}` cuts this reply off")


def _reset(connection: socket.socket) -> None:
    """End a connection with an RST, at once.

    The server would tell the client of an orderly end first. So another socket, whose other end is closed, takes the place of this one
    under its number; nobody holds the connection any more then, and without lingering that is an RST.
    """
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
    ours, other = socket.socketpair()
    with ours, other:
        os.dup2(ours.fileno(), connection.fileno(), inheritable=False)
