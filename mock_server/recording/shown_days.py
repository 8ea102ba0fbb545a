"""What the days of a recording show: the zone of slots, breaks, holes, leaves and the order of reasons.

Nothing is known of the calendar. An answer of the profile is refuted where what was answered cannot be under it, by rules that every
server keeps: nobody is free while busy, and a work day template says the same for every week.
"""

from collections import OrderedDict
from datetime import UTC
from typing import Any, NamedTuple

from leadsquared_slots.mock_server.calendars.zones import UnknownZone, zone
from leadsquared_slots.mock_server.domain.interval import DAY, Interval, Intervals, fold_to_day, intersect, shift_by, subtract, union
from leadsquared_slots.mock_server.domain.zone import Day, day_in_zone
from leadsquared_slots.mock_server.vendor.seen_answer import Answer, Entry, by_user
from leadsquared_slots.mock_server.vendor.seen_request import Asked

from .evidence import Evidence
from .recorded import Recorded

_MOST_KEPT, _MOST_OF_A_WEEKDAY = 20_000, 3
_ABSENT = ("Holiday", "Leave", "NotScheduled")
_DATES_THAT_CONVINCE = 2


class _Working(NamedTuple):
    """A working date on which the clock does not change: its free time with the flag true, and what else may take time."""

    ordinal: int
    slots: Intervals
    taken: Intervals


class ShownDays:
    """Looks at the entries of answers, and keeps a bounded number of them for comparison."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._by_flag: OrderedDict[tuple[str, int], dict[bool, Entry]] = OrderedDict()
        self._reasons: OrderedDict[tuple[str, int], set[str | None]] = OrderedDict()
        self._breaks: OrderedDict[tuple[str, str, int], tuple[Intervals, int]] = OrderedDict()
        self._working: OrderedDict[tuple[str, str, int, int], list[_Working]] = OrderedDict()
        self._without_breaks: set[tuple[str, int]] = set()

    def observe(self, asked: Asked, answer: Answer, exchange: Recorded) -> None:
        """Takes in the entries of one answer."""
        for entry in answer.entries:
            self._note_absence(entry, exchange.number)
            self._note_flag(entry, asked.flag, exchange.number)
            if entry.template_zone is not None and entry.reason is None and entry.slots is not None:
                day = _day(entry.ordinal, entry.template_zone)
                if day is not None:
                    self._note_times(entry, day, asked.flag, exchange.number)
        for _, entries in by_user(answer.entries):
            self._note_dates(entries, exchange.number)

    def _note_absence(self, entry: Entry, number: int) -> None:
        if entry.reason in _ABSENT and (entry.slots is None) == (entry.breaks is None):
            shape = "null" if entry.slots is None else "empty"
            if not entry.slots and not entry.breaks:
                self._evidence.shows("absent-lists", shape, f"beside {entry.reason} the lists are {shape}", number)
        reasons = _kept(self._reasons, (entry.address.lower(), entry.ordinal % 7), set)
        reasons.add(entry.reason)
        if "NotScheduled" in reasons and reasons & {"Holiday", "Leave"}:
            other = "Holiday" if "Holiday" in reasons else "Leave"
            text = f"{other} on a weekday that is NotScheduled in another week"
            self._evidence.refutes("absence-order", "not-scheduled-holiday-leave", text, number)

    def _note_flag(self, entry: Entry, flag: bool, number: int) -> None:
        """Slots that the flag adds are the time of appointments whose type allows conflicts (rules slots.hole, slots.flag-true)."""
        both = _kept(self._by_flag, (entry.address.lower(), entry.ordinal), dict)
        both[flag] = entry
        if len(both) < 2:
            return
        with_it, without = both[True], both[False]
        same = (with_it.busy, with_it.breaks, with_it.reason) == (without.busy, without.breaks, without.reason)
        more, less = union(with_it.slots or ()), union(without.slots or ())
        if same and with_it.reason is None and subtract(more, less) and not subtract(less, more):
            self._evidence.shows("allowed-conflict", "hole", "the flag true added slots where nothing is busy", number)

    def _note_times(self, entry: Entry, day: Day, flag: bool, number: int) -> None:
        slots, breaks = union(entry.slots or ()), union(entry.breaks or ())
        as_template, as_utc = busy_of(entry, day)
        self._note_zone(slots, day, as_template, as_utc, number)
        offset = steady(day)
        if offset is None:
            return
        self._note_breaks(entry, slots, breaks, union((*as_template, *as_utc)), flag, number)
        self._note_week(entry, slots, breaks, offset, union((*as_template, *as_utc)), flag, number)

    def _note_zone(self, slots: Intervals, day: Day, as_template: Intervals, as_utc: Intervals, number: int) -> None:
        if intersect(slots, as_template):
            self._evidence.refutes("time-zone", "template", "read in the template's zone, a slot overlaps a busy time", number)
        if subtract(slots, day.existing):
            self._evidence.refutes("time-zone", "template", "a slot has times that the template's zone skips on its date", number)
        if sum(end - start for start, end in day.instants) > DAY:
            return  # a UTC time of the day then belongs to two instants of the date, and one may be free
        if intersect(slots, as_utc):
            self._evidence.refutes("time-zone", "utc", "read as UTC, a slot overlaps a busy time", number)
        if subtract(slots, fold_to_day(day.instants)):
            self._evidence.refutes("time-zone", "utc", "a slot has UTC times that are not of its date", number)

    def _note_breaks(self, entry: Entry, slots: Intervals, breaks: Intervals, busy: Intervals, flag: bool, number: int) -> None:
        if intersect(slots, breaks):
            self._evidence.shows("breaks", "kept", "a break lies inside a slot", number)
            return
        starts, ends = {slot.start for slot in slots}, {slot.end for slot in slots}
        if flag and any(pause.start in ends and pause.end in starts and not intersect((pause,), busy) for pause in breaks):
            if len(self._without_breaks) < _MOST_KEPT:
                self._without_breaks.add((entry.address.lower(), entry.ordinal))
            if len(self._without_breaks) >= _DATES_THAT_CONVINCE:
                self._evidence.refutes("breaks", "kept", "slots end where breaks begin, and go on where they end", number)

    def _note_week(self, entry: Entry, slots: Intervals, breaks: Intervals, offset: int, busy: Intervals, flag: bool, number: int) -> None:
        """What a template says for a weekday it says for every week, in its own zone."""
        user, zone_name, weekday = entry.address.lower(), str(entry.template_zone), entry.ordinal % 7
        if breaks:
            before, was = self._breaks.get((user, zone_name, weekday), (breaks, offset))
            _put(self._breaks, (user, zone_name, weekday), (breaks, offset))
            moved = fold_to_day(shift_by(before, was - offset + DAY))
            if was != offset and moved != before and breaks == before:
                self._evidence.refutes("time-zone", "utc", "a change of clocks left the breaks where they were", number)
            if was != offset and moved != before and breaks == moved:
                self._evidence.refutes("time-zone", "template", "a change of clocks moved the breaks", number)
        if not flag:
            return
        kept = _kept(self._working, (user, zone_name, weekday, offset), list)
        now = _Working(entry.ordinal, slots, union((*busy, *breaks)))
        for then in kept:
            if then.ordinal != now.ordinal and any(subtract(subtract(a.slots, b.slots), b.taken) for a, b in ((then, now), (now, then))):
                text = "time that is free in another week is neither free nor busy, though the flag is true"
                self._evidence.shows("partial-leave", "taken-out", text, number)
        if len(kept) < _MOST_OF_A_WEEKDAY:
            kept.append(now)

    def _note_dates(self, entries: list[Entry], number: int) -> None:
        """Busy times of a user without a template stand under the dates that they overlap, in one of two zones."""
        alone = [entry for entry in entries if entry.template_zone is None and entry.reason is not None]
        busy = {time for entry in alone for time in entry.busy if time.start < time.end}
        for answer, name in (("user", alone[0].user_zone if alone else "UTC"), ("utc", "UTC")):
            for entry in alone if busy else ():
                day = _day(entry.ordinal, name)
                if day is not None and any(day.overlaps(*time) != (time in entry.busy) for time in busy):
                    text = (
                        f"a busy time stands under other dates than it overlaps in {'the zone of the user' if answer == 'user' else 'UTC'}"
                    )
                    self._evidence.refutes("date-without-template", answer, text, number)


def busy_of(entry: Entry, day: Day) -> tuple[Intervals, Intervals]:
    """The times of the day that are busy on a date: in the zone of the day, and in UTC."""
    times = [time for time in entry.busy if time.start < time.end]
    in_zone = union(wall for time in times for wall in day.wall(*time))
    in_utc = fold_to_day(Interval(max(a, c), min(b, d)) for a, b in times for c, d in day.instants if a < d and c < b)
    return in_zone, in_utc


def steady(day: Day) -> int | None:
    """The offset that the date's zone keeps all day; None where it changes."""
    return day.pieces[0].offset if len(day.pieces) == 1 and day.existing == (Interval(0, DAY),) else None


def _day(ordinal: int, zone_name: str) -> Day | None:
    try:
        return day_in_zone(ordinal, UTC if zone_name == "UTC" else zone(zone_name))
    except (UnknownZone, OverflowError, ValueError):
        return None


def _kept(kept: "OrderedDict[Any, Any]", key: Any, make: Any) -> Any:
    """What is kept for a key; made where nothing is. The oldest goes where there is too much."""
    if key not in kept:
        _put(kept, key, make())
    return kept[key]


def _put(kept: "OrderedDict[Any, Any]", key: Any, value: Any) -> None:
    kept[key] = value
    if len(kept) > _MOST_KEPT:
        kept.popitem(last=False)
