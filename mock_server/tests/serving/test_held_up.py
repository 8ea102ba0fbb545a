"""While a call of the admin interface, or a large one of the endpoint, takes its time, the endpoint and the health check are answered."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

import pytest
from leadsquared_slots.mock_server import MockServer, service
from leadsquared_slots.mock_server.accounts import journal
from leadsquared_slots.mock_server.accounts.account import Account
from leadsquared_slots.mock_server.accounts.directory import Directory
from leadsquared_slots.mock_server.accounts.scenario import Scenario
from leadsquared_slots.mock_server.accounts.snapshot import Snapshot
from leadsquared_slots.mock_server.admin import page, views
from leadsquared_slots.mock_server.admin.calls import account, calendars
from leadsquared_slots.mock_server.admin.calls import journal as journal_calls

from ..support.redis_server import running_redis
from ..support.talking import PATIENCE, Admin, Answer, ask

ADDRESS = "held-up@example.com"
TASK = {"user": ADDRESS, "start": "2026-03-02T06:00:00Z", "end": "2026-03-02T06:30:00Z"}
MANY = {"FromDate": "2026-03-02", "ToDate": "2026-06-09", "Users": [f"user{number}@example.com" for number in range(30)]}

SLOW: list[tuple[str, str, Any, Any, str]] = [
    ("PUT", "/state", "the state", account, "read_snapshot"),
    ("PUT", "/state", "the state", account.Restored, "of"),
    ("GET", "/state", None, Snapshot, "to_json"),
    ("PUT", "/scenario", {"title": "Sent"}, Scenario, "from_document"),
    ("PUT", "/scenario", {"toml": 'title = "Sent"'}, Scenario, "parse"),
    ("POST", "/accounts", {"scenario": {"title": "Sent"}}, Scenario, "from_document"),
    ("PATCH", "/settings", {"profile": {"address-case": "exact"}}, Directory, "rebuilt"),
    ("GET", "/requests", None, views, "exchange_view"),
    ("GET", "/requests.har", None, journal_calls, "har_document"),
    ("GET", "/conduct", None, journal_calls, "judge_calls"),
    ("POST", "/requests/find", {"method": "PUT"}, journal, "read_matchers"),
    ("POST", "/requests/count", {"method": "PUT"}, journal, "read_matchers"),
    ("GET", "/users", None, views, "user_view"),
    ("GET", f"/users/{ADDRESS}", None, views, "calendar_view"),
    ("PUT", f"/users/{ADDRESS}", {"zone": "UTC"}, calendars, "check"),
    ("GET", f"/explain?user={ADDRESS}&date=2026-03-02", None, calendars, "explain"),
    ("GET", "/", None, page, "timeline"),
    ("GET", f"/day?user={ADDRESS}&date=2026-03-02", None, page, "timeline"),
    ("GET", "/live", None, page, "judge_conduct"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer(rate_limit=None) as running:
        yield running


@contextmanager
def held(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, *, if_long: bool = False) -> Iterator[threading.Event]:
    """Something that takes as long as the block; the event says that it has begun."""
    begun, over = threading.Event(), threading.Event()
    inner = getattr(owner, name)

    def waits(*given: Any, **named: Any) -> Any:
        if not if_long or len(given[0][1]) > 20:
            begun.set()
            assert over.wait(PATIENCE)
        return inner(*given, **named)

    monkeypatch.setattr(owner, name, waits if isinstance(inner, type(ask)) else staticmethod(waits))
    try:
        yield begun
    finally:
        over.set()


def beside(call: Callable[[], Answer]) -> tuple[threading.Thread, list[Answer]]:
    """A call that is under way, and its answer when it has one."""
    answers: list[Answer] = []
    thread = threading.Thread(target=lambda: answers.append(call()))
    thread.start()
    return thread, answers


def seconds_of(use: Callable[[], Answer]) -> float:
    began = monotonic()
    assert use().status == 200
    return monotonic() - began


@pytest.mark.parametrize(("method", "path", "body", "owner", "name"), SLOW, ids=[f"{call[0]} {call[1]}: {call[4]}" for call in SLOW])
def test_the_endpoint_is_answered_beside_a_call_of_the_admin_interface(
    server: MockServer, monkeypatch: pytest.MonkeyPatch, method: str, path: str, body: Any, owner: Any, name: str
) -> None:
    """`PUT /state` with 8,000 users held the endpoint up for 111 s, and whatever takes longer than 50 ms has to let it pass."""
    admin = Admin(server.port)
    admin.do("POST", "/reset", {})
    admin.do("POST", "/tasks", TASK)
    ask(server.port)
    body = admin.get("/state") if body == "the state" else body
    with held(monkeypatch, owner, name) as begun:
        thread, answers = beside(lambda: admin.call(method, path, body))
        assert begun.wait(PATIENCE)
        assert seconds_of(lambda: ask(server.port)) < 5
        assert seconds_of(lambda: admin.call("GET", "/health")) < 5
        assert not answers
    thread.join(PATIENCE)
    assert answers[0].status in (200, 201)


def test_everybody_is_answered_beside_a_large_answer(server: MockServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """1,000 users on 100 dates held everything up for as long as that took to render."""
    with held(monkeypatch, service, "render_answer", if_long=True) as begun:
        thread, answers = beside(lambda: ask(server.port, MANY))
        assert begun.wait(PATIENCE)
        assert seconds_of(lambda: ask(server.port)) < 5
        assert seconds_of(lambda: Admin(server.port).call("GET", "/health")) < 5
        assert not Admin(server.port).do("POST", "/requests/count", {"bodyContains": "user29"})["count"]
    thread.join(PATIENCE)
    assert len(answers[0].json["List"]) == 100
    assert Admin(server.port).do("POST", "/requests/count", {"bodyContains": "user29"}) == {"count": 1}


def test_a_large_snapshot_holds_nobody_up(server: MockServer) -> None:
    """8,000 users with 8,000 tasks held the endpoint up for 111 s; half as many, a quarter of that."""
    admin = Admin(server.port)
    admin.do("POST", "/reset", {})
    times = {"start": TASK["start"], "end": TASK["end"], "allow-conflicts": False}
    changes: list[Any] = [{"kind": "put-user", "entry": {"email": f"u{n}@e.example", "zone": "UTC"}} for n in range(4_000)]
    changes += [{"kind": "add-task", "user": f"u{n}@e.example", "entry": {**times, "id": f"t{n}"}} for n in range(4_000)]
    state = {**admin.get("/state"), "changes": changes}
    thread, answers = beside(lambda: admin.call("PUT", "/state", state))
    longest = 0.0
    while thread.is_alive():
        longest = max(longest, seconds_of(lambda: ask(server.port)), seconds_of(lambda: admin.call("GET", "/health")))
    assert answers[0].status == 200
    assert longest < 2.5
    admin.do("POST", "/reset", {})


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    with running_redis() as running:
        yield running.fresh_url()


@pytest.mark.parametrize("kind", ["alone", "with origins", "with Redis"])
def test_the_health_check_waits_for_nobodys_turn(kind: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """With `--cors`, or with Redis, it stood behind the calls of the admin interface."""
    more: dict[str, Any] = {"with origins": {"cors": ("http://localhost:5173",)}, "alone": {}}.get(kind) or {}
    if kind == "with Redis":
        more = {"redis_url": request.getfixturevalue("redis_url")}
    with MockServer(rate_limit=None, **more) as server:
        admin = Admin(server.port, Origin="http://localhost:5173")
        with held(monkeypatch, Account, "restore") as begun:
            thread, answers = beside(lambda: admin.call("PUT", "/state", admin.get("/state")))
            assert begun.wait(PATIENCE)
            began = monotonic()
            healthy = [admin.call("GET", "/health"), admin.call("GET", "/health")]
            assert monotonic() - began < 5
            assert not answers
        thread.join(PATIENCE)
        assert [answer.json["status"] for answer in healthy] == ["healthy", "healthy"]
        assert ("Access-Control-Allow-Origin" in healthy[0].headers) is (kind == "with origins")
        assert answers[0].status == 200
        through_flask = admin.call("GET", "/health?account=AccessKey")
        assert through_flask.json.keys() == healthy[0].json.keys()
        assert through_flask.headers.keys() == healthy[0].headers.keys()
