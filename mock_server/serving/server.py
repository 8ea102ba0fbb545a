"""Serving: the front on a socket, in this thread or in one of its own."""

import asyncio
import errno
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

from leadsquared_slots.mock_server.accounts.settings import Settings, with_words
from leadsquared_slots.mock_server.domain.errors import DomainError
from leadsquared_slots.mock_server.service import Emulator

from .connection import ConnectionFactory
from .front import Front, Watcher

if TYPE_CHECKING:
    from ssl import SSLContext

GRACE = 3.0
"""Seconds that requests under way have when the server stops."""

# Whoever has sent a request by the time of the stop is answered: the loop accepts a connection in one turn, reads it in the next.
_DRAIN_TURNS, _LAST_LOOK = 5, 0.005


class CannotListen(DomainError):
    """The address cannot be listened on."""

    def __init__(self, host: str, port: int, error: OSError) -> None:
        self.host, self.port = host, port
        is_port = error.errno in (errno.EADDRINUSE, errno.EACCES)
        hint = "choose another with --port, or 0 for a free one" if is_port else "choose an address of this machine with --host"
        super().__init__(f"cannot listen on {host} port {port}: {error.strerror or error}", hint)


class Server:
    """An emulator on a socket."""

    def __init__(self, settings: Settings, *, watch: Watcher | None = None, clock: Callable[[], float] = time.time) -> None:
        self.settings = settings
        self.emulator = Emulator(settings, clock)
        self.front = Front(self.emulator, lambda: self.base_url, watch)
        self._stop: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.port = settings.port

    @property
    def base_url(self) -> str:
        """The root of the server's URLs."""
        scheme = "https" if self.settings.tls or self.settings.tls_cert else "http"
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.settings.host, self.settings.host)  # noqa: S104
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{self.port}"

    def run(self, ready: Callable[[], None]) -> None:
        """Serves until `stop`, and calls `ready` when requests are accepted. Raises CannotListen."""
        with asyncio.Runner(loop_factory=event_loop_factory()) as runner:
            runner.run(self._serve(ready))

    def stop(self) -> None:
        """Ends `run`, from any thread: requests under way are answered first."""
        if self._loop is not None and self._stop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stop.set)

    async def _serve(self, ready: Callable[[], None]) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        connections = ConnectionFactory(self.front.handle)
        try:
            server = await self._loop.create_server(connections, self.settings.host, self.settings.port, backlog=1024, ssl=self._tls())
        except OSError as error:
            raise CannotListen(self.settings.host, self.settings.port, error) from None
        self.port = server.sockets[0].getsockname()[1]
        self._catch_signals(self._loop)
        self.front.warm_up()
        ready()
        await self._stop.wait()
        for _ in range(_DRAIN_TURNS):
            await asyncio.sleep(_LAST_LOOK)
        server.close()
        await connections.close(GRACE)
        self.emulator.store.close()

    def _catch_signals(self, loop: asyncio.AbstractEventLoop) -> None:
        # Windows has no such handlers; Ctrl-C interrupts the loop there.
        if sys.platform != "win32" and threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, self.stop)

    def _tls(self) -> "SSLContext | None":
        if not (self.settings.tls or self.settings.tls_cert):
            return None
        from .tls import tls_context

        return tls_context(self.settings)


class NotStarted(DomainError):
    """The port of a server is asked for before there is one."""

    def __init__(self) -> None:
        super().__init__("the server has not started, so it has no port; enter it first: with MockServer() as server: server.base_url")


class MockServer:
    """The emulator in a thread of this process, on a free port, ready when entered.

        with MockServer(seed=7) as server:
            server.base_url, server.access_key, server.secret_key

    Takes Settings, or the fields of them that differ from the default, as values or in the words of the command
    (`scenario="night-shift"`, `profile="observed"`, `rate_limit="3/5s"`); the port is 0 unless given. Raises DomainError for a word
    that names nothing.
    """

    def __init__(self, settings: Settings | None = None, *, clock: Callable[[], float] = time.time, **fields: Any) -> None:
        self._server = Server(with_words(settings or Settings(port=0), fields), clock=clock)
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="lsq-mock", daemon=True)

    @property
    def emulator(self) -> Emulator:
        """What the server holds: accounts with calendars, faults, journals."""
        return self._server.emulator

    @property
    def base_url(self) -> str:
        """The root of the server's URLs, `http://127.0.0.1:PORT`. Raises NotStarted before the start."""
        self._check_started()
        return self._server.base_url

    @property
    def port(self) -> int:
        """The port that it listens on. Raises NotStarted before the start."""
        self._check_started()
        return self._server.port

    @property
    def access_key(self) -> str:
        """The access key of the default account."""
        return self._server.settings.access_key

    @property
    def secret_key(self) -> str:
        """The secret key of the default account."""
        return self._server.settings.secret_key

    def __enter__(self) -> Self:
        # Built here and not beside the caller: werkzeug compiles its routes as syntax trees, and CPython 3.11 breaks where two threads
        # make such trees at once, as a test's assertion rewriting or `inspect` does too.
        self._server.front.application()
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            raise self._failure
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()
        self._thread.join()

    def _check_started(self) -> None:
        if not self._ready.is_set():
            raise NotStarted

    def _run(self) -> None:
        try:
            self._server.run(self._ready.set)
        except BaseException as error:
            self._failure = error
            self._ready.set()


def event_loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """What makes the event loop of a server: uvloop's, where there is one."""
    if sys.platform == "win32":
        return asyncio.new_event_loop
    import uvloop

    return uvloop.new_event_loop
