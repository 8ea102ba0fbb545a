"""Calendars that are changed while the emulator runs: the next answer shows it."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from leadsquared_slots.mock_server import MockServer

from ..support.talking import Admin, ask

NOW = "2026-03-02T00:00:00Z"
DAY = "2026-03-02"
TEMPLATE = {"zone": "UTC", "shifts": {"every-day": ["09:00-17:00"]}, "breaks": {"monday": ["12:00-12:30"]}}


@pytest.fixture(scope="module")
def server(either_store: Callable[[], dict[str, Any]]) -> Iterator[MockServer]:
    with MockServer(rate_limit=None, now=1_772_409_600.0, **either_store()) as running:
        yield running


@pytest.fixture
def admin(server: MockServer) -> Admin:
    admin = Admin(server.port)
    admin.do("POST", "/reset")
    return admin


def day_of(admin: Admin, user: str, day: str = DAY, flag: bool = False) -> dict[str, Any]:
    """The entry of a user under a date."""
    body = {"FromDate": day, "ToDate": day, "Users": [user], "IncludeAllowedConflictSlots": flag}
    answer = ask(admin.port, body)
    assert answer.status == 200, answer
    (entry,) = answer.json["List"][0]["UserSlots"]
    assert isinstance(entry, dict)
    return entry


def times(entry: dict[str, Any], name: str = "AvailableSlots") -> list[str]:
    return [f"{slot['StartTime'][-8:-3]}-{slot['EndTime'][-8:-3]}" for slot in entry[name]]


def test_a_user_is_put_with_a_template_of_its_own(admin: Admin) -> None:
    put = admin.do("PUT", "/users/Me@example.com", {"zone": "Asia/Kolkata", "template": TEMPLATE, "holidays": ["2026-03-03"], "name": "Me"})
    assert (put["email"], put["name"], put["template"]["zone"]) == ("Me@example.com", "Me", "UTC")
    entry = day_of(admin, "me@example.com")
    assert (entry["EmailAddress"], entry["UserTimeZone"], entry["WorkDayTemplateTimeZone"]) == ("Me@example.com", "Asia/Kolkata", "UTC")
    assert (times(entry), times(entry, "Breaks")) == (["09:00-17:00"], ["12:00-12:30"])
    assert day_of(admin, "me@example.com", "2026-03-03")["NoSlotsReason"] == "Holiday"
    assert [user["email"] for user in admin.get("/users")["users"]] == ["Me@example.com"]
    admin.do("PUT", "/users/me@example.com", {"zone": "UTC"})
    assert day_of(admin, "me@example.com")["NoSlotsReason"] == "WorkDayTemplateNotDefined"
    assert len(admin.get("/users")["users"]) == 1


def test_a_user_is_taken_away(admin: Admin) -> None:
    assert admin.do("DELETE", "/users/Bob@example.com") == {}
    assert ask(admin.port, {"FromDate": DAY, "ToDate": DAY, "Users": ["bob@example.com"]}).json["RecordCount"] == 0
    assert admin.call("GET", "/users/bob@example.com").status == 404
    assert admin.call("DELETE", "/users/bob@example.com").status == 404
    admin.do("PUT", "/users/bob@example.com", {"zone": "UTC"})
    assert day_of(admin, "bob@example.com")["UserTimeZone"] == "UTC"


@pytest.mark.parametrize("kind", [{}, {"allowConflicts": False}, {"type": "Meeting"}])
def test_a_task_that_forbids_conflicts_is_busy_and_takes_its_time(admin: Admin, kind: dict[str, Any]) -> None:
    admin.do("PUT", "/users/me@example.com", {"zone": "UTC", "template": TEMPLATE})
    made = admin.call("POST", "/tasks", {"user": "ME@example.com", "start": f"{DAY}T10:00:00Z", "end": f"{DAY}T11:00:00Z", **kind})
    assert made.status == 201
    for flag in (True, False):
        entry = day_of(admin, "me@example.com", flag=flag)
        assert (times(entry), times(entry, "BusySlots")) == (["09:00-10:00", "11:00-17:00"], ["10:00-11:00"])
    assert [task["id"] for task in admin.get(f"/users/me@example.com?from={DAY}&to={DAY}")["tasks"]] == [made.json["id"]]
    assert admin.do("DELETE", f"/tasks/{made.json['id']}") == {}
    assert times(day_of(admin, "me@example.com")) == ["09:00-17:00"]
    assert admin.call("DELETE", f"/tasks/{made.json['id']}").status == 404


@pytest.mark.parametrize("kind", [{"allowConflicts": True}, {"type": "Phone call"}])
def test_a_task_that_allows_conflicts_is_a_hole_unless_they_are_included(admin: Admin, kind: dict[str, Any]) -> None:
    admin.do("PUT", "/users/me@example.com", {"zone": "UTC", "template": TEMPLATE})
    admin.do("POST", "/tasks", {"user": "me@example.com", "start": f"{DAY}T10:00:00Z", "end": f"{DAY}T11:00:00Z", **kind})
    assert times(day_of(admin, "me@example.com")) == ["09:00-10:00", "11:00-17:00"]
    assert times(day_of(admin, "me@example.com", flag=True)) == ["09:00-17:00"]
    assert times(day_of(admin, "me@example.com"), "BusySlots") == []


def test_every_task_of_a_generated_user_is_deleted_by_the_id_shown(admin: Admin) -> None:
    for user in ("fully-booked@example.com", "someone@example.com"):
        while tasks := admin.get(f"/users/{user}?from=2026-03-02&to=2026-03-06")["tasks"]:
            admin.do("DELETE", f"/tasks/{quote(tasks[0]['id'])}")
            assert tasks[0]["id"] not in {task["id"] for task in admin.get(f"/users/{user}?from=2026-03-02&to=2026-03-06")["tasks"]}
        for day in range(2, 7):
            assert day_of(admin, user, f"2026-03-0{day}")["BusySlots"] == []
    assert day_of(admin, "fully-booked@example.com", "2026-03-09")["BusySlots"]


def test_an_id_names_one_task(admin: Admin) -> None:
    def add(**given: str) -> Any:
        return admin.call("POST", "/tasks", {"user": "free@example.com", "start": f"{DAY}T05:00:00Z", "end": f"{DAY}T06:00:00Z", **given})

    assert add(id="added-2").json == {"id": "added-2"}
    assert add().json != {"id": "added-2"}
    refused = add(id="added-2")
    assert (refused.status, refused.json["hint"]) == (400, "leave the id out, or choose another")
    generated = admin.get("/users/fully-booked@example.com?from=2026-03-02")["tasks"][0]["id"]
    assert add(id=generated).status == 400
    admin.do("DELETE", "/tasks/added-2")
    assert add(id="added-2").status == 201
    assert len(day_of(admin, "free@example.com")["BusySlots"]) == 2


def test_a_deleted_task_does_not_come_back_with_another_of_its_id(admin: Admin) -> None:
    task = {"id": "one", "start": f"{DAY}T10:00:00Z", "end": f"{DAY}T11:00:00Z", "allow-conflicts": False}
    admin.do("PUT", "/users/me@example.com", {"zone": "UTC", "template": TEMPLATE, "tasks": [task]})
    admin.do("DELETE", "/tasks/one")
    admin.do("POST", "/tasks", {"id": "one", "user": "me@example.com", "start": f"{DAY}T15:00:00Z", "end": f"{DAY}T16:00:00Z"})
    assert times(day_of(admin, "me@example.com"), "BusySlots") == ["15:00-16:00"]
    admin.do("DELETE", "/tasks/one")
    assert times(day_of(admin, "me@example.com"), "BusySlots") == []


@pytest.mark.parametrize("name", [{}, {"name": "Holi"}])
def test_a_holiday_is_added(admin: Admin, name: dict[str, str]) -> None:
    assert admin.call("POST", "/holidays", {"user": "free@example.com", "date": DAY, **name}).status == 201
    assert day_of(admin, "free@example.com")["NoSlotsReason"] == "Holiday"
    assert admin.get(f"/users/free@example.com?from={DAY}&to={DAY}")["holidays"] == [{"date": DAY, "name": name.get("name", "Holiday")}]


def test_leaves_are_added_for_days_and_for_hours(admin: Admin) -> None:
    admin.do("PUT", "/users/me@example.com", {"zone": "UTC", "template": TEMPLATE})
    assert admin.call("POST", "/leaves", {"user": "me@example.com", "from": "2026-03-03", "to": "2026-03-04"}).status == 201
    admin.do("POST", "/leaves", {"user": "me@example.com", "date": "2026-03-05"})
    admin.do("POST", "/leaves", {"user": "me@example.com", "date": DAY, "time": "10:00-12:00"})
    assert times(day_of(admin, "me@example.com")) == ["09:00-10:00", "12:00-17:00"]
    assert [day_of(admin, "me@example.com", f"2026-03-0{day}")["NoSlotsReason"] for day in range(2, 7)] == [
        None,
        "Leave",
        "Leave",
        "Leave",
        None,
    ]
    shown = admin.get("/users/me@example.com?from=2026-03-02&to=2026-03-04")["leaves"]
    assert shown == [{"date": DAY, "time": "10:00-12:00"}, {"date": "2026-03-03"}, {"date": "2026-03-04"}]


@pytest.mark.parametrize(
    "address",
    ["a/b@example.com", "o'brien+x@example.com", "100%@example.com", "a?b@example.com", "a#b&c=d@example.com", "~{|}@example.com"],
)
def test_every_address_of_the_endpoint_has_a_calendar(admin: Admin, address: str) -> None:
    path = f"/users/{quote(address, safe='')}"
    assert admin.get(path)["email"] == address
    assert admin.do("PUT", path, {"zone": "UTC", "template": TEMPLATE})["email"] == address
    task = admin.do("POST", "/tasks", {"user": address, "start": f"{DAY}T10:00:00Z", "end": f"{DAY}T11:00:00Z", "id": f"a/{address}"})
    assert times(day_of(admin, address)) == ["09:00-10:00", "11:00-17:00"]
    admin.do("DELETE", f"/tasks/{quote(task['id'], safe='')}")
    assert times(day_of(admin, address)) == ["09:00-17:00"]
    admin.do("DELETE", path)
    assert admin.call("GET", path).status == 404


def test_changes_stay_when_letter_case_begins_to_count(admin: Admin) -> None:
    admin.do("PUT", "/users/Me@example.com", {"zone": "UTC", "template": TEMPLATE})
    admin.do("POST", "/holidays", {"user": "Me@example.com", "date": DAY})
    before = admin.get("/state")["changes"]
    admin.do("PATCH", "/settings", {"profile": {"address-case": "exact"}})
    assert day_of(admin, "Me@example.com")["NoSlotsReason"] == "Holiday"
    assert day_of(admin, "me@example.com")["EmailAddress"] == "me@example.com"
    assert admin.get("/state")["changes"] == before


def test_changes_that_do_not_fit_another_letter_case_change_nothing(admin: Admin) -> None:
    admin.do("PUT", "/scenario", {"user": [{"email": "Me@example.com", "zone": "UTC"}]})
    admin.do("POST", "/holidays", {"user": "me@example.com", "date": DAY})
    before = admin.get("/state")
    refused = admin.call("PATCH", "/settings", {"profile": {"address-case": "exact"}, "rateLimit": "2/5s"})
    assert (refused.status, refused.json["error"]) == (404, "no user has the address 'me@example.com'")
    assert admin.get("/state") == before
