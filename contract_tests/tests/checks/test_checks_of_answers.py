"""Each check of one answer: silent over every lawful answer, and loud, by the right rule, over one that breaks it."""

import copy
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from leadsquared_slots.contract_tests.checks import NotApplicable, Scope, registry
from leadsquared_slots.contract_tests.checks.calendars.known_calendars import handmade
from leadsquared_slots.contract_tests.oracle.answers import Oracle
from leadsquared_slots.contract_tests.strategies import generated_requests as strategies
from leadsquared_slots.contract_tests.wire.answer import Answer
from leadsquared_slots.contract_tests.wire.question import Question
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED, OBSERVED, Profile
from leadsquared_slots.mock_server.tests.support.examples import examples

pytestmark = pytest.mark.whole

CHECKS = [check for check in registry().values() if check.scope is Scope.ANSWER]
ODD = DOCUMENTED.with_answers(
    {
        "record": "user-and-date",
        "users-order": "address",
        "empty-list": "absent",
        "absent-lists": "empty",
        "breaks": "taken-out",
        "duplicate-addresses": "repeated",
        "date-without-template": "utc",
        "allowed-conflict": "available",
    },
    name="odd",
)
IN_UTC = DOCUMENTED.with_answers({"time-zone": "utc", "empty-list": "null"}, name="in UTC")
PROFILES = [DOCUMENTED, OBSERVED, ODD, IN_UTC]
MANY = settings(max_examples=examples(50), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def broken(answer: Answer) -> dict[str, set[str]]:
    """The rules that the checks find broken in an answer, by check."""
    found: dict[str, set[str]] = {}
    for check in CHECKS:
        try:
            rules = {violation.rule for violation in check.run(answer)}
        except NotApplicable:
            continue
        if rules:
            found[check.name] = rules
    return found


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_no_check_calls_an_answer_of_the_oracle_wrong(profile: Profile) -> None:
    """The right answer to any question about any calendar is right, with the question known and without."""

    @MANY
    @given(strategies.calendars(), st.data())
    def law(calendar: dict[str, Any], data: st.DataObject) -> None:
        users = [user["email"] for user in calendar["user"]]
        dates = date(2026, 3, 1), date(2026, 4, 12)
        request = data.draw(strategies.requests(users, *dates, longest=8, profile=profile))
        document = Oracle(calendar, profile.answers()).answer(request)
        for group in document.get("List") or ():
            for entry in group["UserSlots"]:
                entry["UserId"] = f"00000000-0000-4000-8000-{users.index(entry['EmailAddress']):012}"
        question = Question.of(request)
        assert question is not None
        assert broken(Answer(document=document, profile=profile, question=question, existing=frozenset(users))) == {}
        assert broken(Answer(document=document, profile=profile)) == {}

    law()


QUESTION = Question(
    first=date(2026, 3, 30), last=date(2026, 3, 31),
    users=("two.shifts@kit.example", "tonga@kit.example", "no-template@kit.example", "weekend@kit.example"),
)  # fmt: skip


def right(question: Question = QUESTION, profile: Profile = DOCUMENTED) -> dict[str, Any]:
    """The right answer to a question about the handmade calendars. Its first user is free from 09:00, busy 04:00–05:00 UTC."""
    document = Oracle(handmade(), profile.answers()).answer(question.payload())
    for group in document["List"]:
        for number, entry in enumerate(group["UserSlots"]):
            entry["UserId"] = f"00000000-0000-4000-8000-{number:012}"
    return document


def judged(document: dict[str, Any], question: Question | None = QUESTION, profile: Profile = DOCUMENTED) -> dict[str, set[str]]:
    """What the checks say of an answer to the question; every user of the question exists."""
    existing = frozenset(question.users) if question else frozenset[str]()
    return broken(Answer(document=document, profile=profile, question=question, existing=existing))


def test_the_right_answer_is_right() -> None:
    """The starting point of the cases below."""
    assert judged(right()) == {}


Change = Callable[[dict[str, Any]], Any]
CASES: list[tuple[str, str, Change]] = [
    ("documented-shape", "answer.shape", lambda a: a.pop("RecordCount")),
    ("documented-shape", "answer.no-other-members", lambda a: a.update(Total=2)),
    ("documented-shape", "answer.no-other-members", lambda a: user(a).update(Total=2)),
    ("documented-shape", "busy.list", lambda a: [entry.update(BusySlots=None) for entry in entries(a) if not entry["BusySlots"]]),
    ("documented-shape", "answer.no-status", lambda a: a.update(Status="Success")),
    ("documented-shape", "answer.user-id", lambda a: user(a).update(UserId="17")),
    ("documented-shape", "answer.zones", lambda a: user(a).update(UserTimeZone=None)),
    ("documented-shape", "slots.form", lambda a: slot(a).update(StartTime="9:00")),
    ("documented-shape", "breaks.form", lambda a: user(a)["Breaks"].append({"StartTime": "12:00:00"})),
    ("documented-shape", "busy.form", lambda a: busy(a).update(StartTime="2026-03-30T04:00:00Z")),
    ("documented-shape", "busy.form", lambda a: busy(a).update(StartTime="2026-02-30 04:00:00")),
    ("documented-shape", "reason.values", lambda a: user(a).update(NoSlotsReason="OnLeave")),
    ("zones-exist", "answer.zones", lambda a: user(a).update(UserTimeZone="Asia/Bangalore")),
    ("dates-ascend", "answer.dates-sorted", lambda a: a["List"].reverse()),
    ("one-entry-per-user", "answer.one-entry", lambda a: a["List"][0]["UserSlots"].append(copy.deepcopy(user(a)))),
    ("same-users-under-every-date", "answer.same-users", lambda a: a["List"][1]["UserSlots"].pop()),
    ("identity-is-constant", "answer.identity", lambda a: user(a).update(UserTimeZone="Asia/Tokyo")),
    ("identity-is-constant", "answer.identity", lambda a: [e.update(UserId=user(a)["UserId"]) for e in entries(a)]),
    ("no-more-than-record-count", "answer.record", lambda a: a.update(RecordCount=3)),
    ("midnight-ends-the-day", "slots.midnight", lambda a: slot(a).update(StartTime="18:00:00", EndTime="01:00:00")),
    ("slots-ascend", "slots.sorted", lambda a: user(a)["AvailableSlots"].reverse()),
    ("slots-do-not-touch", "slots.maximal", lambda a: halve(user(a)["AvailableSlots"])),
    ("breaks-ascend", "breaks.form", lambda a: user(a)["Breaks"].append(copy.deepcopy(user(a)["Breaks"][0]))),
    ("null-exactly-beside-a-reason", "reason.no-slots", lambda a: user(a).update(AvailableSlots=None)),
    ("null-exactly-beside-a-reason", "reason.no-slots", lambda a: user(a).update(NoSlotsReason="Leave")),
    ("null-exactly-beside-a-reason", "reason.lists", lambda a: user(a, 3).update(Breaks=[])),
    ("no-template-no-times", "answer.template-zone", lambda a: user(a, 2).update(WorkDayTemplateTimeZone="UTC")),
    ("no-template-no-times", "reason.no-template", lambda a: user(a, 2).update(AvailableSlots=[])),
    ("busy-times-ascend", "busy.sorted", lambda a: user(a)["BusySlots"].reverse()),
    ("busy-times-ascend", "busy.sorted-by-end", lambda a: swap(user(a)["BusySlots"], 3, 4)),
    ("busy-times-are-positive", "busy.positive", lambda a: busy(a).update(EndTime=busy(a)["StartTime"])),
    ("busy-times-stand-under-their-dates", "busy.on-date", lambda a: user(a, 1)["BusySlots"].pop()),
    ("busy-times-stand-under-their-dates", "busy.on-date", lambda a: a["List"][1]["UserSlots"][0]["BusySlots"].append(busy(a))),
    (
        "busy-times-stand-under-their-dates", "busy.on-date",
        lambda a: user(a, 2)["BusySlots"].append({"StartTime": "2026-03-30 12:00:00", "EndTime": "2026-03-30 13:00:00"}),
    ),
    ("nobody-is-free-while-busy", "slots.not-busy", lambda a: slot(a).update(EndTime="09:30:01")),
    (
        "busy-times-stand-under-their-dates", "busy.on-absent-days",
        lambda a: user(a, 2)["BusySlots"].clear(),
    ),
    ("dates-lie-inside", "answer.dates-inside", lambda a: a["List"][1].update(Date="2026-04-01")),
    ("dates-are-complete", "answer.dates-complete", lambda a: a["List"].pop()),
    ("only-users-asked-for", "answer.users-asked", lambda a: [e.update(EmailAddress="x@kit.example") for e in entries(a, 0)]),
    ("users-asked-for-are-listed", "answer.users-listed", lambda a: [group["UserSlots"].pop() for group in a["List"]]),
    ("users-stand-in-order", "answer.users-order", lambda a: a["List"][0]["UserSlots"].reverse()),
    ("record-count-is-exact", "answer.record", lambda a: a.update(RecordCount=8)),
    ("empty-list-as-in-the-profile", "answer.shape", lambda a: a.update(List=[])),
]  # fmt: skip


def user(answer: dict[str, Any], number: int = 0) -> dict[str, Any]:
    """A user's entry under the first date."""
    entry: dict[str, Any] = answer["List"][0]["UserSlots"][number]
    return entry


def slot(answer: dict[str, Any]) -> dict[str, Any]:
    """The first slot of the first user."""
    first: dict[str, Any] = user(answer)["AvailableSlots"][0]
    return first


def busy(answer: dict[str, Any]) -> dict[str, Any]:
    """The first busy time of the first user."""
    first: dict[str, Any] = user(answer)["BusySlots"][0]
    return first


def entries(answer: dict[str, Any], number: int | None = None) -> list[dict[str, Any]]:
    """All entries of an answer, or all of one user."""
    return [e for group in answer["List"] for n, e in enumerate(group["UserSlots"]) if number in (None, n)]


def halve(slots: list[dict[str, str]]) -> None:
    """The last slot, 18:00–21:00, as two that touch."""
    slots[-1:] = [{"StartTime": "18:00:00", "EndTime": "19:00:00"}, {"StartTime": "19:00:00", "EndTime": "21:00:00"}]


def swap(items: list[Any], one: int, other: int) -> None:
    """Two items in each other's place."""
    items[one], items[other] = items[other], items[one]


@pytest.mark.parametrize(("check", "rule", "change"), CASES, ids=[f"{check}:{rule}" for check, rule, _ in CASES])
def test_a_broken_answer_is_noticed(check: str, rule: str, change: Change) -> None:
    """One thing changed in the right answer: the check says so, and by which rule."""
    answer = right()
    change(answer)
    assert rule in judged(answer).get(check, set())


def test_a_page_of_another_size_is_noticed() -> None:
    """Two users on a page of one."""
    question = QUESTION.with_(page=(1, 1))
    answer = right(QUESTION.with_(users=QUESTION.users[:2]))
    assert "answer.page-size" in judged(answer, question)["page-has-its-size"]


def test_an_empty_page_has_the_shape_of_the_profile() -> None:
    """Past the last page: [] under `documented`, null where the profile says null, nothing where it says absent."""
    past, profile = QUESTION.with_(page=(5, 1)), DOCUMENTED.with_answers({"empty-list": "null"})
    for answer, right_profile, wrong_profile in (
        ({"RecordCount": 4, "List": []}, DOCUMENTED, profile),
        ({"RecordCount": 4, "List": None}, profile, DOCUMENTED),
        ({"RecordCount": 4}, DOCUMENTED.with_answers({"empty-list": "absent"}), DOCUMENTED),
    ):
        assert judged(answer, past, right_profile) == {}
        assert judged(answer, past, wrong_profile) == {"empty-list-as-in-the-profile": {"answer.past-last-page"}}


def test_a_time_in_a_gap_is_noticed() -> None:
    """02:00–03:00 of 2026-03-29 in Berlin; whether a break there is cut is open."""
    question = Question(first=date(2026, 3, 29), last=date(2026, 3, 29), users=("changes-clocks@kit.example",))
    for member, found in (("AvailableSlots", {"times-exist": {"slots.gap"}}), ("Breaks", {})):
        answer = right(question)
        user(answer)[member] = [{"StartTime": "01:00:00", "EndTime": "02:30:00"}]
        user(answer)["BusySlots"] = []
        assert judged(answer, question) == found


def test_a_slot_over_a_break_is_noticed_where_breaks_are_taken_out() -> None:
    """And only there."""
    profile = DOCUMENTED.with_answers({"breaks": "taken-out"})
    assert judged(right(), profile=profile) == {"breaks-where-the-profile-takes-them-out": {"breaks.kept"}}


def test_busy_time_in_the_second_pass_of_an_hour_is_noticed() -> None:
    """In a fold the slot is a wall-clock time, and the task takes it in either pass."""
    question = Question(first=date(2026, 10, 25), last=date(2026, 10, 25), users=("changes-clocks@kit.example",))
    answer = right(question)
    user(answer)["AvailableSlots"] = [{"StartTime": "02:40:00", "EndTime": "02:45:00"}]
    assert "slots.fold" in judged(answer, question)["nobody-is-free-while-busy"]


def test_dates_without_a_template_in_utc_are_an_answer_of_the_profile() -> None:
    """The vendor leaves their zone open: the violation names the line that fits, and breaks no rule that is surer than that."""
    profile = DOCUMENTED.with_answers({"date-without-template": "utc"})
    task = {"allow-conflicts": False, "start": "2026-03-31T01:00:00Z", "end": "2026-03-31T02:00:00Z"}
    calendar = {"user": [{"email": "a@kit.example", "zone": "America/New_York", "tasks": [task]}]}
    question = Question(first=date(2026, 3, 30), last=date(2026, 3, 31), users=("a@kit.example",))
    document = Oracle(calendar, profile.answers()).answer(question.payload())
    for group in document["List"]:
        user({"List": [group]})["UserId"] = "00000000-0000-4000-8000-000000000000"
    answer = Answer(document=document, profile=DOCUMENTED, question=question)
    found = [violation for check in CHECKS if check.name == "busy-times-stand-under-their-dates" for violation in check.run(answer)]
    assert {(violation.rule, violation.fits) for violation in found} == {("slots.date-without-template", ("date-without-template", "utc"))}


def test_busy_time_is_noticed_in_utc_too() -> None:
    """Under a profile that prints UTC, across UTC midnight."""
    question = Question(first=date(2026, 3, 30), last=date(2026, 3, 30), users=("every-hour@kit.example",))
    answer = right(question, IN_UTC)
    assert judged(answer, question, IN_UTC) == {}
    user(answer)["AvailableSlots"] = [{"StartTime": "04:00:00", "EndTime": "05:00:00"}]
    assert "slots.not-busy" in judged(answer, question, IN_UTC)["nobody-is-free-while-busy"]


MEMBERS = [
    "RecordCount", "List", "Date", "UserSlots", "UserId", "EmailAddress", "UserTimeZone", "AvailableSlots",
    "Breaks", "BusySlots", "WorkDayTemplateTimeZone", "NoSlotsReason", "StartTime", "EndTime",
]  # fmt: skip
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["2026-03-02", "09:00:00"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(MEMBERS),
            inner,
            max_size=8,
        )
    ),
    max_leaves=25,
)


@MANY
@given(JUNK, st.sampled_from([None, QUESTION]))
def test_no_check_falls_over_junk(document: Any, question: Question | None) -> None:
    """Whatever JSON a server sends: a verdict, not an exception; and junk is never what is documented."""
    found = judged(document, question)
    lawful = isinstance(document, dict) and set(document) <= {"RecordCount", "List"}
    assert found or lawful


@MANY
@given(JUNK, st.data())
def test_no_check_falls_over_a_member_of_junk(junk: Any, data: st.DataObject) -> None:
    """The same for one member of an otherwise right answer."""
    answer = right()
    where = user(answer, data.draw(st.integers(0, 3)))
    where[data.draw(st.sampled_from(sorted(where)))] = junk
    judged(answer)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_every_check_of_answers_is_seen_to_fail_here(check: Any) -> None:
    """A check that no case above makes fail could be one that cannot."""
    elsewhere = {"page-has-its-size", "times-exist", "breaks-where-the-profile-takes-them-out"}
    assert check.name in {name for name, _, _ in CASES} | elsewhere


def test_a_slot_may_end_a_second_before_midnight() -> None:
    """A task that starts at 23:59:59 leaves such a slot; only a server on which every day ends so prints midnight wrongly."""
    answer = right()
    user(answer)["AvailableSlots"] = [{"StartTime": "20:00:00", "EndTime": "23:59:59"}]
    user(answer)["BusySlots"] = []
    assert "midnight-ends-the-day" not in judged(answer)


def test_what_no_document_excludes_is_told_once_and_read_over() -> None:
    """Members of the server's own, and BusySlots of null where nobody is busy, change nothing of what else an answer says."""
    answer = right()
    for number, entry in enumerate(entries(answer)):
        entry.update(SlotCount=number, BusySlots=entry["BusySlots"] or None)
    assert judged(answer) == {"documented-shape": {"answer.no-other-members", "busy.list"}}
    assert Answer(document=answer).entries == Answer(document=right()).entries
