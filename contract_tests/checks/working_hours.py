"""Relations between slots, breaks and busy times over all answers of a run: what no single answer shows to be wrong."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise

from leadsquared_slots.contract_tests.oracle.wall_clock import DAY
from leadsquared_slots.contract_tests.wire.answer import Span
from leadsquared_slots.mock_server.domain.profile import TimeZoneOfTimes

from .answers.busy_times import times_taken
from .answers.wording import show, show_instants
from .memory import Sample, Traffic
from .registry import NotApplicable, Scope, Violation, check
from .relations import ENOUGH, between

_NEAR = 3600
_GRAINS = (3600, 1800, 900)
_DIFFERENT = 3
_WEEKDAYS = 2
_EPOCH = date(1970, 1, 1)


@check(Scope.TRAFFIC, "slots.maximal")
def slots_reach_the_busy_times(traffic: Traffic) -> Iterator[Violation]:
    """Free time reaches to the busy times: of the slots near one some end where it starts, and some start where it ends."""
    if traffic.profile.time_zone is not TimeZoneOfTimes.TEMPLATE:
        raise NotApplicable("the profile prints times in UTC")
    near = list(_near_busy_times(traffic))
    for is_before in (True, False):
        gaps = [(gap, sample, slot, busy) for before, gap, sample, slot, busy in near if before is is_before]
        if len(gaps) >= ENOUGH and all(gap for gap, *_ in gaps):
            _, sample, slot, busy = min(gaps, key=lambda each: each[0])
            times = f"free {show([slot])}, busy {show_instants([busy])} (UTC)"
            received = f"{len(gaps)} slots {'before' if is_before else 'behind'} a busy time, none reaches it; {times}"
            yield between("slots.maximal", "Slots do not reach the busy times beside them", received, sample)


def _near_busy_times(traffic: Traffic) -> Iterator[tuple[bool, int, Sample, Span, Span]]:
    """Slots within an hour of a busy time: whether the slot comes before it, the seconds between, and both."""
    for sample in traffic.entries:
        entry, readings = sample.entry, sample.entry.readings(sample.entry.template_zone)
        for busy in entry.busy if readings is not None and entry.slots else ():
            for taken in times_taken(readings or (), busy, traffic.profile):
                for slot in entry.slots or ():
                    if 0 <= taken.start - slot.end < _NEAR:
                        yield True, taken.start - slot.end, sample, slot, busy
                    if 0 <= slot.start - taken.end < _NEAR:
                        yield False, slot.start - taken.end, sample, slot, busy


@check(Scope.TRAFFIC, "slots.maximal")
def busy_times_take_their_own_length(traffic: Traffic) -> Iterator[Violation]:
    """Slots beside busy times that start and end off the hour do not all start and end on it: a task takes its own time, and no more."""
    if traffic.profile.time_zone is not TimeZoneOfTimes.TEMPLATE:
        raise NotApplicable("the profile prints times in UTC")
    near = _near_busy_times(traffic)
    beside = [(slot.end, gap, sample, busy) if before else (slot.start, -gap, sample, busy) for before, gap, sample, slot, busy in near]
    for grain in _GRAINS:
        off = [(edge, edge + gap, sample, busy) for edge, gap, sample, busy in beside if (edge + gap) % grain]
        if len(off) >= ENOUGH and len({taken for _, taken, _, _ in off}) >= _DIFFERENT and all(edge % grain == 0 for edge, *_ in off):
            sample, busy = off[0][2:]
            times = f"free {show(sample.entry.slots or ())}, busy {show_instants([busy])} (UTC)"
            received = f"{len(off)} slots beside busy times that are not on {grain // 60} minutes, each of them is; {times}"
            yield between("slots.maximal", "Busy times take more than their own time", received, sample)
            return


@check(Scope.TRAFFIC, "slots.zone")
def breaks_lie_in_working_hours(traffic: Traffic) -> Iterator[Violation]:
    """A user's breaks are of the zone of the slots: not all outside the hours of the user, nor an hour off when clocks have changed."""
    if traffic.profile.time_zone is not TimeZoneOfTimes.TEMPLATE:
        raise NotApplicable("the profile prints times in UTC")
    by_user: dict[tuple[str, str], list[Sample]] = {}
    for sample in traffic.entries:
        if sample.entry.slots and sample.entry.template_zone:
            by_user.setdefault((sample.entry.address, sample.entry.template_zone), []).append(sample)
    yield from _outside_of_the_hours(by_user, traffic)
    for (address, zone), samples in by_user.items():
        yield from _moved_by_the_clocks(address, zone, samples)


def _outside_of_the_hours(by_user: Mapping[tuple[str, str], list[Sample]], traffic: Traffic) -> Iterator[Violation]:
    for (address, zone), samples in by_user.items():
        breaks = [(sample, pause) for sample in samples for pause in sample.entry.breaks or ()]
        days = {sample.entry.day for sample, _ in breaks}
        hours = [span for sample in samples for span in (*(sample.entry.slots or ()), *_taken(sample, traffic))]
        first, last = min(span.start for span in hours), max(span.end for span in hours)
        if len(days) >= ENOUGH and all(pause.end <= first or last <= pause.start for _, pause in breaks):
            sample, pause = breaks[0]
            received = (
                f"{address}: {len(breaks)} breaks, such as {show([pause])}; free and busy only in {show([Span(first, last)])} ({zone})"
            )
            yield between("slots.zone", "All breaks are outside the working hours", received, sample)


def _moved_by_the_clocks(address: str, zone: str, samples: list[Sample]) -> Iterator[Violation]:
    """Breaks that are earlier by what clocks are put forward, on weekdays whose slots start as before: they are of another zone."""
    by_weekday: dict[int, dict[int, Sample]] = {}
    for sample in samples:
        readings = sample.entry.readings(zone) or ()
        if sample.entry.breaks and len(readings) == 1:
            ahead = (sample.entry.day - _EPOCH).days * DAY - readings[0].instant
            by_weekday.setdefault(sample.entry.day.weekday(), {}).setdefault(ahead, sample)
    pairs = [
        (one, other, _moved(one.entry.breaks or (), before - after))
        for each in by_weekday.values()
        for (before, one), (after, other) in pairwise(each.items())
        if _starts(one) & _starts(other)
    ]
    if len(pairs) >= _WEEKDAYS and all(moved == set(other.entry.breaks or ()) for _, other, moved in pairs):
        one, other, _ = pairs[0]
        shown = (f"{show(sample.entry.breaks or ())} under {sample.entry.day}" for sample in (one, other))
        received = f"{address}: breaks {' and '.join(shown)}, while slots start at the same time ({zone})"
        yield between("slots.zone", "Breaks move when clocks change, and slots do not", received, one, other)


def _starts(sample: Sample) -> set[int]:
    return {slot.start for slot in sample.entry.slots or ()}


def _moved(breaks: tuple[Span, ...], by: int) -> set[Span]:
    return {Span((pause.start + by) % DAY, (pause.end + by) % DAY or DAY) for pause in breaks}


def _taken(sample: Sample, traffic: Traffic) -> Iterator[Span]:
    """The busy times of an entry as times of its date."""
    readings = sample.entry.readings(sample.entry.template_zone) or ()
    for busy in sample.entry.busy:
        yield from times_taken(readings, busy, traffic.profile)
