"""The kit is judged: it kills every mutant, every check kills one, and correct servers come through clean."""

import io
import json
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from leadsquared_slots.contract_tests.checks.registry import Scope, registry
from leadsquared_slots.contract_tests.mutants import Mutant, matrix_view, mutants
from leadsquared_slots.contract_tests.mutants.lawful import every_answer, lawful
from leadsquared_slots.contract_tests.mutants.matrix import Clean, Matrix, Row, run_matrix
from leadsquared_slots.contract_tests.mutants.matrix_view import show_matrix, sum_of
from leadsquared_slots.contract_tests.mutants.schemathesis_alone import SchemathesisAlone
from leadsquared_slots.contract_tests.mutants.serving import correct_app, mutated_app
from leadsquared_slots.contract_tests.wire.target import ManualClock
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED
from rich.console import Console

pytestmark = pytest.mark.whole


def needs_calendars(mutant: Mutant) -> bool:
    """Whether some check of its rules compares with known calendars, which takes seconds."""
    return any(check.scope is Scope.CALENDAR and set(check.rules) & set(mutant.rules) for check in registry().values())


QUICK = [mutant.name for mutant in mutants().values() if not needs_calendars(mutant)]
OTHERS = [mutant.name for mutant in mutants().values() if needs_calendars(mutant)]


@pytest.mark.parametrize("part", [0, *(pytest.param(part, marks=pytest.mark.breadth) for part in (1, 2, 3))])
def test_quick_mutants_are_killed_by_the_checks_of_their_own_rules(part: int) -> None:
    """Every mutant whose rules need no known calendar dies by a check that cites what it breaks; here a quarter of them, in CI all."""
    matrix = run_matrix((0,), names=QUICK[part::4], schemathesis=(), own_rules=True, servers=(), jobs=1)
    assert matrix.survivors == ()


@pytest.mark.breadth
@pytest.mark.parametrize("name", OTHERS[:: len(OTHERS) // 5])
def test_a_sample_of_the_others_is_killed(name: str) -> None:
    """Some of those that need a known calendar; the slow test has them all."""
    (row,) = run_matrix((0,), names=[name], schemathesis=(), own_rules=True, servers=(), jobs=1).rows
    assert row.is_killed


@pytest.mark.parametrize(
    "server", [pytest.param(each.name, marks=[pytest.mark.breadth] * (number < 3)) for number, each in enumerate(lawful()[:4])]
)
def test_correct_servers_are_clean(server: str) -> None:
    """An odd but lawful profile, in CI another and both shipped ones too, by every check, strictly; the slow test has many seeds."""
    (run,) = run_matrix((1,), names=(), servers=[server], jobs=1).correct
    assert run.alarms == ()


def test_schemathesis_alone_sees_shapes_and_no_meaning() -> None:
    """It finds nothing in the emulator, finds a missing member, and misses a wrong order and a wrong limit."""
    alone = SchemathesisAlone(seed=1, examples=15)

    def found(name: str) -> tuple[str, ...]:
        clock = ManualClock()
        return alone.failures(mutated_app(mutants()[name], DOCUMENTED, seed=0, clock=clock), clock)

    clock = ManualClock()
    assert alone.failures(correct_app(DOCUMENTED, seed=0, clock=clock), clock) == ()
    assert found("member-missing") == ("JsonSchemaError",)
    assert found("dates-descend") == found("limit-26") == found("busy-is-free") == ()


def a_row(*kills: tuple[str, tuple[str, ...]], schemathesis: tuple[str, ...] | None = ()) -> Row:
    """A row of a mutant that breaks slots.sorted."""
    return Row(mutant="m", wrong="it is wrong", rules=("slots.sorted",), kills=kills, schemathesis=schemathesis)


EVERY_CHECK = tuple((name, check.rules) for name, check in registry().items())


@pytest.mark.parametrize(
    ("matrix", "told"),
    [
        (Matrix(rows=(a_row(),), correct=()), "Not killed: m"),
        (Matrix(rows=(a_row(EVERY_CHECK[0]),), correct=()), "Checks that kill nothing: "),
        (
            Matrix(rows=(a_row(*EVERY_CHECK),), correct=(Clean(server="odd", seed=3, alarms=("c: t [r]: x",)),)),
            "False alarm about the correct server 'odd', seed 3:",
        ),
    ],
    ids=["survivor", "idle check", "false alarm"],
)
def test_what_is_not_as_it_should_be_is_said(matrix: Matrix, told: str) -> None:
    """A survivor, an idle check and a false alarm each make the matrix fail, and stand below it by name."""
    stream = io.StringIO()
    show_matrix(matrix, Console(file=stream, width=400))
    assert told in stream.getvalue()
    assert not matrix.holds
    assert matrix.as_json()["holds"] is False


def test_a_good_matrix_holds() -> None:
    """All killed, all checks busy, no alarm; the JSON form has the same facts."""
    kill = ("slots-ascend", ("slots.sorted",))
    row = a_row(kill, *EVERY_CHECK, schemathesis=("JsonSchemaError",))
    matrix = Matrix(rows=(row,), correct=(Clean(server="odd", seed=3, alarms=()),))
    assert matrix.holds
    assert row.is_explained
    document = json.loads(json.dumps(matrix.as_json()))
    assert document["mutants"][0]["kills"]["slots-ascend"]
    assert sum_of(matrix) == "1 of 1 mutants killed (1 of 1 by Schemathesis alone); 0 false alarms in 1 runs over correct servers"


def test_a_log_shows_how_far_the_matrix_is_and_how_long_it_takes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where no terminal shows a bar: a line for each tenth, on standard error, with the time that is left by what was spent."""

    def quick(seeds: object, *, progress: Callable[[int, int], None]) -> Matrix:
        for done in range(1, 41):
            seconds[0] += 0.5
            progress(done, 40)
        return Matrix(rows=(), correct=())

    seconds = [0.0]
    monkeypatch.setattr(matrix_view, "run_matrix", quick)
    monkeypatch.setattr(matrix_view, "time", SimpleNamespace(monotonic=lambda: seconds[0]))
    matrix_view.print_matrix(as_json=True)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 10
    assert lines[0] == "4 of 40 servers in 2 s, about 18 s left"
    assert lines[-1] == "40 of 40 servers in 20 s, about 0 s left"


@pytest.mark.slow
@pytest.mark.mutants
def test_every_mutant_is_killed_and_every_check_kills_one(seeds: tuple[int, ...]) -> None:
    """The whole kill matrix; with Schemathesis alone beside it, for the tenth of the mutants that a seed draws."""
    beside = {name for seed in seeds for name in [*mutants()][seed::10]}
    matrix = run_matrix((0,), servers=(), schemathesis=beside)
    assert matrix.survivors == ()
    assert matrix.idle == ()
    alone = sum(bool(row.schemathesis) for row in matrix.rows)
    assert 0 < alone < len(beside) / 2, "a generic tool sees the shapes, and most of the contract is meaning"


@pytest.mark.slow
def test_every_mutant_is_killed_whatever_the_seed(seeds: tuple[int, ...]) -> None:
    """At the seed of the commit, or at all: a verdict does not depend on it."""
    assert {seed: run_matrix((seed,), servers=(), schemathesis=()).survivors for seed in seeds} == dict.fromkeys(seeds, ())


@pytest.mark.slow
@pytest.mark.mutants
@pytest.mark.parametrize(
    ("servers", "seeds"),
    [
        (["documented", "observed"], range(20)),
        ([server.name for server in lawful()[2:]], range(20, 22)),
        ([server.name for server in every_answer()], range(1)),
    ],
    ids=["shipped profiles, 20 seeds", "odd profiles and variants", "every other answer"],
)
def test_no_correct_server_is_called_wrong(servers: list[str], seeds: range) -> None:
    """The kit calls no correct server wrong."""
    matrix = run_matrix(seeds, names=(), servers=servers)
    assert len(matrix.correct) == len(servers) * len(seeds)
    assert matrix.alarms == ()
