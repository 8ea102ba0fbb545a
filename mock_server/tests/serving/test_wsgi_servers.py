"""The application under other people's WSGI servers, in processes of their own: found by its name, and with faults that are real."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from time import monotonic, sleep

import pytest
from leadsquared_slots.mock_server import create_app
from leadsquared_slots.mock_server.accounts.settings import Settings
from leadsquared_slots.mock_server.service import ENDPOINT

from ..support.talking import Admin, Line, request

pytestmark = pytest.mark.whole

SERVERS = {
    "flask": ["flask", "--app", "leadsquared_slots.mock_server", "run", "--port", "{port}"],
    "gunicorn": ["gunicorn", "leadsquared_slots.mock_server:create_app()", "--bind", "127.0.0.1:{port}"],
    "gunicorn with threads": ["gunicorn", "leadsquared_slots.mock_server:create_app()", "--bind", "127.0.0.1:{port}", "--threads", "4"],
}


@pytest.fixture(scope="module", params=SERVERS)
def running(request: pytest.FixtureRequest) -> Iterator[int]:
    """The port of a server."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    words = [word.format(port=port) for word in SERVERS[request.param]]
    process = subprocess.Popen([sys.executable, "-m", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def port(running: int) -> int:
    """The port of a server without faults, whose limit is off."""
    admin = Admin(running)
    assert admin.call("POST", "/reset", {}).status == 200
    assert admin.call("PATCH", "/settings", {"rateLimit": "none"}).status == 200
    return running


def wait_for(port: int) -> None:
    until = monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert monotonic() < until
            sleep(0.05)
        else:
            return


def with_fault(port: int, **fault: object) -> Line:
    assert Admin(port).call("POST", "/faults", fault).status == 201
    return Line(port).__enter__().send(request())


def test_it_answers_as_the_front_does(port: int) -> None:
    with Line(port) as line:
        answer = line.send(request()).answer()
    assert (answer.status, answer.json["RecordCount"]) == (200, 1)
    assert Admin(port).call("GET", "/health").json["status"] == "healthy"


def test_a_reset_is_an_rst(port: int) -> None:
    with with_fault(port, kind="reset") as line, pytest.raises(ConnectionResetError):
        line.rest()


def test_an_empty_reply_is_the_end_without_a_byte(port: int) -> None:
    with with_fault(port, kind="empty") as line:
        assert line.rest() == b""


def test_garbage_is_no_http(port: int) -> None:
    with with_fault(port, kind="garbage") as line:
        rest = line.rest()
    assert rest
    assert not rest.startswith(b"HTTP")


def test_a_truncated_reply_is_half_of_what_its_head_says(port: int) -> None:
    with with_fault(port, kind="truncate") as line:
        head, _, body = line.rest().partition(b"\r\n\r\n")
    length = int(head.partition(b"Content-Length: ")[2].split(b"\r\n")[0])
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert len(body) == length // 2 > 0


def test_a_dribbled_reply_comes_whole_and_in_pieces(port: int) -> None:
    with with_fault(port, kind="dribble", chunks=5, seconds=1) as line:
        head, _, begun = line.until(b"\r\n\r\n").partition(b"\r\n\r\n")
        pieces = [begun] * bool(begun)
        while piece := line.piece():
            pieces.append(piece)
    assert len(b"".join(pieces)) == int(head.partition(b"Content-Length: ")[2].split(b"\r\n")[0])
    assert len(pieces) > 1


def test_the_server_goes_on_after_each_fault(port: int) -> None:
    for kind in ("reset", "empty", "garbage", "truncate"):
        with with_fault(port, kind=kind, times=1) as line:
            try:
                line.rest()
            except ConnectionResetError:
                assert kind == "reset"
    with Line(port) as line:
        assert line.send(request()).answer().status == 200


@pytest.mark.parametrize("kind", ["reset", "empty", "garbage", "truncate"])
def test_without_a_socket_a_cut_off_reply_is_an_error_of_the_connection(kind: str) -> None:
    """As the documentation says: whoever serves without handing out its socket sees the exception that means that the client has gone."""
    client = create_app(Settings()).test_client()
    client.post("/__admin/faults", json={"kind": kind})
    with pytest.raises(ConnectionResetError, match=kind):
        client.post(f"{ENDPOINT}?accessKey=AccessKey&secretKey=SecretKey", json={}, buffered=True)
