"""Mutants as WSGI applications, in process and with a clock that nobody has to wait for."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from leadsquared_slots.contract_tests.wire.wsgi import WsgiApp, called
from leadsquared_slots.mock_server import Profile, RateLimit, Scenario, Settings, create_app

from .registry import Ask, Document, Mutant, Reply, Server, World

ADMIN = "/__admin"
# A mutant may change the body, and has to read it; and the emulator is asked at its own name, whatever the caller calls it.
_SET_ANEW = ("content-length", "accept-encoding", "host")


def correct_app(profile: Profile, *, seed: int, clock: Callable[[], float]) -> WsgiApp:
    """The emulator itself, under a profile."""
    return create_app(Settings(seed=seed, profile=profile), clock=clock)


def mutated_app(mutant: Mutant, profile: Profile, *, seed: int, clock: Callable[[], float]) -> WsgiApp:
    """The emulator under a profile, with the mutant's change around it; `clock` gives seconds since the epoch."""
    settings = Settings(seed=seed, profile=profile.with_answers(dict(mutant.answers)))
    if mutant.limit is not None:
        settings = replace(settings, rate_limit=None if mutant.limit == "none" else RateLimit.parse(mutant.limit))
    right = served(create_app(settings, clock=clock))
    wrong = mutant.build(World(server=right, clock=clock, access_key=settings.access_key, secret_key=settings.secret_key))
    return as_wsgi(lambda ask: right(_administered(ask, mutant, profile)) if ask.path.startswith(ADMIN) else wrong(ask))


def served(app: WsgiApp) -> Server:
    """A WSGI application as a function from request to reply."""

    def answer(ask: Ask) -> Reply:
        status, headers, body = called(app, ask.method, quote(ask.path), urlencode(ask.query), ask.headers, ask.body)
        return Reply(status=status, headers=tuple(headers), body=body)

    return answer


def as_wsgi(server: Server) -> WsgiApp:
    """A function from request to reply as a WSGI application."""

    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        reply = server(_asked(environ))
        headers = [(name, value) for name, value in reply.headers if name.lower() != "content-length"]
        start_response(f"{reply.status} {HTTPStatus(reply.status).phrase}", [*headers, ("Content-Length", str(len(reply.body)))])
        return [reply.body]

    return app


def _asked(environ: dict[str, Any]) -> Ask:
    headers = {name[5:].lower().replace("_", "-"): value for name, value in environ.items() if name.startswith("HTTP_")}
    if environ.get("CONTENT_TYPE"):
        headers["content-type"] = environ["CONTENT_TYPE"]
    return Ask(
        method=environ["REQUEST_METHOD"],
        path=environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace"),
        query=tuple(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)),
        headers={name: value for name, value in headers.items() if name not in _SET_ANEW},
        body=environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)),
        connection=str(environ.get("REMOTE_PORT", "")),
    )


def _administered(ask: Ask, mutant: Mutant, profile: Profile) -> Ask:
    """An admin call as the mutant takes it: accounts that are opened later are as wrong as the first one."""
    body = ask.document
    if body is None:
        return ask
    path = ask.path.removeprefix(ADMIN)
    if path in ("/accounts", "/settings"):
        if mutant.answers and "profile" in body:
            body["profile"] = _answers(body["profile"], profile) | dict(mutant.answers)
        if mutant.limit is not None and "rateLimit" in body:
            body["rateLimit"] = mutant.limit
    scenario = body.get("scenario") if path == "/accounts" else body if path == "/scenario" else None
    if mutant.calendar is not None and scenario is not None:
        document = _document(scenario)
        mutant.calendar(document)
        body = body | {"scenario": document} if path == "/accounts" else document
    return ask.asking(body)


def _answers(named: Any, profile: Profile) -> dict[str, Any]:
    return dict(profile.answers()) | (dict(named) if isinstance(named, Mapping) else {})


def _document(scenario: Any) -> Document:
    """A fresh copy of the scenario that is named or sent."""
    name = scenario.get("name") if isinstance(scenario, Mapping) else scenario
    document = Scenario.load(name).document if isinstance(name, str) else scenario
    copy: Document = json.loads(json.dumps(document))
    return copy
