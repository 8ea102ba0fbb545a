"""Cassettes of vcrpy, in YAML or JSON, read as recorded exchanges; and every recording that the kit can read."""

import base64
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import yaml
from leadsquared_slots.mock_server.recording.reading import BadRecording, CutShort, read_recording
from leadsquared_slots.mock_server.recording.recorded import Recorded, Recorder
from leadsquared_slots.mock_server.recording.stream import JsonStream

from .http_messages import decoded, value

__all__ = ["BadRecording", "CutShort", "read_any"]

MOST_YAML = 32 << 20
"""Bytes of a cassette in YAML, which is read as a whole."""
_LOOKED_AT = 4096
_APART = 60.0
"""Seconds that stand between two exchanges of a cassette, which does not say when they were."""


def read_any(path: Path, recorder: Recorder | None = None, on_read: Callable[[int], None] = lambda count: None) -> Iterator[Recorded]:
    """The exchanges of a recording: HAR, journal, or a cassette of vcrpy. Raises BadRecording and CutShort, as `read_recording`."""
    recorder = recorder or Recorder()
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as stream:
            beginning = stream.read(_LOOKED_AT)
    except OSError as error:
        raise BadRecording(f"{path} cannot be read: {error.strerror}; expected a recording") from None
    if "interactions" not in beginning or '"log"' in beginning:
        yield from read_recording(path, recorder, on_read)
        return
    try:
        is_json = beginning.lstrip().startswith("{")
        for number, interaction in enumerate(_json(path, on_read) if is_json else _yaml(path, on_read), 1):
            yield _exchange(interaction, number, recorder)
    except BadRecording as error:
        raise type(error)(f"{path}: {error}") from None


def _json(path: Path, on_read: Callable[[int], None]) -> Iterator[Any]:
    with path.open(encoding="utf-8-sig", errors="surrogateescape") as text:
        stream = JsonStream(text, on_read)
        for member in stream.members():
            if member == "interactions":
                yield from stream.items()
            else:
                stream.value()


def _yaml(path: Path, on_read: Callable[[int], None]) -> Iterator[Any]:
    if path.stat().st_size > MOST_YAML:
        raise BadRecording(f"a cassette in YAML is read up to {MOST_YAML >> 20} MiB; have vcrpy write JSON (serializer='json')")
    try:
        document = yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
    except (yaml.YAMLError, RecursionError, UnicodeDecodeError) as error:
        raise BadRecording(f"it is no YAML: {str(error).splitlines()[0] if str(error) else type(error).__name__}") from None
    on_read(path.stat().st_size)
    if not isinstance(document, dict) or not isinstance(document.get("interactions"), list):
        raise BadRecording("it has no list of interactions; expected a cassette of vcrpy")
    yield from document["interactions"]


def _exchange(interaction: Any, number: int, recorder: Recorder) -> Recorded:
    try:
        request, response = interaction["request"], interaction["response"]
        headers, reply_headers = _pairs(request.get("headers")), _pairs(response.get("headers"))
        return recorder.record(
            at=_at(reply_headers, number),
            seconds=0.0,
            method=str(request["method"]),
            url=str(request.get("uri") or request["url"]),
            headers=headers,
            body=_bytes(request.get("body")),
            status=int(response["status"]["code"]),
            reply_headers=reply_headers,
            reply_body=_decoded(_bytes(response.get("body")), value(reply_headers, "content-encoding")),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise BadRecording(
            f"interaction {number} is none of vcrpy ({type(error).__name__}); expected request, response and a status code"
        ) from None


def _at(reply_headers: tuple[tuple[str, str], ...], number: int) -> float:
    """When an exchange was: by the reply's Date, else far from the others."""
    try:
        return parsedate_to_datetime(value(reply_headers, "date")).timestamp()
    except ValueError:
        return number * _APART


def _pairs(headers: Any) -> tuple[tuple[str, str], ...]:
    listed = headers.items() if isinstance(headers, dict) else ()
    return tuple((str(name), str(value)) for name, values in listed for value in (values if isinstance(values, list) else [values]))


def _decoded(body: bytes, encoding: str) -> bytes:
    """A body as the caller saw it: some recorders keep it compressed, and others only say that it was."""
    return decoded(body, encoding) if body[:2] == b"\x1f\x8b" else body


def _bytes(body: Any) -> bytes:
    if isinstance(body, dict):
        if isinstance(body.get("base64_string"), str):
            return base64.b64decode(body["base64_string"])
        body = body.get("string")
    if body is None:
        return b""
    return body if isinstance(body, bytes) else str(body).encode("utf-8", "surrogatepass")
