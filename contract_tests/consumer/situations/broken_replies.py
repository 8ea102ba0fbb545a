"""Replies that do not arrive whole, or not in time: twice, and then they do; or never."""

from .calendars import about, calendar, meeting, user
from .situation import Document, Expected, Given, Setup, situation

_CALLS = 2
_BEYOND_SECONDS = 5


def _faulty(**fault: object) -> Setup:
    entry = user(tasks=[meeting("2026-03-02T06:00:00", "2026-03-02T06:30:00")])
    faults: tuple[Document, ...] = (dict(fault),)
    return Setup(calendar=calendar(entry), questions=about(), faults=faults)


@situation("reset", "The connection is reset, twice.", "conduct.gives-up", expected=Expected.EITHER)
def reset(given: Given) -> Setup:
    """ECONNRESET."""
    return _faulty(kind="reset", times=_CALLS)


@situation("empty", "The connection is closed without a byte, twice.", "conduct.gives-up", expected=Expected.EITHER)
def empty(given: Given) -> Setup:
    """EOFError, socket hang up."""
    return _faulty(kind="empty", times=_CALLS)


@situation("truncated", "The reply is cut off half-way, twice.", "conduct.gives-up", expected=Expected.EITHER)
def truncated(given: Given) -> Setup:
    """Content-Length says more than what comes."""
    return _faulty(kind="truncate", times=_CALLS)


@situation("malformed", "The reply is whole, and no JSON, twice.", "conduct.gives-up", expected=Expected.EITHER)
def malformed(given: Given) -> Setup:
    """With status 200."""
    return _faulty(kind="malformed", times=_CALLS)


@situation("slow", "The first reply does not come in time.", "conduct.gives-up", expected=Expected.EITHER)
def slow(given: Given) -> Setup:
    """It is held beyond the driver's timeout: who has none of its own is ended."""
    return _faulty(kind="latency", milliseconds=round((given.timeout + _BEYOND_SECONDS) * 1000), times=1)


@situation("reset-always", "The connection is reset, always.", "conduct.gives-up", expected=Expected.ERROR)
def reset_always(given: Given) -> Setup:
    """Somewhere there has to be an end."""
    return _faulty(kind="reset")
