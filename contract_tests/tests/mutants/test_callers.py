"""The callers: each wrong one is caught by what is meant for it, and no word is said against a correct one, under both profiles."""

import shutil
from pathlib import Path

import pytest
from leadsquared_slots.contract_tests.consumer.runner import Options, run_consumer
from leadsquared_slots.contract_tests.consumer.situations import situations
from leadsquared_slots.contract_tests.mutants.callers.registry import CORRECT, WRONG, Caller
from leadsquared_slots.contract_tests.mutants.callers.table import run_callers
from leadsquared_slots.mock_server.conduct import ADVICE, CONDUCT_RULES
from leadsquared_slots.mock_server.domain.profile import PROFILES

EXAMPLES = Path(__file__).parents[2] / "consumer" / "examples"
DRIVERS = {
    "python": ("python3", "driver.py"),
    "node": ("node", "driver.mjs"),
    "php": ("php", "driver.php"),
    "shell": ("bash", "driver.sh"),
}


def test_there_are_enough_wrong_callers_and_each_says_what_catches_it() -> None:
    """Ids are of situations and conduct rules; every situation but the ordinary ones is somebody's."""
    assert len(WRONG) >= 40
    assert len({caller.name for caller in WRONG}) == len(WRONG)
    known = {*situations(), *CONDUCT_RULES}
    assert [caller.name for caller in WRONG if not caller.only or set(caller.caught_by) - known] == []
    used = {place for caller in WRONG for place in caller.caught_by}
    assert set(CONDUCT_RULES) - used == ADVICE
    assert {each.command[-3:] for each in CORRECT} != set()


def test_the_drivers_to_copy_are_short() -> None:
    for folder, (_, driver) in DRIVERS.items():
        assert len((EXAMPLES / folder / driver).read_text("utf-8").splitlines()) < 40, folder


def caught(callers: tuple[Caller, ...], profile: str) -> list[str]:
    return [f"{row.caller.name}: {row.failed} {row.advice}" for row in run_callers(callers, [profile]) if not row.is_right]


@pytest.mark.whole
def test_a_few_wrong_callers_are_caught() -> None:
    """Those that take no time; the rest is among the slow tests."""
    quick = {"forgets-breaks", "midnight-is-the-start", "first-page-only", "retries-400", "text-plain"}
    assert caught(tuple(caller for caller in WRONG if caller.name in quick), "documented") == []


@pytest.mark.slow
@pytest.mark.callers
@pytest.mark.parametrize("profile", PROFILES)
def test_every_wrong_caller_is_caught(profile: str) -> None:
    assert caught(WRONG, profile) == []


@pytest.mark.slow
@pytest.mark.callers
@pytest.mark.parametrize("profile", PROFILES)
def test_no_word_is_said_against_a_correct_caller(profile: str) -> None:
    assert caught(CORRECT, profile) == []


@pytest.mark.slow
@pytest.mark.callers
@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("language", DRIVERS)
def test_the_clients_to_copy_survive(language: str, profile: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program, driver = DRIVERS[language]
    if shutil.which(program) is None:
        pytest.skip(f"{program} is missing; on Debian: apt install nodejs php-cli jq curl")
    monkeypatch.chdir(EXAMPLES / language)
    report = run_consumer(Options(command=(program, driver), profile=PROFILES[profile], jobs=8))
    assert [(result.situation.id, result.problem, result.broken, result.output) for result in report.failed] == []
    assert report.exit_code() == 0
