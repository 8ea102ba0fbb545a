"""The OpenAPI document: valid, self-contained, of few words that every tool reads, and its examples are what the emulator answers."""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker
from leadsquared_slots.mock_server import MockServer, Scenario, Settings
from leadsquared_slots.mock_server.contract.component_schemas import hoist
from leadsquared_slots.mock_server.contract.documents import FIXTURES, SCHEMAS
from leadsquared_slots.mock_server.contract.openapi import OpenAPIVersion, openapi_document, server_url
from leadsquared_slots.mock_server.contract.validation import problems
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED
from leadsquared_slots.mock_server.service import ENDPOINT
from leadsquared_slots.mock_server.vendor.errors import Family, status_of
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

pytestmark = pytest.mark.wheel

EXAMPLES = sorted((SCHEMAS / "examples").glob("*.json"))
DOCUMENTED_STATUSES = {"200", "400", "401", "404", "429", "500"}
NAMES = {"request": "SlotsRequest", "answer": "SlotsAnswer", "error": "ErrorEnvelope"}
TAKEN = {"Date", "Error", "Exception", "File", "List", "Map", "Object", "Record", "Request", "Response", "Set", "String"}
"""Names that a language of the generated clients has for something else."""

each_version = pytest.mark.parametrize("version", list(OpenAPIVersion))


def operation(version: str = "3.1") -> Any:
    """The one operation of the document."""
    return openapi_document(version)["paths"][ENDPOINT]["post"]


def parts(node: Any) -> Iterator[dict[str, Any]]:
    """Every object inside the schemas of a document."""
    if isinstance(node, list):
        for item in node:
            yield from parts(item)
    elif isinstance(node, dict):
        yield node
        for value in node.values():
            yield from parts(value)


def schemas(version: str) -> Any:
    """The component schemas of the document."""
    return openapi_document(version)["components"]["schemas"]


def test_the_openapi_document_is_valid() -> None:
    """In both versions, and as it stands in its file with everything that it refers to beside it."""
    OpenAPIV31SpecValidator(openapi_document("3.1")).validate()
    OpenAPIV30SpecValidator(openapi_document("3.0")).validate()
    source = yaml.safe_load((SCHEMAS / "openapi.yaml").read_text("utf-8"))
    OpenAPIV31SpecValidator(source, base_uri=(SCHEMAS / "openapi.yaml").as_uri()).validate()


@each_version
def test_the_served_document_needs_no_other(version: str) -> None:
    """Every reference in it leads to a component of it."""
    document = openapi_document(version)
    references = re.findall(r'"\$ref": "([^"]*)"', json.dumps(document))
    assert references
    for reference in references:
        assert reference.startswith("#/components/schemas/")
        assert document["components"]["schemas"][reference.rpartition("/")[2]]


@each_version
def test_a_component_has_a_name_of_its_own(version: str) -> None:
    """A type of the generated clients hides none of their language."""
    assert "SlotDate" in schemas(version)
    assert not schemas(version).keys() & TAKEN
    for name in schemas(version):
        assert re.fullmatch("[A-Z][A-Za-z]+", name)


@each_version
def test_the_schemas_have_nothing_that_tools_stumble_over(version: str) -> None:
    """No definitions inside, no titles (generators make names of them), no conditions, and no value without its type."""
    for part in parts(schemas(version)):
        assert not part.keys() & {"$defs", "$schema", "$id", "title", "if", "then", "else"}, part
        if part.keys() & {"enum", "const"}:
            assert "type" in part
        if "anyOf" in part:
            assert [*part["anyOf"][0]] == ["$ref"] or part["anyOf"][0]["type"] == "array"
            assert part["anyOf"][1:] == [{"type": "null"}]


def test_the_document_in_3_0_has_no_word_of_3_1() -> None:
    """What tools that know 3.0 alone would pass over, or refuse."""
    document = openapi_document("3.0")
    assert document["openapi"] == "3.0.3"
    assert not document.keys() & {"jsonSchemaDialect", "webhooks"}
    assert "summary" not in document["info"]
    assert document["info"]["license"].keys() == {"name", "url"}
    for part in parts(document["components"]["schemas"]):
        assert not part.keys() & {"const", "examples"}, part
        assert not isinstance(part.get("type"), list), part
        assert part.get("type") != "null", part
        assert "$ref" not in part or len(part) == 1, part


@each_version
def test_null_is_allowed_in_both_versions_where_the_file_allows_it(version: str) -> None:
    """The flag, the page, its two numbers, the list, both lists of slots, the template's zone and the reason."""
    text = json.dumps(schemas(version))
    assert len(re.findall('"null"|"nullable": true', text)) == 9
    if version == "3.0":
        assert schemas(version)["UserEntryNoSlotsReason"]["enum"][-1] is None


def test_two_schemas_of_one_name_are_refused() -> None:
    """The second would take the place of the first without a word."""
    components: dict[str, Any] = {}
    hoist({"type": "object", "$defs": {"slot-date": {"type": "string"}}}, "One", components)
    hoist({"type": "object", "$defs": {"slot-date": {"type": "string"}}}, "Two", components)
    with pytest.raises(ValueError, match="SlotDate"):
        hoist({"type": "object", "$defs": {"slot-date": {"type": "integer"}}}, "Three", components)


def test_every_status_of_the_documented_profile_is_documented() -> None:
    """Save 405, which OpenAPI has no place for: it answers the methods that the document does not have; and 503, which is ours alone."""
    assert set(operation()["responses"]) == DOCUMENTED_STATUSES
    statuses = {str(status_of(family, DOCUMENTED)) for family in Family}
    assert statuses - {"405", "503"} == DOCUMENTED_STATUSES - {"200"}


@each_version
def test_every_request_example_has_its_answer_under_its_name(version: str) -> None:
    """In every status at least one, each name once: what Specmatic, StepCI and Prism look for."""
    answers = [
        name for response in operation(version)["responses"].values() for name in response["content"]["application/json"]["examples"]
    ]
    assert all(response["content"]["application/json"]["examples"] for response in operation(version)["responses"].values())
    assert sorted(answers) == sorted(operation(version)["requestBody"]["content"]["application/json"]["examples"])
    assert len(set(answers)) == len(answers)


def test_every_example_is_used() -> None:
    """No file lies in the folder that the document does not hold."""
    text = json.dumps(openapi_document())
    for file in EXAMPLES:
        assert json.dumps(json.loads(file.read_text("utf-8"))) in text, file.name


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    """A server with the calendar of the examples."""
    with MockServer(Settings(port=0, scenario=Scenario.load("vendor-sample"))) as running:
        yield running


def asked(server: MockServer, path: str, body: Any, **headers: str) -> tuple[int, Any]:
    """Status and JSON body of the reply to a POST."""
    keys = {"x-LSQ-AccessKey": "AccessKey", "x-LSQ-SecretKey": "SecretKey", "Content-Type": "application/json"}
    sent = urllib.request.Request(server.base_url + path, json.dumps(body).encode(), keys | headers)
    try:
        with urllib.request.urlopen(sent, timeout=10) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (status, name)
        for status, response in operation()["responses"].items()
        for name in response["content"]["application/json"]["examples"]
    ],
)
def test_the_emulator_answers_a_request_example_with_its_answer(status: str, name: str, server: MockServer) -> None:
    """Member for member, where the request decides; a limit that is reached and a failure are asked for, and have the same members."""
    request = operation()["requestBody"]["content"]["application/json"]["examples"][name]["value"]
    documented = operation()["responses"][status]["content"]["application/json"]["examples"][name]["value"]
    if status in ("200", "400"):
        assert asked(server, ENDPOINT, request) == (int(status), documented)
    elif status == "401":
        assert asked(server, ENDPOINT, request, **{"x-LSQ-SecretKey": "wrong"}) == (401, documented)
    elif status == "404":
        assert asked(server, ENDPOINT + "es", request) == (404, documented)
    else:
        received, body = asked(server, ENDPOINT, request, Prefer=f"code={status}")
        assert (received, body.keys(), body["ExceptionType"]) == (int(status), documented.keys(), documented["ExceptionType"])


def served(server: MockServer, query: str = "", **headers: str) -> Any:
    """The document as a server serves it."""
    asked = urllib.request.Request(server.base_url + "/__admin/openapi.json" + query, headers=headers)
    with urllib.request.urlopen(asked, timeout=10) as reply:
        return json.load(reply)


def test_the_served_document_names_the_host_that_was_asked(server: MockServer) -> None:
    """As an absolute URL, by the name that the client uses; the contact is the page of that host."""
    assert served(server)["servers"][0]["url"] == server.base_url
    assert served(server)["info"]["contact"]["url"] == f"{server.base_url}/__admin/"
    assert served(server, "?version=3.0", Host="localhost:81")["servers"][0]["url"] == "http://localhost:81"
    assert served(server, "?version=3.0")["openapi"] == "3.0.3"
    assert served(server, "?version=3.1") == served(server)


def test_a_version_that_there_is_not_is_refused_with_those_that_there_are(server: MockServer) -> None:
    """Not answered with another one."""
    with pytest.raises(urllib.error.HTTPError) as refused:
        served(server, "?version=2.0")
    assert refused.value.code == 400
    assert json.load(refused.value) == {"error": "version is '2.0'", "hint": "expected 3.1 or 3.0"}


@each_version
@pytest.mark.parametrize("status", sorted(DOCUMENTED_STATUSES))
def test_the_document_of_one_answer_says_what_brings_it_about(version: str, status: str, server: MockServer) -> None:
    """A tool that sends the first example, with the example of every header, gets the one answer that there is, of that very type."""
    document = served(server, f"?version={version}&status={status}")
    (OpenAPIV30SpecValidator if version == "3.0" else OpenAPIV31SpecValidator)(document).validate()
    one = document["paths"][ENDPOINT]["post"]
    (request, *_) = one["requestBody"]["content"]["application/json"]["examples"].values()
    ((kind, answer),) = one["responses"][status]["content"].items()
    assert [*one["responses"]] == [status]
    headers = {each["name"]: each["example"] for each in one["parameters"]} | {"Content-Type": "application/json"}
    sent = urllib.request.Request(server.base_url + ENDPOINT, json.dumps(request["value"]).encode(), headers)
    try:
        reply = urllib.request.urlopen(sent, timeout=10)
    except urllib.error.HTTPError as error:
        reply = error
    with reply:
        assert (reply.status, reply.headers["Content-Type"]) == (int(status), kind)
        assert json.load(reply).keys() == next(iter(answer["examples"].values()))["value"].keys()


def test_a_status_that_is_not_documented_is_refused_with_those_that_are(server: MockServer) -> None:
    """Not answered with a document without answers."""
    with pytest.raises(urllib.error.HTTPError) as refused:
        served(server, "?status=418")
    assert refused.value.code == 400
    assert json.load(refused.value) == {"error": "status is '418'", "hint": "expected one of 200, 400, 401, 404, 429, 500"}


@pytest.mark.parametrize("host", ["", "a b", 'x"y', "user@host", "host/path", "host:port", "a" * 300])
def test_a_host_that_is_none_makes_no_server(host: str) -> None:
    """What a stranger sends in Host does not get into the document as it likes."""
    assert server_url("http", host) is None
    assert openapi_document(server=None)["servers"][0]["url"] == "http://127.0.0.1:8255"


def ways(document: Any) -> list[set[tuple[str, str]]]:
    """Place and name of what each security requirement asks for."""
    schemes = document["components"]["securitySchemes"]
    return [{(schemes[name]["in"], schemes[name]["name"]) for name in way} for way in document["security"]]


@each_version
def test_the_document_offers_both_ways_to_authenticate(version: str) -> None:
    """Rules auth.headers and auth.query: a pair of headers, or a pair in the query; as a server asks for them, no other way is one."""
    headers, query = {("header", "x-LSQ-AccessKey"), ("header", "x-LSQ-SecretKey")}, {("query", "accessKey"), ("query", "secretKey")}
    assert ways(openapi_document(version, keys_required=True)) == [headers, query]
    assert ways(openapi_document(version)) == [query, set()]
    assert {(each["in"], each["name"]) for each in operation(version)["parameters"]} == headers


@each_version
def test_every_example_has_its_keys(version: str) -> None:
    """Under its name, as Specmatic pairs them, and the first one is right, which Step CI and Postman send; the refused one is wrong."""
    requests = operation(version)["requestBody"]["content"]["application/json"]["examples"]
    for parameter, right in zip(operation(version)["parameters"], ("AccessKey", "SecretKey"), strict=True):
        assert [*parameter["examples"]] == [*requests]
        wrong = {name for name, example in parameter["examples"].items() if example["value"] != right}
        assert wrong == ({"invalid-keys"} if right == "SecretKey" else set())


@each_version
@pytest.mark.parametrize("profile", ["documented", "observed"])
def test_a_served_example_is_what_the_server_answers(version: str, profile: str) -> None:
    """Under its own seed and profile, member for member; it counts as no call and is in no journal."""
    with MockServer(seed=3, profile=profile, rate_limit="5/5s") as running:
        document = served(running, f"?version={version}")["paths"][ENDPOINT]["post"]
        requests = document["requestBody"]["content"]["application/json"]["examples"]
        answers = document["responses"]["200"]["content"]["application/json"]["examples"]
        with urllib.request.urlopen(running.base_url + "/__admin/requests", timeout=10) as reply:
            assert json.load(reply) == {"requests": []}
        for name, example in answers.items():
            assert asked(running, ENDPOINT, requests[name]["value"]) == (200, example["value"])
    assert answers["one-day"] != operation(version)["responses"]["200"]["content"]["application/json"]["examples"]["one-day"]


def test_an_example_stays_where_the_server_refuses_its_request() -> None:
    """The scenario `other-answers` refuses users that it does not know."""
    with MockServer(scenario="other-answers") as running:
        document = served(running)["paths"][ENDPOINT]["post"]
        assert document["responses"] == operation()["responses"]
        examples = document["requestBody"]["content"]["application/json"]["examples"]
        assert asked(running, ENDPOINT, examples["one-day"]["value"])[0] != 200


def bodies_of_exchanges() -> Iterator[Any]:
    """The request bodies of all exchanges that are JSON."""
    for file in sorted((FIXTURES / "exchanges").glob("*/*.json")):
        request = json.loads(file.read_text("utf-8"))["request"]
        if "body" in request and not isinstance(request["body"], str):
            yield request["body"]


@pytest.mark.parametrize("name", NAMES)
def test_the_served_schemas_judge_like_the_files(name: str) -> None:
    """Moving a schema into the document changes nothing that a request or an error decides."""
    served = Draft202012Validator(
        {"$ref": f"#/components/schemas/{NAMES[name]}", "components": openapi_document()["components"]}, format_checker=FormatChecker()
    )
    examples = [json.loads(file.read_text("utf-8"))["value"] for file in EXAMPLES]
    bodies = [*examples, *bodies_of_exchanges()]
    assert len(bodies) > 100
    for body in bodies:
        assert served.is_valid(body) == (not problems(name, body)), body


def test_implementations_that_read_the_schema_their_own_way_judge_a_request_alike() -> None:
    """Python's `$` also stands before a last line break, and the year 0000 is a date to some: the schema leaves neither open."""
    schema = json.loads((SCHEMAS / "request.schema.json").read_text("utf-8"))
    stock = Draft202012Validator(schema, format_checker=FormatChecker())
    lenient = Draft202012Validator(schema, format_checker=FormatChecker(formats=()))
    whole = {"FromDate": "2026-03-02", "ToDate": "2026-03-02", "Users": ["ana@example.com"]}
    assert lenient.is_valid(whole)
    assert not lenient.is_valid({**whole, "FromDate": "0000-01-01"})
    assert not lenient.is_valid({**whole, "Users": ["ana@example.com\n"]})
    for body in bodies_of_exchanges():
        assert stock.is_valid(body) == (not problems("request", body)), body
