"""Whether a call is for this emulator, and whether it knows the token: told from the headers alone."""

from hmac import compare_digest
from ipaddress import ip_address

from leadsquared_slots.mock_server.accounts.settings import Settings


def is_own_host(settings: Settings, host: str) -> bool:
    """Return whether a Host is a name of this machine, where the emulator listens on loopback only; true elsewhere."""
    return not _is_loopback(settings.host) or _is_local_name(host, settings.host)


def has_right_token(settings: Settings, authorization: str) -> bool:
    """Return whether a header Authorization holds the admin token, where one is asked for."""
    if settings.admin_token is None:
        return True
    return compare_digest(authorization.encode("latin-1", "replace"), f"Bearer {settings.admin_token}".encode())


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _is_local_name(host: str, bound: str) -> bool:
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    name = name.strip("[]").lower()
    return name in (bound.lower(), "localhost") or name.endswith(".localhost") or _is_loopback(name)
