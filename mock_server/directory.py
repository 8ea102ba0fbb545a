"""Who exists: the users of a scenario, generated users, and what was changed while the emulator runs."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any, ClassVar

from .calendars import ChangedCalendar, StoredCalendar, read_date, read_leave, read_task, read_user
from .catalogue import TASK_TYPES
from .domain.errors import DomainError
from .domain.profile import AddressCase
from .domain.user import User
from .generated import generate_user, owner_of_task
from .scenario import Scenario

Change = dict[str, Any]

_generated = lru_cache(maxsize=16_384)(generate_user)


class NoSuchUser(DomainError):
    """An address that no user has."""

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__(f"no user has the address {address!r}; PUT /__admin/users/{address} gives it one")


class NoSuchTask(DomainError):
    """An id that no task has."""

    def __init__(self, task_id: str) -> None:
        self.task_id = task_id
        super().__init__(f"no task has the id {task_id!r}; GET /__admin/users/ADDRESS shows the ids of a user's tasks")


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
        return _generated(self._seed, key)

    def get(self, address: str) -> User:
        """The user of an address. Raises NoSuchUser."""
        user = self.find(address)
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
        Raises NoSuchUser, NoSuchTask or BadCalendar, and then changes nothing.
        """
        outcome = self._APPLY[change["kind"]](self, change)
        self.changes.append(change)
        return outcome

    def _put_user(self, change: Change) -> str:
        user = read_user(change["entry"], ("user",), self._scenario.templates, self._task_types)
        self._users[self._key(user.address)] = user
        return user.address

    def _delete_user(self, change: Change) -> str:
        user = self.get(change["user"])
        self._users[self._key(user.address)] = None
        return user.address

    def _add_task(self, change: Change) -> str:
        user = self.get(change["user"])
        change["entry"].setdefault("id", f"added-{len(self.changes) + 1}")
        task = read_task(change["entry"], ("task",), self._task_types, user.address)
        self._extend(user, StoredCalendar(stored=(task,)))
        return task.id

    def _add_leave(self, change: Change) -> str:
        user = self.get(change["user"])
        self._extend(user, StoredCalendar(leaves=(read_leave(change["entry"], ("leave",)),)))
        return user.address

    def _add_holiday(self, change: Change) -> str:
        user, entry = self.get(change["user"]), change["entry"]
        self._extend(user, StoredCalendar(holidays={read_date(entry["date"]): entry["name"]}))
        return user.address

    def _delete_task(self, change: Change) -> str:
        task_id: str = change["task"]
        candidates = [*self, self.find(owner_of_task(task_id) or "")]
        owner = next((user for user in candidates if user is not None and user.calendar.has_task(task_id)), None)
        if owner is None:
            raise NoSuchTask(task_id)
        self._extend(owner, StoredCalendar(), deleted=frozenset((task_id,)))
        return task_id

    _APPLY: ClassVar[dict[str, Callable[["Directory", Change], str]]] = {
        "put-user": _put_user,
        "delete-user": _delete_user,
        "add-task": _add_task,
        "add-leave": _add_leave,
        "add-holiday": _add_holiday,
        "delete-task": _delete_task,
    }

    def _extend(self, user: User, added: StoredCalendar, deleted: frozenset[str] = frozenset()) -> None:
        calendar = user.calendar
        if isinstance(calendar, ChangedCalendar):
            changed = calendar.extended(added, deleted)
        else:
            changed = ChangedCalendar(base=calendar, added=added, deleted=deleted)
        self._users[self._key(user.address)] = replace(user, calendar=changed)
