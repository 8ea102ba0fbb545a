"""Which wall-clock times a date has in a zone, and when each is read: by trying every minute, with no calendar arithmetic.

Zones come from the `tzdata` package, so that calendars are the same on every machine.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from importlib import resources
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
    found: list[Reading] = []
    for instant in range(int((first - _EPOCH).total_seconds()), int((last - _EPOCH).total_seconds()), step):
        shown = (_EPOCH + timedelta(seconds=instant)).astimezone(place)
        if shown.date() == day:
            _append(found, instant, shown.hour * 3600 + shown.minute * 60 + shown.second, step)
    return tuple(found)


def _append(found: list[Reading], instant: int, wall: int, step: int) -> None:
    """Adds one step to the last stretch where the clock ran on evenly, and else begins another."""
    if found and found[-1].instant + found[-1].length == instant and found[-1].wall + found[-1].length == wall:
        last = found.pop()
        found.append(Reading(last.instant, last.wall, last.length + step))
    else:
        found.append(Reading(instant, wall, step))
