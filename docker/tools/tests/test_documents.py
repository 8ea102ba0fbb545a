"""Linters and validators find nothing to say about what is served: no error, and no warning."""

import json
from pathlib import Path
from typing import Any

from leadsquared_slots.mock_server import MockServer
from leadsquared_slots.mock_server.contract.documents import FIXTURES, SCHEMAS
from leadsquared_slots.mock_server.contract.validation import problems

from .conftest import Tool, fetched


def test_redocly_is_content(document: Path, tool: Tool) -> None:
    """Its recommended rules; warnings count."""
    told = json.loads(tool("redocly", "lint", "--format=json", document).stdout)
    assert told["totals"] == {"errors": 0, "warnings": 0, "ignored": 0}


def test_spectral_is_content(document: Path, tool: Tool, tmp_path: Path) -> None:
    """The rule set spectral:oas; hints count."""
    rules = tmp_path / "rules.yaml"
    rules.write_text("extends: ['spectral:oas']\n")
    assert "No results" in tool("spectral", "lint", "--fail-severity=hint", "--ruleset", rules, document).stdout


def test_openapi_spec_validator_is_content(document: Path, tool: Tool) -> None:
    """The schema of OpenAPI itself, every default and every reference."""
    assert ": OK" in tool("openapi-spec-validator", document).stdout


def test_swagger_parser_is_content(document: Path, tool: Tool) -> None:
    """With its validation of schema and specification."""
    read = f"await SwaggerParser.validate({json.dumps(str(document))})"
    code = f"import SwaggerParser from '@apidevtools/swagger-parser'; {read}; console.log('valid')"
    assert tool("node", "--input-type=module", "--eval", code).stdout == "valid\n"


def test_parsers_and_checkers_of_examples_are_content(document: Path, tool: Tool) -> None:
    """Those of Scalar and ReadMe, one by the schema of OpenAPI alone; and every example is as its schema says."""
    code = f"""
        import {{ readFileSync }} from "node:fs";
        import {{ validate as readme }} from "@readme/openapi-parser";
        import {{ validate as scalar }} from "@scalar/openapi-parser";
        import {{ Validator }} from "@seriousme/openapi-schema-validator";
        const text = readFileSync({json.dumps(str(document))}, "utf-8");
        console.log(JSON.stringify([await readme(JSON.parse(text)), await scalar(text), await new Validator().validate(JSON.parse(text))]));
    """
    told = json.loads(tool("node", "--input-type=module", "--eval", code).stdout)
    assert [each["valid"] for each in told] == [True, True, True]
    assert told[0]["warnings"] == []
    assert "No errors found" in tool("openapi-examples-validator", document).stdout


def test_openapi_generator_has_nothing_to_recommend(document: Path, tool: Tool) -> None:
    """Neither an error, nor a warning, nor an unused model."""
    assert "No validation issues detected" in tool("openapi-generator-cli", "validate", "--recommend", "--input-spec", document).stdout


def test_bruno_imports_a_request_that_can_be_sent(document: Path, tool: Tool) -> None:
    """Both keys are in its headers, the first example is its body."""
    code = f"""
        const {{ openApiToBruno }} = require("@usebruno/converters");
        const collection = openApiToBruno(JSON.parse(require("node:fs").readFileSync({json.dumps(str(document))}, "utf-8")));
        console.log(JSON.stringify(collection));
    """
    (folder,) = json.loads(tool("node", "--eval", code).stdout)["items"]
    (request,) = (each["request"] for each in folder["items"])
    sent = {each["name"]: each["value"] for each in request["headers"] if each["enabled"]}
    assert sent.items() >= {"x-LSQ-AccessKey": "AccessKey", "x-LSQ-SecretKey": "SecretKey"}.items()
    assert json.loads(request["body"]["json"])["Users"]


def test_the_document_of_the_admin_interface_is_clean_too(server: MockServer, tool: Tool, tmp_path: Path) -> None:
    """Spectral and Redocly have nothing to say, its types compile with `strict`."""
    document = fetched(server, "admin-openapi.json", tmp_path / "admin.json")
    rules = tmp_path / "rules.yaml"
    rules.write_text("extends: ['spectral:oas']\n")
    assert "No results" in tool("spectral", "lint", "--fail-severity=hint", "--ruleset", rules, document).stdout
    told = json.loads(tool("redocly", "lint", "--format=json", document).stdout)
    assert told["totals"] == {"errors": 0, "warnings": 0, "ignored": 0}, told["problems"]
    tool("openapi-spec-validator", document)
    tool("openapi-typescript", document, "--output", tmp_path / "admin.ts")
    tool("tsc", "--strict", "--noEmit", "--target", "es2022", tmp_path / "admin.ts", cwd=tmp_path)


def cases() -> list[tuple[str, Any]]:
    """Every JSON body of a request in the fixtures, and every example, with the schema that judges it."""
    requests = [json.loads(file.read_text("utf-8"))["request"] for file in sorted((FIXTURES / "exchanges").glob("*/*.json"))]
    bodies = [("request", request["body"]) for request in requests if "body" in request and not isinstance(request["body"], str)]
    examples = [
        (file.stem.partition("-")[0], json.loads(file.read_text("utf-8"))["value"]) for file in (SCHEMAS / "examples").glob("*.json")
    ]
    return [*bodies, *examples]


def test_ajv_in_strict_mode_compiles_every_schema_and_judges_like_we_do(tool: Tool) -> None:
    """The year 0000 and an address with a line break included."""
    script = Path(__file__).parents[1] / "clients" / "ajv.cjs"
    judged = json.loads(tool("node", script, SCHEMAS, stdin=json.dumps(cases())).stdout)
    assert len(judged) > 150
    assert judged == [not problems(name, value) for name, value in cases()]
    assert {True, False} == set(judged)


def test_a_third_implementation_judges_like_we_do(tool: Tool) -> None:
    """jsonschema-rs, written in Rust, with its own patterns and formats."""
    code = """
import json, pathlib, sys, jsonschema_rs
folder = pathlib.Path(sys.argv[1])
of = {p.name.partition('.')[0]: jsonschema_rs.Draft202012Validator(json.loads(p.read_text()), validate_formats=True)
      for p in folder.glob('*.schema.json') if p.name.partition('.')[0] in ('request', 'answer', 'error')}
print(json.dumps([of[name].is_valid(value) for name, value in json.load(sys.stdin)]))
"""
    judged = json.loads(tool("python", "-c", code, SCHEMAS, stdin=json.dumps(cases())).stdout)
    assert judged == [not problems(name, value) for name, value in cases()]
