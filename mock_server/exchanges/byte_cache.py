"""Answers that are kept: the same question about the same users has the same answer."""

from collections import OrderedDict
from collections.abc import Hashable, Sized
from typing import Generic, TypeVar

MOST_BYTES = 24 << 20
"""Bytes of all kept answers together."""
LARGEST = 8 << 20
"""Bytes of the largest answer that is kept."""
_OVERHEAD = 512


V = TypeVar("V", bound=Sized)


class ByteCache(Generic[V]):
    """Bodies by what they answer, bounded in bytes; the one that was asked for longest ago goes first."""

    def __init__(self, most_bytes: int = MOST_BYTES, largest: int = LARGEST) -> None:
        self._most_bytes, self._largest = most_bytes, largest
        self._bodies: OrderedDict[Hashable, V] = OrderedDict()
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._bodies)

    def get(self, question: Hashable) -> V | None:
        """The kept answer to a question."""
        body = self._bodies.get(question)
        if body is not None:
            self._bodies.move_to_end(question)
        return body

    def keep(self, question: Hashable, body: V) -> None:
        """Keeps an answer that is not kept yet, unless it is too large."""
        if len(body) > self._largest:
            return
        self._bodies[question] = body
        self.bytes += len(body) + _OVERHEAD
        while self.bytes > self._most_bytes:
            _, oldest = self._bodies.popitem(last=False)
            self.bytes -= len(oldest) + _OVERHEAD
