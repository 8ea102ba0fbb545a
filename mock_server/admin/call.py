"""What a call of the admin interface is, and what it answers; and how the values that it takes are read."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from leadsquared_slots.mock_server.accounts.account import Account
from leadsquared_slots.mock_server.accounts.scenario import read_instant
from leadsquared_slots.mock_server.calendars.written import read_date
from leadsquared_slots.mock_server.contract.validation import check as check
from leadsquared_slots.mock_server.domain.errors import DomainError
from leadsquared_slots.mock_server.service import Emulator

T = TypeVar("T")

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class BadCall(DomainError):
    """A call of the admin interface that cannot be carried out."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call: the emulator, the access key of the account that it is about (None: the default one), its arguments and its body.

    A call runs beside the endpoint, which is not answered while `do` has the turn: what takes long is done before and behind that.
    """

    emulator: Emulator
    access_key: str | None
    arguments: dict[str, str]
    body: dict[str, Any]

    def do(self, use: Callable[[Account], T]) -> T:
        """What `use`, which takes little time, gives for the account, of which it may change everything. It may be called several times.

        Raises NoSuchAccount, and Unavailable.
        """
        with self.emulator.turn:
            return self.emulator.accounts.use(self.access_key, use)

    def checked(self, body: str) -> dict[str, Any]:
        """The body, when it is as the definition of that name in `admin.schema.json` says. Raises Invalid."""
        check(f"admin#/$defs/{body}", self.body)
        return self.body


class Answer(NamedTuple):
    """A JSON value and a status."""

    value: Any
    status: int = 200


def instant_of(value: Any) -> float:
    """Seconds since the epoch of an instant with its zone. Raises BadCall."""
    try:
        return read_instant(value)
    except (TypeError, ValueError):
        raise BadCall(f"now is {value!r}", "expected a date and time with its zone, such as 2026-03-02T06:00:00Z") from None


def date_of(value: Any) -> int:
    """The ordinal of a date, yyyy-MM-dd and nothing else. Raises BadCall."""
    try:
        if _DATE.fullmatch(value):
            return read_date(value)
    except (TypeError, ValueError):
        pass
    raise BadCall(f"{value!r} is no date", "expected yyyy-MM-dd, such as 2026-03-02")


def flag_of(value: str) -> bool:
    """A flag of a query, `true` or `false`. Raises BadCall."""
    if value not in ("true", "false"):
        raise BadCall(f"includeAllowedConflicts is {value!r}", "expected true or false")
    return value == "true"
