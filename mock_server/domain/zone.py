"""A date as a zone's clock shows it. Daylight saving lives here, and only here.

Dates are ordinals (`datetime.date.toordinal`), instants are seconds since the epoch in UTC, wall-clock times are seconds since the
midnight that starts their date on the clock. All are whole numbers, so nothing is rounded.
"""

from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple

from .interval import DAY, Interval, Intervals, union

EPOCH = date(1970, 1, 1).toordinal()
_EPOCH_INSTANT = datetime(1970, 1, 1, tzinfo=UTC)
# A local time has to be a date that Python knows, so instants at both ends of time take the offset of the nearest that is one.
_FIRST = (date.min.toordinal() + 2 - EPOCH) * DAY
_LAST = (date.max.toordinal() - 2 - EPOCH) * DAY
# No zone changes its offset twice in three hours: the test of the whole IANA set says so.
_STEP = 3 * 3600


class Piece(NamedTuple):
    """Part of a date during which the zone's offset stays the same.

    `start` and `end` are wall-clock seconds of the date, `offset` is wall clock minus UTC in seconds. An ordinary date is one piece from 0
    to DAY; a gap lies between two pieces, a fold is where two overlap, and a date that the zone skipped has none.
    """

    start: int
    end: int
    offset: int


class Day(NamedTuple):
    """A date in a zone: its pieces in order of time, the wall-clock times that exist, and the instants that it covers."""

    midnight: int
    """The epoch second that UTC's clock shows this date's midnight at: wall-clock second w of a piece is midnight + w − offset."""
    pieces: tuple[Piece, ...]
    existing: Intervals
    instants: Intervals

    def wall(self, start: int, end: int) -> list[Interval]:
        """The wall-clock times of this date that instants of `[start, end)` read; in a fold the two occurrences may overlap."""
        readings = []
        for piece_start, piece_end, offset in self.pieces:
            first = max(piece_start, start + offset - self.midnight)
            last = min(piece_end, end + offset - self.midnight)
            if first < last:
                readings.append(Interval(first, last))
        return readings

    def overlaps(self, start: int, end: int) -> bool:
        """Whether instants of `[start, end)` are of this date."""
        return any(start < last and end > first for first, last in self.instants)

    def instants_of(self, wall: Intervals) -> list[Interval]:
        """The instants that read one of the wall-clock times, in either occurrence of a fold."""
        return [
            Interval(self.midnight + max(start, first) - offset, self.midnight + min(end, last) - offset)
            for first, last, offset in self.pieces
            for start, end in wall
            if start < last and end > first
        ]


@lru_cache(maxsize=65_536)
def day_in_zone(ordinal: int, zone: tzinfo) -> Day:
    """The date as the zone's clock shows it (rules slots.gap, slots.fold, slots.date)."""
    midnight = (ordinal - EPOCH) * DAY
    pieces = []
    for start, end, offset in _constant_offsets(zone, midnight - DAY, midnight + 2 * DAY):
        first, last = max(0, start + offset - midnight), min(DAY, end + offset - midnight)
        if first < last:
            pieces.append(Piece(first, last, offset))
    return Day(
        midnight=midnight,
        pieces=tuple(pieces),
        existing=union(Interval(piece.start, piece.end) for piece in pieces),
        instants=union(Interval(midnight + p.start - p.offset, midnight + p.end - p.offset) for p in pieces),
    )


def steady_day(offset: int) -> Day:
    """A date on which the zone keeps one offset, with midnight 0: instants count from the midnight of UTC's date of the same name."""
    return Day(0, (Piece(0, DAY, offset),), (Interval(0, DAY),), (Interval(-offset, DAY - offset),))


def instant(zone: tzinfo, ordinal: int, wall: int) -> int | None:
    """The instant that reads a wall-clock second of a date, the first of two; None in a gap. `wall` may run on past midnight."""
    day = day_in_zone(ordinal + wall // DAY, zone)
    second = wall % DAY
    for start, end, offset in day.pieces:
        if start <= second < end:
            return day.midnight + second - offset
    return None


def date_at(zone: tzinfo, moment: int) -> int:
    """The date that the zone's clock shows at an instant."""
    return EPOCH + (moment + offset_at(zone, moment)) // DAY


@lru_cache(maxsize=65_536)
def offset_at(zone: tzinfo, moment: int) -> int:
    """Wall clock minus UTC at an instant, in seconds."""
    known = min(max(moment, _FIRST), _LAST)
    offset = (_EPOCH_INSTANT + timedelta(0, known)).astimezone(zone).utcoffset()
    if offset is None:
        raise ValueError(f"{zone!r} has no offset from UTC; expected an aware time zone")
    return offset.days * DAY + offset.seconds


def _constant_offsets(zone: tzinfo, start: int, end: int) -> list[tuple[int, int, int]]:
    """`[start, end)` in stretches (first instant, end, offset) of one offset each."""
    stretches = []
    began, offset = start, offset_at(zone, start)
    for probe in range(start + _STEP, end + _STEP, _STEP):
        if offset_at(zone, probe) != offset:
            change = _first_change(zone, probe - _STEP, probe, offset)
            stretches.append((began, change, offset))
            began, offset = change, offset_at(zone, probe)
    return [*stretches, (began, end, offset)]


def _first_change(zone: tzinfo, before: int, after: int, offset: int) -> int:
    while after - before > 1:
        middle = (before + after) // 2
        if offset_at(zone, middle) == offset:
            before = middle
        else:
            after = middle
    return after
