"""The kill matrix: which check catches which mutant, and whether correct servers come through clean.

Everything runs in this machine's memory, on a clock that nobody waits for.
"""

import gc
import os
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cache
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from leadsquared_slots.contract_tests.checks.registry import registry
from leadsquared_slots.contract_tests.run.results import Report, Verdict
from leadsquared_slots.contract_tests.run.runner import Options, run_checks
from leadsquared_slots.contract_tests.wire.target import ManualClock, Target, TargetRefusesKeys, TargetUnreachable
from leadsquared_slots.contract_tests.wire.wsgi import WsgiApp
from leadsquared_slots.mock_server import Profile
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED

from . import mutants
from .lawful import Lawful, every_answer, lawful
from .serving import mutated_app

if TYPE_CHECKING:
    from .schemathesis_alone import SchemathesisAlone

FIRST, LAST = date(2026, 3, 23), date(2026, 4, 5)
"""Two weeks with changes of clocks in both hemispheres."""
BEFORE_THE_CHECKS = "the run itself"
"""Stands for a check where the kit gave the server up before the first one: it did not answer, or refused good keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What became of a mutant. `kills` has the checks that failed, each with the rules that they found broken."""

    mutant: str
    wrong: str
    rules: tuple[str, ...]
    kills: tuple[tuple[str, tuple[str, ...]], ...]
    schemathesis: tuple[str, ...] | None

    @property
    def is_killed(self) -> bool:
        """Whether some check of ours noticed."""
        return bool(self.kills)

    @property
    def is_explained(self) -> bool:
        """Whether some check named a rule that the mutant is meant to break."""
        return any(rule in self.rules for _, found in self.kills for rule in found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clean:
    """What the kit said about a correct server: nothing, or `alarms`, each in one line."""

    server: str
    seed: int
    alarms: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """All rows, and all runs over correct servers."""

    rows: tuple[Row, ...]
    correct: tuple[Clean, ...]

    @property
    def survivors(self) -> tuple[str, ...]:
        """Mutants that no check of ours noticed."""
        return tuple(row.mutant for row in self.rows if not row.is_killed)

    @property
    def idle(self) -> tuple[str, ...]:
        """Checks that killed no mutant."""
        busy = {check for row in self.rows for check, _ in row.kills}
        return tuple(name for name in registry() if name not in busy and name not in _NEED_MORE_THAN_A_MUTANT)

    @property
    def alarms(self) -> tuple[Clean, ...]:
        """Correct servers that were called wrong."""
        return tuple(clean for clean in self.correct if clean.alarms)

    @property
    def holds(self) -> bool:
        """Whether every mutant was killed, every check killed one, and no correct server was called wrong."""
        return not (self.survivors or self.idle or self.alarms)

    def as_json(self) -> dict[str, Any]:
        """The matrix as JSON values."""
        return {
            "mutants": [
                {
                    "name": row.mutant,
                    "wrong": row.wrong,
                    "rules": list(row.rules),
                    "kills": {check: list(rules) for check, rules in row.kills},
                    "schemathesis": None if row.schemathesis is None else list(row.schemathesis),
                }
                for row in self.rows
            ],
            "correct": [{"server": run.server, "seed": run.seed, "alarms": list(run.alarms)} for run in self.correct],
            "survivors": list(self.survivors),
            "idleChecks": list(self.idle),
            "holds": self.holds,
        }


_PROVOKING = ("invalid-keys", "date-order", "unknown-path", "limit-of-calls")
_NEED_MORE_THAN_A_MUTANT: frozenset[str] = frozenset(
    {
        "calendar-of-the-scenario",  # a scenario that the caller names
        "different-questions-at-once",  # a server that answers several calls at a time
        # A server whose calendar nobody knows: here the oracle sees first what these betray. The servers of strangers show them.
        "breaks-stay-inside-slots",
        "busy-times-go-over-midnight",
        "busy-times-take-their-own-length",
        "breaks-lie-in-working-hours",
        "slots-reach-the-busy-times",
        "slots-are-no-pieces",
    }
)
"""Checks that need what a mutant run does not have."""


def run_matrix(
    seeds: Sequence[int] = (0,),
    *,
    names: Iterable[str] | None = None,
    schemathesis: Container[str] | None = None,
    own_rules: bool = False,
    servers: Iterable[str] | None = None,
    jobs: int | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Matrix:
    """Run the kit over every mutant, with the first seed, and over every correct server, with every seed.

    names         mutants to look at; None: all
    schemathesis  those of them that Schemathesis looks at too; None: all
    own_rules     only the checks that cite a rule which the mutant is meant to break; quicker, and tells less
    servers       correct servers to look at; None: those of `lawful`
    jobs          processes; None: one for each processor
    progress      told how many of how many servers are done
    """
    judged = list(mutants() if names is None else names)
    work: list[tuple[Any, ...]] = [(_row, name, seeds[0], schemathesis is None or name in schemathesis, own_rules) for name in judged]
    correct = [server.name for server in lawful()] if servers is None else list(servers)
    work += [(_clean, server, seed) for server in correct for seed in seeds]
    rows: list[Row] = []
    runs: list[Clean] = []
    for done, result in enumerate(_worked(work, jobs or os.cpu_count() or 1), 1):
        progress(done, len(work))
        if isinstance(result, Row):
            rows.append(result)
        else:
            runs.append(result)
    return Matrix(rows=tuple(rows), correct=tuple(runs))


def _worked(work: Sequence[tuple[Any, ...]], jobs: int) -> Iterator[Row | Clean]:
    if jobs == 1:
        yield from map(_do, work)
        return
    # Forking a process that has threads is not safe, so the others start afresh.
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_spare_the_modules) as pool:
        yield from pool.map(_do, work, chunksize=2)


def _spare_the_modules() -> None:
    """Keep the garbage collector from what was imported: to look at it again and again took a third of a run."""
    gc.collect()
    gc.freeze()


def _do(task: tuple[Any, ...]) -> Row | Clean:
    result: Row | Clean = task[0](*task[1:])
    return result


def _row(name: str, seed: int, schemathesis: bool, own_rules: bool) -> Row:
    mutant, clock = mutants()[name], ManualClock()
    profile = DOCUMENTED.with_answers(dict(mutant.judged))
    app = mutated_app(mutant, profile, seed=seed, clock=clock)
    try:
        report = judged(app, profile, seed=seed, clock=clock, only=_citing(mutant.rules) if own_rules else ())
        kills = tuple(_kills(report))
    except (TargetRefusesKeys, TargetUnreachable):
        kills = ((BEFORE_THE_CHECKS, mutant.rules),)
    alone = None
    if schemathesis:
        again = ManualClock()
        alone = _schemathesis().failures(mutated_app(mutant, profile, seed=seed, clock=again), again)
    return Row(mutant=name, wrong=mutant.wrong, rules=mutant.rules, kills=kills, schemathesis=alone)


def _citing(rules: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the checks that cite one of the rules, and of a few more that provoke the errors which some of those look at."""
    citing = (check.name for check in registry().values() if set(check.rules) & set(rules))
    return (*citing, *_PROVOKING)


def _kills(report: Report) -> Iterator[tuple[str, tuple[str, ...]]]:
    for check in report.checks:
        if check.verdict is Verdict.FAILED:
            yield check.name, tuple(dict.fromkeys(failure.rule for failure in check.failures))


def _clean(name: str, seed: int) -> Clean:
    server, clock = _correct()[name], ManualClock()
    report = judged(server.app(seed=seed, clock=clock), server.profile, seed=seed, clock=clock)
    alarms = tuple(f"{failure.check}: {failure.title} [{failure.rule}]: {failure.received}" for failure in report.failures)
    return Clean(server=name, seed=seed, alarms=alarms)


def judged(app: WsgiApp, profile: Profile, *, seed: int, clock: ManualClock, only: tuple[str, ...] = ()) -> Report:
    """The strictest report about a WSGI application: every check, every rule, bursts included; or `only` some of them."""
    options = Options(
        profile=profile,
        seed=seed,
        first=FIRST,
        last=LAST,
        budget=100_000,
        max_examples=3,
        allow_burst=True,
        strict=True,
        only=only,
    )
    return run_checks(Target.wsgi(app, clock=clock), options)


@cache
def _correct() -> dict[str, Lawful]:
    return {server.name: server for server in (*lawful(), *every_answer())}


@cache
def _schemathesis() -> "SchemathesisAlone":
    # Imported here because it costs a second, and most runs do not ask it.
    from .schemathesis_alone import SchemathesisAlone

    return SchemathesisAlone()
