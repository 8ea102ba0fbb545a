"""Our schemas compiled: JSON Schema 2020-12 as we mean it, in time that is bounded by the size of the value.

jsonschema is imported on first use, so that a server which validates nothing starts without it.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from .folders import SCHEMAS

if TYPE_CHECKING:
    from jsonschema import FormatChecker, ValidationError
    from jsonschema.protocols import Validator

_OURS = ("scenario", "profile", "admin", "ledger")
"""Schemas of what we read ourselves: 1.0 is no whole number there, though JSON Schema says that it is."""
_TIME = r"([01]\d|2[0-3]):[0-5]\d"
_FORMATS: tuple[tuple[str, str, Callable[[str], object]], ...] = (
    ("date", r"\d{4}-\d\d-\d\d", date.fromisoformat),
    ("date-time", rf"\d{{4}}-\d\d-\d\dT{_TIME}:[0-5]\d(\.\d+)?(Z|[+-]{_TIME})", datetime.fromisoformat),
    ("uuid", r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", UUID),
)
"""Formats of our schemas: name, shape, and a reader that raises ValueError for what does not exist."""


@cache
def validator(schema: str) -> "Validator":
    """Return the compiled validator of a schema, by a name such as "scenario", or of a part of it: "scenario#/$defs/task".

    It checks formats, reads patterns as ECMA-262, and does not look into lists that are too long.
    """
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    name, _, part = schema.partition("#")
    keywords = {
        "$ref": _reference,
        "pattern": _pattern,
        "items": _items,
        "additionalProperties": _additional_properties,
        "oneOf": _one_of,
    }
    types: Any = Draft202012Validator.TYPE_CHECKER
    if name in _OURS:
        types = types.redefine("integer", lambda _, received: type(received) is int)
    strict: type[Validator] = extend(Draft202012Validator, keywords, type_checker=types)  # type: ignore[no-untyped-call]
    return strict({"$ref": _target(_schemas()[f"{name}.schema.json"], part)}, format_checker=_format_checker())


@cache
def _schemas() -> Mapping[str, Any]:
    """Our schemas by file name. A `$ref` in them is the schema itself that it names: to look it up for each value is half the time."""
    schemas = {path.name: json.loads(path.read_text("utf-8")) for path in SCHEMAS.glob("*.schema.json")}
    for name, schema in schemas.items():
        # Where jsonschema meets these it goes on with its own validator instead of ours, or looks names up after all.
        schema.pop("$schema", None)
        schema.pop("$id", None)
        _resolve(schema, name, schemas)
    return schemas


def _resolve(node: Any, name: str, schemas: Mapping[str, Any]) -> None:
    if isinstance(node, list):
        for item in node:
            _resolve(item, name, schemas)
    elif isinstance(node, dict):
        for item in node.values():
            _resolve(item, name, schemas)
        if isinstance(node.get("$ref"), str):
            file, _, part = node["$ref"].partition("#")
            node["$ref"] = _target(schemas[file or name], part)


def _target(schema: Any, pointer: str) -> Any:
    """The part of a schema that a JSON pointer names."""
    for step in pointer.split("/")[1:]:
        schema = schema[step.replace("~1", "/").replace("~0", "~")]
    return schema


def _reference(found: "Validator", target: Any, value: object, _: Mapping[str, Any]) -> Iterator["ValidationError"]:
    return found.descend(value, target)  # type: ignore[attr-defined, no-any-return]


def _pattern(_: "Validator", pattern: str, value: object, schema: Mapping[str, Any]) -> Iterator["ValidationError"]:
    from jsonschema import ValidationError

    if not isinstance(value, str) or len(value) > schema.get("maxLength", len(value)):
        return
    if not _compiled(pattern).search(value):
        yield ValidationError("another form")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # ECMA-262's $ is the end of the text; Python's also stands before a last line break.
    return re.compile(re.sub(r"\$\Z", r"\\Z", pattern))


def _items(found: "Validator", items: Any, value: object, schema: Mapping[str, Any]) -> Iterator["ValidationError"]:
    if isinstance(value, list) and len(value) <= schema.get("maxItems", len(value)):
        for number, item in enumerate(value):
            yield from found.descend(item, items, path=number)  # type: ignore[attr-defined]


def _additional_properties(found: "Validator", allowed: Any, value: object, schema: Mapping[str, Any]) -> Iterator["ValidationError"]:
    from jsonschema import ValidationError

    if not isinstance(value, dict):
        return
    known = schema.get("properties", {})
    for key in value:
        if key in known:
            continue
        if allowed is False:
            yield ValidationError("unknown key", path=(key,))
        else:
            yield from found.descend(value[key], allowed, path=key)  # type: ignore[attr-defined]


def _one_of(found: "Validator", branches: Any, value: object, schema: Mapping[str, Any]) -> Iterator["ValidationError"]:
    """The errors of the branch that is meant, where a property with a constant tells branches apart: in one step, and with its reasons."""
    from jsonschema import Draft202012Validator, ValidationError

    tag, by_constant = _tagged(branches)
    if not tag:
        yield from Draft202012Validator.VALIDATORS["oneOf"](found, branches, value, schema)
    elif isinstance(value, dict):
        constant = value.get(tag)
        if tag not in value:
            yield ValidationError("missing", validator="required", validator_value=[tag], instance=value, schema={})
        elif not isinstance(constant, str) or constant not in by_constant:
            yield ValidationError("unknown", validator="enum", validator_value=[*by_constant], instance=constant, schema={}, path=(tag,))
        else:
            yield from found.descend(value, by_constant[constant])  # type: ignore[attr-defined]


def _tagged(branches: Any) -> tuple[str, dict[str, Any]]:
    """The property that has a constant in every branch, and the branches by these; an empty name where there is none."""
    constants = [{name: part["const"] for name, part in branch.get("properties", {}).items() if "const" in part} for branch in branches]
    common = set.intersection(*(set(each) for each in constants))
    return (
        (name, {each[name]: branch for each, branch in zip(constants, branches, strict=True)})
        if (name := min(common, default=""))
        else ("", {})
    )


def _format_checker() -> "FormatChecker":
    from jsonschema import FormatChecker

    # Our own: what jsonschema checks, and how strictly, depends on the packages beside it and on Python's version.
    checker = FormatChecker(formats=())
    for name, shape, read in _FORMATS:
        checker.checks(name, raises=ValueError)(_format_check(re.compile(shape, re.ASCII), read))
    return checker


def _format_check(shape: re.Pattern[str], read: Callable[[str], object]) -> Callable[[object], bool]:
    def is_right(value: object) -> bool:
        return not isinstance(value, str) or bool(shape.fullmatch(value) and read(value))

    return is_right
