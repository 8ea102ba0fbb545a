"""How the front serves the Flask application: with one shortcut, and without ever waiting for it.

vendor paths       Emulator.answer, at once and without Flask's router: byte for byte what the application answers
                   what takes long, and what finds that a call of the admin interface has the turn: in a thread beside the loop
/__admin/health    at once as well, or where the state has to be asked for in a thread of its own: whoever asks whether the emulator is
                   up waits for nobody else's call
/__admin           the application, in a thread beside the loop, which imports Flask when it is first asked for
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from leadsquared_slots.mock_server.admin.health import health_reply, is_plain_health
from leadsquared_slots.mock_server.exchanges.message import Exchange, Presented, Reply, Request, split_credentials
from leadsquared_slots.mock_server.service import ADMIN, ENDPOINT, Emulator, TakesLong

from .beside import Worker

if TYPE_CHECKING:
    from asyncio import Future

    from flask import Flask

Watcher = Callable[[Exchange], None]
_BELOW_ADMIN = f"{ADMIN}/"


class Front:
    """What answers the requests of one server. `base_url` gives its root once it listens, `watch` is told of every exchange."""

    def __init__(self, emulator: Emulator, base_url: Callable[[], str], watch: Watcher | None = None) -> None:
        self._emulator, self._base_url, self._watch = emulator, base_url, watch
        self._flask, self._waiting, self._health = (Worker(f"lsq-mock-{name}") for name in ("flask", "waiting", "health"))
        self._app: Flask | None = None

    def handle(self, method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> "Reply | Future[Reply]":
        """Return the reply to a request; or, called on a running loop, the future of one that is made beside it."""
        if path == ADMIN or path.startswith(_BELOW_ADMIN) or (path == "/" and self._shows_the_way(method)):
            if is_plain_health(self._emulator, method, path, query, headers):
                reply = partial(health_reply, self._emulator, headers)
                return self._health.do(reply) if self._emulator.store.keeps_copies else reply()
            return self._flask.do(partial(self.call_flask, method, path, query, headers, body))
        request, presented = split_credentials(method, path, query, headers, body)
        turn = self._emulator.turn
        if turn.acquire(blocking=False):
            try:
                return self._told(self._emulator.answer(request, presented, at_once=True))
            except TakesLong:
                pass
            finally:
                turn.release()
        # It takes long, or a call of the admin interface has the turn: the loop does not wait.
        return self._waiting.do(partial(self._answer_beside, request, presented))

    def _answer_beside(self, request: Request, presented: Presented) -> Reply:
        return self._told(self._emulator.answer_beside(request, presented))

    def _shows_the_way(self, method: str) -> bool:
        """Whether a browser that looks at the root, which the vendor's API does not have, is shown the way to the page."""
        return method in ("GET", "HEAD") and self._emulator.settings.admin

    def _told(self, answered: tuple[Reply, Exchange]) -> Reply:
        reply, exchange = answered
        if self._watch is not None:
            self._watch(exchange)
        return reply

    def call_flask(self, method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> Reply:
        """Return what the Flask application answers, called in this thread."""
        from .wsgi import call_wsgi

        # The connection sends no body to HEAD; the length that it names has to be that of the GET.
        method = "GET" if method == "HEAD" else method
        return call_wsgi(self.application(), self._base_url(), method, path, query, headers, body)

    def warm_up(self) -> None:
        """Answer one call of an emulator that nobody sees: the first one imports and builds what all later ones use."""
        settings = replace(self._emulator.settings, redis_url=None)
        keys = {"x-lsq-accesskey": settings.access_key, "x-lsq-secretkey": settings.secret_key, "content-type": "application/json"}
        body = b'{"FromDate":"2026-03-02","ToDate":"2026-03-03","Users":["warm-up@example.com"]}'
        Emulator(settings).answer(*split_credentials("POST", ENDPOINT, "", keys, body))

    def application(self) -> "Flask":
        """Return the Flask application. The first call imports Flask and builds it, in this thread: half of a start-up, for admin calls."""
        if self._app is None:
            from .flask_app import app_of

            self._app = app_of(self._emulator)
        return self._app
