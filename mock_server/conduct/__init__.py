"""How a caller behaves: from the exchanges of one account to findings for every conduct rule of the ledger. Pure.

    exchanges ─► call_of ─► calls in the order of their arrival ─► one function for each rule ─► findings ─► a verdict for each rule

Nobody here waits, reads a clock or knows an account; what decides is in the exchanges.
"""

from .calls import Call, call_of
from .findings import ADVICE, CONDUCT_RULES, Conduct, Finding
from .judge import judge_calls, judge_conduct
from .met import met_rules
from .words import asked_in_words, came_in_words

__all__ = [
    "ADVICE",
    "CONDUCT_RULES",
    "Call",
    "Conduct",
    "Finding",
    "asked_in_words",
    "call_of",
    "came_in_words",
    "judge_calls",
    "judge_conduct",
    "met_rules",
]
