"""What was answered about a calendar that is known: whether a rule that only the oracle can tell had anything to turn on."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from leadsquared_slots.contract_tests.checks.memory import Traffic
from leadsquared_slots.contract_tests.oracle.answers import Oracle
from leadsquared_slots.contract_tests.wire.answer import same_address

from .known_answers import known_answers

OnDate = Callable[[Oracle, Mapping[str, Any], date], bool]
_ABSENT = {"Holiday", "Leave"}


def on_a_known_date(test: OnDate) -> Callable[[Traffic], bool]:
    """Whether something was answered about a user and a date of a known calendar for which the test holds.

    Calendars that the kit gave to accounts of their own are made for these rules, each of which turns on some date there.
    """
    return lambda traffic: any(seen.account and answer.entries for seen, answer in traffic.answers) or _holds(test, traffic)


def _holds(test: OnDate, traffic: Traffic) -> bool:
    document = next((seen.calendar for seen, _ in traffic.own if seen.calendar), None)
    if document is None:
        return False
    oracle = known_answers(document, traffic.profile.answers()).oracle
    users = {same_address(str(user["email"]), traffic.profile): user for user in oracle.users}
    return any(address in users and test(oracle, users[address], day) for address, day in traffic.samples)


def has_two_absences(oracle: Oracle, user: Mapping[str, Any], day: date) -> bool:
    """Whether two reasons apply, so that their order shows."""
    return len(oracle.reasons_that_apply(user, day)) > 1


def has_partial_leave(oracle: Oracle, user: Mapping[str, Any], day: date) -> bool:
    """Whether a leave for part of the date lies on a working date."""
    return oracle.reason(user, day) is None and oracle.has_partial_leave(user, day)


def ends_a_night(oracle: Oracle, user: Mapping[str, Any], day: date) -> bool:
    """Whether a shift that began the day before runs into the date, and an absence holds on one of the two and not on the other."""
    absent = [oracle.reason(user, each) in _ABSENT for each in (day - timedelta(days=1), day)]
    return absent[0] is not absent[1] and oracle.has_shift_over_midnight(user, day)
