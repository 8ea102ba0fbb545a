"""The emulator's journal as a recording: one exchange a line, or the answer of its admin interface."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import IO, Any
from urllib.parse import parse_qsl

from leadsquared_slots.mock_server.exchanges.message import Abort, Exchange

from .keys import REDACTED
from .recorded import Recorded, Recorder
from .stream import BadRecording, JsonStream

HOST = "http://emulator.invalid"
"""The root of URLs that a journal does not tell."""
_LONGEST_LINE = 64 << 20
_CUT = "…"
_ABORTS = frozenset(abort.value for abort in Abort)


def read_listed(stream: JsonStream, recorder: Recorder) -> Iterator[Recorded]:
    """The exchanges of `GET /__admin/requests`. Raises BadRecording."""
    for number, view in enumerate(stream.items_at("requests"), 1):
        yield read_view(view, number, recorder)


def read_lines(stream: IO[str], recorder: Recorder, on_read: Callable[[int], None]) -> Iterator[Recorded]:
    """The exchanges of a file with one on each line. Raises BadRecording."""
    number = 0
    while line := stream.readline(_LONGEST_LINE):
        number += 1
        on_read(len(line))
        if not line.strip():
            continue
        try:
            view = json.loads(line)
        except (ValueError, RecursionError):
            raise BadRecording(f"line {number} is no JSON; expected one exchange of the journal on each line") from None
        yield read_view(view, number, recorder)


def of_exchange(exchange: Exchange, recorder: Recorder) -> Recorded:
    """An exchange of the emulator's journal as a recorded one. The journal knows no keys, only where they stood and which were equal."""
    request, reply, marks = exchange.request, exchange.reply, dict(exchange.request.marks)
    return recorder.record(
        at=exchange.at,
        seconds=exchange.seconds + reply.delay,
        method=request.method,
        url=HOST + request.path,
        # The recorder gives each mark a name in its place, as it does a key.
        query=tuple((name, marks.get(name, value)) for name, value in parse_qsl(request.query, keep_blank_values=True)),
        headers=[(name, marks.get(name, value)) for name, value in request.headers.items()],
        body=request.body,
        status=reply.status,
        reply_headers=reply.headers,
        reply_body=reply.body,
        is_whole=exchange.reply_bytes == len(reply.body) and reply.abort is None,
    )


def _named(name: str, value: str) -> str:
    """A name in the place of a key that the journal's JSON leaves out: there nobody can tell which keys were equal."""
    if value != REDACTED:
        return value
    return "key-2" if "secret" in name.lower() else "key-1" if "access" in name.lower() else value


def read_view(view: Any, number: int, recorder: Recorder) -> Recorded:
    """The exchange of one entry of the journal. Raises BadRecording."""
    try:
        body, reply = str(view["body"]), str(view["replyBody"])
        return recorder.record(
            at=datetime.fromisoformat(view["at"]).timestamp(),
            seconds=float(view.get("milliseconds", 0)) / 1000,
            method=str(view["method"]),
            url=HOST + str(view["urlPath"]),
            query=tuple((name, _named(name, value)) for name, value in parse_qsl(str(view.get("query", "")), keep_blank_values=True)),
            headers=[(str(name), _named(str(name), str(value))) for name, value in view["headers"].items()],
            body=body.encode("utf-8", "surrogatepass"),
            status=int(view["status"] or 0),
            reply_headers=[(str(name), str(value)) for name, value in view["replyHeaders"].items()],
            reply_body=reply.encode("utf-8", "surrogatepass"),
            # A part of a body must not be judged as a whole one.
            is_whole=not (
                body.endswith(_CUT)
                or reply.endswith(_CUT)
                or view.get("replyBytes", 0) > len(reply.encode("utf-8", "surrogatepass"))
                or view.get("fault") in _ABORTS
            ),
        )
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        raise BadRecording(
            f"exchange {number} is none of the journal ({type(error).__name__}); expected method, urlPath, status, …"
        ) from None
