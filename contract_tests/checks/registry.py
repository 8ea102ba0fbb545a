"""The register of checks: each is one small function that names the rules it looks at."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any, TypeVar

from leadsquared_slots.contract_tests.wire.exchange import Exchange
from leadsquared_slots.mock_server.contract.documents import ledger


class Scope(Enum):
    """What a check needs; also the order in which a run turns to them."""

    REPLY = "any reply"
    """`(Reply) -> violations`: looks at every reply of the endpoint."""
    ANSWER = "one answer"
    """`(Answer) -> violations`: looks at every answer, alone or with its question. Pure."""
    REFUSAL = "one refusal"
    """`(Reply) -> violations`: looks at every error."""
    TRAFFIC = "all answers together"
    """`(Traffic) -> violations`: compares everything that the run was answered. Sends nothing."""
    REQUESTS = "requests"
    """`(Session) -> violations`: sends requests of its own, the same in every run."""
    QUESTIONS = "several questions"
    """`(Session, Question, int) -> violations`: compares answers; Hypothesis draws the question, and a number to vary it."""
    CALENDAR = "a known calendar"
    """`(Session) -> violations`: compares answers with the oracle's."""
    BURST = "the limit"
    """`(Session) -> violations`: exhausts the rate limit; needs permission."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A rule that does not hold, as a check sees it; the runner makes a ContractFailure of it.

    documented  what the rule asks for here; empty: the rule's statement
    fits        the question of the profile and its answer under which the target would be right; None where there is none
    severe      whether any caller would call this broken, whatever the severity of the rule
    also        other differences of the same rule, in a line each; `more` is how many are left out there
    exchanges   the calls that show it
    during      another check, whose calls have to be sent for it to be seen; empty where there is none
    """

    rule: str
    title: str
    received: str
    documented: str = ""
    fits: tuple[str, str | int] | None = None
    severe: bool = False
    also: tuple[str, ...] = ()
    more: int = 0
    exchanges: tuple[Exchange, ...] = ()
    during: str = ""


Violations = Iterable[Violation]
MOST_ALSO = 5
"""Further differences that a failure quotes."""


class NotApplicable(Exception):
    """A check cannot look at its rules on this target or under this profile; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check. `calls` estimates the API calls of one execution."""

    name: str
    title: str
    scope: Scope
    rules: tuple[str, ...]
    run: Callable[..., Violations]
    calls: int


Function = TypeVar("Function", bound=Callable[..., Any])
_checks: dict[str, Check] = {}


def registry() -> Mapping[str, Check]:
    """Every check by name, in the order in which a run turns to them."""
    from . import load

    load()
    scopes = list(Scope)
    ordered = sorted(_checks.values(), key=lambda check: scopes.index(check.scope))
    return MappingProxyType({check.name: check for check in ordered})


def check(scope: Scope, *rules: str, calls: int = 0) -> Callable[[Function], Function]:
    """Registers a function under its name written with dashes; the first line of its docstring is the title."""

    def register(function: Function) -> Function:
        name = function.__name__.replace("_", "-")
        unknown = [rule for rule in rules if rule not in ledger()]
        if unknown or not rules or name in _checks:
            raise ValueError(f"check {name!r} cites {unknown or 'no rule'}, or stands twice")
        title = (function.__doc__ or "").strip().splitlines()[0]
        _checks[name] = Check(name=name, title=title, scope=scope, rules=rules, run=function, calls=calls)
        return function

    return register
