"""The team's agenda, read from a scenario file."""

import tomllib
import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

DAY = 24 * 3600
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
GROUPS = {"weekdays": WEEKDAYS[:5], "weekend": WEEKDAYS[5:], "every-day": WEEKDAYS}
Span = tuple[int, int]  # seconds since midnight on the wall, the end not included; past DAY means the next date


@dataclass(frozen=True)
class Task:
    """An open appointment, in UTC."""

    start: datetime
    end: datetime
    may_overlap: bool


@dataclass(frozen=True)
class Template:
    """Weekly hours: spans for each weekday (0 is Monday)."""

    zone: ZoneInfo
    shifts: dict[int, list[Span]]
    breaks: dict[int, list[Span]]


@dataclass(frozen=True)
class Person:
    """A user, with everything that decides their slots."""

    id: str
    email: str
    zone: ZoneInfo
    template: Template | None
    holidays: frozenset[date]
    days_off: frozenset[date]
    hours_off: dict[date, list[Span]] = field(default_factory=dict)
    tasks: tuple[Task, ...] = ()


def _span(text: str) -> Span:
    """Return "22:00-06:00" as seconds; an end that is not after the start is on the next date."""
    start, end = (int(hour) * 3600 + int(minute) * 60 for hour, minute in (part.split(":") for part in text.split("-")))
    return (start, end if end > start else end + DAY)


def _week(hours: dict[str, list[str]]) -> dict[int, list[Span]]:
    week: dict[int, list[Span]] = {}
    for key, spans in hours.items():
        for name in GROUPS.get(key, [key]):
            week.setdefault(WEEKDAYS.index(name), []).extend(_span(text) for text in spans)
    return week


def _person(raw: dict[str, Any], templates: dict[str, Template], kinds: dict[str, bool]) -> Person:
    off: set[date] = set()
    hours: dict[date, list[Span]] = {}
    for leave in raw.get("leaves", []):
        if "time" in leave:
            hours.setdefault(leave["date"], []).append(_span(leave["time"]))
        else:
            first = leave.get("from", leave.get("date"))
            off.update(first + timedelta(days=n) for n in range((leave.get("to", first) - first).days + 1))
    tasks = (
        Task(
            task["start"].astimezone(UTC), task["end"].astimezone(UTC), task.get("allow-conflicts", kinds.get(task.get("type", ""), False))
        )
        for task in raw.get("tasks", [])
    )
    template = templates[raw["template"]] if "template" in raw else None
    zone = ZoneInfo(raw["zone"]) if "zone" in raw else (template.zone if template else ZoneInfo("UTC"))
    user_id = raw.get("id") or str(uuid.uuid5(uuid.NAMESPACE_URL, raw["email"].lower()))
    return Person(user_id, raw["email"], zone, template, frozenset(raw.get("holidays", [])), frozenset(off), hours, tuple(tasks))


def read_agenda(path: Path) -> dict[str, Person]:
    """Return the people of the scenario file by their address in small letters."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    kinds = {kind["name"]: bool(kind.get("allow-conflicts", False)) for kind in raw.get("task-type", [])}
    templates = {
        one["name"]: Template(ZoneInfo(one["zone"]), _week(one.get("shifts", {})), _week(one.get("breaks", {})))
        for one in raw.get("template", [])
    }
    people = (_person(one, templates, kinds) for one in raw.get("user", []))
    return {person.email.lower(): person for person in people}
