"""The state machine of the accounts, on two emulators that share a Redis: each call reaches the other one than the call before."""

from itertools import cycle
from typing import Any, ClassVar, cast

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import invariant, run_state_machine_as_test
from leadsquared_slots.mock_server import MockServer
from leadsquared_slots.mock_server.accounts.redis import scripts, shared_state
from leadsquared_slots.mock_server.accounts.redis import store as redis_store

from ..support.account_machine import Accounts
from ..support.redis_server import RedisServer
from ..support.talking import Admin

pytestmark = pytest.mark.whole


class Turning:
    """Servers that stand in for one: its port is that of each in turn."""

    def __init__(self, *servers: MockServer) -> None:
        self.servers = servers
        self.begin()

    def begin(self) -> None:
        """Makes the first server the next one: what fails fails again."""
        self._turn = cycle(self.servers)

    @property
    def port(self) -> int:
        return next(self._turn).port


class TurningAdmin(Admin):
    """The calls of the admin interface, each to the next server."""

    def __init__(self, servers: Turning, account: str | None = None) -> None:
        super().__init__(servers.port, account)
        self._servers = servers

    def of(self, account: str) -> Admin:
        return TurningAdmin(self._servers, account)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        self.port = self._servers.port
        return super().call(method, path, body, **headers)


class Replicas(Accounts):
    """The same accounts on both."""

    server: ClassVar[Any]

    def __init__(self) -> None:
        self.server.begin()
        super().__init__()
        self.admin = TurningAdmin(self.server)

    @invariant()
    def journals_hold_what_was_asked(self) -> None:
        """Each replica has its own: together they are the whole."""
        for tenant in self.tenants:
            journals = [Admin(server.port).of(tenant.keys["accessKey"]).get("/requests")["requests"] for server in self.server.servers]
            assert sorted(entry["status"] for journal in journals for entry in journal) == sorted(tenant.asked)


def drive(redis: RedisServer, **chosen: Any) -> None:
    url = redis.fresh_url()
    with MockServer(rate_limit=None, redis_url=url) as one, MockServer(rate_limit=None, redis_url=url) as other:
        Replicas.server = Turning(one, other)
        run_state_machine_as_test(cast(Any, Replicas), settings=settings(**chosen))


def test_the_oracle_agrees_after_every_step_whichever_replica_is_asked(redis: RedisServer) -> None:
    drive(redis, max_examples=15, stateful_step_count=20)


MISTAKES: dict[str, tuple[Any, str, Any]] = {
    "an account that moved is not noticed": (
        redis_store.RedisStore,
        "current",
        lambda self, script, account, *_: [0, 1] if script.script == scripts.ADMIT else [0, 0, 0],
    ),
    "what was changed is not saved": (redis_store.RedisStore, "keep", lambda *_: True),
    "changes of others are not taken up": (shared_state, "directory_of", lambda account, now, changes: account.directory),
    "counters of faults are forgotten": (redis_store, "take_up_counters", lambda account, counters: None),
    "counted calls are forgotten by changes of settings": (redis_store, "calls_of", lambda account: []),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_noticed(redis: RedisServer, mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above can fail, and for more than one reason."""
    monkeypatch.setattr(*MISTAKES[mistake])
    with pytest.raises((AssertionError, BaseExceptionGroup)):
        drive(redis, max_examples=300, stateful_step_count=20, phases=[Phase.generate], derandomize=True, database=None)
