"""The calendars that situations are made of: a few words in the form of a scenario file."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from .situation import Document, Question

MONDAY = date(2026, 3, 2)
TUESDAY = date(2026, 3, 3)
WEDNESDAY = date(2026, 3, 4)
ASHA = "asha@example.com"
OFFICE = {"weekdays": ["09:00-18:00"]}


def calendar(*users: Document) -> Document:
    """A closed directory of users that `user` gave, with a task type of each kind."""
    templates = [each["template"] for each in users if "template" in each]
    return {
        "title": "A situation for a caller",
        "directory": "closed",
        "task-type": [{"name": "Meeting", "allow-conflicts": False}, {"name": "Reminder", "allow-conflicts": True}],
        "template": list({template["name"]: template for template in templates}.values()),
        "user": [each | ({"template": each["template"]["name"]} if "template" in each else {}) for each in users],
    }


def user(
    email: str = ASHA,
    *,
    zone: str = "Asia/Kolkata",
    template_zone: str | None = "Asia/Kolkata",
    shifts: Document = OFFICE,
    breaks: Document | None = None,
    tasks: Sequence[tuple[str, str, str]] = (),
    **more: Any,
) -> Document:
    """A user with a template of their own; without one where `template_zone` is None. A task is its type, start and end (UTC)."""
    entry: Document = {"email": email, "zone": zone, **more}
    if tasks:
        entry["tasks"] = [{"type": kind, "start": f"{start}Z", "end": f"{end}Z"} for kind, start, end in tasks]
    if template_zone is not None:
        template: Document = {"name": f"Template of {email}", "zone": template_zone, "shifts": shifts}
        entry["template"] = template | ({"breaks": breaks} if breaks else {})
    return entry


def meeting(start: str, end: str) -> tuple[str, str, str]:
    """A task that forbids conflicts."""
    return "Meeting", start, end


def reminder(start: str, end: str) -> tuple[str, str, str]:
    """A task that allows conflicts."""
    return "Reminder", start, end


def about(*users: str, first: date = MONDAY, last: date = TUESDAY, flag: bool = False) -> tuple[Question, ...]:
    """One question about some users."""
    return (Question(users=users or (ASHA,), first=first, last=last, flag=flag),)
