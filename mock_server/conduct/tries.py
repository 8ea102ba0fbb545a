"""The rules about asking again: what may be tried again, and how often."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from leadsquared_slots.mock_server.vendor.seen import Outcome

from .calls import Call
from .findings import Finding

MOST_TRIES = 10
"""Most tries of one question for a fault of the network or a shut limit."""
MOST_HTML = 3
"""Most calls of one question that is answered with an HTML error."""
MOST_IDENTICAL = 10
"""The same question with the same answer is worth a word when it comes more often."""
_PASSING = (Outcome.BROKEN, Outcome.LIMIT)


def gives_up(calls: Sequence[Call]) -> Iterator[Finding]:
    """One question is tried at most 10 times for a fault of the network or a shut limit (rule conduct.gives-up)."""
    for same in _by_question(calls):
        tries: list[Call] = []
        longest: list[Call] = []
        for call in same:
            tries.append(call)
            longest = max(longest, tries, key=len)
            if call.outcome not in _PASSING:
                tries = []
        if len(longest) > MOST_TRIES:
            yield Finding(
                rule="conduct.gives-up",
                what=f"One question was sent {len(longest)} times although nothing came of it ({longest[0].outcome.value}).",
                fix=f"Give up after {MOST_TRIES} tries, and say that the answer is not known.",
                calls=tuple(call.number for call in longest[:20]),
            )


def no_repeat(calls: Sequence[Call]) -> Iterator[Finding]:
    """A refusal that stays is not asked for again, and an HTML error at most three times in all (rule conduct.no-repeat)."""
    for same in _by_question(calls):
        yield from _repeated(same)
        yield from _repeated_html(same)


def _repeated(same: Sequence[Call]) -> Iterator[Finding]:
    refusal: Call | None = None
    again: list[Call] = []
    for call in same:
        is_refused = call.outcome is Outcome.REFUSED
        # What arrived before the refusal was delivered knew nothing of it. With other keys, which are not seen here, it is another call.
        if refusal and call.arrived > refusal.delivered and (not refusal.said.is_keys or (is_refused and call.said.is_keys)):
            again.append(call)
        if not again:
            refusal = (refusal or call) if is_refused else None
    if refusal and again:
        name = refusal.said.exception or "no exception"
        yield Finding(
            rule="conduct.no-repeat",
            what=f"Call {refusal.number} was refused ({name}), and sent again unchanged: {len(again)} more times."
            if len(again) > 1
            else f"Call {refusal.number} was refused ({name}), and sent again unchanged.",
            fix="Do not repeat a 400, a 401 or an MX exception other than the limit's: the same call gets the same refusal.",
            calls=(refusal.number, *(call.number for call in again[:20])),
        )


def _repeated_html(same: Sequence[Call]) -> Iterator[Finding]:
    pages: list[Call] = []
    for call in same:
        if len(pages) >= MOST_HTML or call.outcome is Outcome.HTML:
            pages.append(call)
        elif call.outcome is Outcome.ANSWERED:
            pages = []
    if len(pages) > MOST_HTML:
        yield Finding(
            rule="conduct.no-repeat",
            what=f"One question was sent {len(pages)} times although it was answered with an HTML page.",
            fix=f"Send it at most {MOST_HTML} times in all; the page is no answer, and says nothing of when there will be one.",
            calls=tuple(call.number for call in pages[:20]),
        )


def identical(calls: Sequence[Call]) -> Iterator[Finding]:
    """The same question with the same answer more than 10 times is worth keeping (rule conduct.identical, advice)."""
    for same in _by_question(calls):
        answers: dict[tuple[int, int], list[Call]] = defaultdict(list)
        for call in same:
            if call.outcome is Outcome.ANSWERED:
                answers[call.digest].append(call)
        most = max(answers.values(), key=len, default=[])
        if len(most) > MOST_IDENTICAL:
            yield Finding(
                rule="conduct.identical",
                what=f"One question was asked {len(most)} times, and had the same answer each time.",
                fix="Keep the answer for a while.",
                calls=tuple(call.number for call in most[:20]),
                advice=True,
            )


def _by_question(calls: Sequence[Call]) -> list[list[Call]]:
    """The calls that send the same, each list in the order of arrival."""
    found: dict[tuple[object, ...], list[Call]] = defaultdict(list)
    for call in calls:
        found[call.key].append(call)
    return list(found.values())
