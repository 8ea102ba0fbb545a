"""What is asked of the endpoint, as a value."""

import json
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One lawful request.

    first, last                first and last date, both included
    users                      addresses as they are sent
    include_allowed_conflicts  the flag; None leaves it out
    page                       PageIndex and PageSize; None leaves Paging out
    """

    first: date
    last: date
    users: tuple[str, ...]
    include_allowed_conflicts: bool | None = False
    page: tuple[int, int] | None = None

    @property
    def dates(self) -> tuple[date, ...]:
        """Every date asked for, ascending."""
        return tuple(self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))

    @property
    def size(self) -> tuple[int, int, int]:
        """How much is asked for, for choosing the smaller of two questions."""
        return (len(self.dates) * len(self.users), len(self.users), sum(map(len, self.users)))

    def with_(self, **changes: Any) -> "Question":
        """The question with some parts changed."""
        return replace(self, **changes)

    def payload(self) -> dict[str, Any]:
        """The JSON body as the vendor spells it."""
        payload: dict[str, Any] = {
            "FromDate": self.first.isoformat(),
            "ToDate": self.last.isoformat(),
            "Users": list(self.users),
        }
        if self.include_allowed_conflicts is not None:
            payload["IncludeAllowedConflictSlots"] = self.include_allowed_conflicts
        if self.page is not None:
            payload["Paging"] = {"PageIndex": self.page[0], "PageSize": self.page[1]}
        return payload

    def body(self) -> bytes:
        """The payload as it is sent."""
        return json.dumps(self.payload(), ensure_ascii=False).encode()

    @staticmethod
    def of(payload: Any) -> "Question | None":
        """The question that a JSON body asks; None where it is no lawful request."""
        try:
            paging = payload.get("Paging")
            question = Question(
                first=date.fromisoformat(payload["FromDate"]),
                last=date.fromisoformat(payload["ToDate"]),
                users=tuple(payload["Users"]),
                include_allowed_conflicts=payload.get("IncludeAllowedConflictSlots"),
                page=(int(paging["PageIndex"]), int(paging["PageSize"])) if paging else None,
            )
        except (AttributeError, KeyError, TypeError, ValueError):
            return None
        lawful = question.users and all(isinstance(user, str) for user in question.users) and question.first <= question.last
        return question if lawful else None
