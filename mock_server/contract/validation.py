"""Validation of JSON values by our schemas, and the one place that words what is wrong with them.

The time is bounded by the size of the value, and what is told by `MOST_TOLD`.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from leadsquared_slots.mock_server.domain.errors import DomainError, shortened, suggestion

from .toml_text import Path, place_of
from .validator import validator

if TYPE_CHECKING:
    from jsonschema import ValidationError

MOST_TOLD = 20
"""Problems of one value that are told; how many more there are is said in one line."""
_MOST_FOUND = 1_000

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
