"""The contract as data: where `schemas/` and `fixtures/` are, and what is read from them.

jsonschema and yaml are imported on first use, so that a server which validates nothing starts without them.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from uuid import UUID

from leadsquared_slots.mock_server.domain.errors import did_you_mean
from leadsquared_slots.mock_server.domain.profile import QUESTIONS

from .ledger import Rule, parse_ledger

if TYPE_CHECKING:
    from jsonschema import FormatChecker, ValidationError
    from jsonschema.protocols import Validator

_TOP = Path(__file__).parents[2]
SCHEMAS = _TOP / "schemas"
"""Folder of the ledger, the JSON Schemas, the OpenAPI document and its examples."""
FIXTURES = _TOP / "fixtures"
"""Folder of the scenarios and exchanges that come with the product."""

_TIME = r"([01]\d|2[0-3]):[0-5]\d"
_FORMATS: tuple[tuple[str, str, Callable[[str], object]], ...] = (
    ("date", r"\d{4}-\d\d-\d\d", date.fromisoformat),
    ("date-time", rf"\d{{4}}-\d\d-\d\dT{_TIME}:[0-5]\d(\.\d+)?(Z|[+-]{_TIME})", datetime.fromisoformat),
    ("uuid", r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", UUID),
)
"""Formats of our schemas: name, shape, and a reader that raises ValueError for what does not exist."""
_KINDS = {
    "object": "a table",
    "array": "a list",
    "string": "a text",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
}
_KINDS_OF_VALUES = {dict: "a table", list: "a list", str: "a text", bool: "true or false", type(None): "null"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Where a value breaks its schema (keys and indexes from the top), and how, with the likely fix."""

    path: tuple[str | int, ...]
    message: str

    @property
    def where(self) -> str:
        """The path as one writes it: `user[0].tasks[1].start`; empty for the top."""
        return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path).removeprefix(".")

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.path else self.message


@cache
def ledger() -> Mapping[str, Rule]:
    """Every rule by id, in the order of the ledger. Raises LedgerError when the shipped ledger is broken."""
    return parse_ledger((SCHEMAS / "ledger.toml").read_text("utf-8"), QUESTIONS)


@cache
def scenario_files() -> Mapping[str, Path]:
    """The scenarios that come with the product: file by name, in order of names."""
    return MappingProxyType({path.stem: path for path in sorted((FIXTURES / "scenarios").glob("*.toml"))})


def problems(schema: str, value: Any) -> tuple[Problem, ...]:
    """How a JSON value breaks a schema, in order of place; nothing means that it is valid.

    `schema` is a name such as "scenario", or a part of it such as "scenario#/$defs/task".
    """
    found = {problem: None for error in validator(schema).iter_errors(value) for problem in _explained(error)}
    return tuple(sorted(found, key=lambda problem: [str(step).rjust(6) for step in problem.path]))


@cache
def validator(schema: str) -> "Validator":
    """The compiled validator of a schema, by the same names as in `problems`.

    It checks formats, and reads patterns as ECMA-262.
    """
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend
    from referencing import Registry
    from referencing.jsonschema import DRAFT202012

    registry: Registry[Any] = Registry().with_contents(_schemas(), default_specification=DRAFT202012)
    name, _, part = schema.partition("#")
    reference = {"$ref": f"{name}.schema.json" + (f"#{part}" if part else "")}
    strict: type[Validator] = extend(Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]
    return strict(reference, registry=registry, format_checker=_format_checker())


def _schemas() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in SCHEMAS.glob("*.schema.json"):
        content = json.loads(path.read_text("utf-8"))
        # Where jsonschema meets $schema it goes on with its own validator instead of ours.
        yield path.name, {key: value for key, value in content.items() if key != "$schema"}


def _explained(error: "ValidationError") -> Iterator[Problem]:
    path = tuple(error.absolute_path)
    schema: Any = error.schema
    instance: Any = error.instance
    wanted: Any = error.validator_value
    match error.validator:
        case "additionalProperties":
            known = schema["properties"]
            for key in instance.keys() - known.keys():
                yield Problem(path=(*path, key), message=f"unknown key {key!r}; {_nearest(key, known)}")
        case "required":
            for key in (key for key in wanted if key not in instance):
                yield Problem(path=path, message=f"the key {key!r} is missing")
        case "enum":
            yield Problem(path=path, message=f"received {instance!r}; {_choice(instance, wanted)}")
        case _:
            yield Problem(path=path, message=_expected(error))


def _expected(error: "ValidationError") -> str:
    schema = error.schema if isinstance(error.schema, dict) else {}
    title = schema.get("title", "")
    if error.validator == "not" and not error.validator_value:
        return str(title)
    # A title in small letters names one value ("an instant with its zone"); a capital starts the name of a part.
    if not title[:1].islower():
        return _kind_expected(error) if error.validator == "type" else error.message
    if error.validator == "type" and error.validator_value == "integer" and isinstance(error.instance, str) and error.instance.isdecimal():
        return f"received {error.instance!r}; expected {error.instance}, without quotes"
    example = f", such as {json.dumps(schema['examples'][0])}" if "examples" in schema else ""
    return f"received {json.dumps(error.instance)}; expected {title}{example}"


def _kind_expected(error: "ValidationError") -> str:
    wanted: Any = error.validator_value
    kinds: list[str] = wanted if isinstance(wanted, list) else [wanted]
    expected = " or ".join(_KINDS[kind] for kind in kinds)
    if isinstance(error.instance, dict) and kinds == ["array"]:
        expected += f" of tables, each written [[{error.absolute_path[-1]}]] in TOML"
    return f"received {_KINDS_OF_VALUES.get(type(error.instance), 'a number')}; expected {expected}"


def _choice(received: object, wanted: list[Any]) -> str:
    if isinstance(received, str) and received in map(str, set(wanted) - {received}):
        return f"expected {received}, without quotes"
    return _nearest(str(received), [*map(str, wanted)])


def _nearest(received: str, known: "Mapping[str, Any] | list[str]") -> str:
    nearest = did_you_mean(received, known)
    return f"did you mean {nearest!r}?" if nearest else f"expected one of {', '.join(known)}"


def _pattern(_: "Validator", pattern: str, value: object, __: Mapping[str, Any]) -> Iterator["ValidationError"]:
    from jsonschema import ValidationError

    # ECMA-262's $ is the end of the text; Python's also stands before a last line break.
    if isinstance(value, str) and not re.search(re.sub(r"\$\Z", r"\\Z", pattern), value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


def _format_checker() -> "FormatChecker":
    from jsonschema import FormatChecker

    # Our own: what jsonschema checks, and how strictly, depends on the packages beside it and on Python's version.
    checker = FormatChecker(formats=())
    for name, shape, read in _FORMATS:
        checker.checks(name, raises=ValueError)(_format_check(re.compile(shape, re.ASCII), read))
    return checker


def _format_check(shape: re.Pattern[str], read: Callable[[str], object]) -> Callable[[object], bool]:
    def check(value: object) -> bool:
        return not isinstance(value, str) or bool(shape.fullmatch(value) and read(value))

    return check
