"""The shape of an answer is looked at in parts; nothing gets lost between them."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from leadsquared_slots.contract_tests.checks.answers.shape import MOST_ERRORS, shape_errors
from leadsquared_slots.contract_tests.strategies.generated_requests import answers
from leadsquared_slots.mock_server.contract.documents import SCHEMAS

pytestmark = [pytest.mark.whole, pytest.mark.wheel]

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


def parts(errors: set[tuple[tuple[str | int, ...], str]], document: Any) -> dict[Any, set[Any]]:
    """The errors by the part in which they stand: the document, a date (`List`, n) or a user's entry (`List`, n, `UserSlots`, m)."""
    found: dict[Any, set[Any]] = {}
    for path, message in errors:
        inside = path[0] == "List" if len(path) > 1 and isinstance(document, dict) else False
        length = 4 if inside and len(path) > 3 and path[2] == "UserSlots" else 2 if inside else 0
        found.setdefault(path[:length], set()).add((path, message))
    return found


# A failure shows the document, however large.
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@given(answers() | damaged() | st.sampled_from(WRONG))
@example({"RecordCount": 1, "List": [{"Date": "2026-03-02", "UserSlots": [{}]}]})
def test_the_parts_find_what_the_whole_finds(document: Any) -> None:
    """Each error of the schema, at its place and by its keyword, and no other; of a part with many errors the first few."""
    whole = parts({(tuple(error.absolute_path), error.message) for error in WHOLE.iter_errors(document)}, document)
    found = parts({(error.path, error.message) for error in shape_errors(document)}, document)
    assert found.keys() == whole.keys()
    for part, errors in whole.items():
        assert found[part] <= errors
        assert len(found[part]) >= min(len(errors), MOST_ERRORS)
