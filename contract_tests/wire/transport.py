"""How bytes get to a target and back: HTTP over urllib3, or a WSGI application in this process."""

import http.client
import time
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlencode

from .exchange import Received, Sent
from .wsgi import WsgiApp, called

if TYPE_CHECKING:
    import urllib3

MOST_SECONDS = 20.0
"""Seconds that a whole call may take, from the first byte sent to the last one read."""
MOST_BYTES = 8 << 20
"""Bytes that a body may have when it is decoded; the largest right answer is a fraction of that."""
_CHUNK = 64 << 10
_MOST_CONNECTIONS = 32
_FIRST_PORT = 50_000


class NoAnswer(Exception):
    """The connection failed, was dropped, or stayed silent; the text says how, without the URL, which can hold keys."""

    is_late: bool = False
    """Whether the server was there and took too long."""
    sent: Sent | None = None
    """The request that got no answer, where it was a recorded one."""


class Transport(Protocol):
    """Sends one request and reads its reply. Raises NoAnswer when there is none."""

    def exchange(
        self,
        method: str,
        path: str,
        query: list[tuple[str, str]],
        headers: dict[str, str],
        body: bytes,
        connection: int,
    ) -> Received:
        """The reply; calls with another `connection` number travel over another connection."""


class HttpTransport:
    """HTTP or HTTPS, keeping connections open. Follows no redirect and repeats nothing."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._pools: dict[int, urllib3.PoolManager] = {}

    def exchange(
        self,
        method: str,
        path: str,
        query: list[tuple[str, str]],
        headers: dict[str, str],
        body: bytes,
        connection: int,
    ) -> Received:
        """The reply of the server. Raises NoAnswer."""
        import urllib3

        from .deadline import Deadline

        url = self._base_url + path + ("?" + urlencode(query) if query else "")
        started = time.monotonic()
        with Deadline(MOST_SECONDS) as deadline:
            try:
                reply = self._pool(connection).request(
                    method, url, headers=headers, body=body or None, retries=False, redirect=False, preload_content=False
                )
                whole = _bounded_body(reply)
            except (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError, ValueError) as error:
                if isinstance(error, urllib3.exceptions.TimeoutError) or deadline.has_passed:
                    raise _late() from None
                # The text of the error can hold the URL, and the URL the keys.
                raise NoAnswer(type(error).__name__) from None
        if deadline.has_passed:  # a body without a length ends where the socket was shut down
            raise _late()
        names = {name.lower(): value for name, value in reply.headers.items()}
        # The client asks for no encoding: it sends Accept-Encoding: identity.
        encoding = names.get("content-encoding", "").replace("identity", "")
        return Received(status=reply.status, headers=names, body=whole, seconds=time.monotonic() - started, encoding=encoding)

    def _pool(self, connection: int) -> "urllib3.PoolManager":
        import urllib3

        from .deadline import guarded_pool

        if connection not in self._pools:
            timeout = urllib3.Timeout(total=MOST_SECONDS)
            self._pools[connection] = guarded_pool(maxsize=_MOST_CONNECTIONS, timeout=timeout)
        return self._pools[connection]


def _late() -> NoAnswer:
    """What is raised for a server that was there and took too long."""
    error = NoAnswer(f"the reply was not whole after {MOST_SECONDS:g} seconds")
    error.is_late = True
    return error


def _bounded_body(reply: "urllib3.BaseHTTPResponse") -> bytes:
    """The decoded body, read piece by piece. Raises NoAnswer for one that is too large, and closes the connection then."""
    parts: list[bytes] = []
    size = 0
    while part := reply.read(_CHUNK, decode_content=True):
        parts.append(part)
        size += len(part)
        if size > MOST_BYTES:
            reply.close()
            raise NoAnswer(f"the body has more than {MOST_BYTES} bytes when it is decoded")
    reply.release_conn()
    return b"".join(parts)


class WsgiTransport:
    """Calls a WSGI application in this process; each connection number is another REMOTE_PORT."""

    def __init__(self, app: WsgiApp, base_url: str) -> None:
        self._app, self._base_url = app, base_url

    def exchange(
        self,
        method: str,
        path: str,
        query: list[tuple[str, str]],
        headers: dict[str, str],
        body: bytes,
        connection: int,
    ) -> Received:
        """The reply of the application; one that raises is a server that drops the connection. Raises NoAnswer."""
        started = time.perf_counter()
        port = _FIRST_PORT + connection
        try:
            status, replied, body = called(
                self._app, method, path, urlencode(query), headers, body, base_url=self._base_url, port=port
            )  # fmt: skip
        except Exception as error:
            raise NoAnswer(f"the application raised {type(error).__name__}") from error
        names = {name.lower(): value for name, value in replied}
        return Received(status=status, headers=names, body=body, seconds=time.perf_counter() - started)
