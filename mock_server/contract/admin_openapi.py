"""The OpenAPI document of the admin interface, bundled of `schemas/admin.openapi.yaml` and the schemas by which its bodies are checked."""

import json
from copy import deepcopy
from functools import cache
from typing import Any

from .component_schemas import COMPONENT, Schema
from .documents import SCHEMAS
from .openapi import OpenAPIVersion, rendered

_ENDING = ".schema.json"


def admin_openapi_document(server: str | None = None) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of the admin interface, with every schema inside.

    `server` is the absolute URL of the host that serves it; without it the emulator's default address is named.
    """
    return rendered(_bundled(), OpenAPIVersion.V3_1, server)


@cache
def _bundled() -> dict[str, Any]:
    import yaml

    document = yaml.safe_load((SCHEMAS / "admin.openapi.yaml").read_text("utf-8"))
    document.pop("x-answers")  # what the answers of the calls have in common
    components: dict[str, Schema] = {}
    # YAML's anchors make one value of several places; each gets its own.
    whole: dict[str, Any] = _embedded(deepcopy(document), "", components)
    whole["components"]["schemas"] = dict(sorted({**whole["components"]["schemas"], **components}.items()))
    return whole


def _embedded(node: Any, file: str, components: dict[str, Schema]) -> Any:
    """A part of a file in which references to schemas of files lead to components, which are added; `file` is where the part stands."""
    if isinstance(node, list):
        return [_embedded(item, file, components) for item in node]
    if not isinstance(node, dict):
        return node
    embedded = {key: _embedded(value, file, components) for key, value in node.items() if key not in ("$id", "$schema", "$defs")}
    reference = node.get("$ref")
    if isinstance(reference, str) and (file or not reference.startswith("#")):
        target, _, pointer = reference.partition("#")
        embedded["$ref"] = COMPONENT + _added(target or file, pointer, components)
    return embedded


def _added(file: str, pointer: str, components: dict[str, Schema]) -> str:
    """The name of the component that a part of a schema file is, such as `ScenarioTask`."""
    steps = [step for step in pointer.split("/") if step not in ("", "$defs", "properties")]
    stem = file.removesuffix(_ENDING)
    name = "".join(word.capitalize() for step in (stem, *steps) for word in step.split("-"))
    if name not in components:
        components[name] = {}  # names it while its own parts are read, which may refer back
        part = _content(file)
        for step in pointer.split("/")[1:]:
            part = part[step]
        components[name] = _embedded(part, file, components)
    return name


@cache
def _content(file: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((SCHEMAS / file).read_text("utf-8"))
    return content
