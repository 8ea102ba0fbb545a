"""Correct servers: the emulator under every answer that a profile can give, and in every form that the contract allows.

The kit may call none of them wrong.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from types import MappingProxyType

from leadsquared_slots.contract_tests.wire.target import ManualClock
from leadsquared_slots.contract_tests.wire.wsgi import WsgiApp
from leadsquared_slots.mock_server import Profile, RateLimit, Settings, create_app
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED, OBSERVED, QUESTIONS

from .registry import Ask, Reply, Server
from .serving import ADMIN, as_wsgi, served

Variant = Callable[[Ask, Server], Reply]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lawful:
    """A correct server: the profile under which it is correct, how it writes its replies, and its limit of calls in 5 s."""

    name: str
    profile: Profile = DOCUMENTED
    variant: Variant = lambda ask, server: server(ask)
    calls: int = 25

    def app(self, *, seed: int, clock: ManualClock) -> WsgiApp:
        """The server as a WSGI application."""
        settings = Settings(seed=seed, profile=self.profile, rate_limit=RateLimit.parse(f"{self.calls}/5s"))
        server = served(create_app(settings, clock=clock))

        def answer(ask: Ask) -> Reply:
            if self.name == "slow":
                clock.sleep(0.15)
            return server(ask) if ask.path.startswith(ADMIN) else self.variant(ask, server)

        return as_wsgi(answer)


def _more_headers(ask: Ask, server: Server) -> Reply:
    reply = server(ask)
    for name, value in (("Server", "Microsoft-IIS/10.0"), ("X-Powered-By", "ASP.NET"), ("Cache-Control", "private"), ("Vary", "Origin")):
        reply = reply.having(name, value)
    return reply


def _members_reversed(ask: Ask, server: Server) -> Reply:
    reply = server(ask)
    document = json.loads(reply.body, object_pairs_hook=lambda pairs: dict(reversed(pairs))) if _is_json(reply) else None
    return reply if document is None else reply.saying(document)


def _indented(ask: Ask, server: Server) -> Reply:
    reply = server(ask)
    return replace(reply, body=json.dumps(json.loads(reply.body), indent=2).encode()) if _is_json(reply) else reply


def _escaped(ask: Ask, server: Server) -> Reply:
    reply = server(ask)
    return replace(reply, body=reply.body.replace(b"@", b"\\u0040").replace(b"/", b"\\/")) if _is_json(reply) else reply


def _plain_content_type(ask: Ask, server: Server) -> Reply:
    reply = server(ask)
    return reply.having("Content-Type", "application/json") if _is_json(reply) else reply


def _loud_content_type(ask: Ask, server: Server) -> Reply:
    reply = server(ask)
    return reply.having("Content-Type", "Application/JSON; Charset=UTF-8") if _is_json(reply) else reply


def _lower_case_headers(ask: Ask, server: Server) -> Reply:
    reply = server(ask)
    return replace(reply, headers=tuple((name.lower(), value) for name, value in reply.headers))


def _other_words(ask: Ask, server: Server) -> Reply:
    reply = server(ask)
    error = reply.error
    if error is None or error["ExceptionType"] == "MXAPIRateLimitExceededException":
        return reply
    return reply.saying(error | {"ExceptionMessage": "Das geht so nicht."})


def _other_names(ask: Ask, server: Server) -> Reply:
    reply = server(ask)
    error = reply.error
    return reply.saying(error | {"ExceptionType": "MXNotFoundException"}) if error and reply.status in (404, 405) else reply


def _is_json(reply: Reply) -> bool:
    return any(name.lower() == "content-type" and "json" in value for name, value in reply.headers)


VARIANTS = MappingProxyType(
    {
        "more-headers": _more_headers,
        "members-reversed": _members_reversed,
        "indented": _indented,
        "escaped": _escaped,
        "plain-content-type": _plain_content_type,
        "loud-content-type": _loud_content_type,
        "lower-case-headers": _lower_case_headers,
        "other-words": _other_words,
        "other-names": _other_names,
    }
)
ODD = DOCUMENTED.with_answers(
    {
        "record": "user-and-date",
        "users-order": "address",
        "time-zone": "utc",
        "breaks": "taken-out",
        "empty-list": "absent",
        "absent-lists": "empty",
        "duplicate-addresses": "repeated",
        "allowed-conflict": "available",
        "keys-in-both-places": "query",
        "invalid-keys-status": 403,
        "rate-limit-status": 403,
    },
    name="odd",
)
STRICT = DOCUMENTED.with_answers(
    {
        "omitted-flag": "refused",
        "omitted-paging": "refused",
        "unknown-address": "refused",
        "address-case": "exact",
        "partial-leave": "ignored",
        "absence-order": "not-scheduled-holiday-leave",
        "date-without-template": "utc",
        "largest-page": 100,
        "window": "fixed",
        "empty-list": "null",
    },
    name="strict",
)


def lawful() -> tuple[Lawful, ...]:
    """The correct servers that every run of the matrix looks at."""
    profiles = [Lawful(name=profile.name, profile=profile) for profile in (DOCUMENTED, OBSERVED, ODD, STRICT)]
    variants = [Lawful(name=name, variant=variant) for name, variant in VARIANTS.items()]
    return (*profiles, *variants, Lawful(name="slow"), Lawful(name="plan-pro", calls=10), Lawful(name="plan-super", calls=20))


def every_answer() -> Iterator[Lawful]:
    """A correct server for every other answer to every profile question, one at a time."""
    for question, kind in QUESTIONS.items():
        choices = [choice.value for choice in kind] if issubclass(kind, Enum) else [1, 50]
        for answer in choices:
            if answer != DOCUMENTED.answers()[question]:
                name = f"{question}={answer}"
                yield Lawful(name=name, profile=DOCUMENTED.with_answers({question: answer}, name=name))
