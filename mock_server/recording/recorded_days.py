"""The days of one recorded user, taken apart: hours by weekday, and what was cut out of them on each date."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from leadsquared_slots.mock_server.calendars.zones import UnknownZone, zone
from leadsquared_slots.mock_server.domain.interval import DAY, Interval, Intervals, fold_to_day, intersect, shift_by, subtract, union
from leadsquared_slots.mock_server.domain.zone import Day, day_in_zone
from leadsquared_slots.mock_server.vendor.seen_answer import Entry

from .collected import Contradiction
from .shown_days import steady

_USUAL = (Interval(9 * 3600, 17 * 3600),)
_WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Cuts(NamedTuple):
    """What is missing on a date: leaves for a part of it (wall-clock), and holes (instants) that tasks which allow conflicts make.

    `is_determined` says whether the recording shows that they are those tasks.
    """

    ordinal: int
    leaves: Intervals
    holes: tuple[Interval, ...]
    is_determined: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One user of a recording: the entries by date and flag, the profile's known answers, and the exchanges in which they stand."""

    user: str
    days: Mapping[tuple[int, bool], Entry]
    profile: Mapping[str, Any]
    seen_in: Mapping[tuple[str, int, bool], str]

    def where(self, entry: Entry) -> str:
        """The exchange in which an entry stands."""
        return next(self.seen_in[self.user, ordinal, flag] for (ordinal, flag), other in self.days.items() if other is entry)

    def working(self) -> Iterator[tuple[int, bool, Entry]]:
        """The entries of working dates."""
        for (ordinal, flag), entry in self.days.items():
            if entry.reason is None and entry.slots is not None and entry.breaks is not None:
                yield ordinal, flag, entry


def day_of(ordinal: int, zone_name: str) -> Day:
    """A date in a zone. Raises Contradiction for a zone that nobody knows."""
    try:
        return day_in_zone(ordinal, zone(zone_name))
    except UnknownZone as error:
        raise Contradiction(f"the recording names a zone that is none: {error}") from None


def free_time(times: Intervals, day: Day, profile: Mapping[str, Any]) -> Intervals:
    """Times as they are printed, as wall-clock times of the date: every one of which all instants are printed."""
    if profile.get("time-zone") != "utc":
        return union(times)
    missing: list[Interval] = []
    for start, end, offset in day.pieces:
        printed = fold_to_day(shift_by(times, offset + DAY))
        missing += subtract((Interval(start, end),), printed)
    return subtract(day.existing, union(missing))


def shifts_and_breaks(recording: Recording, zone_name: str, chosen: list[str]) -> tuple[Sequence[Intervals], Sequence[Intervals]]:
    """Shifts and breaks of each weekday, Monday first. Raises Contradiction where two weeks do not have the same."""
    shifts: list[Intervals] = [()] * 7
    breaks: list[Intervals] = [()] * 7
    known: dict[int, tuple[Entry, bool]] = {}
    for ordinal, _, entry in recording.working():
        weekday, day = (ordinal - 1) % 7, day_of(ordinal, zone_name)
        paused = free_time(entry.breaks or (), day, recording.profile)
        free = free_time(entry.slots or (), day, recording.profile)
        shifts[weekday] = union((*shifts[weekday], *free, *paused, *_booked(entry, free, day)))
        is_plain = steady(day) is not None
        before = known.get(weekday)
        if before is None or (is_plain and not before[1]):
            breaks[weekday], known[weekday] = paused, (entry, is_plain)
        elif is_plain and breaks[weekday] != paused:
            raise Contradiction(
                f"{recording.where(before[0])} and {recording.where(entry)} have other breaks of {entry.address} on one weekday"
            )
    reasons = {((ordinal - 1) % 7, entry.reason) for (ordinal, _), entry in recording.days.items()}
    for weekday in range(7):
        _complete(weekday, shifts, {reason for day, reason in reasons if day == weekday}, recording, chosen)
    return shifts, breaks


def _booked(entry: Entry, free: Intervals, day: Day) -> Intervals:
    """Busy times between the first and the last free one, which most probably lie in a shift."""
    if not free:
        return ()
    between = (Interval(free[0].start, free[-1].end),)
    return intersect(union(wall for time in entry.busy for wall in day.wall(*time)), between)


def _complete(weekday: int, shifts: list[Intervals], reasons: set[str | None], recording: Recording, chosen: list[str]) -> None:
    """Hours for a weekday on which nobody was seen to be free."""
    name = _WEEKDAY_NAMES[weekday]
    if "NotScheduled" in reasons:
        if None in reasons:
            raise Contradiction(
                f"{recording.user} works on one {name} and is not scheduled on another; a work day template has one or the other"
            )
    elif reasons and not shifts[weekday]:
        shifts[weekday] = _USUAL
        chosen.append(f"on {name}s {recording.user} was never seen free: the shift is 09:00-17:00")
    elif not reasons:
        chosen.append(f"no {name} of {recording.user} was recorded: not scheduled")


def cuts_of(recording: Recording, zone_name: str, shifts: Sequence[Intervals], breaks: Sequence[Intervals]) -> Iterator[Cuts]:
    """What has to be taken out of the shifts on each working date, so that the recorded slots are left."""
    by_date: dict[int, dict[bool, Entry]] = {}
    for ordinal, flag, entry in recording.working():
        by_date.setdefault(ordinal, {})[flag] = entry
    for ordinal, both in sorted(by_date.items()):
        weekday, day = (ordinal - 1) % 7, day_of(ordinal, zone_name)
        whole = intersect(shifts[weekday], day.existing)
        if recording.profile.get("breaks") == "taken-out":
            whole = subtract(whole, intersect(breaks[weekday], day.existing))
        entry = next(iter(both.values()))
        whole = subtract(whole, union(wall for time in entry.busy for wall in day.wall(*time)))
        free = {flag: free_time(each.slots or (), day, recording.profile) for flag, each in both.items()}
        with_it = free.get(True, whole)
        holes = subtract(intersect(whole, with_it), free[False]) if False in free else ()
        times = tuple(time for time in day.instants_of(holes))
        yield Cuts(ordinal, subtract(whole, with_it), times, True in free)
