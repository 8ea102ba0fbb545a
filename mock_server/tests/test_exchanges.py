"""The exchanges in `fixtures/exchanges`, each run as its file says."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from leadsquared_slots.mock_server import Scenario, Settings, create_app
from leadsquared_slots.mock_server.contract.documents import FIXTURES, ledger, scenario_files
from leadsquared_slots.mock_server.contract.validation import problems
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED, PROFILES, Profile
from werkzeug.test import TestResponse

pytestmark = pytest.mark.versions

ENDPOINT = "/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress"
HEADERS = {"Content-Type": "application/json", "x-LSQ-AccessKey": "AccessKey", "x-LSQ-SecretKey": "SecretKey"}
FILES = sorted((FIXTURES / "exchanges").glob("*/*.json"))
BEYOND_JSON_SCHEMA = {"request.date-order", "request.range-101"}


@dataclass(frozen=True)
class Run:
    """An exchange under one profile; None leaves the profile to the scenario."""

    file: Path
    profile: Profile | None

    @property
    def exchange(self) -> dict[str, Any]:
        return read(self.file)

    @property
    def reply(self) -> dict[str, Any]:
        """What has to come back under this profile."""
        others = self.exchange.get("profiles", {})
        reply: dict[str, Any] = others.get(self.profile.name if self.profile else "", self.exchange["reply"])
        return reply

    def __str__(self) -> str:
        return f"{self.file.parent.name}/{self.file.stem}-{self.profile.name if self.profile else 'scenario'}"


@cache
def read(file: Path) -> dict[str, Any]:
    """An exchange file."""
    exchange: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return exchange


@cache
def scenario(name: str) -> Scenario:
    """A built-in scenario."""
    return Scenario.load(name)


def runs() -> Iterator[Run]:
    """Every exchange under every profile that its file says."""
    for file in FILES:
        profile = read(file).get("profile")
        if "scenario" in read(file) and scenario(read(file)["scenario"]).profile:
            yield Run(file, None)
        elif isinstance(profile, dict):
            yield Run(file, DOCUMENTED.with_answers(profile, name="changed"))
        else:
            yield from (Run(file, known) for known in PROFILES.values() if profile in (None, known.name))


RUNS = list(runs())


def body_of(request: dict[str, Any]) -> bytes:
    """The bytes that an exchange sends."""
    if "body" in request:
        return json.dumps(request["body"]).encode()
    if "base64" in request:
        return base64.b64decode(request["base64"], validate=True)
    return "".join(part["text"] * part["times"] for part in request.get("repeat", ())).encode() or request.get("text", "").encode()


@cache
def client(profile: Profile, name: str | None, now: str | None) -> FlaskClient:
    """A client of an emulator under a profile, in the scenario of that name, whose clock stands still at `now`."""
    settings = Settings(
        profile=profile,
        **({"scenario": scenario(name)} if name else {}),
        **({"now": datetime.fromisoformat(now).timestamp()} if now else {}),
    )
    return create_app(settings, clock=lambda: 1_772_409_600.0).test_client()


@cache
def send(run: Run) -> TestResponse:
    """The reply to the last call of a run, by an emulator in its starting state."""
    exchange = run.exchange
    asked = client(run.profile or DOCUMENTED, exchange.get("scenario"), exchange.get("now"))
    assert asked.post("/__admin/reset", json={}).status_code == 200
    request = exchange["request"]
    for _ in range(exchange.get("calls", 1)):
        response = asked.open(
            request.get("path", ENDPOINT),
            method=request.get("method", "POST"),
            query_string=request.get("query"),
            headers=request.get("headers", HEADERS),
            data=body_of(request),
        )
    return response


def matches(received: object, wanted: object) -> bool:
    """Whether all that is wanted is there: of an object the members named, of a list every entry."""
    if isinstance(wanted, dict):
        return isinstance(received, dict) and all(key in received and matches(received[key], value) for key, value in wanted.items())
    if isinstance(wanted, list):
        return isinstance(received, list) and len(received) == len(wanted) and all(map(matches, received, wanted))
    return type(received) is type(wanted) and received == wanted


@pytest.mark.parametrize("run", RUNS, ids=str)
def test_an_exchange_gives_the_reply_of_its_file(run: Run) -> None:
    """Status, headers, body and message are those of the file."""
    response, wanted = send(run), run.reply
    text = response.get_data(as_text=True)
    assert response.status_code == wanted["status"], text
    for name, value in wanted.get("headers", {}).items():
        assert response.headers.get(name) == value
    if "body" in wanted:
        assert text == json.dumps(wanted["body"], separators=(",", ":"))
    if "matches" in wanted:
        assert matches(response.get_json(), wanted["matches"]), text
    if "dates" in wanted:
        assert len(response.get_json()["List"]) == wanted["dates"]
    message = response.get_json()["ExceptionMessage"] if response.is_json and "message-contains" in wanted else text
    for part in wanted.get("message-contains", ()):
        assert part in message


@pytest.mark.parametrize("run", RUNS, ids=str)
def test_a_json_body_honours_its_schema(run: Run) -> None:
    """What comes back is an answer or an error envelope, or the page that the file expects."""
    response = send(run)
    if response.is_json:
        body = response.get_json()
        assert not problems("error" if "Status" in body else "answer", body)
    else:
        assert response.content_type == run.reply["headers"]["Content-Type"]


@pytest.mark.parametrize("run", RUNS, ids=str)
def test_what_is_accepted_is_answered_and_what_is_rejected_is_refused(run: Run) -> None:
    """The folder says what becomes of a request."""
    if run.profile in (DOCUMENTED, None) or "profiles" not in run.exchange:
        body = send(run).get_json(silent=True) or {"Status": "Error"}
        assert ("Status" in body) == (run.file.parent.name == "rejected")


@pytest.mark.parametrize("run", [run for run in RUNS if run.profile is DOCUMENTED], ids=str)
def test_the_request_schema_says_what_the_documented_profile_accepts(run: Run) -> None:
    """What the schema calls valid is answered, save the two rules that are beyond it; nothing else is."""
    exchange = run.exchange
    families = {rule.partition(".")[0] for rule in exchange["rules"]}
    if "body" not in exchange["request"] or families & {"auth", "http", "limit"} or "fault" in documents(exchange):
        return
    is_valid = not problems("request", exchange["request"]["body"])
    if is_valid and BEYOND_JSON_SCHEMA & set(exchange["rules"]):
        return
    content_type = exchange["request"].get("headers", HEADERS).get("Content-Type", "")
    accepted = send(run).status_code == 200
    assert accepted == (is_valid and content_type.partition(";")[0].lower() == "application/json")


def documents(exchange: dict[str, Any]) -> dict[str, Any]:
    """The scenario of an exchange, as data."""
    return scenario(exchange["scenario"]).document if "scenario" in exchange else {}


@cache
def form() -> Draft202012Validator:
    """The validator of exchange files."""
    schema = json.loads((FIXTURES / "exchange.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_an_exchange_has_the_form_of_its_schema_and_cites_rules_that_exist(file: Path) -> None:
    """A misspelt key or rule does not pass unseen."""
    form().validate(read(file))
    assert set(read(file)["rules"]) <= set(ledger())


def test_every_scenario_is_shown_by_an_exchange() -> None:
    """What a scenario's notes promise is looked at."""
    assert {read(file).get("scenario") for file in FILES} >= set(scenario_files())


def test_no_exchange_stands_twice() -> None:
    """Two files do not show the same."""
    shown = [json.dumps({**read(file), "shows": "", "rules": []}) for file in FILES]
    assert len(set(shown)) == len(shown)


@pytest.mark.parametrize(
    ("received", "wanted"),
    [({"a": 1}, {"a": 2}), ({}, {"a": None}), ([1], [1, 2]), ([1, 2], [1]), ({"a": [{"b": 1}]}, {"a": [{"b": "1"}]}), (True, 1)],
)
def test_a_body_that_lacks_what_is_wanted_does_not_match(received: object, wanted: object) -> None:
    """The comparison of parts can fail."""
    assert not matches(received, wanted)
