"""Two servers that are asked the same: what a run of the kit could tell them apart by."""

import tomllib
from datetime import date
from pathlib import Path

from leadsquared_slots.contract_tests.run.planning import Options
from leadsquared_slots.contract_tests.run.runner import run_checks
from leadsquared_slots.contract_tests.wire.exchange import Received
from leadsquared_slots.contract_tests.wire.target import Target
from leadsquared_slots.contract_tests.wire.transport import HttpTransport, NoAnswer

from .foreign_servers import ACCESS, CORRECT, SECRET, addresses, calendar, serving


class Twins:
    """A transport that sends every call to two servers, gives the first one's answer, and notes the calls that they answered otherwise."""

    def __init__(self, url: str, other: str) -> None:
        self._both = HttpTransport(url), HttpTransport(other)
        self.calls = 0
        self.differences: list[str] = []

    def exchange(
        self, method: str, path: str, query: list[tuple[str, str]], headers: dict[str, str], body: bytes, connection: int
    ) -> Received:
        """The first server's answer."""

        def answer(transport: HttpTransport) -> Received | NoAnswer:
            try:
                return transport.exchange(method, path, query, headers, body, connection)
            except NoAnswer as error:
                return error

        first, second = (answer(transport) for transport in self._both)
        self.calls += 1
        if what_was_told(first) != what_was_told(second):
            self.differences.append(f"{method} {path} {body[:300]!r}: {what_was_told(first)!r:.300} and {what_was_told(second)!r:.300}")
        if isinstance(first, NoAnswer):
            raise first
        return first


def what_was_told(answer: Received | NoAnswer) -> tuple[object, ...]:
    """An answer byte for byte, without the headers that go by the clock and the connection."""
    if isinstance(answer, NoAnswer):
        return ("no answer",)
    return answer.status, answer.headers.get("content-type"), answer.body


def compared(team: str, name: str, folder: Path, *, scenario: bool, seed: int) -> tuple[int, list[str]]:
    """The number of calls of a run, and those to which a server with a mistake and the correct one gave different answers."""
    document = calendar("everything", date.today())
    path = folder / "everything.toml"
    path.write_text(document, encoding="utf-8")
    with serving(team, [CORRECT], path) as right, serving(team, [name], path) as wrong:
        twins = Twins(wrong[name], right[CORRECT])
        target = Target(wrong[name], access_key=ACCESS, secret_key=SECRET, rate=(10_000, 0.1), transport=twins)
        run_checks(target, Options(users=addresses(document), seed=seed, scenario=tomllib.loads(document) if scenario else None))
    return twins.calls, twins.differences
