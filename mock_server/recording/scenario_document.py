"""A recording made a scenario: a calendar whose answers on the recorded dates equal the recorded ones.

What the recording does not determine is chosen, and said: which task type made a hole, the hours of a weekday on which nobody was seen to
work, the days that were not recorded.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from leadsquared_slots.mock_server.domain.interval import DAY, Interval, Intervals
from leadsquared_slots.mock_server.domain.work_day import WEEKDAYS
from leadsquared_slots.mock_server.vendor.seen_answer import Entry

from .collected import Collected, Contradiction, collect
from .recorded import Recorded
from .recorded_days import Cuts, Recording, cuts_of, shifts_and_breaks

Document = dict[str, Any]
FORBIDS, ALLOWS = "Busy", "Allows conflicts"
CHOSEN = "chosen: the recording does not show what made this hole"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A scenario document, and what was chosen for it, one sentence each."""

    document: Document
    chosen: tuple[str, ...]


def scenario_of(exchanges: Iterable[Recorded], *, title: str) -> Made:
    """The scenario of a recording. Raises Contradiction where one calendar cannot have given its answers, and BadRecording."""
    return made_of(collect(exchanges), title=title)


def made_of(found: Collected, *, title: str) -> Made:
    """The scenario of what was collected. Raises Contradiction."""
    profile = found.shown.profile("recorded")
    chosen: list[str] = []
    templates: dict[str, Document] = {}
    users = []
    for user, days in found.entries.items():
        recording = Recording(user=user, days=days, profile=profile, seen_in=found.seen_in)
        users.append(_user(recording, templates, chosen))
    conclusions = found.shown.conclusions()
    still_open = [question for question, conclusion in conclusions.items() if conclusion.answer is None]
    if still_open:
        chosen.append(f"answers of the profile that the recording does not show are those of documented: {', '.join(still_open)}")
    document: Document = {
        "title": title[:120],
        "directory": "closed",
        "profile": profile,
        "task-type": [{"name": FORBIDS, "allow-conflicts": False}, {"name": ALLOWS, "allow-conflicts": True}],
        "template": list(templates.values()),
        "user": users,
    }
    return Made(document=document, chosen=tuple(dict.fromkeys(chosen)))


def _user(recording: Recording, templates: dict[str, Document], chosen: list[str]) -> Document:
    first = next(iter(recording.days.values()))
    _check_identity(recording, first)
    user: Document = {"email": first.address, "zone": first.user_zone}
    if _is_uuid(first.user_id):
        user["id"] = first.user_id
    tasks = _busy_tasks(recording)
    if first.template_zone is not None:
        week = shifts_and_breaks(recording, first.template_zone, chosen)
        user["template"] = _template(templates, first.template_zone, *week)
        user["holidays"] = sorted({_text(ordinal) for (ordinal, _), entry in recording.days.items() if entry.reason == "Holiday"})
        leaves = [
            {"date": _text(ordinal)} for ordinal in sorted({n for (n, _), entry in recording.days.items() if entry.reason == "Leave"})
        ]
        for cuts in cuts_of(recording, first.template_zone, *week):
            leaves += [{"date": _text(cuts.ordinal), "time": f"{_clock(start)}-{_clock(end)}"} for start, end in cuts.leaves]
            tasks += _holes(cuts, chosen, first.address)
        user["leaves"] = leaves
    user["tasks"] = tasks
    return user


def _check_identity(recording: Recording, first: Entry) -> None:
    own = (first.user_id, first.address, first.user_zone, first.template_zone)
    for entry in recording.days.values():
        other = (entry.user_id, entry.address, entry.user_zone, entry.template_zone)
        if other != own:
            raise Contradiction(
                f"{recording.where(first)} and {recording.where(entry)} give {first.address} another id, address, zone or template; "
                "one calendar cannot have both"
            )


def _busy_tasks(recording: Recording) -> list[Document]:
    times: dict[Interval, int] = {}
    for entry in recording.days.values():
        for time in entry.busy:
            if time.end <= time.start:
                raise Contradiction(f"{recording.where(entry)} has a busy time of {entry.address} that ends before it begins")
            times[time] = max(times.get(time, 0), entry.busy.count(time))
    return [_task(FORBIDS, time) for time in sorted(times) for _ in range(times[time])]


def _holes(cuts: Cuts, chosen: list[str], address: str) -> list[Document]:
    if cuts.holes and not cuts.is_determined:
        chosen.append(
            f"holes of {address} on {_text(cuts.ordinal)} are appointments that allow conflicts; they could be a leave for part of the day"
        )
    subject = {} if cuts.is_determined else {"subject": CHOSEN}
    return [_task(ALLOWS, time) | subject for time in cuts.holes]


def _task(kind: str, time: Interval) -> Document:
    return {"type": kind, "start": _instant(time.start), "end": _instant(time.end)}


def _template(templates: dict[str, Document], zone_name: str, shifts: Sequence[Intervals], breaks: Sequence[Intervals]) -> str:
    """The name of the template with these hours; users with the same hours share one."""
    week = {"zone": zone_name, "shifts": _week(shifts), "breaks": _week(breaks)}
    for name, known in templates.items():
        if {key: known[key] for key in week} == week:
            return name
    name = f"Template {len(templates) + 1}"
    templates[name] = {"name": name, **week}
    return name


def _week(days: Sequence[Intervals]) -> Mapping[str, list[str]]:
    """Times by weekday, Monday first."""
    return {name: [f"{_clock(start)}-{_clock(end)}" for start, end in day] for name, day in zip(WEEKDAYS, days, strict=True) if day}


def _clock(second: int) -> str:
    text = "24:00:00" if second == DAY else f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
    return text.removesuffix(":00")


def _instant(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
