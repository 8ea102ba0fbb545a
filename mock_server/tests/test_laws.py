"""Laws of availability, over generated calendars: they hold whatever the calendar is."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from leadsquared_slots.contract_tests.strategies.generated_calendars import calendars, to_json
from leadsquared_slots.mock_server.accounts.scenario import Scenario
from leadsquared_slots.mock_server.calendars.written import StoredCalendar
from leadsquared_slots.mock_server.calendars.zones import zone
from leadsquared_slots.mock_server.domain.availability import availability
from leadsquared_slots.mock_server.domain.interval import DAY, Interval, intersect, subtract, union
from leadsquared_slots.mock_server.domain.profile import PROFILES, Profile
from leadsquared_slots.mock_server.domain.task import Task, TaskType
from leadsquared_slots.mock_server.domain.user import User
from leadsquared_slots.mock_server.domain.work_day import WorkDayTemplate
from leadsquared_slots.mock_server.domain.zone import day_in_zone
from leadsquared_slots.mock_server.vendor.day import entry_view
from leadsquared_slots.mock_server.vendor.request import Query, read_request

from .support.asking import ask, choices, emulator
from .support.entries import read_entry

pytestmark = [pytest.mark.versions, pytest.mark.whole]

FIRST, LAST = date(2026, 3, 1), date(2026, 4, 10)
documents = calendars(first=FIRST, last=LAST)
days = st.dates(FIRST, LAST)
profiles = st.sampled_from(list(PROFILES.values()))


def request(document: dict[str, Any], first: date, last: date, *, flag: bool = False, **more: Any) -> dict[str, Any]:
    return {
        "FromDate": first.isoformat(),
        "ToDate": last.isoformat(),
        "Users": [user["email"] for user in document["user"]],
        "IncludeAllowedConflictSlots": flag,
        **more,
    }


@given(documents, days, st.booleans())
def test_availability_lies_inside_the_shifts(document: dict[str, Any], day: date, flag: bool) -> None:
    for user in Scenario.from_document(to_json(document)).users:
        found = availability(user, day.toordinal(), include_allowed_conflicts=flag, profile=Profile())
        if user.template is not None and found.available is not None:
            existing = day_in_zone(day.toordinal(), user.template.zone).existing
            assert intersect(found.available, user.template.shifts_on(day.toordinal())) == found.available
            assert intersect(found.available, existing) == found.available


@given(documents, days, profiles)
def test_the_flag_true_never_gives_less_than_false(document: dict[str, Any], day: date, profile: Profile) -> None:
    for user in Scenario.from_document(to_json(document)).users:
        without, with_conflicts = (
            availability(user, day.toordinal(), include_allowed_conflicts=flag, profile=profile) for flag in (False, True)
        )
        assert without.busy == with_conflicts.busy
        if without.available is not None and with_conflicts.available is not None:
            assert subtract(without.available, with_conflicts.available) == ()


@given(documents, days, st.booleans(), st.booleans(), st.integers(0, 86_399), st.integers(1, 200_000))
def test_another_task_never_adds_availability(
    document: dict[str, Any], day: date, flag: bool, allows: bool, second: int, length: int
) -> None:
    start = datetime.combine(day, datetime.min.time()) + timedelta(seconds=second)
    task = {"allow-conflicts": allows, "start": f"{start.isoformat()}Z", "end": f"{(start + timedelta(seconds=length)).isoformat()}Z"}
    before = to_json(document)
    after = {**before, "user": [{**user, "tasks": [*user["tasks"], task]} for user in before["user"]]}
    for old, new in zip(Scenario.from_document(before).users, Scenario.from_document(after).users, strict=True):
        less, more = (availability(user, day.toordinal(), include_allowed_conflicts=flag, profile=Profile()) for user in (new, old))
        assert less.absence == more.absence
        if less.available is not None and more.available is not None:
            assert subtract(less.available, more.available) == ()


@given(documents, days, st.integers(0, 9), st.booleans(), profiles)
def test_the_days_asked_one_by_one_are_the_days_asked_at_once(
    document: dict[str, Any], first: date, length: int, flag: bool, profile: Profile
) -> None:
    target = emulator(Scenario.from_document(to_json(document)), profile)
    last = first + timedelta(days=length)
    whole = ask(target, request(document, first, last, flag=flag))
    singles = [ask(target, request(document, day, day, flag=flag)) for day in (first + timedelta(days=n) for n in range(length + 1))]
    assert whole["List"] == [entry for single in singles for entry in single["List"]]
    assert {single["RecordCount"] for single in singles} == {whole["RecordCount"]}


@given(documents, days, st.integers(0, 3), st.integers(1, 7), st.sampled_from(choices("record")))
def test_the_pages_joined_are_the_answer_without_paging(document: dict[str, Any], first: date, length: int, size: int, record: str) -> None:
    target = emulator(Scenario.from_document(to_json(document)), Profile().with_answers({"record": record}))
    last = first + timedelta(days=length)
    whole = ask(target, request(document, first, last))
    pages, index = [], 1
    while True:
        page = ask(target, request(document, first, last, Paging={"PageIndex": index, "PageSize": size}))
        assert page["RecordCount"] == whole["RecordCount"]
        if not page["List"]:
            break
        pages.append(page)
        index += 1
    joined: dict[str, list[Any]] = {}
    for page in pages:
        for entry in page["List"]:
            joined.setdefault(entry["Date"], []).extend(entry["UserSlots"])
    assert [{"Date": day, "UserSlots": joined[day]} for day in sorted(joined)] == whole["List"]
    assert len(pages) == -(-whole["RecordCount"] // size)


@given(documents, days, st.booleans(), st.sampled_from(choices("time-zone")), st.sampled_from(choices("absent-lists")))
def test_an_entry_reads_back_as_the_availability_that_it_shows(
    document: dict[str, Any], day: date, flag: bool, time_zone: str, lists: str
) -> None:
    profile = Profile().with_answers({"time-zone": time_zone, "absent-lists": lists})
    for user in Scenario.from_document(to_json(document)).users:
        found = availability(user, day.toordinal(), include_allowed_conflicts=flag, profile=profile)
        assert read_entry(entry_view(user, day.toordinal(), found)) == found
        for part in (found.available, found.breaks):
            assert part is None or part == union(part)


@given(
    st.dates(date(1, 1, 1), date(9999, 9, 1)),
    st.integers(0, 100),
    st.lists(st.sampled_from(["a@b.c", "A.b+c@d-e.example", "x'y@localhost"]), min_size=1, max_size=4),
    st.booleans(),
    st.none() | st.tuples(st.integers(1, 2**31 - 1), st.integers(1, 1000)),
)
def test_a_query_reads_back_from_the_body_that_asks_it(
    first: date, length: int, addresses: list[str], flag: bool, page: tuple[int, int] | None
) -> None:
    last = first + timedelta(days=length)
    body = {"FromDate": f"{first}", "ToDate": f"{last}", "Users": addresses, "IncludeAllowedConflictSlots": flag}
    if page is not None:
        body["Paging"] = dict(zip(("PageIndex", "PageSize"), page, strict=True))
    query = Query(first.toordinal(), last.toordinal(), tuple(addresses), flag, *(page or (1, None)))
    assert read_request(json.dumps(body).encode(), "application/json", Profile()) == query


class Generous(StoredCalendar):
    """Hands over every task, whether it overlaps the instants or not."""

    def tasks(self, start: int, end: int) -> Iterator[Task]:
        return iter(self.stored)


def test_a_task_that_only_touches_a_date_is_none_of_it_even_when_a_calendar_hands_it_over() -> None:
    meeting, midnight, hour = TaskType("Meeting", allow_conflicts=False), 1_772_409_600, 3600
    times = [(midnight - hour, midnight), (midnight + DAY, midnight + DAY + hour)]
    calendar = Generous(stored=[Task(start, end, meeting, str(start), None) for start, end in times])
    around_the_clock = WorkDayTemplate(name="T", zone=zone("UTC"), zone_name="UTC", shifts=((Interval(0, DAY),),) * 7)
    user = User(
        id="1", address="a@b.c", name=None, locale="en_US", zone=zone("UTC"), zone_name="UTC", template=around_the_clock, calendar=calendar
    )
    found = availability(user, date(2026, 3, 2).toordinal(), include_allowed_conflicts=False, profile=Profile())
    assert (found.available, found.busy) == ((Interval(0, DAY),), ())
    before = availability(user, date(2026, 3, 1).toordinal(), include_allowed_conflicts=False, profile=Profile())
    assert (before.available, before.busy) == ((Interval(0, DAY - hour),), ((midnight - hour, midnight),))


def test_every_leave_for_part_of_a_date_is_taken_out() -> None:
    parts = [{"date": "2026-03-02", "time": time} for time in ("10:00-11:00", "14:00-15:00", "14:30-15:30")]
    (user,) = Scenario.from_document(
        {
            "template": [{"name": "Day", "zone": "UTC", "shifts": {"monday": ["09:00-17:00"]}}],
            "user": [{"email": "a@b.example", "zone": "UTC", "template": "Day", "leaves": parts}],
        }
    ).users
    found = availability(user, date(2026, 3, 2).toordinal(), include_allowed_conflicts=False, profile=Profile())
    assert found.available is not None
    assert [(start / 3600, end / 3600) for start, end in found.available] == [(9, 10), (11, 14), (15.5, 17)]
