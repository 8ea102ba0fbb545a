"""Which wall-clock times a date has in a zone, and when each is read: by trying every minute, with no calendar arithmetic.

Zones come from the `tzdata` package, so that calendars are the same on every machine.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from importlib import resources
from itertools import groupby
from zoneinfo import ZoneInfo

DAY = 86_400
"""Seconds of a wall-clock day."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FARTHEST_OFFSET_HOURS = 16  # no zone was ever as far from UTC (Manila: 15:56 hours)


@dataclass(frozen=True, slots=True)
class Reading:
    """A stretch of instants during which the clock runs evenly through wall-clock times of one date.

    instant  seconds since the epoch at its start
    wall     second of the day that the clock shows then
    length   seconds
    """

    instant: int
    wall: int
    length: int


@cache
def zone_names() -> frozenset[str]:
    """Every IANA zone name, links included."""
    return frozenset((resources.files("tzdata") / "zones").read_text("utf-8").split())


@cache
def zone(name: str) -> ZoneInfo:
    """The zone of that name. Raises KeyError where there is none."""
    if name not in zone_names():
        raise KeyError(name)
    with resources.files("tzdata.zoneinfo").joinpath(*name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


@lru_cache(maxsize=8192)
def readings(zone_name: str, day: date) -> tuple[Reading, ...]:
    """Every wall-clock time of a date in a zone with the instants that read it, in the order of the instants.

    An ordinary date is one reading of 86,400 seconds; a date with a gap lacks some wall-clock times, a date with a fold
    has some twice, and a date that the zone skipped has none.
    Raises KeyError for an unknown zone, OverflowError at the ends of the calendar.
    """
    place = zone(zone_name)
    middle = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    reach = 12 + _FARTHEST_OFFSET_HOURS
    first, last = middle - timedelta(hours=reach), middle + timedelta(hours=reach)
    hours = [(first + timedelta(hours=n)).astimezone(place).utcoffset() for n in range(2 * reach + 1)]
    if len(set(hours)) == 1:
        offset = int((hours[0] or timedelta()).total_seconds())
        midnight = int((middle - timedelta(hours=12) - _EPOCH).total_seconds())
        return (Reading(midnight - offset, 0, DAY),)
    # Offsets of whole minutes change at whole minutes; the local mean times of long ago do not.
    step = 60 if all(offset is not None and offset.seconds % 60 == 0 for offset in hours) else 1
    found: list[tuple[int, int]] = []
    for instant in range(int((first - _EPOCH).total_seconds()), int((last - _EPOCH).total_seconds()), step):
        shown = datetime.fromtimestamp(instant, place)
        if shown.day == day.day:  # within two days of it: the same date
            found.append((instant, shown.hour * 3600 + shown.minute * 60 + shown.second))
    return tuple(_stretches(found, step))


def _stretches(steps: list[tuple[int, int]], step: int) -> Iterator[Reading]:
    """The stretches in which the clock ran on evenly, of steps of `step` seconds, each an instant with what the clock shows then."""
    for _, group in groupby(enumerate(steps), key=lambda each: (each[1][0] - each[0] * step, each[1][1] - each[0] * step)):
        stretch = [each for _, each in group]
        yield Reading(*stretch[0], len(stretch) * step)
