"""The conduct rules, judged from exchanges alone: what breaks each of them, and what comes near and does not."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from leadsquared_slots.mock_server.accounts.journal import Journal
from leadsquared_slots.mock_server.conduct import ADVICE, CONDUCT_RULES, Conduct, call_of, judge_conduct, met_rules
from leadsquared_slots.mock_server.contract.documents import ledger
from leadsquared_slots.mock_server.exchanges.message import Abort, Reply, split_credentials

ENDPOINT = "/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress"
BODY = {"FromDate": "2026-03-02", "ToDate": "2026-03-02", "Users": ["a@example.com"]}
HEADERS = {"content-type": "application/json", "x-lsq-accesskey": "A", "x-lsq-secretkey": "S"}
JSON = (("Content-Type", "application/json; charset=utf-8"),)


def answer(count: int = 1) -> Reply:
    return Reply(200, JSON, json.dumps({"RecordCount": count, "List": []}).encode())


def refusal(status: int, exception: str, message: str = "No.") -> Reply:
    return Reply(status, JSON, json.dumps({"Status": "Error", "ExceptionType": exception, "ExceptionMessage": message}).encode())


OVER = "API calls exceeded the limit of 25 in 5 second(s)"
LIMIT = refusal(429, "MXAPIRateLimitExceededException", OVER)
LIMIT_IN_200 = refusal(200, "MXAPIRateLimitExceededException", OVER)
LIMIT_IN_403 = refusal(403, "MXAPIRateLimitExceededException", OVER)
BAD = refusal(400, "MXInvalidInputException")
HTML = Reply(500, (("Content-Type", "text/html"),), b"<html></html>")
RESET = Reply(200, JSON, b"{}", abort=Abort.RESET, fault="reset")


class Account:
    """A journal that is written by hand."""

    def __init__(self) -> None:
        self.journal = Journal()

    def call(self, at: float, reply: Reply | None = None, *, arrived: float | None = None, **of: Any) -> "Account":
        """One call at a time of the account's clock; `of` changes body, headers, query, path and method."""
        body = of.get("body", BODY)
        request, _ = split_credentials(
            of.get("method", "POST"),
            of.get("path", ENDPOINT),
            of.get("query", ""),
            of.get("headers", HEADERS),
            body if isinstance(body, bytes) else json.dumps(body).encode(),
        )
        matched = of.get("path", ENDPOINT) == ENDPOINT
        self.journal.add(request, reply or answer(), at=at, seconds=0.001, matched=matched, arrived=arrived)
        return self

    @property
    def conduct(self) -> Conduct:
        return judge_conduct(self.journal)

    def verdict(self, rule: str) -> str:
        return self.conduct.verdict(f"conduct.{rule}")

    @property
    def found(self) -> set[str]:
        return {finding.rule for finding in self.conduct.findings}


def page(index: int, size: int = 2, **more: Any) -> dict[str, Any]:
    return {**BODY, "Paging": {"PageIndex": index, "PageSize": size}, **more}


def test_every_conduct_rule_is_in_the_ledger_and_the_other_way_round() -> None:
    """With its grade and source, as every rule."""
    assert [rule for rule in ledger() if rule.startswith("conduct.")] == list(CONDUCT_RULES)
    assert set(CONDUCT_RULES) >= ADVICE


def test_no_call_is_no_occasion() -> None:
    assert set(Account().conduct.verdicts.values()) == {"not exercised"}


def test_a_plain_call_breaks_nothing() -> None:
    assert Account().call(0).found == set()


@pytest.mark.parametrize("limit", [LIMIT, LIMIT_IN_200, LIMIT_IN_403])
@pytest.mark.parametrize(
    ("after", "verdict"),
    [(0.2, "passed"), (0.3, "failed"), (1, "failed"), (3, "failed"), (4.9, "failed"), (4.96, "passed"), (5, "passed")],
)
def test_who_is_refused_for_the_limit_waits_for_the_window(limit: Reply, after: float, verdict: str) -> None:
    """Whatever the status; what came within 250 ms was under way, and 50 ms too early is tolerated."""
    assert Account().call(0, limit).call(after, answer()).verdict("waits") == verdict


def test_the_window_is_the_one_that_the_message_names() -> None:
    minute = refusal(429, "MXAPIRateLimitExceededException", "API calls exceeded the limit of 10 in 60 second(s)")
    assert Account().call(0, minute).call(6).verdict("waits") == "failed"
    assert Account().call(0, minute).call(60).verdict("waits") == "passed"


def test_another_question_has_to_wait_as_well() -> None:
    """The limit is the account's."""
    assert Account().call(0, LIMIT).call(1, body={**BODY, "Users": ["b@example.com"]}).verdict("waits") == "failed"


def test_the_first_refusal_of_a_group_opens_the_wait() -> None:
    """Refusals of calls that were under way do not open it anew."""
    burst = Account().call(0, LIMIT).call(0.1, LIMIT).call(0.2, LIMIT)
    assert burst.call(5.0, answer()).verdict("waits") == "passed"


def test_a_refusal_that_came_too_early_opens_a_wait_of_its_own() -> None:
    assert len([f for f in Account().call(0, LIMIT).call(3, LIMIT).call(6).conduct.findings if f.rule == "conduct.waits"]) == 2


def test_a_slow_refusal_is_told_when_it_is_delivered() -> None:
    """250 ms count from there; the window counts from the call."""
    slow = LIMIT._replace(delay=2)
    assert Account().call(0, slow).call(2.2).verdict("waits") == "passed"
    assert Account().call(0, slow).call(2.4).verdict("waits") == "failed"
    assert Account().call(0, slow).call(5).verdict("waits") == "passed"


def test_who_moves_the_clock_on_has_waited() -> None:
    """A sleep that advances the account's clock takes no real time."""
    assert Account().call(100, LIMIT, arrived=7).call(105, arrived=7.5).verdict("waits") == "passed"
    assert Account().call(100, LIMIT, arrived=7).call(100, arrived=7.5).verdict("waits") == "failed"


@pytest.mark.parametrize("reply", [RESET, LIMIT, Reply(502, (), b""), answer()._replace(fault="malformed", body=b'{"Rec')])
def test_who_gets_nowhere_gives_up_after_ten_tries(reply: Reply) -> None:
    account = Account()
    for n in range(10):
        account.call(n * 6, reply)
    assert account.verdict("gives-up") == "passed"
    assert account.call(66).verdict("gives-up") == "failed"


def test_an_answer_in_between_begins_the_count_anew() -> None:
    account = Account()
    for n in range(30):
        account.call(n * 6, answer() if n % 8 == 7 else RESET)
    assert account.verdict("gives-up") == "passed"


@pytest.mark.parametrize(
    "reply",
    [
        BAD,
        refusal(500, "MXInvalidInputException"),
        refusal(200, "MXInvalidInputException"),
        refusal(401, "MXInvalidUserDetailsException"),
        Reply(400, JSON, b"{}"),
    ],
)
def test_a_refusal_that_stays_is_not_sent_again(reply: Reply) -> None:
    assert Account().call(0, reply).verdict("no-repeat") == "passed"
    assert Account().call(0, reply).call(9, reply).verdict("no-repeat") == "failed"
    assert Account().call(0, reply).call(9, reply, body={**BODY, "Users": ["b@example.com"]}).verdict("no-repeat") == "passed"


def test_what_is_not_deterministic_may_be_sent_again() -> None:
    for reply in (LIMIT, LIMIT_IN_200, RESET, Reply(503, (), b"")):
        assert Account().call(0, reply).call(9).found == set()


def test_other_keys_make_another_call() -> None:
    """They are not seen; that the call passes then is."""
    keys = refusal(401, "MXInvalidUserDetailsException")
    assert Account().call(0, keys).call(1).verdict("no-repeat") == "passed"


def test_an_html_error_is_asked_for_three_times_at_most() -> None:
    account = Account().call(0, HTML).call(1, HTML).call(2, HTML)
    assert account.verdict("no-repeat") == "passed"
    assert account.call(3, HTML).verdict("no-repeat") == "failed"


@pytest.mark.parametrize(("to", "verdict"), [("2026-04-11", "passed"), ("2026-04-12", "failed")])
def test_dates_are_at_most_100_days_apart(to: str, verdict: str) -> None:
    assert Account().call(0, body={**BODY, "FromDate": "2026-01-01", "ToDate": to}).verdict("range") == verdict


@pytest.mark.parametrize(
    "body",
    [
        {**BODY, "UserIds": ["x"]},
        {"FromDate": "2026-03-02", "ToDate": "2026-03-02", "EmailAddress": "a@example.com"},
        {**BODY, "Users": "a@example.com"},
        {**BODY, "Users": []},
        {**BODY, "FromDate": "02-03-2026"},
        {**BODY, "FromDate": "2026-02-30"},
        {**BODY, "IncludeAllowedConflictSlots": "true"},
        {**BODY, "Paging": {"PageIndex": 1, "Size": 10}},
        {**BODY, "Paging": {"PageIndex": "1", "PageSize": 10}},
        {"fromDate": "2026-03-02", "toDate": "2026-03-02", "users": ["a@example.com"]},
        b"{",
        b"[]",
    ],
)
def test_a_body_that_is_not_the_documented_one_is_found(body: Any) -> None:
    assert Account().call(0, body=body).verdict("attributes") == "failed"


def test_the_whole_documented_body_is_right() -> None:
    assert Account().call(0, body={**page(1), "IncludeAllowedConflictSlots": True}).verdict("attributes") == "passed"


@pytest.mark.parametrize(
    ("sent", "verdict"),
    [
        ("application/json", "passed"),
        ("application/json; charset=utf-8", "passed"),
        ("text/plain", "failed"),
        ("application/x-www-form-urlencoded", "failed"),
        (None, "failed"),
    ],
)
def test_the_body_is_sent_as_json(sent: str | None, verdict: str) -> None:
    headers = {name: value for name, value in (HEADERS | {"content-type": sent}).items() if value is not None}
    assert Account().call(0, headers=headers).verdict("content-type") == verdict


@pytest.mark.parametrize(
    ("pages", "verdict"),
    [
        ([1, 2, 3], "passed"),
        ([1, 3, 2], "passed"),
        ([1, 2, 3, 4], "passed"),
        ([1, 1, 2, 3], "passed"),
        ([1], "failed"),
        ([1, 2], "failed"),
        ([2, 3], "failed"),
        ([0, 1, 2, 3], "failed"),
    ],
)
def test_who_asks_by_pages_asks_for_all_of_them(pages: list[int], verdict: str) -> None:
    account = Account()
    for index in pages:
        account.call(index, answer(5), body=page(index))
    assert account.verdict("pages") == verdict


def test_an_error_on_the_way_is_a_reason_to_stop() -> None:
    assert Account().call(0, answer(5), body=page(1)).call(1, RESET, body=page(2)).verdict("pages") == "passed"


def test_without_pages_one_call_is_everything() -> None:
    assert Account().call(0, answer(500)).verdict("pages") == "not exercised"


def test_questions_are_told_apart_by_everything_but_the_page() -> None:
    account = Account().call(0, answer(3), body=page(1)).call(1, answer(3), body=page(2, Users=["b@example.com"]))
    assert len([finding for finding in account.conduct.findings if finding.rule == "conduct.pages"]) == 2


def test_a_body_that_is_kept_in_part_still_tells_how_many_records_there_are() -> None:
    """A page of a thousand users is longer than what the journal keeps."""
    long = json.dumps({"RecordCount": 1001, "List": ["x" * 50_000]}).encode()
    account = Account().call(0, Reply(200, JSON, long), body=page(1, 1000))
    assert account.verdict("pages") == "failed"
    assert account.call(1, Reply(200, JSON, long), body=page(2, 1000)).verdict("pages") == "passed"


def test_long_answers_are_told_apart_beyond_what_is_kept() -> None:
    account = Account()
    for n in range(30):
        account.call(n, Reply(200, JSON, json.dumps({"RecordCount": 1, "List": ["x" * 50_000, n % 5]}).encode()))
    assert account.verdict("identical") == "passed"


def overshoots(account: Account, at: float, calls: int, limit: int = 25) -> Account:
    for n in range(calls):
        body = {**BODY, "Users": [f"u{at}-{n}@example.com"]}
        account.call(at + n / 1000, answer() if n < limit else LIMIT._replace(rules=("limit.exceeded",)), body=body)
    return account


def test_the_first_overshoot_is_advice_and_the_second_is_not() -> None:
    once = overshoots(Account(), 0, 30)
    assert once.verdict("budget") == "finding"
    assert overshoots(once, 5.1, 30).verdict("budget") == "failed"


def test_who_keeps_within_the_limit_breaks_nothing() -> None:
    account = overshoots(Account(), 0, 25)
    assert overshoots(account, 5.1, 25).verdict("budget") == "passed"


def test_a_refusal_that_others_have_caused_is_no_overshoot() -> None:
    """The limit is shared: one call alone cannot have used it up."""
    assert Account().call(0, LIMIT).call(6, LIMIT).call(12).verdict("budget") == "passed"


def test_a_refusal_that_a_fault_made_is_no_overshoot() -> None:
    account = overshoots(Account(), 0, 25)
    assert account.call(1, LIMIT._replace(fault="status")).verdict("budget") == "passed"


def test_keys_in_the_url_are_advised_against() -> None:
    account = Account().call(0, headers={"content-type": "application/json"}, query="accessKey=A&secretKey=S")
    assert account.found == {"conduct.keys-in-headers"}
    assert account.conduct.broken == ()


def test_the_same_question_with_the_same_answer_is_advised_against_from_the_eleventh_on() -> None:
    account = Account()
    for n in range(10):
        account.call(n)
    assert account.verdict("identical") == "passed"
    assert account.call(10).verdict("identical") == "finding"
    assert account.conduct.broken == ()


_REPLIES = st.sampled_from([answer(), answer(7), LIMIT, LIMIT_IN_200, BAD, HTML, RESET, Reply(503, (), b""), Reply(200, (), b"\xff{")])


@given(
    st.lists(
        st.tuples(
            st.floats(0, 20),
            _REPLIES,
            st.sampled_from([b"", b"{}", b"[1]", json.dumps(BODY).encode(), json.dumps(page(2)).encode(), b'{"Paging": {"PageSize": 0}}'])
            | st.binary(max_size=20),
        ),
        max_size=40,
    )
)
def test_whatever_came_is_judged(calls: list[tuple[float, Reply, bytes]]) -> None:
    """Every verdict is one of the four, every finding cites its rule and calls that are there, and judging twice gives the same."""
    account = Account()
    for at, reply, body in calls:
        account.call(at, reply, body=body)
    conduct, numbers = account.conduct, {exchange.number for exchange in account.journal}
    assert set(conduct.verdicts.values()) <= {"passed", "failed", "finding", "not exercised"}
    assert all(set(finding.calls) <= numbers and finding.rule in CONDUCT_RULES for finding in conduct.findings)
    assert all(finding.advice for finding in conduct.findings if finding.rule in ADVICE)
    assert conduct == account.conduct
    assert {finding.rule for finding in conduct.findings} <= conduct.exercised
    assert met_rules(map(call_of, account.journal)) <= ledger().keys()


def test_a_long_journal_is_judged_in_time_that_grows_with_its_length() -> None:
    """A thousand refusals, the most that a journal keeps, are read once each."""
    account = Account()
    for n in range(1000):
        account.call(n / 1000, LIMIT)
    assert account.verdict("gives-up") == "failed"


def met(account: Account) -> frozenset[str]:
    return met_rules(map(call_of, account.journal))


def entry(**members: Any) -> dict[str, Any]:
    usual = {
        "UserId": "477aec30-bfee-11e8-a43f-02742c1c8abe", "EmailAddress": "a@example.com", "UserTimeZone": "Asia/Kolkata",
        "AvailableSlots": [{"StartTime": "09:00:00", "EndTime": "17:00:00"}], "Breaks": [], "BusySlots": [],
        "WorkDayTemplateTimeZone": "Europe/Berlin", "NoSlotsReason": None,
    }  # fmt: skip
    return {**usual, **members}


def answering(day: str, *entries: dict[str, Any]) -> Reply:
    return Reply(200, JSON, json.dumps({"RecordCount": len(entries), "List": [{"Date": day, "UserSlots": list(entries)}]}).encode())


@pytest.mark.parametrize(
    ("rule", "day", "members"),
    [
        ("slots.midnight", "2026-03-02", {"AvailableSlots": [{"StartTime": "22:00:00", "EndTime": "00:00:00"}]}),
        ("slots.seconds", "2026-03-02", {"AvailableSlots": [{"StartTime": "09:00:00", "EndTime": "17:00:01"}]}),
        ("slots.fully-booked", "2026-03-02", {"AvailableSlots": []}),
        ("slots.gap", "2026-03-29", {}),
        ("slots.fold", "2026-10-25", {}),
        ("breaks.kept", "2026-03-02", {"Breaks": [{"StartTime": "12:00:00", "EndTime": "13:00:00"}]}),
        ("reason.not-scheduled", "2026-03-02", {"AvailableSlots": None, "NoSlotsReason": "NotScheduled"}),
        ("busy.on-date", "2026-03-02", {"BusySlots": [{"StartTime": "2026-03-01 23:30:00", "EndTime": "2026-03-02 00:30:00"}]}),
        ("answer.stored-address", "2026-03-02", {"EmailAddress": "A@Example.com"}),
    ],
)
def test_a_rule_is_met_where_an_answer_gives_occasion_to_it(rule: str, day: str, members: dict[str, Any]) -> None:
    """And not by an ordinary day."""
    assert rule in met(Account().call(0, answering(day, entry(**members))))
    assert rule not in met(Account().call(0, answering("2026-03-02", entry())))


def test_errors_and_pages_are_met_as_well() -> None:
    assert "error.in-200" in met(Account().call(0, refusal(200, "MXInvalidInputException")))
    assert "answer.pages-join" in met(Account().call(0, answer(3), body=page(2)))
    assert {"limit.reopens", "conduct.waits"} <= met(Account().call(0, LIMIT).call(6))
    assert "limit.reopens" not in met(Account().call(0).call(6, LIMIT))


def test_an_exchange_that_was_cut_off_meets_nothing_of_its_answer() -> None:
    cut = answering("2026-03-02", entry())._replace(abort=Abort.TRUNCATE)
    assert "slots.form" not in met(Account().call(0, cut))


def test_the_findings_of_rules_that_are_left_out_do_not_count() -> None:
    conduct = Account().call(0, BAD).call(1, BAD).conduct
    assert [finding.rule for finding in conduct.broken] == ["conduct.no-repeat"]
    assert conduct.without(["conduct.no-repeat"]).broken == ()


def test_a_call_of_another_api_is_judged_by_what_all_calls_share() -> None:
    """Its body has another form, which is nobody's business here."""
    other = Account().call(0, LIMIT, path="/v2/Other", body={"x": 1}).call(1, path="/v2/Other", body={"x": 1})
    assert other.found == {"conduct.waits"}
