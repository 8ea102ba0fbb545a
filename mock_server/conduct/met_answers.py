"""Which rules of the ledger one answer shows: read loosely, because an answer that breaks a rule has met it as well."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

Document = dict[str, Any]

_OF_EVERY_ANSWER = ("answer.shape", "answer.no-status", "answer.no-other-members")
_OF_EVERY_ENTRY = (
    "answer.dates-inside", "answer.dates-complete", "answer.users-asked", "answer.one-entry", "answer.user-id", "answer.zones",
    "answer.template-zone", "slots.date", "reason.values", "reason.no-slots", "reason.date",
)  # fmt: skip
_OF_BUSY = ("busy.form", "busy.if-and-only-if", "busy.utc", "busy.positive")


def rules_of_answer(document: Document, asked: Sequence[str], *, flag: bool, is_whole: bool) -> Iterator[str]:
    """The rules that an answer shows; `asked` are the addresses, `is_whole` says that it is the only page of the question."""
    yield from _OF_EVERY_ANSWER
    entries = list(_entries(document))
    if not entries:
        yield "answer.past-last-page"
        return
    yield from _OF_EVERY_ENTRY
    yield from _of_the_whole(entries, asked, is_whole=is_whole)
    for day, entry in entries:
        yield from _of_entry(day, entry, flag=flag)
    if any(_goes_on(entries, day, entry) for day, entry in entries):
        yield "slots.over-midnight"


def _entries(document: Document) -> Iterator[tuple[str, Document]]:
    for group in _objects(document.get("List")):
        for entry in _objects(group.get("UserSlots")):
            yield str(group.get("Date")), entry


def _objects(value: Any) -> list[Document]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _of_the_whole(entries: Sequence[tuple[str, Document]], asked: Sequence[str], *, is_whole: bool) -> Iterator[str]:
    dates, shown = {day for day, _ in entries}, [str(entry.get("EmailAddress")) for _, entry in entries]
    if len(dates) > 1:
        yield from ("answer.dates-sorted", "answer.identity", "answer.record")
    if len(set(shown)) > 1:
        yield "answer.users-order"
        if len(dates) > 1:
            yield "answer.same-users"
    lowered = {address.lower() for address in shown}
    if is_whole and any(address.lower() not in lowered for address in asked):
        yield "request.unknown-address"
    if any(address not in shown and address.lower() in lowered for address in asked):
        yield from ("answer.stored-address", "request.address-case")


def _of_entry(day: str, entry: Document, *, flag: bool) -> Iterator[str]:
    slots, breaks, busy = (_spans(entry.get(name)) for name in ("AvailableSlots", "Breaks", "BusySlots"))
    reason, zone = entry.get("NoSlotsReason"), entry.get("WorkDayTemplateTimeZone")
    if reason is not None:
        yield "answer.users-listed"
        if reason == "WorkDayTemplateNotDefined":
            yield from ("reason.no-template", "slots.date-without-template")
        else:
            yield from ("reason.lists", *(["reason.not-scheduled"] if reason == "NotScheduled" else []))
    elif entry.get("AvailableSlots") == []:
        yield "slots.fully-booked"
    yield from _of_slots(slots, flag=flag)
    yield from _of_breaks(breaks, slots)
    yield from _of_busy(day, busy, has_slots=bool(slots), is_absent=reason is not None)
    if slots and isinstance(zone, str):
        yield from ("slots.zone",) if zone not in ("UTC", "Etc/UTC") else ()
        yield from _of_change(zone, day)


def _spans(value: Any) -> list[tuple[str, str]]:
    return [(str(each.get("StartTime")), str(each.get("EndTime"))) for each in _objects(value)]


def _of_slots(slots: Sequence[tuple[str, str]], *, flag: bool) -> Iterator[str]:
    if not slots:
        return
    yield from ("slots.form", "slots.inside-shifts", "slots.flag-true" if flag else "slots.flag-false")
    if any(end == "00:00:00" for _, end in slots):
        yield "slots.midnight"
    if len(slots) > 1:
        yield from ("slots.sorted", "slots.maximal")
    if any(time[-2:] != "00" for span in slots for time in span):
        yield "slots.seconds"


def _of_breaks(breaks: Sequence[tuple[str, str]], slots: Sequence[tuple[str, str]]) -> Iterator[str]:
    if breaks:
        yield from ("breaks.form", "breaks.in-shifts", "breaks.listed")
    if any(start <= pause and pause < (end if end != "00:00:00" else "24") for pause, _ in breaks for start, end in slots):
        yield "breaks.kept"


def _of_busy(day: str, busy: Sequence[tuple[str, str]], *, has_slots: bool, is_absent: bool) -> Iterator[str]:
    if not busy:
        yield "busy.list"
        return
    yield from _OF_BUSY
    if has_slots:
        yield "slots.not-busy"
    if is_absent:
        yield "busy.on-absent-days"
    if len(busy) > 1:
        yield from ("busy.sorted", "busy.one-per-task")
    if len({start for start, _ in busy}) < len(busy):
        yield "busy.sorted-by-end"
    if any(time[:10] != day for span in busy for time in span):
        yield "busy.on-date"


def _of_change(zone: str, day: str) -> Iterator[str]:
    hours = _length(zone, day)
    if hours is not None and hours != 24:
        yield "slots.gap" if hours < 24 else "slots.fold"


@lru_cache(maxsize=4096)
def _length(zone: str, day: str) -> float | None:
    """Hours of a date in a zone; None where one of the two cannot be read."""
    try:
        place, first = ZoneInfo(zone), date.fromisoformat(day)
        ends = [datetime(each.year, each.month, each.day, tzinfo=place).timestamp() for each in (first, first + timedelta(days=1))]
    except (KeyError, ValueError, OverflowError, OSError):
        return None
    return (ends[1] - ends[0]) / 3600


def _goes_on(entries: Iterable[tuple[str, Document]], day: str, entry: Document) -> bool:
    """Whether availability of the user goes on over the midnight after a date."""
    if not any(end == "00:00:00" for _, end in _spans(entry.get("AvailableSlots"))):
        return False
    try:
        following = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        return False
    return any(
        other == following
        and each.get("EmailAddress") == entry.get("EmailAddress")
        and any(start == "00:00:00" for start, _ in _spans(each.get("AvailableSlots")))
        for other, each in entries
    )
