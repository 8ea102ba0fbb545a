"""Calibration finds the profile of a black box: every conclusion is right, and what stays open is said."""

import random
import statistics
import tomllib
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from leadsquared_slots.contract_tests.checks.calendars.known_calendars import handmade
from leadsquared_slots.contract_tests.live.calibration import CALLS, Calibrated, calibrate, calibrate_recordings
from leadsquared_slots.contract_tests.live.profile_file import profile_text
from leadsquared_slots.contract_tests.strategies import calendars, to_json
from leadsquared_slots.contract_tests.wire.target import ManualClock, Target, TargetRefusesKeys
from leadsquared_slots.mock_server import Profile, Scenario, Settings, create_app
from leadsquared_slots.mock_server.accounts.scenario import load_profile
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED, QUESTIONS

from ..support.live_account import checked, recorded, without_admin

pytestmark = pytest.mark.whole

FIRST, LAST = date(2026, 3, 15), date(2026, 4, 11)
FORGOTTEN = {"refused-calls"}
"""What no caller can see under a window that is cut at fixed times: it forgets refused calls whether they count or not."""


def drawn_profile(draw: random.Random, smallest: int = 1) -> Profile:
    """A profile with every question drawn; numbers from 1 to 2,000."""
    answers: dict[str, Any] = {}
    for question, kind in QUESTIONS.items():
        answers[question] = draw.randint(smallest, 2000) if kind is int else draw.choice([choice.value for choice in kind])  # type: ignore[union-attr]
    return DOCUMENTED.with_answers(answers, name="drawn")


def black_box(profile: Profile, document: dict[str, Any]) -> Target:
    """A server of which nothing is known but its address and keys, on a clock that nobody waits for."""
    clock = ManualClock()
    app = create_app(Settings(scenario=Scenario.from_document(to_json(document)), profile=profile), clock=clock)
    return Target.wsgi(without_admin(app), clock=clock)


def calibrated(profile: Profile, document: dict[str, Any], **options: Any) -> Calibrated:
    """What a calibration of a black box finds; nothing of it is wrong, and it took few calls."""
    target = black_box(profile, document)
    users = tuple(user["email"] for user in document["user"])[:8]
    found = calibrate(target, users=users, first=FIRST, last=LAST, **options)
    assert found.calls <= CALLS
    truth = profile.answers()
    assert {question: answer for question, answer in found.known.items() if answer != truth[question]} == {}
    return found


def many_calendars(count: int) -> list[dict[str, Any]]:
    """Random calendars."""
    found: list[dict[str, Any]] = []

    @seed(1)
    @settings(max_examples=count, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(calendars())
    def collect(document: dict[str, Any]) -> None:
        found.append(document)

    collect()
    return found


def assert_recovered(count: int, bursts: int, told: Callable[[str, object], None]) -> None:
    """So many random profiles over random calendars; the limit's questions for some of them."""
    draw, shares, still_open = random.Random(count), [], Counter[str]()
    for number, document in enumerate(many_calendars(count)):
        found = calibrated(drawn_profile(draw), document, allow_burst=number < bursts)
        shares.append(len(found.known) / len(found.conclusions))
        still_open.update(question for question, conclusion in found.conclusions.items() if conclusion.answer is None)
    told(f"calibration of {count} profiles", f"median share {statistics.median(shares):.2f}, least {min(shares):.2f}; open {still_open}")
    assert statistics.median(shares) >= 0.5


def test_random_profiles_are_recovered(record_property: Callable[[str, object], None]) -> None:
    """Twenty of them; CI has 200. The share that stays open stands in the JUnit report."""
    assert_recovered(20, 2, record_property)


@pytest.mark.breadth
def test_200_random_profiles_are_recovered(record_property: Callable[[str, object], None]) -> None:
    """Every conclusive answer right, no wrong answer written, at least half of the questions answered in the median; 150 calls at most."""
    assert_recovered(200, 10, record_property)


@pytest.mark.parametrize("number", range(6))
def test_with_a_calendar_made_for_it_every_question_is_answered(number: int) -> None:
    """The calendar is known, so the oracle says what each combination of answers gives; only what nobody can see stays open."""
    profile = drawn_profile(random.Random(number), smallest=3)
    found = calibrated(profile, handmade(), scenario=to_json(handmade()), allow_burst=True)
    unseen = FORGOTTEN if profile.answers()["window"] == "fixed" else set()
    assert {question for question, conclusion in found.conclusions.items() if conclusion.answer is None} == unseen


def test_the_file_is_a_profile_with_a_comment_for_every_answer(tmp_path: Any) -> None:
    """Serve and check take it; it answers like the account, and says what was seen and why the rest is open."""
    profile = drawn_profile(random.Random(7), smallest=3)
    found = calibrated(profile, handmade(), scenario=to_json(handmade()), allow_burst=True)
    text = profile_text(found, name='of"us', source="https://api\n.example", moment=datetime(2026, 3, 2, tzinfo=UTC))
    path = tmp_path / "ours.toml"
    path.write_text(text, "utf-8")
    answers = load_profile(str(path)).answers()
    assert all(answers[question] == answer for question, answer in found.known.items())
    assert set(tomllib.loads(text)) == {"name", "extends", *found.known}
    lines = text.splitlines()
    for question in QUESTIONS:
        place = next(number for number, line in enumerate(lines) if line.startswith((f"{question} =", f"# {question} =")))
        assert lines[place - 1].startswith(("# seen", "# open:")), question
    again = calibrated(load_profile(str(path)), handmade(), scenario=to_json(handmade()), allow_burst=True)
    assert again.known == found.known


def test_nothing_is_exhausted_without_permission() -> None:
    """Without --allow-burst no call is refused for the limit: it never sends more than its rate."""
    found = calibrated(drawn_profile(random.Random(3), smallest=3), handmade())
    assert found.known.keys() & {"window", "refused-calls", "invalid-requests", "rate-limit-status"} == set()


def test_the_budget_is_kept() -> None:
    """A small budget gives what it could ask for, and says that it ended early."""
    found = calibrated(DOCUMENTED, handmade(), budget=20)
    assert found.calls <= 20
    assert "budget" in found.stopped
    assert found.known


def test_recordings_take_the_place_of_calls() -> None:
    """What check sends shows most answers, without a call."""
    found = calibrate_recordings(recorded(checked(examples=1)[2]))
    assert found.calls == 0
    truth = DOCUMENTED.answers()
    assert {question: answer for question, answer in found.known.items() if answer != truth[question]} == {}
    assert len(found.known) >= len(truth) / 2


def test_wrong_keys_end_it() -> None:
    """Nothing is concluded about an account that lets nobody in."""
    other = black_box(DOCUMENTED, handmade()).account("wrong-key", "wrong-secret")
    with pytest.raises(TargetRefusesKeys):
        calibrate(other, users=("zoo@example.com",), first=FIRST, last=LAST)
