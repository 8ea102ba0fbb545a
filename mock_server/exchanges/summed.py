"""A body with its checksum, which is computed once however often the body is given."""

from dataclasses import dataclass
from functools import cached_property
from zlib import crc32


@dataclass(frozen=True)
class Summed:
    """A body, and its CRC-32 when somebody asks for it."""

    body: bytes

    def __len__(self) -> int:
        return len(self.body)

    @cached_property
    def crc(self) -> int:
        """The CRC-32 of the whole body."""
        return crc32(self.body)
