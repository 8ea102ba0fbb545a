"""Matchers: what a tester asks of the journal, and how an exchange differs from it."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, NamedTuple

import orjson
from leadsquared_slots.mock_server.contract.validation import check
from leadsquared_slots.mock_server.domain.errors import DomainError
from leadsquared_slots.mock_server.exchanges.message import Exchange

_MOST_DIFFERENCES = 20
_DEEPEST = 64
_LONGEST = 1000
_ABSENT = object()
_SHOWN_DEPTH = 250
_TOO_DEEP = "(nested too deep)"


class BadMatcher(DomainError):
    """A matcher whose text is no JSON."""


class Difference(NamedTuple):
    """How an exchange differs from what a matcher expects; of JSON, at which place."""

    field: str
    received: Any
    expected: Any


Match = Callable[[Exchange], list[Difference]]


def read_matchers(matchers: dict[str, Any]) -> Match:
    """How an exchange differs from what the matchers expect: nothing when it matches. Raises Invalid and BadMatcher."""
    check("admin#/$defs/matchers", matchers)
    read = [_READERS[name](name, expected) for name, expected in matchers.items()]

    def match(exchange: Exchange) -> list[Difference]:
        return [difference for differing in read for difference in differing(exchange)]

    return match


def distance(differing: Sequence[Difference]) -> tuple[int, int]:
    """How far from matching: by matchers that differ, then by places; a body that is something else altogether is far."""
    matchers = {re.split(r"[.\[]", difference.field, maxsplit=1)[0] for difference in differing}
    return len(matchers), sum(_MOST_DIFFERENCES if difference.field == "equalToJson" else 1 for difference in differing)


def _equal(received_in: Callable[[Exchange], Any]) -> Callable[[str, Any], Match]:
    def read(name: str, expected: Any) -> Match:
        def match(exchange: Exchange) -> list[Difference]:
            received = received_in(exchange)
            return [] if received == expected else [Difference(name, _shown(received), _shown(expected))]

        return match

    return read


def _body_contains(name: str, expected: Any) -> Match:
    wanted = expected.encode("utf-8", "surrogatepass")

    def match(exchange: Exchange) -> list[Difference]:
        body = exchange.request.body
        return [] if wanted in body else [Difference(name, _text(body), _shown(expected))]

    return match


def _equal_to_json(name: str, expected: Any) -> Match:
    if isinstance(expected, str):
        try:
            expected = orjson.loads(expected)
        except orjson.JSONDecodeError as error:
            raise BadMatcher(f"{name} is no JSON: {error}", "expected a JSON value, or the text of one") from None

    def match(exchange: Exchange) -> list[Difference]:
        try:
            received = orjson.loads(exchange.request.body)
        except orjson.JSONDecodeError:
            return [Difference(name, _text(exchange.request.body), _shown(expected))]
        return list(islice(_json_differences(received, expected, name, _DEEPEST), _MOST_DIFFERENCES))

    return match


def _json_differences(received: Any, expected: Any, place: str, depth: int) -> Iterator[Difference]:
    """Where two JSON values differ. Numbers are equal by value, and true is no number."""
    if depth and isinstance(received, dict) and isinstance(expected, dict):
        for key in chain(expected, (key for key in received if key not in expected)):
            yield from _json_differences(received.get(key, _ABSENT), expected.get(key, _ABSENT), f"{place}.{key}", depth - 1)
    elif depth and isinstance(received, list) and isinstance(expected, list):
        for number in range(max(len(received), len(expected))):
            one = received[number] if number < len(received) else _ABSENT
            other = expected[number] if number < len(expected) else _ABSENT
            yield from _json_differences(one, other, f"{place}[{number}]", depth - 1)
    elif not _same(received, expected):
        yield Difference(place, _shown(received), _shown(expected))


def _same(received: Any, expected: Any) -> bool:
    if isinstance(received, bool) or isinstance(expected, bool):
        return received is expected
    try:
        return bool(received == expected)
    except RecursionError:
        return False


def _shown(value: Any) -> Any:
    """A JSON value as it is, or its beginning as text where it is long or too deep to be shown. Takes no time for what is not shown."""
    if value is _ABSENT:
        return "(absent)"
    if isinstance(value, str):
        return value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"
    text = ""
    for part in _parts(value, _SHOWN_DEPTH):
        text += part
        if len(text) > _LONGEST:
            return f"{text[:_LONGEST]}…"
    return value if _TOO_DEEP not in text else _TOO_DEEP


def _parts(value: Any, depth: int) -> Iterator[str]:
    """A JSON value as text, piece by piece; of long texts in it the beginning."""
    if isinstance(value, str):
        yield json.dumps(value[: _LONGEST + 1], ensure_ascii=False)
    elif not isinstance(value, dict | list):
        yield json.dumps(value)
    elif not depth:
        yield _TOO_DEEP
    elif isinstance(value, dict):
        yield "{"
        for key, item in value.items():
            yield f"{json.dumps(key[: _LONGEST + 1], ensure_ascii=False)}:"
            yield from _parts(item, depth - 1)
            yield ","
        yield "}"
    else:
        yield "["
        for item in value:
            yield from _parts(item, depth - 1)
            yield ","
        yield "]"


def _text(body: bytes) -> str:
    text = body[:_LONGEST].decode("utf-8", "replace")
    return text if len(body) <= _LONGEST else f"{text}…"


_READERS: dict[str, Callable[[str, Any], Match]] = {
    "method": _equal(lambda exchange: exchange.request.method),
    "urlPath": _equal(lambda exchange: exchange.request.path),
    "status": _equal(lambda exchange: exchange.reply.status or None),
    "fault": _equal(lambda exchange: exchange.reply.fault),
    "bodyContains": _body_contains,
    "equalToJson": _equal_to_json,
}
