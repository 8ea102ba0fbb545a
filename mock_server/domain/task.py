"""Tasks, the vendor's appointments, and their types."""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class TaskType:
    """A kind of task. Only a type that does not allow conflicts makes its tasks busy (rule busy.if-and-only-if)."""

    name: str
    allow_conflicts: bool


class Task(NamedTuple):
    """An appointment: `[start, end)` in seconds since the epoch, UTC, never empty. All are open (rules busy.positive, busy.open-only)."""

    start: int
    end: int
    type: TaskType
    id: str
    subject: str | None
    """As it was given; None for a generated task, which gets one when somebody asks."""
