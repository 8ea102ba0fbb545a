"""HAR 1.2, the archive format of HTTP: written exchange by exchange, and read in bounded memory."""

import base64
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any

from leadsquared_slots.mock_server.version import VERSION

from .recorded import Pairs, Recorded, Recorder
from .stream import BadRecording, JsonStream

PSEUDONYMS = "Addresses, ids and subjects are pseudonyms."
"""What the comment of a recording says whose addresses are false."""
_TAIL = b"\n]}}\n"


class HarWriter:
    """Writes exchanges to a file that is a whole HAR after each one. Use it as a context.

    Raises FileExistsError where the file is there: a recording is not overwritten.
    """

    def __init__(self, path: Path, *, pseudonyms: bool = False) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        self._place, self._is_first = 0, True
        self._write(har_head(pseudonyms=pseudonyms))

    def __enter__(self) -> "HarWriter":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def add(self, exchange: Recorded) -> None:
        """Writes one exchange."""
        self._write((b"\n" if self._is_first else b",\n") + har_entry_text(exchange))
        self._is_first = False

    def close(self) -> None:
        """Closes the file; it is whole already."""
        os.close(self._descriptor)

    def _write(self, text: bytes) -> None:
        # The end goes out in one write with the entry, over the end that was there: a file that is cut off nowhere.
        os.pwrite(self._descriptor, text + _TAIL, self._place)
        self._place += len(text)


def har_head(*, pseudonyms: bool = False) -> bytes:
    """The beginning of a HAR, up to its first entry."""
    creator = {"name": "leadsquared-slots", "version": VERSION}
    comment = f',"comment":{json.dumps(PSEUDONYMS)}' if pseudonyms else ""
    return f'{{"log":{{"version":"1.2","creator":{json.dumps(creator)}{comment},"entries":['.encode()


def har_entry_text(exchange: Recorded) -> bytes:
    """One entry as JSON in one line."""
    return json.dumps(har_entry(exchange), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogateescape")


def har_document(exchanges: list[Recorded]) -> dict[str, Any]:
    """Exchanges as one HAR document."""
    creator = {"name": "leadsquared-slots", "version": VERSION}
    return {"log": {"version": "1.2", "creator": creator, "entries": [har_entry(exchange) for exchange in exchanges]}}


def har_entry(exchange: Recorded) -> dict[str, Any]:
    """An exchange as an entry of a HAR."""
    milliseconds = round(max(exchange.seconds, 0.0) * 1000, 3)
    request: dict[str, Any] = {
        "method": exchange.method, "url": exchange.full_url, "httpVersion": "HTTP/1.1", "cookies": [], "headers": _named(exchange.headers),
        "queryString": _named(exchange.query), "headersSize": -1, "bodySize": len(exchange.body),
    }  # fmt: skip
    if exchange.body:
        request["postData"] = {"mimeType": exchange.header("content-type") or "", **_text(exchange.body)}
    content = {
        "size": len(exchange.reply_body),
        "mimeType": exchange.reply_header("content-type") or "x-unknown",
        **_text(exchange.reply_body),
    }
    response = {
        "status": exchange.status, "statusText": _phrase(exchange.status), "httpVersion": "HTTP/1.1", "cookies": [],
        "headers": _named(exchange.reply_headers), "content": content, "redirectURL": "", "headersSize": -1,
        "bodySize": len(exchange.reply_body),
    }  # fmt: skip
    return {
        "startedDateTime": datetime.fromtimestamp(exchange.at, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "time": milliseconds, "request": request, "response": response, "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        **({} if exchange.is_whole else {"comment": "cut"}),
    }  # fmt: skip


def read_har(stream: JsonStream, recorder: Recorder) -> Iterator[Recorded]:
    """The exchanges of a HAR, one after the other. Raises BadRecording, CutShort behind the last whole one."""
    for number, entry in enumerate(stream.items_at("log", "entries"), 1):
        yield read_entry(entry, number, recorder)


def read_entry(entry: Any, number: int, recorder: Recorder) -> Recorded:
    """The exchange of an entry. Raises BadRecording."""
    try:
        request, response = entry["request"], entry["response"]
        return recorder.record(
            at=_instant(entry["startedDateTime"]),
            seconds=float(entry.get("time") or 0.0) / 1000,
            method=str(request["method"]),
            url=str(request["url"]),
            headers=_pairs(request.get("headers")),
            body=_bytes(request.get("postData")),
            status=int(response["status"]),
            reply_headers=_pairs(response.get("headers")),
            reply_body=_bytes(response.get("content")),
            is_whole=entry.get("comment") != "cut",
        )
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        raise BadRecording(
            f"entry {number} is none of a HAR ({type(error).__name__}); expected request, response and startedDateTime"
        ) from None


def _named(pairs: Pairs) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _pairs(listed: Any) -> Pairs:
    return tuple((str(part["name"]), str(part["value"])) for part in listed or ())


def _text(body: bytes) -> dict[str, str]:
    try:
        return {"text": body.decode("utf-8")}
    except UnicodeDecodeError:
        return {"text": base64.b64encode(body).decode(), "encoding": "base64"}


def _bytes(content: Any) -> bytes:
    text = (content or {}).get("text") or ""
    return base64.b64decode(text) if content and content.get("encoding") == "base64" else str(text).encode("utf-8", "surrogatepass")


def _instant(text: str) -> float:
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
