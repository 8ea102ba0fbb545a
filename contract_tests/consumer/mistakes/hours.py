"""Mistakes about the hours of a day: its midnight, its breaks, its slots and the flag."""

from dataclasses import replace

from leadsquared_slots.contract_tests.consumer.situations import Document
from leadsquared_slots.contract_tests.consumer.times import Span, Times, second, spans_of, without
from leadsquared_slots.contract_tests.oracle.wall_clock import DAY

from .reading import Context, Mistake, free_in, mistake

_MINUTE = 60

# --- midnight ------------------------------------------------------------------------------------------------------------


@mistake("takes 00:00:00 as the start of the day")
def _start_of_day(context: Context) -> Times:
    def free(entry: Document) -> list[Span]:
        slots = [(second(slot["StartTime"]), second(slot["EndTime"])) for slot in entry["AvailableSlots"] or ()]
        return without([span for span in slots if span[0] < span[1]], spans_of(entry["Breaks"]))

    return context.read(free)


def _ends_early(seconds: int) -> Mistake:
    def read(context: Context) -> Times:
        return context.read(lambda entry: [(start, min(end, DAY - seconds)) for start, end in free_in(entry)])

    return read


mistake("ends the day at 23:59:59")(_ends_early(1))
mistake("ends the day at 23:59")(_ends_early(_MINUTE))


# --- breaks --------------------------------------------------------------------------------------------------------------


@mistake("forgets the breaks")
def _no_breaks(context: Context) -> Times:
    return context.read(lambda entry: spans_of(entry["AvailableSlots"]))


@mistake("takes out the first break only")
def _first_break(context: Context) -> Times:
    return context.read(lambda entry: without(spans_of(entry["AvailableSlots"]), spans_of(entry["Breaks"])[:1]))


@mistake("takes out the last break only")
def _last_break(context: Context) -> Times:
    return context.read(lambda entry: without(spans_of(entry["AvailableSlots"]), spans_of(entry["Breaks"])[-1:]))


@mistake("takes out only breaks that lie wholly inside a slot")
def _inner_breaks(context: Context) -> Times:
    def free(entry: Document) -> list[Span]:
        slots = spans_of(entry["AvailableSlots"])
        inner = [pause for pause in spans_of(entry["Breaks"]) if any(slot[0] <= pause[0] and pause[1] <= slot[1] for slot in slots)]
        return without(slots, inner)

    return context.read(free)


@mistake("leaves out every slot that has a break in it")
def _slots_with_breaks(context: Context) -> Times:
    def free(entry: Document) -> list[Span]:
        pauses = spans_of(entry["Breaks"])
        return [slot for slot in spans_of(entry["AvailableSlots"]) if not any(p[0] < slot[1] and slot[0] < p[1] for p in pauses)]

    return context.read(free)


# --- slots ---------------------------------------------------------------------------------------------------------------


@mistake("reads the first slot of a day only")
def _first_slot(context: Context) -> Times:
    return context.read(lambda entry: without(spans_of(entry["AvailableSlots"])[:1], spans_of(entry["Breaks"])))


@mistake("reads the last slot of a day only")
def _last_slot(context: Context) -> Times:
    return context.read(lambda entry: without(spans_of(entry["AvailableSlots"])[-1:], spans_of(entry["Breaks"])))


@mistake("takes a day for free from its first start to its last end")
def _hull(context: Context) -> Times:
    def free(entry: Document) -> list[Span]:
        slots = spans_of(entry["AvailableSlots"])
        return without([(slots[0][0], slots[-1][1])] if slots else [], spans_of(entry["Breaks"]))

    return context.read(free)


@mistake("drops the seconds")
def _no_seconds(context: Context) -> Times:
    return context.read(lambda entry: [(start // _MINUTE * _MINUTE, end // _MINUTE * _MINUTE) for start, end in free_in(entry)])


@mistake("sends the flag false, whatever was asked")
def _flag_false(context: Context) -> Times:
    return context.right(replace(context.question, flag=False))


@mistake("sends the flag true, or takes all for free that is not in BusySlots")
def _flag_true(context: Context) -> Times:
    return context.right(replace(context.question, flag=True))


@mistake("sends the flag inverted")
def _flag_inverted(context: Context) -> Times:
    return context.right(replace(context.question, flag=not context.question.flag))
