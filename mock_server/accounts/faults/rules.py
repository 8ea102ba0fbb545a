"""The rules of an account's faults: which calls they strike, and what they have counted."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from leadsquared_slots.mock_server.calendars.draw import Draw
from leadsquared_slots.mock_server.domain.profile import Profile
from leadsquared_slots.mock_server.exchanges.message import Reply

from .fault import BadFault, Fault
from .reading import read_fault

MOST_FAULTS = 1_000
"""Faults of one account: each call tries them all."""


def _check_number(number: int) -> None:
    if number > MOST_FAULTS:
        raise BadFault(f"there are {number} faults", f"expected at most {MOST_FAULTS}; DELETE /__admin/faults takes all away")


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
        _check_number(len(entries))
        self._seed = seed
        self.applied = 0
        """How many faults were applied: what the next one that draws is drawn from, with the seed."""
        self.rules = [FaultRule(entry, read_fault(entry)) for entry in entries]

    def __bool__(self) -> bool:
        return bool(self.rules)

    def add(self, entry: dict[str, Any]) -> None:
        """Adds a fault behind the others. Raises BadFault."""
        _check_number(len(self.rules) + 1)
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
