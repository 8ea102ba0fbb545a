"""Generated users: a calendar for every address, a pure function of seed and address, unbounded in time, with no state kept.

Everything is drawn from BLAKE2b over seed, address and what is drawn, so it is the same on every machine, platform and Python.
Names and subjects come later, from `people`: no answer of the endpoint holds one.
"""

import re
from collections.abc import Iterator, Sequence
from hashlib import blake2b

from leadsquared_slots.mock_server.calendars.draw import Draw, weighted
from leadsquared_slots.mock_server.calendars.holidays import holiday_name
from leadsquared_slots.mock_server.calendars.kept import KEPT
from leadsquared_slots.mock_server.calendars.zones import zone
from leadsquared_slots.mock_server.domain.absence import NO_LEAVE, Leave
from leadsquared_slots.mock_server.domain.task import Task, TaskType
from leadsquared_slots.mock_server.domain.user import User
from leadsquared_slots.mock_server.domain.work_day import WorkDayTemplate
from leadsquared_slots.mock_server.domain.zone import date_at, instant

from .catalogue import COUNTRY_OF_ZONE, EVERY_DAY_HOURS, FAR_ZONES, HOMES, STATE_TEMPLATES, TEMPLATES, template
from .shared_days import SharedDay, on_leave, patterns_of, runs_over, shifts_of
from .task_sets import FULL_SET, LEAVE_STRETCH, ORDERS, TASK_SETS, WHOLE_LEAVE, leaves_of, sets_of_dates, tasks_of_set

STATES = (
    "holiday",
    "leave",
    "not-scheduled",
    "no-template",
    "fully-booked",
    "free",
    "two-shifts",
    "midnight",
    "other-zone",
    "no-breaks",
    "unknown",
)
"""Local parts of addresses that give a known state, alone or followed by `+anything` or `.anything`."""

_STATE = re.compile(rf"({'|'.join(STATES)})(?:[+.].*)?@.*", re.DOTALL)


def state_of(address: str) -> str | None:
    """The known state that an address asks for by its local part, if it does."""
    match = _STATE.fullmatch(address)
    return match[1] if match else None


def generate_user(seed: int, address: str) -> User | None:
    """The user of an address; None for `unknown@…`. The address is taken as it is stored: fold its letter case before."""
    state = state_of(address)
    if state == "unknown":
        return None
    draw = Draw(seed, address, "user")
    home = draw.pick(_HOMES)
    work_day = _template(draw, state, home.zone_name)
    return User(
        id=_user_id(seed, address),
        address=address,
        name=None,
        locale=home.locale,
        zone=zone(home.zone_name),
        zone_name=home.zone_name,
        template=work_day,
        calendar=GeneratedCalendar(seed, address, state, home.zone_name, work_day, draw.below(ORDERS)),
    )


def owner_of_task(task_id: str) -> str | None:
    """The address of the generated user who may have the task of an id."""
    parts = task_id.split("-", 2)
    return parts[2] if len(parts) == 3 else None


_HOMES = weighted((home.weight, home) for home in HOMES)
_TEMPLATES = weighted((hours.weight, hours) for hours in TEMPLATES)


def _template(draw: Draw, state: str | None, home_zone: str) -> WorkDayTemplate | None:
    if state == "no-template" or (state is None and draw.chance(4)):
        return None
    hours = draw.pick(_TEMPLATES) if state is None else STATE_TEMPLATES.get(state, EVERY_DAY_HOURS)
    if state == "other-zone" or (state is None and draw.chance(8)):
        return template(hours, draw.pick([name for name in FAR_ZONES if name != home_zone]))
    return template(hours, home_zone)


def _user_id(seed: int, address: str) -> str:
    # The vendor's ids are version-1 UUIDs; the bits of one are free but for version and variant.
    digits = blake2b(f"{seed}\0{address}\0id".encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    variant = "89ab"[int(digits[16], 16) % 4]
    return f"{digits[:8]}-{digits[8:12]}-1{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


class GeneratedCalendar:
    """A calendar drawn day by day: appointments at quarter hours, spells of leave, and the public holidays of the template's country."""

    __slots__ = ("_address", "_country", "_order", "_runs_over", "_seed", "_state", "_template", "_zone")

    def __init__(self, seed: int, address: str, state: str | None, zone_name: str, work_day: WorkDayTemplate | None, order: int) -> None:
        self._seed, self._address, self._state, self._order = seed, address, state, order
        self._template = work_day
        self._zone = work_day.zone if work_day else zone(zone_name)
        self._country = COUNTRY_OF_ZONE.get(work_day.zone_name if work_day else zone_name, COUNTRY_OF_ZONE.get(zone_name))
        self._runs_over = runs_over(work_day)

    def holiday(self, ordinal: int) -> str | None:
        """The public holiday of the template's country on a date."""
        if self._state is not None:
            return "Holiday" if self._state == "holiday" else None
        return holiday_name(self._country, ordinal) if self._country else None

    def leave(self, ordinal: int) -> Leave:
        """The leave on a date: in every four weeks a spell of one to ten days may fall, and one part of a day."""
        if self._state is not None:
            return WHOLE_LEAVE if self._state == "leave" else NO_LEAVE
        return leaves_of(self._seed, self._address, ordinal // LEAVE_STRETCH).get(ordinal % LEAVE_STRETCH, NO_LEAVE)

    def tasks(self, start: int, end: int) -> Iterator[Task]:
        """The tasks of all dates that touch the instants, and of the date before: a night shift's run over midnight."""
        for ordinal in range(date_at(self._zone, start) - 1, date_at(self._zone, end - 1) + 1):
            yield from self._tasks_of(ordinal)

    def has_task(self, task_id: str) -> bool:
        """Whether one of the tasks has the id."""
        ordinal = task_id.partition("-")[0]
        # Ten digits are more than any date needs, and int() refuses thousands of them.
        is_number = ordinal.isascii() and ordinal.isdigit() and len(ordinal) <= 10
        return is_number and any(task.id == task_id for task in self._tasks_of(int(ordinal)))

    def shared_days(self, days: range) -> list[SharedDay]:
        """Return what the template, the zone's offset, holidays, leaves and tasks make of each date: days that users share."""
        patterns = patterns_of[self._template, self._zone, None if self._state else self._country, days, self._state == "holiday"]
        drawn = self._sets(range(days.start - 1, days.stop))
        if self._runs_over:
            shared = [pattern[before * TASK_SETS + day] for pattern, before, day in zip(patterns, drawn, drawn[1:], strict=False)]
        else:
            shared = [pattern[day] for pattern, day in zip(patterns, drawn[1:], strict=True)]
        for place, leave in self._leaves(days):
            shared[place] = on_leave[shared[place], leave]
        return shared

    def _leaves(self, days: range) -> Iterator[tuple[int, Leave]]:
        """The leaves among the dates, each with its place."""
        if self._state is not None:
            yield from ((place, WHOLE_LEAVE) for place in range(len(days)) if self._state == "leave")
            return
        for stretch in range(days.start // LEAVE_STRETCH, (days.stop - 1) // LEAVE_STRETCH + 1):
            for day, leave in leaves_of(self._seed, self._address, stretch).items():
                place = stretch * LEAVE_STRETCH + day - days.start
                if 0 <= place < len(days):
                    yield place, leave

    def _tasks_of(self, ordinal: int) -> Iterator[Task]:
        for number, (wall, length, kind) in enumerate(self._drawn_tasks(ordinal)):
            start = instant(self._zone, ordinal, wall)
            # Nobody makes an appointment for a time that does not come.
            if start is not None:
                yield Task(start, start + length, kind, f"{ordinal}-{number}-{self._address}", None)

    def _drawn_tasks(self, ordinal: int) -> Sequence[tuple[int, int, TaskType]]:
        (number,) = self._sets(range(ordinal, ordinal + 1))
        return tasks_of_set[tuple(shifts_of(self._template, (ordinal - 1) % 7)), number]

    def _sets(self, days: range) -> bytes:
        """The number of the task set of each date."""
        if self._state in ("free", "midnight"):
            return bytes(len(days))
        if self._state == "fully-booked":
            return bytes([FULL_SET]) * len(days)
        return sets_of_dates(self._seed, self._address, self._order, days, runs_over=self._runs_over)


def _new_user(key: tuple[int, str]) -> User | None:
    return generate_user(*key)


USERS = KEPT.table("users", _new_user, lambda _: 560)
"""By seed and address: the user, always the same object while it is kept."""
