"""The recording proxy: known calls only, verified TLS, right headers, a valid file at any moment, and no key in it."""

import json
import socket
import subprocess
from pathlib import Path

import pytest
from leadsquared_slots.contract_tests.mutants.registry import Ask, Reply, Server
from leadsquared_slots.contract_tests.mutants.serving import as_wsgi, served
from leadsquared_slots.contract_tests.traffic.http_messages import MOST_BODY, decoded, end_to_end
from leadsquared_slots.contract_tests.traffic.known_calls import KNOWN_CALLS, why_not
from leadsquared_slots.contract_tests.traffic.proxy import BadUpstream, upstream_root
from leadsquared_slots.mock_server import MockServer, Settings, create_app
from leadsquared_slots.mock_server.recording.reading import read_recording
from leadsquared_slots.mock_server.tests.support.recordings import ACCESS, SECRET, leaks

from ..support.commands import installed
from ..support.proxying import ENDPOINT, QUESTION, call, keys_in_headers, recording
from ..support.serving import on_a_socket


@pytest.mark.whole
def test_a_call_is_passed_on_and_recorded_without_its_keys(tmp_path: Path) -> None:
    """The reply is the server's own; the file has the call, with key-1 and key-2 in the places of the keys, before the reply arrives."""
    path = tmp_path / "a.har"
    with MockServer(access_key=ACCESS, secret_key=SECRET) as server, recording(server.base_url, path) as (url, _):
        direct = call(f"{server.base_url}{ENDPOINT}?accessKey={ACCESS.replace('$', '%24')}&secretKey={SECRET}", payload=QUESTION)
        through = call(f"{url}{ENDPOINT}?accessKey={ACCESS.replace('$', '%24')}&secretKey={SECRET}", payload=QUESTION)
        assert through[0] == 200
        assert through[2] == direct[2]
        assert json.loads(path.read_bytes())["log"]["entries"], "the file is whole while the proxy runs"
        assert call(url + ENDPOINT, payload=QUESTION, headers=keys_in_headers())[0] == 200
        assert call(url + ENDPOINT, payload=QUESTION, headers={"x-LSQ-AccessKey": SECRET})[0] == 401
    told = path.with_suffix(".txt").read_text("utf-8")
    first, second, third = read_recording(path)
    assert (first.query, second.query) == ((("accessKey", "key-1"), ("secretKey", "key-2")), ())
    assert first.keys == second.keys == ("key-1", "key-2")
    assert third.keys == ("key-2",)
    assert json.loads(first.reply_body) == json.loads(direct[2])
    assert leaks(path.read_bytes()) == leaks(told) == []
    assert "3 calls recorded" in told


@pytest.mark.whole
def test_only_known_calls_pass(tmp_path: Path) -> None:
    """Nothing else reaches the upstream, and a call that writes does so only with permission; what is refused is not recorded."""
    reached: list[str] = []

    def noting(ask: Ask, server: Server) -> Reply:
        reached.append(f"{ask.method} {ask.path}")
        return server(ask)

    app = as_wsgi(lambda ask: noting(ask, served(create_app(Settings()))))
    path = tmp_path / "a.har"
    with on_a_socket(app) as upstream, recording(upstream, path) as (url, _):
        for method, target in (
            ("GET", "/__admin/health"),
            ("POST", "/v2/Task.svc/Create"),
            ("GET", ENDPOINT),
            ("POST", ENDPOINT + "/"),
            ("GET", "/v2/Task.svc/MarkComplete?id=1"),
            ("POST", "/v2/Task.svc/%52etrieveAvailableSlots/ByUserId"),
        ):
            status, _, body = call(url + target, method, {} if method == "POST" else None)
            assert status == 403, target
            assert "hint" in json.loads(body)
    assert reached == []
    assert list(read_recording(path)) == []
    with on_a_socket(app) as upstream, recording(upstream, tmp_path / "b.har", "--allow-writes") as (url, _):
        assert call(url + "/v2/Task.svc/Create", "POST", {})[0] == 404
    assert reached == ["POST /v2/Task.svc/Create"]


def test_the_known_calls_are_those_of_the_vendors_pages() -> None:
    """Each passes by its own method and path; those that write need permission."""
    for each in KNOWN_CALLS:
        assert why_not(each.method, each.path, allow_writes=True) is None
        assert (why_not(each.method, each.path, allow_writes=False) is not None) is each.writes
        assert why_not("PUT", each.path, allow_writes=True) is not None


@pytest.mark.whole
def test_a_kill_loses_no_call_that_was_answered(tmp_path: Path) -> None:
    """SIGKILL leaves a valid HAR with every call that had its reply."""
    path = tmp_path / "a.har"
    with MockServer(access_key=ACCESS, secret_key=SECRET, rate_limit=None) as server, recording(server.base_url, path) as (url, process):
        for _ in range(5):
            assert call(url + ENDPOINT, payload=QUESTION, headers=keys_in_headers())[0] == 200
        process.kill()
    assert len(json.loads(path.read_bytes())["log"]["entries"]) == 5


@pytest.mark.whole
def test_pseudonyms_stand_for_addresses_and_ids(tmp_path: Path) -> None:
    """In requests and answers alike; nothing of the account is in the file, and the caller gets the true answer."""
    path = tmp_path / "a.har"
    with MockServer(access_key=ACCESS, secret_key=SECRET) as server, recording(server.base_url, path, "--pseudonyms") as (url, _):
        _, _, body = call(url + ENDPOINT, payload=QUESTION, headers=keys_in_headers())
    entry = json.loads(body)["List"][0]["UserSlots"][0]
    text = path.read_text("utf-8")
    assert entry["EmailAddress"].lower() == "zoo@example.com"
    assert "zoo@" not in text.lower()
    assert entry["UserId"] not in text
    (exchange,) = read_recording(path)
    (user,) = json.loads(exchange.body)["Users"]
    assert json.loads(exchange.reply_body)["List"][0]["UserSlots"][0]["EmailAddress"].lower() == user


@pytest.mark.whole
def test_a_host_that_is_not_trusted_gets_no_call(tmp_path: Path) -> None:
    """TLS is verified: a certificate of one's own making is refused, and nothing is recorded."""
    pytest.importorskip("trustme")
    path = tmp_path / "a.har"
    with MockServer(tls=True) as server, recording(server.base_url, path) as (url, _):
        status, _, body = call(url + ENDPOINT, payload=QUESTION)
        assert status == 502
        assert "certificate" in json.loads(body)["error"]
    assert list(read_recording(path)) == []


def test_headers_of_a_connection_go_no_further() -> None:
    """Connection, what it names, and the other hop-by-hop headers are left out; the rest stays, in its order."""
    headers = [("Connection", "close, X-Mine"), ("X-Mine", "1"), ("Keep-Alive", "timeout=5"), ("TE", "trailers"), ("Accept", "*/*"),
               ("Transfer-Encoding", "chunked"), ("Upgrade", "h2c"), ("Proxy-Authorization", "x"), ("X-Other", "2")]  # fmt: skip
    assert end_to_end(headers) == [("Accept", "*/*"), ("X-Other", "2")]


def sent(url: str, raw: bytes, seconds: float = 20) -> bytes:
    """What comes back for raw bytes."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=seconds) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(1 << 16), b""))


@pytest.mark.whole
def test_what_is_too_large_or_no_http_is_refused(tmp_path: Path) -> None:
    """A long head, a long body, and bytes that are no request; a body in chunks passes, and so does a second request of a connection."""
    body = json.dumps(QUESTION).encode()
    lines = (f"POST {ENDPOINT} HTTP/1.1", "Host: x", "Content-Type: application/json", *map(": ".join, keys_in_headers().items()), "")
    head = "\r\n".join(lines).encode()
    with MockServer(access_key=ACCESS, secret_key=SECRET) as server, recording(server.base_url, tmp_path / "a.har") as (url, _):
        assert sent(url, b"GET / HTTP/1.1\r\nX: " + b"a" * 40_000 + b"\r\n\r\n").startswith(b"HTTP/1.1 4")
        assert sent(url, head + b"Content-Length: %d\r\n\r\n" % (MOST_BODY + 1) + b"a" * (MOST_BODY + 1)).startswith(b"HTTP/1.1 413 ")
        assert sent(url, b"\x16\x03\x01 no request\r\n\r\n").startswith(b"HTTP/1.1 400 ")
        chunked = head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"
        assert sent(url, chunked * 2).count(b"HTTP/1.1 200 ") == 2
    assert len(list(read_recording(tmp_path / "a.har"))) == 2


@pytest.mark.whole
def test_a_compressed_reply_is_passed_on_as_it_is_and_recorded_in_clear(tmp_path: Path) -> None:
    """The caller gets gzip where it asked for it; what is recorded can be read."""
    question = {**QUESTION, "ToDate": "2026-03-30"}
    with MockServer(access_key=ACCESS, secret_key=SECRET) as server, recording(server.base_url, tmp_path / "a.har") as (url, _):
        _, headers, body = call(url + ENDPOINT, payload=question, headers={**keys_in_headers(), "Accept-Encoding": "gzip, br"})
    assert headers.get("Content-Encoding") == "gzip"
    (exchange,) = read_recording(tmp_path / "a.har")
    assert exchange.reply_body == decoded(body, "gzip")
    assert json.loads(exchange.reply_body)["RecordCount"] == 1


@pytest.mark.parametrize("url", ["", "ftp://x", "http://api.leadsquared.com", "https://u:p@x", "https://x/v2", "https://x?a=b"])
def test_a_wrong_upstream_is_refused(url: str) -> None:
    """A root over TLS, or an emulator on this machine."""
    with pytest.raises(BadUpstream):
        upstream_root(url)
    assert upstream_root("https://api-in21.leadsquared.com/") == "https://api-in21.leadsquared.com"


@pytest.mark.whole
def test_an_upstream_that_is_not_there_is_said(tmp_path: Path) -> None:
    """502 and the reason, without the URL of the call."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with recording(f"http://127.0.0.1:{port}", tmp_path / "a.har") as (url, _):
        status, _, body = call(f"{url}{ENDPOINT}?secretKey={SECRET}", payload=QUESTION)
    assert status == 502
    assert leaks(body) == []


@pytest.mark.whole
def test_a_recording_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    """Exit 2, and the file stays."""
    path = tmp_path / "a.har"
    path.write_text("mine", "utf-8")
    words = installed(["lsq-contract", "record", "--upstream", "https://api.leadsquared.com", "--output", str(path), "--port", "0"])
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "is there already" in done.stderr
    assert path.read_text("utf-8") == "mine"
