"""The admin interface at `/__admin`: how calls and errors travel as JSON; and the page for people."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import orjson
from flask import Blueprint, Response, request
from leadsquared_slots.mock_server.accounts.registry import NoSuchAccount
from leadsquared_slots.mock_server.accounts.store import Unavailable
from leadsquared_slots.mock_server.admin.calls.table import CALLS, NOT_FOUND
from leadsquared_slots.mock_server.domain.errors import DomainError, suggestion
from leadsquared_slots.mock_server.service import Emulator
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from .call import Answer, BadCall, Call
from .guard import CHANGING, Refused, guard, guard_host
from .page import add_page

HEALTH = ("GET", "/health")
"""The one call that is there without an admin interface too: a program that starts the emulator has to know when it is ready."""
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
LARGEST_BODY = 4 << 20
"""Bytes of the largest body that the admin interface reads."""

Function = Callable[[Call], Answer]


class _WrongMethod(Refused):
    """A call of another method than those that are there; `allowed` are those."""

    def __init__(self, allowed: str) -> None:
        self.allowed = allowed
        super().__init__(405, f"there is no {request.method} {request.path[:100]}", f"there is {allowed}")


def admin_blueprint(emulator: Emulator, authority: Callable[[], bytes | None]) -> Blueprint:
    """The routes of the admin interface for an emulator.

    `authority` gives the certificate of the authority that vouches for the server, in PEM; None where there is none to be trusted anew.
    """
    blueprint = Blueprint("admin", __name__, url_prefix="/__admin")
    by_path: dict[str, dict[str, Function]] = {}
    for (method, path), function in (CALLS if emulator.settings.admin else {HEALTH: CALLS[HEALTH]}).items():
        by_path.setdefault(path, {})[method] = function

    def route(functions: Mapping[str, Function]) -> Callable[..., Response]:
        def view(**arguments: str) -> Response:
            function = functions.get("GET" if request.method == "HEAD" else request.method)
            if function is None:
                raise _WrongMethod(", ".join(functions))
            guard(emulator.settings)
            arguments = {**request.args.to_dict(), **arguments}
            answer = function(Call(emulator, request.args.get("account"), arguments, _body()))
            return _json(answer.value, answer.status)

        return view

    for path, functions in by_path.items():
        blueprint.add_url_rule(path, path.translate(_NO_DOTS), route(functions), methods=_METHODS, provide_automatic_options=False)
    if emulator.settings.admin:
        add_page(blueprint, emulator)
        _add_certificate(blueprint, emulator, authority)
    _add_errors(blueprint, emulator, list(by_path))
    return blueprint


_NO_DOTS = str.maketrans(".", "_")


def _add_certificate(blueprint: Blueprint, emulator: Emulator, authority: Callable[[], bytes | None]) -> None:
    @blueprint.get("/ca.pem")
    def certificate() -> Response:
        guard(emulator.settings)
        pem = authority()
        if pem is None:
            raise Refused(404, "the server has no certificate of its own making", "start it with --tls")
        return Response(pem, content_type="application/x-pem-file")


def _add_errors(blueprint: Blueprint, emulator: Emulator, known: list[str]) -> None:
    @blueprint.before_app_request
    def check_host() -> None:
        # Before routing is heard, whose redirects and refusals would be answered to any Host.
        if request.path.startswith("/__admin"):
            guard_host(emulator.settings)

    @blueprint.app_errorhandler(DomainError)
    def refused(error: DomainError) -> Response:
        response = _json(_error_view(error), _status_of(error))
        if isinstance(error, _WrongMethod):
            response.headers["Allow"] = error.allowed
        return response

    @blueprint.route("/<path:unknown>", methods=_METHODS, provide_automatic_options=False)
    def unknown_call(unknown: str) -> Response:
        guard(emulator.settings)
        hint = suggestion(f"/{unknown}", known, f"the calls are {', '.join(sorted(known))}")
        raise Refused(404, f"there is no {request.method} /__admin/{unknown[:100]}", hint)

    # Of the whole application: a wrong method on the page, or a Host that is none, is found out before any blueprint is chosen.
    @blueprint.app_errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        if isinstance(error, RequestEntityTooLarge):
            return _json({"error": f"the body is larger than {LARGEST_BODY} bytes", "hint": "send less at a time"}, 413)
        return _json({"error": error.description or error.name, "hint": "the log of the emulator says more"}, error.code or 500)


def _status_of(error: DomainError) -> int:
    if isinstance(error, Refused):
        return error.status
    if isinstance(error, Unavailable):
        return 503
    return 404 if isinstance(error, (*NOT_FOUND, NoSuchAccount)) else 400


def _error_view(error: DomainError) -> dict[str, str]:
    """An error as what is wrong and what to do."""
    status = {"status": "unhealthy"} if isinstance(error, Unavailable) else {}
    return {
        **status,
        "error": error.what,
        "hint": error.hint or "GET /__admin/scenario.schema.json describes scenarios and what is in them",
    }


def _body() -> dict[str, Any]:
    if request.method not in CHANGING:
        return {}
    request.max_content_length = LARGEST_BODY
    data = request.get_data(cache=False)
    if not data:
        return {}
    try:
        body = orjson.loads(data)
        # What is nested too deep to be written again cannot be shown either.
        orjson.dumps(body)
    except (orjson.JSONDecodeError, TypeError) as error:
        raise BadCall(f"the body is not JSON: {error}", "send one JSON object") from None
    if not isinstance(body, dict):
        raise BadCall("the body is not a JSON object", "send one JSON object")
    return body


def _json(value: Any, status: int) -> Response:
    try:
        text = orjson.dumps(value)
    except TypeError:
        # A whole number of more than 64 bits, from a TOML file or the command line.
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(text + b"\n", status, content_type="application/json")
