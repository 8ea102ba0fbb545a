"""Answers that are kept: the same question about the same users has the same answer."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

MOST_BYTES = 24 << 20
"""Bytes of all kept answers together."""
LARGEST = 8 << 20
"""Bytes of the largest answer that is kept."""
_OVERHEAD = 512


V = TypeVar("V")


class ByteCache(Generic[V]):
    """Values by what they answer, bounded in the bytes of their bodies; what was asked for longest ago goes first. Threads may share it."""

    def __init__(self, most_bytes: int = MOST_BYTES, largest: int = LARGEST) -> None:
        self._most_bytes, self._largest = most_bytes, largest
        self._kept: OrderedDict[Hashable, tuple[V, int]] = OrderedDict()
        self._keeping = Lock()
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, question: Hashable) -> V | None:
        """The kept answer to a question."""
        kept = self._kept.get(question)
        if kept is None:
            return None
        try:  # noqa: SIM105 — `suppress` takes longer than all the rest here
            self._kept.move_to_end(question)
        except KeyError:
            pass  # gone by now: another thread has kept others
        return kept[0]

    def keep(self, question: Hashable, value: V, length: int) -> None:
        """Keeps an answer with a body of so many bytes, unless it is kept already, or is too large."""
        if length > self._largest:
            return
        with self._keeping:
            if question in self._kept:
                return
            self._kept[question] = value, length
            self.bytes += length + _OVERHEAD
            while self.bytes > self._most_bytes:
                _, (_, oldest) = self._kept.popitem(last=False)
                self.bytes -= oldest + _OVERHEAD
