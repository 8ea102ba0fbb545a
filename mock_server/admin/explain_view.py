"""Explanations as JSON values."""

from datetime import date
from typing import Any

from leadsquared_slots.mock_server.calendars.people import name_of
from leadsquared_slots.mock_server.contract.documents import ledger
from leadsquared_slots.mock_server.domain.interval import Intervals
from leadsquared_slots.mock_server.explain.explanation import Explanation
from leadsquared_slots.mock_server.explain.values import ExplainedTask, Step
from leadsquared_slots.mock_server.vendor.day import entry_view

from .views import instant_view, task_view, times_view


def explanation_view(explanation: Explanation) -> dict[str, Any]:
    """An explanation: where and when, every step with its rules, the tasks, and the entry that the endpoint answers.

    `times` and `available` are wall-clock times of the date, `09:00-14:00`; `rules` gives the statement of every rule that a step cites.
    """
    user = explanation.user
    cited = dict.fromkeys(rule for step in explanation.steps for rule in step.rules)
    return {
        "user": {"id": user.id, "email": user.address, "name": name_of(user)},
        "date": date.fromordinal(explanation.ordinal).isoformat(),
        "includeAllowedConflicts": explanation.include_allowed_conflicts,
        "profile": explanation.profile.name,
        "zones": {
            "date": explanation.zone_name,
            "template": user.template.zone_name if user.template else None,
            "user": user.zone_name,
        },
        "instants": [{"start": instant_view(start), "end": instant_view(end)} for start, end in explanation.day.instants],
        "steps": [_step_view(number, step) for number, step in enumerate(explanation.steps, 1)],
        "tasks": [_task_view(task, explanation) for task in explanation.tasks],
        "holes": _times(explanation.holes),
        "result": entry_view(user, explanation.ordinal, explanation.result),
        "rules": {rule: ledger()[rule].statement for rule in cited},
    }


def _step_view(number: int, step: Step) -> dict[str, Any]:
    return {
        "number": number,
        "kind": step.kind.value,
        "text": step.text,
        "rules": step.rules,
        "times": _times(step.times),
        "available": None if step.left is None else _times(step.left),
    }


def _task_view(explained: ExplainedTask, explanation: Explanation) -> dict[str, Any]:
    return {
        **task_view(explained.task, explanation.user),
        "effect": explained.effect.value,
        "times": _times(explained.times),
        "took": _times(explained.took),
    }


def _times(intervals: Intervals) -> list[str]:
    return [times_view(interval) for interval in intervals]
