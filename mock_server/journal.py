"""The journal: a bounded record of every exchange, and the questions that a tester asks of it."""

import json
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from .domain.errors import DomainError, did_you_mean
from .exchange import Exchange, Reply, Request

MOST_EXCHANGES = 1000
MOST_BYTES = 8 << 20
_KEPT_BODY = 16 << 10


class UnknownMatcher(DomainError):
    """A matcher that does not exist, or has a value that it cannot take."""


class Difference(NamedTuple):
    """How an exchange differs from what a matcher expects."""

    field: str
    received: Any
    expected: Any


class Journal:
    """The last exchanges of an account, bounded in number and in bytes; the oldest go first. Long bodies are kept in part."""

    def __init__(self, most_exchanges: int = MOST_EXCHANGES, most_bytes: int = MOST_BYTES) -> None:
        self._exchanges: deque[Exchange] = deque()
        self._most, self._most_bytes, self._bytes, self._number = most_exchanges, most_bytes, 0, 0

    def __iter__(self) -> Iterator[Exchange]:
        return iter(tuple(self._exchanges))

    def __len__(self) -> int:
        return len(self._exchanges)

    def add(self, request: Request, reply: Reply, *, at: float, seconds: float, matched: bool) -> Exchange:
        """Records an exchange, the newest last."""
        self._number += 1
        size = min(len(request.body), _KEPT_BODY) + min(reply.length, _KEPT_BODY) + 1024
        exchange = Exchange(self._number, at, request, reply, seconds, matched, size)
        self._exchanges.append(exchange)
        self._bytes += size
        while len(self._exchanges) > self._most or self._bytes > self._most_bytes:
            self._bytes -= self._exchanges.popleft().size
        return exchange

    def clear(self) -> None:
        """Forgets every exchange."""
        self._exchanges.clear()
        self._bytes = 0

    def find(self, matchers: dict[str, Any]) -> list[Exchange]:
        """The exchanges that match every matcher, newest last. Raises UnknownMatcher."""
        return [exchange for exchange in self if not differences(exchange, matchers)]

    def nearest(self, matchers: dict[str, Any], count: int = 3) -> list[tuple[Exchange, list[Difference]]]:
        """The exchanges that come nearest to matching, the nearest first, with how they differ."""
        ranked = [(exchange, differences(exchange, matchers)) for exchange in reversed(tuple(self))]
        return sorted(ranked, key=lambda pair: len(pair[1]))[:count]


def differences(exchange: Exchange, matchers: dict[str, Any]) -> list[Difference]:
    """How an exchange differs from what the matchers expect; empty when it matches. Raises UnknownMatcher."""
    found = []
    for name, expected in matchers.items():
        matcher = _MATCHERS.get(name)
        if matcher is None:
            nearest = did_you_mean(name, _MATCHERS)
            hint = f"did you mean {nearest!r}?" if nearest else f"expected {', '.join(_MATCHERS)}"
            raise UnknownMatcher(f"unknown matcher {name!r}; {hint}")
        received, matches = matcher(exchange, expected)
        if not matches:
            found.append(Difference(name, received, expected))
    return found


def _equal(read: Callable[[Exchange], Any]) -> Callable[[Exchange, Any], tuple[Any, bool]]:
    def match(exchange: Exchange, expected: Any) -> tuple[Any, bool]:
        received = read(exchange)
        return received, received == expected

    return match


def _body_contains(exchange: Exchange, expected: Any) -> tuple[Any, bool]:
    text = exchange.request.body.decode("utf-8", "replace")
    if not isinstance(expected, str):
        raise UnknownMatcher(f"bodyContains is {expected!r}; expected a text")
    return text, expected in text


def _equal_to_json(exchange: Exchange, expected: Any) -> tuple[Any, bool]:
    if isinstance(expected, str):
        try:
            expected = json.loads(expected)
        except ValueError as error:
            raise UnknownMatcher(f"equalToJson is no JSON: {error}") from None
    try:
        received = json.loads(exchange.request.body)
    except ValueError:
        return exchange.request.body.decode("utf-8", "replace"), False
    return received, received == expected


_MATCHERS: dict[str, Callable[[Exchange, Any], tuple[Any, bool]]] = {
    "method": _equal(lambda exchange: exchange.request.method),
    "urlPath": _equal(lambda exchange: exchange.request.path),
    "status": _equal(lambda exchange: exchange.reply.status),
    "bodyContains": _body_contains,
    "equalToJson": _equal_to_json,
}
