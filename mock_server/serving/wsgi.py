"""A call of a WSGI application in this process, by werkzeug."""

from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from leadsquared_slots.mock_server.exchanges.message import Reply
from werkzeug.test import create_environ, run_wsgi_app

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def call_wsgi(app: "WSGIApplication", base_url: str, method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> Reply:
    """Return the response of a WSGI application, called in this thread; `path` is percent-decoded, `query` is not.

    `base_url` is the server's own root. The header Host, as it was sent, says what the client called it.
    """
    sent = {name: value for name, value in headers.items() if name not in ("content-length", "transfer-encoding")}
    environ = create_environ(base_url=base_url, method=method, headers=sent, input_stream=BytesIO(body), content_length=len(body))
    # As they came: a builder of requests would mend a path such as //state, and a Host that is none.
    environ |= {"PATH_INFO": path.encode("utf-8", "replace").decode("latin-1"), "QUERY_STRING": query, "RAW_URI": path}
    environ["HTTP_HOST"] = headers.get("host", urlsplit(base_url).netloc)
    content, status, replied = run_wsgi_app(app, environ, buffered=True)
    kept = tuple((name, value) for name, value in replied if name.lower() != "content-length")
    return Reply(int(status.split()[0]), kept, b"".join(content))
