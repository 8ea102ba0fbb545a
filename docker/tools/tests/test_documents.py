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
    code = f"import p from '@apidevtools/swagger-parser'; await p.validate({json.dumps(str(document))}); console.log('valid')"
    assert tool("node", "--input-type=module", "--eval", code).stdout == "valid\n"


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
