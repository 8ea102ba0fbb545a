"""The oracle against answers that were worked out by hand, rule by rule."""

import time
from datetime import UTC, date, datetime
from typing import Any

import pytest
from leadsquared_slots.contract_tests.checks.calendars.known_calendars import handmade
from leadsquared_slots.contract_tests.oracle.answers import Oracle, UnknownAddressRefused
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED

MEETING, REMINDER = "Meeting", "Reminder"


def utc(text: str) -> datetime:
    """An instant from `2026-03-02 06:00`, UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def task(start: str, end: str, kind: str = MEETING) -> dict[str, Any]:
    """A task between two UTC times."""
    return {"type": kind, "start": utc(start), "end": utc(end)}


def calendar(zone: str, shifts: dict[str, Any], *, breaks: dict[str, Any] | None = None, **user: Any) -> dict[str, Any]:
    """A scenario of one user, a@x.example, with a work day template in a zone."""
    return {
        "task-type": [{"name": MEETING, "allow-conflicts": False}, {"name": REMINDER, "allow-conflicts": True}],
        "template": [{"name": "T", "zone": zone, "shifts": shifts, "breaks": breaks or {}}],
        "user": [{"email": "a@x.example", "zone": "Asia/Kolkata", "template": "T", **user}],
    }


def entry(scenario: dict[str, Any], day: str, *, flag: bool = False, **answers: Any) -> dict[str, Any]:
    """What stands about the first user under a date."""
    spelt = {name.replace("_", "-"): answer for name, answer in answers.items()}
    oracle = Oracle(scenario, DOCUMENTED.with_answers(spelt).answers())
    return oracle.entry(oracle.users[0], date.fromisoformat(day), flag)


def times(slots: list[dict[str, str]] | None) -> list[str] | None:
    """Slots as `09:00:00-14:00:00`."""
    return None if slots is None else [f"{slot['StartTime']}-{slot['EndTime']}" for slot in slots]


def free(scenario: dict[str, Any], day: str, *, flag: bool = False, **answers: Any) -> list[str] | None:
    """The slots of the first user under a date."""
    return times(entry(scenario, day, flag=flag, **answers)["AvailableSlots"])


OFFICE = {"weekdays": ["09:00-17:00"]}
ALL_DAY = {"every-day": ["00:00-24:00"]}


def test_the_sample_of_the_vendor() -> None:
    """A shift to midnight in Tonga, a break inside it, three busy times in UTC; and a user without a template."""
    half = ("2018-09-25 06:30", "2018-09-25 07:00")
    tasks = [task(*half), task("2018-09-25 06:00", "2018-09-25 06:30"), task(*half)]
    scenario = calendar("Pacific/Tongatapu", {"tuesday": ["22:15-24:00"]}, breaks={"tuesday": ["22:15-22:30"]}, tasks=tasks)
    assert entry(scenario, "2018-09-25") == {
        "UserId": None,
        "EmailAddress": "a@x.example",
        "UserTimeZone": "Asia/Kolkata",
        "AvailableSlots": [{"StartTime": "22:15:00", "EndTime": "00:00:00"}],
        "Breaks": [{"StartTime": "22:15:00", "EndTime": "22:30:00"}],
        "BusySlots": [
            {"StartTime": "2018-09-25 06:00:00", "EndTime": "2018-09-25 06:30:00"},
            {"StartTime": "2018-09-25 06:30:00", "EndTime": "2018-09-25 07:00:00"},
            {"StartTime": "2018-09-25 06:30:00", "EndTime": "2018-09-25 07:00:00"},
        ],
        "WorkDayTemplateTimeZone": "Pacific/Tongatapu",
        "NoSlotsReason": None,
    }
    del scenario["user"][0]["template"]
    without = entry(scenario, "2018-09-25")
    assert [without[name] for name in ("AvailableSlots", "Breaks", "WorkDayTemplateTimeZone")] == [None, None, None]
    assert without["NoSlotsReason"] == "WorkDayTemplateNotDefined"
    assert len(without["BusySlots"]) == 3


def test_tasks_are_taken_out_in_the_template_s_zone_to_the_second() -> None:
    """04:00 UTC is 09:30 in Kolkata."""
    scenario = calendar("Asia/Kolkata", OFFICE, tasks=[task("2026-03-02 04:00:07", "2026-03-02 04:30:31")])
    assert free(scenario, "2026-03-02") == ["09:00:00-09:30:07", "10:00:31-17:00:00"]


def test_the_flag_decides_about_tasks_that_allow_conflicts() -> None:
    """False takes their time out, true does not; busy they never are."""
    scenario = calendar("UTC", OFFICE, tasks=[task("2026-03-02 10:00", "2026-03-02 11:00", REMINDER)])
    assert free(scenario, "2026-03-02") == ["09:00:00-10:00:00", "11:00:00-17:00:00"]
    assert free(scenario, "2026-03-02", flag=True) == ["09:00:00-17:00:00"]
    assert free(scenario, "2026-03-02", allowed_conflict="available") == ["09:00:00-17:00:00"]
    assert entry(scenario, "2026-03-02")["BusySlots"] == []


def test_a_day_that_is_booked_from_end_to_end_has_an_empty_list() -> None:
    """And no reason."""
    whole = entry(calendar("UTC", OFFICE, tasks=[task("2026-03-02 09:00", "2026-03-02 17:00")]), "2026-03-02")
    assert (whole["AvailableSlots"], whole["NoSlotsReason"]) == ([], None)


def test_a_shift_over_midnight_stands_under_two_dates() -> None:
    """Saturday's night ends on Sunday; Monday is not scheduled."""
    scenario = calendar("Europe/London", {"saturday": ["22:00-06:00"]}, breaks={"saturday": ["23:30-00:30"]})
    assert free(scenario, "2026-03-07") == ["22:00:00-00:00:00"]
    assert free(scenario, "2026-03-08") == ["00:00:00-06:00:00"]
    assert entry(scenario, "2026-03-09")["NoSlotsReason"] == "NotScheduled"
    assert times(entry(scenario, "2026-03-07")["Breaks"]) == ["23:30:00-00:00:00"]
    assert times(entry(scenario, "2026-03-08")["Breaks"]) == ["00:00:00-00:30:00"]


def test_the_hour_that_does_not_come_is_not_free() -> None:
    """On 2026-03-29 Berlin's clocks go from 02:00 to 03:00; a task across the change takes what it takes."""
    scenario = calendar("Europe/Berlin", ALL_DAY, breaks={"every-day": ["01:30-03:30"]})
    assert free(scenario, "2026-03-29") == ["00:00:00-02:00:00", "03:00:00-00:00:00"]
    assert times(entry(scenario, "2026-03-29")["Breaks"]) == ["01:30:00-02:00:00", "03:00:00-03:30:00"]
    across = calendar("Europe/Berlin", ALL_DAY, tasks=[task("2026-03-29 00:45", "2026-03-29 01:15")])
    assert free(across, "2026-03-29") == ["00:00:00-01:45:00", "03:15:00-00:00:00"]


def test_a_task_in_either_pass_of_the_repeated_hour_takes_it() -> None:
    """On 2026-10-25 Berlin reads 02:00 to 03:00 twice: from 00:00 and from 01:00 UTC."""
    first = task("2026-10-25 00:10", "2026-10-25 00:20")
    second = task("2026-10-25 01:40", "2026-10-25 01:50")
    scenario = calendar("Europe/Berlin", ALL_DAY, tasks=[first, second])
    assert free(scenario, "2026-10-25") == ["00:00:00-02:10:00", "02:20:00-02:40:00", "02:50:00-00:00:00"]


def test_a_change_at_midnight_makes_the_day_longer_or_shorter() -> None:
    """Cairo goes from midnight to 01:00 on 2026-04-24, and reads 23:00 to 24:00 of 2026-10-29 twice."""
    assert free(calendar("Africa/Cairo", ALL_DAY), "2026-04-24") == ["01:00:00-00:00:00"]
    late = calendar("Africa/Cairo", ALL_DAY, tasks=[task("2026-10-29 21:30", "2026-10-29 21:40")])
    assert free(late, "2026-10-29") == ["00:00:00-23:30:00", "23:40:00-00:00:00"]
    assert entry(late, "2026-10-30")["BusySlots"] == []


def test_a_date_that_a_zone_skipped_has_nothing() -> None:
    """Samoa had no 2011-12-30."""
    skipped = entry(calendar("Pacific/Apia", ALL_DAY, tasks=[task("2011-12-30 09:00", "2011-12-30 11:00")]), "2011-12-30")
    assert (skipped["AvailableSlots"], skipped["BusySlots"], skipped["NoSlotsReason"]) == ([], [], None)


def test_a_busy_time_stands_whole_under_every_date_that_it_overlaps() -> None:
    """Midnight in Tonga is 11:00 UTC; without a template the user's zone decides, or UTC."""
    scenario = calendar("Pacific/Tongatapu", OFFICE, tasks=[task("2026-03-30 10:30", "2026-03-30 11:30")])
    whole = [{"StartTime": "2026-03-30 10:30:00", "EndTime": "2026-03-30 11:30:00"}]
    assert [entry(scenario, day)["BusySlots"] for day in ("2026-03-29", "2026-03-30", "2026-03-31")] == [[], whole, whole]
    scenario["user"][0] |= {"zone": "Pacific/Kiritimati", "tasks": [task("2026-03-30 10:00", "2026-03-30 11:00")]}
    del scenario["user"][0]["template"]
    assert [len(entry(scenario, day)["BusySlots"]) for day in ("2026-03-30", "2026-03-31")] == [0, 1]
    in_utc = [entry(scenario, day, date_without_template="utc") for day in ("2026-03-30", "2026-03-31")]
    assert [len(each["BusySlots"]) for each in in_utc] == [1, 0]


@pytest.mark.parametrize(
    ("order", "working", "saturday"),
    [
        ("holiday-leave-not-scheduled", "Holiday", "Holiday"),
        ("leave-holiday-not-scheduled", "Leave", "Leave"),
        ("not-scheduled-holiday-leave", "Holiday", "NotScheduled"),
    ],
)
def test_the_order_of_reasons(order: str, working: str, saturday: str) -> None:
    """A holiday inside a leave, on a working day and on a Saturday."""
    scenario = calendar(
        "UTC", OFFICE,
        holidays=[date(2026, 3, 6), date(2026, 3, 7)], leaves=[{"from": date(2026, 3, 5), "to": date(2026, 3, 8)}],
    )  # fmt: skip
    assert entry(scenario, "2026-03-06", absence_order=order)["NoSlotsReason"] == working
    assert entry(scenario, "2026-03-07", absence_order=order)["NoSlotsReason"] == saturday
    assert entry(scenario, "2026-03-05", absence_order=order)["NoSlotsReason"] == "Leave"
    assert entry(scenario, "2026-03-09", absence_order=order)["NoSlotsReason"] is None


def test_lists_beside_a_reason() -> None:
    """Null, or empty where the profile says so; never empty without a template."""
    scenario = calendar("UTC", OFFICE)
    assert entry(scenario, "2026-03-07")["AvailableSlots"] is None
    assert entry(scenario, "2026-03-07", absent_lists="empty")["Breaks"] == []
    del scenario["user"][0]["template"]
    assert entry(scenario, "2026-03-07", absent_lists="empty")["AvailableSlots"] is None


def test_leave_for_part_of_a_day() -> None:
    """It is taken out and gives no reason; or nothing, where the profile says so."""
    scenario = calendar("America/New_York", OFFICE, leaves=[{"date": date(2026, 3, 2), "time": "10:00-12:00"}])
    assert free(scenario, "2026-03-02") == ["09:00:00-10:00:00", "12:00:00-17:00:00"]
    assert free(scenario, "2026-03-02", partial_leave="ignored") == ["09:00:00-17:00:00"]


def test_breaks_are_kept_or_taken_out() -> None:
    """They are listed where they interrupt a shift, either way."""
    scenario = calendar("UTC", OFFICE, breaks={"weekdays": ["12:00-12:30", "16:45-17:15", "20:00-21:00"]})
    listed = ["12:00:00-12:30:00", "16:45:00-17:00:00"]
    assert free(scenario, "2026-03-02") == ["09:00:00-17:00:00"]
    assert free(scenario, "2026-03-02", breaks="taken-out") == ["09:00:00-12:00:00", "12:30:00-16:45:00"]
    assert times(entry(scenario, "2026-03-02")["Breaks"]) == listed
    assert times(entry(scenario, "2026-03-02", breaks="taken-out")["Breaks"]) == listed


def test_times_in_utc() -> None:
    """A day in Tonga from 09:00 to 17:00 is 20:00 to 04:00 UTC: cut at midnight, sorted as printed."""
    scenario = calendar("Pacific/Tongatapu", OFFICE)
    assert free(scenario, "2026-03-02", time_zone="utc") == ["00:00:00-04:00:00", "20:00:00-00:00:00"]


def test_a_country_s_holidays() -> None:
    """Republic Day in India."""
    scenario = calendar("Asia/Kolkata", OFFICE, holidays="IN")
    assert entry(scenario, "2026-01-26")["NoSlotsReason"] == "Holiday"
    assert entry(scenario, "2026-01-27")["NoSlotsReason"] is None


def people(**answers: Any) -> Oracle:
    """Three users without templates, under a profile."""
    spelt = {name.replace("_", "-"): answer for name, answer in answers.items()}
    users = [{"email": email, "zone": "UTC"} for email in ("Carol@x.example", "bob@x.example", "alice@x.example")]
    return Oracle({"user": users}, DOCUMENTED.with_answers(spelt).answers())


def listed(oracle: Oracle, *users: str, days: int = 1, page: tuple[int, int] | None = None) -> tuple[int, Any]:
    """RecordCount, and for each date the local parts of its users."""
    request: dict[str, Any] = {"FromDate": "2026-03-01", "ToDate": f"2026-03-{days:02}", "Users": list(users)}
    if page:
        request["Paging"] = {"PageIndex": page[0], "PageSize": page[1]}
    answer = oracle.answer(request)
    groups = answer.get("List", "absent")
    if isinstance(groups, list):
        groups = [[user["EmailAddress"].partition("@")[0] for user in group["UserSlots"]] for group in groups]
    return answer["RecordCount"], groups


CAROL, BOB, ALICE = "carol@x.example", "bob@x.example", "alice@x.example"


def test_users_and_their_order() -> None:
    """As asked, in their stored letter case, once, without those who do not exist; or as the profile says."""
    assert listed(people(), BOB, "nobody@x.example", CAROL, BOB) == (2, [["bob", "Carol"]])
    assert listed(people(users_order="address"), CAROL, BOB, ALICE) == (3, [["alice", "bob", "Carol"]])
    assert listed(people(duplicate_addresses="repeated"), BOB, CAROL, "BOB@x.example") == (3, [["bob", "Carol", "bob"]])
    assert listed(people(address_case="exact"), CAROL, BOB) == (1, [["bob"]])
    with pytest.raises(UnknownAddressRefused, match="nobody"):
        people(unknown_address="refused").answer({"FromDate": "2026-03-01", "ToDate": "2026-03-01", "Users": ["nobody@x.example"]})


def test_pages() -> None:
    """Of users, with every date; or of users on dates. Past the last page there is nothing, in three shapes."""
    everybody = (ALICE, BOB, CAROL)
    assert listed(people(), *everybody, days=2, page=(2, 2)) == (3, [["Carol"], ["Carol"]])
    rows = people(record="user-and-date")
    assert listed(rows, *everybody, days=2, page=(1, 4)) == (6, [["alice", "bob", "Carol"], ["alice"]])
    assert listed(rows, *everybody, days=2, page=(2, 4)) == (6, [["bob", "Carol"]])
    assert listed(people(), *everybody, page=(3, 2)) == (3, [])
    assert listed(people(empty_list="null"), "nobody@x.example") == (0, None)
    assert listed(people(empty_list="absent"), *everybody, page=(9, 9)) == (3, "absent")


def test_a_day_takes_less_than_50_milliseconds() -> None:
    """On the hardest of the handmade calendars, under both readings of the times' zone."""
    for zone in ("template", "utc"):
        oracle = Oracle(handmade(), DOCUMENTED.with_answers({"time-zone": zone}).answers())
        request = {"FromDate": "2026-10-20", "ToDate": "2026-10-30", "Users": [user["email"] for user in oracle.users]}
        oracle.answer(request)  # the zones' readings are kept
        began = time.perf_counter()
        oracle.answer(request)
        assert (time.perf_counter() - began) / (11 * len(oracle.users)) < 0.05
