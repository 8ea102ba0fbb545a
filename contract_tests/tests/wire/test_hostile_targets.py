"""Servers that mean no good: the kit ends by itself, says what happened, and shows no traceback. Real sockets."""

import gzip
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from leadsquared_slots.contract_tests.report.files import write_report
from leadsquared_slots.contract_tests.run.runner import run_checks
from leadsquared_slots.contract_tests.wire import transport
from leadsquared_slots.contract_tests.wire.exchange import Received
from leadsquared_slots.contract_tests.wire.redaction import Redactor
from leadsquared_slots.contract_tests.wire.target import Target, TargetUnreachable
from leadsquared_slots.contract_tests.wire.transport import HttpTransport, NoAnswer

Serve = Callable[[socket.socket], None]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@contextmanager
def serving(serve: Serve) -> Iterator[str]:
    """A server that reads a request and then does as it likes; gives its URL."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        ended = threading.Event()

        def answer(client: socket.socket) -> None:
            with client:
                try:
                    client.recv(65536)
                    serve(client)
                except OSError:
                    pass

        def accept() -> None:
            while not ended.is_set():
                try:
                    client, _ = listening.accept()
                except OSError:
                    return
                threading.Thread(target=answer, args=(client,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        ended.set()


def endless_body(client: socket.socket) -> None:
    """4 GB and no end, until the time is over."""
    client.sendall(HEAD + b"\r\n")
    while True:
        client.sendall(b" " * 65536)


def gzip_bomb(client: socket.socket) -> None:
    """A few hundred kilobytes that are 6 GB."""
    bomb = gzip.compress(b"\0" * (1 << 26), 9)
    client.sendall(HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % (len(bomb) * 100))
    for _ in range(100):
        client.sendall(bomb)


def dripping_body(client: socket.socket) -> None:
    """A byte at a time: no time-out of a socket ever comes."""
    client.sendall(HEAD + b"Content-Length: 100000\r\n\r\n")
    drip(client, b" ")


def dripping_head(client: socket.socket) -> None:
    """A header at a time."""
    client.sendall(HEAD)
    drip(client, b"X-More: 1\r\n")


def endless_continue(client: socket.socket) -> None:
    """`100 Continue` for ever."""
    drip(client, b"HTTP/1.1 100 Continue\r\n\r\n")


def drip(client: socket.socket, piece: bytes) -> None:
    """The piece again and again."""
    while True:
        client.sendall(piece)
        time.sleep(0.05)


@pytest.mark.parametrize("serve", [endless_body, gzip_bomb, dripping_body, dripping_head, endless_continue])
def test_a_call_ends_whatever_the_server_does(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounded in seconds and in decoded bytes, where a server could hold the kit for ever or fill the memory."""
    monkeypatch.setattr(transport, "MOST_SECONDS", 2.0)
    monkeypatch.setattr(transport, "MOST_BYTES", 1 << 20)
    with serving(serve) as url:
        began = time.monotonic()
        with pytest.raises(NoAnswer, match=r"not whole after 2 seconds|more than 1048576 bytes|ProtocolError"):
            HttpTransport(url).exchange("POST", "/v2/x", [], {}, b"{}", 0)
        assert time.monotonic() - began < 30


def test_a_run_ends_with_what_happened(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that never finishes a reply is as good as not there."""
    monkeypatch.setattr(transport, "MOST_SECONDS", 0.5)
    with serving(dripping_head) as url, pytest.raises(TargetUnreachable, match="does not answer"):
        run_checks(Target(url, access_key="AccessKey", secret_key="SecretKey"), users=("a@example.com",))


def test_a_window_of_years_is_not_waited_for() -> None:
    """'1 in 999999999 second(s)' used to be slept through in silence."""
    waited: list[float] = []

    def app(environ: object, start: Callable[..., object]) -> list[bytes]:
        start("429 Too Many Requests", [("Content-Type", "application/json")])
        message = "API calls exceeded the limit of 1 in 999999999 second(s)"
        return [b'{"Status":"Error","ExceptionType":"MXAPIRateLimitExceededException","ExceptionMessage":"%s"}' % message.encode()]

    target = Target.wsgi(app)
    target.pause = lambda seconds, reason: waited.append(seconds)  # type: ignore[method-assign]
    with pytest.raises(TargetUnreachable, match="answers no call"):
        run_checks(target, users=("a@example.com",))
    assert max(waited) <= 60


def test_json_that_is_nested_too_deep_is_no_json() -> None:
    """It used to end the kit with a traceback."""
    with pytest.raises(ValueError, match="nested too deep"):
        Received(status=200, headers={}, body=b"[" * 100_000 + b"]" * 100_000).document()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "latin-1"])
def test_json_in_another_encoding_than_utf_8_is_no_json(encoding: str) -> None:
    """UTF-16 used to be read as if it were right; letters beyond ASCII make the others wrong, too."""
    with pytest.raises(ValueError, match="decode"):
        Received(status=200, headers={}, body='{"EmailAddress": "zoë@example.com"}'.encode(encoding)).document()


def test_redaction_is_linear_in_a_run_of_backslashes() -> None:
    """16,000 backslashes took 5 seconds: 8 times as many may take 8 times as long, not 64 times."""
    redact = Redactor(["u$r0123456789abcdef0123456789abcdef"])

    def seconds(length: int) -> float:
        text = "\\" * length + "%41"
        best = float("inf")
        for _ in range(5):
            began = time.process_time()
            redact(text)
            best = min(best, time.process_time() - began)
        return best

    assert seconds(32_000) < 16 * max(seconds(4_000), 1e-4)


@pytest.mark.whole
def test_replies_that_are_all_large_end_the_run() -> None:
    """Replies of 15 MB each filled 8 GB: they were kept, and what was read of the last 32 as well."""
    body = b'{"RecordCount":1,"List":[%b{}]}' % (b'{"Date":"2026-03-02","UserSlots":[]},' * 50_000)
    sent = 0

    def app(environ: object, start: Callable[..., object]) -> list[bytes]:
        nonlocal sent
        sent += 1
        start("200 OK", [("Content-Type", "application/json")])
        return [body]

    with pytest.raises(TargetUnreachable, match="more than anybody asked for"):
        run_checks(Target.wsgi(app), users=("a@example.com",))
    assert sent * len(body) < 64 << 20


def headers_without_end(client: socket.socket) -> None:
    """More headers than anybody reads."""
    client.sendall(HEAD + b"".join(b"X-%d: 1\r\n" % number for number in range(100_000)) + b"\r\n")


def numbers_that_are_none(client: socket.socket) -> None:
    """JSON that Python reads and nobody else, with a number of 5,000 digits."""
    body = b'{"RecordCount":1e999,"List":NaN,"x":%b}' % (b"9" * 5_000)
    client.sendall(HEAD + b"Connection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))


def half_characters(client: socket.socket) -> None:
    """Lone surrogates and control characters in every text."""
    entry = (
        rb'{"UserId":"\ud800","EmailAddress":"\udfff","AvailableSlots":[{"StartTime":"\u0000","EndTime":1}],"NoSlotsReason":"\u001b[2J"}'
    )
    body = rb'{"RecordCount":1,"List":[{"Date":"\ud800","UserSlots":[%b]}]}' % entry
    client.sendall(HEAD + b"Connection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))


@pytest.mark.parametrize("serve", [headers_without_end, numbers_that_are_none, half_characters])
def test_what_is_hardly_a_reply_is_judged_or_told(serve: Serve, tmp_path: Path) -> None:
    """No exception of ours, whatever stands in a reply; and no raw control character of it in a report."""
    with serving(serve) as url:
        target = Target(url, access_key="AccessKey", secret_key="SecretKey", rate=(10_000, 1.0), budget=40)
        try:
            report = run_checks(target, users=("a@example.com",), budget=40)
        except TargetUnreachable:
            return
    assert report.exit_code() == 1
    for kind in ("html", "json", "junit"):
        write_report(report, tmp_path / kind, kind, Redactor([]))
        text = (tmp_path / kind).read_bytes().decode("utf-8")
        assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", text)


@pytest.mark.parametrize(("budget", "code"), [(5, 1), (1, 2)])
def test_a_run_that_saw_too_little_does_not_say_that_the_contract_holds(budget: int, code: int) -> None:
    """`check --budget 5` on a broken server said: The contract holds: 108 not run."""
    target = Target.wsgi(lambda environ, start: (start("500 X", [("Content-Type", "text/plain")]), [b"broken"])[1])  # type: ignore[func-returns-value]
    only = () if budget == 5 else ("slots.sorted",)
    report = run_checks(target, users=("a@example.com",), budget=budget, only=only)
    assert report.exit_code() == code
    assert target.calls <= budget
