"""A scenario made of a recording answers the recorded questions as they were answered, and those that follow from them."""

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from leadsquared_slots.contract_tests.strategies import calendars
from leadsquared_slots.mock_server.recording.collected import Contradiction
from leadsquared_slots.mock_server.recording.recorded import Recorder
from leadsquared_slots.mock_server.recording.scenario_document import CHOSEN, scenario_of
from leadsquared_slots.mock_server.recording.stream import BadRecording

from ..support.examples import examples
from ..support.recordings import RECORDED_QUESTIONS, assert_comes_back, emulator, profiles, question, record

pytestmark = pytest.mark.whole


@settings(max_examples=examples(30), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data(), calendars(), profiles(RECORDED_QUESTIONS))
def test_the_recorded_answers_come_back(data: st.DataObject, calendar: dict[str, Any], profile: Any) -> None:
    """Random calendars under random profiles, recorded with one flag or both; CI has a hundred."""
    assert_comes_back(data, calendar, profile)


def test_a_recording_with_a_booking_in_it_is_refused() -> None:
    """Two exchanges that differ about one date are named, with when they were and what differs."""
    recorder, before = Recorder(), emulator(meeting())
    after = emulator(meeting(start="2026-03-02T07:00:00Z"))
    asked = question(["zoo@example.com"], date(2026, 3, 2), date(2026, 3, 3))
    exchanges = [record(before, recorder, asked), record(after, recorder, asked, at=1_772_424_000.0)]
    with pytest.raises(
        Contradiction, match=r"exchange 1 .* and exchange 2 .* differ in AvailableSlots, BusySlots of zoo@example.com on 2026-03-02"
    ):
        scenario_of(exchanges, title="Recorded")


def meeting(start: str = "2026-03-02T06:00:00Z", kind: bool = False) -> dict[str, Any]:
    """One user with one task."""
    return {
        "template": [{"name": "T", "zone": "Asia/Kolkata", "shifts": {"weekdays": ["09:00-18:00"]}}],
        "user": [{"email": "zoo@example.com", "zone": "Asia/Kolkata", "template": "T",
                  "tasks": [{"start": start, "end": "2026-03-02T08:00:00Z", "allow-conflicts": kind}]}],
    }  # fmt: skip


@pytest.mark.parametrize(("flags", "is_chosen"), [((False,), True), ((False, True), False)])
def test_what_is_chosen_is_marked(flags: tuple[bool, ...], is_chosen: bool) -> None:
    """With one flag nobody knows what made a hole: it is said above the file and beside the task; with both it is known."""
    recorder, app = Recorder(), emulator(meeting(kind=True))
    made = scenario_of(
        [record(app, recorder, question(["zoo@example.com"], date(2026, 3, 2), date(2026, 3, 9), flag)) for flag in flags], title="R"
    )
    (task,) = made.document["user"][0]["tasks"]
    assert (task.get("subject") == CHOSEN) is is_chosen
    assert any("holes of zoo@example.com on 2026-03-02" in line for line in made.chosen) is is_chosen


def test_a_recording_without_users_is_no_scenario() -> None:
    """A file that lists nobody gives no scenario, and says what to record."""
    app = emulator(meeting())
    with pytest.raises(BadRecording, match=r"no user in them"):
        scenario_of([record(app, Recorder(), question(["nobody@example.com"], date(2026, 3, 1), date(2026, 3, 1)))], title="R")
