"""Requests and replies as they were seen, right or wrong: what can be read of them, and what the vendor's pages would say of their form.

`request` reads what the endpoint accepts and refuses the rest; here nothing is refused, because it is the caller who is judged.
"""

import json
import re
from datetime import date
from enum import Enum
from functools import lru_cache
from typing import Any, NamedTuple

from leadsquared_slots.mock_server.domain.errors import suggestion

from .request import ATTRIBUTES, PAGING_ATTRIBUTES

_LIMIT = re.compile(r"exceeded the limit of (\d{1,9}) in (\d{1,7}) second")
_COUNT = re.compile(rb'\s*\{\s*"RecordCount"\s*:\s*(\d{1,12})')
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_FROM, _TO, _USERS, _FLAG, _PAGING = ATTRIBUTES
_INDEX, _SIZE = PAGING_ATTRIBUTES
_OF_TYPE: dict[str, tuple[type, str]] = {
    _FROM: (str, "a string, yyyy-MM-dd"),
    _TO: (str, "a string, yyyy-MM-dd"),
    _USERS: (list, "an array of email addresses"),
    _FLAG: (bool, "true or false"),
    _PAGING: (dict, f"an object with {_INDEX} and {_SIZE}"),
}
_MOST_PROBLEMS = 5
_SMALL = 4 << 10


class Asked(NamedTuple):
    """What can be read of a request's body. None stands for what is missing or cannot be read.

    document   the body where it is a JSON object
    problems   how its form differs from the documented one, one sentence each (rule conduct.attributes)
    """

    document: dict[str, Any] | None
    first: date | None
    last: date | None
    users: tuple[str, ...]
    flag: bool
    page_index: int | None
    page_size: int | None
    problems: tuple[str, ...]

    @property
    def without_page(self) -> str:
        """The question without its page: the same for all pages of one question."""
        document = dict(self.document or {})
        document.pop(_PAGING, None)
        return json.dumps([document, self.page_size], sort_keys=True, ensure_ascii=False)


def read_asked(body: bytes) -> Asked:
    """What a request asks, as far as it can be read. Small bodies are read once and known again; large ones are not kept."""
    return (_read_small if len(body) <= _SMALL else _read_asked)(body)


def _read_asked(body: bytes) -> Asked:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return Asked(None, None, None, (), False, None, None, ("the body is not JSON",))
    if not isinstance(document, dict):
        return Asked(None, None, None, (), False, None, None, ("the body is not a JSON object",))
    paging = document.get(_PAGING)
    page = paging if isinstance(paging, dict) else {}
    users = document.get(_USERS)
    return Asked(
        document=document,
        first=_date(document.get(_FROM)),
        last=_date(document.get(_TO)),
        users=tuple(user for user in users if isinstance(user, str)) if isinstance(users, list) else (),
        flag=document.get(_FLAG) is True,
        page_index=_whole(page.get(_INDEX)),
        page_size=_whole(page.get(_SIZE)),
        problems=tuple(_problems(document)[:_MOST_PROBLEMS]),
    )


_read_small = lru_cache(maxsize=256)(_read_asked)


def _date(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and _DATE.fullmatch(value) else None
    except ValueError:
        return None


def _whole(value: Any) -> int | None:
    return value if type(value) is int else None


def _problems(document: dict[str, Any]) -> list[str]:
    found = _unknown(document, ATTRIBUTES, "")
    found += [f"{name} is missing" for name in (_FROM, _TO, _USERS) if document.get(name) is None]
    for name, (kind, expected) in _OF_TYPE.items():
        value = document.get(name)
        if value is None:
            continue
        if not isinstance(value, kind):
            found.append(f"{name} is {_shown(value)}; expected {expected}")
        elif name in (_FROM, _TO) and _date(value) is None:
            found.append(f"{name} is {_shown(value)}; expected a date, yyyy-MM-dd")
    users = document.get(_USERS)
    if isinstance(users, list) and not (users and all(isinstance(user, str) for user in users)):
        found.append(f"{_USERS} is {_shown(users)}; expected an array of email addresses")
    paging = document.get(_PAGING)
    return found + (_paging_problems(paging) if isinstance(paging, dict) else [])


def _paging_problems(paging: dict[str, Any]) -> list[str]:
    found = _unknown(paging, PAGING_ATTRIBUTES, f"{_PAGING}.")
    for name in PAGING_ATTRIBUTES:
        if name not in paging:
            found.append(f"{_PAGING}.{name} is missing")
        elif _whole(paging[name]) is None:
            found.append(f"{_PAGING}.{name} is {_shown(paging[name])}; expected a number")
    return found


def _unknown(document: dict[str, Any], known: tuple[str, ...], where: str) -> list[str]:
    found = []
    for name in document:
        if name not in known:
            hint = suggestion(name, known)
            found.append(f"{where}{name[:60]} is no attribute" + (f"; {hint}" if hint else ""))
    return found


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}…"


class Outcome(Enum):
    """What came of a call."""

    ANSWERED = "answered"
    LIMIT = "refused for the rate limit"
    REFUSED = "refused"
    """For a reason that stays: a 400, a 401, or an MX exception other than the limit's."""
    HTML = "an HTML page"
    BROKEN = "a fault of the network or the server"
    """No whole reply, one that is no JSON, or a status of 500 and above without an MX exception."""
    OTHER = "another status"


class Said(NamedTuple):
    """What can be read of a reply.

    exception, message   of the error envelope
    limit                calls and seconds that the refusal for the limit names
    is_keys              whether the refusal is about the keys
    mx_member            whether it carries IsMXException
    """

    outcome: Outcome
    record_count: int | None = None
    exception: str | None = None
    message: str = ""
    limit: tuple[int, int] | None = None
    is_keys: bool = False
    mx_member: bool = False
    document: dict[str, Any] | None = None


def read_said(status: int, media_type: str, body: bytes, *, is_whole: bool, is_cut: bool = False) -> Said:
    """What a reply says. `is_whole` says that all of it was delivered; `is_cut` that only the beginning of the body was kept."""
    if not is_whole:
        return Said(Outcome.BROKEN)
    document = None if is_cut else _object(body)
    count = _COUNT.match(body)
    if is_cut:
        return Said(Outcome.ANSWERED if status == 200 else _of_status(status), int(count[1]) if count else None)
    exception, message = _envelope(document)
    limit, mx_member = _LIMIT.search(message), document is not None and document.get("IsMXException") is True
    if status == 429 or exception == "MXAPIRateLimitExceededException" or limit:
        return Said(Outcome.LIMIT, None, exception, message, (int(limit[1]), int(limit[2])) if limit else None, mx_member=mx_member)
    if media_type == "text/html" or body.lstrip()[:1] == b"<":
        return Said(Outcome.HTML)
    if status in (400, 401) or (exception or "").startswith("MX"):
        is_keys = status == 401 or exception == "MXInvalidUserDetailsException"
        return Said(Outcome.REFUSED, None, exception, message, is_keys=is_keys, mx_member=mx_member)
    if status == 200 and document is not None and exception is None:
        total = document.get("RecordCount")
        return Said(Outcome.ANSWERED, total if type(total) is int else None, document=document)
    return Said(Outcome.BROKEN if status == 200 else _of_status(status), None, exception, message)


def _of_status(status: int) -> Outcome:
    return Outcome.BROKEN if status >= 500 else Outcome.OTHER


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _envelope(document: dict[str, Any] | None) -> tuple[str | None, str]:
    if document is None or "RecordCount" in document:
        return None, ""
    exception, message = document.get("ExceptionType"), document.get("ExceptionMessage")
    return (exception if isinstance(exception, str) else None), (message if isinstance(message, str) else "")
