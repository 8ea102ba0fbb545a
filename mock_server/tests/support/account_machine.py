"""A state machine of accounts, calendars, faults, limits and clocks, driven over HTTP in any order: the oracle agrees after every step."""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from leadsquared_slots.contract_tests.oracle.answers import Oracle
from leadsquared_slots.contract_tests.strategies.generated_requests import calendars as drawn_calendars
from leadsquared_slots.contract_tests.strategies.generated_requests import requests, to_json
from leadsquared_slots.mock_server import MockServer
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED

from .asking import DECIDES_ANSWERS, choices
from .talking import Admin, Answer, ask

FIRST, LAST = date(2026, 3, 28), date(2026, 4, 1)
NOW = datetime(2026, 3, 30, 6, tzinfo=UTC)
ADDRESSES = ["user0@example.com", "user1@example.com"]
CALLS, SECONDS = 6, 5

indexes = st.integers(0, 2)
days = st.dates(FIRST, LAST).map(date.isoformat)
hours = st.integers(0, 21)
EVERYTHING = {"FromDate": FIRST.isoformat(), "ToDate": LAST.isoformat(), "Users": ADDRESSES}
places = st.integers(0, 23)
questions = requests(ADDRESSES, FIRST, LAST, longest=2)


@dataclass
class Tenant:
    """What an account has to be like, kept by the simplest means."""

    keys: dict[str, str]
    start: dict[str, Any]
    document: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    now: float = 0
    passed: list[float] = field(default_factory=list)
    faults: list[dict[str, Any]] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)
    kept: Any = None

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        self.document, self.answers, self.now = deepcopy(self.start), dict(DOCUMENTED.answers()), NOW.timestamp()
        self.passed, self.faults, self.asked = [], [], []

    def copy(self) -> Any:
        return deepcopy((self.document, self.answers, self.now, self.passed, self.faults))

    @property
    def headers(self) -> dict[str, str]:
        return {"x-LSQ-AccessKey": self.keys["accessKey"], "x-LSQ-SecretKey": self.keys["secretKey"]}

    def address(self, place: int) -> str:
        """Mostly that of a user who exists."""
        known = [user["email"] for user in self.document["user"]]
        return (known * 3 + ADDRESSES)[place % (3 * len(known) + len(ADDRESSES))]

    def user(self, address: str) -> dict[str, Any] | None:
        return next((user for user in self.document["user"] if user["email"] == address), None)

    def expected(self, question: dict[str, Any]) -> tuple[int, Any]:
        """The status of the next call, and its answer where that is 200."""
        self.passed = [moment for moment in self.passed if self.now - SECONDS < moment <= self.now]
        is_over = len(self.passed) >= CALLS
        status, answer = (429, None) if is_over else (200, Oracle(self.document, self.answers).answer(question))
        if not is_over:
            self.passed.append(self.now)
        for fault in self.faults:
            if "user" in fault and (is_over or fault["user"] not in question["Users"]):
                continue
            if fault["struck"] == fault.get("times", -1):
                continue
            fault["seen"] += 1
            nth = fault["seen"] - fault.get("after", 0)
            if nth > 0 and nth % fault.get("every", 1) == 0:
                fault["struck"] += 1
                return fault["status"], None
        return status, answer


class Accounts(RuleBasedStateMachine):
    """Up to three accounts of one server."""

    server: ClassVar[MockServer]

    def __init__(self) -> None:
        super().__init__()
        self.admin = Admin(self.server.port)
        self.tenants: list[Tenant] = []
        self.gone: list[Tenant] = []

    def teardown(self) -> None:
        for tenant in self.tenants:
            self.admin.do("DELETE", f"/accounts/{tenant.keys['accessKey']}")

    def tenant(self, index: int) -> Tenant:
        return self.tenants[index % len(self.tenants)]

    def of(self, tenant: Tenant) -> Admin:
        return self.admin.of(tenant.keys["accessKey"])

    @initialize(document=drawn_calendars(first=FIRST, last=LAST, most_users=2))
    def first_account(self, document: dict[str, Any]) -> None:
        self.add_account(document)

    @precondition(lambda self: len(self.tenants) < 3)
    @rule(document=drawn_calendars(first=FIRST, last=LAST, most_users=2))
    def another_account(self, document: dict[str, Any]) -> None:
        self.add_account(document)

    def add_account(self, document: dict[str, Any]) -> None:
        sent = to_json(document)
        keys = self.admin.do("POST", "/accounts", {"scenario": sent, "now": to_json(NOW), "rateLimit": f"{CALLS}/{SECONDS}s"})
        self.tenants.append(Tenant(keys, sent))

    @precondition(lambda self: len(self.tenants) > 1)
    @rule(index=indexes)
    def account_goes(self, index: int) -> None:
        tenant = self.tenant(index)
        self.admin.do("DELETE", f"/accounts/{tenant.keys['accessKey']}")
        self.tenants.remove(tenant)
        self.gone.append(tenant)

    @precondition(lambda self: self.gone)
    @rule()
    def who_is_gone_asks(self) -> None:
        assert ask(self.server.port, {}, **self.gone[-1].headers).status == 401

    @rule(index=indexes, question=questions)
    def call(self, index: int, question: dict[str, Any]) -> None:
        self.ask(self.tenant(index), question)

    def ask(self, tenant: Tenant, question: dict[str, Any]) -> None:
        reply = ask(self.server.port, question, **tenant.headers)
        status, answer = tenant.expected(question)
        tenant.asked.append(status)
        assert reply.status == status, reply
        if answer is not None:
            assert without_ids(reply) == answer

    @rule(
        index=indexes,
        place=places,
        day=days,
        hour=hours,
        length=st.integers(1, 90),
        kind=st.sampled_from(["Meeting", "Reminder"]),
    )
    def task(self, index: int, place: int, day: str, hour: int, length: int, kind: str) -> None:
        start = datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(hours=hour)
        entry = {"start": to_json(start), "end": to_json(start + timedelta(minutes=length)), "type": kind}
        tenant = self.tenant(index)
        address = tenant.address(place)
        answer = self.of(tenant).call("POST", "/tasks", {"user": address, **entry})
        user = tenant.user(address)
        assert answer.status == (404 if user is None else 201)
        if user is not None:
            user.setdefault("tasks", []).append({**entry, "id": answer.json["id"]})

    @precondition(lambda self: any(user.get("tasks") for tenant in self.tenants for user in tenant.document["user"]))
    @rule(place=places)
    def task_goes(self, place: int) -> None:
        having = [(tenant, user) for tenant in self.tenants for user in tenant.document["user"] if user.get("tasks")]
        tenant, user = having[place % len(having)]
        wanted = user["tasks"][place % len(user["tasks"])]
        # A task of the scenario has an id by its place there, whatever was deleted before it.
        shown = self.of(tenant).get(f"/users/{user['email']}?from=2026-03-01&to=2026-05-01")["tasks"]
        same = [task["id"] for task in shown if all(task[name] == wanted[name] for name in ("start", "end", "type"))]
        self.of(tenant).do("DELETE", f"/tasks/{wanted.get('id', same[0])}")
        user["tasks"].remove(wanted)

    @rule(index=indexes, place=places, day=days, hour=hours, is_whole=st.booleans())
    def leave(self, index: int, place: int, day: str, hour: int, is_whole: bool) -> None:
        entry = {"from": day, "to": day} if is_whole else {"date": day, "time": f"{hour:02}:00-{hour + 2:02}:30"}
        self.change(index, place, "/leaves", entry, "leaves", entry)

    @rule(index=indexes, place=places, day=days)
    def holiday(self, index: int, place: int, day: str) -> None:
        self.change(index, place, "/holidays", {"date": day, "name": "Holi"}, "holidays", day)

    def change(self, index: int, place: int, path: str, body: dict[str, Any], name: str, entry: Any) -> None:
        tenant = self.tenant(index)
        address = tenant.address(place)
        answer = self.of(tenant).call("POST", path, {"user": address, **body})
        user = tenant.user(address)
        assert answer.status == (404 if user is None else 201)
        if user is not None:
            user.setdefault(name, []).append(entry)

    @rule(
        index=indexes,
        place=places,
        zone=st.sampled_from(["Asia/Kolkata", "Pacific/Chatham"]),
        has_template=st.booleans(),
    )
    def user(self, index: int, place: int, zone: str, has_template: bool) -> None:
        tenant, address = self.tenant(index), ADDRESSES[place % 2]
        entry = {"zone": zone} | ({"template": tenant.document["template"][0]["name"]} if has_template else {})
        self.of(tenant).do("PUT", f"/users/{address}", entry)
        tenant.document["user"] = [user for user in tenant.document["user"] if user["email"] != address] + [{"email": address, **entry}]

    @rule(index=indexes, place=places)
    def user_goes(self, index: int, place: int) -> None:
        tenant, address = self.tenant(index), ADDRESSES[place % 2]
        answer = self.of(tenant).call("DELETE", f"/users/{address}")
        assert answer.status == (404 if tenant.user(address) is None else 200)
        tenant.document["user"] = [user for user in tenant.document["user"] if user["email"] != address]

    @rule(
        index=indexes,
        fault=st.fixed_dictionaries(
            {"kind": st.just("status"), "status": st.sampled_from([500, 404])},
            optional={
                "times": st.integers(1, 2),
                "after": st.integers(0, 2),
                "every": st.integers(1, 3),
                "user": st.sampled_from(ADDRESSES),
            },
        ),
    )
    def fault(self, index: int, fault: dict[str, Any]) -> None:
        tenant = self.tenant(index)
        answer = self.of(tenant).call("POST", "/faults", fault)
        if "user" in fault and tenant.user(fault["user"]) is None:
            assert answer.status == 404, answer
            return
        assert answer.status == 201, answer
        tenant.faults.append({**fault, "seen": 0, "struck": 0})

    @rule(index=indexes)
    def faults_go(self, index: int) -> None:
        tenant = self.tenant(index)
        self.of(tenant).do("DELETE", "/faults")
        tenant.faults = []

    @rule(index=indexes, seconds=st.sampled_from([1, 2.5, 5, 60]))
    def time_passes(self, index: int, seconds: float) -> None:
        self.time_goes_on(self.tenant(index), seconds)

    def time_goes_on(self, tenant: Tenant, seconds: float) -> None:
        tenant.now += seconds
        assert datetime.fromisoformat(self.of(tenant).do("POST", "/clock/advance", {"seconds": seconds})["now"]).timestamp() == tenant.now

    @rule(index=indexes, seconds=st.sampled_from([-3, 0, 3]))
    def clock_is_set(self, index: int, seconds: int) -> None:
        tenant = self.tenant(index)
        moment = NOW + timedelta(seconds=seconds)
        self.of(tenant).do("PUT", "/clock", {"now": to_json(moment)})
        tenant.now = moment.timestamp()

    @rule(index=indexes, question=st.sampled_from(DECIDES_ANSWERS), data=st.data())
    def answer_to_a_question(self, index: int, question: str, data: st.DataObject) -> None:
        tenant = self.tenant(index)
        answer = data.draw(st.sampled_from(choices(question)))
        self.of(tenant).do("PATCH", "/settings", {"profile": {question: answer}})
        tenant.answers[question] = answer

    @rule(index=indexes)
    def reset(self, index: int) -> None:
        tenant = self.tenant(index)
        self.of(tenant).do("POST", "/reset")
        tenant.begin()

    @rule(index=indexes)
    def keep(self, index: int) -> None:
        tenant = self.tenant(index)
        tenant.kept = (self.of(tenant).get("/state"), tenant.copy())

    @rule(source=indexes, index=indexes)
    def restore(self, source: int, index: int) -> None:
        kept, tenant = self.tenant(source).kept, self.tenant(index)
        if kept is not None:
            self.of(tenant).do("PUT", "/state", kept[0])
            tenant.document, tenant.answers, tenant.now, tenant.passed, tenant.faults = deepcopy(kept[1])

    @invariant()
    def every_account_answers_as_the_oracle_says(self) -> None:
        for tenant in self.tenants:
            self.ask(tenant, EVERYTHING)
            if tenant.asked[-1] == 429:
                self.time_goes_on(tenant, SECONDS)

    @invariant()
    def journals_hold_what_was_asked(self) -> None:
        for tenant in self.tenants:
            assert [entry["status"] for entry in self.of(tenant).get("/requests")["requests"]] == tenant.asked

    @invariant()
    def faults_have_counted_what_they_saw(self) -> None:
        for tenant in self.tenants:
            assert self.of(tenant).get("/faults")["faults"] == tenant.faults


def without_ids(reply: Answer) -> Any:
    """An answer, ids of users aside: the oracle does not know those."""
    answer = reply.json
    for day in answer.get("List") or ():
        for entry in day["UserSlots"]:
            entry["UserId"] = None
    return answer
