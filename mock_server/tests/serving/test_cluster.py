"""Three replicas as processes behind Debian's nginx, with Debian's Redis: docker/nginx.conf at work, without images."""

import os
import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event
from typing import NamedTuple

import pytest

from ..support.command import serving
from ..support.redis_server import RedisServer, free_port, needed, running_redis
from ..support.talking import BODY, Admin, Answer, Line, ask, request, wait_until

CONFIGURATION = Path(__file__).parents[3] / "docker" / "nginx.conf"
REPLICAS = 3
TASK = {"user": "bob@example.com", "start": "2026-03-02T06:00:00Z", "end": "2026-03-02T06:30:00Z"}
pytestmark = [
    pytest.mark.skipif(not CONFIGURATION.exists(), reason="the checkout is not here: these are the tests of the wheel"),
    pytest.mark.whole,
]


class Cluster(NamedTuple):
    """The balancer's port, and the replicas by the address that the balancer calls them."""

    port: int
    replicas: dict[str, "subprocess.Popen[str]"]


@contextmanager
def nginx(folder: Path, roots: list[str]) -> Iterator[int]:
    """Nginx with the configuration of docker/, its replicas and its port replaced."""
    port, names = free_port(), iter(root.removeprefix("http://") for root in roots)
    text = re.sub(r"leadsquared-\d:8255", lambda _: next(names), CONFIGURATION.read_text("utf-8"))
    assert next(names, None) is None
    text = text.replace("listen 8255;", f"listen 127.0.0.1:{port};").replace("/tmp/", f"{folder}/")  # noqa: S108
    (folder / "nginx.conf").write_text(text)
    user = ["-g", "daemon off; user root;" if os.geteuid() == 0 else "daemon off;"]
    with (folder / "nginx.log").open("w") as log:
        process = subprocess.Popen(
            [needed("nginx", "nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf"), *user], stdout=log, stderr=log
        )
        try:
            wait_until(lambda: process.poll() is not None or (folder / "nginx.pid").exists())
            assert process.poll() is None, (folder / "nginx.log").read_text()
            yield port
        finally:
            process.terminate()
            process.wait(10)


@contextmanager
def cluster(redis: RedisServer, folder: Path, *arguments: str) -> Iterator[Cluster]:
    """Everything, ready."""
    url = redis.fresh_url()
    with ExitStack() as stack:
        running = []
        for number in range(REPLICAS):
            own = folder / str(number)
            own.mkdir()
            running.append(stack.enter_context(serving(own, "--quiet", *arguments, LSQ_MOCK_REDIS_URL=url)))
        port = stack.enter_context(nginx(folder, [root for root, _ in running]))
        replicas = {root.removeprefix("http://"): process for root, process in running}
        for address in replicas:
            health = Admin(int(address.rpartition(":")[2]))
            wait_until(lambda health=health: health.call("GET", "/health").status == 200)  # type: ignore[misc]
        yield Cluster(port, replicas)


def test_as_many_calls_pass_as_the_limit_says_whichever_replica_they_reach(redis: RedisServer, tmp_path: Path) -> None:
    with cluster(redis, tmp_path, "--rate-limit", "25/60s") as found, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ask(found.port), range(40)))
        assert [answer.status for answer in answers].count(200) == 25
        assert [answer.status for answer in answers].count(429) == 15
        assert {answer.headers["X-Served-By"] for answer in answers} == set(found.replicas)


def test_what_is_done_through_one_replica_is_seen_through_all(redis: RedisServer, tmp_path: Path) -> None:
    with cluster(redis, tmp_path, "--no-rate-limit") as found:
        admin = Admin(found.port)
        before = {ask(found.port).body for _ in range(REPLICAS)}
        admin.do("POST", "/tasks", TASK)
        answers = [ask(found.port) for _ in range(2 * REPLICAS)]
        assert len(before) == 1
        assert len({answer.body for answer in answers}) == 1
        assert answers[0].body not in before
        assert {answer.headers["X-Served-By"] for answer in answers} == set(found.replicas)
        admin.do("POST", "/faults", {"kind": "status", "status": 500, "times": 2})
        assert [ask(found.port).status for _ in range(6)] == [500, 500, 200, 200, 200, 200]
        made = admin.do("POST", "/accounts", {"now": "2026-03-02T06:00:00Z", "rateLimit": "4/5s"})
        keys = {"x-LSQ-AccessKey": made["accessKey"], "x-LSQ-SecretKey": made["secretKey"]}
        assert [ask(found.port, **keys).status for _ in range(6)] == [200, 200, 200, 200, 429, 429]


def test_a_fault_that_ends_the_connection_spares_no_replica(redis: RedisServer, tmp_path: Path) -> None:
    """Nginx makes a 502 of it; none of the replicas is taken out, and no other one answers in its place."""
    with cluster(redis, tmp_path, "--no-rate-limit") as found:
        Admin(found.port).do("POST", "/faults", {"kind": "reset", "times": 4})
        assert [ask(found.port).status for _ in range(8)] == [502] * 4 + [200] * 4


def test_when_one_replica_is_killed_no_request_that_reached_another_fails(redis: RedisServer, tmp_path: Path) -> None:
    with cluster(redis, tmp_path, "--no-rate-limit") as found, ThreadPoolExecutor(6) as pool:
        stop = Event()

        def load(_: int) -> list[Answer]:
            answers = []
            with Line(found.port) as line:
                while not stop.is_set():
                    answers.append(line.send(request(body=BODY)).answer())
            return answers

        running = [pool.submit(load, number) for number in range(6)]
        victim, process = next(iter(found.replicas.items()))
        wait_until(lambda: len(Admin(int(victim.rpartition(":")[2])).get("/requests")["requests"]) > 50)
        process.kill()
        process.wait()
        rest = [address for address in found.replicas if address != victim]
        before = {address: journal_length(address) for address in rest}
        wait_until(lambda: all(journal_length(address) - before[address] > 100 for address in rest))
        stop.set()
        answers = [answer for load_ in running for answer in load_.result()]
        later = [ask(found.port) for _ in range(30)]
    assert {answer.status for answer in later} == {200}
    assert {answer.headers["X-Served-By"].split(", ")[-1] for answer in later} == set(rest)
    failed = [answer for answer in answers if answer.status != 200]
    assert all(answer.headers["X-Served-By"] == victim for answer in failed), failed
    assert len({answer.body for answer in answers if answer.status == 200}) == 1
    assert {answer.headers["X-Served-By"] for answer in answers} >= set(found.replicas)


def journal_length(address: str) -> int:
    """The number of the newest exchange of a replica."""
    kept = Admin(int(address.rpartition(":")[2])).get("/requests")["requests"]
    return int(kept[-1]["number"]) if kept else 0


def test_without_redis_the_whole_cluster_says_so_and_comes_back(tmp_path: Path) -> None:
    with running_redis() as redis, cluster(redis, tmp_path, "--no-rate-limit") as found:
        redis.kill()
        assert {ask(found.port).status for _ in range(2 * REPLICAS)} == {503}
        health = Admin(found.port).call("GET", "/health")
        assert (health.status, health.json["status"]) == (503, "unhealthy")
        redis.start()
        ports = [int(address.rpartition(":")[2]) for address in found.replicas]
        wait_until(lambda: all(Admin(port).call("GET", "/health").status == 200 for port in ports))
        assert {ask(found.port).status for _ in range(2 * REPLICAS)} == {200}
