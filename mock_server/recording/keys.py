"""Keys in text: found in every encoding in which one can travel, and replaced by a name that says nothing.

The name of a key is `key-1`, `key-2` and so on: equal for equal keys of one recording, and never made from the key.
"""

import base64
import html
import json
import re
from collections.abc import Callable
from functools import lru_cache

LONG = 8
"""A shorter key may be part of an ordinary word, so it is found as a word of its own only."""
_SHORT = 4
"""A key of fewer characters is as good as none; to look for it would tear numbers and words out of every body."""
MOST_LOOKED_FOR = 1000
"""So many keys of a recording are looked for in its texts: those that were met last."""
NO_SECRETS = frozenset({"AccessKey", "SecretKey"})
"""What the vendor's page has in the place of keys: no secret, and part of the names of the headers."""
REDACTED = "***"
"""What the emulator's journal has in the place of a key."""

_NAME = re.compile(r"key-[0-9]{1,9}")
_ENCODED = re.compile(r"%(?:25)*([0-9a-f]{2})|(?<!\\)\\+u([0-9a-f]{4})|&#0*([0-9]{1,7});|&#x0*([0-9a-f]{1,6});")
_WORDS = "key|secret|token|password|credential"
_LIKE_A_KEY = re.compile(r"u(?:\$|%24|\\u0024|&#36;|&#x24;)r[0-9a-fA-F]{8,200}|(?<![0-9A-Za-z])[0-9a-fA-F]{40}(?![0-9A-Za-z])")
_PARAMETER = re.compile(
    rf"([^&;?/=\s\"'{{}}<>,]{{0,60}}(?:{_WORDS})[^&;?/=\s\"'{{}}<>,]{{0,60}}=)([^&;\s\"'<>\\]{{1,2000}})", re.IGNORECASE
)
_MEMBER = re.compile(rf'("[^"\\]{{0,60}}(?:{_WORDS})[^"\\]{{0,60}}"\s{{0,20}}:\s{{0,20}})("(?:[^"\\]|\\.)*"?|[0-9.eE+-]+)', re.IGNORECASE)
_SIGNS = ("key", "secret", "token", "password", "credential", "u$r", "u%24r", "u\\u0024r")
_FORTY = re.compile(r"[0-9a-fA-F]{40}")


def is_name(text: str) -> bool:
    """Whether a text is what stands in a recording in the place of a key."""
    return text == REDACTED or _NAME.fullmatch(text) is not None


class KeyNames:
    """The keys of one recording and their names. Knows them while it lives, and gives them to nobody."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._marks: dict[str, tuple[str, ...]] = {}

    def __repr__(self) -> str:
        return f"KeyNames({len(self._names)} keys)"

    def name_of(self, key: str) -> str:
        """The name of a key; a text that is such a name already is left as it is."""
        if is_name(key):
            return key
        if key not in self._names:
            self._names[key] = f"key-{len(self._names) + 1}"
        if _is_secret(key):
            # The key that was met last is kept longest.
            self._marks[key] = self._marks.pop(key, ()) or tuple(marks_of(key))
            if len(self._marks) > MOST_LOOKED_FOR:
                del self._marks[next(iter(self._marks))]
        return self._names[key]

    def hide(self, text: str) -> str:
        """The text with every known key, and everything that is called or looks like one, replaced by its name."""
        text = self._known(text)
        lower = text.lower()
        if any(sign in lower for sign in _SIGNS) or _FORTY.search(text):
            text = _PARAMETER.sub(self._after(str), text)
            text = _MEMBER.sub(self._after(_without_quotes), text)
            text = _LIKE_A_KEY.sub(lambda found: self.name_of(found[0]), text)
        return text

    def _known(self, text: str) -> str:
        # To look for marks first is many times quicker than to look for the keys.
        lower = text.lower()
        plain = _ENCODED.sub(_decoded, lower) if _ENCODED.search(lower) else ""
        found = [key for key, marks in self._marks.items() if any(mark in lower or mark in plain for mark in marks)]
        # The longest first: a short key may be a part of a long one.
        for key in sorted(found, key=len, reverse=True):
            text = _compiled(key).sub(self._names[key], text)
        return text

    def _after(self, read: Callable[[str], str]) -> Callable[[re.Match[str]], str]:
        def replaced(found: re.Match[str]) -> str:
            value, quote = read(found[2]), '"' if found[2].startswith('"') else ""
            return found[0] if value in NO_SECRETS or not value else f"{found[1]}{quote}{self.name_of(value)}{quote}"

        return replaced


def _is_secret(key: str) -> bool:
    return len(key) >= _SHORT and key not in NO_SECRETS


def _decoded(found: re.Match[str]) -> str:
    """The character that is written as a part of a URL, of JSON or of HTML."""
    number = int(found[3]) if found[3] else int(found[1] or found[2] or found[4], 16)
    return chr(number).lower() if number < 0x110000 else ""


@lru_cache(maxsize=256)
def _compiled(key: str) -> re.Pattern[str]:
    return re.compile(pattern_of(key))


def pattern_of(key: str) -> str:
    """A pattern without groups that finds a key in text, however it is written.

    Each character may be as it is, in the other letter case, or encoded for a URL (also several times), for JSON or for HTML; a long key
    may stand in base64, also as a part of what was encoded.
    """
    written = "".join(map(_character, key))
    if len(key) < LONG:
        return rf"(?<![0-9A-Za-z]){written}(?![0-9A-Za-z])"
    return "|".join([f"(?i:{written})", *map(re.escape, _in_base64(key))])


def _character(char: str) -> str:
    plain = {char, html.escape(char), json.dumps(char)[1:-1], "+" if char == " " else char}
    forms = [re.escape(form) for form in sorted(plain, key=len, reverse=True)]
    forms.append("".join(f"%(?:25)*{byte:02x}" for byte in char.encode("utf-8", "surrogatepass")))
    # A run of backslashes is looked at from its start alone: from each of them it would be quadratic.
    forms += [rf"(?<!\\)\\+u{ord(char):04x}", f"&#0*{ord(char)};", f"&#x0*{ord(char):x};"]
    return f"(?:{'|'.join(forms)})"


def marks_of(key: str) -> set[str]:
    """Texts in lower case of which one stands wherever the key does, unless a character is encoded."""
    runs = re.findall(r"[0-9A-Za-z]+", key)
    return {max(runs, key=len).lower(), *(form.lower() for form in _in_base64(key))} if runs else {""}


def _in_base64(key: str) -> list[str]:
    """What of the key's base64 does not depend on its neighbours: at each place in a group of three bytes, in both alphabets."""
    raw, found = key.encode("utf-8", "surrogatepass"), []
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + raw).decode()
        skipped = (0, 2, 3)[before]
        rest = (before + len(raw)) % 3
        core = whole[skipped : len(whole) - (0, 3, 2)[rest]]
        found += [core, core.replace("+", "-").replace("/", "_")] if len(core) >= LONG else []
    return list(dict.fromkeys(found))


def _without_quotes(value: str) -> str:
    return value.strip('"')
