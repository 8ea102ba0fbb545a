"""The rules about what is sent: body, dates, pages, and the place of the keys."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from leadsquared_slots.mock_server.vendor.request import MOST_DAYS
from leadsquared_slots.mock_server.vendor.seen import Outcome

from .calls import Call
from .findings import Finding

_SHOWN = 5


def date_range(calls: Sequence[Call]) -> Iterator[Finding]:
    """The dates of a call are at most 100 days apart (rule conduct.range)."""
    wide = [call for call in calls if _days(call) > MOST_DAYS]
    if wide:
        asked = wide[0].asked
        yield Finding(
            rule="conduct.range",
            what=f"Call {wide[0].number} asks for {asked.first} to {asked.last}, {_days(wide[0])} days apart{_more(wide)}.",
            fix=f"Ask for at most {MOST_DAYS} days at a time, and join the answers.",
            calls=_numbers(wide),
        )


def _days(call: Call) -> int:
    first, last = call.asked.first, call.asked.last
    return (last - first).days if call.is_slots and first and last else 0


def attributes(calls: Sequence[Call]) -> Iterator[Finding]:
    """The body has the documented attributes, by name and type (rule conduct.attributes)."""
    wrong: dict[str, list[Call]] = defaultdict(list)
    for call in posts(calls):
        for problem in call.asked.problems:
            wrong[problem].append(call)
    for problem, found in list(wrong.items())[:_SHOWN]:
        yield Finding(
            rule="conduct.attributes",
            what=f"In call {found[0].number} {problem}{_more(found)}.",
            fix="Send the documented attributes, in their letter case.",
            calls=_numbers(found),
        )


def content_type(calls: Sequence[Call]) -> Iterator[Finding]:
    """The content type is application/json (rule conduct.content-type)."""
    wrong = [call for call in posts(calls) if call.media_type != "application/json"]
    if wrong:
        sent = wrong[0].media_type[:60] or "no content type"
        yield Finding(
            rule="conduct.content-type",
            what=f"Call {wrong[0].number} was sent as {sent}{_more(wrong)}.",
            fix="Send the header Content-Type: application/json.",
            calls=_numbers(wrong),
        )


def posts(calls: Sequence[Call]) -> list[Call]:
    """The calls whose body the endpoint reads."""
    return [call for call in calls if call.is_slots and call.method == "POST"]


def pages(calls: Sequence[Call]) -> Iterator[Finding]:
    """Who asks by pages asks from the first to the last (rule conduct.pages)."""
    questions: dict[str, list[Call]] = defaultdict(list)
    for call in posts(calls):
        if call.asked.page_index is not None:
            questions[call.asked.without_page].append(call)
    for asked in questions.values():
        yield from _missing_pages(asked)


def _missing_pages(asked: Sequence[Call]) -> Iterator[Finding]:
    indexes = {call.asked.page_index for call in asked}
    answered = [call for call in asked if call.outcome is Outcome.ANSWERED and call.said.record_count is not None]
    below = [call for call in asked if (call.asked.page_index or 0) < 1]
    if below:
        yield Finding(
            rule="conduct.pages",
            what=f"Call {below[0].number} asks for page {below[0].asked.page_index}.",
            fix="PageIndex starts at 1.",
            calls=_numbers(below),
        )
    # Who was stopped by an error before the last page did not leave one out.
    if not answered or asked[-1].outcome is not Outcome.ANSWERED:
        return
    last = answered[-1]
    count, size = last.said.record_count or 0, last.asked.page_size or 0
    wanted = range(1, -(-count // size) + 1 if size > 0 else 1)
    missing = next((page for page in wanted if page not in indexes), None)
    if missing is not None:
        yield Finding(
            rule="conduct.pages",
            what=f"Of {len(wanted)} pages ({count} records, {size} on a page) page {missing} was never asked for.",
            fix="Ask for every page, from PageIndex 1 until RecordCount records were seen.",
            calls=_numbers(answered),
        )


def keys_in_headers(calls: Sequence[Call]) -> Iterator[Finding]:
    """Keys belong into headers: a URL is written into logs on its way (rule conduct.keys-in-headers, advice)."""
    found = [call for call in calls if "query" in call.keys_in]
    if found:
        yield Finding(
            rule="conduct.keys-in-headers",
            what=f"Call {found[0].number} has its keys in the URL{_more(found)}.",
            fix="Send them as the headers x-LSQ-AccessKey and x-LSQ-SecretKey: URLs are written into logs.",
            calls=_numbers(found),
            advice=True,
        )


def _more(calls: Sequence[Call]) -> str:
    return f", and so do {len(calls) - 1} more" if len(calls) > 1 else ""


def _numbers(calls: Sequence[Call]) -> tuple[int, ...]:
    return tuple(call.number for call in calls[:20])
