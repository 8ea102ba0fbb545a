"""How fast calls may go out, and a clock for those who do not want to wait."""

from collections import deque
from collections.abc import Callable


class ManualClock:
    """A clock that moves only when somebody sleeps: call it for the seconds since the epoch."""

    def __init__(self, now: float = 1_772_420_400.0) -> None:
        self.now = now

    def __call__(self) -> float:
        """Seconds since the epoch."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Moves the clock on; nobody waits."""
        self.now += seconds


class Throttle:
    """Never more than `number` calls in any `seconds`: a call counts from its sending until its reply was read."""

    def __init__(self, number: int, seconds: float, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self.number, self.seconds, self.clock, self.sleep = number, seconds, clock, sleep
        self._ends: deque[float] = deque()

    def wait_needed(self) -> float:
        """Seconds until one more call may be sent."""
        now = self.clock()
        while self._ends and self._ends[0] <= now - self.seconds:
            self._ends.popleft()
        return self._ends[-self.number] + self.seconds - now if len(self._ends) >= self.number else 0.0

    def wait(self) -> None:
        """Sleeps until one more call may be sent."""
        # A sleep may end a little early, and a float may swallow its last microseconds.
        while (needed := self.wait_needed()) > 0:
            self.sleep(max(needed, 0.001))

    def sent(self) -> None:
        """Counts a call whose reply was read just now."""
        self._ends.append(self.clock())

    def lower(self, number: int, seconds: float) -> None:
        """Slows down to a limit that the target named, where that is slower."""
        if number >= 1 and seconds > 0 and number / seconds < self.number / self.seconds:
            self.number, self.seconds = number, seconds
