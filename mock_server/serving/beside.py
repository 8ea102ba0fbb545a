"""Work beside the loop, in threads of its own: the Flask application, and what has to wait for the turn that it holds."""

import asyncio
import threading
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")


class Worker:
    """One thread that does one thing after another. It ends with the process, even in the middle of one."""

    def __init__(self, name: str) -> None:
        self._jobs: SimpleQueue[tuple[asyncio.Future[Any], Callable[[], Any]]] = SimpleQueue()
        self._name = name
        self._thread: threading.Thread | None = None

    def do(self, job: Callable[[], T]) -> "asyncio.Future[T]":
        """Return a future, of the running loop, of what a job gives."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
            self._thread.start()
        self._jobs.put((future, job))
        return future

    def _work(self) -> None:
        while True:
            future, job = self._jobs.get()
            try:
                tell = partial(_settle, future, job(), None)
            except BaseException as error:
                # Whoever waits for the future is told.
                tell = partial(_settle, future, None, error)
            try:
                future.get_loop().call_soon_threadsafe(tell)
            except RuntimeError:
                # The loop is closed: nobody waits any more.
                return


def _settle(future: "asyncio.Future[Any]", value: Any, error: BaseException | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(value)
    else:
        future.set_exception(error)
