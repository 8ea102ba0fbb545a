"""Mistakes about which dates and users an answer holds: absences, dates, users and pages."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from leadsquared_slots.contract_tests.consumer.situations import Document
from leadsquared_slots.contract_tests.consumer.times import Times, times_of
from leadsquared_slots.contract_tests.oracle.wall_clock import DAY, zone

from .reading import Context, Mistake, free_in, in_zone, mistake


def _free_on(name: str, *reasons: str) -> None:
    def read(context: Context) -> Times:
        absent = [(day, entry) for day, entry in context.answer() if entry["NoSlotsReason"] in reasons]
        whole = times_of(
            (str(entry["EmailAddress"]), *span)
            for day, entry in absent
            for span in in_zone(zone(entry["WorkDayTemplateTimeZone"] or entry["UserTimeZone"]), day, [(0, DAY)])
        )
        return times_of((user, *span) for times in (context.right(), whole) for user, spans in times.items() for span in spans)

    mistake(name)(read)


_free_on("takes a user without a template for free all day", "WorkDayTemplateNotDefined")
_free_on("takes a holiday for a free day", "Holiday")
_free_on("takes a leave for a free day", "Leave")
_free_on("takes a day without a shift for a free day", "NotScheduled")
_free_on("takes every date without slots for a free day", "WorkDayTemplateNotDefined", "Holiday", "Leave", "NotScheduled")


def _only(keep: Callable[[Context, str, Document], bool]) -> Mistake:
    def read(context: Context) -> Times:
        return context.read(free_in, only=[(day, entry) for day, entry in context.answer() if keep(context, day, entry)])

    return read


mistake("leaves out the last date")(_only(lambda context, day, entry: day < context.question.last.isoformat()))
mistake("leaves out the first date")(_only(lambda context, day, entry: day > context.question.first.isoformat()))
mistake("reads the first date only")(_only(lambda context, day, entry: day == context.question.first.isoformat()))
mistake("asks for the first 100 days only")(
    _only(lambda context, day, entry: date.fromisoformat(day) - context.question.first <= timedelta(days=100))
)
mistake("reads the first user under a date only")(
    _only(lambda context, day, entry: entry["EmailAddress"] == context.answer()[0][1]["EmailAddress"])
)
mistake("compares addresses with their letter case")(_only(lambda context, day, entry: entry["EmailAddress"] in context.question.users))
mistake("reads the first page only")(
    _only(lambda context, day, entry: entry["EmailAddress"].lower() in _lowered(context.question.users[: context.page_size]))
)
mistake("reads every page but the first")(
    _only(lambda context, day, entry: entry["EmailAddress"].lower() not in _lowered(context.question.users[: context.page_size]))
)


def _lowered(addresses: Iterable[str]) -> frozenset[str]:
    return frozenset(address.lower() for address in addresses)


@mistake("tells users apart by their place in the list")
def _by_place(context: Context) -> Times:
    listed: dict[str, list[Document]] = {}
    for day, entry in context.answer():
        listed.setdefault(day, []).append(entry)
    renamed = [
        (day, {**entry, "EmailAddress": address})
        for day, under in listed.items()
        for address, entry in zip(context.question.users, under, strict=False)
    ]
    return context.read(free_in, only=renamed)


@mistake("says that nothing is free, as if the answer were empty")
def _nothing(context: Context) -> Times:
    return times_of(())
