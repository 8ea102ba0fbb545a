"""The emulator says what a second-by-second implementation says that shares nothing with it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from leadsquared_slots.contract_tests.oracle.answers import Oracle, UnknownAddressRefused
from leadsquared_slots.contract_tests.oracle.wall_clock import readings
from leadsquared_slots.contract_tests.strategies.generated_calendars import calendars, to_json
from leadsquared_slots.contract_tests.strategies.generated_requests import requests
from leadsquared_slots.mock_server.accounts.scenario import Scenario
from leadsquared_slots.mock_server.calendars.zones import zone, zone_names
from leadsquared_slots.mock_server.domain.profile import PROFILES, Profile
from leadsquared_slots.mock_server.domain.zone import day_in_zone

from .support.asking import DECIDES_ANSWERS, DECIDES_USERS, choices, emulator, post

pytestmark = [pytest.mark.whole, pytest.mark.versions]

FIRST = date(2026, 3, 1)
WEEKS = timedelta(days=40)

profiles = st.sampled_from(list(PROFILES.values())) | st.fixed_dictionaries(
    {question: st.sampled_from(choices(question)) for question in (*DECIDES_ANSWERS, *DECIDES_USERS)}
).map(lambda answers: Profile().with_answers(answers, name="drawn"))


def agree(document: dict[str, Any], request: dict[str, Any], profile: Profile) -> None:
    """Fails unless the emulator gives what the oracle gives, ids of users aside."""
    reply = post(emulator(Scenario.from_document(to_json(document)), profile), orjson.dumps(request))
    try:
        expected = Oracle(document, profile.answers()).answer(request)
    except UnknownAddressRefused:
        assert (reply.status, reply.rules[0]) == (profile.invalid_value_status, "request.unknown-address")
        return
    assert reply.status == 200, reply.body
    answer = orjson.loads(reply.body)
    for day in answer.get("List") or ():
        for entry in day["UserSlots"]:
            entry["UserId"] = None
    assert answer == expected


@given(data=st.data(), first=st.just(FIRST) | st.dates(date(1850, 1, 1), date(2150, 1, 1)), profile=profiles)
def test_every_answer_is_the_oracles(data: st.DataObject, first: date, profile: Profile) -> None:
    """In any zone and year, under any profile, and whichever way the users are asked for."""
    document = data.draw(calendars(first=first, last=first + WEEKS))
    known = [user["email"] for user in document["user"]]
    request = data.draw(requests([*known, known[0].upper(), "nobody@example.com"], first, first + WEEKS, longest=10, profile=profile))
    request["Users"] += data.draw(st.lists(st.sampled_from(request["Users"]), max_size=2))
    agree(document, request, profile)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("Australia/Lord_Howe", date(2026, 4, 5)),
        ("Australia/Lord_Howe", date(2026, 10, 4)),
        ("Pacific/Apia", date(2011, 12, 30)),
        ("America/New_York", date(2026, 3, 8)),
        ("America/New_York", date(2026, 11, 1)),
        ("Africa/Casablanca", date(2026, 2, 15)),
        ("Antarctica/Troll", date(2026, 3, 29)),
        ("America/Juneau", date(1867, 10, 19)),
        ("Asia/Manila", date(1844, 12, 31)),
        ("Asia/Kathmandu", date(1986, 1, 1)),
        ("Europe/Dublin", date(1916, 5, 21)),
    ],
)
@given(data=st.data())
def test_every_answer_is_the_oracles_where_clocks_change(name: str, day: date, data: st.DataObject) -> None:
    first, last = day - timedelta(days=1), day + timedelta(days=1)
    document = data.draw(calendars(first=first, last=last, most_users=1))
    for template in document["template"]:
        template["zone"] = name
    user = document["user"][0]
    user["holidays"], user["leaves"] = [], [leave for leave in user["leaves"] if "time" in leave]
    request = {
        "FromDate": first.isoformat(),
        "ToDate": last.isoformat(),
        "Users": [user["email"]],
        "IncludeAllowedConflictSlots": data.draw(st.booleans()),
    }
    agree(document, request, data.draw(profiles))


@given(name=st.sampled_from(sorted(zone_names())), year=st.integers(1850, 2100))
def test_a_date_has_the_wall_clock_times_that_trying_every_minute_finds(name: str, year: int) -> None:
    """On the dates of a year on which the zone's clock changes, and on the first of the year."""
    for day in (date(year, 1, 1), *changes(name, year)):
        shown = day_in_zone(day.toordinal(), zone(name))
        found = [
            (reading.wall, reading.wall + reading.length, shown.midnight + reading.wall - reading.instant)
            for reading in readings(name, day)
        ]
        assert [tuple(piece) for piece in shown.pieces] == found


def changes(name: str, year: int) -> list[date]:
    """The dates of a year whose noon has another offset than the noon before."""
    noons = [datetime(year, 1, 1, 12, tzinfo=UTC) + timedelta(days=n) for n in range(365)]
    offsets = [noon.astimezone(zone(name)).utcoffset() for noon in noons]
    return [noon.date() for noon, before, after in zip(noons[1:], offsets, offsets[1:], strict=False) if before != after]
