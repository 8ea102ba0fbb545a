"""The answer's JSON Schema applied. An entry that was looked at once is not looked at again: answers repeat their entries."""

import json
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any, NamedTuple

import jsonschema

from .ledger import SCHEMAS

_MOST_ERRORS = 5


class ShapeError(NamedTuple):
    """One violation of the schema: where, what, by which keyword, and whether it stands in a rule that ties members together."""

    path: tuple[str | int, ...]
    message: str
    keyword: str
    is_conditional: bool


def shape_errors(document: Any) -> Iterator[ShapeError]:
    """Every violation of `answer.schema.json`."""
    skeleton, entries = _split(document)
    yield from _errors(_validator("answer"), skeleton)
    for path, entry in entries:
        for error in _errors_of_entry(json.dumps(entry)):
            yield error._replace(path=(*path, *error.path))


def _split(document: Any) -> tuple[Any, list[tuple[tuple[str | int, ...], Any]]]:
    """The document with a right entry in the place of each user's, and those entries with their places."""
    listed = document.get("List") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        return document, []
    entries: list[tuple[tuple[str | int, ...], Any]] = []
    groups: list[Any] = []
    for number, group in enumerate(listed):
        users = group.get("UserSlots") if isinstance(group, dict) else None
        if not isinstance(users, list):
            groups.append(group)
            continue
        entries += [(("List", number, "UserSlots", place), entry) for place, entry in enumerate(users)]
        groups.append({**group, "UserSlots": [_RIGHT_ENTRY] if users else []})
    return {**document, "List": groups}, entries


_RIGHT_ENTRY: dict[str, Any] = {
    "UserId": "477aec30-bfee-11e8-a43f-02742c1c8abe",
    "EmailAddress": "zoo@lsqdev.in",
    "UserTimeZone": "Asia/Kolkata",
    "AvailableSlots": [],
    "Breaks": [],
    "BusySlots": [],
    "WorkDayTemplateTimeZone": "Asia/Kolkata",
    "NoSlotsReason": None,
}


@lru_cache(maxsize=65_536)
def _errors_of_entry(text: str) -> tuple[ShapeError, ...]:
    return tuple(_errors(_validator("entry"), json.loads(text)))


def _errors(validator: Any, instance: Any) -> Iterator[ShapeError]:
    for number, error in enumerate(validator.iter_errors(instance)):
        if number == _MOST_ERRORS:
            return
        conditional = "allOf" in error.absolute_schema_path
        yield ShapeError(tuple(error.absolute_path), error.message, str(error.validator), conditional)


@cache
def _validator(part: str) -> Any:
    schema = json.loads((SCHEMAS / "answer.schema.json").read_text("utf-8"))
    if part == "entry":
        schema = {"$schema": schema["$schema"], "$defs": schema["$defs"], "$ref": "#/$defs/user-entry"}
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker(("date", "uuid")))
