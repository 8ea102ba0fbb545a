"""One call and its reply, as they are recorded: the caller's keys never get in here."""

import json
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

ENDPOINT = "/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress"
"""Path of the endpoint below the host root (rule http.path)."""

ACCESS_PLACEHOLDER, SECRET_PLACEHOLDER = "$LSQ_ACCESS_KEY", "$LSQ_SECRET_KEY"
OTHER_CASE = {key: f"$(printf %s {key} | tr a-zA-Z A-Za-z)" for key in (ACCESS_PLACEHOLDER, SECRET_PLACEHOLDER)}
"""What is shown for a key in the other letter case, by what is shown for the key; a shell makes the one of the other."""
NEAR_MISSES: dict[str, tuple[str, Callable[[str], str]]] = {
    form.replace("KEY", key[1:]): (key, change)
    for key in (ACCESS_PLACEHOLDER, SECRET_PLACEHOLDER)
    for form, change in (
        ("${KEY%?}", lambda own: own[:-1]),
        ("${KEY#?}", lambda own: own[1:]),
        ("${KEY}x", lambda own: f"{own}x"),
        (" ${KEY} ", lambda own: f" {own} "),
        ("$(printf %s $KEY | tr '!-~' x)", lambda own: "x" * len(own)),
        ("$(printf %s $KEY | sed 's/^\\(.\\{10\\}\\).*/\\1xx/')", lambda own: f"{own[:10]}xx"),
    )
}
"""What is shown for a key that is nearly one of the caller's, as a shell makes it: the one that it is made of, and how."""
_SMALL = 64 << 10
_LONGEST_BODY_SHOWN = 2000
_GONE = "sent to an account with a calendar or a clock of its own, which is deleted by now: replay it instead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A request as it may be shown: the caller's keys are replaced by the names of their environment variables.

    url      base URL with the path, without the query
    query    parameters, shown values
    headers  names and shown values
    is_gone  whether the keys were those of an account that the run opened, and that is deleted when it ends
    """

    method: str
    url: str
    query: tuple[tuple[str, str], ...]
    headers: tuple[tuple[str, str], ...]
    body: bytes
    is_gone: bool = False

    def curl(self) -> str:
        """The request as one curl command that a POSIX shell runs as it stands."""
        url = self.url + ("?" + "&".join(f"{name}={value}" for name, value in self.query) if self.query else "")
        words = ["curl", "-sS", "-X", self.method, _quote(url)]
        for name, value in self.headers:
            words += ["-H", _quote(f"{name}: {value}" if value else f"{name};")]
        if self.body:
            words += ["--data-binary", _body_as_word(self.body)]
        return (f"# {_GONE}\n" if self.is_gone else "") + " ".join(words)

    def summary(self) -> str:
        """The request in one line."""
        path = "/" + self.url.split("://", 1)[-1].split("/", 1)[-1]
        body = self.body.decode("utf-8", "replace")
        return f"{self.method} {path} {shorten(body)}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A reply. `headers` have lower-case names; `seconds` is the time from sending to the last byte.

    `encoding` is the Content-Encoding that the body came in though the kit asked for none; empty where it came in none, or in a recording.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float = 0.0
    encoding: str = ""

    def document(self) -> Any:
        """The body read as JSON, for looking at: it is the same object each time. Raises ValueError where it is none."""
        return _read(self.body)

    def text(self) -> str:
        """The body as text, cut where it is long."""
        return shorten(self.body.decode("utf-8", "replace"), _LONGEST_BODY_SHOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request with its reply; `at` is the target's clock when the request was sent, `until` when the reply was read."""

    sent: Sent
    received: Received
    at: float = 0.0
    until: float = 0.0


def _read(body: bytes) -> Any:
    return _read_small(body) if len(body) <= _SMALL else _read_large(body)


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8-sig"))  # of bytes, json would read UTF-16 as well, which JSON between systems is not
    except RecursionError:
        raise ValueError("JSON that is nested too deep") from None


# A document takes up to twenty times the memory of its text, and every check looks at it.
_read_small, _read_large = lru_cache(maxsize=32)(_parsed), lru_cache(maxsize=1)(_parsed)


def shorten(text: str, length: int = 300) -> str:
    """The text in at most so many characters, with its true length where something was left out."""
    return text if len(text) <= length else f"{text[:length]}… ({len(text)} characters)"


def error_of(received: Received) -> dict[str, Any] | None:
    """The error envelope of a reply, whatever its status; None where the body is no such object (rule error.envelope)."""
    try:
        document = received.document()
    except ValueError:
        return None
    looks_like_one = isinstance(document, dict) and ("ExceptionType" in document or document.get("Status") == "Error")
    return document if looks_like_one else None


def _body_as_word(body: bytes) -> str:
    """A shell word that gives the body, where it is text or not."""
    try:
        return shlex.quote(body.decode())
    except UnicodeDecodeError:
        plain = frozenset(range(0x20, 0x7F)) - frozenset(b"'%\\")
        return "\"$(printf '" + "".join(chr(byte) if byte in plain else f"\\{byte:03o}" for byte in body) + "')\""


def _quote(text: str) -> str:
    """A shell word in which what is shown for a key, and nothing else, is expanded."""
    shown = [*NEAR_MISSES, *OTHER_CASE.values(), *OTHER_CASE]
    if not any(key in text for key in shown):
        return shlex.quote(text)
    for number, key in enumerate(shown):
        text = text.replace(key, chr(number))
    for special in ("\\", '"', "$", "`"):
        text = text.replace(special, "\\" + special)
    for number, key in enumerate(shown):
        text = text.replace(chr(number), key)
    return f'"{text}"'
