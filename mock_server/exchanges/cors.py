"""Cross-origin requests: which origins a browser may call the emulator from (the Fetch standard's CORS protocol)."""

import re
from collections.abc import Collection, Mapping

from leadsquared_slots.mock_server.domain.errors import DomainError

from .message import Headers

ANY = "*"
_ORIGIN = re.compile(r"https?://(?:[A-Za-z0-9.-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
_HEADER_NAMES = re.compile(r"[A-Za-z0-9-, ]{1,1000}")
_MAX_AGE = "600"


def read_origin(text: str) -> str:
    """Return an origin, `http://localhost:5173`, or `*`. Raises DomainError for all else, such as a URL with a path."""
    if text == ANY or _ORIGIN.fullmatch(text):
        return text.lower()
    raise DomainError(f"{text!r} is no origin; expected scheme, host and port without a path, such as http://localhost:5173, or *")


def cors_headers(origins: Collection[str], headers: Mapping[str, str], *, any_origin: bool = True) -> Headers:
    """Return the headers that let the page of a request read the reply: none where its origin is not one of `origins`.

    `headers` are the request's, names in lower case. `any_origin` False leaves `*` aside: for what not every page may call.
    """
    origin = headers.get("origin", "")
    if origin and origin.lower() in origins:
        return (("Access-Control-Allow-Origin", origin), ("Vary", "Origin"))
    return (("Access-Control-Allow-Origin", ANY),) if origin and any_origin and ANY in origins else ()


def preflight_headers(origins: Collection[str], method: str, headers: Mapping[str, str], *, any_origin: bool = True) -> Headers:
    """Return the headers that answer a preflight request; none where the request is none, or its origin not one of `origins`."""
    allowed = cors_headers(origins, headers, any_origin=any_origin)
    if method != "OPTIONS" or "access-control-request-method" not in headers or not allowed:
        return ()
    wanted = headers.get("access-control-request-headers", "")
    private = headers.get("access-control-request-private-network") == "true"
    return (
        *allowed,
        ("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE"),
        *((("Access-Control-Allow-Headers", wanted),) if _HEADER_NAMES.fullmatch(wanted) else ()),
        *((("Access-Control-Allow-Private-Network", "true"),) if private else ()),
        ("Access-Control-Max-Age", _MAX_AGE),
    )
