"""HTTP/1.1 as it stands on the wire: every form that a client may choose, and every one that it may not."""

from collections.abc import Iterator

import pytest
from leadsquared_slots.mock_server import MockServer
from leadsquared_slots.mock_server.exchanges.message import Reply
from leadsquared_slots.mock_server.service import ENDPOINT
from leadsquared_slots.mock_server.serving.http1 import KEPT_BODY
from leadsquared_slots.mock_server.vendor.request import LARGEST_BODY

from ..support.talking import BODY, Admin, Line, request, running, wait_until

HOST = b"Host: localhost\r\n"


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer(rate_limit=None) as running_server:
        yield running_server


@pytest.fixture
def line(server: MockServer) -> Iterator[Line]:
    with Line(server.port) as connection:
        yield connection


def echo(method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> Reply:
    """What the handler was given."""
    names = ",".join(sorted(headers))
    return Reply(200, (), f"{method} {path} {query} {headers.get('host')} {names} {len(body)}".encode())


def slow_first(method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> Reply:
    return Reply(200, (), path.encode(), delay=0.1 if path == "/slow" else 0)


def test_a_connection_serves_one_request_after_another(line: Line) -> None:
    for _ in range(3):
        answer = line.send(request()).answer()
        assert answer.status == 200
        assert "Connection" not in answer.headers
        assert answer.json["RecordCount"] == 1


def test_a_connection_ends_when_the_client_asks_for_it(line: Line) -> None:
    answer = line.send(request(headers={"Connection": "close"})).answer()
    assert answer.headers["Connection"] == "close"
    assert line.rest() == b""


@pytest.mark.parametrize("blanks", [" ", "\t", " \t  "])
def test_blanks_around_the_value_of_a_header_are_no_part_of_it(line: Line, blanks: str) -> None:
    key = {"x-LSQ-AccessKey": f"{blanks}AccessKey{blanks}"}
    assert line.send(request(headers=key)).answer().status == 200


def test_a_request_may_arrive_byte_by_byte(line: Line) -> None:
    for byte in request():
        line.send(bytes([byte]))
    assert line.answer().status == 200


def test_requests_sent_ahead_are_answered_in_order_behind_a_late_reply_too() -> None:
    with running(slow_first) as front, Line(front.port) as line:
        line.send(b"".join(request(path) for path in ("/a", "/slow", "/b", "/slow", "/c")))
        assert [line.answer().body for _ in range(5)] == [b"/a", b"/slow", b"/b", b"/slow", b"/c"]


def test_thousands_of_requests_sent_ahead_are_all_answered() -> None:
    with running(slow_first) as front, Line(front.port) as line:
        line.send(request("/slow") + request("/a", body=b"") * 5000)
        assert [line.answer().body for _ in range(5001)] == [b"/slow", *[b"/a"] * 5000]


def test_what_is_no_request_is_refused_behind_the_replies_before_it() -> None:
    with running(slow_first) as front, Line(front.port) as line:
        line.send(request("/slow") + b"nonsense\r\n\r\n")
        assert [line.answer().status, line.answer().status] == [200, 400]
        assert line.rest() == b""


def test_a_client_that_waits_with_its_body_is_told_to_go_on(line: Line) -> None:
    whole = request(headers={"Expect": "100-continue"})
    line.send(whole.removesuffix(BODY))
    assert line.until(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert line.send(BODY).answer().status == 200


def test_a_client_is_told_to_go_on_only_behind_the_reply_before() -> None:
    with running(slow_first) as front, Line(front.port) as line:
        line.send(request("/slow") + request("/b", headers={"Expect": "100-continue"}).removesuffix(BODY))
        assert line.answer().body == b"/slow"
        assert line.until(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        assert line.send(BODY).answer().body == b"/b"


def test_http_1_0_is_told_nothing_in_between(line: Line) -> None:
    whole = request(headers={"Expect": "100-continue"}, version="1.0")
    assert line.send(whole).answer().status == 200


def test_a_body_may_come_in_chunks(line: Line) -> None:
    head = request(headers={"Transfer-Encoding": "chunked", "Content-Length": ""}, body=b"")
    chunks = b"".join(b"%x;name=value\r\n%b\r\n" % (len(BODY[at : at + 7]), BODY[at : at + 7]) for at in range(0, len(BODY), 7))
    line.send(head + chunks + b"0\r\n\r\n")
    assert line.answer().json["RecordCount"] == 1


def test_what_follows_a_body_in_chunks_is_no_header(line: Line) -> None:
    headers = {"Transfer-Encoding": "chunked", "Content-Length": "", "x-LSQ-AccessKey": "", "x-LSQ-SecretKey": ""}
    trailers = b"0\r\nx-LSQ-AccessKey: AccessKey\r\nx-LSQ-SecretKey: SecretKey\r\n\r\n"
    line.send(request(headers=headers, body=b"") + b"%x\r\n%b\r\n" % (len(BODY), BODY) + trailers)
    assert line.answer().status == 401


def test_http_1_0_ends_the_connection_unless_it_asks_to_keep_it(line: Line, server: MockServer) -> None:
    kept = line.send(request(version="1.0", headers={"Connection": "keep-alive", "Host": ""})).answer()
    assert (kept.status, kept.headers["Connection"]) == (200, "keep-alive")
    ended = line.send(request(version="1.0", headers={"Host": ""})).answer()
    assert (ended.status, ended.headers["Connection"]) == (200, "close")
    assert line.rest() == b""


@pytest.mark.parametrize("target", ["/__admin/settings", "/__admin/nothing", "/v2/Nothing"])
def test_head_has_the_headers_of_get_and_no_body(line: Line, target: str) -> None:
    line.send(request(target, method="HEAD", body=b""))
    head = line.answer(has_body=False)
    get = line.send(request(target, method="GET", body=b"")).answer()
    assert head.status == get.status
    assert head.headers["Content-Length"] == get.headers["Content-Length"] == str(len(get.body))


@pytest.mark.parametrize("target", [f"http://api.example.com{ENDPOINT}", f"https://api.example.com:8443{ENDPOINT}?a=b"])
def test_a_target_may_be_a_whole_url(line: Line, target: str) -> None:
    assert line.send(request(target)).answer().status == 200


def test_the_host_of_a_whole_url_counts_instead_of_the_header(line: Line) -> None:
    assert line.send(request("http://elsewhere.example/__admin/health", method="GET", body=b"")).answer().status == 403


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        ("/a%2Fb", "/a/b", ""),
        ("/a%3Fb?c=%3F", "/a?b", "c=%3F"),
        ("/%C3%A4", "/ä", ""),
        ("/%FF", "/\ufffd", ""),
        ("/%", "/%", ""),
        ("/a/http://b?c://d", "/a/http://b", "c://d"),
        ("*", "*", ""),
        ("/a?b?c", "/a", "b?c"),
        ("http://h", "/", ""),
        ("//a", "//a", ""),
    ],
)
def test_a_target_is_parted_into_path_and_query(target: str, path: str, query: str) -> None:
    with running(echo) as front, Line(front.port) as line:
        received = line.send(request(target, method="OPTIONS", body=b"")).answer().body.decode()
    assert received.startswith(f"OPTIONS {path} {query} ")


def test_percent_encoded_letters_name_the_same_path(line: Line) -> None:
    assert line.send(request(ENDPOINT.replace("Task", "%54ask"))).answer().status == 200


def test_a_header_that_stands_twice_is_joined_by_a_comma(line: Line) -> None:
    assert line.send(request().replace(b"Host:", b"x-LSQ-AccessKey: AccessKey\r\nHost:")).answer().status == 401


@pytest.mark.parametrize("pieces", [1, 40])
@pytest.mark.parametrize("size", [65 << 10, 300 << 10, 3 << 20])
def test_headers_of_more_than_64_kib_are_refused_however_they_arrive(line: Line, size: int, pieces: int) -> None:
    data = request(method="GET", headers={"X-Long": "x" * size}, body=b"")
    for at in range(0, len(data), len(data) // pieces + 1):
        line.send(data[at : at + len(data) // pieces + 1])
    assert line.answer().status == 431
    assert line.rest() == b""


def test_headers_of_60_kib_are_read(line: Line) -> None:
    assert line.send(request(headers={"X-Long": "x" * (60 << 10)})).answer().status == 200


def test_many_small_headers_count_together(line: Line) -> None:
    assert line.send(request(headers={f"X-{n}": "x" * 100 for n in range(1000)})).answer().status == 431


@pytest.mark.parametrize("size", [LARGEST_BODY + 1, 3 * LARGEST_BODY, 20 * LARGEST_BODY])
def test_a_body_over_1_mib_gets_the_vendors_400(line: Line, size: int) -> None:
    answer = line.send(request(body=BODY + b" " * (size - len(BODY)))).answer()
    assert answer.status == 400
    assert answer.json["ExceptionType"] == "MXInvalidInputException"
    assert f"larger than {LARGEST_BODY} bytes" in answer.json["ExceptionMessage"]
    assert line.send(request()).answer().status == 200


def test_a_body_of_1_mib_is_read(line: Line) -> None:
    assert line.send(request(body=BODY + b" " * (LARGEST_BODY - len(BODY)))).answer().status == 200


def test_a_body_over_64_mib_is_not_even_waited_for(line: Line) -> None:
    line.send(request(headers={"Content-Length": str(80 << 20)}, body=b""))
    part = bytes(1 << 20)
    for _ in range(66):
        line.send(part)
    assert line.answer().status == 413


def test_the_admin_interface_reads_4_mib_and_no_more(server: MockServer) -> None:
    admin = Admin(server.port)
    room = KEPT_BODY - len(b'{"bodyContains":""}')
    assert admin.do("POST", "/requests/count", {"bodyContains": "x" * (room - 1)}) == {"count": 0}
    refused = admin.call("POST", "/requests/count", {"bodyContains": "x" * (room + 1)})
    assert (refused.status, set(refused.json)) == (413, {"error", "hint"})


@pytest.mark.parametrize("upgrade", ["h2c", "websocket", "TLS/1.0"])
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_an_upgrade_is_passed_over(line: Line, upgrade: str, method: str) -> None:
    """Java's client asks for h2c with every first request."""
    body = BODY if method == "POST" else b""
    asking = request(method=method, headers={"Connection": "Upgrade, HTTP2-Settings", "Upgrade": upgrade, "HTTP2-Settings": ""}, body=body)
    line.send(asking + asking + request())
    assert [line.answer().status for _ in range(3)] == [200 if body else 405] * 2 + [200]


@pytest.mark.parametrize(
    "data",
    [
        b"nonsense\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100),
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/2.0\r\n" + HOST + b"\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n",
        b"GET / HTTP/1.1\nHost: localhost\n\n",
        b"GET / HTTP/1.1\r\n" + HOST + b" folded\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"X: a\0b\r\n\r\n",
        b"GET /\xc3\xa4 HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET / a HTTP/1.1\r\n" + HOST + b"\r\n",
        b"CONNECT localhost:80 HTTP/1.1\r\n" + HOST + b"\r\n",
        b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 1x\r\n\r\n",
        b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 99999999999999999999999\r\n\r\n",
        b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=range(17),
)
def test_what_is_no_request_is_refused_with_400_and_the_connection_ends(line: Line, data: bytes) -> None:
    answer = line.send(data).answer()
    assert (answer.status, answer.headers["Connection"]) == (400, "close")
    assert answer.body
    assert line.rest() == b""


HIDDEN = b"GET /hidden HTTP/1.1\r\n" + HOST + b"\r\n"


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        b"Content-Length: 5\r\nContent-Length: 5\r\n",
        b"Content-Length: 5\r\nContent-Length: 0\r\n",
        b"Content-Length: 5, 5\r\n",
        b"Content-Length: 0x5\r\n",
        b"Content-Length: +5\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
        b"Transfer-Encoding: gzip\r\n",
        b"Transfer-Encoding: xchunked\r\n",
    ],
)
def test_a_body_of_two_lengths_is_refused_so_that_nothing_hides_in_it(line: Line, headers: bytes) -> None:
    line.send(b"POST / HTTP/1.1\r\n" + HOST + headers + b"\r\n0\r\n\r\n" + HIDDEN)
    assert line.answer().status == 400
    assert line.rest() == b""


def test_a_client_that_does_not_read_is_answered_no_further() -> None:
    """Nothing piles up for it: the next request is taken up when the reply before has left."""
    taken = []

    def large(method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> Reply:
        taken.append(path)
        return Reply(200, (), bytes(8 << 20))

    with running(large) as front, Line(front.port) as line:
        line.send(request("/a", body=b"") * 12)
        assert len(line.answer().body) == 8 << 20
        assert len(taken) < 6
        assert [len(line.answer().body) for _ in range(11)] == [8 << 20] * 11
    assert len(taken) == 12


def test_a_client_that_leaves_takes_its_reply_with_it() -> None:
    with running(lambda *_: Reply(200, (), b"late", delay=3600)) as front:
        with Line(front.port) as line:
            line.send(request())
            wait_until(lambda: any(connection.is_busy for connection in front.front.connections))
        wait_until(lambda: not front.front.connections)
