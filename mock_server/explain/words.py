"""How explanations write times: `09:00–14:00`, `22:00–06:00 (+1)`, and instants in UTC."""

from collections.abc import Iterable
from datetime import UTC, datetime

from leadsquared_slots.mock_server.domain.interval import DAY, Interval, Intervals
from leadsquared_slots.mock_server.domain.task import Task


def clock(second: int) -> str:
    """A second of the day as `09:00`, with seconds where there are some; the end of the day as `24:00`."""
    minutes, seconds = divmod(second, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")


def times(interval: Interval) -> str:
    """Wall-clock times as `09:00–14:00`."""
    return f"{clock(interval.start)}–{clock(interval.end)}"


def shift_text(interval: Interval) -> str:
    """A shift as its template has it; one that runs over midnight ends on the next day, `22:00–06:00 (+1)`."""
    return times(interval) if interval.end <= DAY else f"{clock(interval.start)}–{clock(interval.end - DAY)} (+1)"


def ranges(intervals: Intervals) -> str:
    """A set of wall-clock times as a list."""
    return both(map(times, intervals)) or "nothing"


def both(parts: Iterable[str]) -> str:
    """Parts of a sentence, joined: `a, b and c`."""
    *first, last = [*parts] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def utc(moment: int) -> str:
    """An instant in UTC, `2026-03-02 06:00`."""
    text = datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S").rjust(19, "0")
    return text.removesuffix(":00")


def span(start: int, end: int) -> str:
    """Two instants in UTC; the second without its date where that is the same."""
    first, last = utc(start), utc(end)
    return f"{first} to {last.removeprefix(first[:11])} UTC"


def task_text(task: Task, readings: Intervals) -> str:
    """A task by its type, its times on the date, and its instants."""
    return f"{task.type.name}, {ranges(readings)} ({span(task.start, task.end)})"


def named(kind: str, name: str | None) -> str:
    """What something is, with its name where that says more: `holiday (Holi)`."""
    return kind if name is None or kind.casefold().endswith(name.casefold()) else f"{kind} ({name})"
