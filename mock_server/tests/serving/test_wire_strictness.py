"""What is not quite HTTP is refused, not guessed at: each of these was served."""

from collections.abc import Iterator
from time import monotonic, sleep

import pytest
from leadsquared_slots.mock_server import MockServer

from ..support.talking import BODY, Line, request


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer(rate_limit=None) as running:
        yield running


MISTAKEN = pytest.mark.parametrize(
    ("sent", "status"),
    [
        (request().replace(b"Host: localhost\r\n", b"Host: localhost\r\nHost: localhost\r\n"), 400),
        (request(headers={"Host": "a b"}), 400),
        (request(headers={"Host": "a/b"}), 400),
        (request().replace(b"POST /", b"POST  /"), 400),
        (request(headers={"Transfer-Encoding": "gzip, chunked", "Content-Length": ""}, body=b"0\r\n\r\n"), 501),
        (request(headers={"Content-Length": str(64 << 20 | 1)}, body=b""), 413),
    ],
    ids=["two hosts", "a host with a blank", "a host with a path", "two blanks", "gzip, chunked", "a length over the bound"],
)


@MISTAKEN
@pytest.mark.parametrize("before", [0, 1, 3])
def test_it_is_refused_at_the_head_first_and_behind_others(server: MockServer, sent: bytes, status: int, before: int) -> None:
    with Line(server.port) as line:
        line.send(request() * before + sent)
        assert [line.answer().status for _ in range(before + 1)] == [200] * before + [status]
        assert line.rest() == b""


@MISTAKEN
@pytest.mark.parametrize("before", [b"", request(), request(body=b"LETTERS")], ids=["first", "behind one", "behind letters"])
def test_it_is_refused_however_the_bytes_are_cut(server: MockServer, sent: bytes, status: int, before: bytes) -> None:
    for place in (1, 4, 5, 6, 20):
        with Line(server.port) as line:
            line.send(before + sent[:place])
            if before:
                line.answer()
            sleep(0.01)
            assert line.send(sent[place:]).answer().status == status


def test_two_blanks_are_seen_when_they_come_byte_by_byte(server: MockServer) -> None:
    with Line(server.port) as line:
        for byte in b"POST  ":
            line.send(bytes([byte]))
            sleep(0.02)
        assert line.answer().status == 400


@pytest.mark.parametrize("body", [b"POST  /", b"\r\nPOST  / HTTP/1.1\r\n\r\n", b"A  " * 5000, b"POST ", b"POST"])
def test_two_blanks_in_a_body_are_nothing_but_a_body(server: MockServer, body: bytes) -> None:
    with Line(server.port) as line:
        line.send((request(body=body) + request()) * 2)
        assert [line.answer().status for _ in range(4)] == [400, 200, 400, 200]
        chunked = request(headers={"Content-Length": "", "Transfer-Encoding": "chunked"}, body=b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))
        line.send(chunked + request())
        assert [line.answer().status for _ in range(2)] == [400, 200]


@pytest.mark.parametrize("host", ["localhost", "localhost:8255", "127.0.0.1:1", "[::1]:8255", "my-name.localhost"])
def test_a_usual_host_is_served_again_and_again(server: MockServer, host: str) -> None:
    with Line(server.port) as line:
        for _ in range(3):
            assert line.send(request(headers={"Host": host})).answer().status == 200


CHUNKED = {"Content-Length": "", "Transfer-Encoding": "chunked"}


@pytest.mark.parametrize(
    ("tail", "status"),
    [
        (b"0\r\nx-LSQ-AccessKey: evil\r\nx-LSQ-SecretKey: evil\r\nHost: a b\r\n\r\n", 200),
        (b"0;name=value\r\n\r\n", 200),
        (b"0\r\n" + b"a: b\r\n" * 50_000 + b"\r\n", 200),
        (b"0\r\nContent-Length: 5\r\n\r\n", 400),
    ],
    ids=["keys in a trailer", "a chunk with an extension", "a long trailer", "a length in a trailer"],
)
def test_what_follows_a_body_in_pieces_changes_nothing(server: MockServer, tail: bytes, status: int) -> None:
    """Keys and hosts come from the head alone; a length behind that would be a way to smuggle a request."""
    with Line(server.port) as line:
        assert line.send(request(headers=CHUNKED, body=b"%x;a=b\r\n%b\r\n%b" % (len(BODY), BODY, tail))).answer().status == status


@pytest.mark.parametrize("body", [b"1\r\n \r\n" * 100_000, b"1;%b\r\n \r\n" % (b"a" * 1_000_000)], ids=["tiny pieces", "a long extension"])
def test_pieces_of_any_form_are_read_soon(server: MockServer, body: bytes) -> None:
    with Line(server.port) as line:
        began = monotonic()
        assert line.send(request(headers=CHUNKED, body=body + b"0\r\n\r\n")).answer().status == 400
        assert monotonic() - began < 5


def test_hundreds_of_requests_that_never_end_hold_nobody_up(server: MockServer) -> None:
    lines = [Line(server.port).send(request()[: 20 + number % 100]) for number in range(300)]
    with Line(server.port) as line:
        began = monotonic()
        assert line.send(request()).answer().status == 200
        assert monotonic() - began < 5
    for each in lines:
        each.socket.close()
