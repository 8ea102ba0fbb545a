"""The Flask adapter: the emulator as a WSGI application, for test clients and other people's servers, and for the admin interface.

`server.py` serves the endpoint without Flask in between, by the same `Emulator.answer`; a test holds the two to the same bytes.
"""

import time
from collections.abc import Callable, Iterator

from flask import Flask, Response, request
from leadsquared_slots.mock_server.accounts.settings import Settings
from leadsquared_slots.mock_server.admin.blueprint import admin_blueprint
from leadsquared_slots.mock_server.exchanges.cors import cors_headers, preflight_headers
from leadsquared_slots.mock_server.exchanges.message import Abort, Reply, split_credentials
from leadsquared_slots.mock_server.service import ADMIN, ENDPOINT, Emulator

from .tls import ca_pem

_FRONT_DOOR = f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>LeadSquared Slots</title>
<p>This is an emulator of LeadSquared's RetrieveAvailableSlots. <a href="{ADMIN}/">What it holds, and what it was asked</a>;
<a href="{ADMIN}/openapi.json">its OpenAPI document</a>. The endpoint is <code>POST {ENDPOINT}</code>.</p></html>
"""


def create_app(settings: Settings | None = None, *, clock: Callable[[], float] = time.time) -> Flask:
    """The emulator as a Flask application: the vendor's paths, and `/__admin` unless the settings say no.

    `clock` gives seconds since the epoch; a test that passes its own never has to sleep.
    """
    return app_of(Emulator(settings, clock))


def app_of(emulator: Emulator) -> Flask:
    """The Flask application of an emulator that is there already."""
    app = Flask(__name__, static_folder=None)
    app.extensions["leadsquared_slots"] = emulator
    app.register_blueprint(admin_blueprint(emulator, lambda: ca_pem(emulator.settings)))

    @app.before_request
    def answer() -> Response | None:
        # Ahead of Flask's routing, which would redirect or refuse paths that the vendor answers.
        if request.path == ADMIN or request.path.startswith(f"{ADMIN}/"):
            allowed = preflight_headers(emulator.settings.cors, request.method, _headers(), any_origin=False)
            return Response(status=200, headers=allowed) if allowed else None
        if request.path == "/" and request.method in ("GET", "HEAD") and emulator.settings.admin:
            return Response(_FRONT_DOOR, content_type="text/html; charset=utf-8")
        headers = _headers()
        query = request.query_string.decode("latin-1")
        parted = split_credentials(request.method, request.path, query, headers, request.get_data(cache=False))
        with emulator.turn:
            reply, _ = emulator.answer(*parted)
        return _deliver(reply)

    @app.after_request
    def allow_origins(response: Response) -> Response:
        # The service did it for the vendor's paths. `*` never opens the admin interface, whose replies hold keys.
        if request.path.startswith(ADMIN) and request.method != "OPTIONS":
            response.headers.extend(cors_headers(emulator.settings.cors, _headers(), any_origin=False))
        return response

    return app


def _headers() -> dict[str, str]:
    """The headers of the current request, names in lower case."""
    return {name.lower(): value for name, value in request.headers}


def _deliver(reply: Reply) -> Response:
    """Carries out what WSGI can of a reply; a cut-off is an exception here, as only the server that runs us holds the socket."""
    if reply.delay:
        time.sleep(reply.delay)
    if reply.abort is Abort.RESET:
        raise ConnectionResetError("the fault `reset` cuts this reply off")
    if reply.abort is not None:
        raise ConnectionAbortedError(f"the fault `{reply.abort.value}` cuts this reply off")
    response = Response(reply.body, reply.status, list(reply.headers))
    if reply.dribble is not None:
        pause, whole = reply.dribble.seconds / reply.dribble.chunks, reply.body
        size = max(1, -(-len(whole) // reply.dribble.chunks))

        def pieces() -> Iterator[bytes]:
            for at in range(0, len(whole), size):
                yield whole[at : at + size]
                time.sleep(pause)

        response.response = pieces()
    return response
