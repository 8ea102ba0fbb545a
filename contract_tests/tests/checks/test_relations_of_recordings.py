"""Relations in a recording: what a booking explains is no broken rule, and what none explains is one."""

import random
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from leadsquared_slots.contract_tests.run.judge import JudgeOptions, judge_recordings
from leadsquared_slots.contract_tests.run.results import Report
from leadsquared_slots.mock_server.recording.recorded import Recorded, Recorder
from leadsquared_slots.mock_server.tests.support.examples import examples
from leadsquared_slots.mock_server.tests.support.recordings import emulator, question, record

from ..support.office import MONDAY, OFFICE, USERS, calendar, task

START = 1_772_420_400.0


def judged(exchanges: list[Recorded]) -> Report:
    """The strictest report about recorded exchanges."""
    return judge_recordings(lambda: exchanges, JudgeOptions(strict=True, users=USERS))


def broken(exchanges: list[Recorded]) -> set[str]:
    """The rules that the exchanges break."""
    return {failure.rule for failure in judged(exchanges).failures}


@settings(max_examples=examples(30), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False), st.lists(st.sampled_from(["wait", "book", "cancel"]), min_size=4, max_size=14))
def test_bookings_between_recorded_answers_break_nothing(draw: random.Random, acts: list[str]) -> None:
    """Whatever is asked in whatever order, with bookings at any time and cancellations that are not at once."""
    tasks: list[dict[str, Any]] = []
    recorder, exchanges, at, fresh = Recorder(), list[Recorded](), START, 0
    app = emulator(calendar(tasks))
    for act in acts:
        if act == "book":
            tasks, fresh = [*tasks, task(fresh, draw.random() < 0.5)], fresh + 1
        elif act == "cancel":
            tasks, at = tasks[1:], at + 90
        app = emulator(calendar(tasks)) if act != "wait" else app
        at += draw.choice([0.2, 5, 50, 400])
        first = MONDAY + timedelta(days=draw.randint(0, 1))
        last = first + timedelta(days=draw.randint(0, 2))
        users = draw.choice([USERS[:1], USERS, USERS[::-1]])
        page = draw.choice([None, None, (1, 1), (2, 1)])
        exchanges.append(record(app, recorder, question(list(users), first, last, draw.random() < 0.5, page), at=at))
    assert broken(exchanges) == set()


def asked(app: Any, recorder: Recorder, at: float, **differently: Any) -> Recorded:
    """A question about both users and three days, recorded."""
    first, last, users = (
        differently.get("first", MONDAY),
        differently.get("last", MONDAY + timedelta(days=2)),
        differently.get("users", USERS),
    )
    return record(app, recorder, question(list(users), first, last, differently.get("flag", False)), at=START + at)


BOOKED = calendar([task(0, False)])
OTHER_BREAKS = calendar([], OFFICE | {"breaks": {"weekdays": ["12:00-12:15"]}})
NARROW = {"last": MONDAY}


@pytest.mark.parametrize(
    ("rule", "others"),
    [
        ("answer.repeatable", [(1, {}, BOOKED), (2, {}, calendar([]))]),
        ("answer.wider-range", [(1, NARROW, BOOKED), (2, {}, calendar([]))]),
        ("answer.other-users", [(1, {"users": USERS[:1]}, BOOKED), (2, {}, calendar([]))]),
        ("answer.repeatable", [(1, {}, OTHER_BREAKS)]),
        ("busy.whatever-flag", [(1, {"flag": True}, BOOKED), (2, {}, calendar([]))]),
        ("slots.flag-superset", [(1, {"flag": True}, calendar([task(0, True)], OFFICE | {"shifts": {"every-day": ["09:00-17:00"]}}))]),
    ],
)
def test_what_no_booking_explains_breaks_a_rule(rule: str, others: list[tuple[float, dict[str, Any], dict[str, Any]]]) -> None:
    """Another answer that is taken back at once, other breaks within a minute, and a flag that changes what it must not."""
    recorder = Recorder()
    exchanges = [asked(emulator(calendar([])), recorder, 0)]
    exchanges += [asked(emulator(document), recorder, at, **differently) for at, differently, document in others]
    assert rule in broken(exchanges)
    later = [asked(emulator(document), recorder, 600 * at, **differently) for at, differently, document in others]
    assert broken([exchanges[0], *later]) == set(), "ten minutes later somebody may have changed it"


def test_the_same_answer_again_and_again_is_not_kept() -> None:
    """What repeats a known reply is counted, and rules about repetition were looked at all the same."""
    recorder, app = Recorder(), emulator(calendar([]))
    report = judged([asked(app, recorder, number) for number in range(50)])
    assert report.plan.notes[0] == "50 recorded exchanges, of which 48 repeat others; no call was sent"
    assert {result.rule.id: result.verdict.value for result in report.rules}["answer.repeatable"] == "passed"
