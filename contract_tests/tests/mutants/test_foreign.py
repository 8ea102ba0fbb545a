"""The kit is judged by what strangers wrote: it sees their mistakes as a user would, and leaves their correct servers alone.

All mistakes at the seed of the commit; `--all-seeds` takes every seed, `--share N` only N mistakes, drawn from the commit.
"""

import os
import shutil
import subprocess
import tomllib
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from leadsquared_slots.mock_server.contract.documents import ledger

from ..support.drawing import commit, drawn_share
from ..support.foreign_servers import CORRECT, FOREIGN, TEAMS, Bug, bugs, variants
from ..support.foreign_verdicts import Job, Verdict, table, verdicts
from ..support.twins import compared

pytestmark = pytest.mark.slow
BUGS = [bug for team in TEAMS for bug in bugs(team)]
INVISIBLE = [bug for bug in BUGS if bug.invisible]
AT_ONCE = [bug for bug in BUGS if not bug.needs and not bug.invisible]
BY_CALENDAR = [bug for bug in BUGS if bug.needs != "burst" and not bug.invisible]
MILD = {f"{bug.team}/{bug.name}": bug.finding for bug in BUGS if bug.finding}
BY_BURST = [bug for bug in BUGS if bug.needs == "burst" and not bug.invisible]
MOST_MISSED = 0.05
MOMENTS = {
    "a leap day": "2028-02-29 09:00:00",
    "a year's end": "2026-12-31 23:50:00",
    "clocks go forward in America": "2026-03-08 06:30:00",
    "clocks go forward in Europe": "2026-03-29 00:30:00",
    "clocks go back in Europe": "2026-10-25 00:30:00",
    "clocks go back in America": "2026-11-01 05:30:00",
}
"""When the correct servers and the kit run, in UTC: each change of clocks comes half an hour later."""
SEEDS_OF_CORRECT_ONES = range(5)
PROGRAMS = {
    "node --version": "nodejs",
    "npm --version": "npm",
    "php --version": "php-cli",
    "faketime --version": "faketime",
    "ruby -r webrick -r tzinfo -r tomlrb -e 0": "ruby ruby-webrick ruby-tzinfo ruby-tomlrb",
}


@pytest.fixture(scope="module", autouse=True)
def programs() -> None:
    """Node.js, PHP, Ruby and faketime are there; else the tests are skipped, and in CI they fail."""
    for trial, packages in PROGRAMS.items():
        program, *words = trial.split()
        if shutil.which(program) is None or subprocess.run([program, *words], capture_output=True, check=False).returncode:
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(
                f"`{trial}` does not run; on Debian and Ubuntu: apt install {packages}"
            )


@cache
def known(kind: str) -> dict[str, str]:
    """What the kit is known to get wrong, each with why.

    Mistakes that it does not see are named "team/name", rules that it calls broken ("alarms") "team/rule".
    """
    table: dict[str, dict[str, str]] = tomllib.loads((FOREIGN / "shortcomings.toml").read_text(encoding="utf-8"))
    return table[kind]


def name_of(bug: Bug | Job) -> str:
    return f"{bug.team}/{bug.name}"


def drawn(chosen: Sequence[Bug], share: int | None, part: int) -> Sequence[Bug]:
    """All, or of a share one `part`th."""
    return chosen if share is None else drawn_share(chosen, -(-share // part), commit(), name=name_of)


def judged(chosen: Sequence[Bug], seeds: Sequence[int], folder: Path, *, scenario: bool = False, burst: bool = False) -> list[Verdict]:
    """A verdict for each mistake at each seed, printed as a table."""
    jobs = [Job(team=bug.team, name=bug.name, seed=seed, scenario=scenario, burst=burst) for seed in seeds for bug in chosen]
    found = verdicts(jobs, folder)
    print(table(found, BUGS))  # noqa: T201
    return found


def alarms(verdict: Verdict) -> set[str]:
    """The rules that failed without being a known false alarm."""
    return {rule for rule in verdict.failed if f"{verdict.job.team}/{rule}" not in known("alarms")}


def is_seen(verdict: Verdict) -> bool:
    """Whether the run ended with exit 1, for another reason than a known false alarm; of a mild mistake, whether it is told."""
    return (verdict.exit == 1 and bool(alarms(verdict))) or MILD.get(name_of(verdict.job)) in (*verdict.failed, *verdict.findings)


def settled(found: Sequence[Verdict], kind: str, total: int) -> None:
    """Every mistake is seen or listed as not seen, and has the same verdict at every seed."""
    by_name: defaultdict[str, set[bool]] = defaultdict(set)
    for verdict in found:
        by_name[name_of(verdict.job)].add(is_seen(verdict))
    missed = {name for name, seen in by_name.items() if seen != {True}}
    seeds = sorted({verdict.job.seed for verdict in found})
    print(f"{kind}: {len(by_name) - len(missed)} seen of {len(by_name)} drawn from {total} mistakes, seeds {seeds}")  # noqa: T201
    assert by_name
    assert missed - set(known(kind)) == set(), "not seen"
    assert {name for name, seen in by_name.items() if len(seen) > 1} == set(), "seen at some seeds only"


def test_what_is_listed_as_a_shortcoming_exists() -> None:
    """Every listed name is a mistake of some server, every listed alarm a rule of the ledger, and each has a reason."""
    names = {name_of(bug) for bug in BUGS}
    assert set(MILD.values()) - set(ledger()) == set()
    for kind in ("default", "scenario", "burst"):
        assert {name for name, why in known(kind).items() if name not in names or not why} == set()
    assert {name for name, why in known("alarms").items() if name.partition("/")[2] not in ledger() or not why} == set()


def test_hardly_any_mistake_is_missed() -> None:
    """At most one in twenty is listed as not seen, at the default settings (mild ones counted) and with the scenario."""
    assert len(known("default")) + len(MILD) <= MOST_MISSED * len(AT_ONCE)
    assert len(known("scenario")) <= MOST_MISSED * len(BY_CALENDAR)


def test_mistakes_are_seen_by_a_user_who_names_addresses(seeds: tuple[int, ...], share: int | None, tmp_path: Path) -> None:
    """Without a scenario, at the default settings: exit 1 for all but the listed ones, whatever the seed."""
    settled(judged(drawn(AT_ONCE, share, 1), seeds, tmp_path), "default", len(AT_ONCE))


def test_mistakes_are_seen_by_who_knows_the_calendar(seeds: tuple[int, ...], share: int | None, tmp_path: Path) -> None:
    """With --scenario: exit 1 for every mistake, whatever the seed; of a share, a third, of those that need it or were not seen without."""
    by_calendar = [bug for bug in BY_CALENDAR if bug.needs == "scenario" or name_of(bug) in known("default")] if share else BY_CALENDAR
    settled(judged(drawn(by_calendar, share, 3), seeds, tmp_path, scenario=True), "scenario", len(BY_CALENDAR))


def test_mistakes_of_the_limit_are_seen_by_a_burst(seeds: tuple[int, ...], share: int | None, tmp_path: Path) -> None:
    """With --allow-burst: exit 1 for every mistake of the limit, whatever the seed; of a share, for a sixth."""
    settled(judged(drawn(BY_BURST, share, 6), seeds, tmp_path, burst=True), "burst", len(BY_BURST))


def correct_ones(teams: Sequence[str], moment: str, seeds: Sequence[int], share: int | None) -> list[Job]:
    """Each server with and without the scenario, with a full and an ordinary calendar; of a share, one of the four."""
    many = SEEDS_OF_CORRECT_ONES if len(seeds) > 1 else seeds
    ways = list(product((False, True), ("everything", "team")))
    return [
        Job(team=team, name=CORRECT, seed=seed, scenario=scenario, calendar=calendar)
        for team in teams
        for seed in many
        for scenario, calendar in (ways if share is None else drawn_share(ways, 1, f"{commit()} {team} {moment}"))
    ]


def test_correct_servers_are_left_alone(seeds: tuple[int, ...], share: int | None, tmp_path: Path) -> None:
    """No rule is called broken but the known false alarms, with and without the scenario, on a full and on an ordinary calendar."""
    left_alone(verdicts(correct_ones(TEAMS, "today", seeds, share), tmp_path))


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_correct_servers_are_left_alone_on_every_date(moment: str, seeds: tuple[int, ...], share: int | None, tmp_path: Path) -> None:
    """Nor where kit and servers run on an odd date, from which time goes on. Of a share, one server at each moment."""
    teams = TEAMS if share is None else drawn_share(TEAMS, 1, f"{commit()} {moment}")
    day = date.fromisoformat(moment[:10])
    # With its "fix" faketime spins wherever a thread waits for another, which takes twenty times as long.
    shifted = ("env", "TZ=UTC", "DONT_FAKE_MONOTONIC=1", "FAKETIME_FORCE_MONOTONIC_FIX=0", "faketime", "-f", f"@{moment}")
    found = verdicts(correct_ones(teams, moment, seeds, share), tmp_path, today=day, before=shifted)
    assert {verdict.today for verdict in found} <= {str(day), str(day + timedelta(days=1))}
    left_alone(found)


def test_correct_servers_keep_their_limit(seeds: tuple[int, ...], share: int | None, tmp_path: Path) -> None:
    """No rule is called broken with --allow-burst: a window that slides, one from the first call and one by the clock are all lawful."""
    teams = drawn_share(TEAMS, len(TEAMS) if share is None else 1, commit())
    left_alone(verdicts([Job(team=team, name=CORRECT, seed=seeds[0], burst=True) for team in teams], tmp_path))


@pytest.mark.parametrize("scenario", [False, True], ids=["without", "with a scenario"])
def test_lawful_variants_are_left_alone(scenario: bool, seeds: tuple[int, ...], share: int | None, tmp_path: Path) -> None:
    """What a server may do otherwise breaks no rule, or none under the profile that has it; of a share, for a sixth."""
    lawful = [variant for team in TEAMS for variant in variants(team) if variant.needs != "burst" or not scenario]
    chosen = lawful if share is None else drawn_share(lawful, -(-share // 6), f"{commit()} {scenario}", name=lambda variant: variant.name)
    jobs = [
        Job(
            team=variant.team, name=variant.name, seed=seed, scenario=scenario, burst=variant.needs == "burst", profile=variant.profile
        )
        for seed in seeds
        for variant in chosen
    ]  # fmt: skip
    left_alone(verdicts(jobs, tmp_path))


def left_alone(found: Sequence[Verdict]) -> None:
    """Correct servers end with exit 0, or with known alarms; and not with what tells a mild mistake of their team."""
    assert found
    assert [verdict.says for verdict in found if verdict.exit not in (0, 1) or alarms(verdict)] == [], table(found, BUGS)
    mild = {(bug.team, bug.finding) for bug in BUGS if bug.finding}
    correct = [verdict for verdict in found if verdict.job.name == CORRECT]
    assert [name_of(verdict.job) for verdict in correct if any((verdict.job.team, rule) in mild for rule in verdict.findings)] == []


@pytest.mark.parametrize("scenario", [False, True], ids=["without", "with a scenario"])
def test_an_invisible_mistake_changes_no_answer_of_a_run(scenario: bool, seeds: tuple[int, ...], tmp_path: Path) -> None:
    """The server with it and the correct one answer all calls of a run byte for byte alike; bugs.toml says why no other call parts them."""
    for bug, seed in product(INVISIBLE, seeds):
        calls, differences = compared(bug.team, bug.name, tmp_path, scenario=scenario, seed=seed)
        assert (bug.name, calls > 100, differences) == (bug.name, True, [])


def test_what_shows_in_a_run_is_not_invisible(seeds: tuple[int, ...], tmp_path: Path) -> None:
    """The comparison sees a mistake in the answers, and none between two correct servers."""
    calls, differences = compared("stdlib", "any-method", tmp_path, scenario=False, seed=seeds[0])
    assert calls > 100
    assert differences
    assert compared("stdlib", CORRECT, tmp_path, scenario=False, seed=seeds[0])[1] == []
