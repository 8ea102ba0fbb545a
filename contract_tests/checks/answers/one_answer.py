"""What one answer shows by itself. Every function is pure: an Answer in, violations out."""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

from leadsquared_slots.contract_tests.checks.registry import NotApplicable, Scope, Violation, check
from leadsquared_slots.contract_tests.oracle.wall_clock import DAY, zone_names
from leadsquared_slots.contract_tests.wire.answer import Answer, Entry, Span, same_address
from leadsquared_slots.contract_tests.wire.exchange import shorten
from leadsquared_slots.mock_server.domain.profile import AbsentLists, Breaks, DuplicateAddresses, Record, TimeZoneOfTimes

from .shape import ShapeError, shape_errors
from .wording import at_entry, show

NO_TEMPLATE = "WorkDayTemplateNotDefined"
_MOST_SCHEMA_ERRORS = 5
_RULE_OF_MEMBER = {
    "UserId": "answer.user-id",
    "UserTimeZone": "answer.zones",
    "WorkDayTemplateTimeZone": "answer.zones",
    "AvailableSlots": "slots.form",
    "Breaks": "breaks.form",
    "BusySlots": "busy.form",
    "NoSlotsReason": "reason.values",
}


@check(
    Scope.ANSWER,
    "answer.shape", "answer.no-status", "answer.user-id", "answer.zones",
    "answer.no-other-members", "slots.form", "breaks.form", "busy.form", "busy.list", "reason.values",
)  # fmt: skip
def documented_shape(answer: Answer) -> Iterator[Violation]:
    """The answer has the documented shape, to the form of every value."""
    errors = list(shape_errors(answer.document))
    for error in errors[:_MOST_SCHEMA_ERRORS]:
        if error.is_conditional:
            continue  # what stands beside which reason has checks of its own
        yield Violation(rule=_rule_of(error), title=f"{_place(error.path)} is not as documented", received=shorten(error.message))
    if not errors and not answer.is_readable:
        received = shorten(json.dumps(answer.document))
        yield Violation(rule="busy.form", title="A time is no time of the calendar", received=received)


@check(Scope.ANSWER, "answer.zones")
def zones_exist(answer: Answer) -> Iterator[Violation]:
    """UserTimeZone and WorkDayTemplateTimeZone are zones of the IANA database."""
    for entry in answer.entries:
        for member, name in (("UserTimeZone", entry.user_zone), ("WorkDayTemplateTimeZone", entry.template_zone)):
            if name is not None and name not in zone_names():
                yield at_entry("answer.zones", f"{member} is no IANA zone", entry, repr(name))


@check(Scope.ANSWER, "answer.dates-sorted")
def dates_ascend(answer: Answer) -> Iterator[Violation]:
    """The dates of List ascend, and none stands twice."""
    for earlier, later in pairwise(answer.dates):
        if earlier >= later:
            received = f"{later} after {earlier}"
            yield Violation(rule="answer.dates-sorted", title="The dates of List do not ascend", received=received)


@check(Scope.ANSWER, "answer.one-entry", "request.duplicate-addresses")
def one_entry_per_user(answer: Answer) -> Iterator[Violation]:
    """A user has one entry under a date, unless the profile repeats an address that was asked for twice."""
    asked = [same_address(user, answer.profile) for user in answer.question.users] if answer.question else []
    repeats = answer.profile.duplicate_addresses is DuplicateAddresses.REPEATED
    for day in dict.fromkeys(answer.dates):
        listed = [same_address(entry.address, answer.profile) for entry in answer.under(day)]
        for address in dict.fromkeys(listed):
            allowed = (max(asked.count(address), 1) if answer.question else len(listed)) if repeats else 1
            if listed.count(address) > allowed:
                rule = "request.duplicate-addresses" if asked.count(address) > 1 else "answer.one-entry"
                received = f"{address} stands {listed.count(address)} times under {day}"
                yield Violation(rule=rule, title="A user has several entries under a date", received=received)


@check(Scope.ANSWER, "answer.same-users", "answer.users-listed")
def same_users_under_every_date(answer: Answer) -> Iterator[Violation]:
    """All dates list the same users, those without slots too."""
    if answer.profile.record is Record.USER_AND_DATE and (answer.question is None or answer.question.page):
        return  # a page may then begin and end in the middle of a date
    everybody = set(answer.users())
    for day in answer.dates:
        missing = everybody - {same_address(entry.address, answer.profile) for entry in answer.under(day)}
        if missing and answer.is_readable:
            received = f"{day} lacks {', '.join(sorted(missing))}, who stands under another date"
            yield Violation(rule="answer.same-users", title="A date lacks a user that another date lists", received=received)


@check(Scope.ANSWER, "answer.identity")
def identity_is_constant(answer: Answer) -> Iterator[Violation]:
    """A user's id, address and zone are the same under every date, and no two users share an id."""
    facts: dict[str, tuple[Any, Entry]] = {}
    owners: dict[str, str] = {}
    for entry in answer.entries:
        user, own = same_address(entry.address, answer.profile), (entry.user_id, entry.address, entry.user_zone)
        first, elsewhere = facts.setdefault(user, (own, entry))
        if first != own:
            received = f"{own} under {entry.day}, {first} under {elsewhere.day}"
            yield at_entry("answer.identity", "A user's id, address or zone changes", entry, received)
        owner = owners.setdefault(entry.user_id.lower(), user)
        if owner != user:
            yield at_entry("answer.identity", "Two users share an id", entry, f"{entry.user_id} is {owner} and {user}")


@check(Scope.ANSWER, "answer.record")
def no_more_than_record_count(answer: Answer) -> Iterator[Violation]:
    """RecordCount is at least the number of records listed."""
    count = answer.record_count
    listed = len(answer.users()) if answer.profile.record is Record.USER else len(answer.entries)
    if count is not None and count < listed:
        received = f"RecordCount {count}, {listed} listed (a record is a {answer.profile.record.value})"
        yield Violation(rule="answer.record", title="RecordCount is less than the records listed", received=received)


@check(Scope.ANSWER, "slots.midnight")
def midnight_ends_the_day(answer: Answer) -> Iterator[Violation]:
    """00:00:00 as an end is the end of the day; no other end comes before its start."""
    for entry, member, spans in _times_of(answer):
        for span in spans:
            if span.end <= span.start:
                received = f"{member} {show([span])}"
                yield at_entry("slots.midnight", "A time ends before it starts", entry, received)


@check(Scope.ANSWER, "slots.sorted")
def slots_ascend(answer: Answer) -> Iterator[Violation]:
    """AvailableSlots ascend and do not overlap."""
    for entry in answer.entries:
        for earlier, later in pairwise(entry.slots or ()):
            if later.start < earlier.end:
                yield at_entry("slots.sorted", "Slots overlap or do not ascend", entry, show([earlier, later]))


@check(Scope.ANSWER, "slots.maximal")
def slots_do_not_touch(answer: Answer) -> Iterator[Violation]:
    """AvailableSlots are whole free intervals: none begins where another ends."""
    for entry in answer.entries:
        for earlier, later in pairwise(entry.slots or ()):
            if later.start == earlier.end:
                yield at_entry("slots.maximal", "Two slots touch; they are one", entry, show([earlier, later]))


@check(Scope.ANSWER, "slots.gap")
def times_exist(answer: Answer) -> Iterator[Violation]:
    """No slot holds wall-clock times that a daylight-saving change skips on its date; whether a break does is open."""
    if answer.profile.time_zone is not TimeZoneOfTimes.TEMPLATE:
        return  # UTC skips no time
    for entry in answer.entries:
        readings = entry.readings(entry.template_zone)
        if readings is None or (len(readings) == 1 and readings[0].length == DAY):
            continue
        for span in entry.slots or ():
            read = [Span(max(span.start, r.wall), min(span.end, r.wall + r.length)) for r in readings]
            if span.start < span.end and _covered([part for part in read if part.start < part.end]) < span.end - span.start:
                received = f"AvailableSlots {show([span])} in {entry.template_zone}, which skips a part of that on {entry.day}"
                yield at_entry("slots.gap", "A time is listed that does not come on its date", entry, received)


@check(Scope.ANSWER, "breaks.form")
def breaks_ascend(answer: Answer) -> Iterator[Violation]:
    """Breaks ascend and do not overlap."""
    for entry in answer.entries:
        for earlier, later in pairwise(entry.breaks or ()):
            if later.start < earlier.end:
                yield at_entry("breaks.form", "Breaks overlap or do not ascend", entry, show([earlier, later]))


@check(Scope.ANSWER, "breaks.kept")
def breaks_where_the_profile_takes_them_out(answer: Answer) -> Iterator[Violation]:
    """Where the profile takes breaks out of AvailableSlots, no slot overlaps a break."""
    if answer.profile.breaks is not Breaks.TAKEN_OUT or answer.profile.time_zone is not TimeZoneOfTimes.TEMPLATE:
        raise NotApplicable("the profile leaves breaks inside AvailableSlots, or prints times in UTC")
    for entry in answer.entries:
        for slot in entry.slots or ():
            for pause in entry.breaks or ():
                if slot.start < pause.end and pause.start < slot.end:
                    received = f"slot {show([slot])}, break {show([pause])}"
                    yield at_entry(
                        "breaks.kept",
                        "A slot overlaps a break",
                        entry,
                        received,
                        "The profile takes breaks out of slots.",
                    )


@check(Scope.ANSWER, "reason.no-slots", "reason.lists", "slots.fully-booked")
def null_exactly_beside_a_reason(answer: Answer) -> Iterator[Violation]:
    """A reason stands beside null or an empty list, never beside slots; without one both lists are lists."""
    wants_null = answer.profile.absent_lists is AbsentLists.NULL
    for entry in answer.entries:
        for member, spans in (("AvailableSlots", entry.slots), ("Breaks", entry.breaks)):
            received = f"{member} {entry.raw[member]!r} beside NoSlotsReason {entry.reason!r}"
            if entry.reason is None and spans is None:
                yield at_entry("reason.no-slots", f"{member} is null without a reason", entry, received)
            elif entry.reason is not None and spans:
                yield at_entry("reason.no-slots", f"{member} are listed beside a reason", entry, shorten(received))
            elif entry.reason not in (None, NO_TEMPLATE) and (spans is None) != wants_null:
                documented = f"The profile has {'null' if wants_null else '[]'} there."
                other = AbsentLists.EMPTY if wants_null else AbsentLists.NULL
                fits = ("absent-lists", other.value)
                yield replace(at_entry("reason.lists", f"{member} beside {entry.reason}", entry, received, documented), fits=fits)


@check(Scope.ANSWER, "reason.no-template", "answer.template-zone")
def no_template_no_times(answer: Answer) -> Iterator[Violation]:
    """Exactly without a template the reason is WorkDayTemplateNotDefined, the template's zone null, and both lists null."""
    for entry in answer.entries:
        received = f"WorkDayTemplateTimeZone {entry.template_zone!r} beside NoSlotsReason {entry.reason!r}"
        if (entry.reason == NO_TEMPLATE) != (entry.template_zone is None):
            yield at_entry("answer.template-zone", "The template's zone and the reason disagree", entry, received)
        if entry.reason == NO_TEMPLATE and (entry.slots is not None or entry.breaks is not None):
            received = f"AvailableSlots {entry.raw['AvailableSlots']!r}, Breaks {entry.raw['Breaks']!r}"
            yield at_entry("reason.no-template", "A user without a template has lists", entry, received)


def _times_of(answer: Answer) -> Iterator[tuple[Entry, str, tuple[Span, ...]]]:
    for entry in answer.entries:
        yield entry, "AvailableSlots", entry.slots or ()
        yield entry, "Breaks", entry.breaks or ()


def _covered(spans: list[Span]) -> int:
    """Seconds that at least one of the spans holds."""
    total, reached = 0, 0
    for span in sorted(spans):
        total += max(0, span.end - max(span.start, reached))
        reached = max(reached, span.end)
    return total


def _rule_of(error: ShapeError) -> str:
    if error.keyword == "additionalProperties":
        return "answer.no-status" if not error.path and "Status" in error.message else "answer.no-other-members"
    if error.path[-1:] == ("BusySlots",) and error.message.startswith("None "):
        return "busy.list"
    members = [part for part in error.path if part in _RULE_OF_MEMBER]
    return _RULE_OF_MEMBER[members[0]] if members else "answer.shape"


def _place(path: tuple[str | int, ...]) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.lstrip(".") or "The answer"
