"""A scenario document as the text of a TOML file."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

_NATIVE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_DATES = frozenset({"start", "end", "from", "to", "date", "holidays", "now"})


def to_toml(document: Mapping[str, Any], comments: Iterable[str] = ()) -> str:
    """The document as TOML: plain values first, then tables; `comments` stand above it, one line each."""
    lines = [f"# {_one_line(comment)}" for comment in comments]
    lines += [""] if lines else []
    lines += [f"{_key(key)} = {_value(value, key)}" for key, value in document.items() if not _is_table(value)]
    for key, value in document.items():
        if isinstance(value, Mapping):
            lines += ["", f"[{_key(key)}]", *_members(value)]
        elif _is_table(value):
            for item in value:
                lines += ["", f"[[{_key(key)}]]", *_members(item)]
    return "\n".join(lines) + "\n"


def _members(table: Mapping[str, Any]) -> list[str]:
    lines = []
    for key, value in table.items():
        if _is_table(value) and not isinstance(value, Mapping):
            lines += [f"{_key(key)} = [", *(f"  {_value(item, key)}," for item in value), "]"]
        elif value != []:
            lines.append(f"{_key(key)} = {_value(value, key)}")
    return lines


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, list) and bool(value) and all(isinstance(item, Mapping) for item in value))


def _value(value: Any, key: str) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(name)} = {_value(part, name)}" for name, part in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(part, key) for part in value) + "]"
    if isinstance(value, str):
        # JSON's escapes are TOML's, but for the one character that TOML wants escaped and JSON does not.
        return value if key in _DATES and _NATIVE.fullmatch(value) else json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return json.dumps(value)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else json.dumps(key)


def _one_line(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)
