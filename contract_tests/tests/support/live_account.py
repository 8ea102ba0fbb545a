"""Servers in the live account's place: the emulator or a mutant of it, without an admin interface; and recordings of them."""

from collections import deque
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from leadsquared_slots.contract_tests.mutants import mutants
from leadsquared_slots.contract_tests.mutants.serving import correct_app, mutated_app
from leadsquared_slots.contract_tests.run.results import Report
from leadsquared_slots.contract_tests.run.runner import Options, run_checks
from leadsquared_slots.contract_tests.traffic.conversion import as_recorded
from leadsquared_slots.contract_tests.wire.exchange import Exchange
from leadsquared_slots.contract_tests.wire.target import ManualClock, Target
from leadsquared_slots.contract_tests.wire.wsgi import WsgiApp
from leadsquared_slots.mock_server import Profile
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED
from leadsquared_slots.mock_server.recording.har import HarWriter
from leadsquared_slots.mock_server.recording.recorded import Recorded, Recorder

USERS = tuple(
    f"{state}.kit@example.com"
    for state in ("two-shifts", "midnight", "other-zone", "leave", "no-template", "fully-booked", "free", "someone")
)
FIRST, LAST = date(2026, 3, 2), date(2026, 4, 20)


def without_admin(app: WsgiApp) -> WsgiApp:
    """The application with nothing below /__admin, as the live API has nothing there."""

    def outside(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith("/__admin"):
            start_response("404 Not Found", [("Content-Type", "text/plain"), ("Content-Length", "0")])
            return [b""]
        return app(environ, start_response)

    return outside


@lru_cache(maxsize=6)
def checked(name: str | None = None, *, seed: int = 0, examples: int = 3, **options: Any) -> tuple[Profile, Report, list[Exchange]]:
    """A mutant, or the correct emulator, checked as a live account is; the profile by which it was judged, and all its exchanges.

    Raises TargetRefusesKeys and TargetUnreachable, as some mutants are caught before the checks.
    """
    clock = ManualClock()
    mutant = mutants()[name] if name else None
    profile = DOCUMENTED.with_answers(dict(mutant.judged)) if mutant else DOCUMENTED
    app = mutated_app(mutant, profile, seed=seed, clock=clock) if mutant else correct_app(profile, seed=seed, clock=clock)
    target = Target.wsgi(without_admin(app), clock=clock)
    target.exchanges = deque()
    asked = {"users": USERS, "first": FIRST, "last": LAST, "budget": 100_000, "max_examples": examples, "allow_burst": True, "strict": True}
    report = run_checks(target, Options(profile=profile, **{**asked, **options}))
    return profile, report, list(target.exchanges)


def recorded(exchanges: Iterable[Exchange], recorder: Recorder | None = None) -> list[Recorded]:
    """The exchanges of a run as recorded ones."""
    recorder = recorder or Recorder()
    return [as_recorded(exchange, recorder) for exchange in exchanges]


def written(exchanges: Iterable[Recorded], path: Path) -> Path:
    """The exchanges in a HAR file."""
    path.unlink(missing_ok=True)
    with HarWriter(path) as writer:
        for exchange in exchanges:
            writer.add(exchange)
    return path


def cassette(exchanges: Iterable[Recorded]) -> dict[str, Any]:
    """The exchanges as a cassette of vcrpy, whose headers are lists and whose bodies are bytes."""
    return {"version": 1, "interactions": [_interaction(exchange) for exchange in exchanges]}


def _interaction(exchange: Recorded) -> dict[str, Any]:
    return {
        "request": {
            "method": exchange.method,
            "uri": exchange.full_url,
            "body": exchange.body or None,
            "headers": _lists(exchange.headers),
        },
        "response": {
            "status": {"code": exchange.status, "message": ""},
            "headers": _lists(exchange.reply_headers),
            "body": {"string": exchange.reply_body},
        },
    }


def _lists(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def as_yaml(document: dict[str, Any]) -> str:
    """A cassette as vcrpy writes it."""
    return str(yaml.dump(document, Dumper=getattr(yaml, "CDumper", yaml.Dumper)))
