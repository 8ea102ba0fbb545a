"""Hypothesis settings of the emulator's tests: CI tries more examples, and every failure prints how to repeat it. And both stores."""

import gc
import os
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, settings

from .support.redis_server import RedisServer, running_redis

settings.register_profile("default", max_examples=25, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", parent=settings.get_profile("default"), max_examples=10)
settings.register_profile("ci", parent=settings.get_profile("default"), max_examples=100)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "default"))


def pytest_collection_finish() -> None:
    """Keep the garbage collector from all that was imported: to look at it again and again takes a fifth of the time of the tests."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def redis() -> Iterator[RedisServer]:
    """One Redis for all tests; each takes a database of its own."""
    with running_redis() as server:
        yield server


@pytest.fixture(scope="module", params=["embedded", "redis"])
def either_store(request: pytest.FixtureRequest) -> Callable[[], dict[str, str]]:
    """Settings of an emulator that keeps its state in itself; and in a second run, of one that keeps it in Redis."""
    if request.param == "embedded":
        return dict
    server: RedisServer = request.getfixturevalue("redis")
    return lambda: {"redis_url": server.fresh_url()}
