"""What a situation is, and the register of all of them: each is data and one small function that prepares it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from types import MappingProxyType
from typing import Any

from leadsquared_slots.mock_server.contract.documents import ledger
from leadsquared_slots.mock_server.contract.ledger import Grade

Document = dict[str, Any]


class Expected(Enum):
    """What the application has to say."""

    TIMES = "the right times"
    ERROR = "an error"
    EITHER = "the right times, or an error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question to the application. Both dates are included."""

    users: tuple[str, ...]
    first: date
    last: date
    flag: bool = False

    def as_json(self) -> Document:
        """The question as a driver reads it."""
        return {
            "users": list(self.users),
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "includeAllowedConflictSlots": self.flag,
        }

    def as_request(self) -> Document:
        """The question as a body of the vendor's, on one page."""
        return {
            "FromDate": self.first.isoformat(),
            "ToDate": self.last.isoformat(),
            "Users": list(self.users),
            "IncludeAllowedConflictSlots": self.flag,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a situation is prepared for.

    timeout    seconds after which the driver is ended
    page_size  records that the application asks for on a page; None where it asks without Paging
    """

    timeout: float = 60.0
    page_size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """The state of an account, and what is asked there.

    calendar     users, templates and task types, as in a scenario file
    answers      profile answers that this state needs, whatever the profile of the run
    faults       as in a scenario file
    wrong_keys   whether the application is given a secret key that is not the account's
    """

    calendar: Document
    questions: tuple[Question, ...]
    answers: Mapping[str, str | int] = field(default_factory=dict)
    faults: tuple[Document, ...] = ()
    wrong_keys: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """One state of the vendor that a caller has to handle.

    title        what is special about it, as a sentence
    rules        the ledger rules that it rests on; the grade is that of the least known
    needs_pages  whether it depends on how many records the application asks for on a page
    """

    id: str
    group: str
    title: str
    rules: tuple[str, ...]
    expected: Expected
    prepare: Callable[[Given], Setup]
    needs_pages: bool = False

    @property
    def grade(self) -> Grade:
        """How well it is known that the vendor does this."""
        order = list(Grade)
        return max((ledger()[rule].grade for rule in self.rules), key=order.index)


_situations: dict[str, Situation] = {}


def situations() -> Mapping[str, Situation]:
    """Every situation by its id, in the order in which they are told."""
    from . import load

    load()
    return MappingProxyType(_situations)


def situation(
    id_: str, title: str, *rules: str, expected: Expected = Expected.TIMES, needs_pages: bool = False
) -> Callable[[Callable[[Given], Setup]], Callable[[Given], Setup]]:
    """Register a situation that a function prepares. Raises ValueError for a rule that the ledger does not have, and for a taken id."""

    def add(prepare: Callable[[Given], Setup]) -> Callable[[Given], Setup]:
        unknown = [rule for rule in rules if rule not in ledger()]
        if unknown or not rules or id_ in _situations:
            raise ValueError(f"situation {id_!r} rests on {unknown or 'no rule'}, or stands twice")
        group = prepare.__module__.rpartition(".")[2].replace("_", " ")
        _situations[id_] = Situation(
            id=id_, group=group, title=title, rules=rules, expected=expected, prepare=prepare, needs_pages=needs_pages
        )
        return prepare

    return add
