"""Numbers from a hash: the same on every machine, platform and Python version."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")


class Draw:
    """Numbers from a hash of what they are for: the same name always draws the same."""

    def __init__(self, *name: str | int) -> None:
        digest = blake2b("\0".join(map(str, name)).encode("utf-8", "surrogatepass"), digest_size=32).digest()
        self._number = int.from_bytes(digest, "big")

    def below(self, bound: int) -> int:
        """A number from 0 to below the bound."""
        self._number, number = divmod(self._number, bound)
        return number

    def chance(self, percent: int) -> bool:
        """True in so many cases of a hundred."""
        return self.below(100) < percent

    def pick(self, things: Sequence[T]) -> T:
        """One of the things, each as often as it stands there."""
        return things[self.below(len(things))]


def weighted(pairs: Iterable[tuple[int, T]]) -> tuple[T, ...]:
    """Things to pick from: each as many times as its weight says."""
    return tuple(thing for weight, thing in pairs for _ in range(weight))
