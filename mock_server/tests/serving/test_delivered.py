"""What was delivered is what is recorded: the journal, as JSON, as HAR, as conduct and as a count, says what the client has read."""

from collections.abc import Iterator
from typing import Any

import pytest
from leadsquared_slots.mock_server import MockServer
from leadsquared_slots.mock_server.recording.journal import read_view
from leadsquared_slots.mock_server.recording.recorded import Recorder

from ..support.talking import Admin, Line, request


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer(rate_limit=None) as running:
        yield running


def read_to_the_end(port: int, method: str = "POST") -> tuple[int | None, bytes]:
    """The status and the bytes of the body that a client reads."""
    with Line(port) as line:
        try:
            received = line.send(request(method=method, headers={"Connection": "close"})).rest()
        except ConnectionResetError:
            received = b""
    if not received.startswith(b"HTTP/1.1 "):
        return None, b""
    return int(received.split()[1]), received.partition(b"\r\n\r\n")[2]


@pytest.mark.parametrize("kind", ["reset", "empty", "garbage", "truncate", "malformed", "dribble", None])
def test_the_journal_has_what_the_client_read(server: MockServer, kind: str | None) -> None:
    """`POST /requests/count {"status": 200}` counted calls that were reset, and the views showed the answer that never arrived."""
    admin = Admin(server.port)
    admin.do("POST", "/reset", {})
    if kind is not None:
        admin.do("POST", "/faults", {"kind": kind, **({"seconds": 0.05} if kind == "dribble" else {})})
    status, body = read_to_the_end(server.port)
    (view,) = admin.get("/requests")["requests"]
    assert (view["status"], view["replyBody"].encode(), view["replyBytes"]) == (status, body, len(body))
    assert bool(view["replyHeaders"]) is (status is not None)
    (entry,) = admin.get("/requests.har")["log"]["entries"]
    assert entry["response"]["status"] == (status or 0)
    assert entry["response"]["content"]["text"].encode() == body
    assert (entry.get("comment") == "cut") is (kind in ("reset", "empty", "garbage", "truncate"))
    assert admin.do("POST", "/requests/count", {"status": 200}) == {"count": int(status == 200)}
    assert len(admin.do("POST", "/requests/find", {"fault": kind} if kind else {"status": 200})["requests"]) == 1
    is_good = kind in (None, "dribble")
    assert ("http.json-answer" in admin.get("/conduct")["met"]) is is_good
    assert_is_read_back(view, status)


def assert_is_read_back(view: dict[str, Any], status: int | None) -> None:
    """A file of the journal's entries is read as what was delivered, too."""
    recorded = read_view(view, 1, Recorder())
    assert (recorded.status, recorded.reply_body) == (status or 0, view["replyBody"].encode())
    assert recorded.is_whole is (view["fault"] in (None, "malformed", "dribble"))


def test_a_reply_to_head_has_no_body_in_the_journal(server: MockServer) -> None:
    """The body that a GET would have had was recorded as delivered."""
    admin = Admin(server.port)
    admin.do("POST", "/reset", {})
    status, body = read_to_the_end(server.port, "HEAD")
    (view,) = admin.get("/requests")["requests"]
    assert (view["status"], view["replyBody"], view["replyBytes"], body) == (status, "", 0, b"")
