"""Several emulators on one Redis are one, and each store does what the other does."""

import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import chain, cycle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from leadsquared_slots.mock_server import MockServer, RateLimit, create_app
from leadsquared_slots.mock_server.accounts.settings import Settings
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED, Counting, Profile, Window
from leadsquared_slots.mock_server.exchanges.message import Reply, split_credentials
from leadsquared_slots.mock_server.service import ENDPOINT, Emulator
from leadsquared_slots.mock_server.serving.flask_app import app_of
from redis import Redis

from ..support.asking import JSON, KEYS
from ..support.command import run
from ..support.fault_entries import entries
from ..support.redis_server import RedisServer, running_redis
from ..support.talking import wait_until

pytestmark = pytest.mark.whole

BODY = b'{"FromDate":"2026-03-02","ToDate":"2026-03-03","Users":["free@example.com"]}'
TASK = {"user": "free@example.com", "start": "2026-03-02T06:00:00Z", "end": "2026-03-02T06:30:00Z"}
NOW = 1_772_409_600.0


def ask(emulator: Emulator, query: str = KEYS, body: bytes = BODY) -> Reply:
    return emulator.answer(*split_credentials("POST", ENDPOINT, query, JSON, body))[0]


class Replica:
    """An emulator, with its admin interface."""

    def __init__(self, settings: Settings, clock: Callable[[], float] | None = None) -> None:
        self.emulator = Emulator(settings) if clock is None else Emulator(settings, clock)
        self._client = app_of(self.emulator).test_client()

    def ask(self, query: str = KEYS, body: bytes = BODY) -> Reply:
        return ask(self.emulator, query, body)

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        answer = self._client.open(f"/__admin{path}", method=method, json=body if method == "GET" else body or {})
        return answer.status_code, answer.get_json()

    def do(self, method: str, path: str, body: Any = None) -> Any:
        status, answer = self.call(method, path, body)
        assert status in (200, 201), answer
        return answer


@contextmanager
def replicas(redis: RedisServer, number: int = 3, **fields: Any) -> Iterator[list[Replica]]:
    """Emulators on one database."""
    chosen = Settings(redis_url=redis.fresh_url(), **fields)
    found = [Replica(chosen) for _ in range(number)]
    yield found
    for replica in found:
        replica.emulator.store.close()


def keys_of(answer: dict[str, str]) -> str:
    return f"accessKey={answer['accessKey']}&secretKey={answer['secretKey']}".replace("$", "%24")


@pytest.mark.parametrize("now", [None, NOW])
def test_as_many_calls_pass_as_the_limit_says_whichever_replica_they_reach(redis: RedisServer, now: float | None) -> None:
    with replicas(redis, now=now, rate_limit=RateLimit(25, 60)) as found:
        assert [replica.ask().status for replica, _ in zip(cycle(found), range(30), strict=False)] == [200] * 25 + [429] * 5


def test_calls_at_the_same_time_never_pass_more_often_than_the_limit_says(redis: RedisServer) -> None:
    with replicas(redis, number=6, rate_limit=RateLimit(40, 600)) as found, ThreadPoolExecutor(len(found)) as pool:
        statuses = list(pool.map(lambda replica: [replica.ask().status for _ in range(15)], found))
    assert sum(passed.count(200) for passed in statuses) == 40


def test_a_task_that_is_added_through_one_is_seen_through_all(redis: RedisServer) -> None:
    with replicas(redis) as found:
        before = {replica.ask().body for replica in found}
        task_id = found[0].do("POST", "/tasks", TASK)["id"]
        after = {replica.ask().body for replica in found}
        assert len(before) == len(after) == 1
        assert before != after
        assert b"2026-03-02 06:30:00" in after.pop()
        found[1].do("DELETE", f"/tasks/{task_id}")
        assert {replica.ask().body for replica in found} == before


def test_changes_at_the_same_time_are_all_kept(redis: RedisServer) -> None:
    with replicas(redis, number=4) as found, ThreadPoolExecutor(len(found)) as pool:
        ids = list(pool.map(lambda replica: [replica.do("POST", "/tasks", TASK)["id"] for _ in range(8)], found))
        shown = found[0].do("GET", f"/users/{TASK['user']}?from=2026-03-02&to=2026-03-02")["tasks"]
    assert sorted(task["id"] for task in shown) == sorted(chain.from_iterable(ids))


def test_a_fault_strikes_as_often_in_all_as_it_says(redis: RedisServer) -> None:
    with replicas(redis) as found:
        found[0].do("POST", "/faults", {"kind": "status", "status": 500, "times": 2, "after": 1})
        assert [replica.ask().status for replica, _ in zip(cycle(found), range(6), strict=False)] == [200, 500, 500, 200, 200, 200]
        (fault,) = found[2].do("GET", "/faults")["faults"]
        assert (fault["seen"], fault["struck"]) == (3, 2)
        found[1].do("DELETE", "/faults")
        found[1].do("POST", "/faults", {"kind": "status", "status": 404})
        assert [replica.ask().status for replica in found] == [404] * 3


def test_the_clock_the_settings_and_the_scenario_are_those_of_all(redis: RedisServer) -> None:
    with replicas(redis) as found:
        found[0].do("PUT", "/clock", {"now": "2026-03-02T06:00:00Z"})
        found[1].do("POST", "/clock/advance", {"seconds": 90})
        assert {replica.do("GET", "/clock")["now"] for replica in found} == {"2026-03-02T06:01:30Z"}
        found[2].do("PATCH", "/settings", {"rateLimit": "2/5s", "profile": "observed"})
        statuses = [replica.ask().status for replica in found]
        assert statuses == [200, 200, 200]  # `observed` answers a call too many with 200 as well
        assert b"limit of 2 in" in found[0].ask().body
        found[0].do("PUT", "/scenario", {"name": "plain-week"})
        assert len({replica.ask().body for replica in found}) == 1
        assert {replica.do("GET", "/state")["scenario"]["name"] for replica in found} == {"plain-week"}
        found[1].do("POST", "/reset")
        assert all(json.dumps(replica.do("GET", "/state")) == json.dumps(found[0].do("GET", "/state")) for replica in found)


def test_an_account_that_one_made_is_known_to_all_until_one_deletes_it(redis: RedisServer) -> None:
    with replicas(redis) as found:
        made = found[0].do("POST", "/accounts", {"rateLimit": "2/60s", "now": "2026-03-02T06:00:00Z", "seed": 7})
        query, path = keys_of(made), f"?account={made['accessKey'].replace('$', '%24')}"
        assert [replica.ask(query).status for replica in found] == [200, 200, 429]
        assert found[1].ask(query.replace("secretKey=", "secretKey=x")).status == 401
        assert found[2].do("GET", f"/settings{path}")["rateLimit"] == "2/60s"
        assert found[1].ask().status == 200
        found[1].do("DELETE", f"/accounts/{made['accessKey']}")
        assert [replica.ask(query).status for replica in found] == [401] * 3
        assert found[0].call("GET", f"/settings{path}")[0] == 404


def test_what_is_kept_for_users_who_did_not_change_stays_of_use(redis: RedisServer) -> None:
    with replicas(redis, number=2) as (one, other):
        one.do("POST", "/tasks", TASK)
        other.ask()
        directory = other.emulator.accounts.default.directory
        user = directory.get("free@example.com")
        one.do("POST", "/tasks", {**TASK, "user": "bob@example.com"})
        other.ask()
        assert other.emulator.accounts.default.directory is directory
        assert directory.get("free@example.com") is user
        assert len(directory.changes) == 2


def test_each_replica_keeps_the_journal_of_what_it_answered_and_a_reset_clears_them_all(redis: RedisServer) -> None:
    with replicas(redis, number=2) as (one, other):
        for replica in (one, one, other):
            replica.ask()
        assert [len(replica.do("GET", "/requests")["requests"]) for replica in (one, other)] == [2, 1]
        one.do("POST", "/reset")
        assert [len(replica.do("GET", "/requests")["requests"]) for replica in (one, other)] == [0, 0]


def test_a_refused_call_leaves_the_journal_and_the_account_as_they_were(redis: RedisServer) -> None:
    with replicas(redis, number=2) as (one, other):
        for path, body in (("/tasks", {"user": "free@example.com", "start": "soon"}), ("/reset", {"unknown": 1})):
            before = one.ask().body
            assert one.call("POST", path, body)[0] == 400
            assert one.ask().body == before == other.ask().body
        assert [entry["status"] for entry in one.do("GET", "/requests")["requests"]] == [200] * 4


def test_without_redis_nothing_is_answered_from_one_replicas_own_state_and_it_recovers_by_itself() -> None:
    with running_redis() as redis, replicas(redis, number=2) as found:
        found[0].do("POST", "/tasks", TASK)
        busy = found[1].ask().body
        made = found[0].do("POST", "/accounts")
        redis.kill()
        for replica in found:
            reply = replica.ask()
            assert (reply.status, json.loads(reply.body)["ExceptionType"]) == (503, "MXServiceUnavailableException")
            status, health = replica.call("GET", "/health")
            assert (status, health["status"]) == (503, "unhealthy")
            assert f"127.0.0.1:{redis.port}" in health["error"]
            assert replica.call("POST", "/tasks", TASK)[0] == 503
            assert replica.emulator.accounts.default.journal.find({"status": 503})
        redis.start()
        for replica in found:
            wait_until(lambda replica=replica: replica.call("GET", "/health")[0] == 200)  # type: ignore[misc]
        # This Redis keeps nothing: all are back in the starting state, and none goes on with what it knew.
        assert {replica.ask().status for replica in found} == {200}
        assert busy not in {replica.ask().body for replica in found}
        assert {replica.ask(keys_of(made)).status for replica in found} == {401}


def test_a_redis_that_keeps_its_data_on_disk_comes_back_with_the_state() -> None:
    with running_redis("--appendonly", "yes", "--appendfsync", "always") as redis, replicas(redis, number=2) as (one, other):
        one.do("POST", "/tasks", TASK)
        busy = one.ask().body
        redis.kill()
        assert other.ask().status == 503
        redis.start()
        wait_until(lambda: other.ask().status == 200)
        assert other.ask().body == busy


def test_a_redis_that_hangs_delays_one_request_and_no_more() -> None:
    with running_redis() as redis:
        found = Replica(Settings(redis_url=redis.fresh_url(patience=0.1)))
        assert found.ask().status == 200
        redis.pause(signal.SIGSTOP)
        _, first = found.emulator.answer(*split_credentials("POST", ENDPOINT, KEYS, JSON, BODY))
        others = [found.emulator.answer(*split_credentials("POST", ENDPOINT, KEYS, JSON, BODY))[1] for _ in range(10)]
        redis.pause(signal.SIGCONT)
        assert {exchange.reply.status for exchange in (first, *others)} == {503}
        assert min(exchange.seconds for exchange in others) < 0.05 < first.seconds
        wait_until(lambda: found.ask().status == 200)
        found.emulator.store.close()


def test_it_starts_while_redis_is_away() -> None:
    with running_redis() as redis:
        redis.kill()
        found = Replica(Settings(redis_url=redis.fresh_url()))
        assert found.call("GET", "/health")[0] == 503
        with MockServer(redis_url=redis.fresh_url()) as server:
            done = run("healthcheck", "--url", server.base_url)
            assert (done.returncode, "503, the shared state in Redis at" in done.stdout + done.stderr) == (1, True)
        redis.start()
        wait_until(lambda: found.call("GET", "/health")[0] == 200)
        found.emulator.store.close()


def test_emulators_that_start_accounts_in_another_way_do_not_mix(redis: RedisServer) -> None:
    chosen = Settings(redis_url=redis.fresh_url())
    first = Replica(chosen)
    assert first.ask().status == 200
    others = (replace(chosen, seed=1), replace(chosen, rate_limit=None), replace(chosen, secret_key="other"), replace(chosen, now=NOW))
    for settings_ in others:
        other = Replica(settings_)
        status, health = other.call("GET", "/health")
        assert (status, "with other settings" in health["error"]) == (503, True)
        assert other.ask(KEYS.replace("SecretKey", settings_.secret_key)).status == 503
    same = Replica(replace(chosen, port=1, admin_token=None))
    assert (first.ask().status, same.ask().status) == (200, 200)


def test_what_nobody_uses_any_more_is_forgotten_and_no_key_of_a_client_is_in_redis(redis: RedisServer) -> None:
    from redis import Redis

    with replicas(redis, number=1, rate_limit=RateLimit(5, 5)) as (one,):
        made = one.do("POST", "/accounts")
        one.do("POST", "/faults", {"kind": "status", "status": 500, "times": 1})
        assert one.ask().status == 500
        one.ask(keys_of(made))
        assert one.ask("accessKey=u%24r0123456789abcdef&secretKey=hush").status == 401
        client = Redis.from_url(one.emulator.settings.redis_url or "", decode_responses=True)
        names = sorted(client.keys())
        days = sorted({round(client.ttl(name) / 86_400) for name in names})
        assert days == [0, 1, 30]  # 0 is the lease of the settings
        assert all(name.startswith("lsq-mock:") for name in names)
        assert not [name for name in names if "0123456789abcdef" in name or made["accessKey"] in name]
        client.flushdb()
        assert one.ask(keys_of(made)).status == 401
        assert one.ask().status == 200
        client.close()


def test_a_password_of_the_url_is_nowhere_to_be_read(redis: RedisServer) -> None:
    url = redis.fresh_url().replace("redis://", "redis://someone:hush-hush@")
    found = Replica(Settings(redis_url=url))
    status, health = found.call("GET", "/health")
    assert status == 503
    assert "hush" not in json.dumps(health)
    assert "hush" not in repr(found.emulator.settings)
    assert "hush" not in (found.emulator.store.describe() or "")
    found.emulator.store.close()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://user:hush@127.0.0.1", "begins with 'http'"),
        ("127.0.0.1:6379", "has no scheme"),
        ("redis://127.0.0.1:port", "port or an option"),
        ("redis://:hush@127.0.0.1/name", "names a database"),
        ("redis://:hush@127.0.0.1/0?colour=red", "port or an option"),
    ],
)
def test_a_url_that_names_no_redis_ends_the_command_with_what_is_wrong(url: str, says: str) -> None:
    done = run("serve", "--port", "0", LSQ_MOCK_REDIS_URL=url)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert "redis://127.0.0.1:6379/0" in done.stderr
    assert "hush" not in done.stderr


def test_redis_is_imported_only_when_it_is_asked_for_and_its_extra_is_named_where_it_is_missing() -> None:
    program = """
import sys
from leadsquared_slots.mock_server import MockServer
from leadsquared_slots.mock_server.domain.errors import DomainError
with MockServer():
    pass
assert not [name for name in sys.modules if name.partition(".")[0] == "redis"]
sys.modules["redis"] = None
try:
    MockServer(redis_url="redis://127.0.0.1")
except DomainError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "leadsquared-slots[redis]" in done.stdout


moments = st.lists(st.integers(-8, 200), min_size=1, max_size=25)
profiles = st.builds(
    Profile, window=st.sampled_from(Window), refused_calls=st.sampled_from(Counting), invalid_requests=st.sampled_from(Counting)
)


class Hand:
    """A clock that a test moves, back as well."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@settings(max_examples=25)
@given(times=moments, calls=st.integers(1, 4), profile=profiles, asked=st.data())
def test_both_stores_let_the_same_calls_pass(
    redis: RedisServer, times: list[int], calls: int, profile: Profile, asked: st.DataObject
) -> None:
    """At the same times, before 1970 too, on a clock that may be set back; some calls are invalid."""
    hand, origin = Hand(), asked.draw(st.sampled_from([0.0, NOW, -NOW]))
    chosen = Settings(profile=profile, rate_limit=RateLimit(calls, 5))
    shared = replace(chosen, redis_url=redis.fresh_url())
    alone, found = Emulator(chosen, hand), cycle([Emulator(shared, hand), Emulator(shared, hand)])
    for tick in times:
        hand.now = origin + tick / 10
        body = asked.draw(st.sampled_from([BODY, BODY, b"[", BODY.replace(b"free@", b"")]))
        assert ask(alone, body=body) == ask(next(found), body=body)


@settings(max_examples=25)
@given(faults=st.lists(entries, max_size=3), asked=st.lists(st.sampled_from(["a@b.c", "D@e.f", "x@y.z"]), max_size=15))
def test_both_stores_strike_the_same_calls(redis: RedisServer, faults: list[dict[str, Any]], asked: list[str]) -> None:
    chosen = Settings(rate_limit=None)
    alone, shared = Replica(chosen), replace(chosen, redis_url=redis.fresh_url())
    found = [Replica(shared), Replica(shared)]
    everybody = (alone, found[0])
    for fault in faults:
        for replica in everybody:
            replica.do("POST", "/faults", fault)
    for number, address in enumerate(asked):
        body = BODY.replace(b"free@example.com", address.encode())
        assert alone.ask(body=body) == found[number % 2].ask(body=body)
    assert alone.do("GET", "/faults") == found[1].do("GET", "/faults")
    assert alone.do("GET", "/state")["faultsApplied"] == found[0].do("GET", "/state")["faultsApplied"]


def test_a_fault_that_draws_draws_the_same_whichever_replica_it_strikes(redis: RedisServer) -> None:
    latency = {"kind": "latency", "distribution": "uniform", "low": 1, "high": 1000}
    alone = Replica(Settings())
    alone.do("POST", "/faults", latency)
    with replicas(redis) as found:
        found[0].do("POST", "/faults", latency)
        assert [replica.ask().delay for replica in found] == [alone.ask().delay for _ in found]
        assert found[0].ask("accessKey=error-429&secretKey=x").status == 429
        alone.ask("accessKey=error-429&secretKey=x")
        assert found[1].ask().delay == alone.ask().delay


def test_a_replica_alone_answers_as_one_without_redis(redis: RedisServer) -> None:
    """The same bytes, and on the admin interface the same words but for where the state is."""
    chosen = Settings(now=NOW, profile=DOCUMENTED)
    plain = create_app(chosen).test_client()
    shared = create_app(replace(chosen, redis_url=redis.fresh_url())).test_client()
    for path in ("/settings", "/clock", "/faults", "/users/bob@x.y", "/state", "/nothing", "/rules"):
        assert plain.get(f"/__admin{path}").data == shared.get(f"/__admin{path}").data
    assert "sharedState" not in plain.get("/__admin/health").get_json()
    assert shared.get("/__admin/health").get_json()["sharedState"].startswith("Redis at 127.0.0.1")


class LosingProxy:
    """A line to Redis that loses replies: the next `losses` commands reach Redis, and their connection ends without a reply."""

    def __init__(self, port: int) -> None:
        self._upstream, self._listener = port, socket.create_server(("127.0.0.1", 0))
        self.port, self.losses = self._listener.getsockname()[1], 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._pass, args=(client,), daemon=True).start()

    def _pass(self, client: socket.socket) -> None:
        with suppress(OSError), client, socket.create_connection(("127.0.0.1", self._upstream)) as redis:
            while data := client.recv(1 << 20):
                redis.sendall(data)
                reply = redis.recv(1 << 20)
                if self.losses and b"EVAL" in data:
                    self.losses -= 1
                    return
                client.sendall(reply)


@contextmanager
def behind_losses(redis: RedisServer, **fields: Any) -> Iterator[tuple[Replica, LosingProxy]]:
    """A replica whose line to Redis can lose replies."""
    url, proxy = redis.fresh_url(), LosingProxy(redis.port)
    replica = Replica(Settings(redis_url=url.replace(str(redis.port), str(proxy.port)), **fields))
    try:
        yield replica, proxy
    finally:
        replica.emulator.store.close()
        proxy.close()


def test_a_lost_reply_counts_a_call_once(redis: RedisServer) -> None:
    """With limit 10 two lost replies left 8: the client library runs the script again."""
    with behind_losses(redis, rate_limit=RateLimit(10, 600)) as (replica, proxy):
        statuses = []
        for number in range(12):
            proxy.losses = int(number in (3, 5))
            statuses.append(replica.ask().status)
        assert proxy.losses == 0
    assert statuses == [200] * 10 + [429] * 2


def test_a_lost_reply_makes_a_change_once(redis: RedisServer) -> None:
    """POST /tasks put two tasks, and clock/advance moved twice."""
    with behind_losses(redis, now=NOW) as (replica, proxy):
        replica.do("GET", "/clock")
        for path, body in (("/tasks", TASK), ("/clock/advance", {"seconds": 5})):
            for _ in range(3):
                proxy.losses = 1
                replica.do("POST", path, body)
        tasks = replica.do("GET", f"/users/{TASK['user']}?from=2026-03-02&to=2026-03-02")["tasks"]
        assert sorted(task["id"] for task in tasks if task["id"].startswith("added")) == ["added-1", "added-2", "added-3"]
        assert replica.do("GET", "/clock")["now"] == "2026-03-02T00:00:15Z"


def test_a_lost_reply_uses_a_fault_up_once(redis: RedisServer) -> None:
    with behind_losses(redis) as (replica, proxy):
        replica.do("POST", "/faults", {"kind": "status", "status": 503, "times": 2})
        statuses = []
        for number in range(4):
            proxy.losses = int(number < 2)
            statuses.append(replica.ask().status)
        assert statuses == [503, 503, 200, 200]
        assert replica.do("GET", "/faults")["faults"][0]["struck"] == 2


@pytest.mark.parametrize("state", ["", "no JSON", "{}", "[]", '{"start": 5, "now": 5, "changes": []}', "[" * 5000])
def test_state_that_cannot_be_read_is_a_clean_503(redis: RedisServer, state: str) -> None:
    """It was a 500 with a traceback."""
    url = redis.fresh_url()
    replica = Replica(Settings(redis_url=url))
    replica.do("POST", "/tasks", TASK)
    with Redis.from_url(url) as client:
        (key,) = client.keys("lsq-mock:*:account")
        client.hset(key, mapping={"version": "other", "state": state})
    if state:
        assert replica.ask().status == 503
        status, answer = replica.call("GET", "/clock")
        assert (status, answer["status"]) == (503, "unhealthy")
        assert "cannot be read" in answer["error"]
        with Redis.from_url(url) as client:
            client.delete(key)
    assert replica.ask().status == 200
    replica.emulator.store.close()


def test_scripts_that_are_forgotten_under_load_cost_no_call(redis: RedisServer) -> None:
    url, is_over = redis.fresh_url(), threading.Event()
    replica = Replica(Settings(redis_url=url, rate_limit=RateLimit(1_000_000, 60)))

    def forget() -> None:
        with Redis.from_url(url) as client:
            while not is_over.is_set():
                client.script_flush()

    thread = threading.Thread(target=forget)
    thread.start()
    try:
        assert {replica.ask().status for _ in range(300)} == {200}
    finally:
        is_over.set()
        thread.join()
        replica.emulator.store.close()
