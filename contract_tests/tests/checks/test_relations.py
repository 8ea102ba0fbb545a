"""The relations between answers: silent over what the oracle answers, and loud over what no calendar explains."""

import json
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

import pytest
from leadsquared_slots.contract_tests.checks import NotApplicable, Violation, registry
from leadsquared_slots.contract_tests.checks.calendars.known_calendars import questions_about_dates
from leadsquared_slots.contract_tests.checks.memory import Memory, Traffic
from leadsquared_slots.contract_tests.checks.session import Session
from leadsquared_slots.contract_tests.oracle.answers import Oracle
from leadsquared_slots.contract_tests.wire.exchange import ENDPOINT, Exchange, Received, Sent
from leadsquared_slots.contract_tests.wire.question import Question
from leadsquared_slots.contract_tests.wire.target import Target
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED, Profile

Document = dict[str, Any]
Change = Callable[[Document, Question], None]
USERS = ("amy@kit.example", "bob@kit.example")
MONDAY = date(2026, 3, 2)


def calendar(*tasks: tuple[str, str]) -> Document:
    """Two users in Kolkata who work on all days, each with the same tasks, in UTC."""
    template = {"name": "All day", "zone": "Asia/Kolkata", "shifts": {"every-day": ["00:00-24:00"]}}
    made = [{"allow-conflicts": False, "start": start, "end": end} for start, end in tasks]
    return {
        "template": [template],
        "user": [{"email": user, "zone": "Asia/Kolkata", "template": "All day", "tasks": made} for user in USERS],
    }


def traffic_of(
    document: Document, questions: Iterable[Question], *changes: Change, profile: Profile = DOCUMENTED, known: Document | None = None
) -> Traffic:
    """What a server that has the calendar answers to the questions, after the changes. `known` is the calendar that the caller named."""
    oracle, memory = Oracle(document, profile.answers()), Memory()
    for question in questions:
        answer = oracle.answer(question.payload())
        for group in answer.get("List") or ():
            for entry in group["UserSlots"]:
                entry["UserId"] = f"00000000-0000-4000-8000-{USERS.index(entry['EmailAddress']):012}"
        for change in changes:
            change(answer, question)
        sent = Sent(method="POST", url="http://kit.example" + ENDPOINT, query=(), headers=(), body=question.body())
        received = Received(status=200, headers={"content-type": "application/json"}, body=json.dumps(answer).encode())
        memory.add(Exchange(sent=sent, received=received), question, existing=frozenset(USERS), calendar=known)
    return memory.under(profile)


def found_by(check: str, traffic: Traffic) -> list[Violation]:
    """What a relation says about the traffic."""
    return list(registry()[check].run(traffic))


def week(**changes: Any) -> Question:
    """Both users in one week."""
    return Question(first=MONDAY, last=MONDAY + timedelta(days=6), users=USERS).with_(**changes)


OVER_MIDNIGHT = ("2026-03-02T17:30:00Z", "2026-03-02T19:30:00Z")
"""From 23:00 to 01:00 in Kolkata."""


def cut_at_midnight(answer: Document, question: Question) -> None:
    """Midnight in Kolkata is 18:30 UTC."""
    for group in answer["List"]:
        first, last = f"{date.fromisoformat(group['Date']) - timedelta(days=1)} 18:30:00", f"{group['Date']} 18:30:00"
        for busy in (busy for entry in group["UserSlots"] for busy in entry["BusySlots"]):
            busy["StartTime"], busy["EndTime"] = max(busy["StartTime"], first), min(busy["EndTime"], last)


def test_busy_times_that_are_cut_at_midnight_are_noticed() -> None:
    """Where times end with a date and others begin with the next, and none goes on; a whole one shows that nothing is cut."""
    check = "busy-times-go-over-midnight"
    one = calendar(*((f"2026-03-{day:02}T17:30:00Z", f"2026-03-{day:02}T19:30:00Z") for day in range(2, 6)))
    assert found_by(check, traffic_of(one, [week()])) == []
    (violation,) = found_by(check, traffic_of(one, [week()], cut_at_midnight))
    assert (violation.rule, "8 end with a date" in violation.received) == ("busy.on-date", True)
    touching = calendar(("2026-03-02T17:30:00Z", "2026-03-02T18:30:00Z"), ("2026-03-02T18:30:00Z", "2026-03-02T19:00:00Z"), OVER_MIDNIGHT)
    assert found_by(check, traffic_of(touching, [week()])) == []


def without_busy_times(answer: Document, question: Question) -> None:
    """Nobody is busy on the last date asked for."""
    for entry in answer["List"][-1]["UserSlots"]:
        entry["BusySlots"] = []


def test_every_answer_of_a_run_is_compared_with_a_known_calendar() -> None:
    """Whichever check asked for it; without a calendar there is nothing to compare with."""
    document = calendar(("2026-03-08T06:00:00Z", "2026-03-08T07:00:00Z"))
    check, questions = "calendar-of-the-scenario", [week(), week(include_allowed_conflicts=True, page=(1, 1))]
    assert found_by(check, traffic_of(document, questions, known=document)) == []
    found = found_by(check, traffic_of(document, questions, without_busy_times, known=document))
    assert {(violation.rule, len(violation.exchanges)) for violation in found} == {("busy.if-and-only-if", 1)}
    with pytest.raises(NotApplicable):
        found_by(check, traffic_of(document, questions))


def test_a_break_at_a_time_that_clocks_skip_may_be_listed_or_not() -> None:
    """The vendor leaves it open, so the calendar calls neither wrong."""
    document = calendar()
    document["template"][0] |= {"zone": "Europe/Berlin", "breaks": {"every-day": ["02:15-02:45"]}}
    question = Question(first=date(2026, 3, 29), last=date(2026, 3, 29), users=USERS)

    def listed(answer: Document, _: Question) -> None:
        for entry in answer["List"][0]["UserSlots"]:
            assert entry["Breaks"] == []
            entry["Breaks"] = [{"StartTime": "02:15:00", "EndTime": "02:45:00"}]

    for changes in ((), (listed,)):
        assert found_by("calendar-of-the-scenario", traffic_of(document, [question], *changes, known=document)) == []


@pytest.mark.parametrize(("dates_are_named", "ranges"), [(False, 2), (True, 1)])
def test_every_date_of_a_calendar_is_asked_for(dates_are_named: bool, ranges: int) -> None:
    """The dates beside them too, both flags, at most 100 days at once; only those that the caller named, where he did."""
    document = calendar(("2026-03-08T06:00:00Z", "2026-03-08T07:00:00Z"), ("2026-09-01T23:00:00Z", "2026-09-02T01:00:00Z"))
    session = Session(
        target=Target.wsgi(lambda environ, start: ()), profile=DOCUMENTED, users=USERS[:1], known=USERS,
        first=MONDAY, last=MONDAY + timedelta(days=6), calendar=document, dates_are_named=dates_are_named,
    )  # fmt: skip
    asked = list(questions_about_dates(session))
    assert len(asked) == 2 * ranges
    assert {question.users for question in asked} == {USERS}
    dates = {day for question in asked for day in question.dates}
    assert {date(2026, 3, 7), date(2026, 3, 8)} <= dates
    assert (date(2026, 9, 3) in dates) is not dates_are_named


def to_whole_hours(answer: Document, question: Question) -> None:
    """What is free starts and ends on the hour."""
    for slot in (slot for group in answer["List"] for entry in group["UserSlots"] for slot in entry["AvailableSlots"]):
        slot["EndTime"] = slot["EndTime"][:2] + ":00:00"
        start = slot["StartTime"]
        slot["StartTime"] = start if start.endswith("00:00") else f"{int(start[:2]) + 1:02}:00:00"


def test_busy_times_that_take_whole_hours_are_noticed() -> None:
    """Their edges are off the hour, and those of all slots beside them are on it."""
    tasks = [(f"2026-03-0{day}T{hour}:40:00Z", f"2026-03-0{day}T{hour}:50:00Z") for day, hour in ((2, "04"), (3, "06"), (4, "08"))]
    check, document = "busy-times-take-their-own-length", calendar(*tasks)
    assert found_by(check, traffic_of(document, [week()])) == []
    (violation,) = found_by(check, traffic_of(document, [week()], to_whole_hours))
    assert violation.rule == "slots.maximal"


def test_breaks_of_another_zone_are_noticed() -> None:
    """All of them are outside the hours in which the user is ever free or busy."""
    document = calendar()
    document["template"][0] |= {"shifts": {"every-day": ["09:00-18:00"]}, "breaks": {"every-day": ["12:00-12:30"]}}

    def in_utc(answer: Document, question: Question) -> None:
        for entry in (entry for group in answer["List"] for entry in group["UserSlots"]):
            entry["Breaks"] = [{"StartTime": "06:30:00", "EndTime": "07:00:00"}]

    check = "breaks-lie-in-working-hours"
    assert found_by(check, traffic_of(document, [week()])) == []
    assert {violation.rule for violation in found_by(check, traffic_of(document, [week()], in_utc))} == {"slots.zone"}


def test_breaks_that_move_with_the_clocks_are_noticed() -> None:
    """In UTC they are an hour earlier in summer, and inside the working hours all the same; those of a zone without summer time stay."""
    document = calendar()
    document["template"][0] |= {"zone": "Europe/Berlin", "breaks": {"every-day": ["12:00-12:30"]}}

    def in_utc(answer: Document, question: Question) -> None:
        hour = 10 if question.first > date(2026, 3, 29) else 11
        for entry in (entry for group in answer["List"] for entry in group["UserSlots"]):
            entry["Breaks"] = [{"StartTime": f"{hour}:00:00", "EndTime": f"{hour}:30:00"}]

    check, questions = "breaks-lie-in-working-hours", [week(), week(first=date(2026, 4, 6), last=date(2026, 4, 12))]
    assert found_by(check, traffic_of(document, questions)) == []
    assert found_by(check, traffic_of(document, questions[:1], in_utc)) == []
    assert {violation.rule for violation in found_by(check, traffic_of(document, questions, in_utc))} == {"slots.zone"}


@pytest.mark.parametrize(
    ("breaks", "rule"),
    [
        (["11:00-11:15"], "breaks.listed"),
        (["11:00-11:15", "16:00-16:15", "17:00-17:30"], "breaks.listed"),
        (["11:00-11:15", "16:00-16:15", "20:00-20:15"], "breaks.in-shifts"),
        (["16:00-16:15", "11:00-11:15"], "breaks.in-shifts"),
    ],
    ids=["one is lost", "one is made up", "one outside the shift", "another order"],
)
def test_breaks_in_a_shift_are_those_of_the_calendar(breaks: list[str], rule: str) -> None:
    """What is listed outside of the shifts is open; to lose or to make up one in a shift is wrong."""
    document = calendar()
    document["template"][0] |= {"shifts": {"every-day": ["09:00-18:00"]}, "breaks": {"every-day": ["11:00-11:15", "16:00-16:15"]}}

    def listed(answer: Document, question: Question) -> None:
        for entry in (entry for group in answer["List"] for entry in group["UserSlots"]):
            entry["Breaks"] = [{"StartTime": f"{pause[:5]}:00", "EndTime": f"{pause[6:]}:00"} for pause in breaks]

    found = found_by("calendar-of-the-scenario", traffic_of(document, [week()], listed, known=document))
    assert {violation.rule for violation in found} == {rule}


def test_a_leave_at_other_hours_is_more_than_another_answer() -> None:
    """Whether some hours of leave are taken out is open; to take out others is wrong."""
    document = calendar()
    document["user"][0]["leaves"] = [{"date": "2026-03-03", "time": "10:00-12:00"}]

    def slots(*times: tuple[str, str]) -> Change:
        def change(answer: Document, question: Question) -> None:
            answer["List"][1]["UserSlots"][0]["AvailableSlots"] = [{"StartTime": start, "EndTime": end} for start, end in times]

        return change

    def rules(change: Change) -> set[str]:
        found = found_by("calendar-of-the-scenario", traffic_of(document, [week()], change, known=document))
        return {violation.rule for violation in found}

    whole, at_other_hours = slots(("00:00:00", "00:00:00")), slots(("00:00:00", "15:30:00"), ("17:30:00", "00:00:00"))
    assert (rules(whole), rules(at_other_hours)) == ({"reason.partial-leave"}, {"slots.inside-shifts"})
