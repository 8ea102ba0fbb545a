"""Hypothesis settings of the kit's tests, as those of the emulator's: no test is timed, and CI tries more examples.

And what judges the kit: one seed, drawn from the commit, or with `--all-seeds` every one; all mistakes of the strangers' servers, or
with `--share N` so many of them, drawn from the commit as well.
"""

import gc
import os

import pytest
from hypothesis import HealthCheck, settings

from .support.drawing import SEEDS, commit, drawn_seed

settings.register_profile("default", max_examples=25, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", parent=settings.get_profile("default"), max_examples=10)
settings.register_profile("ci", parent=settings.get_profile("default"), max_examples=100)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "default"))


def pytest_collection_finish() -> None:
    """Keep the garbage collector from all that was imported: to look at it again and again takes a fifth of the time of the tests."""
    gc.collect()
    gc.freeze()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Name the options of the slow tests."""
    parser.addoption("--all-seeds", action="store_true", help="judge the kit at every seed, not only at the one drawn from the commit")
    parser.addoption("--share", type=int, metavar="N", help="judge by N of the strangers' mistakes, drawn from the commit, not by all")


@pytest.fixture(scope="session")
def seeds(pytestconfig: pytest.Config) -> tuple[int, ...]:
    """The seeds at which the kit is judged: all, or the one that the commit gives."""
    return tuple(SEEDS) if pytestconfig.getoption("all_seeds", default=False) else (drawn_seed(commit()),)


@pytest.fixture(scope="session")
def share(pytestconfig: pytest.Config) -> int | None:
    """How many of the strangers' mistakes the kit is judged by; None: all."""
    asked: int | None = pytestconfig.getoption("share", default=None)
    return asked
