"""The situations: each is possible, says what the interface promises of it, and is judged by the oracle."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

import pytest
from leadsquared_slots.contract_tests.consumer.mistakes import Context, explain, mistakes
from leadsquared_slots.contract_tests.consumer.opened import Opened, open_situation, scenario_of
from leadsquared_slots.contract_tests.consumer.runner import BadUsage, Options
from leadsquared_slots.contract_tests.consumer.situations import Expected, Given, situations
from leadsquared_slots.contract_tests.consumer.times import Calendar, Times, shown
from leadsquared_slots.contract_tests.emulator.account import Account, Admin
from leadsquared_slots.mock_server import MockServer, Scenario
from leadsquared_slots.mock_server.conduct import CONDUCT_RULES
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED, OBSERVED

GIVEN = Given(timeout=10, page_size=7)
PROMISED = [
    "plain", "two-shifts", "midnight", "breaks", "hole", "flag-true", "seconds", "holiday", "leave", "not-scheduled",
    "no-template", "fully-booked", "other-zone", "spring-forward", "fall-back", "absent-list", "null-list", "unknown-user",
    "stored-case", "many-users", "long-range", "dollar-key", "limited", "limited-403", "limited-200", "limited-always", "burst",
    "refused-400", "refused-500", "error-in-200", "wrong-keys", "html-error", "reset", "empty", "truncated", "malformed", "slow",
    "reset-always",
]  # fmt: skip


@pytest.fixture(scope="module")
def admin() -> Iterator[Admin]:
    with MockServer() as server:
        yield Admin(server.base_url)


def opened(name: str, given: Given = GIVEN, answers: dict[str, Any] | None = None) -> Opened:
    situation = situations()[name]
    setup = situation.prepare(given)
    return Opened(situation=situation, setup=setup, answers={**DOCUMENTED.answers(), **(answers or {}), **setup.answers})


def driven(times: Times) -> dict[str, Any]:
    """Times as a driver writes them."""
    return {"bookable": [{"user": user, "start": shown(s), "end": shown(e)} for user, spans in times.items() for s, e in spans]}


def answered(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    with urlopen(Request(account.url, json.dumps(request).encode(), account.headers)) as reply:
        return without_ids(json.load(reply))


def without_ids(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The oracle does not know the ids that the emulator makes."""
    if not answer.get("List"):
        return dict(answer)
    days = [
        {**group, "UserSlots": [{name: value for name, value in entry.items() if name != "UserId"} for entry in group["UserSlots"]]}
        for group in answer["List"]
    ]
    return {**answer, "List": days}


def test_every_promised_situation_is_there() -> None:
    assert sorted(situations()) == sorted(PROMISED)


@pytest.mark.parametrize("name", PROMISED)
@pytest.mark.parametrize("profile", [DOCUMENTED, OBSERVED])
def test_a_situation_is_a_scenario_and_its_answer_is_the_oracles(admin: Admin, name: str, profile: Any) -> None:
    """Where no fault strikes, the emulator gives just what the right times are made of."""
    account = Account.open(admin)
    state = open_situation(account, situations()[name], GIVEN, profile.answers())
    Scenario.from_document(scenario_of(state.setup, state.answers))
    account.faults.clear()
    if name != "long-range" and not state.setup.wrong_keys:
        for question in state.setup.questions[:3]:
            assert answered(account, question.as_request()) == without_ids(state.calendar.answer(question))
    account.close()


@pytest.mark.parametrize("name", PROMISED)
def test_the_right_result_holds_and_others_do_not(name: str) -> None:
    state = opened(name)
    right = [driven(state.calendar.right(question)) for question in state.setup.questions]
    errors = [{"error": "I do not know"}] * len(right)
    expected = state.situation.expected
    assert state.judge(right).holds is (expected is not Expected.ERROR)
    assert state.judge(errors).holds is (expected is not Expected.TIMES)
    wrong = [{"bookable": [{"user": "a@b.example", "start": "2026-03-02T03:30:00Z", "end": "2026-03-02T07:30:00Z"}]}] * len(right)
    assert not state.judge(wrong).holds
    assert state.judge(wrong[:-1]).problem is not None


@pytest.mark.parametrize("name", PROMISED)
def test_no_right_edge_lies_inside_a_fold(name: str) -> None:
    """What is meant there would be open."""
    state = opened(name)
    assert not any(state.calendar.edges_in_fold(question) for question in state.setup.questions)


def test_a_fold_counts_twice_and_a_gap_not_at_all() -> None:
    """00:00 to 06:00 is seven hours on the date on which clocks go back, and five where they go forward."""
    for name, seconds in (("fall-back", 7 * 3600), ("spring-forward", 5 * 3600)):
        state = opened(name)
        (spans,) = state.calendar.right(state.setup.questions[0]).values()
        assert seconds in [end - start for start, end in spans]


def test_user_template_and_utc_have_three_dates_at_once() -> None:
    state = opened("other-zone")
    (user,) = state.setup.calendar["user"]
    (template,) = state.setup.calendar["template"]
    (spans,) = state.calendar.right(state.setup.questions[0]).values()
    zones = [ZoneInfo(name) for name in (user["zone"], template["zone"], "UTC")]
    assert any(len({datetime.fromtimestamp(end - 60, zone).date() for zone in zones}) == 3 for _, end in spans)


def test_times_follow_the_profile() -> None:
    """Under another answer to an open question other times are right."""
    question = opened("breaks").setup.questions[0]
    right = {answer: opened("breaks", answers={"time-zone": answer}).calendar.right(question) for answer in ("template", "utc")}
    # The emulator prints other numbers, and they mean the same instants.
    assert right["template"] == right["utc"]
    hole = opened("hole").setup.questions[0]
    assert opened("hole", answers={"allowed-conflict": "available"}).calendar.right(hole) != opened("hole").calendar.right(hole)


def test_many_users_are_one_more_than_a_page_holds() -> None:
    for size, users in ((1, 2), (7, 8), (1000, 1001), (5000, 1001), (None, 30)):
        assert len(opened("many-users", Given(page_size=size)).setup.questions[0].users) == users


@pytest.mark.parametrize("name", sorted(mistakes()))
def test_every_known_mistake_explains_some_wrong_result(name: str) -> None:
    """And is not told of the right one."""
    for situation in PROMISED:
        state = opened(situation, answers={"time-zone": "utc"} if "where they are UTC" in name else None)
        if state.situation.expected is Expected.ERROR:
            continue
        contexts = [Context(calendar=state.calendar, question=question, page_size=7) for question in state.setup.questions]
        right = [context.right() for context in contexts]
        assert explain(contexts, right) is None
        try:
            wrong = [mistakes()[name](context) for context in contexts]
        except (ValueError, KeyError, OverflowError):
            continue
        if wrong != right:
            assert explain(contexts, wrong) is not None
            return
    pytest.fail(f"no situation shows that an application {name}")


def test_only_and_skip_take_situations_and_rules() -> None:
    options = Options(command=("x",), only=("plain", "conduct.waits"))
    assert (options.chosen, options.rules, options.judges_results) == ({"plain"}, {"conduct.waits"}, True)
    options = Options(command=("x",), only=("conduct.waits",))
    assert (len(options.chosen), options.rules, options.judges_results) == (len(PROMISED), {"conduct.waits"}, False)
    options = Options(command=("x",), skip=("plain", "conduct.waits"))
    assert "plain" not in options.chosen
    assert len(options.rules) == len(CONDUCT_RULES) - 1
    with pytest.raises(BadUsage, match=r"did you mean 'midnight'"):
        Options(command=("x",), only=("midnite",))


def test_an_answer_that_decides_is_named() -> None:
    assert "breaks = kept" in opened("breaks").rests_on


def test_a_calendar_of_an_unknown_user_has_no_times() -> None:
    state = opened("unknown-user")
    refused = Calendar(state.setup.calendar, {**DOCUMENTED.answers(), "unknown-address": "refused"})
    assert refused.right(state.setup.questions[0]) == {}
