"""Who may call the admin interface: no other sites' pages, no forms, and nobody without the token where there is one."""

from flask import request
from leadsquared_slots.mock_server.accounts.settings import Settings
from leadsquared_slots.mock_server.domain.errors import DomainError

from .access import has_right_token, is_own_host

CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
"""Methods of the calls that change something."""


class Refused(DomainError):
    """A call that may not be made."""

    def __init__(self, status: int, error: str, hint: str) -> None:
        self.status = status
        super().__init__(error, hint)


def guard(settings: Settings) -> None:
    """Refuses the current request unless host, token and content type are right. Raises Refused."""
    guard_host(settings)
    if not has_token(settings):
        raise Refused(401, "the admin token is missing or wrong", "send the header Authorization: Bearer TOKEN")
    if request.method in CHANGING and request.mimetype != "application/json":
        received = request.mimetype or "missing"
        raise Refused(415, f"the content type is {received}", "a call that changes something needs Content-Type: application/json")


def guard_host(settings: Settings) -> None:
    """Refuses a request for another host's name, which a page elsewhere may have pointed at loopback. Raises Refused."""
    if not is_own_host(settings, request.headers.get("Host", request.host)):
        raise Refused(
            403,
            f"the Host is {request.host!r}",
            "the emulator listens on loopback only: call it as localhost or 127.0.0.1",
        )


def has_token(settings: Settings) -> bool:
    """Whether the current request has the admin token, where one is asked for."""
    return has_right_token(settings, request.headers.get("Authorization", ""))
