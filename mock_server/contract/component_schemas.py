"""JSON Schemas as components of an OpenAPI document, in the words that generators, linters and proxies agree on."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

Schema = dict[str, Any]

COMPONENT = "#/components/schemas/"
"""What a reference to a component begins with."""
_CONDITIONS = ("if", "then", "else")
_LEFT_OUT = ("$schema", "$id", "$defs", "title", *_CONDITIONS)
_NULL = {"type": "null"}


def hoist(schema: Schema, name: str, components: dict[str, Schema]) -> None:
    """Add a schema to the components under `name`, and each of its `$defs` under its own name (`slot-date`: `SlotDate`).

    Conditions are left out, and titles, of which generators make names, go into the descriptions. Raises ValueError when two
    different schemas would have one name.
    """
    parts = {name: schema, **{_component_name(key): part for key, part in schema.get("$defs", {}).items()}}
    for part_name, part in parts.items():
        separated = partial(_nullables_hoisted, owner=part_name, components=components)
        _add(part_name, _mapped(_mapped(part, _for_machines), separated), components)


def in_3_0(components: Mapping[str, Schema]) -> dict[str, Schema]:
    """Return the component schemas of a 3.1 document in the words of OpenAPI 3.0."""
    # Null may stand only where the schema that is referred to allows it, so it is allowed there.
    nullable = {reference for part in components.values() for reference in _nullable_references(part)}
    return {
        name: _mapped(part | ({"type": [part["type"], "null"]} if name in nullable else {}), _node_in_3_0)
        for name, part in components.items()
    }


def _add(name: str, component: Schema, components: dict[str, Schema]) -> None:
    if components.setdefault(name, component) != component:
        raise ValueError(f"two schemas would be called {name}; rename one of them in its file")


def _component_name(key: str) -> str:
    return "".join(word.capitalize() for word in key.split("-"))


def _for_machines(node: Schema) -> Schema:
    kept = {key: value for key, value in node.items() if key not in _LEFT_OUT}
    if "$ref" in node:
        kept["$ref"] = COMPONENT + _component_name(node["$ref"].removeprefix("#/$defs/"))
    described = ". ".join(text.removesuffix(".") for text in (node.get("title"), node.get("description")) if text)
    if described:
        kept["description"] = f"{described[0].upper()}{described[1:]}."
    if "allOf" in kept:
        kept["allOf"] = [part for part in kept["allOf"] if part.keys() - {"description"}]
        if not kept["allOf"]:
            del kept["allOf"]
    return kept


def _nullables_hoisted(node: Schema, owner: str, components: dict[str, Schema]) -> Schema:
    """A schema whose properties that are null, or else an object or one of some texts, refer to a component `OwnerProperty`.

    Where the two stand in one schema, generators name the types by numbers, or write them wrong; a type with the name of the property alone
    would hide it in a Python class. A list that may be null stands beside null: ng-openapi-gen overlooks what a type beside another holds.
    """
    if "properties" not in node:
        return node
    properties = dict(node["properties"])
    for name, part in properties.items():
        if not isinstance(part.get("type"), list):
            continue
        (kind,) = (kind for kind in part["type"] if kind != "null")
        described = {key: part[key] for key in ("description",) if key in part}
        alone = {key: value for key, value in part.items() if key != "description"} | {"type": kind}
        if "enum" in alone:
            alone["enum"] = [value for value in alone["enum"] if value is not None]
        if part.keys() & {"properties", "enum"}:
            _add(owner + name, alone, components)
            alone = {"$ref": COMPONENT + owner + name}
        elif kind != "array":
            continue
        properties[name] = {**described, "anyOf": [alone, _NULL]}
    return {**node, "properties": properties}


def _nullable_references(node: Any) -> Iterator[str]:
    """Names of the components that a schema refers to beside null."""
    if isinstance(node, list):
        for item in node:
            yield from _nullable_references(item)
    elif isinstance(node, dict):
        match node.get("anyOf"):
            case [{"$ref": str() as reference}, {"type": "null"}]:
                yield reference.removeprefix(COMPONENT)
        for value in node.values():
            yield from _nullable_references(value)


def _node_in_3_0(node: Schema) -> Schema:
    kept = dict(node)
    match kept.get("anyOf"):
        case [{"$ref": reference}, {"nullable": True}]:
            del kept["anyOf"]
            kept["$ref"] = reference
        case [{"type": "array"} as items, {"nullable": True}]:
            del kept["anyOf"]
            kept |= items | {"nullable": True}
    if "const" in kept:
        kept["enum"] = [kept.pop("const")]
    if "examples" in kept:
        kept["example"] = kept.pop("examples")[0]
    if kept.get("type") == "null":
        return {"nullable": True}
    if isinstance(kept.get("type"), list):
        (kept["type"],) = (kind for kind in kept["type"] if kind != "null")
        kept["nullable"] = True
        if "enum" in kept:
            kept["enum"] = [*kept["enum"], None]
    if "$ref" in kept and len(kept) > 1:
        kept["allOf"] = [{"$ref": kept.pop("$ref")}]
    return kept


def _mapped(schema: Schema, change: Callable[[Schema], Schema]) -> Schema:
    """A schema in which every part was changed, from the inside out."""
    node = dict(schema)
    for keyword in ("properties", "$defs"):
        if keyword in node:
            node[keyword] = {key: _mapped(part, change) for key, part in node[keyword].items()}
    for keyword in ("items", "additionalProperties", "not", *_CONDITIONS):
        if isinstance(node.get(keyword), dict):
            node[keyword] = _mapped(node[keyword], change)
    for keyword in ("allOf", "anyOf", "oneOf"):
        if keyword in node:
            node[keyword] = [_mapped(part, change) for part in node[keyword]]
    return change(node)
