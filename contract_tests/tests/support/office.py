"""Two users in one office, whose tasks a test chooses."""

from datetime import date
from typing import Any

MONDAY = date(2026, 3, 2)
USERS = ("ada@example.com", "bob@example.com")
OFFICE = {"name": "Office", "zone": "Asia/Kolkata", "shifts": {"every-day": ["09:00-18:00"]}, "breaks": {"weekdays": ["11:00-11:15"]}}


def calendar(tasks: list[dict[str, Any]], template: dict[str, Any] = OFFICE) -> dict[str, Any]:
    """Two users in one office; the tasks are the first one's."""
    users = [{"email": email, "zone": "Asia/Kolkata", "template": "Office"} for email in USERS]
    return {"template": [template], "user": [users[0] | {"tasks": tasks}, users[1]]}


def task(number: int, kind: bool) -> dict[str, Any]:
    """A task of twenty minutes on one of three days, each number at another time."""
    day, place = divmod(number, 24)
    hour, third = divmod(place, 3)
    start = f"2026-03-0{2 + day % 3}T{4 + hour:02}:{third * 20:02}:00Z"
    return {"start": start, "end": start.replace(f":{third * 20:02}:00Z", f":{third * 20 + 20 - 1:02}:00Z"), "allow-conflicts": kind}
