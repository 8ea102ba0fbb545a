"""Bookable times: what is right, as instants, and how times that a driver gave are compared with it.

**Bookable** are all instants whose wall-clock reading lies in a slot and in no break, of the zone that the profile says.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from leadsquared_slots.contract_tests.oracle.answers import Oracle, UnknownAddressRefused
from leadsquared_slots.contract_tests.oracle.wall_clock import DAY, Reading, readings

from .situations import Document, Question

Span = tuple[float, float]
"""Start and end of an interval, in seconds since the epoch, or of a wall-clock day."""
Times = Mapping[str, tuple[Span, ...]]
"""The bookable intervals of every user who has some, by address in lower case: sorted, disjoint, none touching another."""


def times_of(spans: Iterable[tuple[str, float, float]]) -> Times:
    """Times of (address, start, end) in any order; touching and overlapping ones are joined."""
    found: dict[str, list[Span]] = {}
    for address, start, end in spans:
        if start < end:
            found.setdefault(address.lower(), []).append((start, end))
    return {address: joined(each) for address, each in sorted(found.items())}


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Intervals sorted, with those joined that touch or overlap."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """What is left of intervals when others are taken out."""
    left = list(spans)
    for begin, finish in taken:
        left = [
            part
            for start, end in left
            for part in ((start, min(end, begin)), (max(start, finish), end))
            if part[0] < part[1]
        ]  # fmt: skip
    return left


class Calendar:
    """A calendar under a profile: the vendor's answers, and the bookable times that are right.

    document  the scenario
    answers   the profile's answer to every question
    """

    def __init__(self, document: Document, answers: Mapping[str, Any]) -> None:
        self._oracle = Oracle(document, answers)
        self._answers = answers
        self._answered: dict[Question, Document] = {}

    def answer(self, question: Question) -> Document:
        """The vendor's whole answer to a question; one without records where the profile refuses an address.

        It is worked out once, and is the same object each time, to be looked at only: forty known mistakes read the same few answers.
        """
        if question not in self._answered:
            try:
                self._answered[question] = self._oracle.answer(question.as_request())
            except UnknownAddressRefused:
                self._answered[question] = {"RecordCount": 0, "List": []}
        return self._answered[question]

    @property
    def template_times(self) -> bool:
        """Whether slots and breaks are wall-clock times of the template's zone; else they are UTC."""
        return bool(self._answers["time-zone"] == "template")

    def right(self, question: Question) -> Times:
        """The bookable times of a question."""
        found = []
        for day, entry in entries(self.answer(question)):
            free = without(spans_of(entry["AvailableSlots"]), spans_of(entry["Breaks"]))
            for start, end in self.instants(entry, day, free):
                found.append((str(entry["EmailAddress"]), start, end))
        return times_of(found)

    def instants(self, entry: Document, day: str, spans: Sequence[Span]) -> list[Span]:
        """The instants of a date whose wall-clock reading lies in one of the intervals."""
        zone = entry["WorkDayTemplateTimeZone"]
        if not spans or zone is None:
            return []
        known = readings(zone, datetime.fromisoformat(day).date())
        return [span for reading in known for span in (_read if self.template_times else _read_utc)(reading, spans)]

    def edges_in_fold(self, question: Question) -> bool:
        """Whether some interval of the right times begins or ends where the clock reads the same twice: what is meant is open then."""
        right = self.right(question)
        for day, entry in entries(self.answer(question)):
            twice = _read_twice(entry["WorkDayTemplateTimeZone"], day)
            edges = {edge for span in right.get(str(entry["EmailAddress"]).lower(), ()) for edge in span}
            if any(start <= edge <= end for edge in edges for start, end in twice):
                return True
        return False


def _read(reading: Reading, spans: Iterable[Span]) -> Iterable[Span]:
    for start, end in spans:
        first, last = max(start, reading.wall), min(end, reading.wall + reading.length)
        if first < last:
            yield reading.instant + first - reading.wall, reading.instant + last - reading.wall


def _read_utc(reading: Reading, spans: Iterable[Span]) -> Iterable[Span]:
    midnight = reading.instant - reading.instant % DAY
    for start, end in spans:
        # A date of 25 hours that begins late in a day of UTC touches three of those.
        for shift in (0, DAY, 2 * DAY):
            first = max(midnight + shift + start, reading.instant)
            last = min(midnight + shift + end, reading.instant + reading.length)
            if first < last:
                yield first, last


def _read_twice(zone: str | None, day: str) -> list[Span]:
    """The instants of a date that read a wall-clock time which comes twice."""
    if zone is None:
        return []
    known = readings(zone, datetime.fromisoformat(day).date())
    found: list[Span] = []
    for number, one in enumerate(known):
        for other in known[number + 1 :]:
            first, last = max(one.wall, other.wall), min(one.wall + one.length, other.wall + other.length)
            if first < last:
                found += [(each.instant + first - each.wall, each.instant + last - each.wall) for each in (one, other)]
    return found


def entries(answer: Document) -> list[tuple[str, Document]]:
    """The entries of an answer with their dates."""
    return [(group["Date"], entry) for group in answer.get("List") or () for entry in group["UserSlots"]]


def spans_of(listed: Sequence[Mapping[str, str]] | None) -> list[Span]:
    """Slots or breaks as seconds of the day; an end at 00:00:00 is the end of the day."""
    return [(second(each["StartTime"]), second(each["EndTime"]) or DAY) for each in listed or ()]


def second(text: str) -> int:
    """The second of the day of HH:mm:ss."""
    hours, minutes, seconds = map(int, text.split(":"))
    return hours * 3600 + minutes * 60 + seconds


def shown(instant: float) -> str:
    """An instant for people and for JSON, in UTC."""
    moment = datetime.fromtimestamp(round(instant, 3), UTC)
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds").replace("+00:00", "Z")
