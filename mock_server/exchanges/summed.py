"""Bytes with a checksum."""

from functools import cached_property
from zlib import crc32


class SummedBytes(bytes):
    """Bytes that compute their CRC-32 once: an answer that is kept is given many times, and each journal entry holds its checksum."""

    @cached_property
    def crc(self) -> int:
        """The CRC-32 of all bytes."""
        return crc32(self)


def crc_of(body: bytes) -> int:
    """Return the CRC-32 of a body."""
    return body.crc if isinstance(body, SummedBytes) else crc32(body)
