"""Generated users: a calendar for every address, a pure function of seed and address, unbounded in time, with no state kept.

Everything is drawn from BLAKE2b over seed, address and what is drawn, so it is the same on every machine, platform and Python.
Names and subjects come later, from `people`: no answer of the endpoint holds one.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import TypeVar
from uuid import UUID

from .catalogue import (
    COUNTRY_OF_ZONE,
    EVERY_DAY_HOURS,
    FAR_ZONES,
    HOMES,
    STATE_TEMPLATES,
    TASK_TYPES,
    TEMPLATES,
    template,
)
from .domain.absence import NO_LEAVE, Leave
from .domain.interval import Interval
from .domain.task import Task, TaskType
from .domain.user import User
from .domain.work_day import WorkDayTemplate
from .domain.zone import date_at, instant
from .holiday_calendar import holiday_name
from .zones import zone

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
_QUARTER = 900
_LEAVE_BLOCK = 28
# A day more on both sides than any task or zone can reach, so that every time drawn is one that can be written down.
_FIRST_DATE, _LAST_DATE = 3, 3_652_056

T = TypeVar("T")


class Draw:
    """Numbers from a hash of what they are for: the same name always draws the same."""

    def __init__(self, *name: str | int) -> None:
        digest = blake2b("\0".join(map(str, name)).encode("utf-8", "surrogatepass"), digest_size=32).digest()
        self._number = int.from_bytes(digest, "big")

    def below(self, bound: int) -> int:
        """A number from 0 to below the bound."""
        self._number, number = divmod(self._number, bound)
        return number

    def chance(self, percent: int) -> bool:
        """True in so many cases of a hundred."""
        return self.below(100) < percent

    def pick(self, weighted: Sequence[tuple[int, T]]) -> T:
        """One of the things, each as often as its weight says."""
        rest = self.below(sum(weight for weight, _ in weighted))
        for weight, thing in weighted:
            if rest < weight:
                return thing
            rest -= weight
        raise AssertionError("the weights add up to the bound")


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
    home = draw.pick([(home.weight, home) for home in HOMES])
    work_day = _template(draw, state, home.zone_name)
    return User(
        id=_user_id(seed, address),
        address=address,
        name=None,
        locale=home.locale,
        zone=zone(home.zone_name),
        zone_name=home.zone_name,
        template=work_day,
        calendar=GeneratedCalendar(seed, address, state, home.zone_name, work_day),
    )


def owner_of_task(task_id: str) -> str | None:
    """The address of the generated user who may have the task of an id."""
    parts = task_id.split("-", 2)
    return parts[2] if len(parts) == 3 else None


def _template(draw: Draw, state: str | None, home_zone: str) -> WorkDayTemplate | None:
    far_zone = draw.pick([(1, name) for name in FAR_ZONES if name != home_zone])
    if state is not None:
        hours = STATE_TEMPLATES.get(state, EVERY_DAY_HOURS)
        return None if state == "no-template" else template(hours, far_zone if state == "other-zone" else home_zone)
    if draw.chance(4):
        return None
    hours = draw.pick([(hours.weight, hours) for hours in TEMPLATES])
    return template(hours, far_zone if draw.chance(8) else home_zone)


def _user_id(seed: int, address: str) -> str:
    # The vendor's ids are version-1 UUIDs; the bits of one are free but for version and variant.
    digest = blake2b(f"{seed}\0{address}\0id".encode("utf-8", "surrogatepass"), digest_size=16).digest()
    return str(UUID(bytes=digest, version=1))


class GeneratedCalendar:
    """A calendar drawn day by day: appointments at quarter hours, spells of leave, and the public holidays of the template's country."""

    def __init__(self, seed: int, address: str, state: str | None, zone_name: str, work_day: WorkDayTemplate | None) -> None:
        self._seed, self._address, self._state = seed, address, state
        self._template = work_day
        self._zone = work_day.zone if work_day else zone(zone_name)
        self._country = COUNTRY_OF_ZONE.get(work_day.zone_name if work_day else zone_name, COUNTRY_OF_ZONE.get(zone_name))
        self._has_tasks = state not in ("free", "midnight")

    def holiday(self, ordinal: int) -> str | None:
        """The public holiday of the template's country on a date."""
        if self._state is not None:
            return "Holiday" if self._state == "holiday" else None
        return holiday_name(self._country, ordinal) if self._country else None

    def leave(self, ordinal: int) -> Leave:
        """The leave on a date: in every four weeks a spell of one to ten days may fall, and one part of a day."""
        if self._state is not None:
            return Leave(whole=self._state == "leave")
        block, day = divmod(ordinal, _LEAVE_BLOCK)
        return _leave_days(self._seed, self._address, block).get(day, NO_LEAVE)

    def tasks(self, start: int, end: int) -> Iterator[Task]:
        """The tasks of all dates that touch the instants, and of the date before: a night shift's run over midnight."""
        if self._has_tasks:
            for ordinal in range(date_at(self._zone, start) - 1, date_at(self._zone, end - 1) + 1):
                yield from self._tasks_of(ordinal)

    def has_task(self, task_id: str) -> bool:
        """Whether one of the tasks has the id."""
        ordinal = task_id.partition("-")[0]
        return bool(self._has_tasks and ordinal.isascii() and ordinal.isdigit()) and any(
            task.id == task_id for task in self._tasks_of(int(ordinal))
        )

    def _tasks_of(self, ordinal: int) -> Sequence[Task]:
        if not _FIRST_DATE <= ordinal <= _LAST_DATE:
            return ()
        return _draw_tasks(self, ordinal)

    def draw_tasks(self, ordinal: int) -> Iterator[Task]:
        """Draws the tasks that begin in the shifts of a date, or around them."""
        shifts = self._shifts(ordinal)
        if self._state == "fully-booked":
            yield from self._full_day(ordinal, shifts)
            return
        draw = Draw(self._seed, self._address, "tasks", ordinal)
        kind = draw.below(100)
        if not shifts:
            # A stray appointment on a day off.
            if kind < 6:
                yield from self._task(ordinal, 0, 10 * 3600 + draw.below(32) * _QUARTER, 3600, TASK_TYPES[0][1])
        elif kind < 12:
            return
        elif kind < 20:
            yield from self._full_day(ordinal, shifts)
        else:
            yield from self._ordinary_day(ordinal, shifts, draw, count=1 + kind % 6)

    def _ordinary_day(self, ordinal: int, shifts: Sequence[Interval], draw: Draw, count: int) -> Iterator[Task]:
        for number in range(count):
            shift = shifts[draw.below(len(shifts))]
            # Up to an hour early, so that some fall outside the hours; drawn independently, so that some overlap.
            earliest = shift.start - 3600 if shift.start >= 3600 else shift.start
            quarters = max(1, (shift.end - earliest) // _QUARTER)
            start = earliest + draw.below(quarters) * _QUARTER
            length = draw.pick(((10, 900), (50, 1800), (10, 2700), (25, 3600), (5, 5400)))
            yield from self._task(ordinal, number, start, length, draw.pick(TASK_TYPES))

    def _full_day(self, ordinal: int, shifts: Sequence[Interval]) -> Iterator[Task]:
        number = 0
        for shift in shifts:
            for start in range(shift.start, shift.end, 5400):
                yield from self._task(ordinal, number, start, min(5400, shift.end - start), TASK_TYPES[number % 3][1])
                number += 1

    def _task(self, ordinal: int, number: int, wall: int, length: int, kind: TaskType) -> Iterator[Task]:
        start = instant(self._zone, ordinal, wall)
        # Nobody makes an appointment for a time that does not come.
        if start is not None:
            yield Task(start, start + length, kind, f"{ordinal}-{number}-{self._address}", None)

    def _shifts(self, ordinal: int) -> Sequence[Interval]:
        if self._template is not None:
            return self._template.shifts[(ordinal - 1) % 7]
        return (Interval(9 * 3600, 18 * 3600),) if (ordinal - 1) % 7 < 5 else ()


@lru_cache(maxsize=65_536)
def _draw_tasks(calendar: GeneratedCalendar, ordinal: int) -> tuple[Task, ...]:
    return tuple(calendar.draw_tasks(ordinal))


@lru_cache(maxsize=16_384)
def _leave_days(seed: int, address: str, block: int) -> dict[int, Leave]:
    draw = Draw(seed, address, "leave", block)
    days = {}
    if draw.chance(16):
        start = 9 + draw.below(8)
        part = Leave(parts=(Interval(start * 3600, (start + 2) * 3600),))
        days[draw.below(_LEAVE_BLOCK)] = part
    if draw.chance(30):
        length = draw.pick(((50, 1), (25, 2), (15, 5), (10, 10)))
        first = draw.below(_LEAVE_BLOCK - length + 1)
        days |= dict.fromkeys(range(first, first + length), Leave(whole=True))
    return days
