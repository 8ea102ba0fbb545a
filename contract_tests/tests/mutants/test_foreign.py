"""The kit is judged by what strangers wrote: it sees their mistakes as a user would, and leaves their correct servers alone."""

import os
import shutil
import tomllib
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from leadsquared_slots.mock_server.contract.documents import ledger

from ..support.foreign_servers import CORRECT, FOREIGN, TEAMS, Bug, bugs
from ..support.foreign_verdicts import Job, Verdict, table, verdicts

pytestmark = pytest.mark.slow
BUGS = [bug for team in TEAMS for bug in bugs(team)]
DATES = {"a leap day": "2028-02-29", "a year's end": "2026-12-31", "a change of clocks": "2026-10-25"}
SEEDS_OF_CORRECT_ONES = range(5)


@pytest.fixture(scope="module", autouse=True)
def programs() -> None:
    """Node.js and faketime are there; else the tests are skipped, and in CI they fail."""
    for program in ("node", "npm", "faketime"):
        if shutil.which(program) is None:
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(
                f"{program} is missing; on Debian and Ubuntu: apt install {program}"
            )


def known(kind: str) -> dict[str, str]:
    """What the kit is known to get wrong, each with why.

    Mistakes that it does not see are named "team/name", rules that it calls broken ("alarms") "team/rule".
    """
    table: dict[str, dict[str, str]] = tomllib.loads((FOREIGN / "shortcomings.toml").read_text(encoding="utf-8"))
    return table[kind]


def name_of(bug: Bug | Job) -> str:
    return f"{bug.team}/{bug.name}"


def judged(chosen: Sequence[Bug], seeds: Sequence[int], folder: Path, *, scenario: bool = False, burst: bool = False) -> list[Verdict]:
    """A verdict for each mistake at each seed, printed as a table."""
    jobs = [Job(team=bug.team, name=bug.name, seed=seed, scenario=scenario, burst=burst) for seed in seeds for bug in chosen]
    found = verdicts(jobs, folder)
    print(table(found, BUGS))  # noqa: T201
    return found


def alarms(verdict: Verdict) -> set[str]:
    """The rules that failed without being a known false alarm."""
    return {rule for rule in verdict.failed if f"{verdict.job.team}/{rule}" not in known("alarms")}


def missed(found: Sequence[Verdict]) -> set[str]:
    """The mistakes for which some run did not end with exit 1, or failed nothing but known false alarms."""
    return {name_of(verdict.job) for verdict in found if verdict.exit != 1 or not alarms(verdict)}


def test_what_is_listed_as_a_shortcoming_exists() -> None:
    """Every listed name is a mistake of some server, every listed alarm a rule of the ledger, and each has a reason."""
    names = {name_of(bug) for bug in BUGS}
    for kind in ("default", "scenario", "burst"):
        assert {name for name, why in known(kind).items() if name not in names or not why} == set()
    assert {name for name, why in known("alarms").items() if name.partition("/")[2] not in ledger() or not why} == set()


def test_mistakes_are_seen_by_a_user_who_names_addresses(seeds: tuple[int, ...], tmp_path: Path) -> None:
    """Without a scenario, at the default settings: exit 1 for all but the listed ones."""
    visible = [bug for bug in BUGS if not bug.needs and not bug.invisible]
    found = missed(judged(visible, seeds, tmp_path))
    print(f"{len(visible) - len(found)} of {len(visible)} mistakes seen")  # noqa: T201
    assert found - set(known("default")) == set()


def test_mistakes_are_seen_by_who_knows_the_calendar(seeds: tuple[int, ...], tmp_path: Path) -> None:
    """With --scenario: exit 1 for every mistake that needs it, and for those that were not seen without."""
    chosen = [bug for bug in BUGS if bug.needs == "scenario" or name_of(bug) in known("default")]
    assert missed(judged(chosen, seeds, tmp_path, scenario=True)) - set(known("scenario")) == set()


def test_mistakes_of_the_limit_are_seen_by_a_burst(seeds: tuple[int, ...], tmp_path: Path) -> None:
    """With --allow-burst: exit 1 for every mistake of the limit."""
    chosen = [bug for bug in BUGS if bug.needs == "burst"]
    assert missed(judged(chosen, seeds, tmp_path, burst=True)) - set(known("burst")) == set()


@pytest.mark.parametrize("day", DATES.values(), ids=DATES)
def test_correct_servers_are_left_alone_on_every_date(day: str, seeds: tuple[int, ...], tmp_path: Path) -> None:
    """No rule is called broken but the known false alarms, with and without the scenario, on a full and on an ordinary calendar.

    Kit and servers run on the date, and time goes on from there.
    """
    many = SEEDS_OF_CORRECT_ONES if len(seeds) > 1 else seeds
    jobs = [
        Job(team=team, name=CORRECT, seed=seed, scenario=scenario, calendar=calendar)
        for team in TEAMS
        for seed in many
        for scenario in (False, True)
        for calendar in ("everything", "team")
    ]
    shifted = ("env", "DONT_FAKE_MONOTONIC=1", "faketime", "-f", f"@{day} 09:00:00")
    found = verdicts(jobs, tmp_path, today=date.fromisoformat(day), before=shifted)
    assert {verdict.today for verdict in found} == {day}
    assert [verdict.says for verdict in found if verdict.exit not in (0, 1) or alarms(verdict)] == [], table(found, BUGS)


def test_correct_servers_keep_their_limit(seeds: tuple[int, ...], tmp_path: Path) -> None:
    """No rule is called broken with --allow-burst: a window that slides, one from the first call and one by the clock are all lawful."""
    found = verdicts([Job(team=team, name=CORRECT, seed=seeds[0], burst=True) for team in TEAMS], tmp_path)
    assert [verdict.says for verdict in found if verdict.exit not in (0, 1) or alarms(verdict)] == [], table(found, BUGS)
