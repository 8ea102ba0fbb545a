"""A run: starts everybody, drives them in interleaved rounds, size by size.

ready and memory    each is started several times, in turn
for each size       everybody is started afresh with the answer of that size, warmed, and then driven:
                    round after round, cell after cell, one contender after the other, in another order each round
"""

import json
import tempfile
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import orjson

from .contenders import EMULATOR, UNLIMITED, Contender, DidNotStart, Running, Serves, find_program
from .load import ask, drive, idle_connections
from .report.figures import Cell, Findings, Standing
from .size import SIZES, Size, fill

_MIDDLE = 16
"""Connections of what is measured over one number of them."""
_HELD = 500
"""Connections that are left open, to see what one costs."""
_SETTLE = 0.3
"""Seconds between the first answer and the look at idle memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is measured. `warm_up` is the part of each contender's own warm-up that it gets."""

    sizes: Sequence[Size]
    connections: Sequence[int]
    colds: Sequence[Size]
    """The sizes that are asked cold as well."""
    rounds: int
    seconds: int
    starts: int
    warm_up: float
    contenders: Sequence[Contender]


class NoLoadGenerator(Exception):
    """wrk is not installed, or does not send what it is told to."""


def run(plan: Plan, findings: Findings, say: Callable[[str], None]) -> None:
    """Measures everything in the plan, and takes it up in the findings. Raises NoLoadGenerator, and DidNotStart for the emulator."""
    if find_program("wrk") is None:
        raise NoLoadGenerator("wrk is not installed; on Debian and Ubuntu: apt install wrk")
    installed = []
    for contender in plan.contenders:
        if contender.missing:
            findings.left_out[contender.key] = "not installed (mock_server/benchmarks/peers.sh installs it)"
            continue
        installed.append(contender)
        findings.standings[contender.key] = Standing(contender.title, contender.serves.value, contender.context)
    with tempfile.TemporaryDirectory(prefix="lsq-benchmarks-") as name:
        folder = Path(name)
        _check_wrk(folder)
        for number in range(plan.starts):
            say(f"Ready time and idle memory, {number + 1} of {plan.starts}")
            installed = _start_each(installed, findings, folder)
        for size in plan.sizes:
            _measure_size(size, plan, installed, findings, folder, say)


def _check_wrk(folder: Path) -> None:
    """Asks the emulator's journal what wrk really sent: warm the body itself, cold never the same twice."""
    size = SIZES[0]
    template = folder / "checked.json"
    template.write_bytes(size.body())
    with Running(EMULATOR, size, b"", folder) as running:
        drive(running.port, template, cold=False, connections=2, seconds=1)
        if _bodies(running.port) != {fill(size.body())}:
            raise NoLoadGenerator("wrk did not send the body that it was given")
        drive(running.port, template, cold=True, connections=2, seconds=1)
        bodies = _bodies(running.port)
        if len(bodies) < 10 or {len(orjson.loads(body)["Users"]) for body in bodies} != {size.users}:
            raise NoLoadGenerator("wrk did not send new addresses in each request")


def _bodies(port: int) -> set[bytes]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/__admin/requests") as response:
        exchanges = json.load(response)["requests"]
    return {exchange["body"].encode() for exchange in exchanges[-100:]}


def _start_each(installed: Sequence[Contender], findings: Findings, folder: Path) -> list[Contender]:
    """Takes up ready time and idle memory; those who started. Raises DidNotStart for the emulator alone."""
    size, answer, started = SIZES[0], b"", []
    for contender in installed:
        try:
            with Running(contender, size, answer, folder) as running:
                answer = answer or running.first_answer
                sleep(_SETTLE)
                idle = running.memory()
                standing = findings.standings[contender.key]
                standing.ready.append(running.ready)
                standing.idle.append(idle)
                if len(standing.idle) == 1:
                    # Waitress takes no more than a hundred connections.
                    with suppress(OSError), idle_connections(running.port, fill(size.body()), _HELD):
                        standing.held = (running.memory() - idle) * 1000 / _HELD
        except DidNotStart as error:
            if contender == EMULATOR:
                raise
            del findings.standings[contender.key]
            findings.left_out[contender.key] = str(error)
        else:
            started.append(contender)
    return started


def _measure_size(
    size: Size, plan: Plan, installed: Sequence[Contender], findings: Findings, folder: Path, say: Callable[[str], None]
) -> None:
    template = folder / f"{size.users}x{size.days}.json"
    template.write_bytes(size.body())
    with _everybody(size, plan, installed, folder, findings) as running:
        for server in running:
            # What is compiled while it runs is so sooner where one answer is more work.
            part = plan.warm_up if size == SIZES[0] else plan.warm_up * 2 / 3
            _warm_up(server, template, part * server.contender.warm_up, say)
        for number in range(plan.rounds):
            say(f"{size.name}, round {number + 1} of {plan.rounds}")
            turned = running[number % len(running) :] + running[: number % len(running)]
            for cell in cells(size, plan):
                for server in turned:
                    if takes_part(server.contender, cell):
                        load = drive(server.port, template, cold=cell.cold, connections=cell.connections, seconds=plan.seconds)
                        findings.add(cell, server.contender.key, load)
                        answered = findings.standings[server.contender.key].answered
                        answered[size.name] = answered.get(size.name, 0) + load.requests
        for server in running:
            findings.standings[server.contender.key].loaded[size.name] = server.memory()


@contextmanager
def _everybody(size: Size, plan: Plan, installed: Sequence[Contender], folder: Path, findings: Findings) -> Iterator[list[Running]]:
    """Everybody who takes part in a size, the emulator first: the constant bytes of the others are its answer."""
    with ExitStack() as stack:
        running: list[Running] = []
        for contender in installed:
            if any(takes_part(contender, cell) for cell in cells(size, plan)):
                running.append(stack.enter_context(Running(contender, size, running[0].first_answer if running else b"", folder)))
                _check_answer(running[-1], size)
        yield running


def _check_answer(server: Running, size: Size) -> None:
    """Whether a contender really answers with so many users on so many dates."""
    days = orjson.loads(server.first_answer)["List"]
    if len(days) != size.days or {len(day["UserSlots"]) for day in days} != {size.users}:
        raise ValueError(f"{server.contender.title} does not answer {size.name} with {size.users} users on {size.days} dates")


def _warm_up(server: Running, template: Path, seconds: float, say: Callable[[str], None]) -> None:
    if seconds >= 5:
        say(f"Warming {server.contender.title} for {seconds:.0f} s")
    deadline = monotonic() + seconds
    ask(server.port, fill(template.read_bytes()))
    while monotonic() < deadline:
        drive(server.port, template, cold=False, connections=_MIDDLE, seconds=max(1, min(5, round(deadline - monotonic()))))


def cells(size: Size, plan: Plan) -> list[Cell]:
    """What is measured of a size: warm over each number of connections, and cold over 16."""
    # An answer of 5 MB over 64 connections measures the machine's memory, not the servers.
    numbers = [number for number in plan.connections if size != SIZES[-1] or number <= _MIDDLE]
    return [*(Cell(size, False, number) for number in numbers), *([Cell(size, True, _MIDDLE)] if size in plan.colds else [])]


def takes_part(contender: Contender, cell: Cell) -> bool:
    """Whether a cell says something of a contender.

    Constant bytes are the same whatever is asked, so they are not asked cold; the limit is left off where requests are cheapest; what is
    only context is asked over 16 connections.
    """
    if contender == UNLIMITED:
        return not cell.cold and cell.connections == _MIDDLE and cell.size == SIZES[0]
    if contender.context and cell.connections != _MIDDLE:
        return False
    return contender.serves is not Serves.BYTES or not cell.cold
