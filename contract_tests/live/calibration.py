"""Calibration: finding the profile whose answers a target gives."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from leadsquared_slots.contract_tests.wire.target import BudgetSpent, LimitPersists, Target
from leadsquared_slots.mock_server.recording.evidence import Conclusion
from leadsquared_slots.mock_server.recording.recorded import Recorded
from leadsquared_slots.mock_server.recording.shown import Shown

from .interview import Interview
from .known_calendar import compare_with_calendar
from .limit_questions import ask_for_limit

CALLS = 150
"""Calls that a calibration sends at most, unless its budget is smaller."""
_CALLS_FOR_LIMIT = 84
_MOST_FOR_DAYS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrated:
    """What a calibration found: a conclusion for every question, the calls it sent, and why it ended early, where it did."""

    conclusions: Mapping[str, Conclusion]
    calls: int = 0
    stopped: str = ""

    @property
    def known(self) -> dict[str, str | int]:
        """The answers that are known."""
        return {question: found.answer for question, found in self.conclusions.items() if found.answer is not None}


def calibrate(
    target: Target,
    *,
    users: tuple[str, ...],
    first: date,
    last: date,
    budget: int = CALLS,
    allow_burst: bool = False,
    scenario: Mapping[str, Any] | None = None,
) -> Calibrated:
    """Asks a target until its answers are known, or the budget is spent. Nothing is written there.

    scenario  the calendar that the target has, as a scenario document: with it the questions about calendars are told too
    Raises TargetRefusesKeys, NobodyAnswered, and NoAnswer where the connection fails.
    """
    interview = Interview(target=target, users=users, first=first, last=last)
    budget = min(budget, CALLS)
    target.budget, stopped = budget, ""
    try:
        interview.meet()
        interview.ask_for_forms()
        page, most = interview.ask_for_numbers()
        left = budget - target.calls - (_CALLS_FOR_LIMIT if allow_burst else 0)
        if scenario is not None:
            left -= compare_with_calendar(interview, scenario, page, most, max(left, 0))
        interview.ask_for_days(page, most, min(left, _MOST_FOR_DAYS))
        if allow_burst:
            ask_for_limit(interview)
    except (BudgetSpent, LimitPersists) as why:
        stopped = str(why)
    return Calibrated(conclusions=interview.shown.conclusions(), calls=target.calls, stopped=stopped)


def calibrate_recordings(exchanges: Iterable[Recorded]) -> Calibrated:
    """What recorded exchanges show, without a call."""
    shown = Shown()
    for exchange in exchanges:
        shown.observe(exchange)
    return Calibrated(conclusions=shown.conclusions())
