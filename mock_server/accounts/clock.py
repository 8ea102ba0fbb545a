"""An account's clock: the real time, or one that stands still until it is stale."""

from collections.abc import Callable

from leadsquared_slots.mock_server.domain.errors import DomainError

EARLIEST, LATEST = -62_135_596_800.0, 253_402_300_799.0
"""The first and the last second that can be written as a date and time of the years 1 to 9999, since the epoch."""


class NoSuchTime(DomainError):
    """A time that no clock here can show."""

    def __init__(self, moment: float) -> None:
        self.moment = moment
        super().__init__(f"the clock cannot show the time {moment:.0f} s from 1970", "expected one of the years 1 to 9999")


def known_time(moment: float) -> float:
    """The same time, when it can be shown. Raises NoSuchTime."""
    if not EARLIEST <= moment <= LATEST:
        raise NoSuchTime(moment)
    return moment


class Clock:
    """Seconds since the epoch. Once set, the clock stands still; `advance` moves it on, and stops it first where it still runs.

    Raises NoSuchTime, and then shows what it did before.
    """

    def __init__(self, running: Callable[[], float], frozen_at: float | None = None) -> None:
        self._running = running
        self.frozen_at = None if frozen_at is None else known_time(frozen_at)

    def now(self) -> float:
        """The time that the clock shows."""
        return self._running() if self.frozen_at is None else self.frozen_at

    def set(self, moment: float) -> None:
        """Stops the clock at a time."""
        self.frozen_at = known_time(moment)

    def advance(self, seconds: float) -> None:
        """Moves the clock on, and stops it there."""
        self.set(self.now() + seconds)

    def release(self) -> None:
        """Lets the clock show the real time again."""
        self.frozen_at = None
