"""The journal: a bounded record of every exchange, and the questions that a tester asks of it."""

from collections import OrderedDict, deque
from collections.abc import Iterator
from typing import Any

from leadsquared_slots.mock_server.exchanges.computed import KEPT_REPLY, Computed
from leadsquared_slots.mock_server.exchanges.message import Exchange, Reply, Request

from .matchers import Difference, distance, read_matchers

MOST_EXCHANGES = 1000
MOST_BYTES = 8 << 20
MOST_BYTES_OF_ALL = 64 << 20
"""Bytes of the journals of all accounts together."""


class Journal:
    """The last exchanges of an account, bounded in number and in bytes; the oldest go first. Long bodies are kept in part, without keys."""

    def __init__(self, most_exchanges: int = MOST_EXCHANGES, most_bytes: int = MOST_BYTES) -> None:
        self._exchanges: deque[Exchange] = deque()
        self._most, self._most_bytes, self._number = most_exchanges, most_bytes, 0
        self.bytes = 0
        self._budget: Budget | None = None

    def __iter__(self) -> Iterator[Exchange]:
        return iter(tuple(self._exchanges))

    def __len__(self) -> int:
        return len(self._exchanges)

    def add(self, request: Request, reply: Reply, *, at: float, seconds: float, matched: bool, arrived: float | None = None) -> Exchange:
        """Records an exchange, the newest last, with the reply as it is delivered. `arrived` is `at` where nobody says otherwise."""
        self._number += 1
        if request.kept_body is not request.body:
            request = request._replace(body=request.kept_body)
        if reply.abort is not None:
            reply = reply.delivered()
        if request.method == "HEAD":
            reply = reply._replace(body=b"", computed=None)
        length, number = len(reply.body), 0
        if length > KEPT_REPLY:
            computed = reply.computed
            if computed is None or computed.body is not reply.body:
                computed = Computed(reply.body)
            number, reply = computed.number, reply._replace(body=computed.beginning, computed=None)
        size = request.size + len(reply.body)
        exchange = Exchange(self._number, at, request, reply, seconds, matched, length, size, at if arrived is None else arrived, number)
        self._exchanges.append(exchange)
        before = self.bytes
        self.bytes += size
        while len(self._exchanges) > self._most or self.bytes > self._most_bytes:
            self.bytes -= self._exchanges.popleft().size
        if self._budget is not None:
            self._budget.use(self, self.bytes - before)
        return exchange

    def drop_oldest(self) -> int:
        """Forgets the oldest exchange, and returns its bytes. The budget is not told. Raises IndexError where there is none."""
        size = self._exchanges.popleft().size
        self.bytes -= size
        return size

    def clear(self) -> None:
        """Forgets every exchange."""
        if self._budget is not None:
            self._budget.give_back(self)
        self._exchanges.clear()
        self.bytes = 0

    def copy(self) -> "Journal":
        """A journal of the same exchanges, in no budget."""
        copied = Journal(self._most, self._most_bytes)
        copied._exchanges, copied._number, copied.bytes = self._exchanges.copy(), self._number, self.bytes
        return copied

    def share(self, budget: "Budget | None") -> None:
        """Counts this journal in a budget, and no longer in the one before. None: in no budget."""
        if self._budget is not None:
            self._budget.give_back(self)
        self._budget = budget
        if budget is not None and self._exchanges:
            budget.use(self, self.bytes)

    def find(self, matchers: dict[str, Any]) -> list[Exchange]:
        """The exchanges that match every matcher, newest last. Raises Invalid and BadMatcher."""
        match = read_matchers(matchers)
        return [exchange for exchange in self if not match(exchange)]

    def nearest(self, matchers: dict[str, Any], count: int = 3) -> list[tuple[Exchange, list[Difference]]]:
        """The exchanges that come nearest to matching, the nearest first and of equals the newest, with how they differ."""
        match = read_matchers(matchers)
        ranked = [(exchange, match(exchange)) for exchange in reversed(tuple(self))]
        return sorted(ranked, key=lambda pair: distance(pair[1]))[:count]


class Budget:
    """The bytes that several journals may take together. Above it, the oldest exchanges of the least recently used journal go first."""

    def __init__(self, most_bytes: int = MOST_BYTES_OF_ALL) -> None:
        self._most_bytes, self.bytes = most_bytes, 0
        # Only journals that hold something, the least recently used first.
        self._used: OrderedDict[Journal, None] = OrderedDict()
        self._newest: Journal | None = None  # the last one of them

    def use(self, journal: Journal, more: int) -> None:
        """Counts the bytes by which a journal grew, less than 0 where it shrank. Each exchange is dropped once: O(1) amortised."""
        self.bytes += more
        if journal is not self._newest:
            self._used[journal] = None
            self._used.move_to_end(journal)
            self._newest = journal
        while self.bytes > self._most_bytes:
            oldest = next(iter(self._used))
            if len(oldest):
                self.bytes -= oldest.drop_oldest()
            else:
                del self._used[oldest]
                self._newest = None

    def give_back(self, journal: Journal) -> None:
        """Counts a journal no longer, until it is used again."""
        if journal in self._used:
            del self._used[journal]
            self.bytes -= journal.bytes
            self._newest = None
