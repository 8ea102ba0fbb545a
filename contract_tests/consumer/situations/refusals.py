"""Refusals that stay, however often the call is repeated."""

import json

from .calendars import about, calendar, user
from .situation import Document, Expected, Given, Setup, situation

_MESSAGE = "Invalid Input! Parameter Name: FromDate value is not correct."
_ENVELOPE = json.dumps({"Status": "Error", "ExceptionType": "MXInvalidInputException", "ExceptionMessage": _MESSAGE})
_PAGE = "<!DOCTYPE html>\n<html><head><title>Runtime Error</title></head><body><h1>Server Error in '/' Application.</h1></body></html>\n"


def _refused(status: int, body: str) -> Setup:
    fault: Document = {"kind": "status", "status": status, "body": body}
    return Setup(calendar=calendar(user()), questions=about(), faults=(fault,))


@situation("refused-400", "A 400: the call itself is refused.", "error.envelope", "error.invalid-value-status", expected=Expected.ERROR)
def refused_400(given: Given) -> Setup:
    """As documented."""
    return _refused(400, _ENVELOPE)


@situation("refused-500", "A 500 that refuses the call, and stays.", "error.envelope", "error.invalid-value", expected=Expected.ERROR)
def refused_500(given: Given) -> Setup:
    """As observed: the status says that the server failed, the exception that the call is wrong."""
    return _refused(500, _ENVELOPE)


@situation("error-in-200", "A refusal inside a 200.", "error.in-200", "answer.no-status", expected=Expected.ERROR)
def error_in_200(given: Given) -> Setup:
    """As observed."""
    return _refused(200, _ENVELOPE)


@situation("wrong-keys", "The keys are not valid.", "auth.invalid-keys", "auth.envelope", expected=Expected.ERROR)
def wrong_keys(given: Given) -> Setup:
    """The secret key is another one's."""
    return Setup(calendar=calendar(user()), questions=about(), wrong_keys=True)


@situation("html-error", "A 500 with an HTML page in place of JSON.", "http.unknown-path-body", "error.internal", expected=Expected.ERROR)
def html_error(given: Given) -> Setup:
    """As the vendor's web framework gives them."""
    return _refused(500, _PAGE)
