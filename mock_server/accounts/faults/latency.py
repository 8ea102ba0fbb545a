"""The fault `latency`: the right reply, late."""

from dataclasses import dataclass
from math import exp
from statistics import NormalDist
from typing import Any

from leadsquared_slots.mock_server.domain.profile import Profile
from leadsquared_slots.mock_server.exchanges.message import Reply

from .fault import BadFault, Fault


@dataclass(frozen=True, slots=True)
class FixedLatency:
    """The right reply, late by a fixed time."""

    milliseconds: float
    kind: str = "latency"

    def apply(self, reply: Reply, *, chance: float, profile: Profile) -> Reply:
        """The reply with a delay."""
        return reply._replace(delay=self.milliseconds / 1000)


@dataclass(frozen=True, slots=True)
class UniformLatency:
    """The right reply, late by a time evenly spread between two."""

    low: float
    high: float
    kind: str = "latency"

    def apply(self, reply: Reply, *, chance: float, profile: Profile) -> Reply:
        """The reply with a delay."""
        return reply._replace(delay=(self.low + chance * (self.high - self.low)) / 1000)


@dataclass(frozen=True, slots=True)
class LogNormalLatency:
    """The right reply, late as real services are: mostly near the median, sometimes far beyond."""

    median: float
    sigma: float
    kind: str = "latency"

    def apply(self, reply: Reply, *, chance: float, profile: Profile) -> Reply:
        """The reply with a delay of at most an hour."""
        milliseconds = self.median * exp(min(self.sigma * NormalDist().inv_cdf(chance), 20))
        return reply._replace(delay=min(milliseconds / 1000, 3600))


def read_latency(entry: dict[str, Any]) -> Fault:
    """The latency of an entry in the form of scenario files. Raises BadFault."""
    shape = entry.get("distribution", "fixed")
    if shape == "uniform":
        if entry["low"] > entry["high"]:
            raise BadFault(f"a latency from low {entry['low']} to high {entry['high']} is none", "swap the two")
        return UniformLatency(entry["low"], entry["high"])
    if shape == "log-normal":
        return LogNormalLatency(entry["median"], entry["sigma"])
    return FixedLatency(entry["milliseconds"])
