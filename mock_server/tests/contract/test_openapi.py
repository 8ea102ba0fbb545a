"""The OpenAPI document: valid, self-contained, and complete for those who answer from its examples."""

import json
import re
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from leadsquared_slots.mock_server.contract.documents import SCHEMAS, openapi_document, problems
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED
from leadsquared_slots.mock_server.service import ENDPOINT
from leadsquared_slots.mock_server.vendor.errors import Family, status_of
from openapi_spec_validator import OpenAPIV31SpecValidator

EXAMPLES = sorted((SCHEMAS / "examples").glob("*.json"))
DOCUMENTED_STATUSES = {"200", "400", "401", "404", "429", "500"}


def test_the_openapi_document_is_valid() -> None:
    """As it is served, and as it stands in its file with everything that it refers to beside it."""
    OpenAPIV31SpecValidator(openapi_document()).validate()
    source = yaml.safe_load((SCHEMAS / "openapi.yaml").read_text("utf-8"))
    OpenAPIV31SpecValidator(source, base_uri=(SCHEMAS / "openapi.yaml").as_uri()).validate()


def test_the_served_document_needs_no_other() -> None:
    """Every reference in it leads to a part of it."""
    text = json.dumps(openapi_document())
    references = re.findall(r'"\$ref": "([^"]*)"', text)
    assert references
    for reference in references:
        assert reference.startswith("#/components/")
        node: Any = openapi_document()
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]
        assert node


def test_every_documented_status_has_an_example() -> None:
    """Prism and Mockoon answer with them."""
    operation = openapi_document()["paths"][ENDPOINT]["post"]
    assert set(operation["responses"]) == DOCUMENTED_STATUSES
    for response in operation["responses"].values():
        assert response["content"]["application/json"]["examples"]
    assert operation["requestBody"]["content"]["application/json"]["examples"]


def test_every_status_of_the_documented_profile_is_documented() -> None:
    """Save 405, which OpenAPI has no place for: it answers the methods that the document does not have; and 503, which is ours alone."""
    statuses = {str(status_of(family, DOCUMENTED)) for family in Family}
    assert statuses - {"405", "503"} == DOCUMENTED_STATUSES - {"200"}


def test_every_example_is_used() -> None:
    """No file lies in the folder that the document does not hold."""
    text = json.dumps(openapi_document())
    for file in EXAMPLES:
        assert json.dumps(json.loads(file.read_text("utf-8"))) in text, file.name


def test_the_document_offers_both_ways_to_authenticate() -> None:
    """Rules auth.headers and auth.query: a pair of headers, or a pair of parameters."""
    schemes = openapi_document()["components"]["securitySchemes"]
    ways = [{(schemes[name]["in"], schemes[name]["name"]) for name in way} for way in openapi_document()["security"]]
    assert {("header", "x-LSQ-AccessKey"), ("header", "x-LSQ-SecretKey")} in ways
    assert {("query", "accessKey"), ("query", "secretKey")} in ways


@pytest.mark.parametrize("name", ["request", "answer", "error"])
def test_the_served_schemas_judge_like_the_files(name: str) -> None:
    """Moving a schema into the document changes nothing but its references."""
    document = openapi_document()
    served = Draft202012Validator({"$ref": f"#/components/schemas/{name.title()}", "components": document["components"]})
    for file in EXAMPLES:
        value = json.loads(file.read_text("utf-8"))["value"]
        assert served.is_valid(value) == (not problems(name, value))
