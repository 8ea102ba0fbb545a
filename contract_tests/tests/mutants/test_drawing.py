"""What judges the kit is drawn from the commit: the same for the same commit, and in the end everything."""

import subprocess
from hashlib import sha1
from pathlib import Path

import pytest

from ..support.drawing import SEEDS, commit, drawn_seed, drawn_share

COMMITS = [sha1(str(number).encode(), usedforsecurity=False).hexdigest() for number in range(300)]
NAMES = [f"team/mistake-{number}" for number in range(60)]


def test_the_commit_is_the_one_that_is_checked_out() -> None:
    """In a checkout it is the name that git gives; elsewhere there is one all the same."""
    asked = subprocess.run(["git", "rev-parse", "HEAD"], cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    assert commit() == (asked.stdout.strip() if asked.returncode == 0 else "0")


def test_commits_draw_every_seed_about_as_often() -> None:
    """None is left out, and none is drawn by half of the commits."""
    drawn = [drawn_seed(each) for each in COMMITS]
    assert {seed: 10 <= drawn.count(seed) <= 60 for seed in SEEDS} == dict.fromkeys(SEEDS, True)
    assert [drawn_seed(each) for each in COMMITS] == drawn


@pytest.mark.parametrize("most", [0, 1, 7, 60, 100])
def test_a_share_has_as_many_as_asked_in_their_order(most: int) -> None:
    """All of them where there are not so many."""
    share = drawn_share(NAMES, most, COMMITS[0])
    assert len(share) == min(most, len(NAMES))
    assert share == [name for name in NAMES if name in share] == drawn_share(NAMES, most, COMMITS[0])


def test_commits_draw_other_shares_and_together_all() -> None:
    """Nothing is never drawn, and nothing always."""
    shares = [drawn_share(NAMES, 6, each) for each in COMMITS]
    times = [sum(name in share for share in shares) for name in NAMES]
    assert min(times) > 10
    assert max(times) < 60


def test_an_item_more_changes_at_most_one_of_those_drawn() -> None:
    """A mistake that is added or taken away leaves the others where they were."""
    for each in COMMITS[:20]:
        assert len(set(drawn_share(NAMES, 10, each)) - set(drawn_share([*NAMES, "one more"], 10, each))) <= 1


def test_the_option_and_the_commit_choose_the_seeds(pytestconfig: pytest.Config, seeds: tuple[int, ...], share: int | None) -> None:
    """One seed, that of the commit, or all of them; a share where one is asked for."""
    every = pytestconfig.getoption("all_seeds", default=False)
    assert seeds == (tuple(SEEDS) if every else (drawn_seed(commit()),))
    assert share == pytestconfig.getoption("share", default=None)
