"""What a run found: rounds of loads, and the ratios between contenders with their spread over the rounds."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, NamedTuple

from leadsquared_slots.mock_server.benchmarks.load import Load
from leadsquared_slots.mock_server.benchmarks.size import Size


class Cell(NamedTuple):
    """One thing that is measured: a size, cold or warm, over so many connections."""

    size: Size
    cold: bool
    connections: int

    @property
    def title(self) -> str:
        """As a heading."""
        return f"{self.size.name} {'cold' if self.cold else 'warm'}, {self.connections} connection{'s' * (self.connections > 1)}"


class Spread(NamedTuple):
    """The median over the rounds, and the least and the most of any."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Iterable[float]) -> "Spread":
        """The spread of some figures, at least one."""
        found = sorted(values)
        return cls(median(found), found[0], found[-1])

    def data(self) -> dict[str, float]:
        """For JSON."""
        return {name: _rounded(value) for name, value in self._asdict().items()}


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")


@dataclass
class Standing:
    """One contender besides its load: ready time, memory, how many requests it answered."""

    title: str
    serves: str
    context: bool
    ready: list[float] = field(default_factory=list)
    idle: list[float] = field(default_factory=list)
    held: float | None = None
    """Kilobytes of an idle connection; None where so many are not taken."""
    loaded: dict[str, float] = field(default_factory=dict)
    """Megabytes after the load of a size."""
    answered: dict[str, int] = field(default_factory=dict)


@dataclass
class Findings:
    """Everything that a run found. `loads` has one figure for each round."""

    facts: dict[str, Any] = field(default_factory=dict)
    standings: dict[str, Standing] = field(default_factory=dict)
    loads: dict[Cell, dict[str, list[Load]]] = field(default_factory=dict)
    micro: list[dict[str, Any]] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)

    def add(self, cell: Cell, key: str, load: Load) -> None:
        """Takes up one round."""
        self.loads.setdefault(cell, {}).setdefault(key, []).append(load)

    def rate(self, cell: Cell, key: str) -> Spread:
        """Answers a second."""
        return Spread.of(load.rate for load in self.loads[cell][key])

    def latency(self, cell: Cell, key: str, name: str) -> Spread:
        """Milliseconds; the name is p50 or p99."""
        return Spread.of(getattr(load, name) for load in self.loads[cell][key])

    def times_faster(self, cell: Cell, key: str) -> Spread:
        """How many times as many answers the emulator gives, round by round."""
        return self._ratio(cell, key, lambda ours, theirs: ours.rate / theirs.rate)

    def times_sooner(self, cell: Cell, key: str) -> Spread:
        """How many times as long the slowest hundredth waits there, round by round."""
        return self._ratio(cell, key, lambda ours, theirs: theirs.p99 / ours.p99)

    def _ratio(self, cell: Cell, key: str, ratio: Callable[[Load, Load], float]) -> Spread:
        loads = self.loads[cell]
        return Spread.of(map(ratio, loads["emulator"], loads[key]))

    def times(self, key: str, figure: str) -> Spread | None:
        """How many times the emulator's ready time or idle memory a contender needs; None where one was not measured."""
        ours, theirs = getattr(self.standings["emulator"], figure), getattr(self.standings[key], figure)
        return Spread.of(their / our for our, their in zip(ours, theirs, strict=True)) if ours and theirs else None

    def data(self) -> dict[str, Any]:
        """For JSON."""
        return {
            **self.facts,
            "leftOut": self.left_out,
            "contenders": [self._standing(key) for key in self.standings],
            "cells": [self._cell(cell) for cell in self.loads],
            "micro": self.micro,
        }

    def _standing(self, key: str) -> dict[str, Any]:
        standing = self.standings[key]
        ready, idle = self.times(key, "ready"), self.times(key, "idle")
        return {
            "name": key,
            "title": standing.title,
            "serves": standing.serves,
            "context": standing.context,
            "readySeconds": _each(standing.ready),
            "idleMegabytes": _each(standing.idle),
            "kilobytesOfAnIdleConnection": standing.held and _rounded(standing.held),
            "megabytesAfterLoad": {name: _rounded(value) for name, value in standing.loaded.items()},
            "requestsAnswered": standing.answered,
            "readyTimesTheEmulators": ready and ready.data(),
            "idleTimesTheEmulators": idle and idle.data(),
        }

    def _cell(self, cell: Cell) -> dict[str, Any]:
        return {
            "users": cell.size.users,
            "days": cell.size.days,
            "asked": "cold" if cell.cold else "warm",
            "connections": cell.connections,
            "contenders": [self._figures(cell, key) for key in self.loads[cell]],
        }

    def _figures(self, cell: Cell, key: str) -> dict[str, Any]:
        loads = self.loads[cell][key]
        return {
            "name": key,
            "requestsPerSecond": self.rate(cell, key).data(),
            "p50Milliseconds": self.latency(cell, key, "p50").data(),
            "p99Milliseconds": self.latency(cell, key, "p99").data(),
            "errors": sum(load.errors for load in loads),
            "generator": loads[-1].generator,
            "connections": loads[-1].connections,
            "timesFasterIsTheEmulator": self.times_faster(cell, key).data(),
            "timesSoonerIsTheEmulatorAtP99": self.times_sooner(cell, key).data(),
        }


def _each(values: Sequence[float]) -> list[float]:
    return [_rounded(value) for value in values]
