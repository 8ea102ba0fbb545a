"""The last line of defence for keys: nothing that the kit prints or writes may hold one.

Keys are taken out where a request is described; this looks at the finished text once more, in case one came in by
another way, for example inside a message of the target that quotes the URL.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass, replace
from functools import cached_property
from typing import IO, Any, TypeVar, cast

from leadsquared_slots.mock_server.recording.keys import NO_SECRETS, marks_of, pattern_of

HIDDEN = "[key hidden]"
PLACEHOLDERS = NO_SECRETS
"""What the vendor's page has in the place of keys: no secret, and part of the headers' names."""

_ENCODED = re.compile(r"%[0-9a-f]{2}|\\u[0-9a-f]{4}|&#")
_ENCODED_ASCII = re.compile(r"%[0-7][0-9a-f]|\\u00[0-7][0-9a-f]|&#")
Value = TypeVar("Value")


class Redactor:
    """Takes keys out of text, in every form in which a key can come.

    Each character may be written as it is, in the other letter case, or encoded for a URL (also twice), for JSON or for HTML;
    and the key as a whole in base64. `shown` is what then stands in its place.
    """

    def __init__(self, keys: Iterable[str], shown: str = HIDDEN) -> None:
        self._secrets = tuple(key for key in keys if key and key not in PLACEHOLDERS)
        self._marks = [mark for key in self._secrets for mark in marks_of(key)]
        # Servers write names as \u00eb, in every entry of an answer: a key of ASCII has no such character.
        self._encoded = _ENCODED_ASCII if all(key.isascii() for key in self._secrets) else _ENCODED
        self._shown = shown

    def __call__(self, text: str) -> str:
        """The text without keys."""
        if not self._secrets:
            return text
        # To look for these first is many times quicker than to look for the key.
        lower = text.lower()
        if not (any(mark in lower for mark in self._marks) or self._encoded.search(lower)):
            return text
        return self._pattern.sub(lambda _: self._shown, text)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        """What finds the keys. It takes a hundredth of a second to make, and most accounts that a run opens never need it."""
        # The longest first: a short key may be a part of a long one.
        return re.compile("|".join(pattern_of(key) for key in sorted(self._secrets, key=len, reverse=True)))

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
