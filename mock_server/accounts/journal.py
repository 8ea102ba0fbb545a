"""The journal: a bounded record of every exchange, and the questions that a tester asks of it."""

from collections import deque
from collections.abc import Iterator
from typing import Any
from zlib import crc32

from leadsquared_slots.mock_server.exchanges.message import Exchange, Reply, Request

from .matchers import Difference, distance, read_matchers

MOST_EXCHANGES = 1000
MOST_BYTES = 8 << 20
KEPT_REPLY = 16 << 10
"""Bytes of a reply's body that are kept."""


class Journal:
    """The last exchanges of an account, bounded in number and in bytes; the oldest go first. Long bodies are kept in part, without keys."""

    def __init__(self, most_exchanges: int = MOST_EXCHANGES, most_bytes: int = MOST_BYTES) -> None:
        self._exchanges: deque[Exchange] = deque()
        self._most, self._most_bytes, self._number = most_exchanges, most_bytes, 0
        self.bytes = 0

    def __iter__(self) -> Iterator[Exchange]:
        return iter(tuple(self._exchanges))

    def __len__(self) -> int:
        return len(self._exchanges)

    def add(self, request: Request, reply: Reply, *, at: float, seconds: float, matched: bool, arrived: float | None = None) -> Exchange:
        """Records an exchange, the newest last. `arrived` is `at` where nobody says otherwise."""
        self._number += 1
        if request.kept_body is not request.body:
            request = request._replace(body=request.kept_body)
        length, crc = len(reply.body), 0
        if length > KEPT_REPLY:
            crc = reply.summed.crc if reply.summed is not None and reply.summed.body is reply.body else crc32(reply.body)
            reply = reply._replace(body=reply.body[:KEPT_REPLY], summed=None)
        size = request.size + len(reply.body)
        exchange = Exchange(self._number, at, request, reply, seconds, matched, length, size, at if arrived is None else arrived, crc)
        self._exchanges.append(exchange)
        self.bytes += size
        while len(self._exchanges) > self._most or self.bytes > self._most_bytes:
            self.bytes -= self._exchanges.popleft().size
        return exchange

    def clear(self) -> None:
        """Forgets every exchange."""
        self._exchanges.clear()
        self.bytes = 0

    def find(self, matchers: dict[str, Any]) -> list[Exchange]:
        """The exchanges that match every matcher, newest last. Raises BadMatcher."""
        match = read_matchers(matchers)
        return [exchange for exchange in self if not match(exchange)]

    def nearest(self, matchers: dict[str, Any], count: int = 3) -> list[tuple[Exchange, list[Difference]]]:
        """The exchanges that come nearest to matching, the nearest first and of equals the newest, with how they differ."""
        match = read_matchers(matchers)
        ranked = [(exchange, match(exchange)) for exchange in reversed(tuple(self))]
        return sorted(ranked, key=lambda pair: distance(pair[1]))[:count]
