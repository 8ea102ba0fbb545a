"""Mutants: servers that are wrong in one small way each, built around the correct emulator.

A mutant changes what goes into the emulator or what comes out of it; the emulator itself knows nothing of mutants. The decorators
here make one from a function of a few lines and register it under its name.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from leadsquared_slots.contract_tests.wire.exchange import ENDPOINT
from leadsquared_slots.mock_server.contract.documents import ledger

Document = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A request on its way to the emulator. Names of headers are lower-case; `connection` tells connections apart."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes
    connection: str = ""

    @property
    def document(self) -> Document | None:
        """A fresh copy of the JSON object in the body; None where there is none."""
        return _object(self.body)

    def asking(self, document: Document) -> "Ask":
        """The request with another JSON body."""
        return replace(self, body=json.dumps(document).encode())

    def having(self, **headers: str) -> "Ask":
        """The request with headers added or replaced; an underscore stands for a hyphen."""
        return replace(self, headers={**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A reply on its way to the caller."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def answer(self) -> Document | None:
        """A fresh copy of the answer; None where the reply is none."""
        document = _object(self.body)
        return document if document is not None and "RecordCount" in document else None

    @property
    def error(self) -> Document | None:
        """A fresh copy of the error envelope; None where the reply is none."""
        document = _object(self.body)
        return document if document is not None and "ExceptionType" in document else None

    def saying(self, document: object) -> "Reply":
        """The reply with another JSON body."""
        return replace(self, body=json.dumps(document).encode())

    def having(self, name: str, value: str | None) -> "Reply":
        """The reply with one header set; None takes it away."""
        others = tuple((key, old) for key, old in self.headers if key.lower() != name.lower())
        return replace(self, headers=others if value is None else (*others, (name, value)))


def _object(body: bytes) -> Document | None:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


Server = Callable[[Ask], Reply]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a mutant is built around: the correct server, its clock (seconds since the epoch), and valid keys."""

    server: Server
    clock: Callable[[], float]
    access_key: str
    secret_key: str

    def admitted(self, ask: Ask) -> Ask:
        """The request with valid keys in the headers, and none in the query."""
        others = {name: value for name, value in ask.headers.items() if not name.startswith("x-lsq-")}
        keys = {"x-lsq-accesskey": self.access_key, "x-lsq-secretkey": self.secret_key}
        return replace(ask, query=(), headers={**others, **keys})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A server with one deliberate contract violation.

    wrong     what is wrong with it, as a sentence
    rules     ledger rules that it breaks
    build     makes the wrong server of a correct one
    answers   profile answers of the correct server, where they are what is wrong
    limit     rate limit of the correct server, as 25/5s or none, where that is what is wrong
    judged    profile answers by which it is judged, where they are not those of `documented`
    calendar  changes a scenario document in place before the emulator sees it, where the calendar is what is wrong
    """

    name: str
    wrong: str
    rules: tuple[str, ...]
    build: Callable[[World], Server] = lambda world: world.server
    answers: Mapping[str, Any] = field(default_factory=dict)
    limit: str | None = None
    judged: Mapping[str, Any] = field(default_factory=dict)
    calendar: Callable[[Document], None] | None = None


_mutants: dict[str, Mutant] = {}


def mutants() -> Mapping[str, Mutant]:
    """Every mutant by name."""
    from . import load

    load()
    return MappingProxyType(_mutants)


def register(mutant: Mutant) -> None:
    """Add a mutant. Raises ValueError for a rule that the ledger does not have, and for a name that is taken."""
    unknown = [rule for rule in mutant.rules if rule not in ledger()]
    if unknown or not mutant.rules or mutant.name in _mutants:
        raise ValueError(f"mutant {mutant.name!r} breaks {unknown or 'no rule'}, or stands twice")
    _mutants[mutant.name] = mutant


def server(name: str, wrong: str, rules: Sequence[str], **settings: Any) -> Callable[[Callable[[World], Server]], None]:
    """A mutant from `(World) -> Server`: the general form, for servers that remember something."""

    def add(build: Callable[[World], Server]) -> None:
        register(Mutant(name=name, wrong=wrong, rules=tuple(rules), build=build, **settings))

    return add


def mutant(name: str, wrong: str, rules: Sequence[str], **settings: Any) -> Callable[[Callable[[Ask, Server], Reply]], None]:
    """A mutant from `(Ask, Server) -> Reply`."""

    def add(function: Callable[[Ask, Server], Reply]) -> None:
        server(name, wrong, rules, **settings)(lambda world: lambda ask: function(ask, world.server))

    return add


def on_ask(name: str, wrong: str, rules: Sequence[str]) -> Callable[[Callable[[Document], None]], None]:
    """A mutant that changes the JSON body of every request in place."""

    def add(change: Callable[[Document], None]) -> None:
        def wrong_server(ask: Ask, right: Server) -> Reply:
            document = ask.document
            if document is None or ask.path != ENDPOINT:
                return right(ask)
            change(document)
            return right(ask.asking(document))

        mutant(name, wrong, rules)(wrong_server)

    return add


def on_answer(name: str, wrong: str, rules: Sequence[str]) -> Callable[[Callable[[Document, Document], None]], None]:
    """A mutant that changes every answer in place; the second argument is the request's body."""

    def add(change: Callable[[Document, Document], None]) -> None:
        def wrong_server(ask: Ask, right: Server) -> Reply:
            reply = right(ask)
            answer = reply.answer
            if answer is None:
                return reply
            change(answer, ask.document or {})
            return reply.saying(answer)

        mutant(name, wrong, rules)(wrong_server)

    return add


def on_entries(name: str, wrong: str, rules: Sequence[str]) -> Callable[[Callable[[Document], None]], None]:
    """A mutant that changes every user's entry in place. The date stands in the entry as `Date` meanwhile."""

    def add(change: Callable[[Document], None]) -> None:
        def wrong_answer(answer: Document, request: Document) -> None:
            for day, entry in entries(answer):
                entry["Date"] = day
                change(entry)
                del entry["Date"]

        on_answer(name, wrong, rules)(wrong_answer)

    return add


def on_error(name: str, wrong: str, rules: Sequence[str]) -> Callable[[Callable[[Document, Reply], Reply | None]], None]:
    """A mutant that changes every error: the envelope in place, or the reply as a whole."""

    def add(change: Callable[[Document, Reply], Reply | None]) -> None:
        def wrong_server(ask: Ask, right: Server) -> Reply:
            reply = right(ask)
            error = reply.error
            if error is None:
                return reply
            return change(error, reply) or reply.saying(error)

        mutant(name, wrong, rules)(wrong_server)

    return add


def other_answer(name: str, wrong: str, rules: Sequence[str], question: str, answer: str | int) -> None:
    """A mutant that is the emulator under another answer to one profile question: lawful there, wrong under this profile."""
    register(Mutant(name=name, wrong=wrong, rules=tuple(rules), answers={question: answer}))


def on_calendar(name: str, wrong: str, rules: Sequence[str]) -> Callable[[Callable[[Document], None]], None]:
    """A mutant that misreads calendars: it changes the scenario document in place."""

    def add(change: Callable[[Document], None]) -> None:
        register(Mutant(name=name, wrong=wrong, rules=tuple(rules), calendar=change))

    return add


def groups(answer: Document) -> list[Document]:
    """The dates of an answer."""
    return list(answer.get("List") or [])


def entries(answer: Document) -> Iterator[tuple[str, Document]]:
    """The entries of an answer with their dates."""
    for group in groups(answer):
        for entry in group["UserSlots"]:
            yield group["Date"], entry
