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
from leadsquared_slots.mock_server.domain.errors import did_you_mean
from leadsquared_slots.mock_server.domain.profile import AttributeCase, ContentType, OmittedFlag, OmittedPaging, Profile, UnknownAttributes

from .errors import Family, VendorError

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
_KINDS = {
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

    def to_body(self) -> bytes:
        """The request body that asks this."""
        body: dict[str, Any] = {
            "FromDate": date.fromordinal(self.first).isoformat(),
            "ToDate": date.fromordinal(self.last).isoformat(),
            "Users": self.addresses,
            "IncludeAllowedConflictSlots": self.include_allowed_conflicts,
        }
        if self.page_size is not None:
            body["Paging"] = {"PageIndex": self.page_index, "PageSize": self.page_size}
        return orjson.dumps(body)


def is_address(text: str) -> bool:
    """Whether a text is an email address as the endpoint takes them (rule request.address-form)."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None


def read_request(body: bytes, content_type: str | None, profile: Profile) -> Query:
    """The query of a body. Raises VendorError: of the body's form before its names, of names before values.

    Small bodies are read once and known again.
    """
    return (_read_small if len(body) <= _SMALL else _read)(body, content_type, profile)


def _read(body: bytes, content_type: str | None, profile: Profile) -> Query:
    if profile.content_type is ContentType.REQUIRED:
        _check_content_type(content_type)
    payload = _attributes(_load(body), ATTRIBUTES, "", profile)
    for name, expected, rule in (
        ("FromDate", "a date as yyyy-MM-dd", "request.from-date"),
        ("ToDate", "a date as yyyy-MM-dd", "request.to-date"),
        ("Users", "a list of email addresses", "request.users"),
    ):
        if payload.get(name) is None:
            raise _missing(name, expected, rule, profile)
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
        raise VendorError(
            Family.MALFORMED_BODY,
            f"Invalid Input! Content-Type is {_shown(content_type) if content_type else 'missing'}; expected application/json.",
            "request.content-type",
        )
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip().strip('"').lower() not in ("utf-8", "utf8"):
            raise VendorError(
                Family.MALFORMED_BODY,
                f"Invalid Input! The charset of Content-Type is {_shown(value)}; expected utf-8.",
                "request.content-type",
            )


def _load(body: bytes) -> object:
    if len(body) > LARGEST_BODY:
        raise VendorError(
            Family.MALFORMED_BODY,
            f"Invalid Input! The body is larger than {LARGEST_BODY} bytes; ask for fewer users at a time.",
            "request.body-size",
        )
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        what = f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}" if body else "The body is empty"
        raise VendorError(Family.MALFORMED_BODY, f"Invalid Input! {what}. Expected one JSON object in UTF-8.", "request.json") from None


def _attributes(payload: object, known: tuple[str, ...], parent: str, profile: Profile) -> dict[str, Any]:
    """The known attributes of an object by their right names."""
    if not isinstance(payload, dict):
        raise _wrong_type(parent or "the body", payload, f"an object with {', '.join(known)}", "System.Object")
    by_folded = {name.lower(): name for name in known}
    found = {}
    for name, value in payload.items():
        right = by_folded.get(name.lower()) if profile.attribute_case is AttributeCase.ANY else name
        if right in known:
            found[right] = value
        elif profile.unknown_attributes is UnknownAttributes.REFUSED:
            nearest = did_you_mean(name, known)
            hint = f"Did you mean {nearest}?" if nearest else f"Expected {', '.join(known)}."
            place = f" of {parent}" if parent else ""
            raise VendorError(
                Family.MALFORMED_BODY,
                f"Invalid Input! Parameter Name: {_shown(name)} is no attribute{place}. {hint}",
                "request.unknown-attributes",
                "request.attribute-case",
            )
    return found


def _missing(name: str, expected: str, rule: str, profile: Profile) -> VendorError:
    return VendorError(
        Family.MISSING_ATTRIBUTE,
        f"'{name}' is mandatory for retrieving available slots. Expected {expected}.",
        rule,
        "request.missing-attribute",
        "request.missing-attribute-status",
    )


def _wrong_type(path: str, value: object, expected: str, dotnet_type: str) -> VendorError:
    return VendorError(
        Family.MALFORMED_BODY,
        f"Error converting value {_shown(value)} to type '{dotnet_type}'. Path '{path}'. "
        f"Received {_KINDS[type(value)]}; expected {expected}.",
        "request.types",
    )


def _invalid(message: str, *rules: str) -> VendorError:
    return VendorError(
        Family.INVALID_VALUE,
        f"Invalid Input! Parameter Name: {message}",
        *rules,
        "error.invalid-value",
        "error.invalid-value-status",
    )


def _date(payload: Mapping[str, Any], name: str) -> int:
    text = payload[name]
    if not isinstance(text, str):
        raise _wrong_type(name, text, "a date as yyyy-MM-dd", "System.DateTime")
    if not _DATE.fullmatch(text):
        raise _invalid(
            f"{name} value is not correct. Received {_shown(text)}; expected a date as yyyy-MM-dd, for example 2026-03-02.",
            "request.date-form",
        )
    try:
        return date.fromisoformat(text).toordinal()
    except ValueError:
        raise _invalid(
            f"{name} value is not correct. Received {_shown(text)}; expected a date that the calendar has.",
            "request.date-exists",
        ) from None


def _check_dates(first: int, last: int) -> None:
    if first > last:
        raise _invalid(
            f"FromDate can't be greater than ToDate. Received {date.fromordinal(first)} and {date.fromordinal(last)}; swap them.",
            "request.date-order",
        )
    if last - first > MOST_DAYS:
        raise _invalid(
            f"ToDate can't be more than {MOST_DAYS} days after FromDate. Received {last - first} days; ask in several requests.",
            "request.range-101",
        )


def _addresses(users: object, profile: Profile) -> tuple[str, ...]:
    if not isinstance(users, list):
        raise _wrong_type("Users", users, "a list of email addresses", "System.Collections.Generic.List`1[System.String]")
    if not users:
        raise _invalid(
            "Users value is not correct. Received an empty list; expected one or more email addresses.",
            "request.users-empty",
        )
    if len(users) > profile.most_users:
        raise _invalid(
            f"Users can not be more than {profile.most_users}. Received {len(users)}; ask in several requests.",
            "request.most-users",
        )
    for number, address in enumerate(users):
        if not isinstance(address, str):
            raise _wrong_type(f"Users[{number}]", address, "an email address", "System.String")
        if not is_address(address):
            raise _invalid(
                f"Users value is not correct. Received {_shown(address)} at place {number + 1}; expected an email address.",
                "request.address-form",
            )
    return tuple(users)


def _flag(flag: object, profile: Profile) -> bool:
    if flag is None:
        if profile.omitted_flag is OmittedFlag.REFUSED:
            raise _missing("IncludeAllowedConflictSlots", "true or false", "request.flag-omitted", profile)
        return False
    if not isinstance(flag, bool):
        raise _wrong_type("IncludeAllowedConflictSlots", flag, "true or false", "System.Boolean")
    return flag


def _paging(paging: object, profile: Profile) -> tuple[int, int | None]:
    if paging is None:
        if profile.omitted_paging is OmittedPaging.REFUSED:
            raise _missing("Paging", "an object with PageIndex and PageSize", "request.paging-omitted", profile)
        return 1, None
    payload = _attributes(paging, PAGING_ATTRIBUTES, "Paging", profile)
    index = _number(payload.get("PageIndex"), "PageIndex", _LARGEST_NUMBER, "request.page-index")
    size = _number(payload.get("PageSize"), "PageSize", profile.largest_page, "request.page-size")
    if size is not None and size > profile.largest_page:
        raise _invalid(
            f"PageSize can not be more than {profile.largest_page}. Received {size}; ask for several pages.",
            "request.largest-page",
        )
    return (1 if index is None else index), size


def _number(value: object, name: str, largest: int, rule: str) -> int | None:
    if value is None:
        return None
    is_whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if isinstance(value, bool) or not is_whole:
        raise _wrong_type(f"Paging.{name}", value, "a whole number from 1", "System.Int32")
    if not isinstance(value, (int, float)) or not 1 <= value <= _LARGEST_NUMBER:
        expected = f"a whole number from 1 to {largest}"
        raise _invalid(f"{name} value is not correct. Received {_shown(value)}; expected {expected}.", rule, "request.largest-number")
    return int(value)


def _shown(value: object) -> str:
    """A received value for a message: as JSON, in ASCII, and short."""
    if isinstance(value, (dict, list)):
        return "{…}" if isinstance(value, dict) else "[…]"
    text = json.dumps(value)
    return text if len(text) <= 80 else f"{text[:77]}…"
