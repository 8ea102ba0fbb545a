"""A call of a WSGI application in this process, with nothing in between (PEP 3333)."""

import io
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from werkzeug.test import run_wsgi_app

WsgiApp = Callable[..., Iterable[bytes]]
Answered = tuple[int, list[tuple[str, str]], bytes]
_OWN_VARIABLES = ("CONTENT_TYPE", "CONTENT_LENGTH")


def called(
    app: WsgiApp,
    method: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    base_url: str = "http://localhost",
    port: int = 50_000,
) -> Answered:
    """Status, headers and body of the reply; `path` and `query` are percent-encoded, `port` is the caller's.

    Raises what the application raises.
    """
    environ = _environ(method, path, query, body, base_url) | {"REMOTE_PORT": str(port)}
    for name, value in headers.items():
        variable = name.upper().replace("-", "_")
        environ[variable if variable in _OWN_VARIABLES else f"HTTP_{variable}"] = value
    content, status, replied = run_wsgi_app(app, environ, buffered=True)
    return int(status.partition(" ")[0]), list(replied), b"".join(content)


def _environ(method: str, path: str, query: str, body: bytes, base_url: str) -> dict[str, Any]:
    host = urlsplit(base_url)
    return {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(body)),
        "SERVER_NAME": host.hostname or "localhost",
        "SERVER_PORT": str(host.port or 80),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": host.netloc,
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": host.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
