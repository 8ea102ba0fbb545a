"""The OpenAPI document of the admin interface: valid, self-contained, of every call, and of one mind with the running application."""

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from leadsquared_slots.mock_server import Settings, create_app
from leadsquared_slots.mock_server.admin.calls.table import CALLS
from leadsquared_slots.mock_server.contract.admin_openapi import admin_openapi_document
from openapi_spec_validator import OpenAPIV31SpecValidator

pytestmark = pytest.mark.wheel

USER = "free@example.com"
TASK = {"user": USER, "start": "2026-03-02T06:00:00Z", "end": "2026-03-02T06:30:00Z"}
BODIES: list[tuple[str, str, list[Any], list[Any]]] = [
    ("patch", "/settings", [{}, {"rateLimit": "2/60s"}, {"rateLimit": None, "profile": {"breaks": "kept"}}], [{"rateLimit": 25}, {"a": 1}]),
    (
        "post",
        "/accounts",
        [{}, {"seed": 7, "now": "2026-03-02T06:00:00Z", "scenario": {"toml": 'title = "Mine"'}}, {"scenario": {"title": "Mine"}}],
        [{"seed": "7"}, {"scenario": 5}, {"scenario": {"titel": "x"}}, {"profile": "observd"}, {"now": "2026-03-02"}],
    ),
    ("post", "/reset", [{}], [{"hard": True}]),
    ("post", "/requests/count", [{}, {"status": 429, "equalToJson": {"a": 1}}], [{"status": "429"}, {"urlPth": "/"}]),
    ("post", "/requests/find", [{}, {"method": "POST"}], [{"method": 5}]),
    ("post", "/faults", [{"kind": "reset"}, {"kind": "status", "status": 429, "times": 2}], [{}, {"kind": "reset", "status": 500}]),
    ("put", "/clock", [{"now": "2026-03-02T06:00:00Z"}, {"now": "2026-03-02T06:00:00.5+05:30"}], [{}, {"now": 5}]),
    ("post", "/clock/advance", [{"seconds": 0.5}], [{"seconds": -1}, {"seconds": True}, {}]),
    (
        "put",
        "/scenario",
        [{"name": "two-shifts"}, {"title": "Mine"}, {"toml": 'title = "Mine"'}],
        [{}, {"name": 5}, {"toml": 5}, {"usr": []}],
    ),
    (
        "put",
        "/users/{address}",
        [{"zone": "UTC"}, {"zone": "UTC", "template": {"zone": "UTC", "shifts": {"monday": ["09:00-17:00"]}}}],
        [{}, {"zone": "UTC", "template": {"zone": "UTC"}}, {"zone": "UTC", "tempalte": "x"}],
    ),
    (
        "post",
        "/tasks",
        [TASK, {**TASK, "allowConflicts": True}],
        [{}, {**TASK, "allowConflicts": "no"}, {**TASK, "type": "x", "allowConflicts": True}, {**TASK, "allow-conflicts": True}],
    ),
    (
        "post",
        "/leaves",
        [{"user": USER, "from": "2026-03-09", "to": "2026-03-10"}, {"user": USER, "date": "2026-03-09", "time": "10:00-12:00"}],
        [
            {"user": USER},
            {"user": USER, "from": "2026-03-09"},
            {"user": USER, "from": "2026-03-09", "to": "2026-03-10", "time": "10:00-12:00"},
        ],
    ),
    ("post", "/holidays", [{"user": USER, "date": "2026-03-04"}], [{"user": USER}, {"user": USER, "date": "2026-03-04", "name": ""}]),
    ("put", "/state", [], [{}, {"seed": "7"}]),
]
"""Of every call with a body: bodies that are accepted, and such that are refused."""


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    """The application without a port."""
    return create_app(Settings(rate_limit=None)).test_client()


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The document, as it is served."""
    return admin_openapi_document("http://localhost")


def path_of(rule: str) -> str:
    """A path of the table as OpenAPI writes it."""
    return "/__admin" + re.sub(r"<path:(\w+)>", r"{\1}", rule)


def operations(document: dict[str, Any]) -> dict[tuple[str, str], Any]:
    """Every operation by method and path."""
    return {(method.upper(), path): operation for path, item in document["paths"].items() for method, operation in item.items()}


def judged(document: dict[str, Any], schema: dict[str, Any], value: Any) -> bool:
    """Whether a value is as a schema of the document says."""
    whole = {"components": document["components"], **schema}
    return Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER).is_valid(value)


def test_the_document_is_valid_and_refers_to_nothing_outside(document: dict[str, Any]) -> None:
    """Every reference leads to a part of it, and none to a file."""
    OpenAPIV31SpecValidator(document).validate()
    for reference in re.findall(r'"\$ref": "([^"]*)"', json.dumps(document)):
        node: Any = document
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]


def test_it_is_served_with_the_host_that_was_asked(client: FlaskClient) -> None:
    """As `servers`; everything else is the same for everybody."""
    served = client.get("/__admin/admin-openapi.json", headers={"Host": "127.0.0.1:9999"}).json
    assert served == admin_openapi_document("http://127.0.0.1:9999")
    assert served["servers"][0]["url"] == "http://127.0.0.1:9999"


def test_every_call_stands_in_it_and_no_other(document: dict[str, Any]) -> None:
    """With the arguments of its path."""
    assert set(operations(document)) == {(method, path_of(rule)) for method, rule in CALLS}
    names = {key: part["name"] for key, part in document["components"]["parameters"].items()}
    for (_, path), operation in operations(document).items():
        taken = {names[part["$ref"].rpartition("/")[2]] for part in operation["parameters"]}
        assert set(re.findall(r"\{(\w+)\}", path)) <= taken
        assert "account" in taken


def test_every_body_has_examples_here(document: dict[str, Any]) -> None:
    """A call with a body that nobody tries would be described by nobody."""
    with_body = {key for key, operation in operations(document).items() if "requestBody" in operation}
    assert with_body == {(method.upper(), f"/__admin{path}") for method, path, *_ in BODIES}


@pytest.mark.parametrize(("method", "path", "right", "wrong"), BODIES, ids=[f"{method} {path}" for method, path, *_ in BODIES])
def test_the_application_answers_each_body_as_the_document_says(
    client: FlaskClient, document: dict[str, Any], method: str, path: str, right: list[Any], wrong: list[Any]
) -> None:
    """What the schema accepts is done, what it refuses is a 400, and both answers have the form that the document gives."""
    operation = document["paths"][f"/__admin{path}"][method]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    if path == "/state":
        right = [client.get("/__admin/state").json]
    for bodies, is_right in ((right, True), (wrong, False)):
        for body in bodies:
            client.post("/__admin/reset", json={})
            answer = client.open(f"/__admin{path.format(address=USER)}", method=method.upper(), json=body)
            assert judged(document, schema, body) is is_right, body
            assert (answer.status_code < 300) is is_right, (body, answer.json)
            said = operation["responses"][str(answer.status_code)]
            if "$ref" in said:
                said = document["components"]["responses"][said["$ref"].rpartition("/")[2]]
            assert judged(document, said["content"]["application/json"]["schema"], answer.json), answer.json


def test_every_call_that_reads_answers_in_the_form_that_it_gives(client: FlaskClient, document: dict[str, Any]) -> None:
    """With the least that it has to be told."""
    client.post("/__admin/reset", json={})
    for (method, path), operation in operations(document).items():
        if method == "GET":
            query = f"?user={USER}&date=today&columns=80" if path.endswith("/explain") else ""
            answer = client.get(path.format(address=USER) + query)
            assert answer.status_code == 200, path
            assert judged(document, operation["responses"]["200"]["content"]["application/json"]["schema"], answer.json), path
