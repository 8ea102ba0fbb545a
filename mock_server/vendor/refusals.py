"""Every sentence with which the emulator refuses a call in the vendor's form: one table.

A sentence says what was received, what was expected, and what to do. Braces name the facts that `Refusal.error` takes.
"""

from dataclasses import dataclass

from leadsquared_slots.mock_server.exchanges.message import Headers

from .errors import Family, VendorError


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row of the table: the family, which gives status and ExceptionType; the sentence; the ledger rules that it follows."""

    family: Family
    message: str
    rules: tuple[str, ...] = ()
    headers: Headers = ()

    def error(self, **facts: object) -> VendorError:
        """The error to raise, with the facts put into the sentence."""
        return VendorError(self.family, self.message.format(**facts), *self.rules, headers=self.headers)


def _malformed(message: str, *rules: str) -> Refusal:
    return Refusal(Family.MALFORMED_BODY, f"Invalid Input! {message}", rules)


def _missing(name: str, expected: str, rule: str) -> Refusal:
    message = f"'{name}' is mandatory for retrieving available slots. Expected {expected}."
    return Refusal(Family.MISSING_ATTRIBUTE, message, (rule, "request.missing-attribute", "request.missing-attribute-status"))


def _invalid(message: str, *rules: str) -> Refusal:
    rules = (*rules, "error.invalid-value", "error.invalid-value-status")
    return Refusal(Family.INVALID_VALUE, f"Invalid Input! Parameter Name: {message}", rules)


# The call itself.
UNKNOWN_PATH = Refusal(Family.NOT_FOUND, "The API could not be found. Please check the API signature.", ("http.unknown-path",))
WRONG_METHOD = Refusal(
    Family.WRONG_METHOD, "Method {method} is not allowed; expected POST.", ("http.wrong-method",), headers=(("Allow", "POST"),)
)
INVALID_KEYS = Refusal(Family.INVALID_KEYS, "Invalid User Details!", ("auth.invalid-keys", "auth.envelope"))
LIMIT_EXCEEDED = Refusal(
    Family.RATE_LIMIT,
    "API calls exceeded the limit of {calls} in {seconds} second(s)",
    ("limit.exceeded", "limit.status", "limit.message"),
)
UNAVAILABLE = Refusal(
    # Ours alone: the vendor documents no 503.
    Family.UNAVAILABLE,
    "The emulator cannot reach the state that it shares with others.",
    ("error.chosen-types",),
)

# The form of the body.
CONTENT_TYPE = _malformed("Content-Type is {received}; expected application/json.", "request.content-type")
CHARSET = _malformed("The charset of Content-Type is {received}; expected utf-8.", "request.content-type")
BODY_SIZE = _malformed("The body is larger than {largest} bytes; ask for fewer users at a time.", "request.body-size")
NOT_JSON = _malformed("{what}. Expected one JSON object in UTF-8.", "request.json")
UNKNOWN_ATTRIBUTE = _malformed(
    "Parameter Name: {received} is no attribute{place}; {hint}", "request.unknown-attributes", "request.attribute-case"
)
WRONG_TYPE = Refusal(
    Family.MALFORMED_BODY,
    "Error converting value {received} to type '{dotnet_type}'. Path '{path}'. Received {kind}; expected {expected}.",
    ("request.types",),
)

# Attributes that are not there.
MISSING = {
    "FromDate": _missing("FromDate", "a date as yyyy-MM-dd", "request.from-date"),
    "ToDate": _missing("ToDate", "a date as yyyy-MM-dd", "request.to-date"),
    "Users": _missing("Users", "a list of email addresses", "request.users"),
    "IncludeAllowedConflictSlots": _missing("IncludeAllowedConflictSlots", "true or false", "request.flag-omitted"),
    "Paging": _missing("Paging", "an object with PageIndex and PageSize", "request.paging-omitted"),
}

# Values that cannot be.
DATE_FORM = _invalid(
    "{name} value is not correct. Received {received}; expected a date as yyyy-MM-dd, for example 2026-03-02.", "request.date-form"
)
DATE_EXISTS = _invalid("{name} value is not correct. Received {received}; expected a date that the calendar has.", "request.date-exists")
DATE_ORDER = _invalid("FromDate can't be greater than ToDate. Received {first} and {last}; swap them.", "request.date-order")
DATE_RANGE = _invalid(
    "ToDate can't be more than {most} days after FromDate. Received {received} days; ask in several requests.", "request.range-101"
)
NO_USERS = _invalid("Users value is not correct. Received an empty list; expected one or more email addresses.", "request.users-empty")
MOST_USERS = _invalid("Users can not be more than {most}. Received {received}; ask in several requests.", "request.most-users")
ADDRESS_FORM = _invalid(
    "Users value is not correct. Received {received} at place {place}; expected an email address.", "request.address-form"
)
UNKNOWN_ADDRESS = Refusal(
    Family.INVALID_VALUE,
    "Invalid Input! Parameter Name: Users value is not correct. No user has the address {address}.",
    ("request.unknown-address",),
)
LARGEST_PAGE = _invalid("PageSize can not be more than {most}. Received {received}; ask for several pages.", "request.largest-page")
PAGE_INDEX, PAGE_SIZE = (
    _invalid(
        name + " value is not correct. Received {received}; expected a whole number from 1 to {largest}.", rule, "request.largest-number"
    )
    for name, rule in (("PageIndex", "request.page-index"), ("PageSize", "request.page-size"))
)

# What a tester asks for by a fault, whatever the call was.
ASKED_FOR = {
    400: _malformed("This error was asked for by a fault."),
    401: Refusal(Family.INVALID_KEYS, INVALID_KEYS.message, ("auth.envelope",)),
    404: UNKNOWN_PATH,
    429: Refusal(Family.RATE_LIMIT, LIMIT_EXCEEDED.message.format(calls=25, seconds=5), ("limit.message",)),
    500: Refusal(Family.INTERNAL, "The API call failed. This error was asked for by a fault.", ("error.internal",)),
}
"""By each status of an error that the vendor documents."""
