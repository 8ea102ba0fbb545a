"""What becomes of requests that are under way when the server is told to stop."""

import time
from concurrent.futures import ThreadPoolExecutor

from leadsquared_slots.mock_server import MockServer

from .talking import Line, request


def test_every_request_that_was_sent_before_the_stop_is_answered() -> None:
    """Also those that the loop, busy with another, had no time yet to accept or to read."""
    with MockServer() as server, ThreadPoolExecutor(6) as pool:
        answer = server.emulator.answer

        def slowly(*parted: object) -> object:
            time.sleep(0.2)
            return answer(*parted)  # type: ignore[arg-type]

        server.emulator.answer = slowly  # type: ignore[method-assign, assignment]

        def ask(_: int) -> int:
            with Line(server.port) as line:
                return line.send(request()).answer().status

        waiting = [pool.submit(ask, number) for number in range(6)]
        time.sleep(0.1)
        server._server.stop()
        assert [future.result() for future in waiting] == [200] * 6
