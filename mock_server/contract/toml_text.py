"""TOML read as JSON values, in time and memory that grow with the text alone, and the lines on which its values stand.

tomllib is exact, and trusts its input: nesting costs it recursion, and a key of many parts the square of their number. So tokens are
looked at first, in one pass, and what no scenario, profile or ledger needs is refused by its line.
"""

import re
import tomllib
from collections.abc import Collection, Iterator
from datetime import date, datetime, time
from math import isfinite
from typing import Any, NamedTuple

from leadsquared_slots.mock_server.domain.errors import DomainError, shortened

Path = tuple[str | int, ...]

LARGEST_TEXT = 4 << 20
"""Characters of the longest text that is read."""
DEEPEST = 32
"""How deep brackets may be nested, and how many parts a dotted key may have."""
_LONGEST_KEY = 200
_LARGEST = 1 << 63
_QUOTES = ('"', "'")
_SEPARATORS = ("\n", ",", "=")

# Every alternative matches in one pass: what is not closed ends with the text or the line.
_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*+(?:"{3,5})?+'
    r"|'''(?:[^']|'(?!''))*+(?:'{3,5})?+"
    r'|"(?:[^"\\\n]|\\.)*+"?+'
    r"|'[^'\n]*+'?+"
    r"|\#[^\n]*+"
    r"|[\[\]{}=,.\n]"
    r"|[^\s\[\]{}=,.\"'#]++",
    re.DOTALL,
)


class BadToml(DomainError):
    """A text that is not TOML, or more than is read of it; `line` is where, 0 where that is not known."""

    def __init__(self, what: str, hint: str = "", line: int = 0) -> None:
        self.line = line
        super().__init__(what, hint)


class _Token(NamedTuple):
    text: str
    line: int
    at: int


def read_toml(text: str) -> dict[str, Any]:
    """The values of a TOML text as JSON has them: dates and times as ISO 8601 texts, UTC as `Z`. Raises BadToml."""
    if len(text) > LARGEST_TEXT:
        raise BadToml(f"the text has {len(text)} characters", f"expected at most {LARGEST_TEXT}")
    _check_nesting(text)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadToml(f"not TOML: {error}", "mend it there") from None
    try:
        plain: dict[str, Any] = _plain(document, ())
    except _Unusable as error:
        raise BadToml(f"{place_of(error.path)}: {error.what}", error.hint, lines_of(text, [error.path]).get(error.path, 0)) from None
    return plain


def lines_of(text: str, paths: Collection[Path]) -> dict[Path, int]:
    """The lines, from 1, on which values of a TOML text begin, in one pass; what is not in the text has the line of what would hold it.

    A path without any line is left out.
    """
    wanted = {path[:length] for path in paths for length in range(1, len(path) + 1)}
    found = _Lines(text, wanted).found
    lines = {}
    for path in paths:
        inside = next((path[:length] for length in range(len(path), 0, -1) if path[:length] in found), None)
        if inside is not None:
            lines[path] = found[inside]
    return lines


def place_of(path: Path) -> str:
    """Return a path as one writes it: `user[0].tasks[1].start`; empty for the top."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{shortened(step)}" for step in path).removeprefix(".")


class _Unusable(Exception):
    def __init__(self, path: Path, what: str, hint: str) -> None:
        self.path, self.what, self.hint = path, what, hint
        super().__init__(what)


def _plain(value: Any, path: Path) -> Any:
    """A value of tomllib as JSON has it. What comes here is no deeper than _check_nesting lets pass."""
    if isinstance(value, dict):
        return {key: _plain(item, (*path, key)) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item, (*path, number)) for number, item in enumerate(value)]
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, int) and not -_LARGEST <= value < _LARGEST:
        raise _Unusable(path, "received a whole number of more than 64 bits", "TOML has none so large; expected a smaller one")
    if isinstance(value, float) and not isfinite(value):
        raise _Unusable(path, f"received {value}", "expected a number")
    return value


def _tokens(text: str) -> Iterator[_Token]:
    """The words of a text with their lines, without comments and blanks; a line break is one."""
    line = 1
    for match in _TOKEN.finditer(text):
        word = match.group()
        if not word.startswith("#"):
            yield _Token(word, line, match.start())
        line += word.count("\n")


def _check_nesting(text: str) -> None:
    """Raises BadToml for brackets too deep in each other, for a key of too many parts, and for words too long for a key or a number."""
    depth = dots = longest = 0
    for token in _tokens(text):
        is_quoted = token.text[0] in _QUOTES  # a key, where "=" follows, or a text, which may be long
        longest = max(longest, len(token.text))
        if longest > _LONGEST_KEY and (token.text == "=" or (not is_quoted and len(token.text) > _LONGEST_KEY)):
            raise BadToml(f"a key or a number has {longest} characters", f"expected at most {_LONGEST_KEY}", token.line)
        if token.text in ("[", "{"):
            depth, dots, longest = depth + 1, 0, 0
            if depth > DEEPEST:
                raise BadToml(f"brackets are nested more than {DEEPEST} deep", "mend it there", token.line)
        elif token.text in ("]", "}"):
            depth, dots, longest = max(depth - 1, 0), 0, 0
        elif token.text == ".":
            dots += 1
            if dots >= DEEPEST:
                raise BadToml(f"a key has more than {DEEPEST} parts", "mend it there", token.line)
        elif token.text in _SEPARATORS:
            dots = longest = 0


class _Lines:
    """Where the values of a valid TOML text begin; of another text, something or nothing, and no exception."""

    def __init__(self, text: str, wanted: Collection[Path]) -> None:
        self.found: dict[Path, int] = {}
        self._wanted = wanted
        self._tokens = _tokens(text)
        self._lengths: dict[Path, int] = {}
        self._next: _Token | None = next(self._tokens, None)
        self._read()

    def _take(self) -> _Token | None:
        token, self._next = self._next, next(self._tokens, None)
        return token

    def _is(self, *words: str) -> bool:
        return self._next is not None and self._next.text in words

    def _note(self, path: Path, line: int) -> None:
        if path in self._wanted:
            self.found.setdefault(path, line)

    def _read(self) -> None:
        table: Path = ()
        while self._next is not None:
            if self._is("["):
                table = self._header()
            elif not self._is("\n"):
                self._pair(table)
            while self._next is not None and not self._is("\n"):
                self._take()
            self._take()

    def _header(self) -> Path:
        """The path of a table's header, `[a.b]` or `[[a.b]]`."""
        first = self._take()
        is_list = first is not None and self._next is not None and self._is("[") and self._next.at == first.at + 1
        if is_list:
            self._take()
        parts, line = self._key(), first.line if first else 0
        path: Path = ()
        for number, part in enumerate(parts, 1):
            path = (*path, part)
            self._note(path, line)
            if is_list and number == len(parts):
                self._lengths[path] = self._lengths.get(path, 0) + 1
            if path in self._lengths:
                path = (*path, self._lengths[path] - 1)
                self._note(path, line)
        return path

    def _key(self) -> list[str]:
        parts = []
        while self._next is not None and not self._is("=", "]", "[", "{", "}", ",", "\n"):
            token = self._take()
            if token is not None and token.text != ".":
                parts.append(_key_of(token.text))
        return parts

    def _pair(self, table: Path) -> None:
        line, path = self._next.line if self._next else 0, table
        for part in self._key():
            path = (*path, part)
            self._note(path, line)
        if self._is("="):
            self._take()
            self._value(path)

    def _value(self, path: Path) -> None:
        if self._is("[", "{"):
            is_list, number = self._is("["), 0
            self._take()
            while self._next is not None and not self._is("]", "}"):
                before = self._next
                if self._is("\n", ","):
                    self._take()
                elif is_list:
                    self._note((*path, number), self._next.line)
                    self._value((*path, number))
                    number += 1
                else:
                    self._pair(path)
                if self._next is before:
                    self._take()  # what is no TOML must not stand still either
            self._take()
            return
        while self._next is not None and not self._is("\n", ",", "]", "}", "[", "{", "="):
            self._take()
        if self._is("[", "{", "="):
            self._take()


def _key_of(text: str) -> str:
    """A part of a key without its quotes; escapes are read as tomllib reads them."""
    if text.startswith("'"):
        return text.strip("'")
    if not text.startswith('"'):
        return text
    try:
        return next(iter(tomllib.loads(f"{text}=0")))
    except tomllib.TOMLDecodeError:
        return text
