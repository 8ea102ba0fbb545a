"""gzip for clients that ask for it."""

import gzip

from .byte_cache import ByteCache
from .message import Reply

SMALLEST = 4 << 10
"""Bytes of the smallest body that is compressed: below, the work is more than it saves."""
_LEVEL = 1
_kept = ByteCache[bytes](most_bytes=8 << 20, largest=2 << 20)


def encoded(reply: Reply, accept_encoding: str | None) -> Reply:
    """The reply as the client takes it: a long body is compressed when Accept-Encoding names gzip, always to the same bytes."""
    if accept_encoding is None or len(reply.body) < SMALLEST or not _takes_gzip(accept_encoding):
        return reply
    body = _kept.get(reply.body)
    if body is None:
        body = gzip.compress(reply.body, _LEVEL, mtime=0)
        _kept.keep(reply.body, body, len(body))
    return reply._replace(body=body, headers=(*reply.headers, ("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")))


def _takes_gzip(accept_encoding: str) -> bool:
    for part in accept_encoding.lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
