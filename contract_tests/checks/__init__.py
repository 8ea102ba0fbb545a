"""The checks, grouped by what they need. `registry()` has them all."""

from functools import cache
from importlib import import_module

from .registry import Check, NotApplicable, Scope, Violation, Violations, check, registry

__all__ = ["Check", "NotApplicable", "Scope", "Violation", "Violations", "check", "load", "registry"]

_MODULES = (
    "replies",
    "answers.one_answer",
    "answers.busy_times",
    "answers.answer_and_request",
    "relations",
    "working_hours",
    "pages",
    "several_requests",
    "refusals.paths_and_keys",
    "refusals.bodies",
    "refusals.values",
    "limit",
    "calendars.known_calendar",
)


@cache
def load() -> None:
    """Imports every module of checks, once; none of them imports Hypothesis or Flask."""
    for module in _MODULES:
        import_module(f".{module}", __name__)
