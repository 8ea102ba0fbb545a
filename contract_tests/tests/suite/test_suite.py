"""The shipped suite passes against the emulator, and fails against a server that breaks a rule, by the rule's name."""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from leadsquared_slots.contract_tests.mutants import mutants
from leadsquared_slots.contract_tests.mutants.serving import mutated_app
from leadsquared_slots.contract_tests.wire.target import ManualClock
from leadsquared_slots.mock_server.contract.documents import ledger
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED

from ..support.serving import on_a_socket

pytestmark = [pytest.mark.whole, pytest.mark.wheel]

pytest_plugins = ["pytester"]

SUITE = ("--pyargs", "leadsquared_slots.contract_tests.suite", "-p", "no:cacheprovider", "-p", "no:faker")
# In this process the modules are there already, which pytest would remark on.
HERE = (*SUITE, "--import-mode=importlib", "-W", "ignore::pytest.PytestAssertRewriteWarning")
# Before any test: pytester takes away modules that are imported while a test runs.
MUTANTS = mutants()


@pytest.fixture(scope="module", autouse=True)
def _imported() -> None:
    """Import what the suite needs, before pytester looks at what is there; not above, as it takes a second of every run of the tests."""
    importlib.import_module("schemathesis.pytest.plugin")


@contextmanager
def served_mutant(name: str) -> Iterator[str]:
    """A mutant on a socket; its URL."""
    with on_a_socket(mutated_app(MUTANTS[name], DOCUMENTED, seed=0, clock=ManualClock())) as url:
        yield url


@pytest.mark.breadth
def test_the_suite_passes_against_an_emulator_of_its_own(pytester: pytest.Pytester) -> None:
    """Without a URL an emulator is started; every rule that can be seen is looked at, bursts included, in seconds."""
    result = pytester.runpytest_subprocess(*SUITE, "-rs")
    outcomes = result.parseoutcomes()
    assert set(outcomes) <= {"passed", "skipped"}
    visible = sum(rule.inside is None for rule in ledger().values())
    assert outcomes["passed"] == visible + 1, "each rule, and Schemathesis"


def test_rules_are_chosen_by_name(pytester: pytest.Pytester) -> None:
    """With -k only those rules are looked at, on an emulator of its own too."""
    result = pytester.runpytest_inprocess(*HERE, "-k", "auth or limit.exceeded")
    outcomes = result.parseoutcomes()
    chosen = [rule for rule in ledger().values() if rule.inside is None and ("auth" in rule.id or rule.id == "limit.exceeded")]
    assert outcomes["passed"] == len(chosen)


@pytest.mark.breadth
def test_the_suite_passes_under_another_profile(pytester: pytest.Pytester) -> None:
    """--lsq-profile makes the emulator answer so, and be judged so; the OpenAPI document, which is of `documented`, is skipped."""
    result = pytester.runpytest_inprocess(*HERE, "--lsq-profile", "observed", "-k", "error or request")
    outcomes = result.parseoutcomes()
    assert set(outcomes) <= {"passed", "skipped", "deselected"}
    assert outcomes["passed"] > 20, "rules of errors and of requests"


def test_a_broken_server_fails_by_the_name_of_the_rule(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """The failure shows the rule, received against documented, and a curl line without keys."""
    monkeypatch.setenv("LSQ_CONTRACT_RATE", "1000/5s")
    with served_mutant("one-day-more") as url:
        result = pytester.runpytest_inprocess(*HERE, "--lsq-url", url, "-k", "dates-inside or users-asked")
    result.assert_outcomes(passed=1, failed=1, deselected=result.parseoutcomes()["deselected"])
    result.stdout.fnmatch_lines(["*test_rule?answer.dates-inside?*", "*Received:*", "*Documented:*", "*curl *LSQ_ACCESS_KEY*"])


def test_a_finding_is_an_expected_failure(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that is neither documented nor severe breaks nothing at another server, unless LSQ_CONTRACT_STRICT says so."""
    monkeypatch.setenv("LSQ_CONTRACT_RATE", "1000/5s")
    for strict, outcome in (("", "xfailed"), ("1", "failed")):
        monkeypatch.setenv("LSQ_CONTRACT_STRICT", strict)
        # A server of its own: two runs are more calls than its limit allows, and its clock stands still.
        with served_mutant("rate-headers") as url:
            result = pytester.runpytest_inprocess(*HERE, "--lsq-url", url, "-k", "limit.no-headers")
        assert result.parseoutcomes()[outcome] == 1


def test_what_was_not_looked_at_is_skipped_and_says_so(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without permission the limit is not exhausted on somebody's server: not run, which is not passed."""
    monkeypatch.setenv("LSQ_CONTRACT_RATE", "1000/5s")
    with served_mutant("dates-descend") as url:
        result = pytester.runpytest_inprocess(*HERE, "--lsq-url", url, "-k", "limit.exceeded", "-rs")
    assert result.parseoutcomes()["skipped"] == 1
    result.stdout.fnmatch_lines(["*not run: *allow-burst*"])
