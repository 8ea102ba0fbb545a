"""The recording proxy between hostile ends: every call ends in time and in bounds, and nothing half goes into the file."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from leadsquared_slots.contract_tests.traffic.proxy import RecordingProxy, Seconds
from leadsquared_slots.mock_server.recording.har import HarWriter
from leadsquared_slots.mock_server.recording.reading import read_recording
from leadsquared_slots.mock_server.recording.recorded import Recorder

from ..support.proxying import ENDPOINT, QUESTION, call

Talk = Callable[[socket.socket], None]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
WHOLE = HEAD + b"Content-Length: 2\r\n\r\n{}"


@contextmanager
def upstream(talk: Talk) -> Iterator[str]:
    """A server that reads some of each request and then talks as it likes."""
    ended = threading.Event()

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            while connection.recv(1 << 16):
                talk(connection)

    def accept(listening: socket.socket) -> None:
        with suppress(OSError):
            while not ended.is_set():
                threading.Thread(target=serve, args=(listening.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=accept, args=(listening,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            ended.set()


@contextmanager
def recording(root: str, path: Path, seconds: Seconds) -> Iterator[str]:
    """The proxy in a thread of this process; its URL."""
    ready, place = threading.Event(), []
    with HarWriter(path) as writer:
        loop = asyncio.new_event_loop()
        proxy = RecordingProxy(upstream=root, recorder=Recorder(), write=writer.add, seconds=seconds)

        def told(port: int) -> None:
            place.append(port)
            ready.set()

        thread = threading.Thread(target=lambda: loop.run_until_complete(proxy.serve(0, told)))
        thread.start()
        assert ready.wait(20)
        try:
            yield f"http://127.0.0.1:{place[0]}"
        finally:
            loop.call_soon_threadsafe(proxy.end)
            thread.join(20)
            with suppress(RuntimeError):
                loop.close()
    assert not thread.is_alive()


def drip(before: bytes) -> Talk:
    """A byte at a time, for ever."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(before)
        while True:
            connection.sendall(b"a")
            time.sleep(0.05)

    return talk


def endless(connection: socket.socket) -> None:
    """A body that does not end."""
    connection.sendall(HEAD + b"\r\n")
    while True:
        connection.sendall(b" " * (1 << 20))


def reset(connection: socket.socket) -> None:
    """Half a reply, then a reset."""
    connection.sendall(HEAD + b"Content-Length: 100\r\n\r\n{")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()


HOSTILE: dict[str, Talk] = {
    "silent": lambda connection: time.sleep(5),
    "a drip of headers": drip(HEAD + b"X: "),
    "a drip of a body": drip(HEAD + b"Content-Length: 100000\r\n\r\n"),
    "a drip of chunks": drip(HEAD + b"Transfer-Encoding: chunked\r\n\r\n"),
    "endless": endless,
    "reset": reset,
    "closed": lambda connection: connection.shutdown(socket.SHUT_RDWR),
    "no http": lambda connection: connection.sendall(b"\x16\x03\x01\r\n\r\n"),
    "a body that is no gzip": lambda connection: connection.sendall(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"),
    "too short": lambda connection: (connection.sendall(HEAD + b"Content-Length: 9\r\n\r\n{}"), connection.shutdown(socket.SHUT_RDWR))[1],
}


@pytest.mark.parametrize("how", HOSTILE)
def test_a_hostile_upstream_is_a_502_and_is_not_recorded(how: str, tmp_path: Path) -> None:
    """It ends at the deadline, or at once; the file stays valid and empty, and the next call passes."""
    path, talks = tmp_path / "a.har", [HOSTILE[how]]

    def talk(connection: socket.socket) -> None:
        (talks.pop() if talks else (lambda good: good.sendall(WHOLE)))(connection)

    with upstream(talk) as root, recording(root, path, Seconds(answer=0.5)) as url:
        status, _, body = call(url + ENDPOINT, payload=QUESTION)
        assert status == 502, body
        assert "nothing was recorded" in json.loads(body)["hint"]
        assert list(read_recording(path)) == []
        assert call(url + ENDPOINT, payload=QUESTION)[0] == 200
    assert len(list(read_recording(path))) == 1


def test_a_slow_caller_is_let_go(tmp_path: Path) -> None:
    """Who does not send the request in time loses the connection, and nothing is passed on."""
    with upstream(lambda connection: connection.sendall(WHOLE)) as root, recording(root, tmp_path / "a.har", Seconds(read=0.3)) as url:
        host, port = url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=20) as connection:
            connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")
            assert connection.recv(1) == b""
    assert list(read_recording(tmp_path / "a.har")) == []


def test_more_calls_than_workers_wait_and_none_is_lost(tmp_path: Path) -> None:
    """Sixty calls at once, of which the upstream never has more than sixteen; all are answered and recorded."""
    now, most, lock = [0], [0], threading.Lock()

    def talk(connection: socket.socket) -> None:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.02)
        with lock:
            now[0] -= 1
        connection.sendall(WHOLE)

    with upstream(talk) as root, recording(root, tmp_path / "a.har", Seconds()) as url, ThreadPoolExecutor(60) as pool:
        statuses = list(pool.map(lambda _: call(url + ENDPOINT, payload=QUESTION)[0], range(60)))
    assert statuses == [200] * 60
    assert 1 < most[0] <= 16
    assert len(list(read_recording(tmp_path / "a.har"))) == 60
