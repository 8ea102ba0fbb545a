"""A bare WSGI callable that answers everything with the bytes of `answer.json` in its working folder."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

_ANSWER = Path("answer.json").read_bytes()
_HEADERS = [("Content-Type", "application/json"), ("Content-Length", str(len(_ANSWER)))]


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The answer, whatever is asked."""
    environ["wsgi.input"].read()
    start_response("200 OK", _HEADERS)
    return [_ANSWER]
