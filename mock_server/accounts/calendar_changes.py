"""Changes of calendars that are still to be made, and who has which task: many changes in a row cost no more than all together."""

from dataclasses import dataclass, field

from leadsquared_slots.mock_server.calendars.written import ChangedCalendar, StoredCalendar
from leadsquared_slots.mock_server.domain.absence import Leave
from leadsquared_slots.mock_server.domain.task import Task
from leadsquared_slots.mock_server.domain.user import Calendar, User


@dataclass(slots=True)
class CalendarChanges:
    """What was added to one calendar since it was last made: tasks by id, leaves, holidays by date; and the ids of the dropped tasks."""

    tasks: dict[str, Task] = field(default_factory=dict)
    leaves: list[tuple[int, int, Leave]] = field(default_factory=list)
    holidays: dict[int, str] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)

    def drop(self, task_id: str) -> None:
        """Drops a task, one that was added here or an older one."""
        if self.tasks.pop(task_id, None) is None:
            self.dropped.add(task_id)

    def made_to(self, calendar: Calendar) -> ChangedCalendar:
        """Return the calendar with the changes."""
        old = calendar if isinstance(calendar, ChangedCalendar) else ChangedCalendar(base=calendar)
        kept = [task for task in old.added.stored if task.id not in self.dropped]
        added = StoredCalendar(
            holidays={**old.added.holidays, **self.holidays},
            leaves=(*old.added.leaves, *self.leaves),
            stored=(*kept, *self.tasks.values()),
        )
        gone = {task_id for task_id in self.dropped if old.base.has_task(task_id)}
        return ChangedCalendar(base=old.base, added=added, deleted=old.deleted | gone)


class TaskOwners:
    """Which of the listed users, by key, have a task id or a user id. Generated tasks are not among them: their ids say whose they are."""

    def __init__(self) -> None:
        self._owners: dict[str, list[str]] = {}
        self._tasks: dict[str, dict[str, None]] = {}
        self._users: dict[str, str] = {}
        self._ids: dict[str, str] = {}

    def note(self, key: str, user: User) -> None:
        """Notes a user with the tasks that are written down for them."""
        self._users[user.id.lower()], self._ids[key] = key, user.id.lower()
        if isinstance(user.calendar, StoredCalendar):
            for task in user.calendar.stored:
                self.add(key, task.id)

    def forget(self, key: str) -> None:
        """Forgets a user with all tasks."""
        for task_id in tuple(self._tasks.get(key, ())):
            self.remove(key, task_id)
        user_id = self._ids.pop(key, None)
        if user_id is not None and self._users.get(user_id) == key:
            del self._users[user_id]

    def add(self, key: str, task_id: str) -> None:
        """Notes a task of a user."""
        self._owners.setdefault(task_id, []).append(key)
        self._tasks.setdefault(key, {})[task_id] = None

    def remove(self, key: str, task_id: str) -> None:
        """Forgets a task of a user, if it is known."""
        owners = self._owners.get(task_id, [])
        if key in owners:
            owners.remove(key)
            self._tasks[key].pop(task_id, None)

    def count(self, key: str) -> int:
        """How many tasks a listed user has, without those that are drawn."""
        return len(self._tasks.get(key, ()))

    def owner(self, task_id: str) -> str | None:
        """The key of the first user who has a task; None where no listed user has it."""
        return next(iter(self._owners.get(task_id, ())), None)

    def user_with(self, user_id: str) -> str | None:
        """The key of the listed user who has an id, letter case aside."""
        return self._users.get(user_id.lower())
