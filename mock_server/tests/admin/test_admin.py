"""Every call of the admin interface through the wire: statuses, bodies, and what is said of a wrong one."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from leadsquared_slots.mock_server import MockServer
from leadsquared_slots.mock_server.admin.calls.table import CALLS
from leadsquared_slots.mock_server.contract.documents import ledger, scenario_files
from leadsquared_slots.mock_server.version import VERSION

from ..support.talking import Admin, Answer, ask

NOW = "2026-03-02T06:00:00Z"
TASK = {"user": "free@example.com", "start": "2026-03-02T06:00:00Z", "end": "2026-03-02T06:30:00Z"}


@pytest.fixture(scope="module")
def server(either_store: Callable[[], dict[str, Any]]) -> Iterator[MockServer]:
    with MockServer(rate_limit=None, **either_store()) as running:
        yield running


@pytest.fixture
def admin(server: MockServer) -> Iterator[Admin]:
    """The calls of a fresh account whose clock stands still."""
    whole = Admin(server.port)
    key = whole.do("POST", "/accounts", {"now": NOW})["accessKey"]
    yield whole.of(key)
    whole.call("DELETE", f"/accounts/{key.replace('$', '%24')}")


def refused(answer: Answer, status: int = 400) -> str:
    """The text of a refusal: what is wrong, and what to do, which is always said."""
    assert answer.status == status, answer
    assert answer.headers["Content-Type"] == "application/json"
    assert list(answer.json) == ["error", "hint"]
    assert all(answer.json.values()), answer.json
    return f"{answer.json['error']}; {answer.json['hint']}"


def test_health_says_what_runs(server: MockServer) -> None:
    health = Admin(server.port).get("/health")
    shared = ["sharedState"] if server.emulator.settings.redis_url else []
    assert list(health) == ["status", "version", "uptimeInSeconds", "now", "seed", "profile", "scenario", *shared]
    expected = {"status": "healthy", "version": VERSION, "seed": 0, "profile": "documented", "scenario": "generated"}
    assert health | expected == health
    assert health["uptimeInSeconds"] >= 0


def test_the_contract_and_the_ledger_are_served(admin: Admin) -> None:
    assert admin.get("/openapi.json")["openapi"].startswith("3.1")
    assert [rule["id"] for rule in admin.get("/rules")["rules"]] == list(ledger())


def test_scenarios_are_listed_and_chosen(admin: Admin) -> None:
    assert [scenario["name"] for scenario in admin.get("/scenarios")["scenarios"]] == ["generated", *scenario_files()]
    assert admin.do("PUT", "/scenario", {"name": "two-shifts"})["name"] == "two-shifts"
    assert admin.get("/users")["users"]


def test_a_scenario_may_be_sent_whole_as_data_or_as_toml(admin: Admin) -> None:
    for body in (
        {"title": "Mine", "user": [{"email": "a@b.c", "zone": "UTC"}]},
        {"toml": 'title = "Mine"\n[[user]]\nemail = "a@b.c"\nzone = "UTC"'},
    ):
        assert admin.do("PUT", "/scenario", body) == {"name": "sent", "title": "Mine"}
        assert [user["email"] for user in admin.get("/users")["users"]] == ["a@b.c"]


def test_a_scenario_leaves_nothing_behind_for_the_next(admin: Admin) -> None:
    before = (admin.get("/settings"), admin.get("/clock"))
    admin.do("PUT", "/scenario", {"profile": "observed", "rate-limit": "2/5s", "now": "2026-05-05T00:00:00Z", "fault": [{"kind": "reset"}]})
    assert (admin.get("/settings")["rateLimit"], admin.get("/clock")["now"]) == ("2/5s", "2026-05-05T00:00:00Z")
    admin.do("PUT", "/scenario", {"title": "Nothing said"})
    assert (admin.get("/settings"), admin.get("/clock")) == before
    assert admin.get("/faults") == {"faults": []}


def test_a_scenario_never_names_a_file(admin: Admin, tmp_path: Any) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('title = "Mine"')
    for body in ({"name": str(file)}, {"name": "../../fixtures/scenarios/two-shifts.toml"}):
        assert "neither built in" in refused(admin.call("PUT", "/scenario", body))
    assert "neither built in" in refused(admin.call("POST", "/accounts", {"scenario": str(file)}))


def test_an_account_takes_what_it_is_given(server: MockServer) -> None:
    whole = Admin(server.port)
    body = {"scenario": "plain-week", "profile": "observed", "seed": 7, "rateLimit": "3/5s", "now": NOW}
    answer = whole.call("POST", "/accounts", body)
    assert answer.status == 201
    assert list(answer.json) == ["accessKey", "secretKey"]
    account = whole.of(answer.json["accessKey"])
    assert account.get("/settings") | {"rateLimit": "3/5s"} == account.get("/settings")
    assert account.get("/settings")["profile"]["name"] == "observed"
    assert account.get("/clock") == {"now": NOW, "frozen": True}
    assert account.get("/state")["seed"] == 7
    assert whole.do("DELETE", f"/accounts/{answer.json['accessKey']}") == {}
    assert "no account" in refused(account.call("GET", "/clock"), 404)
    assert "no account" in refused(whole.call("DELETE", f"/accounts/{answer.json['accessKey']}"), 404)


def test_what_an_account_is_given_comes_before_its_scenario(server: MockServer) -> None:
    whole = Admin(server.port)
    scenario = {"profile": "observed", "rate-limit": "2/5s", "now": "2026-05-05T00:00:00Z"}
    for scenario_of in (scenario, "observed-vendor"):
        made = whole.do("POST", "/accounts", {"scenario": scenario_of, "profile": "documented", "rateLimit": "none", "now": NOW})
        account = whole.of(made["accessKey"])
        settings = account.get("/settings")
        assert (settings["profile"]["name"], settings["rateLimit"], account.get("/clock")["now"]) == ("documented", "none", NOW)
        account.do("POST", "/reset")
        assert account.get("/settings") == settings


def test_the_default_account_stays(server: MockServer) -> None:
    for keys in server.emulator.accounts.default.keys:
        assert "default account" in refused(Admin(server.port).call("DELETE", f"/accounts/{keys.access_key}"))


def test_reset_brings_back_the_starting_state(admin: Admin) -> None:
    before = admin.get("/state")
    admin.do("POST", "/tasks", TASK)
    admin.do("PATCH", "/settings", {"profile": "observed", "rateLimit": "2/5s"})
    admin.do("POST", "/faults", {"kind": "reset"})
    admin.do("POST", "/clock/advance", {"seconds": 5})
    assert admin.get("/state") != before
    assert admin.do("POST", "/reset") == {}
    assert admin.get("/state") == before


def test_the_clock_is_set_advanced_and_let_go(admin: Admin) -> None:
    assert admin.do("PUT", "/clock", {"now": "2026-01-05T14:30:00+05:30"}) == {"now": "2026-01-05T09:00:00Z", "frozen": True}
    assert admin.do("POST", "/clock/advance", {"seconds": 1.5}) == {"now": "2026-01-05T09:00:01.500000Z", "frozen": True}
    assert admin.do("DELETE", "/clock")["frozen"] is False
    assert admin.do("POST", "/clock/advance", {"seconds": 0})["frozen"] is True


@pytest.mark.parametrize("now", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_clock_shows_every_time_of_the_calendar(admin: Admin, now: str) -> None:
    assert admin.do("PUT", "/clock", {"now": now})["now"] == now
    day = now[:10]
    assert admin.get("/users/bob@example.com")["from"] <= day <= admin.get("/users/bob@example.com")["to"]
    assert admin.get(f"/users/bob@example.com?from={day}&to={day}")["from"] == day
    assert admin.get("/health")["now"] == now


def test_a_clock_that_cannot_go_on_stays_where_it_is(admin: Admin) -> None:
    admin.do("PUT", "/clock", {"now": "9999-12-31T23:59:50Z"})
    assert "years 1 to 9999" in refused(admin.call("POST", "/clock/advance", {"seconds": 10}))
    assert admin.get("/clock")["now"] == "9999-12-31T23:59:50Z"


@pytest.mark.parametrize(
    "body",
    [
        *({"now": now} for now in ("2026-03-02T06:00:00", "2026-03-02", "yesterday", "", 5, None, True, [], {}, "2026-02-30T00:00:00Z")),
        *({"now": now} for now in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "10000-01-01T00:00:00Z")),
        {},
        {"Now": NOW},
        {"now": NOW, "seconds": 5},
    ],
    ids=str,
)
def test_a_clock_takes_instants_only(admin: Admin, body: dict[str, Any]) -> None:
    refused(admin.call("PUT", "/clock", body))
    if set(body) == {"now"}:
        refused(admin.call("POST", "/accounts", body))
    assert admin.get("/clock")["now"] == NOW


@pytest.mark.parametrize("seconds", [-1, -1e-9, 1e300, 3_155_760_001, 10**30, True, "5", None, [5], b"NaN", b"Infinity", b"1e999"], ids=str)
def test_a_clock_is_advanced_by_a_number_of_seconds_only(admin: Admin, seconds: Any) -> None:
    body = b'{"seconds": ' + seconds + b"}" if isinstance(seconds, bytes) else {"seconds": seconds}
    refused(admin.call("POST", "/clock/advance", body))
    assert admin.get("/clock")["now"] == NOW


def test_settings_are_changed_in_part(admin: Admin) -> None:
    before = admin.get("/settings")["profile"]
    after = admin.do("PATCH", "/settings", {"profile": {"empty-list": "absent"}})["profile"]
    assert after == before | {"empty-list": "absent", "name": "documented, changed"}
    again = admin.do("PATCH", "/settings", {"profile": {"breaks": "taken-out"}})["profile"]
    assert again == after | {"breaks": "taken-out"}
    assert admin.do("PATCH", "/settings", {"profile": {"extends": "documented"}})["profile"] | {"name": ""} == before | {"name": ""}
    assert admin.do("PATCH", "/settings", {"rateLimit": None})["rateLimit"] == "none"
    assert admin.do("PATCH", "/settings", {"rateLimit": "2/60s"})["rateLimit"] == "2/60s"


def test_changed_settings_forget_no_call(server: MockServer) -> None:
    whole = Admin(server.port)
    keys = whole.do("POST", "/accounts", {"now": NOW, "rateLimit": "3/5s"})
    headers = {"x-LSQ-AccessKey": keys["accessKey"], "x-LSQ-SecretKey": keys["secretKey"]}
    account = whole.of(keys["accessKey"])
    assert [ask(server.port, **headers).status for _ in range(2)] == [200, 200]
    account.do("PATCH", "/settings", {"profile": "observed"})
    account.do("PATCH", "/settings", {"profile": "documented"})
    assert [ask(server.port, **headers).status for _ in range(2)] == [200, 429]
    account.do("PATCH", "/settings", {"rateLimit": "2/5s"})
    assert ask(server.port, **headers).status == 429
    account.do("POST", "/clock/advance", {"seconds": 5})
    assert ask(server.port, **headers).status == 200


BAD: list[tuple[str, str, Any, str]] = [
    ("POST", "/accounts", {"scenari": "two-shifts"}, "'scenario'"),
    ("POST", "/accounts", {"scenario": "two-shift"}, "'two-shifts'"),
    ("POST", "/accounts", {"scenario": 5}, "expected the name"),
    ("POST", "/accounts", {"scenario": {"titel": "x"}}, "'title'"),
    ("POST", "/accounts", {"profile": "observd"}, "observed"),
    ("POST", "/accounts", {"profile": {"empty-lst": "absent"}}, "'empty-list'"),
    ("POST", "/accounts", {"seed": "7"}, "whole number"),
    ("POST", "/accounts", {"seed": 7.5}, "whole number"),
    ("POST", "/accounts", {"seed": True}, "whole number"),
    ("POST", "/accounts", {"rateLimit": "25"}, "'25/5s'"),
    ("POST", "/accounts", {"rateLimit": 25}, "'25/5s'"),
    ("POST", "/accounts", {"rateLimit": True}, "'25/5s'"),
    ("PATCH", "/settings", {"rate-limit": "25/5s"}, "'rateLimit'"),
    ("PATCH", "/settings", {"profile": {"breaks": "kep"}}, "'kept'"),
    ("PATCH", "/settings", {"profile": {"largest-page": 0}}, "largest-page"),
    ("PATCH", "/settings", {"profile": 5}, "table"),
    ("POST", "/reset", {"hard": True}, "an empty body"),
    ("POST", "/requests/count", {"urlPth": "/"}, "'urlPath'"),
    ("POST", "/requests/count", {"status": "429"}, "a number"),
    ("POST", "/requests/count", {"method": 5}, "'POST'"),
    ("POST", "/requests/find", {"bodyContains": 5}, "a text"),
    ("POST", "/requests/find", {"equalToJson": "{"}, "JSON"),
    ("POST", "/faults", {"kind": "restart"}, "'reset'"),
    ("POST", "/faults", {}, "'kind'"),
    ("POST", "/faults", {"kind": "status"}, "'status'"),
    ("POST", "/faults", {"kind": "status", "status": 204}, "200 to 599"),
    ("POST", "/faults", {"kind": "status", "status": "429"}, "429"),
    ("POST", "/faults", {"kind": "status", "status": 429, "time": 2}, "'times'"),
    ("POST", "/faults", {"kind": "reset", "times": 0}, "times"),
    ("POST", "/faults", {"kind": "reset", "every": 1.5}, "every"),
    ("POST", "/faults", {"kind": "reset", "after": -1}, "after"),
    ("POST", "/faults", {"kind": "reset", "user": "nobody"}, "user"),
    ("POST", "/faults", {"kind": "latency"}, "'milliseconds'"),
    ("POST", "/faults", {"kind": "latency", "milliseconds": 1e12}, "milliseconds"),
    ("POST", "/faults", {"kind": "latency", "distribution": "uniform", "low": 9, "high": 2}, "swap"),
    ("POST", "/faults", {"kind": "latency", "distribution": "log-normal", "median": 9}, "'sigma'"),
    ("POST", "/faults", {"kind": "dribble", "chunks": 0, "seconds": 1}, "chunks"),
    ("POST", "/faults", {"kind": "reset", "status": 500}, "only a fault of kind status"),
    ("PUT", "/scenario", {"title": "x", "usr": []}, "'user'"),
    ("PUT", "/scenario", {"toml": "title = "}, "not TOML"),
    ("PUT", "/scenario", {"name": 5}, "expected the name"),
    ("PUT", "/scenario", {"user": [{"email": "a@b.c", "zone": "Asia/Kolkatta"}]}, "Asia/Kolkata"),
    ("PUT", "/scenario", {"toml": "[[fault]]\nkind = 'latency'\nmilliseconds = nan"}, "milliseconds"),
    ("PUT", "/scenario", {"now": "0001-01-01T00:00:00+14:00"}, "years 1 to 9999"),
    ("PUT", "/users/a@b.c", {"zone": "Asia/Kolkatta"}, "Asia/Kolkata"),
    ("PUT", "/users/a@b.c", {}, "'zone'"),
    ("PUT", "/users/a@b.c", {"zone": "UTC", "email": "x@y.z"}, "a@b.c"),
    ("PUT", "/users/a@b.c", {"zone": "UTC", "email": 5}, "a@b.c"),
    ("PUT", "/users/a@b.c", {"zone": "UTC", "tempalte": "x"}, "'template'"),
    ("PUT", "/users/a@b.c", {"zone": "UTC", "template": "Nothing"}, "Nothing"),
    ("PUT", "/users/a@b.c", {"zone": "UTC", "template": {"zone": "UTC"}}, "'shifts'"),
    ("PUT", "/users/nobody", {"zone": "UTC"}, "email"),
    ("POST", "/tasks", {}, "'user'"),
    ("POST", "/tasks", {**TASK, "user": 5}, "email address"),
    ("POST", "/tasks", {**TASK, "type": "Meting"}, "'Meeting'"),
    ("POST", "/tasks", {**TASK, "type": "Meeting", "allowConflicts": True}, "either type or allow-conflicts"),
    ("POST", "/tasks", {**TASK, "allowConflicts": "no"}, "allow-conflicts"),
    ("POST", "/tasks", {**TASK, "end": TASK["start"]}, "end after"),
    ("POST", "/tasks", {**TASK, "start": "2026-03-02T06:00:00"}, "start"),
    ("POST", "/tasks", {**TASK, "start": "2026-02-30T06:00:00Z"}, "start"),
    ("POST", "/tasks", {**TASK, "start": "0001-01-01T00:00:00+10:00"}, "no date and time that exists"),
    ("POST", "/tasks", {**TASK, "sbject": "x"}, "'subject'"),
    ("POST", "/leaves", {"user": "free@example.com"}, "'date'"),
    ("POST", "/leaves", {"user": "free@example.com", "from": "2026-03-02"}, "'to'"),
    ("POST", "/leaves", {"user": "free@example.com", "from": "2026-03-02", "to": "2026-03-01"}, "swap"),
    ("POST", "/leaves", {"user": "free@example.com", "date": "2026-03-02", "time": "22:00-06:00"}, "over midnight"),
    ("POST", "/holidays", {"user": "free@example.com", "date": "2026-02-30"}, "yyyy-MM-dd"),
    ("POST", "/holidays", {"user": "free@example.com", "dat": "2026-03-02"}, "'date'"),
    ("POST", "/holidays", {"user": "free@example.com", "date": "2026-03-02", "name": ""}, "a name of one line"),
    ("POST", "/holidays", {"user": "free@example.com", "date": "2026-03-02", "name": {"a": 1}}, "name"),
    ("PUT", "/state", {}, "missing"),
    ("PUT", "/clock", b"{", "JSON"),
    ("PUT", "/clock", b"[]", "object"),
    ("PUT", "/clock", b'"now"', "object"),
    ("POST", "/requests/find", b'{"equalToJson":' + b"[" * 300 + b"]" * 300 + b"}", "JSON"),
    ("POST", "/requests/find", b"[" * 100_000, "JSON"),
    ("PUT", "/clock", b"\xff", "JSON"),
]


@pytest.mark.parametrize(("method", "path", "body", "says"), BAD, ids=[f"{m} {p} {str(b)[:60]}" for m, p, b, _ in BAD])
def test_a_wrong_call_changes_nothing_and_says_what_is_right(admin: Admin, method: str, path: str, body: Any, says: str) -> None:
    before = admin.get("/state")
    text = refused(admin.call(method, path, body))
    assert says in text
    assert admin.get("/state") == before


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/users/nobody"),
        ("GET", "/users/unknown@example.com"),
        ("GET", "/users/@"),
        ("DELETE", "/users/unknown@example.com"),
        ("DELETE", "/tasks/none"),
        ("DELETE", "/tasks/" + "9" * 5000),
        ("DELETE", "/tasks/739677-99-bob@example.com"),
        ("DELETE", "/tasks/739677-0-"),
        ("DELETE", "/tasks/739677--x@example.com"),
        ("DELETE", "/accounts/none"),
        ("GET", "/explain?user=unknown@example.com&date=2026-03-02"),
    ],
)
def test_who_and_what_is_not_there_is_404(admin: Admin, method: str, path: str) -> None:
    refused(admin.call(method, path), 404)


@pytest.mark.parametrize(
    "query", ["from=2026-13-01", "to=x", "from=2026-03-02&to=2026-03-01", "from=2026-01-01&to=2027-12-31", "from=", "from=20260302"]
)
def test_a_calendar_is_shown_between_two_dates(admin: Admin, query: str) -> None:
    refused(admin.call("GET", f"/users/bob@example.com?{query}"))


def test_the_ends_of_the_calendar_are_shown_too(admin: Admin) -> None:
    assert admin.get("/users/bob@example.com?from=9999-12-31")["to"] == "9999-12-31"
    assert admin.get("/users/bob@example.com?from=0001-01-01")["from"] == "0001-01-01"


@pytest.mark.parametrize(
    ("path", "right"), [("/helth", "/health"), ("/user", "/users"), ("/clock/advanc", "/clock/advance"), ("/xyzzy", "/users")]
)
def test_an_unknown_call_is_404_and_names_the_nearest(admin: Admin, path: str, right: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        assert right in refused(admin.call(method, path), 404)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("path", sorted({path for _, path in CALLS}))
def test_a_wrong_method_is_405_with_allow(admin: Admin, path: str, method: str) -> None:
    allowed = [known for known, of in CALLS if of == path]
    if method in allowed or (method == "HEAD" and "GET" in allowed):
        return
    answer = admin.call(method, path.replace("<path:", "").replace(">", ""), **{"Content-Type": ""})
    assert (answer.status, answer.headers["Allow"]) == (405, ", ".join(allowed))
    if method != "HEAD":
        assert allowed[0] in refused(answer, 405)


def test_a_delete_needs_no_body_but_a_json_content_type(admin: Admin) -> None:
    for path in ("/requests", "/faults", "/clock"):
        assert admin.call("DELETE", path).status == 200
        assert admin.call("DELETE", path, b"{}").status == 200
        assert "application/json" in refused(admin.call("DELETE", path, **{"Content-Type": ""}), 415)


def test_reset_leads_back_to_the_state_in_which_the_account_was_opened(admin: Admin) -> None:
    """After PUT /scenario a reset kept that scenario, and nothing led home."""
    before = admin.get("/state")
    admin.do("PUT", "/scenario", {"name": "throttled"})
    admin.do("PUT", "/scenario", {"title": "Another", "directory": "closed"})
    admin.do("POST", "/reset")
    assert admin.get("/state") == before


def test_the_start_without_a_scenario_is_chosen_by_the_name_that_the_banner_has(admin: Admin) -> None:
    admin.do("PUT", "/scenario", {"name": "two-shifts"})
    assert admin.do("PUT", "/scenario", {"name": "generated"})["name"] == "generated"
    assert admin.get("/users") == {"users": []}
    assert admin.get("/users/free@example.com")["email"] == "free@example.com"


def test_an_empty_scenario_is_refused_and_removes_nobody(admin: Admin) -> None:
    admin.do("PUT", "/scenario", {"name": "two-shifts"})
    before = admin.get("/users")
    assert "'generated'" in refused(admin.call("PUT", "/scenario", {})).replace('"', "'")
    assert admin.get("/users") == before


def test_an_id_that_another_user_has_is_refused(admin: Admin) -> None:
    one, other = "477aec30-bfee-11e8-a43f-02742c1c8abe", "477AEC30-bfee-11e8-a43f-02742c1c8abe"
    admin.do("PUT", "/users/a@example.com", {"zone": "UTC", "id": one})
    assert "'a@example.com' has the id" in refused(admin.call("PUT", "/users/b@example.com", {"zone": "UTC", "id": other}))
    admin.do("PUT", "/users/A@example.com", {"zone": "UTC", "id": other})
    admin.do("DELETE", "/users/a@example.com")
    admin.do("PUT", "/users/b@example.com", {"zone": "UTC", "id": one})


def test_a_fault_whose_user_nobody_is_is_refused(admin: Admin) -> None:
    admin.do("PUT", "/scenario", {"user": [{"email": "a@example.com", "zone": "UTC"}]})
    fault = {"kind": "reset", "user": "b@example.com"}
    assert "no user has the address 'b@example.com'" in refused(admin.call("POST", "/faults", fault), 404)
    scenario = {"user": [{"email": "a@example.com", "zone": "UTC"}], "fault": [fault]}
    assert "no user has the address 'b@example.com'; did you mean 'a@example.com'?" in refused(admin.call("PUT", "/scenario", scenario))


def test_a_task_of_a_removed_user_is_no_task_and_its_id_is_free(admin: Admin) -> None:
    task = {**TASK, "user": "a@example.com", "id": "mine"}
    admin.do("PUT", "/users/a@example.com", {"zone": "UTC"})
    admin.do("POST", "/tasks", task)
    assert "already" in refused(admin.call("POST", "/tasks", {**task, "user": "free@example.com"}))
    admin.do("PUT", "/users/a@example.com", {"zone": "UTC"})
    admin.do("POST", "/tasks", {**task, "user": "free@example.com"})
    admin.do("DELETE", "/tasks/mine")
    assert "no task" in refused(admin.call("DELETE", "/tasks/mine"), 404)
