"""The last line of defence for keys: nothing that the kit prints or writes may hold one.

Keys are taken out where a request is described; this looks at the finished text once more, in case one came in by
another way, for example inside a message of the target that quotes the URL.
"""

import base64
import html
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass, replace
from typing import IO, Any, TypeVar, cast
from urllib.parse import quote, quote_plus

HIDDEN = "[key hidden]"
PLACEHOLDERS = frozenset({"AccessKey", "SecretKey"})
"""What the vendor's page has in the place of keys: no secret, and part of the headers' names."""

_LONG = 8
Value = TypeVar("Value")


class Redactor:
    """Takes keys out of text, in every spelling in which a key can come: plain, percent-encoded, JSON, HTML, base64."""

    def __init__(self, keys: Iterable[str]) -> None:
        spellings = {spelling for key in keys if key and key not in PLACEHOLDERS for spelling in _spellings(key)}
        # The longest first: a short spelling may be a part of a long one.
        parts = [_pattern(spelling) for spelling in sorted(spellings, key=len, reverse=True)]
        self._pattern = re.compile("|".join(parts)) if parts else None

    def __call__(self, text: str) -> str:
        """The text without keys."""
        return self._pattern.sub(HIDDEN, text) if self._pattern else text

    def value(self, value: Value) -> Value:
        """A copy of a frozen value, of a tuple or of a string in which no string holds a key."""
        return each_text(value, self)


def each_text(value: Value, change: Callable[[str], str]) -> Value:
    """A copy of a frozen value, of a tuple or of a string with every string in it changed."""
    if isinstance(value, str):
        return cast(Value, change(value))
    if isinstance(value, tuple):
        return cast(Value, tuple(each_text(part, change) for part in value))
    if is_dataclass(value) and not isinstance(value, type):
        changed = {field.name: each_text(getattr(value, field.name), change) for field in fields(value)}
        return replace(value, **changed)
    return value


class RedactingStream:
    """A text stream that writes to another one, without keys."""

    def __init__(self, stream: IO[str], redact: Redactor) -> None:
        self._stream, self._redact = stream, redact

    def write(self, text: str) -> int:
        """Write the text without keys."""
        return self._stream.write(self._redact(text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _pattern(spelling: str) -> str:
    # A short key may be part of an ordinary word, and a report in which words are missing is of no use.
    return re.escape(spelling) if len(spelling) >= _LONG else rf"(?<![0-9A-Za-z]){re.escape(spelling)}(?![0-9A-Za-z])"


def _spellings(key: str) -> set[str]:
    quoted = {quote(key, safe=""), quote(key), quote_plus(key)}
    encoded = base64.b64encode(key.encode()).decode().rstrip("=")
    return {key, json.dumps(key)[1:-1], html.escape(key), encoded} | quoted | {text.replace("%24", "$") for text in quoted}
