"""The entries of a recording by user, date and flag; a recording that contradicts itself is refused with its exchanges."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from leadsquared_slots.mock_server.vendor.seen_answer import Entry, read_answer
from leadsquared_slots.mock_server.vendor.seen_request import read_asked

from .recorded import Recorded
from .shown import Shown
from .stream import BadRecording

_MOST_ENTRIES = 300_000


class Contradiction(BadRecording):
    """Two exchanges of a recording cannot both come from one calendar."""


@dataclass(slots=True, kw_only=True)
class Collected:
    """What a recording says of each user.

    entries  by address (in small letters), date (an ordinal) and flag
    seen_in  the exchange in which each stands, as words
    """

    entries: dict[str, dict[tuple[int, bool], Entry]] = field(default_factory=dict)
    seen_in: dict[tuple[str, int, bool], str] = field(default_factory=dict)
    shown: Shown = field(default_factory=Shown)
    answers: int = 0


def collect(exchanges: Iterable[Recorded]) -> Collected:
    """Everything that answers of the endpoint say. Raises Contradiction, and BadRecording for one with nothing in it or too much."""
    found = Collected()
    for exchange in exchanges:
        found.shown.observe(exchange)
        answer = read_answer(exchange.reply_body) if exchange.is_endpoint and exchange.is_whole and exchange.status == 200 else None
        if answer is None:
            continue
        found.answers += 1
        flag = read_asked(exchange.body, exchange.header("content-type")).flag
        for entry in answer.entries:
            _add(found, entry, flag, exchange)
    if not found.entries:
        raise BadRecording(f"it holds {found.answers} answers of the endpoint, and no user in them; record a call that lists users")
    return found


def _add(found: Collected, entry: Entry, flag: bool, exchange: Recorded) -> None:
    user = entry.address.lower()
    days = found.entries.setdefault(user, {})
    before = days.setdefault((entry.ordinal, flag), entry)
    if before is entry:
        if len(found.seen_in) >= _MOST_ENTRIES:
            raise BadRecording(f"it lists more than {_MOST_ENTRIES} dates of users; make a scenario of a part of it")
        found.seen_in[user, entry.ordinal, flag] = words_of(exchange)
    elif before.raw != entry.raw:
        first = found.seen_in[user, entry.ordinal, flag]
        members = ", ".join(name for name in entry.raw if entry.raw[name] != before.raw.get(name))
        raise Contradiction(
            f"{first} and {words_of(exchange)} differ in {members} of {entry.address} on {date.fromordinal(entry.ordinal)}; was something "
            "booked between them? Record again, or keep one of the two"
        )


def words_of(exchange: Recorded) -> str:
    """An exchange as a reader finds it again in its file."""
    return f"exchange {exchange.number} ({datetime.fromtimestamp(exchange.at, UTC):%Y-%m-%dT%H:%M:%SZ})"
