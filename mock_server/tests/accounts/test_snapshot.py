"""A snapshot that is taken up again is the account as it was."""

from types import SimpleNamespace
from typing import Any, cast

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from leadsquared_slots.mock_server import create_app
from leadsquared_slots.mock_server.accounts.settings import Settings
from leadsquared_slots.mock_server.contract.documents import scenario_files
from werkzeug.test import TestResponse

from ..support.examples import examples

NOW = "2026-03-02T06:00:00Z"
USERS = ["free@example.com", "bob@example.com", "Zoe@example.com"]
QUESTION = {"FromDate": "2026-03-01", "ToDate": "2026-03-04", "Users": USERS}

users = st.sampled_from(USERS)
dates = st.sampled_from([f"2026-03-0{day}" for day in range(1, 5)])
clock_hours = st.integers(0, 22)


def instant(day: str, hour: int, minute: int) -> str:
    return f"{day}T{hour:02}:{minute:02}:00Z"


tasks = st.builds(
    lambda user, day, hour, allow: {"user": user, "start": instant(day, hour, 0), "end": instant(day, hour, 45), "allowConflicts": allow},
    users,
    dates,
    clock_hours,
    st.booleans(),
)
templates = st.just({"zone": "America/New_York", "shifts": {"every-day": ["22:00-06:00"]}})
calls = st.one_of(
    tasks.map(lambda body: ("POST", "/tasks", body)),
    st.builds(lambda user, day: ("POST", "/holidays", {"user": user, "date": day, "name": "Holi"}), users, dates),
    st.builds(lambda user, day: ("POST", "/leaves", {"user": user, "from": day, "to": "2026-03-04"}), users, dates),
    st.builds(
        lambda user, day, hour: ("POST", "/leaves", {"user": user, "date": day, "time": f"{hour:02}:00-{hour + 1:02}:00"}),
        users,
        dates,
        clock_hours,
    ),
    st.builds(lambda user, template: ("PUT", f"/users/{user}", {"zone": "Asia/Kolkata", "template": template}), users, templates),
    users.map(lambda user: ("DELETE", f"/users/{user}", {})),
    st.integers(1, 9).map(lambda number: ("DELETE", f"/tasks/added-{number}", {})),
    st.sampled_from(
        [
            {"kind": "status", "status": 500, "every": 3},
            {"kind": "status", "status": 429, "times": 1, "after": 2},
            {"kind": "malformed", "user": "bob@example.com", "every": 2},
        ]
    ).map(lambda body: ("POST", "/faults", body)),
    st.sampled_from([1, 2.5, 5, 0.25]).map(lambda seconds: ("POST", "/clock/advance", {"seconds": seconds})),
    st.sampled_from(
        [
            {"profile": "observed"},
            {"rateLimit": "4/5s"},
            {"rateLimit": "none"},
            {"profile": {"window": "fixed", "refused-calls": "count", "absent-lists": "empty"}},
        ]
    ).map(lambda body: ("PATCH", "/settings", body)),
    st.sampled_from(["plain-week", "flaky-vendor", "night-shift", "observed-vendor"]).map(
        lambda name: ("PUT", "/scenario", {"name": name})
    ),
    st.just(("ASK", "", QUESTION)),
    st.just(("ASK", "", QUESTION)),
)


class App:
    """The emulator in this process, with one account made for it."""

    def __init__(self, **start: Any) -> None:
        self.client = create_app(Settings(), clock=lambda: 1_772_431_200.0).test_client()
        made = self.client.post("/__admin/accounts", json={"now": NOW, **start}).get_json()
        self.key, self.headers = made["accessKey"], {"x-LSQ-AccessKey": made["accessKey"], "x-LSQ-SecretKey": made["secretKey"]}

    def do(self, method: str, path: str, body: Any) -> TestResponse:
        if method == "ASK":
            try:
                return self.client.post("/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress", json=body, headers=self.headers)
            except ConnectionError:  # a fault that cuts the reply off: there is no socket here
                return cast(TestResponse, SimpleNamespace(status_code=0, data=b""))
        return self.client.open(f"/__admin{path}", method=method, query_string={"account": self.key}, json=body)

    @property
    def state(self) -> Any:
        return self.do("GET", "/state", None).get_json()

    def seen(self) -> list[tuple[int, Any]]:
        """What a client and a tester see next, calls over the limit and faults included."""
        asked = [self.do("ASK", "", QUESTION) for _ in range(6)]
        told = [self.do("GET", path, None) for path in ("/state", "/users", "/faults", "/settings", "/clock")]
        return [(reply.status_code, reply.data) for reply in asked] + [(reply.status_code, reply.get_json()) for reply in told]


@settings(max_examples=examples(50))
@given(st.lists(calls, max_size=12), st.integers(0, 3))
def test_a_snapshot_taken_up_by_a_fresh_account_is_the_account(changes: list[tuple[str, str, Any]], seed: int) -> None:
    """Same answers, same refusals at the same calls, same faults with the same counts, same state."""
    one, other = App(seed=seed), App(seed=seed + 1)
    for change in changes:
        one.do(*change)
    state = one.state
    other.do("POST", "/tasks", {"user": "free@example.com", "start": instant("2026-03-01", 1, 0), "end": instant("2026-03-01", 2, 0)})
    assert other.do("PUT", "/state", state).status_code == 200
    assert other.state == state
    assert other.seen() == one.seen()
    assert one.do("PUT", "/state", state).status_code == 200
    assert one.state == state


@pytest.mark.parametrize("name", scenario_files())
def test_a_snapshot_of_every_shipped_scenario_is_taken_up(name: str) -> None:
    one, other = App(scenario=name), App()
    assert other.do("PUT", "/state", one.state).status_code == 200
    assert other.state == one.state
    assert other.seen()[6:] == one.seen()[6:]


def test_latencies_go_on_where_they_were() -> None:
    one, other = App(seed=5), App()
    fault = {"kind": "latency", "distribution": "log-normal", "median": 0.001, "sigma": 1}
    one.do("POST", "/faults", fault)
    for _ in range(3):
        one.do("ASK", "", QUESTION)
    other.do("PUT", "/state", one.state)

    def next_delays(app: App) -> list[float]:
        for _ in range(3):
            app.do("ASK", "", QUESTION)
        return [entry["delaySeconds"] for entry in app.do("GET", "/requests", None).get_json()["requests"]][-3:]

    assert next_delays(one) == next_delays(other)


def broken(state: dict[str, Any]) -> list[dict[str, Any]]:
    """Data that is nearly a snapshot."""
    task = {
        "kind": "add-task",
        "user": "free@example.com",
        "entry": {"start": NOW, "end": "2026-03-02T07:00:00Z", "allow-conflicts": False},
    }
    wrong: dict[str, list[Any]] = {
        "seed": ["7", 7.5, None, True],
        "now": ["2026-03-02T06:00:00Z", 1e15, -1e15, True],
        "rateLimit": [25, None, "25"],
        "calls": [5, ["x"], [None], None],
        "profile": ["documented", {}, {"name": "x", "breaks": "kep"}, {"name": 5}],
        "scenario": ["plain-week", {"name": "x"}, {"name": 5, "document": {}}, {"name": "x", "document": {"titel": "x"}}],
        "faultsApplied": [-1, "1"],
        "faults": [
            5,
            [{}],
            [{"fault": {"kind": "reset"}, "seen": "1", "struck": 0}],
            [{"fault": {"kind": "rest"}, "seen": 1, "struck": 0}],
            [{"fault": {"kind": "latency", "distribution": "uniform", "low": 9, "high": 2}, "seen": 1, "struck": 0}],
        ],
        "changes": [
            5,
            [{}],
            [{"kind": "add-tsk"}],
            [{**task, "user": 5}],
            [{**task, "user": "unknown@example.com"}],
            [{**task, "entry": {**task["entry"], "end": NOW}}],
            [{**task, "entry": {**task["entry"], "end": 5}}],
            [task, {"kind": "delete-task", "task": "none"}],
            [{"kind": "put-user", "entry": {"email": "a@b.c", "zone": "UTC", "template": {"zone": "UTC"}}}],
            [{"kind": "put-user", "entry": {"email": "a@b.c", "zone": "Asia/Kolkatta"}}],
            [{"kind": "add-holiday", "user": "free@example.com", "entry": {"date": "2026-02-30", "name": "x"}}],
            [{"kind": "add-holiday", "user": "free@example.com", "entry": {"date": "2026-02-03"}}],
        ],
        "extra": [1],
    }
    return [{**state, name: value} for name, values in wrong.items() for value in values] + [
        {name: value for name, value in state.items() if name != left_out} for left_out in state
    ]


def test_what_is_no_snapshot_is_refused_and_changes_nothing() -> None:
    app = App()
    app.do("POST", "/faults", {"kind": "status", "status": 500, "every": 4})
    app.do("ASK", "", QUESTION)
    before = app.state
    for data in broken(before):
        refused = app.do("PUT", "/state", data)
        assert refused.status_code in (400, 404), data
        assert all(refused.get_json().values()), (data, refused.get_json())
        assert app.state == before
    assert orjson.dumps(app.state) == orjson.dumps(before)
