"""Which rules of the ledger the calls of an account met: the occasions to get them wrong that a caller has had.

A test run that never met `slots.midnight` says nothing of what its code does with an end at 00:00:00. What cannot be told from the
calls alone (`reason.order` needs the calendar) counts as never met.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice

from leadsquared_slots.mock_server.vendor.seen import Outcome

from .calls import Call
from .judge import exercised
from .met_answers import rules_of_answer

_OF_EVERY_LIMIT = ("limit.exceeded", "limit.status", "limit.type", "limit.message", "limit.account", "limit.no-headers")
_MOST_DAYS = 100
_MOST_COMPARED = 200


def met_rules(calls: Iterable[Call]) -> frozenset[str]:
    """The ids of the rules that the calls of one account met; pure."""
    ordered = sorted(calls, key=lambda call: (call.arrived, call.number))
    return frozenset((*_of_each(ordered), *_of_several(ordered), *exercised(ordered)))


def _of_each(calls: Sequence[Call]) -> Iterator[str]:
    for call in calls:
        if call.outcome is not Outcome.BROKEN:
            yield from call.rules
        if call.is_slots and call.method == "POST":
            yield "http.path"
            yield from _of_request(call)
        if call.outcome is Outcome.ANSWERED:
            yield from _of_answered(call)
        elif call.outcome in (Outcome.LIMIT, Outcome.REFUSED):
            yield from _of_refusal(call)


def _of_refusal(call: Call) -> Iterator[str]:
    yield from ("error.envelope", "error.message") if call.said.exception else ()
    if call.status == 200:
        yield "error.in-200"
    if call.said.mx_member:
        yield "error.mx-member"
    if call.outcome is Outcome.LIMIT:
        yield from _OF_EVERY_LIMIT
    if call.said.is_keys:
        yield from ("auth.invalid-keys", "auth.envelope", *(["auth.before-body"] if call.asked.problems else []))
    elif call.said.exception == "MXInvalidInputException":
        yield "error.invalid-value"


def _of_request(call: Call) -> Iterator[str]:
    asked, document = call.asked, call.asked.document or {}
    days = (asked.last - asked.first).days if asked.first and asked.last else None
    if days is not None and days > _MOST_DAYS:
        yield "request.range-101"
    if call.outcome is not Outcome.ANSWERED:
        return
    if days == _MOST_DAYS:
        yield "request.range-100"
    if len({user.lower() for user in asked.users}) < len(asked.users):
        yield "request.duplicate-addresses"
    if "IncludeAllowedConflictSlots" not in document:
        yield "request.flag-omitted"
    if "Paging" not in document:
        yield "request.paging-omitted"
    elif asked.page_index is None or asked.page_size is None:
        yield "request.paging-parts"
    if None in document.values():
        yield "request.null"


def _of_answered(call: Call) -> Iterator[str]:
    yield from (f"auth.{place}" for place in call.keys_in)
    if len(call.keys_in) == 2:
        yield "auth.both-places"
    yield from ("http.json-answer", "answer.record-count", "limit.number")
    asked, count = call.asked, call.said.record_count or 0
    if asked.page_size is not None:
        yield "answer.page-size"
    if (asked.page_index or 1) > 1:
        yield "answer.pages-join"
    if call.said.document is not None:
        yield from rules_of_answer(call.said.document, asked.users, flag=asked.flag, is_whole=count <= (asked.page_size or count))


def _of_several(calls: Sequence[Call]) -> Iterator[str]:
    """What it takes more than one call to meet."""
    was_shut, answered = False, [call for call in calls if call.outcome is Outcome.ANSWERED]
    for call in calls:
        was_shut = was_shut or call.outcome is Outcome.LIMIT
        if was_shut and call.outcome is Outcome.ANSWERED:
            yield "limit.reopens"
    if len({call.key for call in answered}) < len(answered):
        yield "answer.repeatable"
    questions = {(frozenset(asked.users), asked.flag, asked.first, asked.last) for asked in (call.asked for call in answered)}
    if any((users, not flag, first, last) in questions for users, flag, first, last in questions):
        yield from ("slots.flag-superset", "busy.whatever-flag")
    # Every pair is compared: of more questions than these, some.
    compared = list(islice(questions, _MOST_COMPARED))
    pairs = [(one, other) for one in compared for other in compared if one != other and one[1] == other[1]]
    if any(one[0] == other[0] and _lies_in(one[2:], other[2:]) for one, other in pairs):
        yield "answer.wider-range"
    if any(one[2:] == other[2:] and one[0] < other[0] for one, other in pairs):
        yield "answer.other-users"


def _lies_in(one: tuple[date | None, ...], other: tuple[date | None, ...]) -> bool:
    """Whether the dates of one question lie inside those of another."""
    (first, last), (earliest, latest) = one, other
    return bool(first and last and earliest and latest and earliest <= first and last <= latest)
