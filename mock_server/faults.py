"""Faults: deliberate defects applied to a correct reply, one small class each, and the rules that say which calls they strike.

A fault changes nothing but the Reply; waiting, cutting off and dribbling are fields of it, which the front carries out.
"""

from collections.abc import Collection
from dataclasses import dataclass
from math import exp, isfinite
from statistics import NormalDist
from typing import Any, Protocol

from .domain.errors import DomainError
from .domain.profile import Profile
from .draw import Draw
from .exchange import Abort, Dribble, Reply
from .vendor_errors import Family, VendorError, render_error

LIMIT_MESSAGE = "API calls exceeded the limit of {calls} in {seconds} second(s)"


class BadFault(DomainError):
    """A fault that its form allows and its meaning does not."""


class Fault(Protocol):
    """A defect of a reply."""

    @property
    def kind(self) -> str:
        """Its name, as in scenario files."""

    def apply(self, reply: Reply, *, chance: float, profile: Profile) -> Reply:
        """The reply with the defect; `chance` is a number above 0 and below 1 for those that need one."""


_STATUS_ERRORS = {
    400: VendorError(Family.MALFORMED_BODY, "Invalid Input! This error was asked for by a fault."),
    401: VendorError(Family.INVALID_KEYS, "Invalid User Details!", "auth.envelope"),
    404: VendorError(Family.NOT_FOUND, "The API could not be found. Please check the API signature.", "http.unknown-path"),
    429: VendorError(Family.RATE_LIMIT, LIMIT_MESSAGE.format(calls=25, seconds=5), "limit.message"),
    500: VendorError(Family.INTERNAL, "The API call failed. This error was asked for by a fault.", "error.internal"),
}
STATUSES = tuple(_STATUS_ERRORS)
"""The error statuses that the vendor documents."""


@dataclass(frozen=True, slots=True)
class StatusFault:
    """An error in the vendor's form, with just the status that was asked for."""

    status: int
    kind: str = "status"

    def apply(self, reply: Reply, *, chance: float, profile: Profile) -> Reply:
        """The error instead of the reply."""
        return render_error(_STATUS_ERRORS[self.status], profile)._replace(status=self.status)


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


@dataclass(frozen=True, slots=True)
class AbortFault:
    """A connection that ends without a whole reply: reset, closed without a byte, cut off half-way, or fed bytes that are not HTTP."""

    abort: Abort

    @property
    def kind(self) -> str:
        """Its name, as in scenario files."""
        return self.abort.value

    def apply(self, reply: Reply, *, chance: float, profile: Profile) -> Reply:
        """The reply, to be cut off."""
        return reply._replace(abort=self.abort)


@dataclass(frozen=True, slots=True)
class MalformedFault:
    """A whole HTTP reply whose body is no JSON: the first half of the right one."""

    kind: str = "malformed"

    def apply(self, reply: Reply, *, chance: float, profile: Profile) -> Reply:
        """The reply with half of its body."""
        return reply._replace(body=reply.body[: len(reply.body) // 2])


@dataclass(frozen=True, slots=True)
class DribbleFault:
    """The right reply, its body in pieces spread over a time."""

    chunks: int
    seconds: float
    kind: str = "dribble"

    def apply(self, reply: Reply, *, chance: float, profile: Profile) -> Reply:
        """The reply, to be dribbled."""
        return reply._replace(dribble=Dribble(self.chunks, self.seconds))


def read_fault(entry: dict[str, Any]) -> Fault:
    """A fault from the form that scenario files have. Raises BadFault."""
    for name, value in entry.items():
        if isinstance(value, float) and not isfinite(value):
            raise BadFault(f"{name} of a fault is {value}; expected a number")
    kind = entry["kind"]
    if kind == "status":
        return StatusFault(int(entry["status"]))
    if kind == "latency":
        return _read_latency(entry)
    if kind == "malformed":
        return MalformedFault()
    if kind == "dribble":
        return DribbleFault(int(entry["chunks"]), entry["seconds"])
    return AbortFault(Abort(kind))


def _read_latency(entry: dict[str, Any]) -> Fault:
    shape = entry.get("distribution", "fixed")
    if shape == "uniform":
        if entry["low"] > entry["high"]:
            raise BadFault(f"a latency from low {entry['low']} to high {entry['high']} is none; swap the two")
        return UniformLatency(entry["low"], entry["high"])
    if shape == "log-normal":
        return LogNormalLatency(entry["median"], entry["sigma"])
    return FixedLatency(entry["milliseconds"])


@dataclass(slots=True)
class FaultRule:
    """A fault with the calls that it strikes: of those for `user`, after `after`, each `every`-th, `times` times."""

    entry: dict[str, Any]
    fault: Fault
    seen: int = 0
    struck: int = 0

    def conditions(self, addresses: Collection[str]) -> tuple[int, int, int, int]:
        """1 when a call that asks for these addresses (in lower case) is meant and else 0; times, -1 for always; after; every."""
        user = self.entry.get("user")
        is_meant = user is None or user.lower() in addresses
        return int(is_meant), self.entry.get("times", -1), self.entry.get("after", 0), self.entry.get("every", 1)

    def strikes(self, addresses: Collection[str]) -> bool:
        """Whether the fault strikes a call that asks for these addresses (in lower case); counts the call."""
        is_meant, times, after, every = self.conditions(addresses)
        if not is_meant or 0 <= times <= self.struck:
            return False
        self.seen += 1
        number = self.seen - after
        if number < 1 or number % every:
            return False
        self.struck += 1
        return True


class Faults:
    """An account's faults, in the order in which they are tried: the first that strikes a call is applied to its reply."""

    def __init__(self, seed: int, entries: Collection[dict[str, Any]] = ()) -> None:
        self._seed = seed
        self.applied = 0
        """How many faults were applied: what the next one that draws is drawn from, with the seed."""
        self.rules = [FaultRule(entry, read_fault(entry)) for entry in entries]

    def __bool__(self) -> bool:
        return bool(self.rules)

    def add(self, entry: dict[str, Any]) -> None:
        """Adds a fault behind the others. Raises BadFault."""
        self.rules.append(FaultRule(entry, read_fault(entry)))

    def clear(self) -> None:
        """Takes all faults away."""
        self.rules.clear()

    def state(self) -> list[dict[str, Any]]:
        """The faults with what they have counted, as data that `of_state` takes."""
        return [{"fault": rule.entry, "seen": rule.seen, "struck": rule.struck} for rule in self.rules]

    @classmethod
    def of_state(cls, seed: int, state: Collection[dict[str, Any]], applied: int) -> "Faults":
        """The faults of a snapshot. Raises BadFault."""
        faults = cls(seed, [entry["fault"] for entry in state])
        faults.applied = applied
        for rule, entry in zip(faults.rules, state, strict=True):
            rule.seen, rule.struck = entry["seen"], entry["struck"]
        return faults

    def apply(self, reply: Reply, addresses: Collection[str], profile: Profile) -> Reply:
        """The reply with the fault that strikes this call, if one does."""
        rule = next((rule for rule in self.rules if rule.strikes(addresses)), None)
        return reply if rule is None else self.apply_one(rule.fault, reply, profile)

    def apply_one(self, fault: Fault, reply: Reply, profile: Profile) -> Reply:
        """The reply with a fault, which is counted."""
        self.applied += 1
        return self.apply_counted(fault, self.applied, reply, profile)

    def apply_counted(self, fault: Fault, number: int, reply: Reply, profile: Profile) -> Reply:
        """The reply with a fault that is counted already; one that draws draws from the seed and its number among all that were applied."""
        chance = (Draw(self._seed, "fault", number).below(1_000_000) + 0.5) / 1_000_000
        return fault.apply(reply, chance=chance, profile=profile)._replace(fault=fault.kind)


MAGIC_KEYS: dict[str, Fault] = {
    "error-401": StatusFault(401),
    "error-429": StatusFault(429),
    "error-500": StatusFault(500),
    "slow": FixedLatency(2000),
    "reset": AbortFault(Abort.RESET),
    "malformed": MalformedFault(),
    "empty": AbortFault(Abort.EMPTY),
}
"""Access keys that start with one of these give the fault on every call, whatever the secret key."""


def fault_of_key(access_key: str | None) -> Fault | None:
    """The fault that an access key asks for by its beginning, if it does."""
    if access_key is None:
        return None
    return next((fault for start, fault in MAGIC_KEYS.items() if access_key.startswith(start)), None)


_CODES = frozenset(map(str, STATUSES))


def preferred_fault(prefer: str | None) -> Fault | None:
    """The fault that a Prefer header asks for by `code=…`; None for other preferences and undocumented errors."""
    if prefer is None:
        return None
    for preference in prefer.replace(";", ",").split(","):
        name, _, value = preference.partition("=")
        code = value.strip().strip('"')
        if name.strip().lower() == "code" and code in _CODES:
            return StatusFault(int(code))
    return None
