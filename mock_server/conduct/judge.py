"""All conduct rules, applied to the exchanges of one account."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from leadsquared_slots.mock_server.exchanges.message import Exchange
from leadsquared_slots.mock_server.vendor.seen import Outcome

from . import form, limit, tries
from .calls import Call, call_of
from .findings import Conduct, Finding

Judge = Callable[[Sequence[Call]], Iterator[Finding]]

_JUDGES: Mapping[str, Judge] = MappingProxyType(
    {
        "conduct.waits": limit.waits,
        "conduct.gives-up": tries.gives_up,
        "conduct.no-repeat": tries.no_repeat,
        "conduct.range": form.date_range,
        "conduct.attributes": form.attributes,
        "conduct.content-type": form.content_type,
        "conduct.pages": form.pages,
        "conduct.budget": limit.budget,
        "conduct.keys-in-headers": form.keys_in_headers,
        "conduct.identical": tries.identical,
    }
)
_OUTCOMES: Mapping[str, frozenset[Outcome]] = MappingProxyType(
    {
        "conduct.waits": frozenset({Outcome.LIMIT}),
        "conduct.gives-up": frozenset({Outcome.LIMIT, Outcome.BROKEN}),
        "conduct.no-repeat": frozenset({Outcome.REFUSED, Outcome.HTML}),
    }
)
"""The outcomes that are the occasion of a rule."""
_MOST_FINDINGS = 20
"""Of one rule: bounded, whatever a caller does."""
_PLAN = 25
"""Calls beyond which a caller has to think of its budget, where no refusal names the limit (rule limit.number)."""


def judge_conduct(exchanges: Iterable[Exchange]) -> Conduct:
    """The conduct that the exchanges of one account show; pure."""
    return judge_calls([call_of(exchange) for exchange in exchanges])


def judge_calls(calls: Iterable[Call]) -> Conduct:
    """The conduct that the calls of one account show."""
    ordered = sorted(calls, key=lambda call: (call.arrived, call.number))
    findings = [finding for judge in _JUDGES.values() for finding in list(judge(ordered))[:_MOST_FINDINGS]]
    return Conduct(calls=len(ordered), findings=tuple(findings), exercised=exercised(ordered))


def exercised(calls: Sequence[Call]) -> frozenset[str]:
    """The conduct rules for which the calls, in the order of their arrival, gave an occasion."""
    return frozenset(_exercised(calls))


def _exercised(calls: Sequence[Call]) -> Iterator[str]:
    outcomes = {call.outcome for call in calls}
    yield from (rule for rule, occasions in _OUTCOMES.items() if outcomes & occasions)
    sent = form.posts(calls)
    if sent:
        yield "conduct.attributes"
        yield "conduct.content-type"
    if any(call.asked.first and call.asked.last for call in sent):
        yield "conduct.range"
    if any(call.asked.page_index is not None for call in sent):
        yield "conduct.pages"
    if len(calls) > _PLAN or Outcome.LIMIT in outcomes:
        yield "conduct.budget"
    if any(call.keys_in for call in calls):
        yield "conduct.keys-in-headers"
    if any(count > 1 for count in Counter(call.key for call in calls).values()):
        yield "conduct.identical"
