"""Settings of the emulator: parsed once, at the edge, into one frozen value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from leadsquared_slots.mock_server.domain.errors import DomainError, suggestion
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED, Profile
from leadsquared_slots.mock_server.domain.rate_limit import RateLimit, limit_of
from leadsquared_slots.mock_server.exchanges.cors import read_origin

from .scenario import GENERATED, Scenario, load_profile, read_instant

DEFAULT_PORT = 8255
EXAMPLE_KEYS = ("AccessKey", "SecretKey")
"""The keys in the URL of the vendor's page, so that its example works when copied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How the emulator starts. `rate_limit` None is no limit; `now` is seconds since the epoch, None the real time.

    What a scenario says of profile, rate limit and clock comes before what stands here.
    """

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    seed: int = 0
    scenario: Scenario = GENERATED
    profile: Profile = DOCUMENTED
    rate_limit: RateLimit | None = field(default_factory=RateLimit)
    access_key: str = field(default=EXAMPLE_KEYS[0], repr=False)
    secret_key: str = field(default=EXAMPLE_KEYS[1], repr=False)
    now: float | None = None
    admin: bool = True
    admin_token: str | None = field(default=None, repr=False)
    tls: bool = False
    tls_cert: Path | None = None
    tls_key: Path | None = None
    redis_url: str | None = field(default=None, repr=False)
    cors: tuple[str, ...] = ()


def with_words(settings: Settings, words: Mapping[str, Any]) -> Settings:
    """Return the settings with fields changed by name, each to a value, or to a text in the words of the command.

    `scenario="night-shift"`, `profile="observed"`, `rate_limit="3/5s"` (or "none"), `now="2026-03-02T06:00:00Z"`. What is given here comes
    before what the scenario says. Raises DomainError for a text that names nothing, TypeError for a field that there is not.
    """
    known = [each.name for each in fields(Settings)]
    for name in words.keys() - set(known):
        hint = suggestion(name, known, f"there are {', '.join(known)}")
        raise TypeError(f"there is no setting {name!r}; {hint}")
    read = {name: _READERS[name](value) if isinstance(value, str) and name in _READERS else value for name, value in words.items()}
    changed = replace(settings, **read)
    says_nothing: dict[str, Any] = {
        "profile": {"profile": None},
        "rate_limit": {"rate_limit": None, "is_unlimited": False},
        "now": {"now": None},
    }
    return replace(changed, scenario=replace(changed.scenario, **{k: v for name in words for k, v in says_nothing.get(name, {}).items()}))


def _instant(text: str) -> float:
    try:
        return read_instant(text)
    except ValueError:
        raise DomainError(f"{text!r} is no instant; expected one such as 2026-01-05T09:00:00Z") from None


_READERS: dict[str, Callable[[str], Any]] = {
    "scenario": Scenario.load,
    "profile": load_profile,
    "rate_limit": limit_of,
    "now": _instant,
    "cors": lambda text: (read_origin(text),),
    "tls_cert": Path,
    "tls_key": Path,
}
