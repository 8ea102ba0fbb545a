"""The relations between answers: silent over what the oracle answers, and loud over what no calendar explains."""

import json
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from leadsquared_slots.contract_tests.checks import Violation, registry
from leadsquared_slots.contract_tests.checks.memory import Memory, Traffic
from leadsquared_slots.contract_tests.oracle.answers import Oracle
from leadsquared_slots.contract_tests.wire.exchange import ENDPOINT, Exchange, Received, Sent
from leadsquared_slots.contract_tests.wire.question import Question
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


def traffic_of(document: Document, questions: Iterable[Question], *changes: Change, profile: Profile = DOCUMENTED) -> Traffic:
    """What a server that has the calendar answers to the questions, after the changes."""
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
        memory.add(Exchange(sent=sent, received=received), question, existing=frozenset(USERS))
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
    check, one = "busy-times-go-over-midnight", calendar(OVER_MIDNIGHT)
    assert found_by(check, traffic_of(one, [week()])) == []
    (violation,) = found_by(check, traffic_of(one, [week()], cut_at_midnight))
    assert (violation.rule, "2 end with a date" in violation.received) == ("busy.on-date", True)
    touching = calendar(("2026-03-02T17:30:00Z", "2026-03-02T18:30:00Z"), ("2026-03-02T18:30:00Z", "2026-03-02T19:00:00Z"), OVER_MIDNIGHT)
    assert found_by(check, traffic_of(touching, [week()])) == []
