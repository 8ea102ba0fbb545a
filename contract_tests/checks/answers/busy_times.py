"""What one answer shows about busy times: their order, their dates, and that nobody is free at them.

Busy times are UTC instants and slots are wall-clock times without a date, so the two are brought together by the readings of
the date: which instants show which wall-clock time there. A daylight-saving change makes that more than a difference.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from leadsquared_slots.contract_tests.checks.registry import Scope, Violation, check
from leadsquared_slots.contract_tests.oracle.wall_clock import DAY, Reading
from leadsquared_slots.contract_tests.wire.answer import Answer, Entry, Span, same_address
from leadsquared_slots.mock_server.domain.profile import DateWithoutTemplate, Profile, TimeZoneOfTimes

from .wording import at_entry, show, show_instants


@check(Scope.ANSWER, "busy.sorted", "busy.sorted-by-end")
def busy_times_ascend(answer: Answer) -> Iterator[Violation]:
    """BusySlots ascend by start, and by end where they start together."""
    for entry in answer.entries:
        for earlier, later in pairwise(entry.busy):
            if later.start < earlier.start:
                yield at_entry("busy.sorted", "Busy times do not ascend by start", entry, show_instants([earlier, later]))
            elif later.start == earlier.start and later.end < earlier.end:
                received = show_instants([earlier, later])
                yield at_entry("busy.sorted-by-end", "Busy times with one start do not ascend by end", entry, received)


@check(Scope.ANSWER, "busy.positive")
def busy_times_are_positive(answer: Answer) -> Iterator[Violation]:
    """A busy time ends after it starts."""
    for entry in answer.entries:
        for span in entry.busy:
            if span.end <= span.start:
                yield at_entry("busy.positive", "A busy time takes no time", entry, show_instants([span]))


@check(Scope.ANSWER, "busy.on-date", "busy.utc", "slots.date", "slots.date-without-template", "busy.on-absent-days")
def busy_times_stand_under_their_dates(answer: Answer) -> Iterator[Violation]:
    """A busy time stands, whole, under every date that it overlaps in the zone of the user's dates, and under no other."""
    by_user: dict[str, list[Entry]] = {}
    for entry in answer.entries:
        by_user.setdefault(same_address(entry.address, answer.profile), []).append(entry)
    for entries in by_user.values():
        yield from off_their_dates(answer.profile, entries)


def off_their_dates(profile: Profile, entries: list[Entry]) -> Iterator[Violation]:
    """The busy times that do not stand under exactly the dates that they overlap. `entries` are those of one user.

    Without a template the vendor leaves the zone of the dates open: a violation then names the answer that fits, or breaks the rule
    of all dates where none does.
    """
    found = list(_off_dates(profile, entries))
    is_open = any(entry.template_zone is None for entry, _ in found)
    choice = next(choice for choice in DateWithoutTemplate if choice is not profile.date_without_template)
    other = profile.with_answers({"date-without-template": choice.value})
    fits = is_open and all(entry.template_zone is not None for entry, _ in _off_dates(other, entries))
    for entry, violation in found:
        if entry.template_zone is None and fits:
            yield replace(violation, rule="slots.date-without-template", fits=("date-without-template", choice.value))
        else:
            yield violation


def _off_dates(profile: Profile, entries: list[Entry]) -> Iterator[tuple[Entry, Violation]]:
    times: Counter[Span] = Counter()
    for entry in entries:
        times |= Counter(span for span in entry.busy if span.start < span.end)
    known = sorted(times)
    longest = max((span.end - span.start for span in known), default=0)
    for entry in entries:
        readings = _readings(entry, profile)
        if readings is None:
            continue
        listed = Counter(entry.busy)
        for span in listed:
            if span.start < span.end and not _overlaps(readings, span):
                yield entry, _off_date(profile, entry, span, "does not overlap this date")
        for span in _near(known, readings, longest):
            if _overlaps(readings, span) and listed[span] < times[span]:
                yield entry, _off_date(profile, entry, span, f"is listed {times[span]} times under another date, and fewer here")


def _near(known: list[Span], readings: tuple[Reading, ...], longest: int) -> list[Span]:
    """Of sorted spans those that can overlap a date: no others start late or early enough."""
    if not readings:
        return []
    start = bisect_left(known, (min(reading.instant for reading in readings) - longest,))
    end = bisect_left(known, (max(reading.instant + reading.length for reading in readings),))
    return known[start:end]


@check(Scope.ANSWER, "slots.not-busy", "slots.fold")
def nobody_is_free_while_busy(answer: Answer) -> Iterator[Violation]:
    """No slot holds a wall-clock time that is read at an instant of a busy time."""
    for entry in answer.entries:
        readings = entry.readings(entry.template_zone)
        if not entry.slots or not entry.busy or readings is None:
            continue
        if answer.profile.time_zone is TimeZoneOfTimes.UTC and sum(reading.length for reading in readings) > DAY:
            continue  # a UTC time of the day then belongs to two instants of the date, and one may be free
        for busy in entry.busy:
            for taken in times_taken(readings, busy, answer.profile):
                for slot in entry.slots:
                    if slot.start < taken.end and taken.start < slot.end:
                        zone = "UTC" if answer.profile.time_zone is TimeZoneOfTimes.UTC else entry.template_zone
                        received = f"free {show([slot])} ({zone}), busy {show_instants([busy])} (UTC), which is {show([taken])} there"
                        both = Span(max(slot.start, taken.start), min(slot.end, taken.end))
                        rule = "slots.fold" if zone != "UTC" and _comes_twice(readings, both) else "slots.not-busy"
                        yield at_entry(rule, "A slot overlaps a busy time", entry, received)


def _comes_twice(readings: tuple[Reading, ...], times: Span) -> bool:
    """Whether all of these times of the day are read twice on the date: in one of the two nobody may be busy."""
    return sum(reading.wall <= times.start and times.end <= reading.wall + reading.length for reading in readings) > 1


def times_taken(readings: tuple[Reading, ...], busy: Span, profile: Profile) -> Iterator[Span]:
    """The times of the day, in the zone of the slots, that are read while a task runs on the date of the readings."""
    for reading in readings:
        start, end = max(busy.start, reading.instant), min(busy.end, reading.instant + reading.length)
        if start >= end:
            continue
        if profile.time_zone is TimeZoneOfTimes.TEMPLATE:
            yield Span(start - reading.instant + reading.wall, end - reading.instant + reading.wall)
            continue
        first = start % DAY
        yield Span(first, min(first + end - start, DAY))
        if first + end - start > DAY:
            yield Span(0, first + end - start - DAY)


def _readings(entry: Entry, profile: Profile) -> tuple[Reading, ...] | None:
    """The instants of the entry's date in the zone of the user's dates (rules slots.date, slots.date-without-template)."""
    if entry.template_zone is not None:
        return entry.readings(entry.template_zone)
    return entry.readings(entry.user_zone if profile.date_without_template is DateWithoutTemplate.USER else "UTC")


def _overlaps(readings: tuple[Reading, ...], span: Span) -> bool:
    return any(span.start < reading.instant + reading.length and reading.instant < span.end for reading in readings)


def _off_date(profile: Profile, entry: Entry, span: Span, how: str) -> Violation:
    """The violation of the rule that most says why the busy time should, or should not, stand there."""
    zone = entry.template_zone or (entry.user_zone if profile.date_without_template is DateWithoutTemplate.USER else "UTC")
    rule = "busy.on-absent-days" if not entry.busy and entry.reason is not None else "busy.on-date"
    received = f"busy {show_instants([span])} (UTC) {how}; the zone of the date is {zone}"
    return at_entry(rule, "A busy time does not stand under exactly the dates that it overlaps", entry, received)
