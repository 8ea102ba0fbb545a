"""Accounts share a server and nothing else."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from leadsquared_slots.mock_server import MockServer
from leadsquared_slots.mock_server.accounts import registry
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED
from leadsquared_slots.mock_server.exchanges.message import Keys, Presented
from leadsquared_slots.mock_server.service import Emulator

from ..support.talking import Admin, Answer, Line, ask, request

NOW = "2026-03-02T06:00:00Z"
USER = "free@example.com"
QUESTION = {"FromDate": "2026-03-02", "ToDate": "2026-03-02", "Users": [USER]}


class Tenant:
    """An account with its keys and its admin calls."""

    def __init__(self, port: int, **start: Any) -> None:
        keys = Admin(port).do("POST", "/accounts", {"now": NOW, **start})
        self.port, self.keys = port, Keys(keys["accessKey"], keys["secretKey"])
        self.headers = {"x-LSQ-AccessKey": keys["accessKey"], "x-LSQ-SecretKey": keys["secretKey"]}
        self.admin = Admin(port).of(keys["accessKey"])

    def ask(self, **headers: str) -> Answer:
        return ask(self.port, QUESTION, **self.headers, **headers)


@pytest.fixture(scope="module")
def server(either_store: Callable[[], dict[str, Any]]) -> Iterator[MockServer]:
    with MockServer(**either_store()) as running:
        yield running


def test_what_is_done_to_one_account_no_other_sees(server: MockServer) -> None:
    one, other = Tenant(server.port, rateLimit="3/5s"), Tenant(server.port, rateLimit="3/5s")
    before, default = other.admin.get("/state"), Admin(server.port).get("/state")
    answer = other.ask().body
    other.admin.do("POST", "/clock/advance", {"seconds": 5})
    other.admin.do("PUT", "/clock", {"now": NOW})
    one.admin.do("POST", "/tasks", {"user": USER, "start": "2026-03-02T06:00:00Z", "end": "2026-03-02T06:30:00Z"})
    one.admin.do("POST", "/holidays", {"user": USER, "date": "2026-03-02"})
    one.admin.do("PATCH", "/settings", {"profile": "observed"})
    one.admin.do("PUT", "/clock", {"now": "2026-03-02T07:00:00Z"})
    assert [one.ask().status for _ in range(4)] == [200] * 4
    assert "limit of 3" in one.ask().json["ExceptionMessage"]
    one.admin.do("POST", "/faults", {"kind": "status", "status": 500})
    assert one.ask().status == 500
    assert other.ask().body == answer
    assert one.ask().status == 500
    assert len(other.admin.get("/requests")["requests"]) == 2
    assert other.admin.get("/state") | {"calls": []} == before | {"calls": []}
    assert Admin(server.port).get("/state") == default


def test_a_deleted_account_is_a_stranger(server: MockServer) -> None:
    tenant = Tenant(server.port)
    assert tenant.ask().status == 200
    Admin(server.port).do("DELETE", f"/accounts/{tenant.keys.access_key}")
    assert tenant.ask().status == 401


def test_what_an_account_is_refused_stands_in_its_own_journal_in_its_own_words(server: MockServer) -> None:
    tenant = Tenant(server.port, profile={"extends": "observed", "invalid-keys-status": 403})
    before = len(server.emulator.accounts.default.journal)
    with Line(server.port) as line:
        line.send(request("/v2/Nothing", headers=tenant.headers))
        assert line.answer().headers["Content-Type"].startswith("text/html")
        line.send(request(method="PUT", headers=tenant.headers))
        assert line.answer().headers["Content-Type"].startswith("text/html")
        wrong = line.send(request(headers={**tenant.headers, "x-LSQ-SecretKey": "wrong"})).answer()
        assert (wrong.status, wrong.json["IsMXException"]) == (403, True)
    assert [(entry["status"], entry["matched"]) for entry in tenant.admin.get("/requests")["requests"]] == [
        (404, False),
        (405, True),
        (403, True),
    ]
    assert len(server.emulator.accounts.default.journal) == before


@pytest.mark.parametrize(("counts", "status"), [("header", 401), ("query", 200)])
def test_an_account_says_itself_which_keys_count(server: MockServer, counts: str, status: int) -> None:
    tenant = Tenant(server.port, profile={"keys-in-both-places": counts})
    query = f"accessKey={tenant.keys.access_key}&secretKey={tenant.keys.secret_key}".replace("$", "%24")
    headers = {"x-LSQ-AccessKey": "wrong", "x-LSQ-SecretKey": "wrong"}
    with Line(server.port) as line:
        assert line.send(request(f"{ENDPOINT}?{query}", headers=headers)).answer().status == status


ENDPOINT = "/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress"


def test_there_are_at_most_as_many_accounts_as_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert registry.MOST_ACCOUNTS == 10_000
    monkeypatch.setattr(registry, "MOST_ACCOUNTS", 3)
    with MockServer() as server:
        admin = Admin(server.port)
        first = admin.do("POST", "/accounts")
        admin.do("POST", "/accounts")
        refused = admin.call("POST", "/accounts")
        assert (refused.status, refused.json["error"]) == (400, "there are 3 accounts")
        admin.do("DELETE", f"/accounts/{first['accessKey']}")
        admin.do("POST", "/accounts")


def test_ten_thousand_accounts_are_told_apart() -> None:
    emulator = Emulator()
    made = [emulator.accounts.create(emulator.accounts.start) for _ in range(9_999)]
    with pytest.raises(registry.TooManyAccounts):
        emulator.accounts.create(emulator.accounts.start)
    for one in (made[0], made[5_000], made[-1]):
        assert emulator.accounts.authenticate(Presented(Keys(), one.keys[0])) == registry.Caller(one)
    assert len({one.keys[0] for one in made}) == 9_999


def test_fifty_tests_share_a_server_at_the_same_time(server: MockServer) -> None:
    """Each has its own clock, limit, task, fault and journal, and sees no trace of the others."""

    def one_test(number: int) -> None:
        tenant = Tenant(server.port, rateLimit=f"{4 + number % 3}/5s")
        start, end = f"2026-03-02T06:{number:02}:00Z", f"2026-03-02T07:{number:02}:00Z"
        tenant.admin.do("POST", "/tasks", {"user": USER, "start": start, "end": end})
        busy = [{"StartTime": start.replace("T", " ").rstrip("Z"), "EndTime": end.replace("T", " ").rstrip("Z")}]
        for _ in range(4 + number % 3):
            assert tenant.ask().json["List"][0]["UserSlots"][0]["BusySlots"] == busy
        assert tenant.ask().status == 429
        assert tenant.admin.do("POST", "/clock/advance", {"seconds": 5})["now"] == "2026-03-02T06:00:05Z"
        tenant.admin.do("POST", "/faults", {"kind": "status", "status": 500, "times": number % 2 + 1})
        assert [tenant.ask().status for _ in range(number % 2 + 2)] == [500] * (number % 2 + 1) + [200]
        assert tenant.admin.do("POST", "/requests/count", {"status": 500}) == {"count": number % 2 + 1}
        Admin(server.port).do("DELETE", f"/accounts/{tenant.keys.access_key}")

    before = len(server.emulator.accounts)
    with ThreadPoolExecutor(50) as pool:
        list(pool.map(one_test, range(50)))
    assert len(server.emulator.accounts) == before


def test_a_snapshot_of_one_account_can_be_taken_up_by_another(server: MockServer) -> None:
    one, other = Tenant(server.port, scenario="plain-week"), Tenant(server.port)
    other.admin.do("PUT", "/state", one.admin.get("/state"))
    assert other.admin.get("/state") == one.admin.get("/state")
    assert other.admin.get("/users") == one.admin.get("/users")
    assert DOCUMENTED.name == other.admin.get("/settings")["profile"]["name"]
