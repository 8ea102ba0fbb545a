"""Relations between the answers of a run, whichever check asked for them. No calendar needs to be known, and nothing is sent.

Each relation is one function over the memory of the run: what was answered about the same user and date, early or late, in a wide range
or a narrow one, on a page or without, with the flag or without, has to agree.
"""

from collections.abc import Iterator
from typing import Any

from leadsquared_slots.contract_tests.oracle.wall_clock import DAY
from leadsquared_slots.contract_tests.wire.answer import Span, same_address
from leadsquared_slots.contract_tests.wire.exchange import shorten
from leadsquared_slots.contract_tests.wire.refusal_forms import is_limit
from leadsquared_slots.mock_server.domain.profile import Breaks, Record, TimeZoneOfTimes

from .answers.busy_times import off_their_dates, times_taken
from .answers.wording import show, show_instants
from .memory import Sample, Traffic
from .registry import NotApplicable, Scope, Violation, check

ENOUGH = 4
"""So many times has to be seen what should vary, before that it never does is taken for a rule of the server."""
_ENOUGH_CUT = 8
"""Tasks may touch at midnight by chance: six did in a generated calendar."""


@check(Scope.TRAFFIC, "answer.repeatable", "answer.wider-range", "answer.other-users", "answer.pages-join", "answer.stored-address")
def answers_agree(traffic: Traffic) -> Iterator[Violation]:
    """Whichever other users and dates are asked for beside them, a user and a date have one entry for each flag."""
    for user, day, samples in traffic.settled:
        first: dict[bool | None, Sample] = {}
        for sample in samples:
            before = first.setdefault(sample.flag, sample)
            for member, value in before.entry.raw.items():
                if sample.entry.raw.get(member) != value and not _has_passed(before, sample, member):
                    received = f"{user} under {day}: {_shown(before, member)}, then {_shown(sample, member)}"
                    rule, title = _how_they_differ(before, sample, member)
                    yield between(rule, title, received, before, sample)


@check(Scope.TRAFFIC, "busy.whatever-flag", "slots.flag-superset", "slots.flag-true", "slots.flag-false")
def flags_agree(traffic: Traffic) -> Iterator[Violation]:
    """The flag true takes no availability away, and changes nothing but AvailableSlots."""
    for false, true in traffic.both_flags:
        where = f"{false.entry.address} under {false.entry.day}"
        for slot in () if true.is_of_today else false.entry.slots or ():
            if not any(wide.start <= slot.start and slot.end <= wide.end for wide in true.entry.slots or ()):
                received = f"{where}: {show([slot])} with false, {show(true.entry.slots or ())} with true"
                yield between("slots.flag-superset", "The flag true takes availability away", received, false, true)
                break
        for member, value in false.entry.raw.items():
            if member != "AvailableSlots" and true.entry.raw.get(member) != value:
                received = f"{where}: {_shown(false, member)} with false, {_shown(true, member)} with true"
                yield between("busy.whatever-flag", "The flag changes more than AvailableSlots", received, false, true)


@check(Scope.TRAFFIC, "answer.identity")
def identities_agree(traffic: Traffic) -> Iterator[Violation]:
    """A user has the same id, address and zone in every answer of the run, and no two users share an id."""
    facts: dict[str, Sample] = {}
    owners: dict[str, Sample] = {}
    for user, _, samples in traffic.settled:
        for sample in samples:
            before, entry = _before(facts, user, sample, traffic), sample.entry
            one, other = ((e.user_id, e.address, e.user_zone) for e in (before.entry, entry))
            if one != other:
                yield between("answer.identity", "A user's id, address or zone changes", f"{one}, then {other}", before, sample)
            owner = _before(owners, entry.user_id.lower(), sample, traffic)
            if same_address(owner.entry.address, traffic.profile) != user:
                received = f"{entry.user_id} is {owner.entry.address} and {entry.address}"
                yield between("answer.identity", "Two users share an id", received, owner, sample)


@check(Scope.TRAFFIC, "answer.record-count")
def counts_agree(traffic: Traffic) -> Iterator[Violation]:
    """RecordCount depends on who is asked for, and on the dates where a record is a user on a date; on nothing else."""
    counts: dict[object, Sample] = {}
    for seen, answer in traffic.own:
        question, count = seen.question, answer.record_count
        if question is None or count is None or not answer.entries:
            continue
        users = tuple(same_address(user, traffic.profile) for user in question.users)
        dates = () if traffic.profile.record is Record.USER else (question.first, question.last)
        sample = Sample(answer.entries[0], answer, seen)
        before = _before(counts, (users, dates), sample, traffic)
        if before.answer.record_count != count:
            received = f"{before.answer.record_count}, then {count}, for the same users"
            yield between("answer.record-count", "RecordCount depends on more than who is asked for", received, before, sample)


@check(Scope.TRAFFIC, "busy.on-date", "busy.utc", "slots.date")
def busy_times_agree_between_answers(traffic: Traffic) -> Iterator[Violation]:
    """A busy time that one answer lists stands in the others too, under every date that it overlaps."""
    if traffic.is_recorded:
        raise NotApplicable("somebody may have booked between two recorded answers; each is looked at alone")
    by_user: dict[str, dict[object, Sample]] = {}
    for user, day, samples in traffic.settled:
        by_user.setdefault(user, {})[day] = samples[0]
    for kept in by_user.values():
        for violation in off_their_dates(traffic.profile, [sample.entry for sample in kept.values()]):
            if violation.rule != "slots.date-without-template":
                yield between(violation.rule, violation.title, violation.received, *list(kept.values())[:1])


@check(Scope.TRAFFIC, "busy.on-date")
def busy_times_go_over_midnight(traffic: Traffic) -> Iterator[Violation]:
    """A busy time is not cut where a date ends: of those that reach midnight some go on, and do not end there to begin anew."""
    cut: list[tuple[Sample, Sample, Span, Span]] = []
    firsts: dict[tuple[str, int], Sample] = {}  # by ordinal: behind the last date of Python's calendar comes none
    for user, day, samples in traffic.settled:
        firsts.setdefault((user, day.toordinal()), samples[0])
    for (user, ordinal), sample in firsts.items():
        readings = sample.entry.readings(sample.entry.template_zone)
        after = firsts.get((user, ordinal + 1))
        if not readings or after is None or after.entry.template_zone != sample.entry.template_zone:
            continue
        midnight = readings[-1].instant + readings[-1].length
        if any(span.start < midnight < span.end for span in sample.entry.busy):
            return
        before = [span for span in sample.entry.busy if readings[0].instant < span.start < span.end == midnight]
        behind = [span for span in after.entry.busy if midnight == span.start < span.end < midnight + DAY]
        cut += [(sample, after, before[0], behind[0])] if before and behind else []
    if len(cut) >= _ENOUGH_CUT:
        one, other, before_it, behind_it = cut[0]
        where = f"{one.entry.address} under {one.entry.day} and {other.entry.day}"
        received = f"{len(cut)} end with a date where another begins, none goes on; {where}: {show_instants([before_it, behind_it])} (UTC)"
        yield between("busy.on-date", "Busy times are cut at the ends of the date", received, one, other)


@check(Scope.TRAFFIC, "breaks.kept")
def breaks_stay_inside_slots(traffic: Traffic) -> Iterator[Violation]:
    """Where the profile leaves breaks inside AvailableSlots, some slot holds a break, unless something else takes that time."""
    if traffic.profile.breaks is not Breaks.KEPT or traffic.profile.time_zone is not TimeZoneOfTimes.TEMPLATE:
        raise NotApplicable("the profile takes breaks out of AvailableSlots, or prints times in UTC")
    cut: list[tuple[Sample, Span]] = []
    for sample in traffic.entries:
        entry, readings = sample.entry, sample.entry.readings(sample.entry.template_zone)
        if readings is None or not entry.slots:
            continue
        taken = [span for busy in entry.busy for span in times_taken(readings, busy, traffic.profile)]
        for pause in entry.breaks or ():
            if any(slot.start < pause.end and pause.start < slot.end for slot in entry.slots):
                return
            touched = any(slot.end == pause.start for slot in entry.slots) and any(slot.start == pause.end for slot in entry.slots)
            if touched and not any(span.start < pause.end and pause.start < span.end for span in taken):
                cut.append((sample, pause))
    if len(cut) >= ENOUGH:
        sample, pause = cut[0]
        received = f"{len(cut)} breaks, and none inside a slot; {sample.entry.address} under {sample.entry.day}: {show([pause])}"
        yield between("breaks.kept", "Breaks are taken out of the slots", received, sample, fits=("breaks", Breaks.TAKEN_OUT.value))


@check(Scope.TRAFFIC, "slots.midnight")
def days_end_at_midnight(traffic: Traffic) -> Iterator[Violation]:
    """Slots that last to the end of the day end at 00:00:00; when all end a second earlier, that is how the server prints it."""
    early: list[tuple[Sample, Span]] = []
    for sample in traffic.entries:
        for slot in sample.entry.slots or ():
            if slot.end == DAY:
                return
            if slot.end == DAY - 1:
                early.append((sample, slot))
    if len(early) >= ENOUGH:
        sample, slot = early[0]
        received = f"{len(early)} slots end at 23:59:59, none at 00:00:00; {sample.entry.address} under {sample.entry.day}: {show([slot])}"
        yield between("slots.midnight", "The end of the day is printed as 23:59:59", received, sample)


@check(Scope.TRAFFIC, "http.path")
def lawful_questions_are_answered(traffic: Traffic) -> Iterator[Violation]:
    """A lawful question is answered, whichever dates it asks for."""
    if traffic.is_recorded:
        raise NotApplicable("which users existed when a recorded question was refused is not known")
    for seen in traffic.seen:
        if seen.exploring and seen.question is not None and seen.is_refusal and not is_limit(seen.exchange.received):
            received = f"status {seen.exchange.received.status}: {shorten(seen.exchange.received.text())}"
            title = f"A lawful request from {seen.question.first} to {seen.question.last} is refused"
            yield Violation(rule="http.path", title=title, received=received, exchanges=(seen.exchange,))


@check(Scope.TRAFFIC, "slots.maximal")
def slots_are_no_pieces(traffic: Traffic) -> Iterator[Violation]:
    """Free time is not cut into pieces of one length."""
    lengths = [(span.end - span.start, sample) for sample in traffic.entries for span in sample.entry.slots or ()]
    several = [sample for sample in traffic.entries if len(sample.entry.slots or ()) > 2]
    if len(lengths) >= 4 * ENOUGH and len(several) >= ENOUGH and len({length for length, _ in lengths}) == 1:
        received = f"all {len(lengths)} slots are {lengths[0][0]} s long; {show(several[0].entry.slots or ())}"
        yield between("slots.maximal", "Slots are pieces of one length", received, several[0])


def _has_passed(before: Sample, sample: Sample, member: str) -> bool:
    """Whether an entry differs from the one before in nothing but that more of today has passed."""
    return member == "AvailableSlots" and sample.has_slots_without_past(before.entry.slots or ())


def _before(kept: dict[Any, Sample], key: Any, sample: Sample, traffic: Traffic) -> Sample:
    """The sample that is kept for a key, with which this one has to agree; this one itself where none is near enough in time."""
    before = kept.setdefault(key, sample)
    if not traffic.are_together(before, sample):
        before = kept[key] = sample
    return before


def _how_they_differ(one: Sample, other: Sample, member: str) -> tuple[str, str]:
    """The rule that two answers break which differ in a member of an entry for one user and date, and its title."""
    if member == "EmailAddress" and one.entry.address.lower() == other.entry.address.lower():
        return "answer.stored-address", "An address is not echoed as it is stored"
    first, second = one.question, other.question
    if first is None or second is None or first == second:
        return "answer.repeatable", "Asked twice, answered differently"
    if first.page != second.page:
        return "answer.pages-join", "A page has another entry than the whole"
    if (first.first, first.last) != (second.first, second.last):
        return "answer.wider-range", "Another interval of dates changes a date"
    if first.users != second.users:
        return "answer.other-users", "Other users change the entry of one"
    return "answer.repeatable", "Asked twice, answered differently"


def _shown(sample: Sample, member: str) -> str:
    entry = sample.entry
    if member == "BusySlots":
        return f"BusySlots {shorten(show_instants(entry.busy))}"
    if member == "AvailableSlots" and entry.slots is not None:
        return f"AvailableSlots {shorten(show(entry.slots))}"
    return f"{member} {shorten(str(entry.raw.get(member)))}"


def between(rule: str, title: str, received: str, *samples: Sample, fits: tuple[str, str | int] | None = None) -> Violation:
    """A violation that samples of two or more answers show, with the exchanges that they came in."""
    exchanges = tuple(dict.fromkeys(sample.seen.number for sample in samples))
    by_number = {sample.seen.number: sample.seen for sample in samples}
    shown = [by_number[number] for number in exchanges]
    return Violation(
        rule=rule, title=title, received=received, fits=fits, exchanges=tuple(seen.exchange for seen in shown),
        during=next((seen.during for seen in shown if seen.during), ""),
    )  # fmt: skip
