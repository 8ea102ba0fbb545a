"""Who exists: the users of a scenario, generated users, and what was changed while the emulator runs."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import Any, ClassVar

from leadsquared_slots.mock_server.calendars.generated.catalogue import TASK_TYPES
from leadsquared_slots.mock_server.calendars.generated.users import USERS, owner_of_task
from leadsquared_slots.mock_server.calendars.written import read_date, read_leave, read_task, read_user
from leadsquared_slots.mock_server.domain.errors import DomainError
from leadsquared_slots.mock_server.domain.profile import AddressCase
from leadsquared_slots.mock_server.domain.user import User
from leadsquared_slots.mock_server.vendor.request import is_address

from .calendar_changes import CalendarChanges, TaskOwners
from .scenario import Scenario

Change = dict[str, Any]

MOST_TASKS = 10_000
"""Tasks of one user, as in scenario files."""
MOST_LEAVES = 1_000
"""Leaves that are added for one user."""


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


class IdTaken(DomainError):
    """The id of a new user is one that another user has."""

    def __init__(self, user_id: str, address: str) -> None:
        self.user_id, self.address = user_id, address
        super().__init__(f"{address!r} has the id {user_id!r} already", "leave the id out, or choose another")


class TaskExists(DomainError):
    """The id of a new task is one that a task has already."""

    def __init__(self, task_id: str) -> None:
        self.task_id = task_id
        super().__init__(f"a task has the id {task_id!r} already", "leave the id out, or choose another")


class TooMany(DomainError):
    """A user has as many tasks or leaves as an answer is to be made of."""

    def __init__(self, address: str, what: str) -> None:
        self.address = address
        super().__init__(f"{address!r} has {what}", "give some to other users, or delete some")


class Directory:
    """The users of one account: those of its scenario, and the changes made since, in order.

    A user whose calendar changes becomes another `User`; what was computed for the old one is never asked for again. The changes are plain
    data: applied to a new directory of the same scenario and seed, they give the same users. Many changes in a row cost as much as all
    together: a calendar is made anew when it is next asked for.
    """

    def __init__(self, scenario: Scenario, seed: int, address_case: AddressCase) -> None:
        self._scenario, self._seed = scenario, seed
        self._key: Callable[[str], str] = str.lower if address_case is AddressCase.ANY else str
        generated = {kind.name: kind for _, kind in TASK_TYPES} if scenario.is_open else {}
        self._task_types = {**generated, **scenario.task_types}
        self._users: dict[str, User | None] = {self._key(user.address): user for user in scenario.users}
        self._pending: dict[str, CalendarChanges] = {}
        self._tasks: TaskOwners | None = None
        self._leaves: Counter[str] = Counter()
        self.changes: list[Change] = []

    def find(self, address: str) -> User | None:
        """The user of an address (rules request.address-case, request.unknown-address)."""
        return self.find_all((address,))[0]

    def find_all(self, addresses: Sequence[str]) -> list[User | None]:
        """The user of each address, None where it has none."""
        keys, users, seed = list(map(self._key, addresses)), self._users, self._seed
        if self._pending:
            for key in self._pending.keys() & keys:
                self._settle(key)
        if not self._scenario.is_open:
            return [users.get(key) for key in keys]
        return [users[key] if key in users else USERS[seed, key] for key in keys]

    def _at(self, key: str) -> User | None:
        """The user of a key, without the changes of the calendar that are still to be made."""
        if key in self._users or not self._scenario.is_open:
            return self._users.get(key)
        return USERS[self._seed, key]

    def _settle(self, key: str) -> None:
        user, changes = self._users[key], self._pending.pop(key)
        if user is not None:
            self._users[key] = replace(user, calendar=changes.made_to(user.calendar))

    def get(self, address: str) -> User:
        """The user of an address, which may be any text. Raises NoSuchUser."""
        # A generated user has an address that the endpoint takes.
        user = self.find(address) if is_address(address) else None
        if user is None:
            raise NoSuchUser(address)
        return user

    def __iter__(self) -> Iterator[User]:
        """The users that the scenario lists or that were changed; a generated one is not listed until then."""
        self.settle()
        return iter([user for user in self._users.values() if user is not None])

    def settle(self) -> None:
        """Makes all calendars that are still to be made anew, and looks up whose tasks are whose, so that no later call has to."""
        self._owners()
        for key in tuple(self._pending):
            self._settle(key)

    def apply(self, change: Change) -> str:
        """Makes a change and remembers it; the id of the task that it is about, else the user's address.

        A change is `{"kind": …, "user": ADDRESS, "entry": …}`: `put-user` and `add-task` and `add-leave` with an entry in the form of
        scenario files, `add-holiday` with `{"date", "name"}`, `delete-user` without, `delete-task` with the task's id instead of a user.
        Raises NoSuchUser, NoSuchTask, TaskExists, IdTaken, TooMany or BadCalendar, and then changes nothing. What is remembered is a copy.
        """
        change = {**change, "entry": dict(change["entry"])} if "entry" in change else dict(change)
        outcome = self._APPLY[change["kind"]](self, change)
        self.changes.append(change)
        return outcome

    def rebuilt(self, address_case: AddressCase, begun: "Directory | None" = None) -> "Directory":
        """The same users, with addresses compared otherwise. Raises DomainError when a change does not fit them then.

        `begun` is what this gave before: then only the changes since are made.
        """
        directory = begun or Directory(self._scenario, self._seed, address_case)
        for change in self.changes[len(directory.changes) :]:
            directory.apply(change)
        directory.settle()
        return directory

    def _put_user(self, change: Change) -> str:
        user = read_user(change["entry"], ("user",), self._scenario.templates, self._task_types)
        key, owners = self._key(user.address), self._owners()
        other = owners.user_with(user.id)
        if other not in (None, key):
            raise IdTaken(user.id, (self._users.get(other) or user).address)
        self._pending.pop(key, None)
        owners.forget(key)
        owners.note(key, user)
        del self._leaves[key]
        self._users[key] = user
        return user.address

    def _delete_user(self, change: Change) -> str:
        user = self._known(change["user"])
        key = self._key(user.address)
        self._owners().forget(key)
        self._pending.pop(key, None)
        self._users[key] = None
        return user.address

    def _add_task(self, change: Change) -> str:
        user, entry = self._known(change["user"]), change["entry"]
        if "id" not in entry:
            entry["id"] = next(name for n in count(len(self.changes) + 1) if self._owner(name := f"added-{n}") is None)
        elif self._owner(entry["id"]) is not None:
            raise TaskExists(entry["id"])
        key, owners = self._key(user.address), self._owners()
        if owners.count(key) >= MOST_TASKS:
            raise TooMany(user.address, f"{MOST_TASKS} tasks")
        task = read_task(entry, ("task",), self._task_types, user.address)
        self._change(user).tasks[task.id] = task
        owners.add(key, task.id)
        return task.id

    def _add_leave(self, change: Change) -> str:
        user, leave = self._known(change["user"]), read_leave(change["entry"], ("leave",))
        key = self._key(user.address)
        if self._leaves[key] >= MOST_LEAVES:
            raise TooMany(user.address, f"{MOST_LEAVES} leaves that were added")
        self._leaves[key] += 1
        self._change(user).leaves.append(leave)
        return user.address

    def _add_holiday(self, change: Change) -> str:
        user, entry = self._known(change["user"]), change["entry"]
        self._change(user).holidays[read_date(entry["date"])] = entry["name"]
        return user.address

    def _delete_task(self, change: Change) -> str:
        task_id: str = change["task"]
        key = self._owner(task_id)
        user = None if key is None else self._at(key)
        if key is None or user is None:
            raise NoSuchTask(task_id)
        self._change(user).drop(task_id)
        self._owners().remove(key, task_id)
        return task_id

    def _known(self, address: str) -> User:
        """The user of an address as `_at` gives them. Raises NoSuchUser."""
        user = self._at(self._key(address)) if is_address(address) else None
        if user is None:
            raise NoSuchUser(address)
        return user

    def _change(self, user: User) -> CalendarChanges:
        """What is still to be made of a user's calendar; who is changed is listed from then on."""
        key = self._key(user.address)
        self._users.setdefault(key, user)
        return self._pending.setdefault(key, CalendarChanges())

    def _owners(self) -> TaskOwners:
        if self._tasks is None:
            self._tasks = TaskOwners()
            for key, user in self._users.items():
                if user is not None:
                    self._tasks.note(key, user)
        return self._tasks

    def _owner(self, task_id: str) -> str | None:
        """The key of the user who has the task."""
        key = self._owners().owner(task_id)
        address = owner_of_task(task_id)
        if key is not None or address is None or not is_address(address):
            return key
        key = self._key(address)
        user, pending = self._at(key), self._pending.get(key)
        is_dropped = pending is not None and task_id in pending.dropped
        return key if user is not None and not is_dropped and user.calendar.has_task(task_id) else None

    _APPLY: ClassVar[dict[str, Callable[["Directory", Change], str]]] = {
        "put-user": _put_user,
        "delete-user": _delete_user,
        "add-task": _add_task,
        "add-leave": _add_leave,
        "add-holiday": _add_holiday,
        "delete-task": _delete_task,
    }
