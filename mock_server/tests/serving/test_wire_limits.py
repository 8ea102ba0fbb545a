"""What a connection may take: time, number, and what becomes of it when the server stops or fails."""

import gc
import io
import select
import sys
from collections.abc import Iterator

import pytest
from leadsquared_slots.mock_server import MockServer
from leadsquared_slots.mock_server.accounts.settings import Settings
from leadsquared_slots.mock_server.cli.log import access_log
from leadsquared_slots.mock_server.exchanges.message import Reply
from leadsquared_slots.mock_server.serving.connection import Connection
from leadsquared_slots.mock_server.serving.http1 import Limits, RequestParser
from leadsquared_slots.mock_server.serving.server import Server

from ..support.talking import BODY, Line, ask, request, running, wait_until

pytestmark = pytest.mark.whole


def answer(method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> Reply:
    if path == "/fail":
        raise RuntimeError("a mistake of ours")
    return Reply(200, (), path.encode(), delay=0.15 if path == "/slow" else 0)


@pytest.mark.parametrize(
    "part", [request()[:20], request()[:-1], request(headers={"Transfer-Encoding": "chunked", "Content-Length": ""}, body=b"")]
)
def test_a_request_that_takes_too_long_is_refused(part: bytes) -> None:
    with running(answer, Limits(request=0.05)) as front, Line(front.port) as line:
        refused = line.send(part).answer()
        assert refused.status == 408
        assert line.rest() == b""


def test_a_client_that_sends_a_byte_now_and_then_is_refused_too() -> None:
    with running(answer, Limits(request=0.1)) as front, Line(front.port) as line:
        for byte in request():
            line.send(bytes([byte]))
            if select.select([line.socket], [], [], 0.005)[0]:
                break
        assert line.answer().status == 408


def test_an_idle_connection_is_closed() -> None:
    with running(answer, Limits(idle=0.05)) as front, Line(front.port) as fresh, Line(front.port) as used:
        used.send(request("/a")).answer()
        assert used.rest() == b""
        assert fresh.rest() == b""
        wait_until(lambda: not front.front.connections)


def test_a_late_reply_is_no_idleness() -> None:
    with running(answer, Limits(idle=0.05, request=0.05)) as front, Line(front.port) as line:
        assert line.send(request("/slow")).answer().body == b"/slow"


def test_a_client_that_never_reads_is_dropped() -> None:
    def large(method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> Reply:
        return Reply(200, (), bytes(16 << 20))

    with running(large, Limits(idle=0.05)) as front, Line(front.port) as line:
        line.send(request())
        wait_until(lambda: front.front.connections)
        wait_until(lambda: not front.front.connections)
        assert len(line.rest()) < 16 << 20


def test_who_is_refused_and_never_leaves_is_dropped() -> None:
    with running(answer, Limits(parting=0.05)) as front, Line(front.port) as line:
        assert line.send(b"nonsense\r\n\r\n").answer().status == 400
        wait_until(lambda: not front.front.connections)


@pytest.fixture
def thousand() -> Iterator[list[Line]]:
    lines: list[Line] = []
    yield lines
    for line in lines:
        line.socket.close()


def test_a_thousand_idle_connections_hinder_nobody(thousand: list[Line]) -> None:
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 2200:
        if hard != resource.RLIM_INFINITY and hard < 2200:
            pytest.skip("this machine allows too few open files")
        resource.setrlimit(resource.RLIMIT_NOFILE, (2200, hard))
    with MockServer(rate_limit=None) as server:
        thousand.extend(Line(server.port) for _ in range(1000))
        assert ask(server.port).status == 200
        for line in thousand:
            line.send(request())
        assert {line.answer().status for line in thousand} == {200}
        assert len(server.emulator.accounts.default.journal) == 1000


def test_a_server_that_stops_answers_what_is_under_way() -> None:
    with running(answer) as front, Line(front.port) as busy, Line(front.port) as arriving, Line(front.port) as idle:
        idle.send(request("/a")).answer()
        arriving.send(request("/b")[:-1])
        busy.send(request("/slow"))
        wait_until(lambda: sum(c.is_busy for c in front.front.connections) == 2)
        closed = front.close(10)
        assert idle.rest() == b""
        arriving.send(BODY[-1:])
        for line, body in ((arriving, b"/b"), (busy, b"/slow")):
            last = line.answer()
            assert (last.body, last.headers["Connection"]) == (body, "close")
            assert line.rest() == b""
        closed.result(20)


def test_a_server_that_stops_waits_no_longer_than_its_grace() -> None:
    with running(answer) as front, Line(front.port) as line:
        line.send(request()[:-1])
        wait_until(lambda: any(c.is_busy for c in front.front.connections))
        front.close(0.05).result(20)
        assert line.rest() == b""


def test_leaving_the_server_ends_it_while_clients_are_connected() -> None:
    with MockServer() as server:
        line = Line(server.port)
        line.send(request()).answer()
    assert line.rest() == b""
    line.socket.close()


def test_a_mistake_of_ours_is_a_500_and_a_traceback_in_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    with running(answer) as front, Line(front.port) as line:
        failed = line.send(request("/fail")).answer()
        assert (failed.status, failed.headers["Content-Type"]) == (500, "text/plain; charset=utf-8")
        assert b"a mistake of ours" not in failed.body
        assert line.send(request("/a")).answer().status == 200
    assert "RuntimeError: a mistake of ours" in capsys.readouterr().err


class Broken(io.StringIO):
    """A pipe whose reader is gone."""

    def write(self, text: str) -> int:
        raise BrokenPipeError


def test_a_log_that_cannot_be_written_keeps_no_answer_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Broken())
    server = Server(Settings(rate_limit=None), watch=access_log("text", sys.stderr))
    with running(server.front.handle) as front:
        assert ask(front.port).status == 200
    with running(answer) as front, Line(front.port) as line:
        assert line.send(request("/fail")).answer().status == 500


def number_of_connections() -> int:
    # Not isinstance, which asks proxies for what they stand for.
    return sum(type(thing) in (Connection, RequestParser) for thing in gc.get_objects())


def test_a_connection_that_is_gone_leaves_nothing_for_the_collector() -> None:
    gc.collect()
    gc.disable()
    try:
        before = number_of_connections()
        with running(answer) as front:
            for _ in range(20):
                with Line(front.port) as line:
                    assert line.send(request()).answer().status == 200
            wait_until(lambda: number_of_connections() <= before)
    finally:
        gc.enable()
