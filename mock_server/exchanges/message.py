"""One request, one reply, and both together as the journal keeps them. Credentials are parted from the request here, and go no further."""

from enum import Enum
from functools import lru_cache
from hashlib import blake2b
from secrets import token_bytes
from typing import NamedTuple
from urllib.parse import unquote_plus

from .computed import Computed
from .redaction import REDACTED, redacted_body, redacted_headers, redacted_target

Headers = tuple[tuple[str, str], ...]

KEPT_BODY = 1 << 20
"""Bytes of a request's body that are kept: the whole of every one that the endpoint reads."""
_SMALL, _MOST_KNOWN = 8 << 10, 512
_OVERHEAD = 1024
_OF_THIS_PROCESS = token_bytes(32)


class Keys(NamedTuple):
    """An access key and a secret key as they were presented; None for one that was not. Never printed."""

    access_key: str | None = None
    secret_key: str | None = None

    def __repr__(self) -> str:
        return f"Keys({REDACTED})"

    def __str__(self) -> str:
        return repr(self)


NO_KEYS = Keys()


class Presented(NamedTuple):
    """The keys of a request by the place where they stood (rules auth.query, auth.headers)."""

    query: Keys
    header: Keys


class Request(NamedTuple):
    """A request without its credentials. Header names are in lower case; `query` and `headers` are redacted.

    `body` is what the endpoint reads, `kept_body` as much of it as the journal keeps, without what looks like a key in it. `size` is what
    the request takes of the journal in bytes, near enough: what clients make long is counted. `marks` tell by the name of each parameter
    and header that held a key which of them were equal: each is made with a number that this process drew, and is printed nowhere.
    """

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    kept_body: bytes
    size: int
    marks: Headers = ()


SplitRequest = tuple[Request, Presented]


def split_credentials(method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> SplitRequest:
    """Return a request, given with header names in lower case, without its credentials; and these. Small ones are split once."""
    asked = method, path, query, tuple(headers.items()), body
    split = _known.get(asked)
    if split is None:
        split = _split(*asked)
        if len(body) + split[0].size <= _SMALL:
            if len(_known) >= _MOST_KNOWN:
                _known.clear()
            _known[asked] = split
    return split


def _split(method: str, path: str, query: str, header_items: Headers, body: bytes) -> SplitRequest:
    headers = dict(header_items)
    in_header = Keys(headers.get("x-lsq-accesskey"), headers.get("x-lsq-secretkey"))
    in_query = _keys_in(query) if query else NO_KEYS
    shown, kept_body = redacted_headers(headers), redacted_body(body[:KEPT_BODY])
    shown_path, shown_query = redacted_target(path, query)
    texts = len(shown_path) + len(shown_query) + sum(map(len, shown)) + sum(map(len, shown.values()))
    request = Request(
        method, shown_path, shown_query, shown, body, kept_body, _OVERHEAD + texts + len(kept_body), _marks(in_query, in_header)
    )
    return request, Presented(in_query, in_header)


@lru_cache(maxsize=64)  # keys come again with every call
def _marks(in_query: Keys, in_header: Keys) -> Headers:
    names = ("accessKey", "secretKey", "x-lsq-accesskey", "x-lsq-secretkey")
    return tuple((name, _mark(key)) for name, key in zip(names, (*in_query, *in_header), strict=True) if key is not None)


def _mark(key: str) -> str:
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16, key=_OF_THIS_PROCESS).hexdigest()


_known: dict[tuple[str, str, str, Headers, bytes], SplitRequest] = {}


def _keys_in(query: str) -> Keys:
    found: dict[str, str] = {}
    for part in query.split("&"):
        name, _, value = part.partition("=")
        found.setdefault(name, value)
    access, secret = found.get("accessKey"), found.get("secretKey")
    return Keys(None if access is None else unquote_plus(access), None if secret is None else unquote_plus(secret))


NO_STATUS = 0
"""The status of a reply of which the client read none, as a HAR has it."""


class Abort(Enum):
    """How a connection ends without a whole reply."""

    RESET = "reset"
    EMPTY = "empty"
    TRUNCATE = "truncate"
    GARBAGE = "garbage"


class Dribble(NamedTuple):
    """A body sent in pieces over a time."""

    chunks: int
    seconds: float


class Reply(NamedTuple):
    """A reply, and how it is delivered: after `delay` seconds, cut off by `abort`, or in pieces.

    `rules` are the ledger rules that made the reply what it is, `fault` is the fault that was applied to it, `note` tells the developer
    what the vendor would not: which key is wrong, for one. `computed` is the body of an answer that may be given again.
    """

    status: int
    headers: Headers
    body: bytes
    rules: tuple[str, ...] = ()
    fault: str | None = None
    delay: float = 0.0
    abort: Abort | None = None
    dribble: Dribble | None = None
    note: str | None = None
    computed: Computed | None = None

    def delivered(self) -> "Reply":
        """Return the reply as the client reads it: cut where the connection ends; with NO_STATUS, and no more, where it ends before."""
        if self.abort is None:
            return self
        if self.abort is Abort.TRUNCATE:
            return self._replace(body=self.body[: len(self.body) // 2], computed=None)
        return self._replace(status=NO_STATUS, headers=(), body=b"", computed=None)


class Exchange(NamedTuple):
    """A request and its reply, as it was delivered, in the journal. Long bodies are kept in part; `reply_bytes` is the whole length.

    `at` is in seconds of the account's clock, `arrived` in those of a clock that never stands still; `seconds` is how long the answer took
    to make, `size` what the entry takes of the journal. `computed` tells long bodies apart, which are kept in part: equal only where one
    computed answer was given again, and 0 for a short one.
    """

    number: int
    at: float
    request: Request
    reply: Reply
    seconds: float
    matched: bool
    reply_bytes: int
    size: int
    arrived: float
    computed: int

    @property
    def delivered(self) -> float:
        """When the reply was delivered, on the clock of `arrived`: as planned, without the time on the wire."""
        dribble = self.reply.dribble
        return self.arrived + self.seconds + self.reply.delay + (dribble.seconds if dribble else 0)
