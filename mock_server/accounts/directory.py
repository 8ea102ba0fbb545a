"""Who exists: the users of a scenario, generated users, and what was changed while the emulator runs."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from typing import Any, ClassVar

from leadsquared_slots.mock_server.calendars.generated.catalogue import TASK_TYPES
from leadsquared_slots.mock_server.calendars.generated.users import USERS, owner_of_task
from leadsquared_slots.mock_server.calendars.written import ChangedCalendar, StoredCalendar, read_date, read_leave, read_task, read_user
from leadsquared_slots.mock_server.domain.errors import DomainError
from leadsquared_slots.mock_server.domain.profile import AddressCase
from leadsquared_slots.mock_server.domain.user import Calendar, User
from leadsquared_slots.mock_server.vendor.request import is_address

from .scenario import Scenario

Change = dict[str, Any]


class NoSuchUser(DomainError):
    """An address that no user has."""

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__(f"no user has the address {address!r}", f"PUT /__admin/users/{address} gives it one")


class NoSuchTask(DomainError):
    """An id that no task has."""

    def __init__(self, task_id: str) -> None:
        self.task_id = task_id
        super().__init__(f"no task has the id {task_id!r}", "GET /__admin/users/ADDRESS shows the ids of a user's tasks")


class TaskExists(DomainError):
    """The id of a new task is one that a task has already."""

    def __init__(self, task_id: str) -> None:
        self.task_id = task_id
        super().__init__(f"a task has the id {task_id!r} already", "leave the id out, or choose another")


class Directory:
    """The users of one account: those of its scenario, and the changes made since, in order.

    A user whose calendar changes becomes another `User`; what was computed for the old one is never asked for again. The changes are plain
    data: applied to a new directory of the same scenario and seed, they give the same users.
    """

    def __init__(self, scenario: Scenario, seed: int, address_case: AddressCase) -> None:
        self._scenario, self._seed, self._case = scenario, seed, address_case
        generated = {kind.name: kind for _, kind in TASK_TYPES} if scenario.is_open else {}
        self._task_types = {**generated, **scenario.task_types}
        self._users: dict[str, User | None] = {self._key(user.address): user for user in scenario.users}
        self.changes: list[Change] = []

    def _key(self, address: str) -> str:
        return address.lower() if self._case is AddressCase.ANY else address

    def find(self, address: str) -> User | None:
        """The user of an address (rules request.address-case, request.unknown-address)."""
        key = self._key(address)
        if key in self._users or not self._scenario.is_open:
            return self._users.get(key)
        return USERS[self._seed, key]

    def get(self, address: str) -> User:
        """The user of an address, which may be any text. Raises NoSuchUser."""
        # A generated user has an address that the endpoint takes.
        user = self.find(address) if is_address(address) else None
        if user is None:
            raise NoSuchUser(address)
        return user

    def __iter__(self) -> Iterator[User]:
        """The users that the scenario lists or that were changed; a generated one is not listed until then."""
        return iter([user for user in self._users.values() if user is not None])

    def apply(self, change: Change) -> str:
        """Makes a change and remembers it; the id of the task that it is about, else the user's address.

        A change is `{"kind": …, "user": ADDRESS, "entry": …}`: `put-user` and `add-task` and `add-leave` with an entry in the form of
        scenario files, `add-holiday` with `{"date", "name"}`, `delete-user` without, `delete-task` with the task's id instead of a user.
        Raises NoSuchUser, NoSuchTask, TaskExists or BadCalendar, and then changes nothing. What is remembered is a copy.
        """
        change = {**change, "entry": dict(change["entry"])} if "entry" in change else dict(change)
        outcome = self._APPLY[change["kind"]](self, change)
        self.changes.append(change)
        return outcome

    def rebuilt(self, address_case: AddressCase) -> "Directory":
        """The same users, with addresses compared otherwise. Raises DomainError when a change does not fit them then."""
        directory = Directory(self._scenario, self._seed, address_case)
        for change in self.changes:
            directory.apply(change)
        return directory

    def _put_user(self, change: Change) -> str:
        user = read_user(change["entry"], ("user",), self._scenario.templates, self._task_types)
        self._users[self._key(user.address)] = user
        return user.address

    def _delete_user(self, change: Change) -> str:
        user = self.get(change["user"])
        self._users[self._key(user.address)] = None
        return user.address

    def _add_task(self, change: Change) -> str:
        user, entry = self.get(change["user"]), change["entry"]
        if "id" not in entry:
            entry["id"] = next(name for n in count(len(self.changes) + 1) if self._owner(name := f"added-{n}") is None)
        elif self._owner(entry["id"]) is not None:
            raise TaskExists(entry["id"])
        task = read_task(entry, ("task",), self._task_types, user.address)
        self._replace(user, _changed(user).with_added(StoredCalendar(stored=(task,))))
        return task.id

    def _add_leave(self, change: Change) -> str:
        user = self.get(change["user"])
        self._replace(user, _changed(user).with_added(StoredCalendar(leaves=(read_leave(change["entry"], ("leave",)),))))
        return user.address

    def _add_holiday(self, change: Change) -> str:
        user, entry = self.get(change["user"]), change["entry"]
        self._replace(user, _changed(user).with_added(StoredCalendar(holidays={read_date(entry["date"]): entry["name"]})))
        return user.address

    def _delete_task(self, change: Change) -> str:
        task_id: str = change["task"]
        owner = self._owner(task_id)
        if owner is None:
            raise NoSuchTask(task_id)
        self._replace(owner, _changed(owner).without_task(task_id))
        return task_id

    def _owner(self, task_id: str) -> User | None:
        """The user who has the task."""
        address = owner_of_task(task_id)
        generated = self.find(address) if address is not None and is_address(address) else None
        return next((user for user in (*self, generated) if user is not None and user.calendar.has_task(task_id)), None)

    _APPLY: ClassVar[dict[str, Callable[["Directory", Change], str]]] = {
        "put-user": _put_user,
        "delete-user": _delete_user,
        "add-task": _add_task,
        "add-leave": _add_leave,
        "add-holiday": _add_holiday,
        "delete-task": _delete_task,
    }

    def _replace(self, user: User, calendar: Calendar) -> None:
        self._users[self._key(user.address)] = replace(user, calendar=calendar)


def _changed(user: User) -> ChangedCalendar:
    return user.calendar if isinstance(user.calendar, ChangedCalendar) else ChangedCalendar(base=user.calendar)
