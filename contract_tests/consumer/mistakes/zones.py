"""Mistakes about zones: in which one a time is read, and what a change of clocks does to it."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from leadsquared_slots.contract_tests.consumer.situations import Document
from leadsquared_slots.contract_tests.consumer.times import Span, Times, without
from leadsquared_slots.contract_tests.oracle.wall_clock import zone

from .reading import Context, Mistake, both, free_in, in_zone, mistake


def _placed(place: Callable[[Document], ZoneInfo]) -> Mistake:
    def read(context: Context) -> Times:
        return context.read(free_in, instants=lambda entry, day, spans: in_zone(place(entry), day, spans))

    return read


mistake("takes every time for India's")(_placed(lambda entry: zone("Asia/Kolkata")))
mistake("reads slots in the user's zone, not in the template's")(_placed(lambda entry: zone(entry["UserTimeZone"])))
mistake("reads slots as UTC")(_placed(lambda entry: zone("UTC")))


@mistake("reads slots in the zone of this machine")
def _local(context: Context) -> Times:
    def instants(entry: Document, day: str, spans: Sequence[Span]) -> list[Span]:
        midnight = datetime.fromisoformat(day)
        return [(_timestamp(midnight, start), _timestamp(midnight, end)) for start, end in spans]

    return context.read(free_in, instants=instants)


def _timestamp(midnight: datetime, seconds: float) -> float:
    return (midnight + timedelta(seconds=seconds)).timestamp()


def _shifted_by(offset: Callable[[Context, ZoneInfo, str], timedelta | None]) -> Mistake:
    def read(context: Context) -> Times:
        def instants(entry: Document, day: str, spans: Sequence[Span]) -> list[Span]:
            shift = (offset(context, zone(entry["WorkDayTemplateTimeZone"]), day) or timedelta()).total_seconds()
            midnight = (date.fromisoformat(day) - date(1970, 1, 1)).total_seconds()
            return [(midnight + start - shift, midnight + end - shift) for start, end in spans]

        return context.read(free_in, instants=instants)

    return read


def _at(day: date, hour: int, place: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=place)


mistake("uses one offset from UTC for all dates: that of the first")(
    _shifted_by(lambda context, place, day: _at(context.question.first, 0, place).utcoffset())
)
mistake("uses one offset from UTC for all dates: that of January")(
    _shifted_by(lambda context, place, day: _at(date(int(day[:4]), 1, 1), 0, place).utcoffset())
)
mistake("uses one offset from UTC for all dates: that of July")(
    _shifted_by(lambda context, place, day: _at(date(int(day[:4]), 7, 1), 0, place).utcoffset())
)
mistake("uses one offset from UTC for a whole date: that of its midnight")(
    _shifted_by(lambda context, place, day: _at(date.fromisoformat(day), 0, place).utcoffset())
)
mistake("uses one offset from UTC for a whole date: that of its noon")(
    _shifted_by(lambda context, place, day: _at(date.fromisoformat(day), 12, place).utcoffset())
)


def _adds_the_length(context: Context) -> Times:
    def instants(entry: Document, day: str, spans: Sequence[Span]) -> list[Span]:
        place = zone(entry["WorkDayTemplateTimeZone"])
        return [(first, first + end - start) for start, end in spans for first, _ in in_zone(place, day, [(start, end)])]

    return context.read(free_in, instants=instants)


mistake("adds the length of a slot to its start, across a change of clocks")(_adds_the_length)


@mistake("reads an end at a time that a change of clocks skips with the offset after the change")
def _after_the_gap(context: Context) -> Times:
    def instants(entry: Document, day: str, spans: Sequence[Span]) -> list[Span]:
        place, midnight = zone(entry["WorkDayTemplateTimeZone"]), datetime.fromisoformat(day)
        edges = [[both(midnight + timedelta(seconds=each), place) for each in span] for span in spans]
        return [(start[0], end[1]) for start, end in edges]

    return context.read(free_in, instants=instants)


@mistake("takes Date for the date in UTC")
def _utc_dates(context: Context) -> Times:
    def instants(entry: Document, day: str, spans: Sequence[Span]) -> list[Span]:
        place, found = zone(entry["WorkDayTemplateTimeZone"]), []
        for start, end in spans:
            for shift in (-1, 0, 1):
                other = (date.fromisoformat(day) + timedelta(days=shift)).isoformat()
                (span,) = in_zone(place, other, [(start, end)])
                if datetime.fromtimestamp(span[0], zone("UTC")).date().isoformat() == day:
                    found.append(span)
        return found

    return context.read(free_in, instants=instants)


@mistake("takes BusySlots for wall-clock times, and takes them out of the slots")
def _local_busy(context: Context) -> Times:
    def instants(entry: Document, day: str, spans: Sequence[Span]) -> list[Span]:
        place = zone(entry["WorkDayTemplateTimeZone"])
        busy = [
            (_placed_at(each["StartTime"], place), _placed_at(each["EndTime"], place)) for each in entry["BusySlots"] or ()
        ]  # fmt: skip
        return without(context.calendar.instants(entry, day, spans), busy)

    return context.read(free_in, instants=instants)


def _placed_at(text: str, place: ZoneInfo) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=place).timestamp()


@mistake("reads slots as wall-clock times of the template's zone, where they are UTC")
def _template_for_utc(context: Context) -> Times:
    return _placed(lambda entry: zone(entry["WorkDayTemplateTimeZone"]))(context)
