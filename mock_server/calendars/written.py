"""Calendars that are written down: users, templates and tasks of a scenario, and what is changed while the emulator runs."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import chain
from operator import itemgetter
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from leadsquared_slots.mock_server.domain.absence import Leave
from leadsquared_slots.mock_server.domain.errors import DomainError, suggestion
from leadsquared_slots.mock_server.domain.interval import DAY, Interval, Intervals, union
from leadsquared_slots.mock_server.domain.task import Task, TaskType
from leadsquared_slots.mock_server.domain.user import Calendar, User
from leadsquared_slots.mock_server.domain.work_day import WEEKDAYS, BadShift, WorkDayTemplate

from .holidays import UnknownCountry, check_country, holiday_name
from .zones import UnknownZone, zone

Path = tuple[str | int, ...]
Document = Mapping[str, Any]

_DAY_KEYS = {weekday: (number,) for number, weekday in enumerate(WEEKDAYS)} | {
    "weekdays": range(5),
    "weekend": (5, 6),
    "every-day": range(7),
}


class BadCalendar(DomainError):
    """Something in a calendar that its form allows and its meaning does not; `path` is where it stands."""

    def __init__(self, path: Path, what: str, hint: str = "") -> None:
        self.path = path
        super().__init__(what, hint)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StoredCalendar:
    """A calendar as a scenario has it: holidays by date or of a country, leaves, and tasks."""

    country: str | None = None
    holidays: Mapping[int, str] = field(default_factory=dict)
    leaves: Sequence[tuple[int, int, Leave]] = ()
    """(first date, last date, the leave on each of them)."""
    stored: Sequence[Task] = ()
    """In any order; kept by start, so that a date costs its own tasks and not all of them."""
    _starts: Sequence[int] = field(init=False)
    _longest: int = field(init=False)
    _ids: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        stored = sorted(self.stored, key=itemgetter(0))
        object.__setattr__(self, "stored", stored)
        object.__setattr__(self, "_ids", frozenset(task.id for task in stored))
        object.__setattr__(self, "_starts", [task.start for task in stored])
        object.__setattr__(self, "_longest", max((task.end - task.start for task in stored), default=0))

    def holiday(self, ordinal: int) -> str | None:
        """The holiday on a date, one of its own or one of its country."""
        own = self.holidays.get(ordinal)
        return own if own is not None or self.country is None else holiday_name(self.country, ordinal)

    def leave(self, ordinal: int) -> Leave:
        """All leaves of a date together."""
        return _together(leave for first, last, leave in self.leaves if first <= ordinal <= last)

    def tasks(self, start: int, end: int) -> Iterator[Task]:
        """The tasks that overlap the instants."""
        first, last = bisect_right(self._starts, start - self._longest), bisect_left(self._starts, end)
        return (task for task in self.stored[first:last] if task.end > start)

    def most_tasks(self, start: int, end: int) -> int:
        """How many tasks the dates between two instants have, each counted on every date that it may lie on: at most so many."""
        count = bisect_left(self._starts, end) - bisect_right(self._starts, start - self._longest)
        return count * min(1 + -(-self._longest // DAY), 1 + (end - start) // DAY)

    def has_task(self, task_id: str) -> bool:
        """Whether a task has the id."""
        return task_id in self._ids


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChangedCalendar:
    """A calendar with what was added to it, and without those of its tasks that were deleted."""

    base: Calendar
    added: StoredCalendar = StoredCalendar()
    deleted: frozenset[str] = frozenset()

    def holiday(self, ordinal: int) -> str | None:
        """The holiday on a date, added or not."""
        added = self.added.holiday(ordinal)
        return self.base.holiday(ordinal) if added is None else added

    def leave(self, ordinal: int) -> Leave:
        """All leaves of a date together, added or not."""
        return _together((self.base.leave(ordinal), self.added.leave(ordinal)))

    def tasks(self, start: int, end: int) -> Iterator[Task]:
        """The tasks that overlap the instants, added or not, without the deleted ones."""
        left = (task for task in self.base.tasks(start, end) if task.id not in self.deleted)
        return chain(left, self.added.tasks(start, end))

    def most_tasks(self, start: int, end: int) -> int:
        """How many tasks the dates between two instants have, without those that are drawn: at most so many."""
        base = self.base.most_tasks(start, end) if isinstance(self.base, StoredCalendar) else 0
        return base + self.added.most_tasks(start, end)

    def has_task(self, task_id: str) -> bool:
        """Whether a task that is not deleted has the id."""
        return self.added.has_task(task_id) or (task_id not in self.deleted and self.base.has_task(task_id))


def _together(leaves: Iterable[Leave]) -> Leave:
    found = list(leaves)
    return Leave(any(leave.whole for leave in found), union(part for leave in found for part in leave.parts))


def read_user(entry: Document, path: Path, templates: Mapping[str, WorkDayTemplate], types: Mapping[str, TaskType]) -> User:
    """A user from the form that scenario files have. Raises BadCalendar with the place."""
    template = entry.get("template")
    if isinstance(template, Mapping):
        template = read_template(template, (*path, "template"))
    elif template is not None:
        template = _named(templates, template, (*path, "template"), "template")
    address = entry["email"]
    return User(
        id=entry.get("id") or str(uuid5(NAMESPACE_URL, f"mailto:{address.lower()}")),
        address=address,
        name=entry.get("name"),
        locale="en_US",
        zone=_zone(entry["zone"], (*path, "zone")),
        zone_name=entry["zone"],
        template=template,
        calendar=read_calendar(entry, path, types),
    )


def read_calendar(entry: Document, path: Path, types: Mapping[str, TaskType]) -> StoredCalendar:
    """The holidays, leaves and tasks of a user entry. Raises BadCalendar with the place."""
    holidays = entry.get("holidays", ())
    country = holidays if isinstance(holidays, str) else None
    if country is not None:
        try:
            check_country(country)
        except UnknownCountry as error:
            raise BadCalendar((*path, "holidays"), error.what, error.hint) from None
    return StoredCalendar(
        country=country,
        holidays={} if country is not None else {read_date(day): "Holiday" for day in holidays},
        leaves=[read_leave(leave, (*path, "leaves", n)) for n, leave in enumerate(entry.get("leaves", ()))],
        stored=[read_task(task, (*path, "tasks", n), types, entry["email"]) for n, task in enumerate(entry.get("tasks", ()))],
    )


def read_template(entry: Document, path: Path) -> WorkDayTemplate:
    """A work day template from the form that scenario files have. Raises BadCalendar with the place."""
    try:
        return WorkDayTemplate(
            name=entry["name"],
            zone=_zone(entry["zone"], (*path, "zone")),
            zone_name=entry["zone"],
            shifts=_week(entry["shifts"]),
            breaks=_week(entry.get("breaks", {})),
        )
    except BadShift as error:
        raise BadCalendar(path, error.what, error.hint) from None


def read_leave(entry: Document, path: Path) -> tuple[int, int, Leave]:
    """(first date, last date, leave) from the form that scenario files have. Raises BadCalendar with the place."""
    if "date" not in entry:
        first, last = read_date(entry["from"]), read_date(entry["to"])
        if first > last:
            raise BadCalendar(path, f"a leave from {entry['from']} to {entry['to']} ends before it begins", "swap the two dates")
        return first, last, Leave(whole=True)
    day = read_date(entry["date"])
    if "time" not in entry:
        return day, day, Leave(whole=True)
    part = read_times(entry["time"])
    if part.end > DAY:
        raise BadCalendar(
            (*path, "time"),
            f"the leave {entry['time']!r} runs over midnight",
            "write one leave for each of the two dates",
        )
    return day, day, Leave(parts=(part,))


def read_task(entry: Document, path: Path, types: Mapping[str, TaskType], address: str) -> Task:
    """A task from the form that scenario files have. Raises BadCalendar with the place."""
    named = "type" in entry
    kind = _named(types, entry["type"], (*path, "type"), "task type") if named else TaskType("Task", entry["allow-conflicts"])
    start, end = _instant(entry["start"], (*path, "start")), _instant(entry["end"], (*path, "end"))
    if end <= start:
        raise BadCalendar((*path, "end"), f"a task from {entry['start']} ends at {entry['end']}", "a task has to end after it starts")
    return Task(start, end, kind, entry.get("id") or f"task-{path[-1]}-{address}", entry.get("subject", kind.name))


def read_times(text: str) -> Interval:
    """Wall-clock times `from-to` as seconds of the day; an end that is not after its start is on the next day."""
    start, end = (_clock(part) for part in text.split("-"))
    return Interval(start, end if end > start else end + DAY)


def read_date(text: str) -> int:
    """The ordinal of a date `yyyy-MM-dd`."""
    return date.fromisoformat(text).toordinal()


def _instant(text: str, path: Path) -> int:
    try:
        # In UTC the year has to be one that can be printed.
        return int(datetime.fromisoformat(text).astimezone(UTC).timestamp())
    except (ValueError, OverflowError):
        raise BadCalendar(path, f"{text!r} is no date and time that exists", "expected one such as 2026-03-02T06:00:00Z") from None


def _clock(text: str) -> int:
    hours, minutes, seconds = (*map(int, text.split(":")), 0)[:3]
    return hours * 3600 + minutes * 60 + seconds


def _week(entry: Document) -> list[Intervals]:
    week: list[Intervals] = [()] * 7
    for key, times in entry.items():
        for weekday in _DAY_KEYS[key]:
            week[weekday] += tuple(map(read_times, times))
    return week


def _zone(name: str, path: Path) -> Any:
    try:
        return zone(name)
    except UnknownZone as error:
        raise BadCalendar(path, error.what, error.hint) from None


def _named(known: Mapping[str, Any], name: str, path: Path, what: str) -> Any:
    if name in known:
        return known[name]
    hint = suggestion(name, known, f"define it in a [[{what.replace(' ', '-')}]] table")
    raise BadCalendar(path, f"{what} {name!r} is not defined", hint)
