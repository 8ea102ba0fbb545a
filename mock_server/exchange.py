"""One request, one reply, and both together as the journal keeps them. Credentials are parted from the request here, and go no further."""

import re
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple
from urllib.parse import unquote_plus

Headers = tuple[tuple[str, str], ...]

REDACTED = "***"
_SECRET_HEADERS = frozenset({"x-lsq-accesskey", "x-lsq-secretkey", "authorization", "cookie"})
_SECRET_PARAMETER = re.compile(r"([^&=]*(?:key|secret|token|password)[^&=]*=)[^&]*", re.IGNORECASE)


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


@dataclass(frozen=True, slots=True)
class Request:
    """A request without its credentials. Header names are in lower case; `query` and `headers` are redacted."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


def receive(method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> tuple[Request, Presented]:
    """Parts a request, given with header names in lower case, from its credentials."""
    in_header = Keys(headers.get("x-lsq-accesskey"), headers.get("x-lsq-secretkey"))
    in_query = _keys_in(query) if query else NO_KEYS
    kept = {name: REDACTED if name in _SECRET_HEADERS else value for name, value in headers.items()}
    return Request(method, path, _SECRET_PARAMETER.sub(rf"\1{REDACTED}", query), kept, body), Presented(in_query, in_header)


def _keys_in(query: str) -> Keys:
    found: dict[str, str] = {}
    for part in query.split("&"):
        name, _, value = part.partition("=")
        found.setdefault(name, value)
    access, secret = found.get("accessKey"), found.get("secretKey")
    return Keys(None if access is None else unquote_plus(access), None if secret is None else unquote_plus(secret))


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


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply, and how it is delivered: after `delay` seconds, cut off by `abort`, or in pieces.

    `body` is in parts that are sent one after another, so that large answers need not be joined. `rules` are the ledger rules that made the
    reply what it is, `fault` the fault that was applied to it.
    """

    status: int
    headers: Headers
    body: tuple[bytes, ...]
    rules: tuple[str, ...] = ()
    fault: str | None = None
    delay: float = 0.0
    abort: Abort | None = None
    dribble: Dribble | None = None

    @property
    def length(self) -> int:
        """The length of the body in bytes."""
        return sum(map(len, self.body))


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its reply in the journal. `at` is in seconds of the account's clock, `seconds` is how long the answer took to make."""

    number: int
    at: float
    request: Request
    reply: Reply
    seconds: float
    matched: bool
    size: int = field(default=0)
