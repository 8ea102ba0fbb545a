"""Load: wrk for whatever answers quickly, a counted number of requests for what does not."""

import json
import math
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from queue import Empty, SimpleQueue

from .size import WARM, fill

TARGET = "/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress"
KEYS = "accessKey=AccessKey&secretKey=SecretKey"
HEADERS = {"Content-Type": "application/json"}
_DRIVE = Path(__file__).with_name("drive.lua")
_MOST_LOST = 0.1
"""wrk stops by the clock and does not count what is under way; where that could be more than this part, requests are counted instead."""
_LONGEST = 2.5
"""Seconds that a batch of counted requests may take; a server that is too slow for that is asked over fewer connections."""
_salts = count(time.time_ns() % 10**12 * 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One round's figures. Latencies in milliseconds; `generator` is `wrk` or `counted`, `connections` how many there really were."""

    requests: int
    seconds: float
    bytes: int
    errors: int
    p50: float
    p99: float
    generator: str
    connections: int

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.requests / self.seconds


def ask(port: int, body: bytes, timeout: float = 60) -> tuple[int, bytes]:
    """Status and body of one answer, on a connection of its own."""
    connection = HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("POST", f"{TARGET}?{KEYS}", body, HEADERS)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


@contextmanager
def idle_connections(port: int, body: bytes, count: int) -> Iterator[None]:
    """So many connections that are kept open, each after one answer. Raises OSError where a server does not take them all."""
    with ExitStack() as stack:
        for _ in range(count):
            connection = stack.enter_context(closing(HTTPConnection("127.0.0.1", port, timeout=5)))
            connection.request("POST", f"{TARGET}?{KEYS}", body, HEADERS)
            connection.getresponse().read()
        yield


def new_salt() -> str:
    """A part for addresses that nobody asked for before."""
    return f"c{next(_salts)}"


def drive(port: int, template: Path, *, cold: bool, connections: int, seconds: int) -> Load:
    """Drives a server with the body of a file for some seconds."""
    body = template.read_bytes()
    took = _one_answer(port, body, cold)
    if took * connections > _MOST_LOST * seconds:
        return _counted(port, body, cold, connections, took, seconds)
    return _wrk(port, template, cold, connections, seconds)


def _one_answer(port: int, body: bytes, cold: bool) -> float:
    """Seconds of one answer when nothing else is asked, the best of three unless it is very slow."""
    best = math.inf
    for _ in range(3):
        began = time.perf_counter()
        ask(port, fill(body, new_salt() if cold else WARM))
        best = min(best, time.perf_counter() - began)
        if best > 0.5:
            break
    return best


def _wrk(port: int, template: Path, cold: bool, connections: int, seconds: int) -> Load:
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(_DRIVE)]
    command += [f"http://127.0.0.1:{port}{TARGET}?{KEYS}", "--", str(template), "cold" if cold else "warm", new_salt()]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 - our own script
    return Load(**json.loads(output.splitlines()[-1]), generator="wrk", connections=connections)


def _counted(port: int, body: bytes, cold: bool, connections: int, took: float, seconds: float) -> Load:
    """As many requests as fit into the time, in whole batches of the connections, timed until the last is answered."""
    connections = max(1, min(connections, int(_LONGEST / took)))
    batches = max(1, round(seconds / (took * connections)))
    waiting: SimpleQueue[bytes] = SimpleQueue()
    for _ in range(batches * connections):
        waiting.put(fill(body, new_salt() if cold else WARM))
    began = time.perf_counter()
    with ThreadPoolExecutor(connections) as pool:
        answers = [answer for part in pool.map(lambda _: list(_answers(port, waiting)), range(connections)) for answer in part]
    needed = time.perf_counter() - began
    latencies = sorted(1000 * latency for latency, _, _ in answers)
    return Load(
        requests=len(answers),
        seconds=needed,
        bytes=sum(size for _, _, size in answers),
        errors=sum(status != 200 for _, status, _ in answers),
        p50=latencies[len(latencies) // 2],
        p99=latencies[math.ceil(len(latencies) * 0.99) - 1],
        generator="counted",
        connections=connections,
    )


def _answers(port: int, waiting: "SimpleQueue[bytes]") -> Iterator[tuple[float, int, int]]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    while True:
        try:
            body = waiting.get_nowait()
        except Empty:
            connection.close()
            return
        began = time.perf_counter()
        connection.request("POST", f"{TARGET}?{KEYS}", body, HEADERS)
        response = connection.getresponse()
        size = len(response.read())
        yield time.perf_counter() - began, response.status, size
