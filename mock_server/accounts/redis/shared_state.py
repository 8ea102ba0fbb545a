"""An account as data that other replicas take up. They are of the same version, so that what comes back needs no validation.

What every request counts stands apart from it: the calls that the rate window remembers, and how often faults saw and struck a call.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from leadsquared_slots.mock_server.accounts.account import Account, Start, StartDefaults
from leadsquared_slots.mock_server.accounts.clock import Clock
from leadsquared_slots.mock_server.accounts.directory import Directory
from leadsquared_slots.mock_server.accounts.faults import Faults
from leadsquared_slots.mock_server.accounts.scenario import Scenario
from leadsquared_slots.mock_server.accounts.settings import Settings
from leadsquared_slots.mock_server.accounts.snapshot import Snapshot
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED, Profile
from leadsquared_slots.mock_server.domain.rate_limit import RateLimit
from leadsquared_slots.mock_server.exchanges.message import Keys
from leadsquared_slots.mock_server.version import VERSION

Counters = dict[str, int]
"""What an account's faults have counted, without zeros: `applied`, and `seen:N` and `struck:N` of the rule in place N."""


def settings_digest(settings: Settings) -> str:
    """A short text that is the same for replicas that belong together: those that start accounts alike, and read each other's data."""
    keys = [settings.access_key, settings.secret_key]
    return blake2b(_text([VERSION, _start_data(Start.of(settings)), keys]).encode(), digest_size=12, person=b"lsq-settings").hexdigest()


def write_account(account: Account) -> str:
    """Everything of an account but its journal and what requests count."""
    state = account.state()
    data = {
        "keys": [tuple(keys) for keys in account.keys[:1]],
        "generation": account.generation,
        "start": _start_data(account.start),
        "now": _start_data(account.start._replace(**_present(state))),
        "changes": list(state.changes),
        "faults": [fault["fault"] for fault in state.faults],
    }
    return _text(data)


def _present(state: Snapshot) -> dict[str, Any]:
    return {"seed": state.seed, "scenario": state.scenario, "profile": state.profile, "limit": state.limit, "now": state.now}


def read_account(text: str, running_clock: Callable[[], float]) -> Account:
    """The account of `write_account`."""
    data = json.loads(text)
    account = Account(_read_start(data["start"]), running_clock, *(Keys(*pair) for pair in data["keys"]))
    take_up(account, text)
    return account


def take_up(account: Account, text: str) -> None:
    """Makes an account what `write_account` found elsewhere; users whose calendars did not change stay the same objects."""
    data = json.loads(text)
    now = _read_start(data["now"])
    directory = directory_of(account, now, data["changes"])
    account.start = _read_start(data["start"])
    if data["generation"] != account.generation:
        account.generation = data["generation"]
        account.journal.clear()
    account.directory, account.clock = directory, Clock(account.running_clock, now.now)
    account.faults = Faults(now.seed, data["faults"])
    account.seed, account.scenario = now.seed, now.scenario
    account.set_limit(now.profile, now.limit, ())


def directory_of(account: Account, now: Start, changes: Sequence[dict[str, Any]]) -> Directory:
    """The account's directory with the changes that it lacks, or a new one where it is of another state."""
    directory = account.directory
    is_same = account.scenario is now.scenario and account.seed == now.seed and account.profile.address_case is now.profile.address_case
    if not is_same or directory.changes != changes[: len(directory.changes)]:
        directory = Directory(now.scenario, now.seed, now.profile.address_case)
    for change in changes[len(directory.changes) :]:
        directory.apply(change)
    return directory


def calls_of(account: Account) -> list[float]:
    """The calls that the account's rate window remembers, oldest first."""
    return [] if account.window is None else account.window.times()


def counters_of(account: Account) -> Counters:
    """What the account's faults have counted."""
    counted = {"applied": account.faults.applied}
    for place, rule in enumerate(account.faults.rules):
        counted |= {f"seen:{place}": rule.seen, f"struck:{place}": rule.struck}
    return {name: count for name, count in counted.items() if count}


def take_up_counters(account: Account, counters: Mapping[str, int]) -> None:
    """Makes the account's faults have counted this."""
    account.faults.applied = counters.get("applied", 0)
    for place, rule in enumerate(account.faults.rules):
        rule.seen, rule.struck = counters.get(f"seen:{place}", 0), counters.get(f"struck:{place}", 0)


def _start_data(start: Start) -> dict[str, Any]:
    profile, limit, now = start.defaults
    return {
        "seed": start.seed,
        "scenario": [start.scenario.name, start.scenario.document],
        **_settings_data(start.profile, start.limit, start.now),
        "defaults": _settings_data(profile, limit, now),
    }


def _settings_data(profile: Profile, limit: RateLimit | None, now: float | None) -> dict[str, Any]:
    return {"profile": [profile.name, profile.answers()], "limit": None if limit is None else [limit.calls, limit.seconds], "now": now}


def _read_start(data: dict[str, Any]) -> Start:
    return Start(
        data["seed"], _scenario(_text(data["scenario"])), *_read_settings(data), defaults=StartDefaults(*_read_settings(data["defaults"]))
    )


def _read_settings(data: dict[str, Any]) -> tuple[Profile, RateLimit | None, float | None]:
    return _profile(_text(data["profile"])), None if data["limit"] is None else RateLimit(*data["limit"]), data["now"]


@lru_cache(maxsize=64)
def _scenario(text: str) -> Scenario:
    name, document = json.loads(text)
    return Scenario.from_document(document, name)


@lru_cache(maxsize=64)
def _profile(text: str) -> Profile:
    name, answers = json.loads(text)
    return DOCUMENTED.with_answers(answers, name=name)


def _text(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True)
