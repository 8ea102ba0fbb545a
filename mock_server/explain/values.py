"""What an explanation is made of: steps, and tasks with what they do. Times are wall-clock seconds of the date."""

from enum import Enum
from typing import NamedTuple

from leadsquared_slots.mock_server.domain.interval import Intervals
from leadsquared_slots.mock_server.domain.task import Task


class Topic(Enum):
    """What a step is about."""

    DATE = "date"
    SHIFTS = "shifts"
    RUN_OVER = "run over"
    ABSENCE = "absence"
    CLOCK_CHANGE = "clock change"
    BREAKS = "breaks"
    LEAVE = "leave"
    TASK = "task"
    ZONE = "zone"
    RESULT = "result"


class Step(NamedTuple):
    """One step: a sentence or two, the ledger rules behind it, the times that it is about, and what is left after it.

    `left` is None where there is no list: before the shifts are known, and beside a reason that gives null.
    """

    kind: Topic
    text: str
    rules: tuple[str, ...]
    times: Intervals = ()
    left: Intervals | None = None


class Effect(Enum):
    """What a task does to the answer."""

    BUSY = "busy"
    HOLE = "hole"
    NOTHING = "nothing"


class ExplainedTask(NamedTuple):
    """A task of the date: what it does, when it is on this date, and what it took of what was left."""

    task: Task
    effect: Effect
    times: Intervals
    took: Intervals
    is_outside: bool
    """Whether it lies outside the shifts altogether."""
