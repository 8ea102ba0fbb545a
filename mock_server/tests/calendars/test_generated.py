"""Generated calendars: the same everywhere and always, realistic, and in the states that addresses ask for."""

import os
import subprocess
import sys
from collections import Counter
from datetime import date
from itertools import pairwise
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from leadsquared_slots.mock_server.calendars.generated.task_sets import EMPTY_SET, FULL_SET, ORDERS, sets_of_dates
from leadsquared_slots.mock_server.calendars.generated.users import STATES, GeneratedCalendar, generate_user, state_of
from leadsquared_slots.mock_server.calendars.people import name_of, subject_of
from leadsquared_slots.mock_server.domain.absence import Absence
from leadsquared_slots.mock_server.domain.availability import DayAvailability, availability
from leadsquared_slots.mock_server.domain.interval import DAY
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED
from leadsquared_slots.mock_server.domain.user import User
from leadsquared_slots.mock_server.vendor.day import date_entries, identity_text
from leadsquared_slots.mock_server.vendor.rows import rows_of

from ..support.asking import DECIDES_ANSWERS, choices
from ..support.entries import entry_of

pytestmark = [pytest.mark.versions, pytest.mark.whole]

# Of what is drawn, without the holidays, which the `holidays` library may correct from release to release.
DIGEST = "04ec443c8d5589ba83adaf866f00bf5ae617b40ccc6cc7b76a95dc8baac081e7"

DIGEST_PROGRAM = """
from hashlib import sha256
from leadsquared_slots.mock_server.calendars.generated.users import generate_user
digest = sha256()
for number in range(60):
    user = generate_user(7, f"user{number}@example.com")
    zone = user.template.zone_name if user.template else None
    digest.update(repr((user.id, user.address, user.zone_name, zone, user.template and user.template.shifts)).encode())
    digest.update(repr([tuple(task) for task in user.calendar.tasks(1767225600, 1775001600)]).encode())
    digest.update(repr([user.calendar.leave(739617 + day) for day in range(90)]).encode())
print(digest.hexdigest())
"""

# Of the bytes of an answer about the addresses that give a known state: no release of the `holidays` library changes those.
ANSWER_DIGEST = "85bf167ea18a0375dcb37d1336650bfcf335746c91030342c819753c5be6c769"

ANSWER_PROGRAM = """
import sys
from hashlib import sha256
from leadsquared_slots.mock_server import create_app
from leadsquared_slots.mock_server.service import ENDPOINT
keys = {"x-LSQ-AccessKey": "AccessKey", "x-LSQ-SecretKey": "SecretKey"}
for users in (sys.argv[1].split(), ["bobdoe@gmail.com", "jackdoes@gmail.com", "o'neil+x@example.co.in"]):
    question = {"FromDate": "2026-01-01", "ToDate": "2026-04-11", "Users": users, "IncludeAllowedConflictSlots": True}
    answer = create_app().test_client().post(ENDPOINT, json=question, headers=keys)
    print(answer.json["RecordCount"], sha256(answer.data).hexdigest())
"""

other_processes = pytest.mark.parametrize(
    ("hash_seed", "time_zone"), [("0", "UTC"), ("1", "Asia/Kolkata"), ("random", "America/Los_Angeles")]
)


def printed_by(program: str, *arguments: str, **environment: str) -> str:
    """What a program prints in a process of its own."""
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=True).stdout


def day_of(user: User, day: date) -> DayAvailability:
    return availability(user, day.toordinal(), include_allowed_conflicts=False, profile=DOCUMENTED)


def the(address: str, seed: int = 0) -> User:
    user = generate_user(seed, address)
    assert user is not None
    return user


@other_processes
def test_another_process_draws_the_same_calendars(hash_seed: str, time_zone: str) -> None:
    assert printed_by(DIGEST_PROGRAM, PYTHONHASHSEED=hash_seed, TZ=time_zone).strip() == DIGEST


@other_processes
def test_another_process_answers_with_the_same_bytes(hash_seed: str, time_zone: str) -> None:
    """On every version of Python, too: the digest stands here."""
    states = " ".join(f"{state}@example.com" for state in STATES)
    known, ordinary = printed_by(ANSWER_PROGRAM, states, PYTHONHASHSEED=hash_seed, TZ=time_zone).splitlines()
    assert known == f"{len(STATES) - 1} {ANSWER_DIGEST}"
    assert ordinary == printed_by(ANSWER_PROGRAM, states, PYTHONHASHSEED="2", TZ="Pacific/Apia").splitlines()[1]


@given(st.integers(), st.dates(date(1, 1, 1), date(9999, 12, 31)), st.integers(0, 50))
def test_calendars_have_no_end(seed: int, day: date, number: int) -> None:
    user = the(f"person{number}@example.com", seed)
    found = day_of(user, day)
    assert found == day_of(the(f"person{number}@example.com", seed), day)
    assert all(end > start for start, end in found.busy)


def test_another_seed_and_another_address_have_other_calendars() -> None:
    def month(user: User) -> list[DayAvailability]:
        return [day_of(user, date(2026, 3, day)) for day in range(1, 32)]

    assert month(the("a@example.com")) != month(the("a@example.com", 1)) != month(the("b@example.com", 1))


def test_every_reason_and_empty_and_full_days_occur_at_sensible_rates() -> None:
    days = [day_of(the(f"user{n}@example.com"), date(2026, 1, 1 + day)) for n in range(300) for day in range(28)]
    absences = Counter(day.absence for day in days)
    working = [day for day in days if day.absence is None]
    rates = {absence: count / len(days) for absence, count in absences.items()}
    assert 0.5 < rates[None] < 0.8
    assert 0.01 < rates[Absence.HOLIDAY] < 0.15
    assert 0.005 < rates[Absence.LEAVE] < 0.1
    assert 0.1 < rates[Absence.NOT_SCHEDULED] < 0.35
    assert 0.01 < rates[Absence.NO_TEMPLATE] < 0.1
    assert 0.03 < sum(day.available == () for day in working) / len(working) < 0.2
    assert 0.05 < sum(not day.busy for day in working) / len(working) < 0.4


def test_tasks_start_at_quarter_hours_overlap_at_times_and_are_of_both_kinds() -> None:
    tasks = [task for n in range(50) for task in the(f"user{n}@example.com").calendar.tasks(1772323200, 1774915200)]
    assert {task.start % 900 for task in tasks} == {0}
    assert {task.type.allow_conflicts for task in tasks} == {True, False}
    user = the("user3@example.com")
    own = sorted(user.calendar.tasks(1767225600, 1798761600), key=lambda task: task.start)
    assert any(before.end > after.start for before, after in pairwise(own))


@given(st.sampled_from(STATES), st.sampled_from(["", "+x", ".some.one", "+"]), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_an_address_gives_the_state_that_its_local_part_names(state: str, rest: str, day: date) -> None:
    address = f"{state}{rest}@example.com"
    assert state_of(address) == state
    user = generate_user(0, address)
    assert (user is None) == (state == "unknown")
    if user is not None:
        assert IN_STATE[state](user, day_of(user, day))


IN_STATE = {
    "holiday": lambda user, day: day.absence is Absence.HOLIDAY,
    "leave": lambda user, day: day.absence is Absence.LEAVE,
    "not-scheduled": lambda user, day: day.absence is Absence.NOT_SCHEDULED,
    "no-template": lambda user, day: day.absence is Absence.NO_TEMPLATE and user.template is None,
    "fully-booked": lambda user, day: day.available == () and day.absence is None and day.busy,
    "free": lambda user, day: day.available == user.template.shifts_by_weekday[0] and not day.busy,
    "two-shifts": lambda user, day: len(user.template.shifts[0]) == 2 and day.absence is None,
    "midnight": lambda user, day: day.available[-1].end == DAY,
    "other-zone": lambda user, day: user.template.zone_name != user.zone_name,
    "no-breaks": lambda user, day: day.breaks == () and day.absence is None,
}


@pytest.mark.parametrize("address", ["holidays@example.com", "freeman@example.com", "my-holiday@example.com", "a.free@example.com"])
def test_a_local_part_that_only_resembles_a_state_is_an_ordinary_one(address: str) -> None:
    assert state_of(address) is None


def test_names_and_subjects_are_the_same_each_time() -> None:
    user = the("bob@example.com")
    task = next(iter(user.calendar.tasks(1772323200, 1774915200)))
    assert name_of(user) == name_of(the("bob@example.com"))
    assert subject_of(task, user) == subject_of(task, user)
    assert {name_of(the(f"user{n}@example.com")) for n in range(5)} != {name_of(user)}


CHANGES_OF_CLOCKS = [
    date(1986, 1, 1),  # Kathmandu, a quarter of an hour at midnight
    date(2018, 11, 4),  # São Paulo, an hour at midnight
    *(date(2026, month, day) for month, day in ((3, 8), (3, 29), (4, 5), (9, 27), (10, 4), (10, 25), (11, 1))),
]


@given(
    st.sampled_from(["a", "b", "night", *STATES]),
    st.integers(0, 400),
    st.dates(date(1950, 1, 1), date(2060, 1, 1)) | st.dates(date(2026, 1, 1), date(2026, 12, 31)) | st.sampled_from(CHANGES_OF_CLOCKS),
    st.booleans(),
    st.fixed_dictionaries({question: st.sampled_from(choices(question)) for question in DECIDES_ANSWERS}),
)
def test_what_is_kept_for_a_shared_day_is_what_the_algorithm_says(
    word: str, number: int, middle: date, flag: bool, answers: dict[str, Any]
) -> None:
    user = generate_user(0, f"{word}+{number}@example.com")
    profile = DOCUMENTED.with_answers(answers)
    days = range(middle.toordinal() - 2, middle.toordinal() + 3)
    fragments = rows_of[profile, flag][user, days] if user is not None else []
    for ordinal, fragment in zip(days, fragments, strict=False):
        assert user is not None
        day = availability(user, ordinal, include_allowed_conflicts=flag, profile=profile)
        entry = entry_of(user, day)
        expected = orjson.dumps({"Date": date.fromordinal(ordinal).isoformat(), "UserSlots": [entry, entry]})
        assert date_entries([identity_text(user)] * 2, [fragment] * 2, ordinal) == expected


def test_days_are_shared_by_users() -> None:
    days = range(date(2026, 3, 9).toordinal(), date(2026, 3, 14).toordinal())
    calendars = [the(f"user{n}@example.com").calendar for n in range(400)]
    shared = [day for calendar in calendars if isinstance(calendar, GeneratedCalendar) for day in calendar.shared_days(days)]
    assert 50 < len(set(shared)) < len(shared) / 1.5


@given(st.integers(), st.text(max_size=20), st.integers(0, ORDERS - 1), st.integers(1, 3_652_059), st.booleans())
def test_no_month_has_an_ordinary_set_of_tasks_twice(seed: int, address: str, order: int, first: int, runs_over: bool) -> None:
    """Of 32 dates, wherever they begin; where tasks run over midnight there are fewer sets, and each comes three times at most."""
    drawn = sets_of_dates(seed, address, order, range(first, first + 32), runs_over=runs_over)
    counts = Counter(number for number in drawn if number not in (EMPTY_SET, FULL_SET))
    assert max(counts.values(), default=0) <= (3 if runs_over else 1)


@given(st.integers(), st.integers(0, ORDERS - 1), st.integers(1, 3_600_000), st.integers(1, 400), st.integers(0, 100))
def test_the_set_of_a_date_is_the_same_whatever_else_is_asked(seed: int, order: int, first: int, days: int, place: int) -> None:
    asked = range(first, first + days)
    day = asked[place % days]
    drawn = sets_of_dates(seed, "a@example.com", order, asked, runs_over=False)
    assert drawn[day - first] == sets_of_dates(seed, "a@example.com", order, range(day, day + 1), runs_over=False)[0]


def test_months_and_users_differ() -> None:
    """Rounds of one user are no repetition of each other, and users have other orders."""
    year = sets_of_dates(0, "a@example.com", 5, range(739_617, 739_617 + 380), runs_over=False)
    assert len({year[first : first + 38] for first in range(0, 380, 38)}) == 10
    assert len({sets_of_dates(0, "a@example.com", order, range(739_617, 739_655), runs_over=False) for order in range(ORDERS)}) == ORDERS
