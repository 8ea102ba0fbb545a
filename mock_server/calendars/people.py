"""Names and subjects of generated users and tasks, from Faker, for the readers of a page or an explanation."""

from functools import lru_cache
from hashlib import blake2b
from threading import Lock
from typing import TYPE_CHECKING

from leadsquared_slots.mock_server.domain.task import Task
from leadsquared_slots.mock_server.domain.user import User

if TYPE_CHECKING:
    from faker import Faker

_ONE_AT_A_TIME = Lock()
"""A Faker draws from what it was seeded with last."""


def name_of(user: User) -> str:
    """The user's name, always the same for the same user."""
    if user.name is not None:
        return user.name
    with _ONE_AT_A_TIME:
        return _faker(user.locale, user.id).name()


def subject_of(task: Task, user: User) -> str:
    """What the task is about, always the same for the same task."""
    if task.subject is not None:
        return task.subject
    with _ONE_AT_A_TIME:
        faker = _faker(user.locale, task.id)
        return f"{task.type.name} with {faker.name()}, {faker.company()}"


def _faker(locale: str, name: str) -> "Faker":
    faker = _faker_of(locale)
    faker.seed_instance(int.from_bytes(blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big"))
    return faker


@lru_cache(maxsize=32)
def _faker_of(locale: str) -> "Faker":
    # Costs more than the rest of a start-up together.
    from faker import Faker

    return Faker(locale)
