"""The answer's JSON Schema applied. What was looked at once is not looked at again: answers repeat their dates and their entries."""

import json
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any, NamedTuple

import jsonschema
from leadsquared_slots.mock_server.contract.documents import SCHEMAS

MOST_ERRORS = 5
"""How many violations are reported of one part: the answer without its dates, a date without its users, or a user's entry."""


class ShapeError(NamedTuple):
    """One violation of the schema: where, what, by which keyword, and whether it stands in a rule that ties members together."""

    path: tuple[str | int, ...]
    message: str
    keyword: str
    is_conditional: bool


def shape_errors(document: Any) -> Iterator[ShapeError]:
    """Yield the violations of `answer.schema.json`: of each part all, or the first MOST_ERRORS."""
    listed = document.get("List") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        yield from _errors(_validator("answer"), document)
        return
    yield from _errors(_validator("answer"), {**document, "List": []})
    for number, group in enumerate(listed):
        for error in _errors_of_group(group):
            yield error._replace(path=("List", number, *error.path))


def _errors_of_group(group: Any) -> Iterator[ShapeError]:
    """Violations in a date, and in its users."""
    users = group.get("UserSlots") if isinstance(group, dict) else None
    if not isinstance(users, list):
        yield from _errors(_validator("date-entry"), group)
        return
    # Without its users one date is like the next.
    yield from _errors_of_part("date-entry", json.dumps({**group, "UserSlots": [{}] * len(users)}))
    for place, entry in enumerate(users):
        for error in _errors_of_part("user-entry", json.dumps(entry)):
            yield error._replace(path=("UserSlots", place, *error.path))


@lru_cache(maxsize=65_536)
def _errors_of_part(part: str, text: str) -> tuple[ShapeError, ...]:
    return tuple(_errors(_validator(part), json.loads(text)))


def _errors(validator: Any, instance: Any) -> Iterator[ShapeError]:
    for number, error in enumerate(validator.iter_errors(instance)):
        if number == MOST_ERRORS:
            return
        conditional = "allOf" in error.absolute_schema_path
        yield ShapeError(tuple(error.absolute_path), error.message, str(error.validator), conditional)


@cache
def _validator(part: str) -> Any:
    """Of the answer as a whole, or of a part of it; a date's users are looked at apart."""
    schema = json.loads((SCHEMAS / "answer.schema.json").read_text("utf-8"))
    parts = schema.pop("$defs")
    if part != "answer":
        schema = {"$schema": schema["$schema"], **parts[part]}
    if part != "user-entry":
        parts["user-entry"] = {}
    return jsonschema.Draft202012Validator(_inlined(schema, parts), format_checker=jsonschema.FormatChecker(("date", "uuid")))


def _inlined(schema: Any, parts: dict[str, Any]) -> Any:
    """The schema with each reference to a part replaced by it: to look one up takes longer than most keywords."""
    if isinstance(schema, list):
        return [_inlined(item, parts) for item in schema]
    if not isinstance(schema, dict):
        return schema
    whole = {**schema, **parts[schema["$ref"].removeprefix("#/$defs/")]} if "$ref" in schema else schema
    return {key: _inlined(value, parts) for key, value in whole.items() if key != "$ref"}
