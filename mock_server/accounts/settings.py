"""Settings of the emulator: parsed once, at the edge, into one frozen value."""

from dataclasses import dataclass, field
from pathlib import Path

from leadsquared_slots.mock_server.domain.profile import DOCUMENTED, Profile
from leadsquared_slots.mock_server.domain.rate_limit import RateLimit

from .scenario import GENERATED, Scenario

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
