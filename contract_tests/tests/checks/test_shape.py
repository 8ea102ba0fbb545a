"""The shape of an answer is looked at in parts; nothing gets lost between them."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import jsonschema
from hypothesis import given
from hypothesis import strategies as st
from leadsquared_slots.contract_tests.checks.answers.shape import shape_errors
from leadsquared_slots.contract_tests.strategies.generated_requests import answers
from leadsquared_slots.mock_server.contract.documents import SCHEMAS

WHOLE = jsonschema.Draft202012Validator(
    json.loads((SCHEMAS / "answer.schema.json").read_text("utf-8")), format_checker=jsonschema.FormatChecker(("date", "uuid"))
)
WRONG = (None, -1, 1.5, "", "x", "2026-02-30", "24:00:00", "Holiday", True, [], [None], {}, {"StartTime": "09:00:00"})


def places(document: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where something stands in a document."""
    yield path
    for key, value in document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ():
        yield from places(value, (*path, key))


@st.composite
def damaged(draw: st.DrawFn) -> Any:
    """An answer in which one value is another one, is missing, or has company."""
    document = copy.deepcopy(draw(answers()))
    *way, last = draw(st.sampled_from([path for path in places(document) if path] or [("List",)]))
    holder = document
    for key in way:
        holder = holder[key]
    change = draw(st.sampled_from(["other", "missing", "more"]))
    if change == "missing":
        del holder[last]
    elif change == "more" and isinstance(holder, dict):
        holder["Status"] = "Success"
    else:
        holder[last] = draw(st.sampled_from(WRONG))
    return document


@given(answers() | damaged() | st.sampled_from(WRONG))
def test_the_parts_find_what_the_whole_finds(document: Any) -> None:
    """Each error of the schema, at its place and by its keyword, and no other."""
    whole = {(tuple(error.absolute_path), error.message) for error in WHOLE.iter_errors(document)}
    assert {(error.path, error.message) for error in shape_errors(document)} == whole
