"""The health check: what it tells, and its reply where it needs neither Flask nor anybody's turn."""

import time
from collections.abc import Mapping
from functools import partial
from typing import Any

import orjson
from leadsquared_slots.mock_server.accounts.account import Account
from leadsquared_slots.mock_server.accounts.store import Unavailable
from leadsquared_slots.mock_server.exchanges.cors import cors_headers
from leadsquared_slots.mock_server.exchanges.message import Headers, Reply
from leadsquared_slots.mock_server.service import ADMIN, Emulator
from leadsquared_slots.mock_server.version import VERSION

from .access import has_right_token, is_own_host
from .instant import instant_view

_PATH = f"{ADMIN}/health"
_JSON: Headers = (("Content-Type", "application/json"),)
_PATIENCE = 0.05
"""Seconds that are waited for who has the turn."""


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


def is_plain_health(emulator: Emulator, method: str, path: str, query: str, headers: Mapping[str, str]) -> bool:
    """Whether a call is a health check that `health_reply` answers: one without a query, of somebody who may ask."""
    settings = emulator.settings
    if path != _PATH or query or method not in ("GET", "HEAD"):
        return False
    return is_own_host(settings, headers.get("host", "")) and has_right_token(settings, headers.get("authorization", ""))


def health_reply(emulator: Emulator, headers: Mapping[str, str]) -> Reply:
    """Return the reply to a plain health check, the same that Flask gives, without waiting for calls of the admin interface.

    Where the state is kept elsewhere, it is asked for; who has the turn for longer is not waited for, and the clock told is the last known.
    """
    allowed = cors_headers(emulator.settings.cors, headers, any_origin=False)
    try:
        value, status = _view_in_turn(emulator) if emulator.store.keeps_copies else health_view(emulator, emulator.accounts.default), 200
    except Unavailable as error:
        value, status = unavailable_view(error), 503
    return Reply(status, _JSON + allowed, orjson.dumps(value) + b"\n")


def _view_in_turn(emulator: Emulator) -> dict[str, Any]:
    view = partial(health_view, emulator)
    if emulator.turn.acquire(timeout=_PATIENCE):
        try:
            return emulator.accounts.use(None, view)
        finally:
            emulator.turn.release()
    emulator.store.check()
    return view(emulator.accounts.default)


def unavailable_view(error: Unavailable) -> dict[str, str]:
    """Return what is told where the state cannot be had."""
    return {"status": "unhealthy", "error": error.what, "hint": error.hint}
