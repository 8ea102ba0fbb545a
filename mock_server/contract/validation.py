"""Validation of JSON values by our schemas, and the one place that words what is wrong with them.

The time is bounded by the size of the value, and what is told by `MOST_TOLD`. jsonschema is imported on first use, so that a server which
validates nothing starts without it.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from leadsquared_slots.mock_server.domain.errors import DomainError, shortened, suggestion

from .folders import SCHEMAS
from .toml_text import Path, place_of

if TYPE_CHECKING:
    from jsonschema import FormatChecker, ValidationError
    from jsonschema.protocols import Validator

MOST_TOLD = 20
"""Problems of one value that are told; how many more there are is said in one line."""
_MOST_FOUND = 1_000

_OURS = ("scenario", "profile", "admin", "ledger")
"""Schemas of what we read ourselves: 1.0 is no whole number there, though JSON Schema says that it is."""
_TIME = r"([01]\d|2[0-3]):[0-5]\d"
_FORMATS: tuple[tuple[str, str, Callable[[str], object]], ...] = (
    ("date", r"\d{4}-\d\d-\d\d", date.fromisoformat),
    ("date-time", rf"\d{{4}}-\d\d-\d\dT{_TIME}:[0-5]\d(\.\d+)?(Z|[+-]{_TIME})", datetime.fromisoformat),
    ("uuid", r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", UUID),
)
"""Formats of our schemas: name, shape, and a reader that raises ValueError for what does not exist."""
_TYPES = {
    "object": "a table",
    "array": "a list",
    "string": "a text",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "null": "null",
}
_TYPES_OF_VALUES = {dict: "a table", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
_BOUNDS = {
    "maxItems": "expected at most {} items",
    "minItems": "expected at least {} items",
    "maxProperties": "expected at most {} keys",
    "minProperties": "expected at least {} key",
    "maxLength": "expected at most {} characters",
    "minLength": "expected at least {} characters",
    "maximum": "expected at most {}",
    "minimum": "expected at least {}",
    "exclusiveMinimum": "expected more than {}",
    "const": "expected {}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Where a value breaks its schema (keys and indexes from the top), what was received, and in `hint` what to do."""

    path: Path
    what: str
    hint: str = ""

    @property
    def where(self) -> str:
        """The path as one writes it: `user[0].tasks[1].start`; empty for the top."""
        return place_of(self.path)

    @property
    def placed(self) -> str:
        """What was received, behind the place."""
        return f"{self.where}: {self.what}" if self.path else self.what

    def __str__(self) -> str:
        return f"{self.placed}; {self.hint}" if self.hint else self.placed


class Invalid(DomainError):
    """A value that breaks its schema; `problems` says where and how."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        first = problems[0]
        super().__init__(*((first.placed, first.hint) if len(problems) == 1 else ("\n".join(map(str, problems)), "mend each line")))


class _Finding(NamedTuple):
    path: Path
    error: "ValidationError"
    key: str | None = None


def problems(schema: str, value: Any) -> tuple[Problem, ...]:
    """Return how a JSON value breaks a schema, in order of place; nothing means that it is valid.

    `schema` is a name such as "scenario", or a part of it such as "scenario#/$defs/task". Of more than MOST_TOLD problems the last line
    counts the rest, exactly up to a thousand.
    """
    errors = validator(schema).iter_errors(value)
    found = list(islice((finding for error in errors for finding in _findings(error)), _MOST_FOUND))
    found.sort(key=lambda finding: [str(step).rjust(6) for step in finding.path])
    told = tuple(dict.fromkeys(map(_worded, found[:MOST_TOLD])))
    rest = len(found) - MOST_TOLD
    if rest <= 0:
        return told
    more = "more than " if len(found) == _MOST_FOUND else ""
    return (*told, Problem(path=(), what=f"and {more}{rest} {'problem' if rest == 1 else 'problems'} more"))


def check(schema: str, value: Any) -> None:
    """Raise Invalid for a value that breaks a schema, which is named as for `problems`."""
    found = problems(schema, value)
    if found:
        raise Invalid(found)


@cache
def validator(schema: str) -> "Validator":
    """Return the compiled validator of a schema, by the same names as in `problems`.

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


def _findings(error: "ValidationError") -> Iterator[_Finding]:
    path = tuple(error.absolute_path)
    if error.validator == "required":
        wanted: Any = error.validator_value
        yield from (_Finding(path, error, key) for key in wanted if key not in error.instance)  # type: ignore[operator]
    else:
        yield _Finding(path, error)


def _worded(finding: _Finding) -> Problem:
    path, error, key = finding
    schema: Any = error.schema if isinstance(error.schema, dict) else {}
    wanted: Any = error.validator_value
    match error.validator:
        case "additionalProperties":
            known = schema.get("properties", {})
            hint = suggestion(str(path[-1]), known, f"expected one of {', '.join(known)}" if known else "leave it out")
            return Problem(path=path, what=f"unknown key {shortened(str(path[-1]))!r}", hint=hint)
        case "required":
            return Problem(path=path, what=f"the key {key!r} is missing", hint=_example(schema.get("properties", {}).get(key), key))
        case "enum":
            return Problem(path=path, what=f"received {_received(error.instance)}", hint=_choice(error.instance, wanted))
        case "not" if not wanted:
            return Problem(path=path, what=str(schema.get("title", "")), hint="leave it out")
    is_kind = error.validator == "type" and not schema.get("title", "")[:1].islower()
    received = _TYPES_OF_VALUES.get(type(error.instance), "a number") if is_kind else _received(error.instance)
    return Problem(path=path, what=f"received {received}", hint=_expected(error, schema))


def _expected(error: "ValidationError", schema: dict[str, Any]) -> str:
    title, wanted = schema.get("title", ""), error.validator_value
    if error.validator == "type" and wanted == "integer" and isinstance(error.instance, str) and error.instance.isdecimal():
        return f"expected {shortened(error.instance)}, without quotes"
    # A title in small letters names one value ("an instant with its zone"); a capital starts the name of a part.
    if title[:1].islower():
        example = f", such as {json.dumps(schema['examples'][0])}" if "examples" in schema else ""
        return f"expected {title}{example}{_advice(error.instance)}"
    if error.validator == "type":
        return _type_expected(error)
    return _BOUNDS.get(str(error.validator), f"expected {error.validator} {{}}").format(wanted)


def _type_expected(error: "ValidationError") -> str:
    wanted: Any = error.validator_value
    kinds: list[str] = wanted if isinstance(wanted, list) else [wanted]
    expected = " or ".join(_TYPES[kind] for kind in kinds)
    if isinstance(error.instance, dict) and kinds == ["array"] and error.absolute_path:
        expected += f" of tables, each written [[{error.absolute_path[-1]}]] in TOML"
    return f"expected {expected}"


def _advice(received: object) -> str:
    """What to say beside the expected form of a text that has a character which only looks right."""
    for sign, name in (("\u2013", "an en dash"), ("\u2014", "an em dash"), ("\u2212", "a minus sign"), ("\u2010", "a Unicode hyphen")):
        if isinstance(received, str) and sign in received:
            return f"; {sign!r} is {name}, write the hyphen '-' of the keyboard"
    return ""


def _example(schema: Any, key: str | None) -> str:
    examples = schema.get("examples") if isinstance(schema, dict) else None
    return f"give for example {key} = {json.dumps(examples[0])}" if examples else ""


def _received(value: object) -> str:
    """A received value in a message: a short one as JSON writes it, of the others the kind or the beginning."""
    if isinstance(value, str):
        return json.dumps(shortened(value), ensure_ascii=False)
    if isinstance(value, list | dict):
        return f"{_TYPES_OF_VALUES[type(value)]} of {len(value)}" if value else f"an empty {_TYPES_OF_VALUES[type(value)][2:]}"
    return shortened(json.dumps(value))


def _choice(received: object, wanted: list[Any]) -> str:
    if isinstance(received, str) and received in map(str, set(wanted) - {received}):
        return f"expected {received}, without quotes"
    texts = [*map(str, wanted)]
    return suggestion(str(received) if isinstance(received, str | int | float) else "", texts, f"expected one of {', '.join(texts)}")


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
