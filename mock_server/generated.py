"""Generated users: a calendar for every address, a pure function of seed and address, unbounded in time, with no state kept.

Everything is drawn from BLAKE2b over seed, address and what is drawn, so it is the same on every machine, platform and Python.
Names and subjects come later, from `people`: no answer of the endpoint holds one.
"""

import re
from collections.abc import Hashable, Iterator, Sequence
from datetime import tzinfo
from functools import cache, lru_cache
from hashlib import blake2b
from itertools import count
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
from .domain.interval import DAY, Interval
from .domain.task import Task, TaskType
from .domain.user import User
from .domain.work_day import WorkDayTemplate
from .domain.zone import date_at, instant, steady_offset
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
        calendar=GeneratedCalendar(seed, address, state, home.zone_name, work_day),
    )


def owner_of_task(task_id: str) -> str | None:
    """The address of the generated user who may have the task of an id."""
    parts = task_id.split("-", 2)
    return parts[2] if len(parts) == 3 else None


_HOMES = [(home.weight, home) for home in HOMES]
_TEMPLATES = [(hours.weight, hours) for hours in TEMPLATES]


def _template(draw: Draw, state: str | None, home_zone: str) -> WorkDayTemplate | None:
    if state == "no-template" or (state is None and draw.chance(4)):
        return None
    hours = draw.pick(_TEMPLATES) if state is None else STATE_TEMPLATES.get(state, EVERY_DAY_HOURS)
    if state == "other-zone" or (state is None and draw.chance(8)):
        return template(hours, draw.pick([(1, name) for name in FAR_ZONES if name != home_zone]))
    return template(hours, home_zone)


def _user_id(seed: int, address: str) -> str:
    # The vendor's ids are version-1 UUIDs; the bits of one are free but for version and variant.
    digest = blake2b(f"{seed}\0{address}\0id".encode("utf-8", "surrogatepass"), digest_size=16).digest()
    return str(UUID(bytes=digest, version=1))


class GeneratedCalendar:
    """A calendar drawn day by day: appointments at quarter hours, spells of leave, and the public holidays of the template's country."""

    __slots__ = ("_address", "_country", "_runs_over", "_seed", "_state", "_template", "_zone")

    def __init__(self, seed: int, address: str, state: str | None, zone_name: str, work_day: WorkDayTemplate | None) -> None:
        self._seed, self._address, self._state = seed, address, state
        self._template = work_day
        self._zone = work_day.zone if work_day else zone(zone_name)
        self._country = COUNTRY_OF_ZONE.get(work_day.zone_name if work_day else zone_name, COUNTRY_OF_ZONE.get(zone_name))
        self._runs_over = _runs_over(work_day)

    def holiday(self, ordinal: int) -> str | None:
        """The public holiday of the template's country on a date."""
        if self._state is not None:
            return "Holiday" if self._state == "holiday" else None
        return holiday_name(self._country, ordinal) if self._country else None

    def leave(self, ordinal: int) -> Leave:
        """The leave on a date: in every four weeks a spell of one to ten days may fall, and one part of a day."""
        if self._state is not None:
            return _WHOLE_LEAVE if self._state == "leave" else NO_LEAVE
        return _leave_days(self._seed, self._address, ordinal // _LEAVE_BLOCK).get(ordinal % _LEAVE_BLOCK, NO_LEAVE)

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

    def kinds(self, days: range) -> Sequence[Hashable]:
        """What the template, the zone's offset, holidays, leaves and tasks make of each date; None near a change of the clock."""
        looks = _looks(self._template, self._zone, None if self._state else self._country, days, self._state == "holiday")
        drawn = self._drawn_days(range(days.start - 1, days.stop))
        if self._runs_over:
            pairs = zip(looks, drawn, drawn[1:], strict=False)
            kinds: list[Hashable] = [None if look is None else look[before * DRAWN_DAYS + day] for look, before, day in pairs]
        else:
            kinds = [None if look is None else look[day] for look, day in zip(looks, drawn[1:], strict=True)]
        for place, leave in self._leaves(days):
            kinds[place] = kinds[place] and (kinds[place], leave)
        return kinds

    def _leaves(self, days: range) -> Iterator[tuple[int, Leave]]:
        """The leaves among the dates, each with its place."""
        if self._state is not None:
            yield from ((place, _WHOLE_LEAVE) for place in range(len(days)) if self._state == "leave")
            return
        for block in range(days.start // _LEAVE_BLOCK, (days.stop - 1) // _LEAVE_BLOCK + 1):
            for day, leave in _leave_days(self._seed, self._address, block).items():
                place = block * _LEAVE_BLOCK + day - days.start
                if 0 <= place < len(days):
                    yield place, leave

    def _tasks_of(self, ordinal: int) -> Iterator[Task]:
        for number, (wall, length, kind) in enumerate(self._drawn_tasks(ordinal)):
            start = instant(self._zone, ordinal, wall)
            # Nobody makes an appointment for a time that does not come.
            if start is not None:
                yield Task(start, start + length, kind, f"{ordinal}-{number}-{self._address}", None)

    def _drawn_tasks(self, ordinal: int) -> Sequence[tuple[int, int, TaskType]]:
        (day,) = self._drawn_days(range(ordinal, ordinal + 1))
        return tasks_of_day(_shifts_of(self._template, (ordinal - 1) % 7), day)

    def _drawn_days(self, days: range) -> Sequence[int]:
        """Which of the days of tasks that can be drawn each date is."""
        if self._state in ("free", "midnight"):
            return bytes(len(days))
        if self._state == "fully-booked":
            return bytes([FULL_DAY]) * len(days)
        first, last = days.start // _DAYS_DRAWN, (days.stop - 1) // _DAYS_DRAWN
        drawn = b"".join([_drawn_block(self._seed, self._address, block) for block in range(first, last + 1)])
        return drawn[days.start - first * _DAYS_DRAWN : days.stop - first * _DAYS_DRAWN]


def _shifts_of(template: WorkDayTemplate | None, weekday: int) -> Sequence[Interval]:
    if template is not None:
        return template.shifts[weekday]
    return _OFFICE_HOURS if weekday % 7 < 5 else ()


class _Look(dict[int, int]):
    """What dates have in common apart from their tasks: for the drawn day, and DRAWN_DAYS times the one before, the number of the kind."""

    def __init__(self, template: WorkDayTemplate | None, home: tzinfo, offset: int, weekday: int, is_holiday: bool) -> None:
        super().__init__()
        self._template, self._weekday = template, weekday
        hours = template and (template.shifts_by_weekday[weekday], template.breaks_by_weekday[weekday])
        self._apart_from_tasks = template or home, offset, hours, is_holiday

    def __missing__(self, drawn: int) -> int:
        before, day = divmod(drawn, DRAWN_DAYS)
        own = tuple(task for task in tasks_of_day(_shifts_of(self._template, self._weekday), day) if task[0] < DAY)
        earlier = tasks_of_day(_shifts_of(self._template, self._weekday - 1), before)
        run_over = tuple((wall - DAY, length, kind) for wall, length, kind in earlier if wall + length > DAY)
        number = self[drawn] = _number_of(*self._apart_from_tasks, own, run_over)
        return number


_look = lru_cache(maxsize=4_096)(_Look)
_numbers = count(1)


@lru_cache(maxsize=32_768)
def _number_of(*_: Hashable) -> int:
    """A number for what makes a kind; one that was forgotten gets another, which is as good."""
    return next(_numbers)


@lru_cache(maxsize=2_048)
def _looks(template: WorkDayTemplate | None, home: tzinfo, country: str | None, days: range, is_holiday: bool) -> tuple[_Look | None, ...]:
    """The look of each date; None near a change of the clock."""
    looks = []
    for ordinal in days:
        offset = steady_offset(home, ordinal)
        holiday = is_holiday or bool(country and holiday_name(country, ordinal))
        looks.append(None if offset is None else _look(template, home, offset, (ordinal - 1) % 7, holiday))
    return tuple(looks)


_WHOLE_LEAVE = Leave(whole=True)
_OFFICE_HOURS = (Interval(9 * 3600, 18 * 3600),)

DRAWN_DAYS = 48
"""How many days of tasks a date of given shifts is drawn from: an empty one, a full one, and so many others."""
EMPTY_DAY, FULL_DAY = 0, DRAWN_DAYS - 1
_DAYS_DRAWN = 64
_EMPTY_PERCENT, _FULL_PERCENT = 12, 9
_TO_DRAWN_DAY = bytes(
    EMPTY_DAY
    if number < 256 * _EMPTY_PERCENT // 100
    else FULL_DAY
    if number >= 256 - 256 * _FULL_PERCENT // 100
    else 1 + number % (DRAWN_DAYS - 2)
    for number in range(256)
)


@cache
def _runs_over(template: WorkDayTemplate | None) -> bool:
    """Whether tasks in the template's shifts can run over midnight."""
    return any(shift.end + _LONGEST > DAY for weekday in range(7) for shift in _shifts_of(template, weekday))


@lru_cache(maxsize=16_384)
def _drawn_block(seed: int, address: str, block: int) -> bytes:
    """The drawn day of each date of a block of dates."""
    name = f"{seed}\0{address}\0tasks\0{block}".encode("utf-8", "surrogatepass")
    drawn = blake2b(name, digest_size=_DAYS_DRAWN).digest().translate(_TO_DRAWN_DAY)
    first = block * _DAYS_DRAWN
    if first >= _FIRST_DATE and first + _DAYS_DRAWN <= _LAST_DATE:
        return drawn
    return bytes(day if _FIRST_DATE <= first + place <= _LAST_DATE else EMPTY_DAY for place, day in enumerate(drawn))


@lru_cache(maxsize=8_192)
def tasks_of_day(shifts: Sequence[Interval], day: int) -> tuple[tuple[int, int, TaskType], ...]:
    """The tasks of one of the days that can be drawn, in a date's shifts: (wall-clock second, length in seconds, type).

    The second counts from the date's midnight, and goes on past the next one in a shift that does.
    """
    draw = Draw("tasks", day, repr([tuple(shift) for shift in shifts]))
    if not shifts:
        # A stray appointment on a day off.
        return ((10 * 3600 + draw.below(32) * _QUARTER, 3600, TASK_TYPES[0][1]),) if day in _STRAY_DAYS else ()
    if day == EMPTY_DAY:
        return ()
    if day == FULL_DAY:
        starts = [(start, min(_LONGEST, shift.end - start)) for shift in shifts for start in range(shift.start, shift.end, _LONGEST)]
        return tuple((start, length, TASK_TYPES[number % 3][1]) for number, (start, length) in enumerate(starts))
    return tuple(_ordinary_task(shifts[draw.below(len(shifts))], draw) for _ in range(1 + draw.below(6)))


def _ordinary_task(shift: Interval, draw: Draw) -> tuple[int, int, TaskType]:
    # Up to an hour early, so that some fall outside the hours; drawn independently, so that some overlap.
    earliest = max(0, shift.start - 3600)
    start = earliest + draw.below((shift.end - earliest) // _QUARTER) * _QUARTER
    return start, draw.pick(_LENGTHS), draw.pick(TASK_TYPES)


_STRAY_DAYS = range(1, 5)
_LONGEST = 5400
_LENGTHS = ((10, 900), (50, 1800), (10, 2700), (25, 3600), (5, _LONGEST))


@lru_cache(maxsize=16_384)
def _leave_days(seed: int, address: str, block: int) -> dict[int, Leave]:
    draw = Draw(seed, address, "leave", block)
    days = {}
    if draw.chance(16):
        start = 9 + draw.below(8)
        days[draw.below(_LEAVE_BLOCK)] = Leave(parts=(Interval(start * 3600, (start + 2) * 3600),))
    if draw.chance(30):
        length = draw.pick(((50, 1), (25, 2), (15, 5), (10, 10)))
        first = draw.below(_LEAVE_BLOCK - length + 1)
        days |= dict.fromkeys(range(first, first + length), _WHOLE_LEAVE)
    return days
