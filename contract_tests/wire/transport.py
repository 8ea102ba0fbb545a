"""How bytes get to a target and back: HTTP over urllib3, or a WSGI application in this process."""

import time
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlencode

from .exchange import Received, Sent
from .wsgi import WsgiApp, called

if TYPE_CHECKING:
    import urllib3

_TIMEOUT_SECONDS = 30.0
_MOST_CONNECTIONS = 32
_FIRST_PORT = 50_000


class NoAnswer(Exception):
    """The connection failed, was dropped, or stayed silent; the text says how, without the URL, which can hold keys."""

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

        url = self._base_url + path + ("?" + urlencode(query) if query else "")
        started = time.monotonic()
        try:
            reply = self._pool(connection).request(method, url, headers=headers, body=body or None, retries=False, redirect=False)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            # The text of the error can hold the URL, and the URL the keys.
            raise NoAnswer(type(error).__name__) from None
        names = {name.lower(): value for name, value in reply.headers.items()}
        return Received(status=reply.status, headers=names, body=reply.data, seconds=time.monotonic() - started)

    def _pool(self, connection: int) -> "urllib3.PoolManager":
        import urllib3

        if connection not in self._pools:
            timeout = urllib3.Timeout(total=_TIMEOUT_SECONDS)
            self._pools[connection] = urllib3.PoolManager(maxsize=_MOST_CONNECTIONS, timeout=timeout)
        return self._pools[connection]


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
