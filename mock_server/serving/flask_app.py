"""The product: the emulator as a Flask application, `create_app()`, for the front, test clients and every WSGI server.

The front serves it with one shortcut: vendor paths call `Emulator.answer` without Flask's router. A test holds both ways to the same bytes.
"""

import time
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, request
from leadsquared_slots.mock_server.accounts.settings import Settings
from leadsquared_slots.mock_server.admin.blueprint import admin_blueprint
from leadsquared_slots.mock_server.exchanges.cors import cors_headers, preflight_headers
from leadsquared_slots.mock_server.exchanges.message import Reply, split_credentials
from leadsquared_slots.mock_server.service import ADMIN, ENDPOINT, Emulator

from .sockets import needs_socket, on_socket, socket_of, without_socket
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
    app.url_map.merge_slashes = False  # `//state` is a call that there is not; a redirect would go to whatever Host was sent
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
        reply, _ = emulator.answer_beside(*parted)
        return _deliver(reply, request.environ)

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


def _deliver(reply: Reply, environ: dict[str, Any]) -> Response:
    """Return the response of a reply. What WSGI has no words for is done on the server's socket, where it offers one."""
    if reply.delay:
        time.sleep(reply.delay)
    response = Response(reply.body, reply.status, list(reply.headers))
    if needs_socket(reply):
        connection = socket_of(environ)
        sends_body = environ["REQUEST_METHOD"] != "HEAD"
        response.content_length = len(reply.body)
        response.response = without_socket(reply) if connection is None else on_socket(reply, connection, sends_body=sends_body)
    return response
