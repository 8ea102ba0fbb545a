"""Lists that are not there, users who are not there, addresses in another letter case, and keys with a $."""

from .calendars import ASHA, about, calendar, meeting, user
from .situation import Document, Given, Setup, situation

_LEFT_OUT = {"unknown-address": "left-out"}


def _plain() -> Document:
    return calendar(user(tasks=[meeting("2026-03-02T06:00:00", "2026-03-02T06:30:00")]))


@situation("absent-list", "Where there are no records, List may be absent.", "answer.past-last-page", "request.unknown-address")
def absent_list(given: Given) -> Setup:
    """Only an address that no user has is asked for."""
    return Setup(calendar=_plain(), questions=about("nobody@example.com"), answers={**_LEFT_OUT, "empty-list": "absent"})


@situation("null-list", "Where there are no records, List may be null.", "answer.past-last-page", "request.unknown-address")
def null_list(given: Given) -> Setup:
    """Only an address that no user has is asked for."""
    return Setup(calendar=_plain(), questions=about("nobody@example.com"), answers={**_LEFT_OUT, "empty-list": "null"})


@situation(
    "unknown-user", "An address that no user has is left out, so users do not stand where they were asked.", "request.unknown-address"
)
def unknown_user(given: Given) -> Setup:
    """It is asked for before the one that there is."""
    return Setup(calendar=_plain(), questions=about("nobody@example.com", ASHA), answers=_LEFT_OUT)


@situation("stored-case", "The address comes back as stored, in another letter case.", "answer.stored-address", "request.address-case")
def stored_case(given: Given) -> Setup:
    """Stored with capitals, asked for without."""
    entry = user("Asha.Rao@Example.com", tasks=[meeting("2026-03-02T06:00:00", "2026-03-02T06:30:00")])
    return Setup(calendar=calendar(entry), questions=about("asha.rao@example.com"), answers={"address-case": "any"})


@situation("dollar-key", "The access key has a $ in it.", "auth.key-form")
def dollar_key(given: Given) -> Setup:
    """As the vendor's have; shells, .env files and URLs that are not encoded lose it."""
    return Setup(calendar=_plain(), questions=about())
