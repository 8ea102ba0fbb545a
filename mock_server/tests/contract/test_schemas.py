"""The schemas: valid, closed, and of one mind with the code and the ledger."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from leadsquared_slots.mock_server.contract import documents as contract
from leadsquared_slots.mock_server.contract.documents import SCHEMAS, ledger
from leadsquared_slots.mock_server.contract.validation import problems
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED, PROFILES, QUESTIONS
from leadsquared_slots.mock_server.vendor.request import is_address

pytestmark = pytest.mark.wheel

NAMES = ("admin", "answer", "baseline", "error", "ledger", "profile", "request", "scenario")
EXAMPLES = sorted((SCHEMAS / "examples").glob("*.json"))

KEYWORDS = set(
    json.loads("""
    ["$schema", "$id", "$ref", "$defs", "title", "description", "default", "examples", "type", "enum", "const", "properties", "required",
    "additionalProperties", "items", "minItems", "maxItems", "minLength", "maxLength", "pattern", "format", "minimum", "maximum",
    "exclusiveMinimum", "propertyNames", "minProperties", "maxProperties", "allOf", "anyOf", "oneOf", "not", "if", "then", "else"]
""")
)

each_schema = pytest.mark.parametrize("name", NAMES)


def schema(name: str) -> dict[str, Any]:
    """A schema as it stands in its file."""
    content: dict[str, Any] = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    return content


def example(name: str) -> Any:
    """The value of a named example."""
    return json.loads((SCHEMAS / "examples" / f"{name}.json").read_text("utf-8"))["value"]


def parts(node: Any) -> Iterator[dict[str, Any]]:
    """Every schema inside a schema."""
    if not isinstance(node, dict):
        return
    yield node
    for keyword in ("properties", "$defs"):
        for child in node.get(keyword, {}).values():
            yield from parts(child)
    for keyword in ("items", "additionalProperties", "not", "if", "then", "else"):
        yield from parts(node.get(keyword))
    for keyword in ("allOf", "anyOf", "oneOf"):
        for child in node.get(keyword, ()):
            yield from parts(child)


@each_schema
def test_a_schema_is_valid_2020_12(name: str) -> None:
    """Its dialect says so, and it names itself by its file: nothing is fetched."""
    Draft202012Validator.check_schema(schema(name))
    assert schema(name)["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema(name)["$id"] == f"{name}.schema.json"
    assert schema(name)["title"]


@each_schema
def test_a_schema_has_no_misspelt_keyword(name: str) -> None:
    """JSON Schema passes over keywords that it does not know; we do not."""
    for part in parts(schema(name)):
        assert set(part) <= KEYWORDS, part


@each_schema
def test_every_object_is_closed(name: str) -> None:
    """A key that the contract does not name is refused."""
    for part in parts(schema(name)):
        if "properties" in part and "type" in part:
            assert part["additionalProperties"] is False, part.get("title")


@pytest.mark.parametrize(
    "file",
    [*(f"{name}.schema.json" for name in NAMES), "openapi.yaml"],
)
def test_every_rule_that_a_document_cites_exists(file: str) -> None:
    """An id of a rule is a family of the ledger, a dot and words."""
    families = "|".join({rule.partition(".")[0] for rule in ledger()})
    cited = re.findall(rf"(?<![\w/.-])(?:{families})\.[a-z0-9]+(?:-[a-z0-9]+)*(?![\w/-]|\.\w)", (SCHEMAS / file).read_text("utf-8"))
    assert cited
    assert set(cited) <= set(ledger())


def test_the_profile_schema_asks_the_questions_of_the_profile() -> None:
    """Every question with every answer, and the documented one as its default."""
    questions = {key: part for key, part in schema("profile")["properties"].items() if key not in ("name", "extends")}
    assert list(questions) == list(QUESTIONS)
    for question, kind in QUESTIONS.items():
        assert questions[question]["default"] == DOCUMENTED.answers()[question]
        if issubclass(kind, Enum):
            assert questions[question]["enum"] == [answer.value for answer in kind]
        else:
            assert (questions[question]["type"], questions[question]["minimum"]) == ("integer", 1)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.name)
def test_the_answers_of_a_profile_are_a_profile_file(profile: Any) -> None:
    """What the emulator prints of a profile can be sent back to it."""
    assert not problems("profile", {"name": profile.name, "extends": "observed", **profile.answers()})


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_honours_its_schema(file: Any) -> None:
    """The first word of its name is the schema."""
    assert not problems(file.stem.partition("-")[0], example(file.stem))
    assert set(json.loads(file.read_text("utf-8"))) == {"summary", "description", "value"}


def test_the_vendors_sample_request_is_the_one_of_the_page() -> None:
    """As the page of the endpoint has it."""
    assert example("request-vendor-request") == {
        "FromDate": "2018-08-25",
        "ToDate": "2018-09-25",
        "Users": ["bobdoe@gmail.com", "jackdoes@gmail.com"],
        "IncludeAllowedConflictSlots": False,
        "Paging": {"PageIndex": 1, "PageSize": 100},
    }


@pytest.mark.parametrize(
    ("what", "path", "value"),
    [
        ("a Status beside the answer", ("Status",), "Success"),
        ("a RecordCount that is a text", ("RecordCount",), "2"),
        ("a negative RecordCount", ("RecordCount",), -1),
        ("a date without hyphens", ("List", 0, "Date"), "20180925"),
        ("a date that does not exist", ("List", 0, "Date"), "2018-02-30"),
        ("a date without users", ("List", 0, "UserSlots"), []),
        ("a member of our own", ("List", 0, "UserSlots", 0, "Name"), "Zoo"),
        ("an id that is no UUID", ("List", 0, "UserSlots", 0, "UserId"), "477aec30"),
        ("a zone that is none", ("List", 0, "UserSlots", 0, "UserTimeZone"), "UTC +05:30"),
        ("no slots and no reason", ("List", 0, "UserSlots", 0, "AvailableSlots"), None),
        ("no breaks and no reason", ("List", 0, "UserSlots", 0, "Breaks"), None),
        ("a reason beside slots", ("List", 0, "UserSlots", 0, "NoSlotsReason"), "Holiday"),
        ("a reason that is none of the four", ("List", 0, "UserSlots", 1, "NoSlotsReason"), "FullyBooked"),
        ("a template without a zone", ("List", 0, "UserSlots", 0, "WorkDayTemplateTimeZone"), None),
        ("a zone without a template", ("List", 0, "UserSlots", 1, "WorkDayTemplateTimeZone"), "Asia/Kolkata"),
        ("empty lists without a template", ("List", 0, "UserSlots", 1, "AvailableSlots"), []),
        ("null where busy times belong", ("List", 0, "UserSlots", 1, "BusySlots"), None),
        ("a slot at 24:00:00", ("List", 0, "UserSlots", 0, "AvailableSlots", 0, "EndTime"), "24:00:00"),
        ("a slot without seconds", ("List", 0, "UserSlots", 0, "AvailableSlots", 0, "EndTime"), "23:00"),
        ("a slot with a line break", ("List", 0, "UserSlots", 0, "AvailableSlots", 0, "EndTime"), "23:00:00\n"),
        ("a break with a date", ("List", 0, "UserSlots", 0, "Breaks", 0, "StartTime"), "2018-09-25 22:15:00"),
        ("a busy time without a date", ("List", 0, "UserSlots", 0, "BusySlots", 0, "StartTime"), "06:00:00"),
        ("a busy time with a T", ("List", 0, "UserSlots", 0, "BusySlots", 0, "StartTime"), "2018-09-25T06:00:00"),
    ],
)  # fmt: skip
def test_an_answer_with_one_defect_breaks_the_schema(what: str, path: tuple[str | int, ...], value: object) -> None:
    """The sample with one member changed is no answer any more."""
    answer: Any = deepcopy(example("answer-vendor-sample"))
    target = answer
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    assert problems("answer", answer), what


@pytest.mark.parametrize("member", ["RecordCount"])
def test_an_answer_without_its_count_breaks_the_schema(member: str) -> None:
    """List may be absent; RecordCount may not."""
    answer = example("answer-vendor-sample")
    del answer[member]
    assert problems("answer", answer)


@pytest.mark.parametrize("answer", [{"RecordCount": 0}, {"RecordCount": 3, "List": None}, {"RecordCount": 3, "List": []}])
def test_every_shape_of_no_records_is_an_answer(answer: object) -> None:
    """Rule answer.past-last-page: absent, null or empty."""
    assert not problems("answer", answer)


@pytest.mark.parametrize(
    "change",
    [
        {"Status": "Success"},
        {"ExceptionMessage": ""},
        {"IsMXException": False},
        {"IsMXException": "true"},
        {"Message": "x"},
        {"ExceptionType": None},
    ],
)
def test_an_error_with_one_defect_breaks_the_schema(change: dict[str, object]) -> None:
    """The envelope with one member changed is no envelope any more."""
    envelope = example("error-date-order")
    assert not problems("error", envelope | {"IsMXException": True})
    assert problems("error", envelope | change)


LOCAL = st.text(st.sampled_from("ab9._+-@ \n\u00e4"), max_size=66)
LABEL = st.text(st.sampled_from("ab9-. \n_"), max_size=65)


@given(st.one_of(st.builds("{}@{}".format, LOCAL, LABEL), st.builds("{}@{}.{}".format, LOCAL, LABEL, LABEL), st.text(max_size=5)))
def test_the_schema_and_the_emulator_have_one_notion_of_an_address(text: str) -> None:
    """Rule request.address-form."""
    assert is_address(text) == (not problems("request#/$defs/address", text))


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"titel": "x"}, "titel: unknown key 'titel'; did you mean 'title'?"),
        ({"user": [{"email": "a@b.example", "zone": "UTC", "tasl": []}]}, "user[0].tasl: unknown key 'tasl'; did you mean 'tasks'?"),
        ({"now": "2026-01-01"},
         'now: received "2026-01-01"; expected an instant in whole seconds, with its zone, such as "2026-03-02T03:00:00Z"'),
        ({"profile": "documentd"}, 'profile: received "documentd"; did you mean \'documented\'?'),
        ({"profile": {"breks": "kept"}}, "profile.breks: unknown key 'breks'; did you mean 'breaks'?"),
        ({"fault": [{"kind": "status", "status": 429, "chunks": 1}]},
         "fault[0].chunks: only a fault of kind dribble has this key; leave it out"),
        ({"fault": [{"kind": "latency", "milliseconds": 1, "low": 1}]},
         "fault[0].low: only a latency of distribution uniform has this key; leave it out"),
        ({"fault": [{"kind": "status"}]}, "fault[0]: the key 'status' is missing"),
        ({"directory": "zap"}, "directory: received \"zap\"; expected one of closed, open"),
        ({"user": [{"email": "a@b.example", "zone": "UTC", "leaves": [{"from": "2026-01-01", "to": "2026-01-02", "time": "09:00-10:00"}]}]},
         "user[0].leaves[0].time: a leave has either from and to, or date and time; leave it out"),
        ({"user": [{"email": "a@b.example", "zone": "UTC", "holidays": "India"}]},
         'user[0].holidays: received "India"; expected an ISO 3166 code, such as "IN"'),
        ({"template": [{"name": "x", "zone": "UTC", "shifts": {"weekdays": ["09:00-25:00"]}}]},
         'template[0].shifts.weekdays[0]: received "09:00-25:00"; expected wall-clock times from-to, such as "09:00-14:00"'),
        ({"fault": [{"kind": "status", "status": "429"}]}, "fault[0].status: received \"429\"; expected 429, without quotes"),
        ({"user": {"email": "a@b.example"}}, "user: received a table; expected a list of tables, each written [[user]] in TOML"),
        ({"user": ["a@b.example"]}, "user[0]: received a text; expected a table"),
        ({"user": [{"email": "a@b.example", "zone": "UTC", "leaves": 5}]}, "user[0].leaves: received a number; expected a list"),
        ([], "received a list; expected a table"),
    ],
)  # fmt: skip
def test_a_problem_says_where_it_is_and_how_to_mend_it(document: object, expected: str) -> None:
    """Received, expected, and the nearest right word."""
    assert [str(problem) for problem in problems("scenario", document)] == [expected]


def test_problems_stand_in_the_order_of_their_places() -> None:
    """The tenth user comes after the second."""
    users = [{"zone": "UTC"} for _ in range(11)]
    assert [problem.path for problem in problems("scenario", {"user": users})] == [("user", number) for number in range(11)]


def test_importing_the_contract_imports_neither_jsonschema_nor_yaml() -> None:
    """They are imported on first use."""
    assert contract.__file__
    source = re.findall(
        r"^(?:from|import) (\w+)", (SCHEMAS.parent / "mock_server" / "contract" / "documents.py").read_text("utf-8"), re.MULTILINE
    )
    assert not {"jsonschema", "yaml", "referencing"} & set(source)
