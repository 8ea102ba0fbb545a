"""Explanations say what the algorithm does, cite rules that exist, and can be read in any terminal."""

import os
import re
import subprocess
import sys
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from leadsquared_slots.contract_tests.strategies.generated_calendars import FIRST, LAST, calendars, to_json
from leadsquared_slots.mock_server import Profile, Scenario, Settings, create_app
from leadsquared_slots.mock_server.admin.explain_view import explanation_view
from leadsquared_slots.mock_server.calendars.generated.users import STATES, generate_user
from leadsquared_slots.mock_server.contract.documents import ledger
from leadsquared_slots.mock_server.domain.availability import availability
from leadsquared_slots.mock_server.domain.interval import Interval, intersect, union
from leadsquared_slots.mock_server.domain.profile import (
    DOCUMENTED,
    AbsenceOrder,
    AbsentLists,
    AllowedConflict,
    Breaks,
    DateWithoutTemplate,
    PartialLeave,
    TimeZoneOfTimes,
)
from leadsquared_slots.mock_server.domain.user import User
from leadsquared_slots.mock_server.explain.drawing import Paper, draw
from leadsquared_slots.mock_server.explain.explanation import FIRST_DATE, LAST_DATE, DateOutOfReach, Explanation, explain
from leadsquared_slots.mock_server.explain.values import Effect, Topic

from ..support.entries import entry_of
from ..support.examples import examples

FEW = settings(max_examples=examples(60), deadline=None)

profiles = st.builds(
    Profile,
    time_zone=st.sampled_from(TimeZoneOfTimes),
    date_without_template=st.sampled_from(DateWithoutTemplate),
    allowed_conflict=st.sampled_from(AllowedConflict),
    breaks=st.sampled_from(Breaks),
    absent_lists=st.sampled_from(AbsentLists),
    absence_order=st.sampled_from(AbsenceOrder),
    partial_leave=st.sampled_from(PartialLeave),
)
days = st.dates(FIRST, LAST).map(date.toordinal)


@st.composite
def generated_users(draw: st.DrawFn) -> User:
    """A generated user, half of them in a known state."""
    name = draw(st.sampled_from([state for state in STATES if state != "unknown"]) | st.sampled_from("abcdefghijklmnop"))
    user = generate_user(draw(st.integers(0, 50)), f"{name}@example.com")
    assert user is not None
    return user


written_users = calendars(most_users=1).map(lambda document: Scenario.from_document(to_json(document)).users[0])
users = generated_users() | written_users


def told(user: User, ordinal: int, flag: bool = False, profile: Profile = DOCUMENTED) -> Explanation:
    return explain(user, ordinal, include_allowed_conflicts=flag, profile=profile)


def user_of(scenario: str, address: str) -> User:
    return next(user for user in Scenario.load(scenario).users if user.address == address)


def steps_of(explanation: Explanation, kind: Topic) -> list[str]:
    return [step.text for step in explanation.steps if step.kind is kind]


@FEW
@given(users, days, st.booleans(), profiles)
def test_the_last_step_leaves_what_the_algorithm_gives(user: User, ordinal: int, flag: bool, profile: Profile) -> None:
    """Step by step or at once: the same availability, for every user, date, flag and profile."""
    explanation, expected = told(user, ordinal, flag, profile), availability(user, ordinal, include_allowed_conflicts=flag, profile=profile)
    assert explanation.steps[-1].kind is Topic.RESULT
    assert explanation.steps[-1].left == expected.available
    assert explanation.result == expected


@FEW
@given(users, days, st.booleans(), profiles)
def test_a_step_only_ever_takes_away_and_its_rules_exist(user: User, ordinal: int, flag: bool, profile: Profile) -> None:
    """After the shifts are known nothing is added; every rule cited stands in the ledger, and every step cites one."""
    explanation = told(user, ordinal, flag, profile)
    walk = [step for step in explanation.steps if step.kind in (Topic.CLOCK_CHANGE, Topic.BREAKS, Topic.LEAVE, Topic.TASK)]
    left = [step.left for step in walk if step.left is not None]
    for earlier, later in pairwise(left):
        assert intersect(earlier, later) == later
    assert all(step.rules and set(step.rules) <= ledger().keys() for step in explanation.steps)


@FEW
@given(users, days, st.booleans(), profiles)
def test_what_tasks_took_is_no_longer_available(user: User, ordinal: int, flag: bool, profile: Profile) -> None:
    """The times that tasks took are disjoint, inside the shifts, and neither available nor holes unless a task made them so."""
    explanation = told(user, ordinal, flag, profile)
    taken = [interval for task in explanation.tasks for interval in task.took]
    assert sum(end - start for start, end in taken) == sum(end - start for start, end in union(taken))
    assert intersect(union(taken), explanation.shifts) == union(taken)
    assert not intersect(explanation.free, union(taken))
    assert not intersect(explanation.free, explanation.holes)
    busy = sorted(Interval(task.task.start, task.task.end) for task in explanation.tasks if task.effect is Effect.BUSY)
    assert tuple(busy) == explanation.result.busy


@FEW
@given(users, days, st.booleans(), profiles, st.sampled_from([80, 100, 160]), st.sampled_from(["utf-8", "ascii", "cp1252"]))
def test_the_drawing_fits_any_terminal(user: User, ordinal: int, flag: bool, profile: Profile, width: int, encoding: str) -> None:
    """No line is wider than the terminal, nothing steers it, and its encoding can write every character."""
    text = draw(told(user, ordinal, flag, profile), Paper(width=width, encoding=encoding))
    assert all(len(line) <= width for line in text.splitlines())
    assert all(character == "\n" or character.isprintable() for character in text)
    if encoding != "utf-8":
        assert text.isascii()


def half_hours(drawing: str, label: str) -> str:
    """The cells of a row at 80 columns."""
    (line,) = [line for line in drawing.splitlines() if line.startswith(f"{label} ")]
    return line[11:59].ljust(48).replace("·", " ")


def test_the_drawing_shows_the_day_by_the_half_hour() -> None:
    """Two shifts, a task and a hole stand where the clock says; zones stand under each other."""
    drawing = draw(told(user_of("conflict-heavy", "cora@team.example"), date(2026, 3, 2).toordinal()))
    assert half_hours(drawing, "shifts") == " " * 16 + "█" * 16 + " " * 16
    assert half_hours(drawing, "available") == " " * 16 + "██" + " " * 5 + "█" + " " * 3 + "█" + " " * 2 + "██" + " " * 16
    assert re.search(r"^template   00    03    06 .* UTC$", drawing, re.MULTILINE)
    assert re.search(r"^user       00    03    06 .* UTC$", drawing, re.MULTILINE)


def test_zones_are_drawn_on_one_axis() -> None:
    """A template in Tonga, a user in India: 00:00 there is 16:30 here and 11:00 UTC."""
    drawing = draw(told(user_of("vendor-sample", "zoo@lsqdev.in"), date(2018, 9, 25).toordinal()))
    rulers = {line[:11].strip(): line[11:60] for line in drawing.splitlines()[3:6]}
    # Kolkata's 18:00 comes 1.5 hours, UTC's 12:00 one hour after midnight in Tonga.
    assert rulers["template"].index("00") == 0
    assert rulers["user"].index("18") == 3
    assert rulers["UTC"].index("12") == 2


def test_colours_are_for_terminals_only() -> None:
    """Without colour not one escape; with it, the same text between them."""
    explanation = told(user_of("two-shifts", Scenario.load("two-shifts").users[0].address), date(2026, 3, 2).toordinal())
    plain, coloured = draw(explanation), draw(explanation, Paper(colour=True))
    assert "\x1b" not in plain
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured).split() == plain.split()


def test_a_day_with_a_gap_and_one_with_a_fold_say_so() -> None:
    """The steps name the wall-clock times that do not come, or come twice."""
    gap = told(Scenario.load("daylight-saving-spring").users[0], date(2026, 3, 8).toordinal())
    fold = told(Scenario.load("daylight-saving-autumn").users[0], date(2026, 11, 1).toordinal())
    assert steps_of(gap, Topic.CLOCK_CHANGE) == [
        "The clock goes forward: 02:00–03:00 does not come on this date and is no time of a shift."
    ]
    assert steps_of(fold, Topic.CLOCK_CHANGE) == ["The clock goes back: 01:00–02:00 comes twice, and a task in either occurrence takes it."]


def test_a_night_shift_is_cut_at_midnight_and_the_rest_is_told_under_the_next_date() -> None:
    """Own shift and what runs over are two steps."""
    explanation = told(user_of("night-shift", "nina@team.example"), date(2026, 3, 3).toordinal())
    assert steps_of(explanation, Topic.SHIFTS) == [
        "Tuesday's shift is 22:00–06:00 (+1). What lies after midnight is cut off and stands under the next date."
    ]
    assert steps_of(explanation, Topic.RUN_OVER) == ["Monday's 22:00–06:00 (+1) runs over midnight: 00:00–06:00 stands under this date."]


def test_a_skipped_date_is_told_as_one() -> None:
    """Samoa had no 30 December 2011: no time, no task, an empty list."""
    template = {"name": "Nine to five", "zone": "Pacific/Apia", "shifts": {"every-day": ["09:00-17:00"]}}
    user = {"email": "a@example.com", "zone": "Pacific/Apia", "template": "Nine to five"}
    scenario = Scenario.from_document({"template": [template], "user": [user]})
    explanation = told(scenario.users[0], date(2011, 12, 30).toordinal())
    assert "skipped this date" in explanation.steps[0].text
    assert explanation.result.available == ()
    assert "does not exist" in draw(explanation)


def test_of_several_absences_the_profile_says_which_comes_first() -> None:
    """The step names all that apply, the order, and the one given."""
    user, ordinal = user_of("absences", "both@team.example"), date(2026, 3, 4).toordinal()
    (first,) = steps_of(told(user, ordinal), Topic.ABSENCE)
    (other,) = steps_of(told(user, ordinal, profile=Profile(absence_order=AbsenceOrder.LEAVE_FIRST)), Topic.ABSENCE)
    assert first.endswith("order is holiday-leave-not-scheduled, so the reason given is holiday.")
    assert other.endswith("order is leave-holiday-not-scheduled, so the reason given is leave.")


@pytest.mark.parametrize(
    ("flag", "profile", "why"),
    [
        (False, DOCUMENTED, "the flag is false, so its time is a hole"),
        (True, DOCUMENTED, "the flag is true, so it takes nothing"),
        (False, Profile(allowed_conflict=AllowedConflict.AVAILABLE), "under this profile its time stays available"),
    ],
)
def test_a_task_that_allows_conflicts_is_explained_by_flag_and_profile(flag: bool, profile: Profile, why: str) -> None:
    """The three ways in which such a task may count."""
    explanation = told(user_of("conflict-heavy", "dora@team.example"), date(2026, 3, 2).toordinal(), flag, profile)
    assert all(why in text for text in steps_of(explanation, Topic.TASK))


@given(st.integers(1, date.max.toordinal()))
@example(FIRST_DATE - 1)
@example(LAST_DATE + 1)
@settings(max_examples=examples(40), deadline=None)
def test_every_date_is_explained_or_refused_by_name(ordinal: int) -> None:
    """The ends of the calendar are an error that says what is expected."""
    user = generate_user(0, "two-shifts@example.com")
    assert user is not None
    if FIRST_DATE <= ordinal <= LAST_DATE:
        view = explanation_view(told(user, ordinal))
        assert view["date"] == date.fromordinal(ordinal).isoformat()
    else:
        with pytest.raises(DateOutOfReach, match="expected a date from 0001-01-03 to 9999-12-29"):
            told(user, ordinal)


@FEW
@given(users, days, st.booleans())
def test_the_json_holds_the_entry_that_the_endpoint_answers(user: User, ordinal: int, flag: bool) -> None:
    """`result` is the vendor's own form; every rule that a step cites has its statement."""
    view = explanation_view(told(user, ordinal, flag))
    day = availability(user, ordinal, include_allowed_conflicts=flag, profile=DOCUMENTED)
    assert view["result"] == entry_of(user, day)
    assert {rule for step in view["steps"] for rule in step["rules"]} == view["rules"].keys()


def ask(query: dict[str, str], **fields: Any) -> tuple[int, dict[str, Any]]:
    response = create_app(Settings(**fields)).test_client().get("/__admin/explain", query_string=query)
    return response.status_code, response.get_json()


def test_the_admin_call_explains_and_refuses() -> None:
    """200 with the steps; what is wrong with a call is named, with what to send instead."""
    good = {"user": "fully-booked@example.com", "date": "2026-03-02", "includeAllowedConflicts": "true"}
    status, view = ask(good)
    assert (status, view["includeAllowedConflicts"], view["steps"][0]["number"]) == (200, True, 1)
    for change, status, error in (
        ({"user": "unknown@example.com"}, 404, "no user has the address 'unknown@example.com'"),
        ({"user": ""}, 400, "the query parameter 'user' is missing"),
        ({"date": "2026-02-30"}, 400, "'2026-02-30' is no date"),
        ({"date": "20260302"}, 400, "'20260302' is no date"),
        ({"date": "9999-12-31"}, 400, "9999-12-31 cannot be explained"),
        ({"includeAllowedConflicts": "yes"}, 400, "includeAllowedConflicts is 'yes'"),
    ):
        got, view = ask(good | change)
        assert (got, view["error"][: len(error)]) == (status, error)


def command(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    run = [sys.executable, "-c", "from leadsquared_slots.mock_server.cli.main import main; main()", "explain", *arguments]
    return subprocess.run(run, capture_output=True, check=False, env={**os.environ, "COLUMNS": "80", **environment})


@pytest.mark.whole
def test_the_command_prints_the_drawing() -> None:
    """Blocks where the encoding has them, ASCII where not; options as `serve` has them."""
    asked = ("cora@team.example", "2026-03-02", "--scenario", "conflict-heavy")
    text = command(*asked, PYTHONIOENCODING="utf-8").stdout.decode("utf-8")
    assert "08:00–09:00" in text
    assert "█" in text
    assert "\x1b" not in text
    ascii_text = command(*asked, "--include-allowed-conflicts", PYTHONIOENCODING="ascii").stdout.decode("ascii")
    assert "####" in ascii_text
    assert "allowed conflicts included: true" in ascii_text


@pytest.mark.whole
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("unknown@example.com", "2026-03-02"), "every address is a user here"),
        (("core@team.example", "2026-03-02", "--scenario", "conflict-heavy"), "did you mean 'cora@team.example'?"),
        (("a@example.com", "tomorrow"), "'tomorrow' is no date; expected yyyy-MM-dd"),
        (("a@example.com", "0001-01-01"), "expected a date from 0001-01-03"),
    ],
)
def test_the_command_says_in_one_line_what_is_wrong(arguments: tuple[str, ...], said: str) -> None:
    """Exit code 2, nothing on the output, one line on the error output."""
    done = command(*arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    assert said in done.stderr.decode()
    assert len(done.stderr.splitlines()) == 1
