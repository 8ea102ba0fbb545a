"""The admin interface at `/__admin`: who may call it, and how calls and errors travel as JSON."""

from collections.abc import Callable
from hmac import compare_digest
from ipaddress import ip_address
from typing import Any

import orjson
from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from .account import NoSuchAccount
from .admin_call import Answer, BadCall, Call
from .admin_calls import CALLS, NOT_FOUND
from .domain.errors import DomainError
from .service import Emulator

HEALTH = ("GET", "/health")
"""The one call that is there without an admin interface too: whoever starts the emulator has to know when it is ready."""
_CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
LARGEST_BODY = 4 << 20
"""Bytes of the largest body that the admin interface reads."""


class _Refused(DomainError):
    """A call that may not be made."""

    def __init__(self, status: int, error: str, hint: str) -> None:
        self.status, self.hint = status, hint
        super().__init__(error)


def admin_blueprint(emulator: Emulator) -> Blueprint:
    """The routes of the admin interface for an emulator."""
    blueprint = Blueprint("admin", __name__, url_prefix="/__admin")

    def route(function: Callable[[Call], Answer]) -> Callable[..., Response]:
        def view(**arguments: str) -> Response:
            _guard(emulator)
            with emulator.turn:
                account = emulator.accounts.get(request.args.get("account"))
                answer = function(Call(emulator, account, {**request.args.to_dict(), **arguments}, _body()))
            return _json(answer.value, answer.status)

        return view

    calls = CALLS if emulator.settings.admin else {HEALTH: CALLS[HEALTH]}
    for (method, path), function in calls.items():
        blueprint.add_url_rule(path, function.__name__, route(function), methods=[method])

    @blueprint.errorhandler(DomainError)
    def refused(error: DomainError) -> Response:
        status = error.status if isinstance(error, _Refused) else 404 if isinstance(error, (*NOT_FOUND, NoSuchAccount)) else 400
        return _json({"error": str(error), "hint": getattr(error, "hint", "")}, status)

    @blueprint.route("/<path:unknown>", methods=["GET", *_CHANGING])
    def unknown_call(unknown: str) -> Response:
        _guard(emulator)
        known = ", ".join(sorted({path for _, path in calls}))
        return _json({"error": f"there is no {request.method} /__admin/{unknown}", "hint": f"the calls are {known}"}, 404)

    @blueprint.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        return _json({"error": error.description or error.name, "hint": ""}, error.code or 500)

    return blueprint


def _guard(emulator: Emulator) -> None:
    """Refuses whom the settings keep out: wrong tokens, other sites' pages, and forms."""
    settings = emulator.settings
    if _is_loopback(settings.host) and not _is_local_name(request.host, settings.host):
        raise _Refused(
            403,
            f"the Host is {request.host!r}",
            "the emulator listens on loopback only: call it as localhost or 127.0.0.1",
        )
    if settings.admin_token is not None:
        expected = f"Bearer {settings.admin_token}".encode()
        if not compare_digest(request.headers.get("Authorization", "").encode("latin-1", "replace"), expected):
            raise _Refused(401, "the admin token is missing or wrong", "send the header Authorization: Bearer TOKEN")
    if request.method in _CHANGING and request.mimetype != "application/json":
        received = request.mimetype or "missing"
        raise _Refused(415, f"the content type is {received}", "a call that changes something needs Content-Type: application/json")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_local_name(host: str, bound: str) -> bool:
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    name = name.strip("[]").lower()
    return name in (bound, "localhost") or name.endswith(".localhost") or _is_loopback(name)


def _body() -> dict[str, Any]:
    if request.method not in _CHANGING:
        return {}
    data = request.get_data(cache=False)
    if len(data) > LARGEST_BODY:
        raise _Refused(413, f"the body is larger than {LARGEST_BODY} bytes", "send less at a time")
    if not data:
        return {}
    try:
        body = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise BadCall(f"the body is not JSON: {error}", "send one JSON object") from None
    if not isinstance(body, dict):
        raise BadCall("the body is not a JSON object", "send one JSON object")
    return body


def _json(value: Any, status: int) -> Response:
    return Response(orjson.dumps(value) + b"\n", status, content_type="application/json")
