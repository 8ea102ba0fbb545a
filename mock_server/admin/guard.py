"""Who may call the admin interface: no other sites' pages, no forms, and nobody without the token where there is one."""

from hmac import compare_digest
from ipaddress import ip_address

from flask import request
from leadsquared_slots.mock_server.accounts.settings import Settings
from leadsquared_slots.mock_server.domain.errors import DomainError

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
    if _is_loopback(settings.host) and not _is_local_name(request.host, settings.host):
        raise Refused(
            403,
            f"the Host is {request.host!r}",
            "the emulator listens on loopback only: call it as localhost or 127.0.0.1",
        )


def has_token(settings: Settings) -> bool:
    """Whether the current request has the admin token, where one is asked for."""
    if settings.admin_token is None:
        return True
    expected = f"Bearer {settings.admin_token}".encode()
    return compare_digest(request.headers.get("Authorization", "").encode("latin-1", "replace"), expected)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _is_local_name(host: str, bound: str) -> bool:
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    name = name.strip("[]").lower()
    return name in (bound.lower(), "localhost") or name.endswith(".localhost") or _is_loopback(name)
