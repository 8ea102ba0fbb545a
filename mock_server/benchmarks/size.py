"""What is asked: how many users on how many dates, always asked before (warm) or never (cold)."""

from datetime import date, timedelta
from typing import NamedTuple

import orjson

SALT = "SALT"
"""Stands in every address of a body; `fill` and `drive.lua` put something else in its place."""
WARM = "warm"
_FIRST = date(2026, 3, 2)


class Size(NamedTuple):
    """A request for so many users and so many dates."""

    users: int
    days: int

    @property
    def name(self) -> str:
        """`10×31`: users × days."""
        return f"{self.users}×{self.days}"

    @property
    def dates(self) -> list[date]:
        """The dates that are asked for."""
        return [_FIRST + timedelta(days=day) for day in range(self.days)]

    def body(self) -> bytes:
        """The request body, with SALT in every address."""
        return orjson.dumps(
            {
                "FromDate": self.dates[0].isoformat(),
                "ToDate": self.dates[-1].isoformat(),
                "Users": [f"user{number}@{SALT}.example.com" for number in range(1, self.users + 1)],
                "IncludeAllowedConflictSlots": False,
            }
        )


SIZES = (Size(2, 1), Size(10, 31), Size(100, 100))
BY_NAME = {f"{size.users}x{size.days}": size for size in SIZES}


def fill(body: bytes, salt: str = WARM) -> bytes:
    """The body with addresses of its own for each salt."""
    return body.replace(SALT.encode(), salt.encode())
