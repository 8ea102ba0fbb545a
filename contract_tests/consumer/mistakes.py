"""Known mistakes: readings of the vendor's answers that are wrong in one way, each of them computed.

A wrong result that equals what a known mistake gives is explained by it. A mistake is a function from a calendar and a question to
the times that an application with this mistake would call bookable.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from leadsquared_slots.contract_tests.oracle.wall_clock import DAY, zone

from .situations import Document, Question
from .times import Calendar, Span, Times, entries, second, spans_of, times_of, without

_MINUTE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What an application with a mistake knows: the calendar behind the answers, the question, and its page size (None without Paging)."""

    calendar: Calendar
    question: Question
    page_size: int | None = None

    def answer(self, question: Question | None = None) -> list[tuple[str, Document]]:
        """The entries of the vendor's answer, with their dates."""
        return entries(self.calendar.answer(question or self.question))

    def right(self, question: Question | None = None) -> Times:
        """The right times."""
        return self.calendar.right(question or self.question)

    def read(
        self,
        free: "Callable[[Document], Sequence[Span]]",
        *,
        only: Iterable[tuple[str, Document]] | None = None,
        instants: "Callable[[Document, str, Sequence[Span]], Iterable[Span]] | None" = None,
    ) -> Times:
        """Times of a reading: what is free in an entry, in seconds of the day, and which instants those are."""
        place = instants or self.calendar.instants
        listed = self.answer() if only is None else only
        return times_of((str(entry["EmailAddress"]), start, end) for day, entry in listed for start, end in place(entry, day, free(entry)))


def _free(entry: Document) -> list[Span]:
    """What is free in an entry, read rightly."""
    return without(spans_of(entry["AvailableSlots"]), spans_of(entry["Breaks"]))


Mistake = Callable[[Context], Times]
_mistakes: dict[str, Mistake] = {}


def mistakes() -> Mapping[str, Mistake]:
    """Every known mistake by its name, a sentence about the application without its subject."""
    return MappingProxyType(_mistakes)


def _mistake(name: str) -> Callable[[Mistake], Mistake]:
    def add(function: Mistake) -> Mistake:
        _mistakes[name] = function
        return function

    return add


def explain(contexts: Sequence[Context], received: Sequence[Times | None]) -> str | None:
    """The name of the known mistake that gives just the received times for every question, and not the right ones; None where none does."""
    told = [(context, times) for context, times in zip(contexts, received, strict=True) if times is not None]
    if not told or all(times == context.right() for context, times in told):
        return None
    for name, mistake in _mistakes.items():
        if all(_gives(mistake, context, times) for context, times in told):
            return name
    return None


def _gives(mistake: Mistake, context: Context, times: Times) -> bool:
    try:
        return mistake(context) == times
    except (ValueError, OverflowError, KeyError):
        # A mistake may not even be possible there.
        return False


# --- midnight -----------------------------------------------------------------------------------------------------------


@_mistake("takes 00:00:00 as the start of the day")
def _start_of_day(context: Context) -> Times:
    def free(entry: Document) -> list[Span]:
        slots = [(second(slot["StartTime"]), second(slot["EndTime"])) for slot in entry["AvailableSlots"] or ()]
        return without([span for span in slots if span[0] < span[1]], spans_of(entry["Breaks"]))

    return context.read(free)


def _ends_early(seconds: int) -> Mistake:
    def read(context: Context) -> Times:
        return context.read(lambda entry: [(start, min(end, DAY - seconds)) for start, end in _free(entry)])

    return read


_mistake("ends the day at 23:59:59")(_ends_early(1))
_mistake("ends the day at 23:59")(_ends_early(_MINUTE))

# --- breaks -------------------------------------------------------------------------------------------------------------


@_mistake("forgets the breaks")
def _no_breaks(context: Context) -> Times:
    return context.read(lambda entry: spans_of(entry["AvailableSlots"]))


@_mistake("takes out the first break only")
def _first_break(context: Context) -> Times:
    return context.read(lambda entry: without(spans_of(entry["AvailableSlots"]), spans_of(entry["Breaks"])[:1]))


@_mistake("takes out the last break only")
def _last_break(context: Context) -> Times:
    return context.read(lambda entry: without(spans_of(entry["AvailableSlots"]), spans_of(entry["Breaks"])[-1:]))


@_mistake("takes out only breaks that lie wholly inside a slot")
def _inner_breaks(context: Context) -> Times:
    def free(entry: Document) -> list[Span]:
        slots = spans_of(entry["AvailableSlots"])
        inner = [pause for pause in spans_of(entry["Breaks"]) if any(slot[0] <= pause[0] and pause[1] <= slot[1] for slot in slots)]
        return without(slots, inner)

    return context.read(free)


@_mistake("leaves out every slot that has a break in it")
def _slots_with_breaks(context: Context) -> Times:
    def free(entry: Document) -> list[Span]:
        pauses = spans_of(entry["Breaks"])
        return [slot for slot in spans_of(entry["AvailableSlots"]) if not any(p[0] < slot[1] and slot[0] < p[1] for p in pauses)]

    return context.read(free)


# --- slots --------------------------------------------------------------------------------------------------------------


@_mistake("reads the first slot of a day only")
def _first_slot(context: Context) -> Times:
    return context.read(lambda entry: without(spans_of(entry["AvailableSlots"])[:1], spans_of(entry["Breaks"])))


@_mistake("reads the last slot of a day only")
def _last_slot(context: Context) -> Times:
    return context.read(lambda entry: without(spans_of(entry["AvailableSlots"])[-1:], spans_of(entry["Breaks"])))


@_mistake("takes a day for free from its first start to its last end")
def _hull(context: Context) -> Times:
    def free(entry: Document) -> list[Span]:
        slots = spans_of(entry["AvailableSlots"])
        return without([(slots[0][0], slots[-1][1])] if slots else [], spans_of(entry["Breaks"]))

    return context.read(free)


@_mistake("drops the seconds")
def _no_seconds(context: Context) -> Times:
    return context.read(lambda entry: [(start // _MINUTE * _MINUTE, end // _MINUTE * _MINUTE) for start, end in _free(entry)])


@_mistake("sends the flag false, whatever was asked")
def _flag_false(context: Context) -> Times:
    return context.right(replace(context.question, flag=False))


@_mistake("sends the flag true, or takes all for free that is not in BusySlots")
def _flag_true(context: Context) -> Times:
    return context.right(replace(context.question, flag=True))


@_mistake("sends the flag inverted")
def _flag_inverted(context: Context) -> Times:
    return context.right(replace(context.question, flag=not context.question.flag))


# --- absences -----------------------------------------------------------------------------------------------------------


def _free_on(name: str, *reasons: str) -> None:
    def read(context: Context) -> Times:
        absent = [(day, entry) for day, entry in context.answer() if entry["NoSlotsReason"] in reasons]
        whole = times_of(
            (str(entry["EmailAddress"]), *span)
            for day, entry in absent
            for span in _in_zone(zone(entry["WorkDayTemplateTimeZone"] or entry["UserTimeZone"]), day, [(0, DAY)])
        )
        return times_of((user, *span) for times in (context.right(), whole) for user, spans in times.items() for span in spans)

    _mistake(name)(read)


_free_on("takes a user without a template for free all day", "WorkDayTemplateNotDefined")
_free_on("takes a holiday for a free day", "Holiday")
_free_on("takes a leave for a free day", "Leave")
_free_on("takes a day without a shift for a free day", "NotScheduled")
_free_on("takes every date without slots for a free day", "WorkDayTemplateNotDefined", "Holiday", "Leave", "NotScheduled")

# --- zones --------------------------------------------------------------------------------------------------------------


def _in_zone(place: ZoneInfo, day: str, spans: Iterable[Span]) -> list[Span]:
    """Intervals of a date's wall clock placed in a zone, each edge by itself."""
    midnight = datetime.fromisoformat(day)
    edges = [[_both(midnight + timedelta(seconds=each), place) for each in span] for span in spans]
    return [(min(start), max(end)) for start, end in edges]


def _both(local: datetime, place: ZoneInfo) -> tuple[float, float]:
    """The instants of a wall-clock time with the offset before a change of clocks and with the one after it."""
    before, after = (local.replace(tzinfo=place, fold=fold).timestamp() for fold in (0, 1))
    return before, after


def _placed(place: Callable[[Document], ZoneInfo]) -> Mistake:
    def read(context: Context) -> Times:
        return context.read(_free, instants=lambda entry, day, spans: _in_zone(place(entry), day, spans))

    return read


_mistake("takes every time for India's")(_placed(lambda entry: zone("Asia/Kolkata")))
_mistake("reads slots in the user's zone, not in the template's")(_placed(lambda entry: zone(entry["UserTimeZone"])))
_mistake("reads slots as UTC")(_placed(lambda entry: zone("UTC")))


@_mistake("reads slots in the zone of this machine")
def _local(context: Context) -> Times:
    def instants(entry: Document, day: str, spans: Sequence[Span]) -> list[Span]:
        midnight = datetime.fromisoformat(day)
        return [(_timestamp(midnight, start), _timestamp(midnight, end)) for start, end in spans]

    return context.read(_free, instants=instants)


def _timestamp(midnight: datetime, seconds: float) -> float:
    return (midnight + timedelta(seconds=seconds)).timestamp()


def _shifted_by(offset: Callable[[Context, ZoneInfo, str], timedelta | None]) -> Mistake:
    def read(context: Context) -> Times:
        def instants(entry: Document, day: str, spans: Sequence[Span]) -> list[Span]:
            shift = (offset(context, zone(entry["WorkDayTemplateTimeZone"]), day) or timedelta()).total_seconds()
            midnight = (date.fromisoformat(day) - date(1970, 1, 1)).total_seconds()
            return [(midnight + start - shift, midnight + end - shift) for start, end in spans]

        return context.read(_free, instants=instants)

    return read


def _at(day: date, hour: int, place: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=place)


_mistake("uses one offset from UTC for all dates: that of the first")(
    _shifted_by(lambda context, place, day: _at(context.question.first, 0, place).utcoffset())
)
_mistake("uses one offset from UTC for all dates: that of January")(
    _shifted_by(lambda context, place, day: _at(date(int(day[:4]), 1, 1), 0, place).utcoffset())
)
_mistake("uses one offset from UTC for all dates: that of July")(
    _shifted_by(lambda context, place, day: _at(date(int(day[:4]), 7, 1), 0, place).utcoffset())
)
_mistake("uses one offset from UTC for a whole date: that of its midnight")(
    _shifted_by(lambda context, place, day: _at(date.fromisoformat(day), 0, place).utcoffset())
)
_mistake("uses one offset from UTC for a whole date: that of its noon")(
    _shifted_by(lambda context, place, day: _at(date.fromisoformat(day), 12, place).utcoffset())
)


def _adds_the_length(context: Context) -> Times:
    def instants(entry: Document, day: str, spans: Sequence[Span]) -> list[Span]:
        place = zone(entry["WorkDayTemplateTimeZone"])
        return [(first, first + end - start) for start, end in spans for first, _ in _in_zone(place, day, [(start, end)])]

    return context.read(_free, instants=instants)


_mistake("adds the length of a slot to its start, across a change of clocks")(_adds_the_length)


@_mistake("reads an end at a time that a change of clocks skips with the offset after the change")
def _after_the_gap(context: Context) -> Times:
    def instants(entry: Document, day: str, spans: Sequence[Span]) -> list[Span]:
        place, midnight = zone(entry["WorkDayTemplateTimeZone"]), datetime.fromisoformat(day)
        edges = [[_both(midnight + timedelta(seconds=each), place) for each in span] for span in spans]
        return [(start[0], end[1]) for start, end in edges]

    return context.read(_free, instants=instants)


@_mistake("takes Date for the date in UTC")
def _utc_dates(context: Context) -> Times:
    def instants(entry: Document, day: str, spans: Sequence[Span]) -> list[Span]:
        place, found = zone(entry["WorkDayTemplateTimeZone"]), []
        for start, end in spans:
            for shift in (-1, 0, 1):
                other = (date.fromisoformat(day) + timedelta(days=shift)).isoformat()
                (span,) = _in_zone(place, other, [(start, end)])
                if datetime.fromtimestamp(span[0], zone("UTC")).date().isoformat() == day:
                    found.append(span)
        return found

    return context.read(_free, instants=instants)


@_mistake("takes BusySlots for wall-clock times, and takes them out of the slots")
def _local_busy(context: Context) -> Times:
    def instants(entry: Document, day: str, spans: Sequence[Span]) -> list[Span]:
        place = zone(entry["WorkDayTemplateTimeZone"])
        busy = [
            (_placed_at(each["StartTime"], place), _placed_at(each["EndTime"], place)) for each in entry["BusySlots"] or ()
        ]  # fmt: skip
        return without(context.calendar.instants(entry, day, spans), busy)

    return context.read(_free, instants=instants)


def _placed_at(text: str, place: ZoneInfo) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=place).timestamp()


# --- users, dates and pages ---------------------------------------------------------------------------------------------


def _only(keep: Callable[[Context, str, Document], bool]) -> Mistake:
    def read(context: Context) -> Times:
        return context.read(_free, only=[(day, entry) for day, entry in context.answer() if keep(context, day, entry)])

    return read


_mistake("leaves out the last date")(_only(lambda context, day, entry: day < context.question.last.isoformat()))
_mistake("leaves out the first date")(_only(lambda context, day, entry: day > context.question.first.isoformat()))
_mistake("reads the first date only")(_only(lambda context, day, entry: day == context.question.first.isoformat()))
_mistake("asks for the first 100 days only")(
    _only(lambda context, day, entry: date.fromisoformat(day) - context.question.first <= timedelta(days=100))
)
_mistake("reads the first user under a date only")(
    _only(lambda context, day, entry: entry["EmailAddress"] == context.answer()[0][1]["EmailAddress"])
)
_mistake("compares addresses with their letter case")(_only(lambda context, day, entry: entry["EmailAddress"] in context.question.users))
_mistake("reads the first page only")(
    _only(lambda context, day, entry: entry["EmailAddress"].lower() in _lowered(context.question.users[: context.page_size]))
)
_mistake("reads every page but the first")(
    _only(lambda context, day, entry: entry["EmailAddress"].lower() not in _lowered(context.question.users[: context.page_size]))
)


def _lowered(addresses: Iterable[str]) -> frozenset[str]:
    return frozenset(address.lower() for address in addresses)


@_mistake("tells users apart by their place in the list")
def _by_place(context: Context) -> Times:
    listed: dict[str, list[Document]] = {}
    for day, entry in context.answer():
        listed.setdefault(day, []).append(entry)
    renamed = [
        (day, {**entry, "EmailAddress": address})
        for day, under in listed.items()
        for address, entry in zip(context.question.users, under, strict=False)
    ]
    return context.read(_free, only=renamed)


@_mistake("says that nothing is free, as if the answer were empty")
def _nothing(context: Context) -> Times:
    return times_of(())


@_mistake("reads slots as wall-clock times of the template's zone, where they are UTC")
def _template_for_utc(context: Context) -> Times:
    return _placed(lambda entry: zone(entry["WorkDayTemplateTimeZone"]))(context)
