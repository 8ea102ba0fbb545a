"""The rules about the rate limit: who was refused waits a window, and does not run into it again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from leadsquared_slots.mock_server.vendor.seen import Outcome

from .calls import Call
from .findings import Finding

UNDER_WAY_SECONDS = 0.25
"""Calls that arrive so soon after the delivery of a refusal were under way, and do not count as too early."""
EARLY_SECONDS = 0.05
"""So much too early is tolerated."""


@dataclass(slots=True)
class _Group:
    """The refusals that came of one overshoot, and the calls that did not wait for its window to pass."""

    first: Call
    early: list[Call] = field(default_factory=list)
    overshoots: bool = False


def waits(calls: Sequence[Call]) -> Iterator[Finding]:
    """After a refusal for the limit no call comes for the window's length (rule conduct.waits).

    The first refusal of a group opens the wait. Waiting is measured by the account's clock, so that a caller whose sleep moves that
    clock on has waited; what was under way is measured in real time.
    """
    for group in _groups(calls):
        if group.early:
            first, call = group.first, group.early[0]
            more = f", and {len(group.early) - 1} more before the window had passed" if len(group.early) > 1 else ""
            yield Finding(
                rule="conduct.waits",
                what=f"Call {call.number} came {call.at - first.at:.2f} s after call {first.number} was refused for the limit{more}.",
                fix=f"Wait {first.window} s after such a refusal, with every call of the account.",
                calls=(first.number, *(each.number for each in group.early[:10])),
            )


def budget(calls: Sequence[Call]) -> Iterator[Finding]:
    """The account's limit is not overshot; the first time is advice, one more breaks the rule (rule conduct.budget)."""
    over = [group.first for group in _groups(calls) if group.overshoots]
    if not over:
        return
    first, *again = over
    number, seconds = first.said.limit or (None, first.window)
    limit = f"{number} calls in {seconds} s" if number else "its calls"
    yield Finding(
        rule="conduct.budget",
        what=f"Call {first.number} was over the account's limit of {limit}.",
        fix="Count the calls of the whole account, and pause before the limit is reached.",
        calls=(first.number,),
        advice=True,
    )
    if again:
        yield Finding(
            rule="conduct.budget",
            what=f"Call {again[0].number} was over the limit again, {again[0].at - first.at:.2f} s after the refusal that told it.",
            fix=f"After the first refusal the limit is known ({limit}): send no more than that.",
            calls=(first.number, *(call.number for call in again[:10])),
        )


def _groups(calls: Sequence[Call]) -> list[_Group]:
    """The groups of refusals for the limit, in order."""
    groups: list[_Group] = []
    for number, call in enumerate(calls):
        group = groups[-1] if groups else None
        is_under_way = group is not None and call.arrived <= group.first.delivered + UNDER_WAY_SECONDS
        if group is not None and not is_under_way and _is_early(group.first, call):
            group.early.append(call)
        if call.outcome is Outcome.LIMIT and not is_under_way:
            groups.append(_Group(call, overshoots=_overshoots(calls, number)))
    return groups


def _is_early(refusal: Call, call: Call) -> bool:
    # Before the refusal is where a tester set the clock back.
    return 0 <= call.at - refusal.at < refusal.window - EARLY_SECONDS


def _overshoots(calls: Sequence[Call], number: int) -> bool:
    """Whether it was this caller's own calls that used the limit up, and not others of the account, or a fault that says so."""
    refusal = calls[number]
    if refusal.is_fault or refusal.said.limit is None:
        return False
    allowed, seconds = refusal.said.limit
    passed = 0
    for earlier in range(number - 1, -1, -1):
        call = calls[earlier]
        passed += call.outcome is not Outcome.LIMIT
        if passed >= allowed or refusal.at - call.at > seconds + EARLY_SECONDS:
            return passed >= allowed and refusal.at - call.at <= seconds + EARLY_SECONDS
    return False
