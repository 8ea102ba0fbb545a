"""An exchange in words: what was asked, and what came of it, each in a line that a person takes in at a glance."""

from collections.abc import Iterator, Sequence
from typing import Any

from leadsquared_slots.mock_server.exchanges.message import Abort, Exchange
from leadsquared_slots.mock_server.vendor.seen import Outcome

from .calls import Call, call_of

_MOST = 300
_MOST_USERS = 2
_MOST_ENTRIES = 3
_MOST_SLOTS = 4
_CUT = {
    Abort.RESET: "the connection was reset",
    Abort.EMPTY: "the connection was closed without a byte",
    Abort.TRUNCATE: "the reply was cut off half-way",
    Abort.GARBAGE: "bytes that are not HTTP",
}


def asked_in_words(exchange: Exchange) -> str:
    """What a request asks: users, dates, flag and page; the method and path where it is no question."""
    return _bounded(_asked(call_of(exchange)))


def came_in_words(exchange: Exchange) -> str:
    """What came of it: slots, the exception, or how the connection ended."""
    reply, call = exchange.reply, call_of(exchange)
    late = f", after {reply.delay:g} s" if reply.delay >= 0.1 else ""
    if reply.abort is not None:
        return f"{_CUT[reply.abort]}{late}"
    return _bounded(f"{_came(call)}{late}")


def _bounded(text: str) -> str:
    return text if len(text) <= _MOST else f"{text[: _MOST - 1]}…"


def _asked(call: Call) -> str:
    asked = call.asked
    if not call.is_slots or call.method != "POST":
        return f"{call.method} {call.path}"
    if asked.document is None:
        return asked.problems[0]
    dates = f"{asked.first or '?'}" if asked.first == asked.last else f"{asked.first or '?'} to {asked.last or '?'}"
    parts = [_some(asked.users, _MOST_USERS) or "no user", dates]
    if asked.flag:
        parts.append("allowed conflicts included")
    if asked.page_size is not None or asked.page_index is not None:
        parts.append(f"page {'?' if asked.page_index is None else asked.page_index} of {asked.page_size or '?'} each")
    return ", ".join(parts)


def _some(texts: Sequence[str], most: int) -> str:
    more = f" and {len(texts) - most} more" if len(texts) > most else ""
    return ", ".join(texts[:most]) + more


def _came(call: Call) -> str:
    said = call.said
    if said.exception:
        return f"{call.status} {said.exception}: {said.message}"
    if call.outcome is Outcome.ANSWERED:
        return _answer(said.document, said.record_count)
    if call.outcome is Outcome.HTML:
        return f"{call.status} with an HTML page"
    return f"{call.status}, a body that is no JSON" if call.outcome is Outcome.BROKEN and call.status == 200 else f"{call.status}"


def _answer(document: dict[str, Any] | None, count: int | None) -> str:
    records = "no record" if count == 0 else f"{count} record{'s' * (count != 1)}" if count is not None else "an answer"
    entries = list(_entries(document or {}))
    more = f"; and {len(entries) - _MOST_ENTRIES} more" if len(entries) > _MOST_ENTRIES else ""
    return "; ".join([records, *entries[:_MOST_ENTRIES]]) + more


def _entries(document: dict[str, Any]) -> Iterator[str]:
    groups = document.get("List")
    for group in groups if isinstance(groups, list) else ():
        entries = group.get("UserSlots") if isinstance(group, dict) else None
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict):
                yield f"{str(group.get('Date'))[5:]} {str(entry.get('EmailAddress')).partition('@')[0]} {_free(entry)}"


def _free(entry: dict[str, Any]) -> str:
    slots = entry.get("AvailableSlots")
    if not slots:
        return str(entry.get("NoSlotsReason") or "nothing free")
    spans = [f"{_short(slot.get('StartTime'))}–{_short(slot.get('EndTime'))}" for slot in slots if isinstance(slot, dict)]
    return _some(spans, _MOST_SLOTS)


def _short(time: object) -> str:
    return str(time).removesuffix(":00") if str(time).count(":") == 2 else str(time)
