"""The rate limit: how many calls of an account pass in a window of time."""

import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from .errors import DomainError
from .profile import Counting, Window

_FORM = re.compile(r"(?P<calls>[1-9][0-9]{0,8})/(?P<seconds>[1-9][0-9]{0,6})s")


class BadRateLimit(DomainError):
    """A rate limit that cannot be read."""

    def __init__(self, received: str) -> None:
        self.received = received
        super().__init__(f"rate limit {received!r} cannot be read", "expected CALLS/SECONDSs, for example '25/5s'")


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most so many calls in so many seconds (rule limit.number)."""

    calls: int = 25
    seconds: int = 5

    @classmethod
    def parse(cls, text: str) -> "RateLimit":
        """Return the limit that a text such as `25/5s` says. Raises BadRateLimit."""
        match = _FORM.fullmatch(text)
        if match is None:
            raise BadRateLimit(text)
        return cls(int(match["calls"]), int(match["seconds"]))

    def __str__(self) -> str:
        return f"{self.calls}/{self.seconds}s"


UNLIMITED = "none"
"""What a setting says where there is to be no limit."""


def limit_of(text: str | None) -> RateLimit | None:
    """Return the limit that a setting says; None, which is no limit, where it says UNLIMITED or nothing. Raises BadRateLimit."""
    return None if text in (None, UNLIMITED) else RateLimit.parse(text)


PLANS = {
    "lite": RateLimit(2),
    "pro": RateLimit(10),
    "super": RateLimit(20),
    "standard": RateLimit(15),
    "enterprise": RateLimit(25),
}
"""The limits of the vendor's plans (rule limit.plan)."""


class RateWindow:
    """Counts an account's calls. Times are seconds of the account's clock, which may be set back (rules limit.exceeded, limit.window).

    `refused` says whether a call that was refused counts as well (rule limit.refused-calls).
    """

    def __init__(self, limit: RateLimit, window: Window = Window.SLIDING, refused: Counting = Counting.DO_NOT_COUNT) -> None:
        self.limit = limit
        self._slides, self._counts_refused = window is Window.SLIDING, refused is Counting.COUNT
        # More calls than the limit need not be remembered: the oldest of the last `calls` decides.
        self._times: deque[float] = deque(maxlen=limit.calls)

    def is_open(self, now: float) -> bool:
        """Whether a call at `now` passes; a refused one is counted here, where refused calls count (rule limit.reopens)."""
        times = self._times
        while times and times[-1] > now:
            times.pop()
        while times and self._is_over(times[0], now):
            times.popleft()
        if len(times) < self.limit.calls:
            return True
        if self._counts_refused:
            times.append(now)
        return False

    def count(self, now: float) -> None:
        """Remembers a call that passed."""
        self._times.append(now)

    def _is_over(self, call: float, now: float) -> bool:
        seconds = self.limit.seconds
        return call <= now - seconds if self._slides else call // seconds < now // seconds

    def times(self) -> list[float]:
        """The calls that are remembered, oldest first."""
        return list(self._times)

    def restore(self, times: Iterable[float]) -> None:
        """Takes up the calls that `times` gave."""
        self._times.clear()
        self._times.extend(times)
