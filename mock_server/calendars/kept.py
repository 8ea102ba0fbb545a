"""What is computed once and kept: named tables with one bound in bytes for all of them together."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept:
    """A bound in bytes for everything that its tables keep together. What the tables hold is a function of their keys alone.

    What was made or asked for since the last rotation is young, the rest is old. When the young things take half of the bound, the old
    ones are forgotten and the young become old: what is in use stays, and what is not is gone after two rotations at most. Sizes are
    estimates, which a test compares with what Python allocates. Threads may share it: the worst that a race does is that something is
    made twice.
    """

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self._young = self._old = 0
        self._tables: WeakValueDictionary[int, Table[object, object]] = WeakValueDictionary()

    @property
    def bytes(self) -> int:
        """The estimate of what is kept now."""
        return self._young + self._old

    def table(self, name: str, make: Callable[[K], V], size: Callable[[V], int]) -> "Table[K, V]":
        """A table of what `make` gives for a key; `size` estimates its bytes, with those of the key."""
        return _FunctionTable(self, name, make, size)

    def take_in(self, table: "Table[object, object]") -> None:
        """Lets a table take part in the rotations as long as somebody holds it."""
        self._tables[id(table)] = table

    def charge(self, size: int) -> None:
        """Counts bytes that were added to a table, and rotates where they are too many."""
        self._young += size
        if 2 * self._young > self.most_bytes:
            self._young, self._old = 0, self._young
            for table in list(self._tables.values()):
                table.rotate()

    def counts(self) -> dict[str, int]:
        """Return how many things are kept under each name, young and old."""
        counts: dict[str, int] = {}
        for table in list(self._tables.values()):
            counts[table.name] = counts.get(table.name, 0) + table.count()
        return counts

    def clear(self) -> None:
        """Forgets everything."""
        for _ in range(2):
            self.charge(self.most_bytes)
        self._young = self._old = 0


class Table(dict[K, V], Generic[K, V], ABC):
    """A dictionary that makes what it lacks. `table[key]` is as quick as with any dictionary when the value is young."""

    def __init__(self, kept: Kept, name: str) -> None:
        super().__init__()
        self.name, self._kept = name, kept
        self._old: dict[K, V] = {}
        kept.take_in(self)  # type: ignore[arg-type]

    @abstractmethod
    def make(self, key: K) -> V:
        """The value of a key."""

    @abstractmethod
    def size(self, value: V) -> int:
        """Bytes that a value takes, with its key."""

    def __missing__(self, key: K) -> V:
        old = self._old  # another thread may rotate meanwhile
        value = old[key] if key in old else self.make(key)
        self[key] = value
        self._kept.charge(self.size(value))
        return value

    def rotate(self) -> None:
        """Forgets what is old, and calls everything else old."""
        self._old = self.copy()
        self.clear()

    def count(self) -> int:
        """How many values are kept, young and old."""
        return len(self.keys() | self._old.keys())


class _FunctionTable(Table[K, V]):
    def __init__(self, kept: Kept, name: str, make: Callable[[K], V], size: Callable[[V], int]) -> None:
        super().__init__(kept, name)
        self._make, self._size = make, size

    def make(self, key: K) -> V:
        return self._make(key)

    def size(self, value: V) -> int:
        return self._size(value)


MOST_BYTES = 128 << 20
KEPT = Kept(MOST_BYTES)
"""All that this process keeps of calendars: users and what is drawn for them, shared days, and the vendor's bytes of days."""
