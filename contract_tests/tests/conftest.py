"""Hypothesis settings of the kit's tests, as those of the emulator's: no test is timed, and CI tries more examples.

And one seed for the tests that judge the kit, drawn from the commit; `--all-seeds` runs all of them.
"""

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("default", max_examples=50, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", parent=settings.get_profile("default"), max_examples=10)
settings.register_profile("ci", parent=settings.get_profile("default"), max_examples=200)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "default"))

SEEDS = range(10)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Name the option of the slow tests."""
    parser.addoption("--all-seeds", action="store_true", help="judge the kit at every seed, not only at the one drawn from the commit")


@pytest.fixture(scope="session")
def seeds(pytestconfig: pytest.Config) -> tuple[int, ...]:
    """The seeds at which the kit is judged: all, or the one that the commit gives (0 outside a checkout)."""
    if pytestconfig.getoption("all_seeds", default=False):
        return tuple(SEEDS)
    asked = subprocess.run(["git", "rev-parse", "HEAD"], cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    return (int(asked.stdout.strip() or "0", 16) % len(SEEDS),)
