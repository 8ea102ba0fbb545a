"""An answer of the endpoint, read once: what can be read is values, what cannot is left to the check of its shape."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from leadsquared_slots.contract_tests.oracle.wall_clock import DAY, Reading, readings, zone_names
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED, AddressCase, Profile

from .exchange import Exchange, Received, error_of
from .question import Question

_MEMBERS = (
    "UserId", "EmailAddress", "UserTimeZone", "AvailableSlots", "Breaks", "BusySlots", "WorkDayTemplateTimeZone", "NoSlotsReason",
)  # fmt: skip
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")


class Span(NamedTuple):
    """From `start` until before `end`: seconds of the day, or seconds since the epoch."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A user under a date.

    place      where it stands in the answer, like List[0].UserSlots[1]
    slots      AvailableSlots in seconds of the day, the end of the day as 86,400; None for null
    breaks     Breaks, likewise
    busy       BusySlots in seconds since the epoch
    raw        the documented members as they were received; BusySlots of null, which nobody excludes, as the empty list that it means
    """

    place: str
    day: date
    user_id: str
    address: str
    user_zone: str
    slots: tuple[Span, ...] | None
    breaks: tuple[Span, ...] | None
    busy: tuple[Span, ...]
    template_zone: str | None
    reason: str | None
    raw: dict[str, Any]

    def readings(self, zone: str | None) -> tuple[Reading, ...] | None:
        """The wall-clock times of the entry's date in a zone; None where the zone or the date is none."""
        if zone not in zone_names():
            return None
        try:
            return readings(zone, self.day)
        except (OverflowError, ValueError):
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The body of a 200 that is no error, with what it is judged by.

    question  what was asked, None where it is not known
    existing  addresses that are known to have a user, as they were asked for
    """

    document: Any
    profile: Profile = DOCUMENTED
    question: Question | None = None
    existing: frozenset[str] = frozenset()
    exchange: Exchange | None = None
    entries: tuple[Entry, ...] = field(init=False)
    dates: tuple[date, ...] = field(init=False)
    """The dates of List, as they stand."""
    is_readable: bool = field(init=False)
    """Whether nothing had to be skipped."""
    _by_date: dict[date, tuple[Entry, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        days, is_whole = _days(self.document)
        entries: list[Entry] = []
        by_date: dict[date, tuple[Entry, ...]] = {}
        for number, day, listed in days:
            before = len(entries)
            for place, raw in enumerate(listed):
                entry = _entry(f"List[{number}].UserSlots[{place}]", day, raw)
                is_whole = is_whole and entry is not None
                entries += [entry] if entry else []
            by_date[day] = (*by_date.get(day, ()), *entries[before:])
        object.__setattr__(self, "entries", tuple(entries))
        object.__setattr__(self, "dates", tuple(day for _, day, _ in days))
        object.__setattr__(self, "is_readable", is_whole)
        object.__setattr__(self, "_by_date", by_date)

    @property
    def record_count(self) -> int | None:
        """RecordCount, None where it is no number."""
        count = self.document.get("RecordCount") if isinstance(self.document, dict) else None
        return count if type(count) is int else None

    def under(self, day: date) -> tuple[Entry, ...]:
        """The entries of a date."""
        return self._by_date.get(day, ())

    def by_date_and_user(self) -> dict[tuple[date, str], Entry]:
        """The entries by their date and their user, whatever the order."""
        return {(entry.day, same_address(entry.address, self.profile)): entry for entry in self.entries}

    def users(self) -> tuple[str, ...]:
        """The users in the order in which they first stand, as addresses that can be compared."""
        return tuple(dict.fromkeys(same_address(entry.address, self.profile) for entry in self.entries))


def read_answer(received: Received, profile: Profile, question: Question | None = None, **known: Any) -> Answer | None:
    """The answer in a reply; None where the reply is an error or no JSON."""
    if received.status != 200 or error_of(received) is not None:
        return None
    try:
        document = received.document()
    except ValueError:
        return None
    return Answer(document=document, profile=profile, question=question, **known)


def same_address(address: str, profile: Profile) -> str:
    """The address in a form in which two that name one user are equal (rule request.address-case)."""
    return address.lower() if profile.address_case is AddressCase.ANY else address


def clock(second: int) -> str:
    """A second of the day as HH:mm:ss; the end of the day is 24:00:00, so that it is not taken for its start."""
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def moment(instant: int) -> str:
    """Seconds since the epoch as the UTC date-time that the vendor prints."""
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _days(document: Any) -> tuple[list[tuple[int, date, list[Any]]], bool]:
    listed = document.get("List") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        return [], isinstance(document, dict) and listed is None
    found = []
    for number, raw in enumerate(listed):
        day = _date(raw.get("Date")) if isinstance(raw, dict) else None
        users = raw.get("UserSlots") if isinstance(raw, dict) else None
        if day is not None and isinstance(users, list):
            found.append((number, day, users))
    return found, len(found) == len(listed)


def _entry(place: str, day: date, received: Any) -> Entry | None:
    try:
        raw = {member: received[member] for member in _MEMBERS}
        raw["BusySlots"] = [] if raw["BusySlots"] is None else raw["BusySlots"]
        user_id, address, user_zone = raw["UserId"], raw["EmailAddress"], raw["UserTimeZone"]
        template_zone, reason = raw["WorkDayTemplateTimeZone"], raw["NoSlotsReason"]
        texts = [user_id, address, user_zone, *(text for text in (template_zone, reason) if text is not None)]
        if not all(isinstance(text, str) for text in texts):
            return None
        return Entry(
            place=place, day=day, user_id=user_id, address=address, user_zone=user_zone,
            slots=times_of_day(raw["AvailableSlots"]), breaks=times_of_day(raw["Breaks"]), busy=tuple(_instants(raw["BusySlots"])),
            template_zone=template_zone, reason=reason, raw=raw,
        )  # fmt: skip
    except (KeyError, TypeError, ValueError):
        return None


def times_of_day(listed: Any) -> tuple[Span, ...] | None:
    """The times of AvailableSlots or Breaks; None where they are null. Raises KeyError, TypeError and ValueError where they are none."""
    if listed is None:
        return None
    if not isinstance(listed, list):
        raise TypeError
    return tuple(Span(_second(raw["StartTime"]), _second(raw["EndTime"]) or DAY) for raw in listed)


def _second(text: Any) -> int:
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise ValueError
    return int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3])


def _instants(listed: Any) -> Iterator[Span]:
    if not isinstance(listed, list):
        raise TypeError
    for raw in listed:
        yield Span(_instant(raw["StartTime"]), _instant(raw["EndTime"]))


def _instant(text: Any) -> int:
    if _INSTANT.fullmatch(text) is None:
        raise ValueError
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def _date(text: Any) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) and len(text) == 10 else None
    except ValueError:
        return None
