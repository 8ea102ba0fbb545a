"""One exchange as a recording has it. No value of a key, cookie or Authorization can get in: the type refuses it."""

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from leadsquared_slots.mock_server.vendor.seen_request import ENDPOINT

from .keys import KeyNames, is_name
from .pseudonyms import Pseudonyms

Pairs = tuple[tuple[str, str], ...]

LEFT_OUT = "[not recorded]"
"""What stands in the place of the value of a header that recordings do not need."""
_SECRET_NAME = re.compile(r"key|secret|token|password|lsq|auth|cookie|session|credential", re.IGNORECASE)
_KEPT_HEADERS = frozenset(
    ("accept", "accept-charset", "accept-encoding", "accept-language", "age", "allow", "cache-control", "connection", "content-encoding",
     "content-language", "content-length", "content-type", "date", "expect", "expires", "host", "keep-alive", "last-modified", "pragma",
     "prefer", "retry-after", "server", "te", "transfer-encoding", "upgrade", "user-agent", "vary", "via", "x-powered-by")
)  # fmt: skip
_KEPT_BEGINNINGS = ("ratelimit", "x-ratelimit")
_KEPT_PARAMETERS = frozenset({"userid", "emailaddress", "date", "id"})
"""Query parameters of the vendor's calls that are no keys; what is called otherwise may be a key under a misspelt name."""
_PARAMETER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,40}")


class KeyInRecording(ValueError):
    """A value stands where keys stand; the text does not repeat it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A request with its reply, without keys.

    number         place in its recording, from 1
    at, seconds    when the request was sent, in seconds since the epoch, and how long the reply took
    url            scheme, host and path
    query          parameters as pairs of name and value, not encoded
    headers        of the request, as pairs; `reply_headers` of the reply
    is_whole       False where the recording holds a part of a body only
    Raises KeyInRecording where the value of a key, a cookie or Authorization is given.
    """

    number: int
    at: float
    seconds: float
    method: str
    url: str
    query: Pairs
    headers: Pairs
    body: bytes
    status: int
    reply_headers: Pairs
    reply_body: bytes
    is_whole: bool = True

    def __post_init__(self) -> None:
        for name, value in (*self.headers, *self.reply_headers):
            if not (is_name(value) or value == LEFT_OUT or _is_kept_header(name)):
                raise KeyInRecording(f"the header {name} has a value that a recording must not hold; expected key-1, key-2, …")
        for name, value in self.query:
            if not (is_name(value) or name.lower() in _KEPT_PARAMETERS):
                raise KeyInRecording(f"the parameter {name} has a value that a recording must not hold; expected key-1, key-2, …")
        if "?" in self.url or "@" in self.url.partition("://")[2].partition("/")[0]:
            raise KeyInRecording("the URL of a recorded exchange has a query or a user; expected scheme, host and path")

    @property
    def is_endpoint(self) -> bool:
        """Whether it is a POST to the endpoint."""
        return self.method == "POST" and self.path == ENDPOINT

    @property
    def path(self) -> str:
        """The path, percent-encoded as it was sent."""
        return "/" + self.url.partition("://")[2].partition("/")[2]

    @property
    def host(self) -> str:
        """The host, with the port where one was named."""
        return self.url.partition("://")[2].partition("/")[0]

    @property
    def full_url(self) -> str:
        """The URL with its query."""
        return self.url + ("?" + urlencode(self.query, quote_via=quote) if self.query else "")

    def header(self, name: str) -> str | None:
        """The first header of the request with that name, given in lower case."""
        return next((value for key, value in self.headers if key.lower() == name), None)

    def reply_header(self, name: str) -> str | None:
        """The first header of the reply with that name, given in lower case."""
        return next((value for key, value in self.reply_headers if key.lower() == name), None)

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the keys that the request presented, headers first; the same keys give the same."""
        in_headers = (self.header("x-lsq-accesskey"), self.header("x-lsq-secretkey"))
        found = dict(self.query)
        return tuple(key for key in (*in_headers, found.get("accessKey"), found.get("secretKey")) if key is not None)


class Recorder:
    """Makes recorded exchanges of raw ones; knows the keys of one recording while it lives.

    known       keys that are to be found wherever they stand, from the first exchange on
    pseudonyms  replace addresses, ids and subjects by false ones, the same for the same
    """

    def __init__(self, *, known: Iterable[str] = (), pseudonyms: bool = False) -> None:
        self._names = KeyNames()
        self._pseudonyms = Pseudonyms() if pseudonyms else None
        self._number = 0
        for key in known:
            if key:
                self._names.name_of(key)

    def record(
        self,
        *,
        at: float,
        seconds: float,
        method: str,
        url: str,
        headers: Iterable[tuple[str, str]],
        body: bytes,
        status: int,
        reply_headers: Iterable[tuple[str, str]],
        reply_body: bytes,
        is_whole: bool = True,
        query: Pairs = (),
    ) -> Recorded:
        """The exchange without its keys. `url` is the whole URL, or `query` has the query; bodies are not compressed. Raises ValueError."""
        self._number += 1
        parts = urlsplit(url)
        query, headers, reply_headers = query or _parameters(parts.query), tuple(headers), tuple(reply_headers)
        self._learn(query, headers, reply_headers)
        host = parts.netloc.rpartition("@")[2]
        return Recorded(
            number=self._number, at=at, seconds=seconds, is_whole=is_whole,
            method=method if method.isalpha() and len(method) <= 20 else "OTHER",
            url=f"{parts.scheme}://{self._text(host)}{self._text(parts.path, in_url=True)}",
            query=tuple(self._parameter(name, value) for name, value in query),
            headers=self._headers(headers),
            body=self._body(body),
            status=status,
            reply_headers=self._headers(reply_headers),
            reply_body=self._body(reply_body),
        )  # fmt: skip

    def _learn(self, query: Pairs, *headers: Pairs) -> None:
        """Every value in the place of a key is one, and is then found in the bodies too."""
        for name, value in query:
            if name.lower() not in _KEPT_PARAMETERS:
                self._names.name_of(value)
        for pairs in headers:
            for name, value in pairs:
                if _is_secret_header(name):
                    self._names.name_of(value)
                    for part in _credentials(name, value):
                        self._names.name_of(part)

    def _parameter(self, name: str, value: str) -> tuple[str, str]:
        if name.lower() in _KEPT_PARAMETERS:
            return name, self._text(value)
        shown = self._text(name) if _PARAMETER_NAME.fullmatch(name) else self._names.name_of(name)
        return shown, self._names.name_of(value)

    def _headers(self, headers: Pairs) -> Pairs:
        return tuple(self._header(name, value) for name, value in headers)

    def _header(self, name: str, value: str) -> tuple[str, str]:
        shown = self._text(name)
        if _is_secret_header(name):
            return shown, self._names.name_of(value)
        return shown, self._text(value) if _is_kept_header(shown) else LEFT_OUT

    def _text(self, text: str, *, in_url: bool = False) -> str:
        text = self._names.hide(text)
        if self._pseudonyms is None:
            return text
        return quote(self._pseudonyms.in_text(unquote(text)), safe="/@.:%-_~+") if in_url else self._pseudonyms.in_text(text)

    def _body(self, body: bytes) -> bytes:
        if not body:
            return body
        text = self._names.hide(body.decode("utf-8", "surrogateescape"))
        if self._pseudonyms is not None:
            text = self._pseudonyms.in_body(text)
        return text.encode("utf-8", "surrogateescape")


@lru_cache(maxsize=1024)
def _is_secret_header(name: str) -> bool:
    return name.lower() not in _KEPT_HEADERS and _SECRET_NAME.search(name) is not None


@lru_cache(maxsize=1024)
def _is_kept_header(name: str) -> bool:
    lower = name.lower()
    return lower in _KEPT_HEADERS or (lower.startswith(_KEPT_BEGINNINGS) and not _is_secret_header(lower))


def _parameters(query: str) -> Pairs:
    return tuple(parse_qsl(query, keep_blank_values=True, max_num_fields=1000)) if query.count("&") < 1000 else (("query", query),)


def _credentials(name: str, value: str) -> list[str]:
    """The parts of an Authorization or a cookie that are secret each by itself."""
    if "auth" in name.lower():
        rest = value.partition(" ")[2] or value
        try:
            decoded = base64.b64decode(rest, validate=True).decode()
        except ValueError:
            return [rest]
        return [part for part in (rest, decoded, *decoded.split(":", 1)) if part]
    if "cookie" in name.lower():
        return [part.partition("=")[2].strip() for part in value.split(";") if len(part.partition("=")[2].strip()) >= 8]
    return []
