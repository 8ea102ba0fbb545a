"""How violations name places and times."""

from collections.abc import Sequence

from leadsquared_slots.contract_tests.checks.registry import MOST_ALSO, Violation
from leadsquared_slots.contract_tests.wire.answer import Answer, Entry, Span, clock, moment


def at_entry(rule: str, title: str, entry: Entry, received: str, documented: str = "") -> Violation:
    """A violation in the entry of a user under a date."""
    where = f"{entry.address} under {entry.day} ({entry.place}): "
    return Violation(rule=rule, title=title, received=where + received, documented=documented)


def differing(
    rule: str, title: str, differences: Sequence[str], *answers: Answer, documented: str = "", fits: tuple[str, str | int] | None = None
) -> Violation:
    """A violation that several answers show: the first difference, and the others in a line each as far as a report quotes them."""
    first, *others = differences
    exchanges = tuple(answer.exchange for answer in answers if answer.exchange)
    return Violation(
        rule=rule, title=title, received=first, documented=documented, fits=fits, exchanges=exchanges,
        also=tuple(others[:MOST_ALSO]), more=max(len(others) - MOST_ALSO, 0),
    )  # fmt: skip


def show(spans: Sequence[Span]) -> str:
    """Times of the day; the end of the day is shown as 24:00:00."""
    return ", ".join(f"{clock(span.start)}–{clock(span.end)}" for span in spans) or "none"


def show_instants(spans: Sequence[Span]) -> str:
    """UTC date-times."""
    return ", ".join(f"{moment(span.start)} – {moment(span.end)}" for span in spans) or "none"
