"""What is not quite HTTP is refused, not guessed at: each of these was served."""

from collections.abc import Iterator
from time import sleep

import pytest
from leadsquared_slots.mock_server import MockServer

from ..support.talking import Line, request


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer(rate_limit=None) as running:
        yield running


@pytest.mark.parametrize(
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
def test_it_is_refused_at_the_head(server: MockServer, sent: bytes, status: int) -> None:
    with Line(server.port) as line:
        assert line.send(sent).answer().status == status
        assert line.rest() == b""


def test_two_blanks_are_seen_when_they_come_byte_by_byte(server: MockServer) -> None:
    with Line(server.port) as line:
        for byte in b"POST  ":
            line.send(bytes([byte]))
            sleep(0.02)
        assert line.answer().status == 400


@pytest.mark.parametrize("host", ["localhost", "localhost:8255", "127.0.0.1:1", "[::1]:8255", "my-name.localhost"])
def test_a_usual_host_is_served_again_and_again(server: MockServer, host: str) -> None:
    with Line(server.port) as line:
        for _ in range(3):
            assert line.send(request(headers={"Host": host})).answer().status == 200
