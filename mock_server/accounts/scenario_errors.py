"""What is wrong with a scenario or profile file, and on which line."""

import tomllib
from collections.abc import Sequence
from typing import Any

from leadsquared_slots.mock_server.domain.errors import DomainError

Path = Sequence[str | int]


class ScenarioError(DomainError):
    """A scenario or profile that cannot be used; `str()` says where, what was received, what was expected, and what to do."""


def line_of(text: str | None, path: Path) -> str:
    """`, line N` of a place in the text of a TOML file; empty when there is no text or the place is not in it."""
    number = line_number(text, path)
    return f", line {number}" if number else ""


def line_number(text: str | None, path: Path) -> int:
    """The line of a place in the text of a TOML file, from 1; 0 when there is no text or the place is not in it."""
    if text is None or not path:
        return 0
    lines = text.splitlines()
    for number in range(1, len(lines) + 1):
        try:
            document = tomllib.loads("\n".join(lines[:number]))
        except tomllib.TOMLDecodeError:
            continue
        if _has(document, path):
            return number
    return line_number(text, path[:-1])


def _has(document: Any, path: Path) -> bool:
    for step in path:
        try:
            document = document[step]
        except (KeyError, IndexError, TypeError):
            return False
    return True
