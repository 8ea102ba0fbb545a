"""Refusals for the limit and for the keys, in every form in which they were observed."""

import re

from .exchange import Received, error_of

LIMIT_EXCEPTION = "MXAPIRateLimitExceededException"
KEYS_EXCEPTION = "MXInvalidUserDetailsException"
_LIMIT_MESSAGE = re.compile(r"limit of (\d+) in (\d+) second", re.IGNORECASE)


def is_limit(received: Received) -> bool:
    """Whether a reply is a refusal for the limit, in any form in which it was observed."""
    error = error_of(received)
    return received.status == 429 or (error is not None and error.get("ExceptionType") == LIMIT_EXCEPTION)


def is_refusal_of_keys(received: Received) -> bool:
    """Whether a reply is a refusal of the keys, in any form in which a profile gives it."""
    error = error_of(received)
    return received.status == 401 or (error is not None and error.get("ExceptionType") == KEYS_EXCEPTION)


def limit_named(received: Received) -> tuple[int, float] | None:
    """The calls and seconds that the message of a refusal names; None where it names none."""
    error = error_of(received)
    found = _LIMIT_MESSAGE.search(str(error.get("ExceptionMessage"))) if error else None
    return (int(found[1]), float(found[2])) if found else None
