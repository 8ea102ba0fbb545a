"""Laws over several answers: questions are drawn, and what breaks a law is shrunk and confirmed."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from weakref import proxy

from hypothesis import strategies as st
from leadsquared_slots.contract_tests.checks.registry import Check, NotApplicable, Violation
from leadsquared_slots.contract_tests.checks.session import AllowanceSpent, Refused, Session
from leadsquared_slots.contract_tests.strategies.search import StopSearch, smallest_failing
from leadsquared_slots.contract_tests.wire.exchange import shorten
from leadsquared_slots.contract_tests.wire.question import Question

from .planning import calls_of

_CALLS_TO_SHRINK = 24
_FIRST = 0
"""The variation of a law that is looked at first, whatever the seed."""


def questions(session: Session) -> st.SearchStrategy[Question]:
    """Lawful questions about the session's users and dates. They shrink to one user, one date, no flag and no paging."""
    days = (session.last - session.first).days
    # Hypothesis keeps strategies, and with `build` they would keep all that the run received.
    session = proxy(session)

    def build(start: int, length: int, users: list[str], flag: bool, page: tuple[int, int] | None) -> Question:
        first = session.first + timedelta(days=start)
        last = min(first + timedelta(days=length), session.last)
        question = Question(first=first, last=last, users=tuple(users), include_allowed_conflicts=flag, page=page)
        return session.lawful(question)

    users = st.lists(st.sampled_from(session.users), min_size=1, max_size=5, unique=True)  # 5: three pages of two
    pages = st.none() | st.none() | st.tuples(st.integers(1, 3), st.integers(1, min(4, session.profile.largest_page)))
    return st.builds(build, st.integers(0, days), st.integers(0, min(days, 20)), users, st.booleans(), pages)


def law_of_questions(check: Check, session: Session) -> Iterable[Violation]:
    """One law over several answers: first about the broadest question, then about drawn ones; the smallest that breaks it.

    What is asked first does not depend on the seed, nor does the verdict of a run of one example.
    """
    session.allowance = calls_of(check, session)
    found: list[Violation] = []

    def fails(drawn: tuple[Question, int]) -> list[Violation]:
        try:
            violations = list(check.run(session, session.lawful(drawn[0].with_(page=None)), drawn[1]))
        except AllowanceSpent:
            raise StopSearch from None
        except Refused as refused:
            received = f"status {refused.exchange.received.status}: {shorten(refused.exchange.received.text())}"
            title = "A lawful request got no answer"
            violations = [Violation(rule=check.rules[0], title=title, received=received, exchanges=(refused.exchange,))]
        if violations and not found:
            found.extend(violations)
            if _are_open(violations):
                raise StopSearch
            # A failure may use more of the budget, so that it can be shrunk.
            session.allowance = (session.allowance or 0) + _CALLS_TO_SHRINK
        return violations

    with suppress(StopSearch):
        fails((session.broad(), _FIRST))
    if found and _are_open(found):
        return found
    broad = session.kept(session.broad())
    if broad is not None and not broad.entries and not found:
        raise NotApplicable("the target lists nobody, so there is nothing to compare")
    drawn = st.tuples(questions(session), st.integers(0, 999))
    smaller = smallest_failing(drawn, fails, seed=session.seed, examples=16 if found else session.examples - 1)
    value = smaller[0] if smaller else (session.broad(), _FIRST)
    if not found or _are_open(found):
        return found
    return _confirmed(check, session, value, smaller[1] if smaller else found)


def _are_open(violations: Iterable[Violation]) -> bool:
    """Whether the profile has an answer that fits each of them: they show with any question, so that no smaller one is looked for."""
    return all(violation.fits for violation in violations)


def _confirmed(check: Check, session: Session, value: tuple[Question, int], violations: list[Violation]) -> Iterable[Violation]:
    """The violations, unless they do not show again: somebody may have changed the calendar between two calls."""
    if "answer.repeatable" in check.rules:
        return violations
    session.forget()
    session.allowance = None
    try:
        again = list(check.run(session, session.lawful(value[0].with_(page=None)), value[1]))
    except Refused:
        return violations
    if not again:
        session.facts.append("a failure did not show again; somebody may have changed the calendar meanwhile")
    return again
