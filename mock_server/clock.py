"""An account's clock: the real time, or one that stands still until it is moved."""

from collections.abc import Callable


class Clock:
    """Seconds since the epoch. Once set, the clock stands still; `advance` moves it on, and stops it first where it still runs."""

    def __init__(self, running: Callable[[], float], frozen_at: float | None = None) -> None:
        self._running, self.frozen_at = running, frozen_at

    def now(self) -> float:
        """The time that the clock shows."""
        return self._running() if self.frozen_at is None else self.frozen_at

    def set(self, moment: float) -> None:
        """Stops the clock at a time."""
        self.frozen_at = moment

    def advance(self, seconds: float) -> None:
        """Moves the clock on, and stops it there."""
        self.frozen_at = self.now() + seconds

    def release(self) -> None:
        """Lets the clock show the real time again."""
        self.frozen_at = None
