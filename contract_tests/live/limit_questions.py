"""The questions about the rate limit: they exhaust it, so they need permission."""

from leadsquared_slots.contract_tests.wire.exchange import Exchange
from leadsquared_slots.contract_tests.wire.refusal_forms import is_limit, limit_named

from .interview import Interview

_WINDOW, _MARGIN = 5.0, 0.25
_MOST = 26
_EXTRA = 5
_LOOKS = (2.5, 3.25, 4.0, 4.5, 4.8, 5.05)
"""Seconds after the filling at which is looked for the opening. A window cut at fixed times, which was shut half a window before and opened
meanwhile, opens again before the last of them; one that slides does not."""
_STEADY = 0.1


def ask_for_limit(interview: Interview) -> None:
    """Exhausts the limit twice or three times, and keeps what that shows: status, counting, and the shape of the window."""
    target, evidence = interview.target, interview.shown.evidence
    target.pause(_WINDOW + _MARGIN, "letting the window of the limit pass")
    started = target.clock()
    half = 12
    broken = interview.target.ordinary(b"{}")
    invalid = [interview.send(broken, retry=False, throttled=False) for _ in range(half)]
    if any(is_limit(exchange.received) for exchange in invalid):
        evidence.shows("invalid-requests", "count", "calls refused for their body were refused for the limit in the end")
        passed, refused = None, next((exchange for exchange in invalid if is_limit(exchange.received)), None)
    else:
        passed, refused = _exhaust(interview, _MOST)
    if refused is None or target.clock() - started >= _WINDOW / 2:
        return  # a limit that is not reached, or a target that is too slow to say what passed in a window
    named = limit_named(refused.received)
    limit = named[0] if named else None
    if passed is not None and limit in (passed, passed + half):
        counts = "count" if limit == passed + half else "do-not-count"
        evidence.shows(
            "invalid-requests", counts, f"{passed} calls passed after {half} that were refused for their body; the limit is {limit}"
        )
    if limit is not None:
        _ask_for_window(interview, limit)


def _exhaust(interview: Interview, most: int) -> tuple[int, Exchange | None]:
    """How many plain calls pass before one is refused for the limit, and that one."""
    plain = interview.call(interview.plain())
    for passed in range(most):
        exchange = interview.send(plain, retry=False, throttled=False)
        if is_limit(exchange.received):
            return passed, exchange
    return most, None


def _ask_for_window(interview: Interview, limit: int) -> None:
    """The window is full now. What is refused half a window later counts, or does not; a window cut at fixed times may open early."""
    target, evidence, plain = interview.target, interview.shown.evidence, interview.call(interview.plain())
    filled = target.clock()
    target.pause(_WINDOW / 2, "half a window")
    early = [is_limit(interview.send(plain, retry=False, throttled=False).received) for _ in range(_EXTRA)]
    if not all(early):
        evidence.shows("window", "fixed", f"the window opened {target.clock() - filled:.1f} s after it was filled")
        return
    target.pause(max(0.0, filled + _WINDOW + _MARGIN - target.clock()), "letting the first calls leave the window")
    again = target.clock()
    passed, _ = _exhaust(interview, limit + 1)
    if passed == limit - _EXTRA:
        evidence.shows("refused-calls", "count", f"{passed} of {limit} calls passed after {_EXTRA} had been refused in the window")
        evidence.shows("window", "sliding", "calls that were refused half a window before still counted")
        return
    if passed != limit:
        return
    opened = _opening(interview, again)
    if opened is None:
        return
    if opened <= _LOOKS[-2]:
        evidence.shows("window", "fixed", f"the window opened {opened:.1f} s after it was filled")
    else:
        evidence.shows("window", "sliding", f"the window opened {opened:.1f} s after it was filled, and not before")
        evidence.shows("refused-calls", "do-not-count", f"{passed} of {limit} calls passed after {_EXTRA} had been refused in the window")


def _opening(interview: Interview, filled: float) -> float | None:
    """Seconds from the filling of the window until a call passes again."""
    target, plain = interview.target, interview.call(interview.plain())
    for seconds in _LOOKS:
        target.pause(max(0.0, filled + seconds - target.clock()), "looking for the opening of the window")
        exchange = interview.send(plain, retry=False, throttled=False)
        if exchange.until - exchange.at > _STEADY and seconds > _LOOKS[-3]:
            return None  # too slow to tell the one from the other
        if not is_limit(exchange.received):
            return seconds
    return None
