"""Laws that tie several answers together. No calendar needs to be known, so they run on a live account too.

Each function gets a question, and a number that picks one of its variations; 0 is the one that shows most.
Hypothesis draws and shrinks both.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

from leadsquared_slots.contract_tests.checks.answers.wording import differing, show, show_instants
from leadsquared_slots.contract_tests.wire.answer import Answer, Entry, same_address
from leadsquared_slots.contract_tests.wire.exchange import Exchange, shorten
from leadsquared_slots.contract_tests.wire.question import Question
from leadsquared_slots.contract_tests.wire.target import Call
from leadsquared_slots.mock_server.domain.profile import DuplicateAddresses

from .refusals.expectations import seen, shown
from .registry import NotApplicable, Scope, Violation, check
from .session import Session

_AT_ONCE = 4


@check(Scope.QUESTIONS, "answer.repeatable", calls=2)
def asked_twice(session: Session, question: Question, number: int) -> Iterator[Violation]:
    """The same question asked twice gets the same answer."""
    one = session.ask(question)
    two = session.ask(question, fresh=True)
    if one.document != two.document:
        differences = _differences(one, two) or ["the same entries in another order"]
        yield differing("answer.repeatable", "Asked twice, answered differently", differences, one, two)


@check(Scope.QUESTIONS, "answer.wider-range", calls=1)
def wider_range_contains_narrower(session: Session, question: Question, number: int) -> Iterator[Violation]:
    """A wider interval of dates contains the narrower one unchanged."""
    dates = question.dates
    third = len(dates) // 3
    start = (third + number) % len(dates)
    end = max(start, len(dates) - 1 - (third + number // 7) % len(dates))
    first, last = dates[start], dates[end]
    wide, narrow = session.ask(question), session.ask(question.with_(first=first, last=last))
    kept = {key: entry for key, entry in wide.by_date_and_user().items() if first <= key[0] <= last}
    differences = _compare(kept, narrow.by_date_and_user())
    if differences:
        yield differing("answer.wider-range", "A wider interval of dates changes a date", differences, wide, narrow)


@check(Scope.QUESTIONS, "answer.wider-range", "answer.dates-complete", calls=2)
def split_ranges_join(session: Session, question: Question, number: int) -> Iterator[Violation]:
    """Two intervals of dates that follow on each other join to the whole."""
    if question.first == question.last:
        return
    cut = question.dates[number % (len(question.dates) - 1)]
    whole = session.ask(question)
    left = session.ask(question.with_(last=cut))
    right = session.ask(question.with_(first=cut + timedelta(days=1)))
    differences = _compare(whole.by_date_and_user(), left.by_date_and_user() | right.by_date_and_user())
    if differences:
        yield differing("answer.wider-range", "Two halves do not join to the whole", differences, whole, left, right)


@check(Scope.QUESTIONS, "answer.users-order", "answer.other-users", calls=2)
def order_of_users_changes_nothing_else(session: Session, question: Question, number: int) -> Iterator[Violation]:
    """Users in another order get the same entries, on one date less."""
    reordered = question.with_(users=question.users[::-1], last=max(question.first, question.last - timedelta(days=1)))
    flag = bool(question.include_allowed_conflicts)
    # The other flag first: an answer that is kept without looking at the flag shows then.
    session.ask(reordered.with_(include_allowed_conflicts=not flag))
    one, other = session.ask(question), session.ask(reordered.with_(include_allowed_conflicts=flag))
    kept = {key: entry for key, entry in one.by_date_and_user().items() if key[0] <= reordered.last}
    differences = _compare(kept, other.by_date_and_user())
    if differences:
        yield differing("answer.other-users", "The order of the users changes an entry", differences, one, other)


@check(Scope.QUESTIONS, "answer.other-users", calls=1)
def another_user_changes_nothing(session: Session, question: Question, number: int) -> Iterator[Violation]:
    """Another user asked for as well leaves the rest alone."""
    others = [user for user in session.users if user not in question.users]
    users: tuple[str, ...]
    if len(question.users) > 1:
        users, more = (question.users[-1 - number % len(question.users)],), question
    elif others and session.profile.most_users > 1:
        users, more = question.users, question.with_(users=(*question.users, others[number % len(others)]))
    else:
        raise NotApplicable("it takes two users; name another with --user")
    few, many = session.ask(question.with_(users=users)), session.ask(more)
    asked = {same_address(user, session.profile) for user in users}
    kept = {key: entry for key, entry in many.by_date_and_user().items() if key[1] in asked}
    differences = _compare(few.by_date_and_user(), kept)
    if differences:
        yield differing("answer.other-users", "Another user changes the entry of one", differences, few, many)


@check(Scope.QUESTIONS, "request.duplicate-addresses", calls=1)
def duplicate_address(session: Session, question: Question, number: int) -> Iterator[Violation]:
    """An address that stands twice in Users is answered once, or twice, as the profile says; nothing else changes."""
    if session.profile.most_users < 2:
        raise NotApplicable("under the profile a request names one user")
    question = question.with_(users=question.users[: session.profile.most_users - 1])
    twice = question.users[number % len(question.users)]
    once, more = session.ask(question), session.ask(question.with_(users=(*question.users, twice)))
    differences = _compare(once.by_date_and_user(), more.by_date_and_user())
    if differences:
        yield differing("request.duplicate-addresses", "An address that stands twice changes an entry", differences, once, more)
    times = 2 if session.profile.duplicate_addresses is DuplicateAddresses.REPEATED else 1
    user = same_address(twice, session.profile)
    for day in more.dates:
        listed = [same_address(entry.address, session.profile) for entry in more.under(day)].count(user)
        if (day, user) in once.by_date_and_user() and listed != times:
            received = f"{user} stands {listed} times under {day}"
            documented = (
                f"{user} stands {times} times there: the profile says duplicate-addresses = {session.profile.duplicate_addresses.value}."
            )
            title = "An address that stands twice in Users is answered another number of times"
            other = next(choice for choice in DuplicateAddresses if choice is not session.profile.duplicate_addresses)
            fits = ("duplicate-addresses", other.value) if listed == 3 - times else None
            yield differing("request.duplicate-addresses", title, [received], more, documented=documented, fits=fits)
            return


@check(Scope.REQUESTS, "answer.repeatable", calls=5)
def different_questions_at_once(session: Session) -> Iterator[Violation]:
    """Different questions that arrive at the same time are each answered as if they came alone: as the question about everybody is."""
    broad = session.broad()
    users = broad.users[:_AT_ONCE]
    if len(users) < 2:
        raise NotApplicable("it takes two users; name another with --user")
    days = len(broad.dates)
    questions = [broad.with_(users=(user,), last=broad.first + timedelta(days=min(n, days - 1))) for n, user in enumerate(users, 1)]
    calls = [replace(session.target.ordinary(question.body()), connection=n) for n, question in enumerate(questions, 1)]
    whole = session.ask(broad)
    title = "Asked at the same time as others, answered differently"
    for exchange, question in zip(_at_once(session, calls, questions), questions, strict=True):
        together = session.read(exchange, question)
        if together is None:
            yield shown("answer.repeatable", title, seen(exchange), exchange)
        elif differences := _compare(_part_of(whole, question), together.by_date_and_user()):
            yield differing("answer.repeatable", title, differences, whole, together)


def _at_once(session: Session, calls: list[Call], questions: list[Question]) -> list[Exchange]:
    """The replies to calls that are sent at the same time, or one after the other where the target is in this process."""
    if session.target.in_process:
        return [session.send(call, question=question) for call, question in zip(calls, questions, strict=True)]
    with ThreadPoolExecutor(len(calls)) as pool:
        exchanges = list(pool.map(session.target.send, calls))
    for exchange, question in zip(exchanges, questions, strict=True):
        session.remember(exchange, question)
    return exchanges


def _part_of(answer: Answer, question: Question) -> dict[tuple[date, str], Entry]:
    """What a wider answer has about the users and dates of a question."""
    users = {same_address(user, answer.profile) for user in question.users}
    entries = answer.by_date_and_user().items()
    return {key: entry for key, entry in entries if key[1] in users and question.first <= key[0] <= question.last}


def _differences(one: Answer, two: Answer) -> list[str]:
    found = _compare(one.by_date_and_user(), two.by_date_and_user())
    if one.record_count != two.record_count:
        found.append(f"RecordCount {one.record_count} and {two.record_count}")
    return found


def _compare(one: dict[tuple[date, str], Entry], other: dict[tuple[date, str], Entry]) -> list[str]:
    """The differences of two answers about the same dates and users, in words."""
    found = []
    for key in [*one, *(key for key in other if key not in one)]:
        where = f"{key[1]} under {key[0]}: "
        if key not in one or key not in other:
            found.append(where + ("only in the second answer" if key not in one else "only in the first answer"))
            continue
        members = (member for member, value in one[key].raw.items() if other[key].raw.get(member) != value)
        found += [where + _two_values(member, one[key], other[key]) for member in members]
    return found


def _two_values(member: str, one: Entry, other: Entry) -> str:
    if member == "BusySlots":
        return f"BusySlots {show_instants(one.busy)}, then {show_instants(other.busy)}"
    if member == "AvailableSlots" and one.slots is not None and other.slots is not None:
        return f"AvailableSlots {show(one.slots)}, then {show(other.slots)}"
    return f"{member} {shorten(str(one.raw[member]))}, then {shorten(str(other.raw.get(member)))}"
