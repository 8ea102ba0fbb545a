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

HIDDEN = "[key hidden]"
PLACEHOLDERS = frozenset({"AccessKey", "SecretKey"})
"""What the vendor's page has in the place of keys: no secret, and part of the headers' names."""

_LONG = 8
_ENCODED = re.compile(r"%[0-9a-f]{2}|\\u[0-9a-f]{4}|&#")
Value = TypeVar("Value")


class Redactor:
    """Takes keys out of text, in every form in which a key can come.

    Each character may be written as it is, in the other letter case, or encoded for a URL (also twice), for JSON or for HTML;
    and the key as a whole in base64. `shown` is what then stands in its place.
    """

    def __init__(self, keys: Iterable[str], shown: str = HIDDEN) -> None:
        secrets = [key for key in keys if key and key not in PLACEHOLDERS]
        # The longest first: a short key may be a part of a long one.
        parts = [_pattern(key) for key in sorted(secrets, key=len, reverse=True)]
        self._pattern = re.compile("|".join(parts)) if parts else None
        self._marks = [mark for key in secrets for mark in _marks(key)]
        self._shown = shown

    def __call__(self, text: str) -> str:
        """The text without keys."""
        if self._pattern is None:
            return text
        # To look for these first is many times quicker than to look for the key.
        lower = text.lower()
        if not (any(mark in lower for mark in self._marks) or _ENCODED.search(lower)):
            return text
        return self._pattern.sub(lambda _: self._shown, text)

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


def _pattern(key: str) -> str:
    written = "".join(map(_character, key))
    if len(key) < _LONG:
        # A short key may be part of an ordinary word, and a report in which words are missing is of no use.
        return rf"(?<![0-9A-Za-z]){written}(?![0-9A-Za-z])"
    return rf"(?i:{written})|{re.escape(_in_base64(key))}"


def _character(char: str) -> str:
    """A pattern for a character in every usual encoding."""
    plain = {char, html.escape(char), json.dumps(char)[1:-1], "+" if char == " " else char}
    forms = [re.escape(form) for form in sorted(plain, key=len, reverse=True)]
    forms.append("".join(f"%(?:25)*{byte:02x}" for byte in char.encode("utf-8", "surrogatepass")))
    forms += [rf"\\+u{ord(char):04x}", f"&#0*{ord(char)};", f"&#x0*{ord(char):x};"]
    return f"(?:{'|'.join(forms)})"


def _marks(key: str) -> set[str]:
    """Texts in lower case of which one stands wherever the key does, unless a character is encoded."""
    runs = re.findall(r"[0-9A-Za-z]+", key)
    return {max(runs, key=len).lower(), _in_base64(key).lower()} if runs else {""}


def _in_base64(key: str) -> str:
    return base64.b64encode(key.encode()).decode().rstrip("=")
