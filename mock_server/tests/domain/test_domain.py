"""Laws of the pure core: interval sets, zones, templates, the rate window, profiles."""

import re
import struct
from datetime import date
from importlib.resources import files
from itertools import pairwise, product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from leadsquared_slots.mock_server.calendars.zones import UnknownZone, zone, zone_names
from leadsquared_slots.mock_server.domain.absence import first_absence
from leadsquared_slots.mock_server.domain.errors import DomainError
from leadsquared_slots.mock_server.domain.interval import DAY, Interval, fold_to_day, intersect, subtract, union, within
from leadsquared_slots.mock_server.domain.profile import (
    DOCUMENTED,
    QUESTIONS,
    AbsenceOrder,
    Counting,
    Profile,
    UnknownAnswer,
    UnknownQuestion,
    Window,
)
from leadsquared_slots.mock_server.domain.rate_limit import PLANS, BadRateLimit, RateLimit, RateWindow
from leadsquared_slots.mock_server.domain.work_day import BadShift, WorkDayTemplate
from leadsquared_slots.mock_server.domain.zone import day_in_zone, instant

from ..support.asking import choices

pytestmark = pytest.mark.versions

intervals = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 30)).map(lambda pair: Interval(pair[0], pair[0] + pair[1])), max_size=8)


def points(found: tuple[Interval, ...] | list[Interval]) -> set[int]:
    return {second for start, end in found for second in range(start, end)}


def is_a_set(found: tuple[Interval, ...]) -> bool:
    return all(start < end for start, end in found) and all(before.end < after.start for before, after in pairwise(found))


@given(intervals)
def test_a_union_covers_the_same_points_and_neither_overlaps_nor_touches(given_intervals: list[Interval]) -> None:
    assert points(union(given_intervals)) == points(given_intervals)
    assert is_a_set(union(given_intervals))


@given(intervals, intervals)
def test_subtracting_and_intersecting_are_what_they_are_for_points(some: list[Interval], others: list[Interval]) -> None:
    left, right = union(some), union(others)
    assert points(subtract(left, right)) == points(left) - points(right)
    assert points(intersect(left, right)) == points(left) & points(right)
    assert is_a_set(subtract(left, right))
    assert is_a_set(intersect(left, right))


@given(intervals, st.integers(0, 60), st.integers(1, 30))
@example([Interval(5, 9)], 0, 5)
@example([Interval(0, 5)], 5, 5)
def test_what_lies_within_is_what_has_those_points_in_common(some: list[Interval], start: int, length: int) -> None:
    found = within(union(some), start, start + length)
    assert points(found) == points(union(some)) & set(range(start, start + length))
    assert is_a_set(found)


@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(1, 3)), max_size=5))
def test_folding_to_a_day_keeps_the_times_of_day(hours: list[tuple[int, int]]) -> None:
    hour = 3600
    long = [Interval(start * 7 * hour, (start * 7 + length * 5) * hour) for start, length in hours]
    folded = fold_to_day(long)
    assert is_a_set(folded)
    assert all(0 <= start < end <= DAY for start, end in folded)
    assert {point // hour for point in points(folded)} == {point // hour % 24 for point in points(long)}


def test_no_zone_changes_its_offset_twice_in_three_hours() -> None:
    """Dates are cut by probing every three hours."""
    shortest = min(after - before for name in sorted(zone_names()) for before, after in pairwise(changes_of(name)))
    assert shortest > 3 * 3600


def changes_of(name: str) -> list[int]:
    """The instants at which a zone changes its offset, from its TZif file (RFC 9636)."""
    data = files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()
    counts = struct.unpack(">6l", data[20:44])
    isut, isstd, leap, times, types, chars = counts
    second = 44 + times * 5 + types * 6 + chars + leap * 8 + isstd + isut
    isut, isstd, leap, times, types, chars = struct.unpack(">6l", data[second + 20 : second + 44])
    at = second + 44
    moments = struct.unpack(f">{times}q", data[at : at + times * 8])
    kinds = data[at + times * 8 : at + times * 9]
    table = data[at + times * 9 :]
    offsets = [struct.unpack(">l", table[kind * 6 : kind * 6 + 4])[0] for kind in kinds]
    before = [struct.unpack(">l", table[:4])[0], *offsets]
    return [moment for moment, old, new in zip(moments, before, offsets, strict=False) if old != new]


@given(st.sampled_from(sorted(zone_names())), st.dates(date(1, 1, 3), date(9999, 12, 29)), st.integers(0, DAY - 1))
def test_an_instant_reads_the_wall_clock_time_that_it_was_made_from(name: str, day: date, second: int) -> None:
    moment = instant(zone(name), day.toordinal(), second)
    if moment is None:
        assert all(not start <= second < end for start, end in day_in_zone(day.toordinal(), zone(name)).existing)
    else:
        (reading,) = day_in_zone(day.toordinal(), zone(name)).wall(moment, moment + 1)
        assert reading == Interval(second, second + 1)


@pytest.mark.parametrize("ordinal", [1, 2, date.max.toordinal() - 1, date.max.toordinal()])
def test_the_first_and_the_last_dates_are_whole_in_every_zone(ordinal: int) -> None:
    """However far its clock is from UTC, whose dates begin and end elsewhere."""
    assert {day_in_zone(ordinal, zone(name)).existing for name in zone_names()} == {(Interval(0, DAY),)}


def test_an_unknown_zone_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(UnknownZone, match="Asia/Kolkata"):
        zone("Asia/Kolkatta")
    with pytest.raises(UnknownZone):
        zone("../../etc/passwd")


@pytest.mark.parametrize("shift", [Interval(0, DAY + 1), Interval(5, 5), Interval(9, 3), Interval(DAY, DAY + 1), Interval(-1, 5)])
def test_a_shift_that_is_none_is_refused_with_its_weekday(shift: Interval) -> None:
    with pytest.raises(BadShift, match="monday"):
        WorkDayTemplate(name="T", zone=zone("UTC"), zone_name="UTC", shifts=((shift,), (), (), (), (), (), ()))


def test_a_shift_over_midnight_is_cut_there_and_runs_on_from_sunday_to_monday() -> None:
    night = Interval(22 * 3600, 30 * 3600)
    template = WorkDayTemplate(name="T", zone=zone("UTC"), zone_name="UTC", shifts=((), (), (), (), (), (), (night,)))
    sunday = date(2026, 3, 1).toordinal()
    assert template.shifts_on(sunday) == (Interval(22 * 3600, DAY),)
    assert template.shifts_on(sunday + 1) == (Interval(0, 6 * 3600),)
    assert template.shifts_on(sunday + 2) == ()


@pytest.mark.parametrize("order", AbsenceOrder)
def test_of_all_reasons_that_apply_the_first_of_the_order_is_given(order: AbsenceOrder) -> None:
    """The answer of the profile question spells the order."""
    names = re.findall("not-scheduled|holiday|leave", order.value)
    assert len(names) == 3
    for holiday, leave, scheduled in product((False, True), repeat=3):
        applies = {"holiday": holiday, "leave": leave, "not-scheduled": not scheduled}
        found = first_absence(order, holiday=holiday, leave=leave, scheduled=scheduled)
        first = next((name for name in names if applies[name]), None)
        assert (None if found is None else found.value.replace(" ", "-")) == first


calls = st.lists(st.integers(0, 400), min_size=1, max_size=120).map(sorted)


def passing(times: list[int], window: RateWindow) -> list[float]:
    """The calls that pass, of calls at twentieths of a second."""
    passed = []
    for now in (tick / 20 for tick in times):
        if window.is_open(now):
            window.count(now)
            passed.append(now)
    return passed


@given(calls, st.integers(1, 25), st.sampled_from(Counting))
def test_in_no_window_do_more_calls_pass_than_the_limit(times: list[int], limit: int, refused: Counting) -> None:
    passed = passing(times, RateWindow(RateLimit(limit, 5), Window.SLIDING, refused))
    assert all(sum(start <= moment < start + 5 for moment in passed) <= limit for start in passed)


@given(calls, st.integers(1, 25))
def test_a_sliding_window_refuses_a_call_only_when_as_many_as_the_limit_passed_in_it(times: list[int], limit: int) -> None:
    passed: list[float] = []
    window = RateWindow(RateLimit(limit, 5))
    for now in (tick / 20 for tick in times):
        is_open = window.is_open(now)
        assert is_open == (sum(moment > now - 5 for moment in passed) < limit)
        if is_open:
            window.count(now)
            passed.append(now)


@given(calls, st.integers(1, 25))
def test_a_fixed_window_lets_the_limit_pass_in_each_five_seconds_of_the_clock(times: list[int], limit: int) -> None:
    passed = passing(times, RateWindow(RateLimit(limit, 5), Window.FIXED))
    for start in range(0, 21, 5):
        asked = sum(start <= tick / 20 < start + 5 for tick in times)
        assert sum(start <= moment < start + 5 for moment in passed) == min(asked, limit)


@given(calls)
def test_where_refused_calls_count_a_client_that_never_pauses_is_never_served_again(times: list[int]) -> None:
    window = RateWindow(RateLimit(2, 5), Window.SLIDING, Counting.COUNT)
    steady = [tick / 2 for tick in range(len(times) + 2)]
    assert passing([round(moment * 20) for moment in steady], window) == [0.0, 0.5]


@given(calls, st.integers(1, 5))
def test_a_clock_that_is_set_back_forgets_the_calls_of_the_future(times: list[int], limit: int) -> None:
    window = RateWindow(RateLimit(limit, 5))
    passing(times, window)
    assert window.is_open(-1000.0)


@pytest.mark.parametrize("text", ["", "25", "0/5s", "25/0s", "25/5", "-1/5s", "25/5s ", "twenty/5s", "٢٥/5s"])
def test_a_rate_limit_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(BadRateLimit, match="25/5s"):
        RateLimit.parse(text)


def test_the_plans_have_the_numbers_of_the_vendors_pages() -> None:
    """Rule limit.plan: the newer page counts where both have a number."""
    assert {plan: str(limit) for plan, limit in PLANS.items()} == {
        "lite": "2/5s",
        "pro": "10/5s",
        "super": "20/5s",
        "standard": "15/5s",
        "enterprise": "25/5s",
    }


@given(st.integers(1, 10**6), st.integers(1, 10**4))
def test_a_rate_limit_is_read_as_it_is_written(calls: int, seconds: int) -> None:
    assert RateLimit.parse(str(RateLimit(calls, seconds))) == RateLimit(calls, seconds)


@given(st.fixed_dictionaries({question: st.sampled_from(choices(question)) for question in QUESTIONS}))
def test_a_profile_is_its_answers(answers: dict[str, str | int]) -> None:
    assert Profile().with_answers(answers).answers() == answers


@given(st.sampled_from(sorted(QUESTIONS)), st.sampled_from([0, -1, "", "nonsense", None, True, 4.0, []]))
def test_an_answer_that_a_question_does_not_accept_is_refused_by_its_name(question: str, answer: object) -> None:
    with pytest.raises(UnknownAnswer, match=question):
        DOCUMENTED.with_answers({question: answer})


def test_an_unknown_question_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(UnknownQuestion, match="empty-list"):
        DOCUMENTED.with_answers({"emptylist": "null"})
    with pytest.raises(DomainError, match="rules"):
        DOCUMENTED.with_answers({"name": "x"})
