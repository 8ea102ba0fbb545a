"""The caller judged inside pytest: situations as parameters, the conduct of an account, and the summary of a run."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from leadsquared_slots.contract_tests import consumer_situations
from leadsquared_slots.contract_tests.emulator.account import Account

from ..support.commands import WITHOUT_PLUGINS

sys.path.insert(0, str(Path(__file__).parents[2] / "consumer" / "examples" / "python"))
pytest_plugins = ["pytester"]
LIKE_A_STRANGER = ("-p", "no:cacheprovider", "-p", "no:xdist", *WITHOUT_PLUGINS)
WAITS_LONG = {"slow"}


def ask(account: Account, **of: Any) -> list[dict[str, Any]]:
    """What the careful client gives for questions; its sleep moves the account's clock on."""
    from datetime import date

    from slots_client import SlotsClient, SlotsUnknown

    account.clock.freeze()

    def now() -> float:
        return account.clock.now.timestamp()

    client = SlotsClient(account.base_url, account.access_key, account.secret_key, sleep=account.clock.advance, now=now, **of)
    results: list[dict[str, Any]] = []
    for question in account.questions:  # type: ignore[attr-defined]
        first, last = date.fromisoformat(question["from"]), date.fromisoformat(question["to"])
        try:
            times = client.bookable(question["users"], first, last, include_allowed_conflicts=question["includeAllowedConflictSlots"])
        except SlotsUnknown as error:
            results.append({"error": str(error)})
        else:
            results.append({"bookable": [{"user": user, "start": start, "end": end} for user, start, end in times]})
    return results


@pytest.mark.parametrize("situation", [each for each in consumer_situations(timeout=1) if each.id not in WAITS_LONG])
def test_a_careful_client_survives_and_waits_nowhere(situation: Any, lsq: Account) -> None:
    """Its sleep is the account's clock."""
    lsq.questions = situation.open(lsq)  # type: ignore[attr-defined]
    situation.judge(ask(lsq))
    lsq.assert_conduct()


def test_a_wrong_result_says_what_was_right_and_why(lsq: Account) -> None:
    situation = next(each for each in consumer_situations() if each.id == "breaks")
    (question,) = situation.open(lsq)
    wrong = {"bookable": [{"user": question["users"][0], "start": "2026-03-02T03:30:00Z", "end": "2026-03-02T12:30:00Z"}]}
    with pytest.raises(AssertionError, match=r"(?s)breaks: .*too much: .*right was:.*breaks = kept"):
        situation.judge([wrong])


def test_a_name_says_which_situation_it_is() -> None:
    assert {each.__name__ for each in consumer_situations()} == {each.id for each in consumer_situations()}


def test_an_account_without_calls_has_no_conduct(lsq: Account) -> None:
    with pytest.raises(AssertionError, match=r"no call reached"):
        lsq.assert_conduct()


def test_broken_conduct_fails_and_advice_does_not(lsq: Account) -> None:
    import urllib3

    http = urllib3.PoolManager(retries=False)
    body = json.dumps({"FromDate": "2026-03-02", "ToDate": "2026-03-02", "Users": ["a@example.com"]})
    url = f"{lsq.url}?accessKey={lsq.access_key.replace('$', '%24')}&secretKey={lsq.secret_key}"
    assert http.request("POST", url, headers={"Content-Type": "application/json"}, body=body).status == 200
    lsq.assert_conduct()
    assert [finding["rule"] for finding in lsq.conduct()["findings"]] == ["conduct.keys-in-headers"]
    lsq.faults.add("status", status=400)
    for _ in range(2):
        http.request("POST", lsq.url, headers=lsq.headers, body=body)
    with pytest.raises(AssertionError, match=r"(?s)conduct\.no-repeat.*the journal"):
        lsq.assert_conduct()


TESTS = """
import json
from urllib.request import Request, urlopen

def ask(lsq, user, **more):
    body = {"FromDate": "2026-03-02", "ToDate": "2026-03-02", "Users": [user], **more}
    urlopen(Request(lsq.url, json.dumps(body).encode(), lsq.headers)).read()

def test_plain(lsq):
    ask(lsq, "asha@example.com")

def test_range(lsq):
    ask(lsq, "asha@example.com", ToDate="2026-06-10")
"""
ONE_MORE = """
def test_midnight(lsq):
    ask(lsq, "midnight@example.com")
"""


def summary(pytester: pytest.Pytester, tests: str, *arguments: str) -> tuple[dict[str, Any], str]:
    pytester.makepyfile(tests)
    run = pytester.runpytest_subprocess(*LIKE_A_STRANGER, "--lsq-summary=out/summary.json", *arguments)
    assert run.ret == 0, run.stdout.str()
    return json.loads((pytester.path / "out" / "summary.json").read_text()), run.stdout.str()


@pytest.mark.whole
def test_deleting_the_one_test_that_meets_a_rule_changes_exactly_that(pytester: pytest.Pytester) -> None:
    """`request.range-100` is met by one test alone."""
    both, _ = summary(pytester, TESTS)
    fewer, text = summary(pytester, TESTS.replace("def test_range", "def not_a_test"))
    assert set(both["met"]) - set(fewer["met"]) >= {"request.range-100"}
    assert set(fewer["never"]) - set(both["never"]) == set(both["met"]) - set(fewer["met"])
    assert "rules of the ledger met" in text
    assert "never seen: an error inside 200" in text


@pytest.mark.whole
def test_what_is_met_and_what_is_not_are_the_whole_ledger(pytester: pytest.Pytester) -> None:
    from leadsquared_slots.mock_server.contract.documents import ledger

    document, _ = summary(pytester, TESTS + ONE_MORE)
    assert sorted(document["met"] + document["never"]) == sorted(ledger())
    assert "slots.midnight" in document["met"]
    assert document["conduct"] == []


@pytest.mark.whole
def test_workers_of_xdist_are_summed_up(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TESTS + ONE_MORE)
    run = pytester.runpytest_subprocess("-p", "no:cacheprovider", *WITHOUT_PLUGINS, "-n", "2", "--lsq-summary=summary.json")
    assert run.ret == 0
    document = json.loads((pytester.path / "summary.json").read_text())
    assert {"slots.midnight", "request.range-100"} <= set(document["met"])


@pytest.mark.whole
def test_a_bare_option_does_not_take_the_path_behind_it(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_it=TESTS, test_other="def test_fails(): assert False")
    run = pytester.runpytest_subprocess(*LIKE_A_STRANGER, "--lsq-summary", "test_it.py")
    run.assert_outcomes(passed=2)
    run.stdout.fnmatch_lines(["*rules of the ledger met, in 2 calls"])
