"""The vendor's request: from bytes to a query, with an error that a person can act on for everything that is not one.

With `vendor.answer` and `vendor.day` the only modules that spell the vendor's field names.
"""

import json
import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
from leadsquared_slots.mock_server.domain.errors import suggestion
from leadsquared_slots.mock_server.domain.profile import AttributeCase, ContentType, OmittedFlag, OmittedPaging, Profile, UnknownAttributes

from . import refusals
from .errors import VendorError

LARGEST_BODY = 1 << 20
"""Bytes of the largest body that is read (rule request.body-size)."""
MOST_DAYS = 100
"""Most days between FromDate and ToDate (rules request.range-100, request.range-101)."""
_LARGEST_NUMBER = 2**31 - 1
_SMALL = 4 << 10

ATTRIBUTES = ("FromDate", "ToDate", "Users", "IncludeAllowedConflictSlots", "Paging")
PAGING_ATTRIBUTES = ("PageIndex", "PageSize")

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})*")
_JSON_TYPES = {
    dict: "an object",
    list: "an array",
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    type(None): "null",
}


class Query(NamedTuple):
    """What is asked: dates (ordinals, both included), addresses as they were given, the flag, and a page (None for everything)."""

    first: int
    last: int
    addresses: tuple[str, ...]
    include_allowed_conflicts: bool = False
    page_index: int = 1
    page_size: int | None = None


NO_QUERY = Query(1, 1, ())
"""Where a request asks for nothing that can be read."""


def is_address(text: str) -> bool:
    """Whether a text is an email address as the endpoint takes them (rule request.address-form)."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None


def read_request(body: bytes, content_type: str | None, profile: Profile) -> Query:
    """The query of a body (rule request.sample: the page's own).

    Raises VendorError for whatever is wrong with it, and nothing else (rule error.no-failure): of the form before names, of names before
    values.

    Small bodies are read once and known again.
    """
    return (_read_small if len(body) <= _SMALL else _read)(body, content_type, profile)


def _read(body: bytes, content_type: str | None, profile: Profile) -> Query:
    if profile.content_type is ContentType.REQUIRED:
        _check_content_type(content_type)
    payload = _attributes(_load(body), ATTRIBUTES, "", profile)
    for name in ("FromDate", "ToDate", "Users"):
        if payload.get(name) is None:
            raise refusals.MISSING[name].error()
    first, last = _date(payload, "FromDate"), _date(payload, "ToDate")
    addresses = _addresses(payload["Users"], profile)
    flag = _flag(payload.get("IncludeAllowedConflictSlots"), profile)
    page_index, page_size = _paging(payload.get("Paging"), profile)
    _check_dates(first, last)
    return Query(first, last, addresses, flag, page_index, page_size)


_read_small = lru_cache(maxsize=512)(_read)


def _check_content_type(content_type: str | None) -> None:
    media_type, *parameters = (content_type or "").split(";")
    if media_type.strip().lower() != "application/json":
        raise refusals.CONTENT_TYPE.error(received=_shown(content_type) if content_type else "missing")
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip().strip('"').lower() not in ("utf-8", "utf8"):
            raise refusals.CHARSET.error(received=_shown(value))


def _load(body: bytes) -> object:
    """The JSON value of a body, in which the last of repeated names counts (rule request.repeated-attribute)."""
    if len(body) > LARGEST_BODY:
        raise refusals.BODY_SIZE.error(largest=LARGEST_BODY)
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        what = f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}" if body else "The body is empty"
        raise refusals.NOT_JSON.error(what=what) from None


def _attributes(payload: object, known: tuple[str, ...], parent: str, profile: Profile) -> dict[str, Any]:
    """The known attributes of an object by their right names. The readers of one take null for left out (rule request.null)."""
    if not isinstance(payload, dict):
        raise _wrong_type(parent or "the body", payload, f"an object with {', '.join(known)}", "System.Object")
    by_folded = {name.lower(): name for name in known}
    found = {}
    for name, value in payload.items():
        right = by_folded.get(name.lower()) if profile.attribute_case is AttributeCase.ANY else name
        if right in known:
            found[right] = value
        elif profile.unknown_attributes is UnknownAttributes.REFUSED:
            hint = suggestion(name, known, f"expected {', '.join(known)}")
            raise refusals.UNKNOWN_ATTRIBUTE.error(received=_shown(name), place=f" of {parent}" if parent else "", hint=hint)
    return found


def _wrong_type(path: str, value: object, expected: str, dotnet_type: str) -> VendorError:
    received, kind = _shown(value), _JSON_TYPES[type(value)]
    return refusals.WRONG_TYPE.error(path=path, received=received, kind=kind, expected=expected, dotnet_type=dotnet_type)


def _date(payload: Mapping[str, Any], name: str) -> int:
    text = payload[name]
    if not isinstance(text, str):
        raise _wrong_type(name, text, "a date as yyyy-MM-dd", "System.DateTime")
    if not _DATE.fullmatch(text):
        raise refusals.DATE_FORM.error(name=name, received=_shown(text))
    try:
        return date.fromisoformat(text).toordinal()
    except ValueError:
        raise refusals.DATE_EXISTS.error(name=name, received=_shown(text)) from None


def _check_dates(first: int, last: int) -> None:
    if first > last:
        raise refusals.DATE_ORDER.error(first=date.fromordinal(first), last=date.fromordinal(last))
    if last - first > MOST_DAYS:
        raise refusals.DATE_RANGE.error(most=MOST_DAYS, received=last - first)


def _addresses(users: object, profile: Profile) -> tuple[str, ...]:
    if not isinstance(users, list):
        raise _wrong_type("Users", users, "a list of email addresses", "System.Collections.Generic.List`1[System.String]")
    if not users:
        raise refusals.NO_USERS.error()
    if len(users) > profile.most_users:
        raise refusals.MOST_USERS.error(most=profile.most_users, received=len(users))
    for number, address in enumerate(users):
        if not isinstance(address, str):
            raise _wrong_type(f"Users[{number}]", address, "an email address", "System.String")
        if not is_address(address):
            raise refusals.ADDRESS_FORM.error(received=_shown(address), place=number + 1)
    return tuple(users)


def _flag(flag: object, profile: Profile) -> bool:
    """The flag: a JSON truth value, and no text of one (rule request.types-as-text)."""
    if flag is None:
        if profile.omitted_flag is OmittedFlag.REFUSED:
            raise refusals.MISSING["IncludeAllowedConflictSlots"].error()
        return False
    if not isinstance(flag, bool):
        raise _wrong_type("IncludeAllowedConflictSlots", flag, "true or false", "System.Boolean")
    return flag


def _paging(paging: object, profile: Profile) -> tuple[int, int | None]:
    if paging is None:
        if profile.omitted_paging is OmittedPaging.REFUSED:
            raise refusals.MISSING["Paging"].error()
        return 1, None
    payload = _attributes(paging, PAGING_ATTRIBUTES, "Paging", profile)
    index = _number(payload.get("PageIndex"), "PageIndex", _LARGEST_NUMBER, refusals.PAGE_INDEX)
    size = _number(payload.get("PageSize"), "PageSize", profile.largest_page, refusals.PAGE_SIZE)
    if size is not None and size > profile.largest_page:
        raise refusals.LARGEST_PAGE.error(most=profile.largest_page, received=size)
    return (1 if index is None else index), size


def _number(value: object, name: str, largest: int, refusal: refusals.Refusal) -> int | None:
    if value is None:
        return None
    is_whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if isinstance(value, bool) or not is_whole:
        raise _wrong_type(f"Paging.{name}", value, "a whole number from 1", "System.Int32")
    if not isinstance(value, (int, float)) or not 1 <= value <= _LARGEST_NUMBER:
        raise refusal.error(received=_shown(value), largest=largest)
    return int(value)


def _shown(value: object) -> str:
    """A received value for a message: as JSON, in ASCII, and short."""
    if isinstance(value, (dict, list)):
        return "{…}" if isinstance(value, dict) else "[…]"
    text = json.dumps(value)
    return text if len(text) <= 80 else f"{text[:77]}…"
