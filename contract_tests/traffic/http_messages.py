"""HTTP/1.1 messages for the proxy: requests read with bounds, and headers that go no further than one connection."""

import asyncio
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field

import httptools

MOST_HEAD, MOST_BODY, MOST_REPLY = 32 << 10, 1 << 20, 32 << 20
"""Bytes of a request's line and headers, of its body, and of a reply."""
_HOP_BY_HOP = frozenset(
    (
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    )
)
Pairs = list[tuple[str, str]]


class BadMessage(Exception):
    """A request that cannot be read, or is too large; `status` is how it is refused."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


@dataclass(slots=True)
class Message:
    """A request: method, target as it was sent, headers and body."""

    method: str = ""
    target: str = ""
    headers: Pairs = field(default_factory=list)
    body: bytes = b""
    keep_alive: bool = True


class RequestReader:
    """Reads requests from a connection, one after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._parser = httptools.HttpRequestParser(self)
        self._message, self._done, self._size = Message(), [], 0  # type: tuple[Message, list[Message], int]

    async def next(self) -> Message | None:
        """The next request; None where the connection ends. Raises BadMessage."""
        while not self._done:
            data = await self._reader.read(1 << 16)
            if not data:
                return None
            try:
                self._parser.feed_data(data)
            except httptools.HttpParserError as error:
                if isinstance(error.__context__, BadMessage):
                    raise error.__context__ from None
                raise BadMessage(400, f"no request of HTTP/1.1: {error}") from None
            except BadMessage:
                raise
        return self._done.pop(0)

    def on_message_begin(self) -> None:
        """A request begins."""
        self._message, self._size = Message(), 0

    def on_url(self, url: bytes) -> None:
        """A part of the target."""
        self._count(len(url), MOST_HEAD, 431)
        self._message.target += url.decode("latin-1")

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header."""
        self._count(len(name) + len(value) + 4, MOST_HEAD, 431)
        self._message.headers.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        """The body may come."""
        self._message.method = self._parser.get_method().decode()
        self._message.keep_alive = self._parser.should_keep_alive()
        self._size = 0
        if value(self._message.headers, "expect").lower() == "100-continue":
            self._writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        self._count(len(body), MOST_BODY, 413)
        self._message.body += body

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._done.append(self._message)

    def _count(self, size: int, most: int, status: int) -> None:
        self._size += size
        if self._size > most:
            raise BadMessage(status, f"the request is larger than {most} bytes")


def value(headers: Iterable[tuple[str, str]], name: str) -> str:
    """The first header with that name, given in small letters; empty where there is none."""
    return next((text for key, text in headers if key.lower() == name), "")


def end_to_end(headers: Iterable[tuple[str, str]], *also: str) -> Pairs:
    """The headers that are for the other end: none that belong to the connection, none that it names, and none of `also`."""
    headers = list(headers)
    named = {part.strip().lower() for key, text in headers if key.lower() == "connection" for part in text.split(",")}
    left_out = _HOP_BY_HOP | named | set(also)
    return [(key, text) for key, text in headers if key.lower() not in left_out]


def reply_bytes(status: int, phrase: str, headers: Iterable[tuple[str, str]], body: bytes, *, keep_alive: bool) -> bytes:
    """A whole reply."""
    lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {text}" for name, text in headers)]
    lines += [f"Content-Length: {len(body)}", f"Connection: {'keep-alive' if keep_alive else 'close'}"]
    return "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n" + body


def decoded(body: bytes, encoding: str) -> bytes:
    """A reply's body without its compression, within bounds. Raises ValueError for what cannot be undone."""
    kind = encoding.strip().lower()
    if kind in ("", "identity"):
        return body
    if kind not in ("gzip", "x-gzip", "deflate"):
        raise ValueError(f"the content encoding {kind[:40]!r} is not known")
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        whole = unpacking.decompress(body, MOST_REPLY)
    except zlib.error as error:
        raise ValueError(f"the body is not {kind}: {error}") from None
    if not unpacking.eof:
        raise ValueError("the body ends too early, or is larger than a reply may be")
    return whole
