"""Which rule a difference from the oracle breaks: worked out from what holds at the first second that differs."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

from leadsquared_slots.contract_tests.oracle.answers import Oracle
from leadsquared_slots.contract_tests.oracle.cells import Cell
from leadsquared_slots.contract_tests.oracle.wall_clock import DAY
from leadsquared_slots.mock_server.contract.documents import ledger
from leadsquared_slots.mock_server.domain.profile import QUESTIONS

from .known_answers import KnownAnswers

Document = Mapping[str, Any]
_RULE_OF_CELL = {
    Cell.BREAK: "breaks.kept",
    Cell.LEAVE: "reason.partial-leave",
    Cell.ALLOWED_CONFLICT: "slots.flag-false",
    Cell.BUSY: "slots.not-busy",
    Cell.SKIPPED: "slots.gap",
}
_RULE_OF_MEMBER = {
    "UserId": "answer.user-id",
    "EmailAddress": "answer.stored-address",
    "UserTimeZone": "answer.zones",
    "WorkDayTemplateTimeZone": "answer.template-zone",
}
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_FREE_IS_ONE = bytes(int(cell == Cell.FREE) for cell in range(256))
_LEAVE_IS_NONE = bytes(int(cell != Cell.LEAVE) for cell in range(256))
_QUESTIONS_OF_A_DAY = (
    "time-zone", "date-without-template", "allowed-conflict", "breaks", "absent-lists", "absence-order", "partial-leave",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A member of an entry that is not as the oracle has it."""

    rule: str
    member: str
    received: Any
    expected: Any
    note: str = ""
    fits: tuple[str, str | int] | None = None


def differences(known: KnownAnswers, user: Document, day: date, flag: bool, received: Document) -> Iterator[Difference]:
    """Every member of a received entry that differs from the oracle's, with the rule that it breaks. `user` is the oracle's."""
    oracle, expected = known.oracle, known.entry(user, day, flag)
    if user.get("id") is None:
        expected = {**expected, "UserId": received.get("UserId")}
    wrong = [member for member, value in expected.items() if received.get(member) != value]
    if "Breaks" in wrong and expected["Breaks"] is not None and received.get("Breaks") == oracle.breaks_listed(user, day, skipped=True):
        wrong.remove("Breaks")
        expected = {**expected, "Breaks": received.get("Breaks")}
    if not wrong:
        return
    other = _other_answer(known, user, day, flag, {**received, "UserId": expected["UserId"]})
    for member in wrong:
        fits, note = None, ""
        if other and member not in ("UserId", "EmailAddress"):
            rule, note, fits = other
        elif member in ("AvailableSlots", "Breaks") and "WorkDayTemplateTimeZone" in wrong:
            rule = "slots.zone"
        else:
            rule = _rule_of_member(member, oracle, user, day, flag, received, expected)
        yield Difference(rule=rule, member=member, received=received.get(member), expected=expected[member], note=note, fits=fits)


def _rule_of_member(member: str, oracle: Oracle, user: Document, day: date, flag: bool, received: Document, expected: Document) -> str:
    """The rule that a member breaks which differs, whatever the others are."""
    if member == "AvailableSlots":
        return _rule_of_slots(oracle, user, day, flag, received, expected)
    if member == "Breaks":
        return _rule_of_breaks(oracle, user, day, received, expected)
    if member == "BusySlots":
        return _rule_of_busy(user, oracle, received.get(member), expected)
    if member == "NoSlotsReason":
        return _rule_of_reason(oracle, user, day, received.get(member), expected)
    return _RULE_OF_MEMBER[member]


def _other_answer(
    known: KnownAnswers, user: Document, day: date, flag: bool, received: Document
) -> tuple[str, str, tuple[str, str | int]] | None:
    """The rule of the one profile question whose other answer gives what was received; a note that says so; and that answer."""
    for question in _QUESTIONS_OF_A_DAY:
        kind = QUESTIONS[question]
        for choice in kind if issubclass(kind, Enum) else ():
            other = known.under(question, choice.value)
            if other is not known and {**other.entry(user, day, flag), "UserId": received["UserId"]} == received:
                rule = next(rule.id for rule in ledger().values() if rule.question == question)
                note = f"it would be right if the profile answered {question} with {choice.value!r}"
                return rule, note, (question, choice.value)
    return None


def _rule_of_slots(oracle: Oracle, user: Document, day: date, flag: bool, received: Document, expected: Document) -> str:
    slots, right = received.get("AvailableSlots"), expected["AvailableSlots"]
    if right == []:
        return "slots.fully-booked" if not slots else _rule_of_times(oracle, user, day, flag, slots)
    if not isinstance(slots, list) or right is None:
        return _rule_of_reason(oracle, user, day, received.get("NoSlotsReason"), expected) if slots is None else "reason.no-slots"
    if not oracle.prints_template_times or _is_shifted(slots, right):
        return "slots.zone"
    return _rule_of_times(oracle, user, day, flag, slots)


def _rule_of_times(oracle: Oracle, user: Document, day: date, flag: bool, slots: Any) -> str:
    cells, painted = oracle.cells(user, day, flag), _painted(slots)
    if painted is None:
        return "slots.form"
    wrong = _differing(cells.translate(_FREE_IS_ONE), painted)
    if not wrong.count(1):
        return "slots.maximal"
    if wrong.count(1) < 60:
        return "slots.seconds"
    # Breaks and leaves explain what differs in them alone; else what differs elsewhere says more.
    elsewhere = _both(_both(wrong, _inverted(oracle.breaks_of(user, day))), cells.translate(_LEAVE_IS_NONE))
    first = elsewhere.index(1) if elsewhere.count(1) else wrong.index(1)
    return _rule_of_second(oracle, user, day, flag, Cell(cells[first]), first)


def _rule_of_breaks(oracle: Oracle, user: Document, day: date, received: Document, expected: Document) -> str:
    """Nobody says whether breaks are listed outside of the shifts, and in which pieces; in a shift they are those of the date."""
    if expected["Breaks"] is None or not oracle.prints_template_times:
        return "breaks.in-shifts"
    listed, right = _painted(received.get("Breaks") or []), _painted(expected["Breaks"])
    if listed is None or right is None:
        return "breaks.form"
    return "breaks.listed" if _both(_differing(listed, right), oracle.worked(user, day)).count(1) else "breaks.in-shifts"


def _painted(listed: Any) -> bytearray | None:
    """1 for every second of the day that lies in one of the times listed; None where they cannot be read."""
    try:
        shown = [(_second(times["StartTime"]), _second(times["EndTime"]) or DAY) for times in listed]
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    if any(time > DAY for times in shown for time in times):
        return None
    painted = bytearray(DAY)
    for start, end in shown:
        painted[start:end] = b"\1" * max(end - start, 0)
    return painted


def _differing(one: bytes | bytearray, other: bytes | bytearray) -> bytes:
    """1 for every second in which two days of zeros and ones differ."""
    return (int.from_bytes(one) ^ int.from_bytes(other)).to_bytes(DAY)


def _both(one: bytes | bytearray, other: bytes | bytearray) -> bytes:
    return (int.from_bytes(one) & int.from_bytes(other)).to_bytes(DAY)


def _inverted(day: bytes) -> bytes:
    return day.translate(bytes((1, 0)) + bytes(254))


def _rule_of_second(oracle: Oracle, user: Document, day: date, flag: bool, cell: Cell, second: int) -> str:
    if cell is Cell.BUSY and sum(reading.length for reading in oracle.readings_of(user, day)) > DAY:
        return "slots.fold"
    if cell is Cell.OUTSIDE:
        return oracle.rule_of_second_outside(user, day, second)
    if cell is not Cell.FREE:
        return _RULE_OF_CELL[cell]
    if flag and oracle.cells(user, day, False)[second] == Cell.ALLOWED_CONFLICT:
        return "slots.flag-true"
    return oracle.rule_of_free_second(user, day, second)


def _is_shifted(slots: list[Any], right: list[Any]) -> bool:
    """Whether all times are the right ones, shifted by the same span: another zone."""
    try:
        times = [_second(slot[name]) for slot in slots for name in ("StartTime", "EndTime")]
        wanted = [_second(slot[name]) for slot in right for name in ("StartTime", "EndTime")]
    except (KeyError, TypeError, ValueError, AttributeError):
        return False
    shifts = {(one - other) % DAY for one, other in zip(times, wanted, strict=False)}
    return len(times) == len(wanted) and len(shifts) == 1


def _rule_of_busy(user: Document, oracle: Oracle, received: Any, entry: Document) -> str:
    """`entry` is the right one."""
    if received == []:
        return "busy.if-and-only-if" if entry["NoSlotsReason"] is None else "busy.on-absent-days"
    try:
        got, wanted = Counter(map(_times, received)), Counter(map(_times, entry["BusySlots"]))
    except (KeyError, TypeError):
        return "busy.form"
    if got == wanted:
        return "busy.sorted"
    if not all(_INSTANT.fullmatch(text) for span in got for text in span):
        return "busy.form"
    missing, more = wanted - got, got - wanted
    if any(span in got for span in missing) or any(span in wanted for span in more):
        return "busy.one-per-task"
    if more and set(more) <= set(oracle.spans_that_allow_conflicts(user)):
        return "busy.if-and-only-if"
    if not (missing and more):
        return "busy.on-date"
    pairs = list(zip(sorted(more.elements()), sorted(missing.elements()), strict=False))
    shifts = {_moment(one) - _moment(other) for pair in pairs for one, other in zip(*pair, strict=True)}
    if more.total() == missing.total() and len(shifts) == 1:
        return "busy.utc"
    # Times compare as text: year first, seconds last.
    is_cut = all(any(wide[0] <= cut[0] and cut[1] <= wide[1] for wide in missing) for cut in more)
    return "busy.on-date" if is_cut else "busy.one-per-task"


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _rule_of_reason(oracle: Oracle, user: Document, day: date, received: Any, entry: Document) -> str:
    """`entry` is the right one."""
    expected = entry["NoSlotsReason"]
    if received == expected:
        return "reason.no-slots"
    if entry["AvailableSlots"] == []:
        return "slots.fully-booked"
    if received == "Leave" and expected is None and oracle.has_partial_leave(user, day):
        return "reason.partial-leave"
    if "WorkDayTemplateNotDefined" in (expected, received):
        return "reason.no-template"
    if len(oracle.reasons_that_apply(user, day)) > 1 and received is not None:
        return "reason.order"
    if "NotScheduled" in (expected, received):
        return "reason.not-scheduled"
    near = {reason for days in (-1, 0, 1) for reason in oracle.reasons_that_apply(user, day + timedelta(days=days))}
    return "reason.date" if received is None or received in near else "reason.values"


def _second(text: str) -> int:
    hours, minutes, seconds = map(int, text.split(":"))
    return hours * 3600 + minutes * 60 + seconds


def _times(slot: Any) -> tuple[str, str]:
    return slot["StartTime"], slot["EndTime"]
