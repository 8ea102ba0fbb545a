"""Questions that a run asks for the sake of the checks that send nothing: what is decisive always, and what is drawn on top."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta

from leadsquared_slots.contract_tests.checks.calendars.known_calendars import questions_about_dates
from leadsquared_slots.contract_tests.checks.exercise import why_not_exercised
from leadsquared_slots.contract_tests.checks.memory import Traffic
from leadsquared_slots.contract_tests.checks.passive import look
from leadsquared_slots.contract_tests.checks.registry import Check, Scope, Violation
from leadsquared_slots.contract_tests.checks.session import AllowanceSpent, Refused, Session
from leadsquared_slots.contract_tests.oracle.wall_clock import DAY, readings, zone_names
from leadsquared_slots.contract_tests.strategies.search import smallest_failing
from leadsquared_slots.contract_tests.wire.answer import Answer, same_address
from leadsquared_slots.contract_tests.wire.question import Question

from .planning import EXPLORING_CALLS, calendar_calls
from .properties import questions

_CALLS_TO_SHRINK = 8
_MOST_CHANGES_OF_CLOCKS = 2
_AFTER_2038 = date(2040, 10, 31), date(2040, 11, 8)
"""Dates when seconds since 1970 no longer fit 32 bits.

They are the same days of the month as those of a question before (rule request.range-100): who keeps answers by those mixes them up.
"""
_DAYS_AHEAD = 366


def explore(session: Session, rules: Collection[str]) -> None:
    """Asks the decisive questions, then drawn ones, then for rules that nothing has exercised yet. Raises BudgetSpent."""
    session.during, session.exploring = "", True
    session.allowance = EXPLORING_CALLS
    for question in _decisive(session):
        _answer(session, question)
    session.allowance = session.examples
    smallest_failing(questions(session), lambda question: _asked(session, question), seed=session.seed, examples=session.examples)
    session.allowance = EXPLORING_CALLS
    for question in _exercising(session, rules):
        _answer(session, question)
    if session.calendar:
        session.allowance = calendar_calls(session)
        for question in questions_about_dates(session):
            _answer(session, question)
    session.allowance, session.exploring = None, False


def changed_meanwhile(session: Session) -> bool:
    """Asks the first question again: whether its answer is another than at the start, and stays so. Raises BudgetSpent."""
    first = session.kept(session.base)
    last = _answer(session, session.base, fresh=True) if first else None
    if first is None or last is None or first.document == last.document:
        return False
    again = _answer(session, session.base, fresh=True)
    return again is not None and again.document == last.document


def shrink(session: Session, checks: Iterable[Check]) -> None:
    """Asks less and less where an answer breaks a rule, so that the report shows the smallest that does. Raises BudgetSpent."""
    by_name = {check.name: check for check in checks if check.scope is Scope.ANSWER}
    for name, looked in look(by_name.values(), session.memory.under(session.profile)).items():
        check = by_name[name]
        for rule, observation in list(looked.seen.items()):
            question = observation.question
            if observation.violation.fits:
                continue  # the profile has an answer for it, and who is asked for does not matter
            if question is None or question.size <= (1, 1, 10**6) or not set(question.users) <= set(session.users):
                continue
            session.allowance = _CALLS_TO_SHRINK

            def fails(smaller: Question, check: Check = check, rule: str = rule) -> list[Violation]:
                answer = _answer(session, smaller)
                return [violation for violation in check.run(answer) if violation.rule == rule] if answer else []

            # Every answer that is asked for here is in the memory, where the smallest that fails is found.
            smallest_failing(questions(session), fails, seed=session.seed, examples=_CALLS_TO_SHRINK)
    session.allowance = None


def _decisive(session: Session) -> Iterator[Question]:
    """Questions that part right from wrong, whatever the seed and the date of the run."""
    broad = session.broad()
    yield broad
    yield session.lawful(broad.with_(include_allowed_conflicts=True))
    people = len(broad.users)
    if people > 2:
        # One record on the second of two pages: who rounds the number of pages loses it.
        yield session.lawful(broad.with_(page=(2, min(people - 1, session.profile.largest_page))))
    first, last = _AFTER_2038
    yield session.lawful(broad.with_(first=first, last=last))


def _exercising(session: Session, rules: Collection[str]) -> Iterator[Question]:
    """Questions for what no answer had until now, as far as dates can bring it."""
    traffic = session.memory.under(session.profile)
    broad = session.broad()
    if not {"slots.gap", "slots.fold", "answer.dates-sorted"}.isdisjoint(rules):
        for day, zone in _changes_of_clocks(traffic, broad.first):
            # Those whose clocks change come first: who goes by the zone of the first user is wrong then, or never.
            users = sorted(broad.users, key=lambda user: zone not in _zones_of(traffic, user))
            around = broad.with_(first=day - timedelta(days=1), last=day + timedelta(days=1), users=tuple(users))
            yield session.lawful(around.with_(include_allowed_conflicts=True))
            # With the flag false everybody has been asked for over two seasons in which clocks change (rule request.range-100).
            if not traffic.about(users[0], day, flag=False):
                yield session.lawful(around)
    traffic = session.memory.under(session.profile)
    wanting = [rule for rule in rules if why_not_exercised(rule, traffic)]
    if any(rule.startswith(("slots.", "busy.", "breaks.", "reason.")) for rule in wanting):
        later = broad.last + timedelta(days=1)
        for flag in (False, True):
            further = broad.with_(first=later, last=later + timedelta(days=60), include_allowed_conflicts=flag)
            yield session.lawful(further)


def _changes_of_clocks(traffic: Traffic, first: date) -> Iterator[tuple[date, str]]:
    """The next dates on which clocks change in the zones of the users' templates: two that are shorter, and two that are longer.

    Each with the zone.
    """
    zones = {entry.entry.template_zone for entry in traffic.entries} & zone_names()
    lengths: dict[date, tuple[int, str]] = {}
    for zone in sorted(zone for zone in zones if zone):
        for number in range(_DAYS_AHEAD):
            day = first + timedelta(days=number)
            length = sum(reading.length for reading in readings(zone, day))
            if length != DAY:
                lengths[day] = length, zone
    shorter = [(day, zone) for day, (length, zone) in sorted(lengths.items()) if length < DAY]
    longer = [(day, zone) for day, (length, zone) in sorted(lengths.items()) if length > DAY]
    yield from (*shorter[:_MOST_CHANGES_OF_CLOCKS], *longer[:_MOST_CHANGES_OF_CLOCKS])


def _zones_of(traffic: Traffic, user: str) -> frozenset[str | None]:
    """The zones of a user's template, as far as they were answered."""
    address = same_address(user, traffic.profile)
    entries = (sample.entry for sample in traffic.entries)
    return frozenset(entry.template_zone for entry in entries if same_address(entry.address, traffic.profile) == address)


def _answer(session: Session, question: Question, *, fresh: bool = False) -> Answer | None:
    try:
        return session.ask(question, fresh=fresh)
    except (Refused, AllowanceSpent):
        return None


def _asked(session: Session, question: Question) -> list[Violation]:
    _answer(session, question)
    return []
