"""A call of a caller as its conduct is judged: when it came, what it asked, and what it was given."""

from typing import NamedTuple
from zlib import crc32

from leadsquared_slots.mock_server.exchanges.message import Exchange
from leadsquared_slots.mock_server.vendor.seen import Asked, Outcome, Said, read_asked, read_said

WINDOW_SECONDS = 5
"""The window's length where a refusal does not name one (rule limit.number)."""


class Call(NamedTuple):
    """One call.

    at              its arrival, in seconds of the account's clock
    arrived         its arrival, in seconds of a clock that never stands still
    delivered       when its reply was delivered, on that same clock
    is_slots        whether it is a call of the endpoint whose form is known here
    keys_in         where its keys stood: "query", "headers"
    key             equal for calls that send the same again: method, path, place of the keys, body
    digest          equal for equal replies
    rules           ledger rules that made the reply what it is, where that is known
    """

    number: int
    at: float
    arrived: float
    delivered: float
    method: str
    path: str
    media_type: str
    is_slots: bool
    keys_in: tuple[str, ...]
    asked: Asked
    status: int
    said: Said
    key: tuple[object, ...]
    digest: tuple[int, int]
    is_fault: bool
    rules: tuple[str, ...]

    @property
    def outcome(self) -> Outcome:
        """What came of it."""
        return self.said.outcome

    @property
    def window(self) -> int:
        """Seconds that a refusal for the limit asks to wait."""
        return self.said.limit[1] if self.said.limit else WINDOW_SECONDS


def call_of(exchange: Exchange) -> Call:
    """The call of an exchange."""
    request, reply = exchange.request, exchange.reply
    is_whole = reply.abort is None and reply.fault != "malformed"
    media_type = _media_type({name.lower(): value for name, value in reply.headers}.get("content-type", ""))
    places = _places(request.query, request.headers)
    is_cut = exchange.reply_bytes > len(reply.body)
    return Call(
        number=exchange.number,
        at=exchange.at,
        arrived=exchange.arrived,
        delivered=exchange.delivered,
        method=request.method,
        path=request.path,
        media_type=_media_type(request.headers.get("content-type", "")),
        is_slots=exchange.matched,
        keys_in=places,
        asked=read_asked(request.body),
        status=reply.status,
        said=read_said(reply.status, media_type, reply.body, is_whole=is_whole, is_cut=is_cut),
        key=(request.method, request.path, places, request.body),
        digest=(exchange.reply_bytes, exchange.computed if is_cut else crc32(reply.body)),
        is_fault=reply.fault is not None,
        rules=tuple(reply.rules),
    )


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _places(query: str, headers: dict[str, str]) -> tuple[str, ...]:
    names = {part.partition("=")[0].lower() for part in query.split("&")}
    in_query = ("query",) if names & {"accesskey", "secretkey"} else ()
    return in_query + (("headers",) if headers.keys() & {"x-lsq-accesskey", "x-lsq-secretkey"} else ())
