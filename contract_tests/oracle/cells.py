"""A day as 86,400 cells, one for each second that a wall clock can show: patterns, paint, and runs of one colour."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from enum import IntEnum
from functools import lru_cache
from typing import Any

from .wall_clock import DAY, Reading

Document = Mapping[str, Any]
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAYS_OF_KEY = {"weekdays": WEEKDAYS[:5], "weekend": WEEKDAYS[5:], "every-day": WEEKDAYS} | {day: (day,) for day in WEEKDAYS}


class Cell(IntEnum):
    """What holds at one second of a date. Later ones are painted over earlier ones."""

    OUTSIDE = 0
    """In no shift."""
    FREE = 1
    BREAK = 2
    """A break, where the profile takes breaks out."""
    LEAVE = 3
    """A leave for part of the day."""
    ALLOWED_CONFLICT = 4
    """A task whose type allows conflicts, where it blocks."""
    BUSY = 5
    """A task whose type forbids conflicts."""
    SKIPPED = 6
    """A wall-clock time that does not come on this date."""


def pattern(week: Document, day: date) -> bytes:
    """One byte for each second of a date: 1 where a time of the week holds, those that began the day before included."""
    return pattern_of(of_weekday(week, day), of_weekday(week, day - timedelta(days=1)))


@lru_cache(maxsize=512)
def pattern_of(today: tuple[str, ...], yesterday: tuple[str, ...]) -> bytes:
    """The same for the times of a weekday and those of the day before."""
    two_days = bytearray(3 * DAY)
    for times in yesterday:
        paint(two_days, seconds_between(times), 1)
    for times in today:
        seconds = seconds_between(times)
        paint(two_days, range(DAY + seconds.start, DAY + seconds.stop), 1)
    return bytes(two_days[DAY : 2 * DAY])


def of_weekday(week: Document, day: date) -> tuple[str, ...]:
    """The times of every key of a week that names the weekday of a date."""
    name = WEEKDAYS[day.weekday()]
    return tuple(times for key, listed in week.items() if name in _DAYS_OF_KEY[key] for times in listed)


def seconds_between(times: str) -> range:
    """The seconds of `from-to`, counted from the midnight before `from`; an end not after its start is on the next day."""
    start, end = (_second(text) for text in times.split("-"))
    return range(start, end if end > start else end + DAY)


def _second(text: str) -> int:
    hours, minutes, seconds = (*map(int, text.split(":")), 0)[:3]
    return hours * 3600 + minutes * 60 + seconds


def seconds_read(known: tuple[Reading, ...], start: datetime, end: datetime) -> Iterator[range]:
    """The wall-clock seconds that the clock shows at some instant from `start` until before `end`."""
    first, last = int(start.timestamp()), int(end.timestamp())
    for reading in known:
        instants = range(max(first, reading.instant), min(last, reading.instant + reading.length))
        yield range(instants.start - reading.instant + reading.wall, instants.stop - reading.instant + reading.wall)


def existing(known: tuple[Reading, ...]) -> bytearray:
    """One byte for each second of a date: 1 where the clock shows it at some instant."""
    exists = bytearray(DAY)
    for reading in known:
        paint(exists, range(reading.wall, reading.wall + reading.length), 1)
    return exists


def all_three(one: bytes, two: bytes, three: bytes | bytearray) -> bytes:
    """1 where all three are 1."""
    return (int.from_bytes(one) & int.from_bytes(two) & int.from_bytes(three)).to_bytes(DAY)


def paint(cells: bytearray, seconds: range, colour: int) -> None:
    """Gives every second of a range a colour."""
    cells[seconds.start : seconds.start + len(seconds)] = bytes([colour]) * len(seconds)


def runs(cells: bytes | bytearray, colour: int) -> Iterator[range]:
    """The longest stretches of seconds that have a colour."""
    start = cells.find(colour)
    while start >= 0:
        run = re.compile(re.escape(bytes([colour])) + b"+").match(cells, start)
        end = run.end() if run else start + 1
        yield range(start, end)
        start = cells.find(colour, end)
