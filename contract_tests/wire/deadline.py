"""A deadline for a whole call, whatever the server does: drip bytes, drip headers, or say `100 Continue` for ever.

The time-outs of a socket begin anew with each byte, so they bound no call. Here a timer shuts the socket down when the call has lasted
too long; what was waiting for it fails then.
"""

import contextlib
import socket
import threading
from typing import Any

from urllib3 import PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class Deadline:
    """Ends the call of this thread after so many seconds: use it as a context around the call."""

    _of_thread = threading.local()

    def __init__(self, seconds: float) -> None:
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self.has_passed = False

    def __enter__(self) -> "Deadline":
        Deadline._of_thread.now = self
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        Deadline._of_thread.now = None

    @classmethod
    def guard(cls, connected: Any) -> None:
        """Names the socket on which this thread's call waits."""
        deadline = getattr(cls._of_thread, "now", None)
        if deadline is not None and connected is not None:
            deadline._socket = connected
            if deadline.has_passed:
                deadline._end()

    def _end(self) -> None:
        self.has_passed = True
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


class _Plain(HTTPConnection):
    def getresponse(self) -> Any:
        Deadline.guard(self.sock)
        return super().getresponse()


class _Secure(HTTPSConnection):
    def getresponse(self) -> Any:
        Deadline.guard(self.sock)
        return super().getresponse()


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


def guarded_pool(**options: Any) -> PoolManager:
    """A PoolManager whose calls end with the deadline of their thread."""
    pool = PoolManager(**options)
    pool.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}
    return pool
