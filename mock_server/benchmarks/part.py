"""A part of the emulator that is timed in this process."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from leadsquared_slots.mock_server.accounts.settings import Settings
from leadsquared_slots.mock_server.domain.rate_limit import RateLimit
from leadsquared_slots.mock_server.exchanges.message import split_credentials
from leadsquared_slots.mock_server.service import ENDPOINT, Emulator

from .load import KEYS

_HEADERS = {"content-type": "application/json", "host": "127.0.0.1:8255", "content-length": "100"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Something to time: `prepare` is not timed and gives what `work` takes; one work is `units` of what is counted.

    `beside` names the part that it is compared with.
    """

    name: str
    work: Callable[[Any], object]
    prepare: Callable[[], Any] = lambda: None
    units: int = 1
    beside: str | None = None


def new_emulator() -> Emulator:
    """An emulator with everything on, and a limit so high that it refuses nothing."""
    return Emulator(Settings(rate_limit=RateLimit(100_000_000, 5)))


def asking(emulator: Emulator) -> Callable[[bytes], bytes]:
    """Asks an emulator with a body, and gives the body of its reply."""
    return lambda body: emulator.answer(*split_credentials("POST", ENDPOINT, KEYS, dict(_HEADERS), body))[0].body
