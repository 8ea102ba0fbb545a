"""What the emulator is meant to reach beside its peers. Shown with every run, asserted by none."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from leadsquared_slots.mock_server.benchmarks.size import SIZES

from .figures import Cell, Findings, Spread

_SMALL, _MONTH, _LARGE = SIZES


class Goal(NamedTuple):
    """A ratio that is wanted, at least or at most, and the one that was found."""

    title: str
    sign: str
    bound: float
    found: Spread

    @property
    def verdict(self) -> str:
        """Whether the median over the rounds is where it is wanted, and whether every round is."""
        if not self._met(self.found.median):
            return "missed"
        return "reached" if self._met(self.found.least) and self._met(self.found.most) else "reached, not in every round"

    def _met(self, value: float) -> bool:
        return value >= self.bound if self.sign == "≥" else value < self.bound


def goals(findings: Findings) -> Iterator[Goal]:
    """The goals for which this run has figures."""
    small, month, large = Cell(_SMALL, False, 16), Cell(_MONTH, False, 16), Cell(_LARGE, False, 16)
    for cell, key, bound in (
        (small, "wiremock-static", 1.5),
        (small, "prism-generated", 20),
        (small, "mockoon-templated", 60),
        (Cell(_MONTH, True, 16), "wiremock-templated", 1.5),
        (month, "wiremock-templated", 10),
        (large, "wiremock-templated", 25),
    ):
        if _has(findings, cell, key):
            yield Goal(f"{cell.title}: rate ÷ {findings.standings[key].title}", "≥", bound, findings.times_faster(cell, key))
    yield from _least(findings, "p99 of the quickest peer ÷ ours", 1, lambda key: _p99(findings, small, key))
    yield from _least(findings, "ready time of the quickest peer ÷ ours", 2, lambda key: findings.times(key, "ready"))
    yield from _least(findings, "idle memory of the smallest peer ÷ ours", 2, lambda key: findings.times(key, "idle"))
    by_name = {part["name"]: part["times"] for part in findings.micro}
    for name, bound in ((f"{_LARGE.name}: answered warm", 6), (f"{_LARGE.name}: answered cold", 60)):
        if name in by_name:
            yield Goal(f"{name} ÷ its fragments joined", "<", bound, Spread(**by_name[name]))


def _has(findings: Findings, cell: Cell, key: str) -> bool:
    return "emulator" in findings.loads.get(cell, {}) and key in findings.loads[cell]


def _p99(findings: Findings, cell: Cell, key: str) -> Spread | None:
    return findings.times_sooner(cell, key) if _has(findings, cell, key) else None


def _least(findings: Findings, title: str, bound: float, ratio: Callable[[str], Spread | None]) -> Iterator[Goal]:
    """The goal against whichever peer comes nearest."""
    peers = [key for key, standing in findings.standings.items() if not standing.context and not key.startswith("emulator")]
    found = [spread for spread in map(ratio, peers) if spread is not None]
    if found:
        yield Goal(title, "≥", bound, min(found))
