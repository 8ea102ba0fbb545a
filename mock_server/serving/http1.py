"""What arrives on a connection, cut into requests: HTTP/1.1 as httptools parses it, with bounds on everything.

What is no request, or too large a one, comes out as a request too: as one that carries its own refusal and ends the connection. So it is
answered in its turn, behind the requests that came before it.
"""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

import httptools
from leadsquared_slots.mock_server.exchanges.message import Headers, Reply

PLAIN: Headers = (("Content-Type", "text/plain; charset=utf-8"),)
KEPT_BODY = 4 << 20
"""Bytes of a body that are kept, and at most one piece more: enough to see that it is too large for its reader."""


_SMALL = 4 << 10
_LONGEST_METHOD = 42
_HOST = re.compile(r"[\w.~!$&'()*+,;=%-]+(?::[0-9]*)?|\[[0-9a-fA-F:.%\w]+\](?::[0-9]*)?", re.ASCII)
_TWO_BLANKS = re.compile(rb"[A-Z-]{1,40}+  ")
_BEGUN_METHOD = re.compile(rb"[A-Z-]{1,40}+ ?\Z")
_MOST_KNOWN = 256


class Limits(NamedTuple):
    """What a connection may take: bytes of the request line with the headers, bytes of a body, and seconds."""

    head: int = 64 << 10
    body: int = 64 << 20
    request: float = 30.0
    """How long a request may take to arrive."""
    idle: float = 120.0
    """How long a connection is kept between two requests, or while its client reads nothing of a reply."""
    parting: float = 2.0
    """How long what a client still sends is thrown away, so that it can read why it was refused."""


class Message:
    """A request as it arrived; `refusal` is set where it is none. `path` is percent-decoded, `query` as it came."""

    __slots__ = (
        "body",
        "expects",
        "head_bytes",
        "headers",
        "http_version",
        "is_head_whole",
        "keeps_alive",
        "length",
        "method",
        "parts",
        "path",
        "query",
        "refusal",
        "url",
    )

    def __init__(self) -> None:
        self.method, self.url, self.http_version = "", b"", "1.1"
        self.path = self.query = ""
        self.headers: dict[str, str] = {}
        self.body, self.parts = b"", list[bytes]()
        self.length = self.head_bytes = 0
        self.is_head_whole = self.keeps_alive = self.expects = False
        self.refusal: Reply | None = None

    @property
    def is_repeatable(self) -> bool:
        """Whether the same bytes are the same request again, with nothing to be said before its reply."""
        return self.refusal is None and not self.expects and self.url.startswith(b"/")

    def complete(self) -> None:
        """Reads path, query and body of what has arrived: once, however often the same bytes come again."""
        path, _, self.query = self.url.decode("latin-1").partition("?")
        if not path.startswith("/") and "://" in path:
            # The form for proxies: its host counts instead of the header's.
            self.headers["host"], _, rest = path.partition("://")[2].partition("/")
            path = f"/{rest}"
        self.path = unquote_to_bytes(path).decode("utf-8", "replace") if "%" in path else path
        self.body = b"".join(self.parts)
        self.parts.clear()


class RequestParser:
    """Takes bytes, and gives requests to `deliver` in the order in which they arrived. `on_wait` is called when a client waits for a word.

    After a refusal it takes no more. `known` holds small requests by their bytes, for all connections: clients of an API send the same ones
    again and again, and those need not be parsed again.
    """

    def __init__(
        self, limits: Limits, known: dict[bytes, Message], deliver: Callable[[Message], None], on_wait: Callable[[], None]
    ) -> None:
        self._limits, self._known, self._deliver, self._on_wait = limits, known, deliver, on_wait
        self._completed: list[Message] = []
        self._parser = httptools.HttpRequestParser(self)
        self.arriving: Message | None = None
        self._bytes = 0
        self._begun = b""
        """What has arrived of a request line, while that may still be a method alone."""
        self._is_closed = False

    def feed(self, data: bytes) -> None:
        """Takes the next bytes."""
        begins_one = self.arriving is None and not self._is_closed and len(data) <= _SMALL
        if begins_one and data in self._known:
            self._deliver(self._known[data])
            return
        self._completed.clear()
        begun, self._begun = self._begun, b""
        if begun or b"  " in data:
            self._feed_strictly(data, begun)
        else:
            self._feed_all(data)
        if self.arriving is not None and not self.arriving.url:
            method = _BEGUN_METHOD.search((begun + data)[-_LONGEST_METHOD:])
            self._begun = method.group() if method else b""
        if begins_one and self.arriving is None and len(self._completed) == 1 and self._completed[0].is_repeatable:
            if len(self._known) >= _MOST_KNOWN:
                del self._known[next(iter(self._known))]
            self._known[data] = self._completed[0]

    def close(self) -> None:
        """Takes no more, and lets go of what holds it: so it is gone with its connection."""
        self._is_closed = True
        del self._parser, self._deliver, self._on_wait

    def _feed_strictly(self, data: bytes, begun: bytes) -> None:
        """Takes bytes in which two blanks may stand behind a method, which the parser would pass over: in a body they are nothing else."""
        is_line = self.arriving is None or not self.arriving.url
        if is_line and _TWO_BLANKS.match(begun + data[:_LONGEST_METHOD]):
            self._refuse_blanks()
        done = 0
        for found in _TWO_BLANKS.finditer(data) if not self._is_in_body(len(data)) else ():
            # Where the request before ends with letters, the method begins somewhere among them.
            for start in range(found.start(), found.end() - 2):
                self._feed_all(data[done:start])
                done = start
                if self.arriving is None and start:
                    self._refuse_blanks()
                    return
        self._feed_all(data[done:])

    def _is_in_body(self, length: int) -> bool:
        """Whether all of the next bytes belong to the body that is arriving."""
        message = self.arriving
        expected = message.headers.get("content-length", "") if message is not None and message.is_head_whole else ""
        return message is not None and expected.isdecimal() and message.length + length <= int(expected[:20])

    def _refuse_blanks(self) -> None:
        self.refuse(HTTPStatus.BAD_REQUEST, "There are two blanks behind the method; expected one.")

    def _feed_all(self, data: bytes) -> None:
        while data and not self._is_closed:
            data = self._feed(data)

    def _feed(self, data: bytes) -> bytes:
        """Takes bytes, and gives back those that need another parser."""
        self._bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            return self._pass_over_upgrade() + data[upgrade.args[0] :]
        except httptools.HttpParserCallbackError:
            # Our mistake, not the client's.
            raise
        except httptools.HttpParserError as error:
            self.refuse(HTTPStatus.BAD_REQUEST, f"This is no request in HTTP/1.1: {error}")
        if self.arriving is not None:
            self._check_size(self.arriving)
        return b""

    def _pass_over_upgrade(self) -> bytes:
        """A head for another parser, which is to read the body of the request that has just asked for an upgrade.

        HTTP lets a server pass over an upgrade; httptools stops behind the head of such a request, and says that it is whole.
        """
        self._parser = httptools.HttpRequestParser(self)
        headers = self.arriving.headers if self.arriving is not None else {}
        name = next((name for name in ("transfer-encoding", "content-length") if name in headers), None)
        return b"POST / HTTP/1.1\r\n%b\r\n\r\n" % (f"{name}: {headers[name]}" if name else "content-length: 0").encode("latin-1")

    def _check_size(self, message: Message) -> None:
        if message.head_bytes > self._limits.head or (self._bytes > self._limits.head and not message.is_head_whole):
            reason = f"The headers are larger than {self._limits.head} bytes."
            self.refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, reason)
        elif self._bytes > self._limits.head + self._limits.body:
            self.refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body is larger than {self._limits.body} bytes.")

    def refuse(self, status: HTTPStatus, reason: str) -> None:
        """Gives a refusal instead of what is arriving, and takes no more."""
        if self._is_closed:
            return
        self._is_closed, self.arriving = True, None
        message = Message()
        message.refusal = Reply(status, PLAIN, f"{reason}\n".encode())
        self._deliver(message)

    def on_message_begin(self) -> None:
        """A request begins to arrive, or its body behind an upgrade that was passed over."""
        if self.arriving is None:
            self.arriving = Message()

    def on_url(self, url: bytes) -> None:
        """Part of the request's target."""
        message = self.arriving
        if message is not None and not message.is_head_whole:
            message.url += url
            message.head_bytes += len(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; one that is repeated is joined by commas, as HTTP has it. What follows a body in pieces is none."""
        message = self.arriving
        if message is None or message.is_head_whole:
            return
        message.head_bytes += len(name) + len(value) + 4
        key, text = name.decode("latin-1").lower(), value.decode("latin-1").strip(" \t")
        headers = message.headers
        if key == "host" and key in headers:
            self.refuse(HTTPStatus.BAD_REQUEST, "There are two headers Host; expected one.")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text

    def on_headers_complete(self) -> None:
        """The head is there; a client may wait now for a word before it sends the body."""
        message = self.arriving
        if message is None or message.is_head_whole:
            return
        message.is_head_whole = True
        message.method = self._parser.get_method().decode("latin-1")
        message.http_version = self._parser.get_http_version()
        message.keeps_alive = self._parser.should_keep_alive()
        refusal = self._refusal_of(message)
        if refusal is not None:
            self.refuse(*refusal)
        else:
            self._check_size(message)
        if self.arriving is not None and message.http_version == "1.1" and message.headers.get("expect", "").lower() == "100-continue":
            message.expects = True
            self._on_wait()

    def _refusal_of(self, message: Message) -> tuple[HTTPStatus, str] | None:
        """Why the head of a message is refused, whatever its body may be."""
        headers = message.headers
        host, coding, length = headers.get("host"), headers.get("transfer-encoding"), headers.get("content-length", "")
        if message.method == "CONNECT" or message.http_version not in ("1.0", "1.1"):
            return HTTPStatus.BAD_REQUEST, "This is no request in HTTP/1.1 that a server of an API answers."
        if host is None and message.http_version == "1.1":
            return HTTPStatus.BAD_REQUEST, "The header Host is missing; HTTP/1.1 demands it."
        if host and not _HOST.fullmatch(host):
            return HTTPStatus.BAD_REQUEST, "The header Host names no host; expected one such as localhost:8255."
        if coding is not None and "," in coding and coding.lower().endswith("chunked"):
            return HTTPStatus.NOT_IMPLEMENTED, "The Transfer-Encoding is not known here; expected chunked, or none."
        if length.isdecimal() and int(length[:20]) > self._limits.body:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body is larger than {self._limits.body} bytes."
        return None

    def on_body(self, part: bytes) -> None:
        """Part of the body; of one that is too long only as much is kept as shows it."""
        message = self.arriving
        if message is not None:
            if message.length <= KEPT_BODY:
                message.parts.append(part)
            message.length += len(part)

    def on_message_complete(self) -> None:
        """A request is there; one that asks for an upgrade only when the second parser says so."""
        if self._parser.should_upgrade():
            return
        message, self.arriving, self._bytes = self.arriving, None, 0
        if message is not None:
            message.complete()
            self._completed.append(message)
            self._deliver(message)
