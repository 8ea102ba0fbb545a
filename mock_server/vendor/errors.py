"""The vendor's errors: what went wrong, and the status and envelope that the profile gives it."""

from enum import Enum
from html import escape

import orjson
from leadsquared_slots.mock_server.domain.profile import ErrorPage, MxMember, Profile
from leadsquared_slots.mock_server.exchanges.message import Headers, Reply

# Rules http.json-answer and limit.no-headers: the content type, and no header that speaks of the limit.
JSON: Headers = (("Content-Type", "application/json; charset=utf-8"),)
HTML: Headers = (("Content-Type", "text/html; charset=utf-8"),)


class Family(Enum):
    """Kinds of errors. Each has a status, which the profile may decide, and an ExceptionType."""

    INVALID_KEYS = "invalid keys"
    MALFORMED_BODY = "malformed body"
    MISSING_ATTRIBUTE = "missing attribute"
    INVALID_VALUE = "invalid value"
    RATE_LIMIT = "rate limit"
    NOT_FOUND = "not found"
    WRONG_METHOD = "wrong method"
    INTERNAL = "internal"
    UNAVAILABLE = "unavailable"


# Rules auth.envelope, error.invalid-value and limit.type; the last four are error.chosen-types.
_EXCEPTION_TYPES = {
    Family.INVALID_KEYS: "MXInvalidUserDetailsException",
    Family.MALFORMED_BODY: "MXInvalidInputException",
    Family.INVALID_VALUE: "MXInvalidInputException",
    Family.RATE_LIMIT: "MXAPIRateLimitExceededException",
    Family.NOT_FOUND: "MXAPINotFoundException",
    Family.WRONG_METHOD: "MXMethodNotAllowedException",
    Family.INTERNAL: "MXUnhandledException",
    Family.UNAVAILABLE: "MXServiceUnavailableException",
}


class VendorError(Exception):
    """A refusal in the vendor's terms. `rules` are the ledger rules that it follows."""

    def __init__(self, family: Family, message: str, *rules: str, headers: Headers = ()) -> None:
        self.family, self.message, self.rules, self.headers = family, message, rules, headers
        super().__init__(message)


def status_of(family: Family, profile: Profile) -> int:
    """The HTTP status of a kind of error: under some profiles 200 (rule error.in-200)."""
    return {
        Family.INVALID_KEYS: int(profile.invalid_keys_status),
        Family.MALFORMED_BODY: int(profile.malformed_body_status),
        Family.MISSING_ATTRIBUTE: int(profile.missing_attribute_status),
        Family.INVALID_VALUE: int(profile.invalid_value_status),
        Family.RATE_LIMIT: int(profile.rate_limit_status),
        Family.NOT_FOUND: 404,
        Family.WRONG_METHOD: 405,
        Family.INTERNAL: 500,
        Family.UNAVAILABLE: 503,
    }[family]


def exception_type_of(family: Family, profile: Profile) -> str:
    """The ExceptionType of a kind of error."""
    if family is Family.MISSING_ATTRIBUTE:
        return str(profile.missing_attribute_type.value)
    return _EXCEPTION_TYPES[family]


def render_error(error: VendorError, profile: Profile) -> Reply:
    """The reply of a refusal under a profile (rules error.envelope, error.mx-member, http.unknown-path-body)."""
    status = status_of(error.family, profile)
    if error.family in (Family.NOT_FOUND, Family.WRONG_METHOD) and profile.error_page is ErrorPage.HTML:
        page = f"<!DOCTYPE html>\n<html><head><title>Service</title></head><body><p>{escape(error.message)}</p></body></html>\n"
        return Reply(status, (*HTML, *error.headers), page.encode(), error.rules)
    envelope: dict[str, object] = {
        "Status": "Error",
        "ExceptionType": exception_type_of(error.family, profile),
        "ExceptionMessage": error.message,
    }
    if profile.mx_member is MxMember.PRESENT:
        envelope["IsMXException"] = True
    return Reply(status, (*JSON, *error.headers), orjson.dumps(envelope), error.rules)
