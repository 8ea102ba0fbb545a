"""A computed body with what the journal keeps of it, whichever replies give it."""

from dataclasses import dataclass, field
from functools import cached_property
from itertools import count

KEPT_REPLY = 16 << 10
"""Bytes of a reply's body that the journal keeps."""
_numbers = count(1)


@dataclass(frozen=True)
class Computed:
    """A body, with a number that no other has: where a kept answer is given again, the number tells so without a look at the bytes."""

    body: bytes
    number: int = field(default_factory=_numbers.__next__, init=False)

    @cached_property
    def beginning(self) -> bytes:
        """As much of the body as the journal keeps."""
        return self.body[:KEPT_REPLY]
