"""What becomes of requests that are under way when the server is told to stop."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Semaphore
from typing import Any

from leadsquared_slots.mock_server import Settings
from leadsquared_slots.mock_server.serving.server import Server

from ..support.talking import PATIENCE, Line, request


def test_every_request_that_was_sent_before_the_stop_is_answered() -> None:
    """Also those that the loop, busy with another, had no time yet to accept or to read."""
    sent, is_stopping = Semaphore(0), Event()
    server, is_ready = Server(Settings(port=0)), Event()
    with ThreadPoolExecutor(7) as pool:
        serving = pool.submit(server.run, is_ready.set)
        assert is_ready.wait(PATIENCE)
        answer: Any = server.emulator.answer

        def busy(*parted: Any, **named: Any) -> Any:
            is_stopping.wait(PATIENCE)
            return answer(*parted, **named)

        server.emulator.answer = busy  # type: ignore[method-assign]

        def ask(_: int) -> int:
            with Line(server.port) as line:
                line.send(request())
                sent.release()
                return line.answer().status

        statuses = pool.map(ask, range(6))
        assert all(sent.acquire(timeout=PATIENCE) for _ in range(6))
        server.stop()
        is_stopping.set()
        assert list(statuses) == [200] * 6
        serving.result(PATIENCE)
