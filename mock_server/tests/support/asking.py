"""How tests ask the emulator without a socket."""

from typing import Any

import orjson
from leadsquared_slots.mock_server.accounts.scenario import GENERATED, Scenario
from leadsquared_slots.mock_server.accounts.settings import Settings
from leadsquared_slots.mock_server.domain.profile import QUESTIONS, Profile
from leadsquared_slots.mock_server.exchanges.message import Reply, split_credentials
from leadsquared_slots.mock_server.service import ENDPOINT, Emulator

KEYS = "accessKey=AccessKey&secretKey=SecretKey"
JSON = {"content-type": "application/json"}
DECIDES_ANSWERS = (
    "time-zone",
    "date-without-template",
    "allowed-conflict",
    "breaks",
    "absent-lists",
    "absence-order",
    "partial-leave",
    "record",
    "empty-list",
)
"""The profile questions that decide what stands in an answer."""
DECIDES_USERS = ("users-order", "unknown-address", "duplicate-addresses", "address-case")
"""The profile questions that decide which users stand in an answer, and where."""
DOCUMENTED = Profile()


def emulator(scenario: Scenario = GENERATED, profile: Profile = DOCUMENTED, seed: int = 0) -> Emulator:
    """An emulator without a rate limit."""
    return Emulator(Settings(scenario=scenario, profile=profile, rate_limit=None, seed=seed))


def post(target: Emulator, body: bytes, *, query: str = KEYS, headers: dict[str, str] = JSON, method: str = "POST") -> Reply:
    """The reply to a request on the endpoint."""
    return target.answer(*split_credentials(method, ENDPOINT, query, dict(headers), body))[0]


def ask(target: Emulator, request: dict[str, Any]) -> Any:
    """The JSON answer to a request body; the reply has to be a 200."""
    reply = post(target, orjson.dumps(request))
    assert reply.status == 200, reply.body
    return orjson.loads(reply.body)


def choices(question: str) -> list[Any]:
    """Some answers of a profile question: all of an Enum, two of a number."""
    kind = QUESTIONS[question]
    return [3, 1000] if kind is int else [choice.value for choice in kind]  # type: ignore[attr-defined]
