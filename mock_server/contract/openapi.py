"""The OpenAPI documents for machines, bundled of the files in `schemas/`, which stay the source for people.

Generators, linters and validating proxies disagree on much of what JSON Schema allows. What they all read is made here: no reference to a
file, every schema a component (`component_schemas`), each request example beside its answer, and 3.0.3 for tools that know no 3.1.
"""

import json
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from copy import deepcopy
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from .component_schemas import COMPONENT, Schema, hoist, in_3_0
from .documents import SCHEMAS

_ROOTS = {"request": "SlotsRequest", "answer": "SlotsAnswer", "error": "ErrorEnvelope"}
"""Names of the components that whole files become; `Request` and `Error` are taken in the languages of the generated clients."""
_EXAMPLE_KEYS = {"x-LSQ-AccessKey": "AccessKey", "x-LSQ-SecretKey": "SecretKey"}
"""The keys of the vendor's page, which are those of the emulator's default account."""
_ASKED_FOR = ("404", "429", "500")
"""Statuses that no body and no key of an example brings about: the emulator answers with them when `Prefer: code=…` asks."""
_LICENSES = "https://spdx.org/licenses/{}.html"
_HOST = re.compile(r"[A-Za-z0-9_.-]{1,255}(?::[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](?::[0-9]{1,5})?")


class OpenAPIVersion(StrEnum):
    """The versions of OpenAPI that a document is rendered in."""

    V3_1 = "3.1"
    V3_0 = "3.0"


def openapi_document(version: str = OpenAPIVersion.V3_1, *, server: str | None = None, keys_required: bool = False) -> dict[str, Any]:
    """Return the OpenAPI document of the vendor's endpoint, with every schema and example inside.

    `version` is one of OpenAPIVersion; `server` is the absolute URL of the host that serves the document, without it the emulator's
    default address and the vendor's are named. `keys_required` leaves the keys as they stand in the file, as security schemes alone, for
    who looks whether a server asks for them (Schemathesis); else those in headers are parameters. Raises ValueError for another version.
    """
    whole = rendered(_bundled_endpoint(), OpenAPIVersion(version), server)
    return whole if keys_required else _with_keys_as_parameters(whole)


@cache
def _bundled_endpoint() -> dict[str, Any]:
    import yaml

    return bundled(yaml.safe_load((SCHEMAS / "openapi.yaml").read_text("utf-8")), SCHEMAS, _ROOTS)


def _with_keys_as_parameters(whole: dict[str, Any]) -> dict[str, Any]:
    """The document whose security schemes in headers became parameters, each with an example under every request's name.

    Postman sends one key of a requirement that names two, Dredd and Step CI none, Specmatic random ones; the example of a header is sent
    by all of them. A call whose keys are in the headers has none in the query, so that requirement is one of two, and the other is empty.
    """
    schemes = whole["components"]["securitySchemes"]
    headers = [schemes.pop(name) for name in [*schemes] if schemes[name]["in"] == "header"]
    whole["security"] = [{name: [] for name in schemes}, {}]
    for operation in _operations(whole):
        refused = operation["responses"]["401"]["content"]["application/json"]["examples"]
        operation["parameters"] = [_parameter(scheme, _request_examples(operation), refused) for scheme in headers]
    return whole


def _parameter(scheme: Mapping[str, str], names: Iterable[str], refused: Container[str]) -> dict[str, Any]:
    """The header of a security scheme as a parameter; in the examples that are `refused`, the secret key is a wrong one."""
    header, right = scheme["name"], _EXAMPLE_KEYS[scheme["name"]]
    values = {name: "wrong" if header == "x-LSQ-SecretKey" and name in refused else right for name in names}
    return {
        "name": header,
        "in": "header",
        "description": scheme["description"],
        "schema": {"type": "string"},
        "examples": {name: {"value": value} for name, value in values.items()},
    }


def answered(whole: dict[str, Any], answer: Callable[[Any], Any]) -> dict[str, Any]:
    """Return a document in which the example of every 200 is what `answer` gives for its request; the document is changed.

    Where it gives None, since the request is refused by who answers, the example stays.
    """
    for operation in _operations(whole):
        requests = _request_examples(operation)
        examples = operation["responses"]["200"]["content"]["application/json"]["examples"]
        for name, example in examples.items():
            value = answer(requests[name]["value"])
            if value is not None and value != example["value"]:
                examples[name] = {"summary": "What the server of this document answers", "value": value}
    return whole


def of_one_status(whole: dict[str, Any], status: str) -> dict[str, Any]:
    """Return a document that knows one answer alone, with what brings it about as the only examples; the document is changed.

    It is for tools that pair no request with its answer (Dredd): they send the first example, and expect every status that they find.
    They compare headers as well, so the type of the answer stands there as it is sent. Raises ValueError for an undocumented status.
    """
    for operation in _operations(whole):
        if status not in operation["responses"]:
            raise ValueError(f"status is {status!r}, expected one of {', '.join(operation['responses'])}")
        answer = operation["responses"][status]
        operation["responses"] = {status: answer}
        content = answer["content"].pop("application/json")
        answer["content"] = {"application/json; charset=utf-8": content}
        sent = operation["requestBody"]["content"]["application/json"]
        sent["examples"] = {name: sent["examples"][name] for name in content["examples"]}
        first = next(iter(sent["examples"]))
        for parameter in operation["parameters"]:
            parameter["example"] = parameter.pop("examples")[first]["value"]
        if status in _ASKED_FOR:
            operation["parameters"].append(_preference(status))
    return whole


def _preference(status: str) -> dict[str, Any]:
    return {
        "name": "Prefer",
        "in": "header",
        "description": "Asks the emulator for this answer.",
        "schema": {"type": "string"},
        "example": f"code={status}",
    }


def _operations(whole: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path in whole["paths"].values():
        yield from path.values()


def _request_examples(operation: Mapping[str, Any]) -> dict[str, Any]:
    examples: dict[str, Any] = operation["requestBody"]["content"]["application/json"]["examples"]
    return examples


def server_url(scheme: str, host: str) -> str | None:
    """Return the absolute URL of the host that a request was sent to; None where its Host header names none."""
    return f"{scheme}://{host}" if _HOST.fullmatch(host) else None


def bundled(document: Mapping[str, Any], folder: Path, names: Mapping[str, str]) -> dict[str, Any]:
    """Return an OpenAPI 3.1 document without references to files.

    Every `X.schema.json` of the folder that is referred to becomes the component `names["X"]`, with what it defines beside it; examples
    are put in place (Mockoon follows no reference there). Raises ValueError for a name that would stand twice.
    """
    components: dict[str, Schema] = {}

    def embed(node: Any) -> Any:
        if isinstance(node, list):
            return [embed(item) for item in node]
        if not isinstance(node, dict):
            return node
        if "$ref" not in node or node["$ref"].startswith("#"):
            return {key: embed(value) for key, value in node.items()}
        path = folder / node["$ref"]
        content = json.loads(path.read_text("utf-8"))
        if not path.name.endswith(".schema.json"):
            return content
        name = names[path.name.removesuffix(".schema.json")]
        hoist(content, name, components)
        return {"$ref": COMPONENT + name}

    whole: dict[str, Any] = embed(document)
    whole["components"] = {"schemas": dict(sorted(components.items())), **whole.get("components", {})}
    return whole


def rendered(document: Mapping[str, Any], version: OpenAPIVersion, server: str | None) -> dict[str, Any]:
    """Return a bundled 3.1 document in a version of OpenAPI, as the host with the URL `server` serves it."""
    whole = deepcopy(dict(document))
    whole.pop("jsonSchemaDialect", None)
    if server is not None:
        whole["servers"] = [{"url": server, "description": "The host that serves this document"}]
        whole["info"]["contact"]["url"] = f"{server}/__admin/"
    if version is OpenAPIVersion.V3_0:
        whole["openapi"] = "3.0.3"
        whole["info"].pop("summary", None)
        license_ = whole["info"]["license"]
        license_["url"] = _LICENSES.format(license_.pop("identifier"))
        whole["components"]["schemas"] = in_3_0(whole["components"]["schemas"])
    return whole
