"""The health check: what it tells, and its reply where it needs neither Flask nor anybody's turn."""

import time
from typing import Any

import orjson
from leadsquared_slots.mock_server.accounts.account import Account
from leadsquared_slots.mock_server.exchanges.message import Headers, Reply
from leadsquared_slots.mock_server.service import ADMIN, Emulator
from leadsquared_slots.mock_server.version import VERSION

from .access import has_right_token, is_own_host
from .instant import instant_view

_PATH = f"{ADMIN}/health"
_JSON: Headers = (("Content-Type", "application/json"),)


def health_view(emulator: Emulator, account: Account) -> dict[str, Any]:
    """Return whether the emulator is ready, and how it was started."""
    start, place = emulator.accounts.start, emulator.store.describe()
    return {
        "status": "healthy",
        "version": VERSION,
        "uptimeInSeconds": round(time.monotonic() - emulator.started, 3),
        "now": instant_view(account.clock.now()),
        "seed": start.seed,
        "profile": start.profile.name,
        "scenario": start.scenario.name,
        **({"sharedState": place} if place else {}),
    }


def health_reply(emulator: Emulator, method: str, path: str, query: str, headers: dict[str, str]) -> Reply | None:
    """Return the reply to a plain health check, the same that Flask gives; None for everything else.

    It is everything else too where the state is kept elsewhere, and has to be asked for; and where other origins may call.
    """
    settings = emulator.settings
    if path != _PATH or query or method not in ("GET", "HEAD") or settings.cors or emulator.store.keeps_copies:
        return None
    if not is_own_host(settings, headers.get("host", "")) or not has_right_token(settings, headers.get("authorization", "")):
        return None
    return Reply(200, _JSON, orjson.dumps(health_view(emulator, emulator.accounts.default)) + b"\n")
