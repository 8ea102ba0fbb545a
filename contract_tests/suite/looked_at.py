"""The target of the suite: a server of the caller's, or an emulator of its own whose clock nobody has to wait for."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from leadsquared_slots.contract_tests.plugin import option, seed_of
from leadsquared_slots.contract_tests.run.runner import Options
from leadsquared_slots.contract_tests.wire.redaction import Redactor
from leadsquared_slots.contract_tests.wire.target import ManualClock, Target
from leadsquared_slots.mock_server import MockServer
from leadsquared_slots.mock_server.accounts.scenario import load_profile

_YES = ("1", "true", "yes", "on")


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAt:
    """A target with the options of a run, its URL and keys, and what takes the keys out of a text."""

    target: Target
    options: Options
    base_url: str
    keys: dict[str, str]
    redact: Redactor


@contextmanager
def looked_at(config: pytest.Config) -> Iterator[LookedAt]:
    """The server of --lsq-url; without one, an emulator for as long as the context lasts."""
    profile, seed = load_profile(option(config, "profile") or "documented"), seed_of(config)
    url = option(config, "url")
    if url:
        keys = (os.environ.get("LSQ_ACCESS_KEY", "AccessKey"), os.environ.get("LSQ_SECRET_KEY", "SecretKey"))
        target = Target(url, access_key=keys[0], secret_key=keys[1], rate=_rate(os.environ.get("LSQ_CONTRACT_RATE", "25/5s")))
        yield _of(target, Options(profile=profile, seed=seed, **_from_environment()), keys)
        return
    clock = ManualClock()
    with MockServer(seed=seed, profile=profile, clock=clock) as server:
        keys = (server.access_key, server.secret_key)
        target = Target(server.base_url, access_key=keys[0], secret_key=keys[1], clock=clock, sleep=clock.sleep)
        # The emulator under its own profile has no excuse: every rule counts.
        yield _of(target, Options(profile=profile, seed=seed, allow_burst=True, strict=True, budget=10_000), keys)


def _of(target: Target, options: Options, keys: tuple[str, str]) -> LookedAt:
    headers = dict(zip(("x-LSQ-AccessKey", "x-LSQ-SecretKey"), keys, strict=True))
    return LookedAt(target=target, options=options, base_url=target.base_url, keys=headers, redact=Redactor(keys))


def _rate(text: str) -> tuple[int, float]:
    found = re.fullmatch(r"([1-9][0-9]*)/([0-9.]+)s", text)
    if not found:
        raise pytest.UsageError(f"LSQ_CONTRACT_RATE is {text!r}; expected calls and seconds, such as 25/5s")
    return int(found[1]), float(found[2])


def _from_environment() -> dict[str, Any]:
    """What the environment says of a run; the rest is as the command has it."""

    def said(name: str) -> str:
        return os.environ.get(f"LSQ_CONTRACT_{name}", "")

    found: dict[str, Any] = {"users": tuple(re.split(r"[\s,]+", said("USER").strip())) if said("USER").strip() else ()}
    found |= {name: date.fromisoformat(said(key)) for name, key in (("first", "FROM"), ("last", "TO")) if said(key)}
    found |= {"budget": int(said("BUDGET"))} if said("BUDGET") else {}
    return found | {name: said(name.upper()).lower() in _YES for name in ("allow_burst", "strict")}
