"""What a recording could not show, and which questions would show most of it."""

from collections.abc import Collection
from typing import NamedTuple


class Suggestion(NamedTuple):
    """A question to record, in words, and the rules that it would show."""

    question: str
    rules: frozenset[str]


_PLAIN = """
answer.shape answer.user-id answer.zones answer.template-zone answer.dates-inside answer.dates-complete answer.dates-sorted
answer.users-listed answer.users-asked answer.one-entry answer.same-users answer.identity answer.record answer.no-status
slots.form slots.midnight slots.sorted slots.maximal slots.not-busy slots.gap slots.date breaks.form
busy.form busy.sorted busy.positive busy.on-date busy.utc busy.on-absent-days
reason.values reason.no-slots reason.lists reason.no-template http.json-answer
"""
_SUGGESTIONS = tuple(
    Suggestion(question, frozenset(rules.split()))
    for question, rules in {
        "a user with a work day template, in a week with a working day, an appointment and a day off": _PLAIN,
        "one question with IncludeAllowedConflictSlots false, then true": """
            slots.flag-superset slots.flag-true slots.flag-false busy.whatever-flag""",
        "one question twice, and once more with fewer dates": "answer.repeatable answer.wider-range",
        "two users in one question, then in the other order, then one of them alone": """
            answer.other-users answer.users-order answer.same-users""",
        "one question without Paging, then in pages of one record, to a page behind the last": """
            answer.pages-join answer.record-count answer.page-size answer.past-last-page answer.record""",
        "a request with a date that is none, and one without Users": """
            error.envelope error.message error.mx-member error.invalid-value error.invalid-value-status request.date-form""",
        "one call more than the limit of calls, at once": """
            limit.number limit.exceeded limit.status limit.type limit.message""",
        "a user without a work day template, with an appointment near midnight": """
            slots.date-without-template reason.no-template busy.on-absent-days""",
        "an address that stands twice in Users": "request.duplicate-addresses answer.one-entry",
    }.items()
)


def best_questions(unseen: Collection[str], most: int = 3) -> list[tuple[str, list[str]]]:
    """The questions that show most of the rules, at most so many, each with the rules that it adds."""
    left, chosen = set(unseen), []
    for _ in range(most):
        best = max(_SUGGESTIONS, key=lambda each: len(each.rules & left))
        if not best.rules & left:
            break
        chosen.append((best.question, sorted(best.rules & left)))
        left -= best.rules
    return chosen
