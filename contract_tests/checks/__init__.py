"""The checks, grouped by what they need. `registry()` has them all."""

from functools import cache
from importlib import import_module

from .registry import Breach, Breaches, Check, Kind, NotApplicable, check, registry

__all__ = ["Breach", "Breaches", "Check", "Kind", "NotApplicable", "check", "load", "registry"]

_MODULES = (
    "replies",
    "one_answer",
    "busy_times",
    "answer_and_request",
    "several_requests",
    "refusals",
    "refused_bodies",
    "refused_values",
    "limit",
    "known_calendar",
)


@cache
def load() -> None:
    """Imports every module of checks, once; none of them imports Hypothesis or Flask."""
    for module in _MODULES:
        import_module(f".{module}", __name__)
