"""Relations between slots, breaks and busy times over all answers of a run: what no single answer shows to be wrong."""

from collections.abc import Iterator

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
    """A user's breaks are not all outside the hours in which the user is ever free or busy: they are of the zone of the slots."""
    if traffic.profile.time_zone is not TimeZoneOfTimes.TEMPLATE:
        raise NotApplicable("the profile prints times in UTC")
    by_user: dict[tuple[str, str | None], list[Sample]] = {}
    for sample in traffic.entries:
        if sample.entry.slots:
            by_user.setdefault((sample.entry.address, sample.entry.template_zone), []).append(sample)
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


def _taken(sample: Sample, traffic: Traffic) -> Iterator[Span]:
    """The busy times of an entry as times of its date."""
    readings = sample.entry.readings(sample.entry.template_zone) or ()
    for busy in sample.entry.busy:
        yield from times_taken(readings, busy, traffic.profile)
