"""Faults as a client meets them: real on the wire, under HTTPS too, and a nuisance to nobody else."""

import http.client
import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from time import monotonic

import pytest
import urllib3
from leadsquared_slots.mock_server import MockServer
from leadsquared_slots.mock_server.service import ENDPOINT

from ..support.talking import BODY, KEYS, PATIENCE, UNVERIFIED, Line, request

HEADERS = {**KEYS, "Content-Type": "application/json"}


@pytest.fixture(scope="module", params=["http", "https"])
def running(request: pytest.FixtureRequest) -> Iterator[MockServer]:
    with MockServer(rate_limit=None, tls=request.param == "https") as server:
        yield server


@pytest.fixture
def server(running: MockServer) -> MockServer:
    """A server without faults."""
    running.emulator.accounts.default.faults.clear()
    return running


@pytest.fixture
def tls(server: MockServer) -> ssl.SSLContext | None:
    """What a client trusts who has fetched the authority's certificate."""
    if server.base_url.startswith("http:"):
        return None
    return ssl.create_default_context(cadata=authority_of(server))


def authority_of(server: MockServer) -> str:
    with Line(server.port, UNVERIFIED) as line:
        pem = line.send(request("/__admin/ca.pem", method="GET", body=b"")).answer()
    assert (pem.status, pem.headers["Content-Type"]) == (200, "application/x-pem-file")
    return pem.body.decode()


@pytest.fixture
def line(server: MockServer, tls: ssl.SSLContext | None) -> Iterator[Line]:
    with Line(server.port, tls) as connection:
        yield connection


@pytest.fixture
def client(server: MockServer, tls: ssl.SSLContext | None) -> Iterator[http.client.HTTPConnection]:
    connection = (
        http.client.HTTPConnection("localhost", server.port, timeout=20)
        if tls is None
        else http.client.HTTPSConnection("localhost", server.port, timeout=20, context=tls)
    )
    yield connection
    connection.close()


def with_fault(server: MockServer, **fault: object) -> None:
    server.emulator.accounts.default.faults.add(fault)


def call(client: http.client.HTTPConnection) -> http.client.HTTPResponse:
    client.request("POST", ENDPOINT, BODY, HEADERS)
    return client.getresponse()


def test_a_reset_is_an_rst_to_a_raw_socket(server: MockServer, line: Line) -> None:
    with_fault(server, kind="reset")
    line.send(request())
    # Python's TLS tells a reset from an end as little as a truncation; the socket below it does.
    plain = socket.socket(fileno=line.socket.detach())
    plain.settimeout(PATIENCE)
    with plain, pytest.raises(ConnectionResetError):
        list(iter(lambda: plain.recv(65536), b""))


def test_a_reset_is_a_connection_reset_to_http_client(server: MockServer, client: http.client.HTTPConnection) -> None:
    with_fault(server, kind="reset")
    with pytest.raises(ConnectionResetError) as caught:
        call(client)
    is_plain = server.base_url.startswith("http:")
    assert isinstance(caught.value, http.client.RemoteDisconnected) != is_plain


def test_a_reset_is_a_protocol_error_to_urllib3(server: MockServer, tls: ssl.SSLContext | None) -> None:
    with_fault(server, kind="reset")
    url = f"{server.base_url}{ENDPOINT}".replace("127.0.0.1", "localhost")
    with urllib3.PoolManager(ssl_context=tls) as pool, pytest.raises(urllib3.exceptions.ProtocolError) as caught:
        pool.request("POST", url, body=BODY, headers=HEADERS, retries=False)
    assert isinstance(caught.value.args[1], ConnectionResetError)


def test_an_empty_reply_is_the_end_without_a_byte(server: MockServer, line: Line) -> None:
    with_fault(server, kind="empty")
    assert line.send(request()).rest() == b""


def test_an_empty_reply_is_a_disconnect_to_http_client(server: MockServer, client: http.client.HTTPConnection) -> None:
    with_fault(server, kind="empty")
    with pytest.raises(http.client.RemoteDisconnected):
        call(client)


def test_a_truncated_reply_is_an_incomplete_read(server: MockServer, client: http.client.HTTPConnection) -> None:
    with_fault(server, kind="truncate")
    response = call(client)
    assert response.status == 200
    with pytest.raises(http.client.IncompleteRead) as caught:
        response.read()
    assert len(caught.value.partial) == int(response.headers["Content-Length"]) // 2 > 0


def test_garbage_is_a_bad_status_line(server: MockServer, client: http.client.HTTPConnection) -> None:
    with_fault(server, kind="garbage")
    with pytest.raises(http.client.BadStatusLine):
        call(client)


def test_a_malformed_reply_is_whole_http_with_half_a_document(server: MockServer, client: http.client.HTTPConnection) -> None:
    whole = call(client).read()
    with_fault(server, kind="malformed")
    response = call(client)
    assert (response.status, response.headers["Content-Type"]) == (200, "application/json; charset=utf-8")
    body = response.read()
    assert body == whole[: len(whole) // 2]
    with pytest.raises(json.JSONDecodeError):
        json.loads(body)
    assert call(client).status == 200


def test_a_dribbled_reply_comes_in_pieces_while_others_are_answered(server: MockServer, line: Line, tls: ssl.SSLContext | None) -> None:
    with_fault(server, kind="dribble", chunks=10, seconds=0.5, times=1)
    line.send(request())
    head = line.until(b"\r\n\r\n")
    assert b"200 OK" in head
    length = int(head.partition(b"Content-Length: ")[2].split(b"\r\n")[0])
    pieces = [line.piece()]
    with Line(server.port, tls) as other:
        assert other.send(request()).answer().status == 200
    assert len(pieces[0]) < length
    while sum(map(len, pieces)) < length:
        pieces.append(line.piece())
    assert 2 <= len(pieces) <= 10
    assert json.loads(b"".join(pieces))["RecordCount"] == 1
    assert line.send(request()).answer().status == 200


def test_a_late_reply_delays_no_other(server: MockServer, line: Line, tls: ssl.SSLContext | None) -> None:
    with_fault(server, kind="latency", milliseconds=1500, times=1)
    began = monotonic()
    line.send(request())
    for _ in range(5):
        with Line(server.port, tls) as other:
            assert other.send(request()).answer().status == 200
    line.socket.setblocking(False)
    with pytest.raises((BlockingIOError, ssl.SSLWantReadError)):
        line.socket.recv(1)
    line.socket.settimeout(20)
    assert line.answer().status == 200
    # The loop's clock ticks in milliseconds, and may be one ahead of ours.
    assert monotonic() - began >= 1.49


@pytest.mark.parametrize("kind", ["reset", "empty", "truncate", "garbage"])
def test_a_cut_off_reply_costs_the_connection_only(server: MockServer, line: Line, tls: ssl.SSLContext | None, kind: str) -> None:
    assert line.send(request()).answer().status == 200
    with_fault(server, kind=kind, times=1)
    with Line(server.port, tls) as other, suppress(ConnectionResetError):
        other.send(request()).rest()
    assert line.send(request()).answer().status == 200


@pytest.mark.parametrize("chunks", [1, 3, 10_000])
def test_a_body_of_any_length_is_dribbled_whole(server: MockServer, line: Line, chunks: int) -> None:
    with_fault(server, kind="dribble", chunks=chunks, seconds=0)
    assert line.send(request()).answer().json["RecordCount"] == 1


def test_the_certificate_names_the_host_and_is_checked() -> None:
    with MockServer(tls=True) as server:
        trusted = ssl.create_default_context(cadata=authority_of(server))
        for name in ("localhost", "127.0.0.1"):
            trusted.wrap_socket(socket.create_connection(("127.0.0.1", server.port)), server_hostname=name).close()
        strangers = ssl.create_default_context()
        for context, name in ((trusted, "api.leadsquared.com"), (strangers, "localhost")):
            with socket.create_connection(("127.0.0.1", server.port)) as plain, pytest.raises(ssl.SSLCertVerificationError):
                context.wrap_socket(plain, server_hostname=name)
