"""Passive checks: those that send nothing, and look at what other checks were answered."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from leadsquared_slots.contract_tests.wire.answer import Answer
from leadsquared_slots.contract_tests.wire.exchange import Exchange
from leadsquared_slots.contract_tests.wire.question import Question
from leadsquared_slots.mock_server.domain.profile import Profile

from .memory import Seen, Traffic
from .registry import MOST_ALSO, Check, NotApplicable, Scope, Violation

PASSIVE = (Scope.REPLY, Scope.ANSWER, Scope.REFUSAL, Scope.TRAFFIC)
"""Scopes of the checks that send nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A reply of the target with the profile that it is judged by. `is_endpoint` is false on other paths and methods."""

    exchange: Exchange
    profile: Profile
    is_endpoint: bool = True


class Observation(NamedTuple):
    """A violation that a check saw in a reply, of which the one of smallest size is kept, and how the others differed."""

    size: tuple[int, ...]
    violation: Violation
    question: Question | None


@dataclass(slots=True)
class Looked:
    """What a passive check saw: how many replies it looked at, and of each rule the smallest violation."""

    times: int = 0
    why_not: str | None = None
    seen: dict[str, Observation] = field(default_factory=dict)
    others: dict[str, dict[str, None]] = field(default_factory=dict)

    def violations(self) -> list[Violation]:
        """One violation of each rule, with the other differences that were seen."""
        found = []
        for rule, kept in self.seen.items():
            also = tuple(text for text in self.others[rule] if text != kept.violation.received)
            found.append(replace(kept.violation, also=also[:MOST_ALSO], more=max(len(also) - MOST_ALSO, 0)))
        return found


def look(checks: Iterable[Check], traffic: Traffic) -> Mapping[str, Looked]:
    """What each passive check sees in the traffic, by its name."""
    passive = [check for check in checks if check.scope in PASSIVE]
    found = {check.name: Looked() for check in passive}
    # All checks look at an exchange before the next one is turned to, so that its body is read once.
    for seen, answer in zip(traffic.seen, traffic.read, strict=True):
        for check in passive:
            if check.scope is not Scope.TRAFFIC:
                look_at(check, found[check.name], seen, answer, seen.profile or traffic.profile)
    for check in passive:
        if check.scope is Scope.TRAFFIC:
            _note(found[check.name], lambda run=check.run: run(traffic), (0,), None)  # type: ignore[misc]
    return found


def look_at(check: Check, looked: Looked, seen: Seen, answer: Answer | None, profile: Profile) -> None:
    """Shows one exchange to a passive check that is for its kind; what it sees is noted in `looked`."""
    body = len(seen.exchange.received.body)
    if check.scope is Scope.ANSWER:
        if answer is not None:
            size = (*seen.question.size, body) if seen.question else (0, 0, 0, body)
            _note(looked, lambda: check.run(answer), size, seen, counts=bool(answer.entries))
    elif check.scope is Scope.REPLY or (answer is None and seen.is_refusal):
        reply = Reply(exchange=seen.exchange, profile=profile, is_endpoint=seen.is_endpoint)
        _note(looked, lambda: check.run(reply), (0, 0, 0, body), seen)


def _note(looked: Looked, run: Callable[[], Iterable[Violation]], size: tuple[int, ...], seen: Seen | None, *, counts: bool = True) -> None:
    """Runs a check and keeps what it saw. An answer that lists nobody gives it nothing to look at, so that does not count."""
    try:
        for violation in _shown(run(), seen):
            looked.others.setdefault(violation.rule, {})[violation.received] = None
            before = looked.seen.get(violation.rule)
            if before is None or size < before.size:
                looked.seen[violation.rule] = Observation(size, violation, seen.question if seen else None)
    except NotApplicable as why:
        looked.why_not = str(why)
        return
    looked.times += counts


def _shown(violations: Iterable[Violation], seen: Seen | None) -> Iterator[Violation]:
    """The violations with the exchange that shows them, where they do not name their own."""
    for violation in violations:
        yield violation if seen is None else replace(violation, exchanges=(seen.exchange,), during=seen.during)
