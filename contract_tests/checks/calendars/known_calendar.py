"""Answers against the oracle, where the calendar is known: on the emulator, or on a server with a scenario loaded."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from leadsquared_slots.contract_tests.checks.memory import Traffic
from leadsquared_slots.contract_tests.checks.registry import NotApplicable, Scope, Violation, check
from leadsquared_slots.contract_tests.checks.session import AllowanceSpent, Refused, Session
from leadsquared_slots.contract_tests.wire.answer import Answer, same_address, times_of_day
from leadsquared_slots.contract_tests.wire.exchange import shorten
from leadsquared_slots.contract_tests.wire.question import Question

from .diagnosis import Difference, differences
from .known_answers import known_answers
from .known_calendars import HANDMADE_DATES, calendar_of, close_account, handmade, open_account, question_about, shipped

Document = dict[str, Any]
_RULES = (
    "answer.stored-address", "answer.user-id", "answer.zones", "answer.template-zone", "answer.users-listed",
    "slots.inside-shifts", "slots.zone", "slots.date", "slots.date-without-template", "slots.not-busy", "slots.flag-true",
    "slots.flag-false", "slots.hole", "slots.fully-booked", "slots.seconds", "slots.gap", "slots.fold", "slots.two-shifts",
    "slots.over-midnight", "slots.maximal", "slots.form", "breaks.kept", "breaks.in-shifts", "breaks.listed",
    "busy.if-and-only-if", "busy.one-per-task", "busy.on-date", "busy.on-absent-days", "busy.sorted", "busy.utc", "busy.form",
    "reason.not-scheduled", "reason.order", "reason.date", "reason.partial-leave", "reason.no-template", "reason.no-slots",
    "reason.lists",
)  # fmt: skip
_CALLS_TO_SHRINK = 40
_LEAST_CALENDARS = 4
_ONE_IN = 5
_WRONG_DATES_LOOKED_AT = 4
_NO_CALENDAR = "no calendar is known: the target is not the emulator with an open admin interface, and no --scenario was named"


@check(Scope.CALENDAR, *_RULES, calls=2 * len(HANDMADE_DATES))
def handmade_calendars(session: Session) -> Iterator[Violation]:
    """Calendars made by hand, each for a rule or two, are answered as by the oracle."""
    _need_emulator(session)
    document = handmade()
    users = tuple(str(user["email"]) for user in document["user"])
    questions = [
        Question(first=first, last=last, users=users, include_allowed_conflicts=flag)
        for first, last in HANDMADE_DATES
        for flag in (False, True)
    ]
    yield from _asked(session, document, questions)


@check(Scope.CALENDAR, *_RULES, calls=5)
def shipped_calendars(session: Session) -> Iterator[Violation]:
    """The scenarios that come with the product are answered as by the oracle; one in five of them where one example is asked for."""
    _need_emulator(session)
    step = 1 if session.examples > 1 else _ONE_IN
    for number, (_, document) in list(enumerate(shipped()))[::step]:
        question = question_about(document, session.seed + number)
        question = question.with_(include_allowed_conflicts=(session.seed + number) % 2 == 1)
        yield from _asked(session, document, [question])


@check(Scope.CALENDAR, *_RULES, calls=4)
def generated_calendars(session: Session) -> Iterator[Violation]:
    """Calendars that Hypothesis generates are answered as by the oracle."""
    _need_emulator(session)
    from hypothesis import strategies as st
    from leadsquared_slots.contract_tests.strategies.generated_requests import calendars
    from leadsquared_slots.contract_tests.strategies.search import StopSearch, smallest_failing

    def fails(drawn: tuple[Document, int, bool]) -> list[Violation]:
        document, number, flag = drawn
        if session.allowance is not None and session.allowance <= 0:
            raise StopSearch
        question = question_about(document, number).with_(include_allowed_conflicts=flag)
        try:
            return list(_asked(session, document, [question]))
        except AllowanceSpent:
            raise StopSearch from None

    # What fails is shrunk, within bounds.
    session.allowance = max(2 * session.examples, _LEAST_CALENDARS) + _CALLS_TO_SHRINK
    drawn = st.tuples(calendars(), st.integers(0, 30), st.booleans())
    found = smallest_failing(drawn, fails, seed=session.seed, examples=max(2 * session.examples, _LEAST_CALENDARS))
    if found:
        yield from found[1]


@check(Scope.TRAFFIC, *_RULES)
def calendar_of_the_scenario(traffic: Traffic) -> Iterator[Violation]:
    """Everything that a run was answered is what the scenario gives that the target has loaded."""
    document = next((seen.calendar for seen, _ in traffic.own if seen.calendar and seen.calendar.get("user")), None)
    if document is None:
        raise NotApplicable("no --scenario was named that the target has loaded and that lists users")
    known = known_answers(document, traffic.profile.answers())
    users = {same_address(str(user["email"]), traffic.profile): user for user in known.oracle.users}
    yield from _not_listed(traffic, users)
    wrong: Counter[str] = Counter()
    for address, day, samples in traffic.settled:
        user = users.get(address)
        if user is None or wrong[address] >= _WRONG_DATES_LOOKED_AT:
            continue
        for sample in {(sample.flag, str(sample.entry.raw)): sample for sample in reversed(samples)}.values():
            found = list(differences(known, user, day, bool(sample.flag), sample.entry.raw))
            if [difference.member for difference in found] == ["AvailableSlots"] and sample.has_slots_without_past(
                times_of_day(found[0].expected) or ()
            ):
                continue
            yield from (_told(sample.answer, difference, user, day, bool(sample.flag)) for difference in found)
            wrong[address] += bool(found)


def _not_listed(traffic: Traffic, users: Mapping[str, Any]) -> Iterator[Violation]:
    """Users of the calendar who were asked for without Paging and stand in no entry of the answer; each once."""
    told: set[str] = set()
    for seen, answer in traffic.own:
        if seen.question is None or seen.question.page is not None or not answer.is_readable:
            continue
        asked = {same_address(user, traffic.profile) for user in seen.question.users} & set(users)
        for user in sorted(asked - set(answer.users()) - told):
            told.add(user)
            yield _breach(answer, "answer.users-listed", "A user of the calendar is not listed", f"nothing about {user}", "")


def _need_emulator(session: Session) -> None:
    if not session.emulator:
        raise NotApplicable(_NO_CALENDAR)


def _asked(session: Session, document: Document, questions: list[Question]) -> Iterator[Violation]:
    """Asks on a fresh account that has the scenario, and compares."""
    own = open_account(session, calendar_of(document))
    if own is None:
        raise NotApplicable("the admin interface of the emulator gives no account")
    own.allowance = session.allowance
    try:
        for question in questions:
            yield from _compared(own, document, own.ask(own.lawful(question)))
    except Refused as refused:
        received = f"status {refused.exchange.received.status}: {shorten(refused.exchange.received.text())}"
        yield Violation(
            rule="answer.users-listed",
            title="A lawful question was refused",
            received=received,
            exchanges=(refused.exchange,),
        )
    finally:
        session.allowance = own.allowance
        close_account(own)


def _compared(session: Session, document: Document, answer: Answer) -> Iterator[Violation]:
    question = answer.question
    if question is None:
        return
    known, flag = known_answers(document, session.profile.answers()), bool(question.include_allowed_conflicts)
    entries = answer.by_date_and_user()
    for user in known.oracle.users_asked(question.users):
        wrong = 0
        for day in question.dates:
            entry = entries.get((day, same_address(user["email"], session.profile)))
            if entry is None:
                where = f"{user['email']} under {day}"
                yield _breach(answer, "answer.users-listed", "A user is not listed", f"nothing about {where}", "")
                continue
            found = list(differences(known, user, day, flag, entry.raw))
            yield from (_told(answer, difference, user, day, flag) for difference in found)
            wrong += bool(found)
            if wrong == _WRONG_DATES_LOOKED_AT:
                break  # to tell what is wrong with one date takes as long as a hundred right ones


def _told(answer: Answer, difference: Difference, user: Mapping[str, Any], day: date, flag: bool) -> Violation:
    where = f"{user['email']} under {day}, flag {str(flag).lower()}"
    documented = f"{difference.member} {shorten(str(difference.expected), 600)}"
    if difference.note:
        documented += f" ({difference.note})"
    received = f"{where}: {difference.member} {shorten(str(difference.received), 600)}"
    title = f"{difference.member} is not what the calendar gives"
    return replace(_breach(answer, difference.rule, title, received, documented), fits=difference.fits)


def _breach(answer: Answer, rule: str, title: str, received: str, documented: str) -> Violation:
    exchanges = (answer.exchange,) if answer.exchange else ()
    return Violation(rule=rule, title=title, received=received, documented=documented, exchanges=exchanges)
