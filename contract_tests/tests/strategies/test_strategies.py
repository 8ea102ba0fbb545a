"""The public strategies give what they promise: valid requests, requests with one defect, lawful answers, scenarios."""

import json
import tomllib
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from leadsquared_slots.contract_tests.strategies import generated_requests as strategies
from leadsquared_slots.contract_tests.testing.assertion import ContractAssertion
from leadsquared_slots.mock_server import Scenario
from leadsquared_slots.mock_server.contract.documents import SCHEMAS
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED, OBSERVED
from leadsquared_slots.mock_server.tests.support.examples import examples
from referencing import Registry, Resource

pytestmark = pytest.mark.whole

USERS = ["a@example.com", "b@example.com", "C@example.com"]
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
LIKE_HERE = settings(max_examples=examples(50), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@cache
def validator(name: str) -> Draft202012Validator:
    """The validator of a schema, with its references resolved."""
    documents = {path.name: json.loads(path.read_text("utf-8")) for path in SCHEMAS.glob("*.schema.json")}
    registry = Registry().with_resources((key, Resource.from_contents(each)) for key, each in documents.items())
    return Draft202012Validator(documents[name], registry=registry, format_checker=FormatChecker())


def complaints(name: str, value: Any) -> list[str]:
    """What the schema has against a value."""
    return [f"{error.json_path}: {error.message}" for error in validator(name).iter_errors(value)]


@LIKE_HERE
@given(strategies.requests(USERS, FIRST, LAST))
def test_requests_are_valid_and_stay_within_users_and_dates(body: dict[str, Any]) -> None:
    """Every request fits the schema, asks for the given users only, and for at most 100 days within the given dates."""
    assert complaints("request.schema.json", body) == []
    first, last = date.fromisoformat(body["FromDate"]), date.fromisoformat(body["ToDate"])
    assert FIRST <= first <= last <= LAST
    assert last - first <= timedelta(days=100)
    assert set(body["Users"]) <= set(USERS)


@pytest.mark.parametrize(("question", "name"), [("omitted-flag", "IncludeAllowedConflictSlots"), ("omitted-paging", "Paging")])
def test_requests_never_leave_out_what_the_profile_refuses(question: str, name: str) -> None:
    """A profile that refuses an omitted member gets requests that have it."""
    profile = DOCUMENTED.with_answers({question: "refused"})

    @settings(max_examples=20, database=None)
    @given(strategies.requests(USERS, FIRST, LAST, profile=profile))
    def has_it(body: dict[str, Any]) -> None:
        assert name in body

    has_it()


@LIKE_HERE
@given(strategies.malformed_requests(USERS, FIRST, LAST))
def test_malformed_requests_name_a_rule_and_break_it(request: strategies.MalformedRequest) -> None:
    """A malformed request cites a rule of the ledger, and the schema or a rule beyond schemas objects to it."""
    ledger = tomllib.loads((SCHEMAS / "ledger.toml").read_text("utf-8"))
    assert request.rule in {rule["id"] for rule in ledger["rule"]}
    try:
        body = json.loads(request.body)
    except ValueError:
        assert request.rule == "request.json"
        return
    assert complaints("request.schema.json", body) or beyond_schema(body), request


def beyond_schema(body: dict[str, Any]) -> bool:
    """Whether a rule that no schema can express is broken."""
    days = (date.fromisoformat(body["ToDate"]) - date.fromisoformat(body["FromDate"])).days
    return days < 0 or days > 100


def test_a_lenient_profile_gets_no_unknown_attributes() -> None:
    """Where unknown attributes are ignored, none is called a defect."""

    @settings(max_examples=examples(100), database=None)
    @given(strategies.malformed_requests(USERS, FIRST, LAST, profile=OBSERVED))
    def another_rule(request: strategies.MalformedRequest) -> None:
        assert request.rule != "request.unknown-attributes"

    another_rule()


@LIKE_HERE
@given(strategies.answers())
def test_answers_fit_the_schema(answer: dict[str, Any]) -> None:
    """Every generated answer is one that the schema accepts, formats included."""
    assert complaints("answer.schema.json", answer) == []


@pytest.mark.parametrize(
    "answers", [{}, {"absent-lists": "empty"}, {"empty-list": "null"}, {"record": "user-and-date"}, {"users-order": "address"}]
)
def test_answers_pass_the_checks_of_one_answer(answers: dict[str, str]) -> None:
    """The kit itself has nothing against any generated answer, under the profile that it was generated for."""
    profile = DOCUMENTED.with_answers(answers)
    honours = ContractAssertion(profile)

    @settings(max_examples=examples(30), database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(strategies.answers(profile=profile))
    def nothing_is_wrong(answer: dict[str, Any]) -> None:
        honours(answer)

    nothing_is_wrong()


ODD = [{"absent-lists": "empty"}, {"empty-list": "absent"}, {"empty-list": "null"}, {"record": "user-and-date"}]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: "-".join(odd.values()))
@settings(max_examples=examples(20), deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_answers_of_odd_profiles_fit_the_schema(odd: dict[str, str], data: st.DataObject) -> None:
    """So is every answer of another lawful profile."""
    assert complaints("answer.schema.json", data.draw(strategies.answers(profile=DOCUMENTED.with_answers(odd)))) == []


def wanted(entry: dict[str, Any]) -> set[str]:
    """The cases that an entry shows."""
    slots, busy = entry["AvailableSlots"], entry["BusySlots"]
    seen = {str(entry["NoSlotsReason"])}
    if slots == []:
        seen.add("fully booked")
    if any(slot["EndTime"] == "00:00:00" for slot in slots or []):
        seen.add("midnight end")
    if any(slot == {"StartTime": "00:00:00", "EndTime": "00:00:00"} for slot in slots or []):
        seen.add("24 hours")
    if len({json.dumps(each) for each in busy}) < len(busy):
        seen.add("busy twice")
    return seen


@pytest.mark.breadth
def test_answers_hold_the_nasty_cases() -> None:
    """Among a few hundred answers stands every case that clients are known to trip over."""
    seen: set[str] = set()

    @settings(max_examples=300, database=None, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    @given(strategies.answers())
    def collect(answer: dict[str, Any]) -> None:
        groups = answer["List"]
        seen.update({f"{len(groups)} dates", f"empty of {min(answer['RecordCount'], 1)}"} if not groups else {f"{len(groups)} dates"})
        for group in groups:
            for entry in group["UserSlots"]:
                seen.update(wanted(entry))

    collect()
    assert seen >= {
        "None",
        "Holiday",
        "Leave",
        "NotScheduled",
        "WorkDayTemplateNotDefined",
        "fully booked",
        "midnight end",
    }
    assert seen >= {"24 hours", "busy twice", "0 dates", "empty of 0", "empty of 1", "101 dates"}


@LIKE_HERE
@given(strategies.envelopes())
def test_envelopes_fit_the_schema(envelope: dict[str, Any]) -> None:
    """Every generated envelope is one that the schema accepts."""
    assert complaints("error.schema.json", envelope) == []


@LIKE_HERE
@given(strategies.calendars())
def test_calendars_are_scenario_files(document: dict[str, Any]) -> None:
    """A calendar fits the scenario schema, and survives being written as TOML and read again."""
    assert complaints("scenario.schema.json", strategies.to_json(document)) == []
    assert tomllib.loads(strategies.to_toml(document)) == document


@LIKE_HERE
@given(strategies.calendars(first=date(2011, 12, 28), last=date(2012, 1, 2), most_users=1))
def test_calendars_stay_around_their_dates(document: dict[str, Any]) -> None:
    """Absences begin on the given dates, and tasks at most two days beside them."""
    (user,) = document["user"]
    assert all(date(2011, 12, 28) <= day <= date(2012, 1, 2) for day in user["holidays"])
    for task in user["tasks"]:
        start: datetime = task["start"]
        assert date(2011, 12, 26) <= start.date() <= date(2012, 1, 4)
        assert task["end"] > start


@LIKE_HERE
@given(strategies.calendars())
def test_calendars_are_taken_by_the_emulator(document: dict[str, Any]) -> None:
    """The emulator reads every calendar, as TOML and as JSON, and finds the same users."""
    as_file = Scenario.parse(strategies.to_toml(document))
    sent = Scenario.from_document(strategies.to_json(document))
    assert [user.address for user in as_file.users] == [user.address for user in sent.users] == [user["email"] for user in document["user"]]


def test_zones_are_the_whole_iana_set() -> None:
    """The zones are those of the tzdata package."""
    assert len(strategies.iana_zones()) > 550
    assert {"Asia/Kolkata", "Pacific/Tongatapu", "Antarctica/Troll", "America/Argentina/Buenos_Aires"} <= set(strategies.iana_zones())
