"""Users: who they are, and what their calendar says."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import tzinfo
from typing import Protocol

from .absence import Leave
from .task import Task
from .work_day import WorkDayTemplate


class Calendar(Protocol):
    """What is known of a user's days. Dates are ordinals in the template's zone (the user's, where there is no template)."""

    def holiday(self, ordinal: int) -> str | None:
        """The name of the holiday that the date is, if it is one."""

    def leave(self, ordinal: int) -> Leave:
        """The user's leave on the date."""

    def tasks(self, start: int, end: int) -> Iterable[Task]:
        """At least the tasks that overlap the instants `[start, end)`, in any order; others may be among them."""

    def has_task(self, task_id: str) -> bool:
        """Whether one of the tasks has the id."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class User:
    """A user of the CRM. Compared by identity: a changed user is another object, so nothing kept for the old one can be mistaken for it."""

    id: str
    address: str
    name: str | None
    """As it was given; None for a generated user, who gets one when somebody asks (`people`)."""
    locale: str
    zone: tzinfo
    zone_name: str
    template: WorkDayTemplate | None
    calendar: Calendar
