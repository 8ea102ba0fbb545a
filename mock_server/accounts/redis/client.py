"""The client of a Redis: how a URL is read, and what is said where Redis cannot be used."""

from typing import Any

from leadsquared_slots.mock_server.accounts.store import Unavailable
from leadsquared_slots.mock_server.domain.errors import DomainError

from .scripts import LEASE

try:
    from redis import Redis, RedisError
    from redis.backoff import NoBackoff
    from redis.exceptions import ConnectionError as Disconnected
    from redis.exceptions import NoScriptError
    from redis.exceptions import TimeoutError as TimedOut
    from redis.retry import Retry
except ImportError:
    raise DomainError("the package redis is missing", "install leadsquared-slots[redis]") from None

__all__ = [
    "PATIENCE",
    "BadRedisUrl",
    "Disconnected",
    "NoScriptError",
    "OtherSettings",
    "Redis",
    "RedisError",
    "RedisGone",
    "TimedOut",
    "Unreadable",
    "client_of",
    "place_of",
]

PATIENCE = 1.0
"""Seconds that Redis has for a connection and for an answer; `socket_timeout` in the URL says otherwise."""
_SCHEMES = ("redis", "rediss", "unix")


class BadRedisUrl(DomainError):
    """A URL that names no Redis. Its text is not repeated: it may hold a password."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the Redis URL {what}", "expected one such as redis://127.0.0.1:6379/0, rediss://… or unix:///path/to/socket")


class RedisGone(Unavailable):
    """Redis does not answer, or not as it should."""

    def __init__(self, place: str, reason: str) -> None:
        self.place, self.reason = place, reason
        super().__init__(f"the shared state in {place} cannot be used: {reason}", "it is tried again until it can")


class Unreadable(Unavailable):
    """What is kept of an account is not what an emulator wrote."""

    def __init__(self, place: str) -> None:
        super().__init__(f"the state of the account in {place} cannot be read", "delete the keys that begin with lsq-mock: there")


class OtherSettings(Unavailable):
    """The database belongs to emulators that start accounts in another way."""

    def __init__(self, place: str) -> None:
        super().__init__(
            f"{place} holds the state of emulators of another version, or with other settings",
            "start all with the same seed, scenario, "
            f"profile, limit, clock and keys, give these a database of their own (redis://HOST:PORT/1), or wait {LEASE} seconds after "
            "the last request to the others",
        )


def client_of(url: str) -> "Redis":
    """A client for a URL. Raises BadRedisUrl."""
    scheme, _, rest = url.partition("://")
    if not rest or scheme not in _SCHEMES:
        raise BadRedisUrl(f"begins with {scheme[:20]!r}" if rest else "has no scheme")
    database = "" if scheme == "unix" else rest.partition("?")[0].partition("/")[2]
    if database and not (database.isascii() and database.isdigit()):
        raise BadRedisUrl("names a database that is no number")
    # Once more where a kept connection has ended meanwhile; not after a timeout, when the first try may still have an effect.
    retry = Retry(NoBackoff(), 1, supported_errors=(Disconnected,))
    patience: dict[str, Any] = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE}
    try:
        client = Redis.from_url(url, retry=retry, **patience)
        client.connection_pool.make_connection()  # connects to nothing yet, and refuses unknown options
    except (ValueError, TypeError):
        raise BadRedisUrl("has a port or an option that cannot be read") from None
    return client


def place_of(kwargs: dict[str, Any]) -> str:
    """Where a client connects to, without credentials."""
    where = kwargs.get("path") or f"{kwargs.get('host', 'localhost')}:{kwargs.get('port', 6379)}"
    return f"Redis at {where}, database {kwargs.get('db', 0)}"
