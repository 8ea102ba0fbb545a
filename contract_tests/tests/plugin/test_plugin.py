"""The pytest plugin gives every test an account of its own, and costs nothing where it is not used."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import urllib3
from leadsquared_slots.contract_tests.emulator.account import Account, AdminError
from leadsquared_slots.contract_tests.testing.assertion import ContractAssertion
from leadsquared_slots.mock_server import MockServer

from ..support.commands import WITHOUT_PLUGINS

pytestmark = [pytest.mark.whole, pytest.mark.wheel]

pytest_plugins = ["pytester"]

HTTP = urllib3.PoolManager(retries=False)
BODY = {"FromDate": "2026-03-02", "ToDate": "2026-03-03", "Users": ["zoo@lsqdev.in"], "IncludeAllowedConflictSlots": False}


def ask(account: Account, **changes: Any) -> urllib3.BaseHTTPResponse:
    """The reply to a request of the account."""
    return HTTP.request("POST", account.url, headers=account.headers, body=json.dumps(BODY | changes))


def entry(account: Account, day: int = 0) -> dict[str, Any]:
    """The first user's entry under a date."""
    found: dict[str, Any] = ask(account).json()["List"][day]["UserSlots"][0]
    return found


def test_an_account_answers_and_keeps_a_journal(lsq: Account) -> None:
    """A request with the account's headers is answered, and stands in its journal."""
    assert ask(lsq).status == 200
    lsq.assert_called(times=1)
    lsq.assert_called(times=1, status=200, method="POST")
    (call,) = lsq.requests
    assert json.loads(call["body"]) == BODY


def test_an_account_is_fresh(lsq: Account) -> None:
    """Nothing of another test is left."""
    assert lsq.requests == []
    lsq.assert_called(times=0)


def test_a_missed_call_prints_the_journal(lsq: Account) -> None:
    """The assertion says what was expected, what was received, and what did arrive."""
    with pytest.raises(AssertionError, match=r"expected at least one call, received 0\nthe journal is empty"):
        lsq.assert_called()
    ask(lsq)
    with pytest.raises(AssertionError, match=r"expected 2 calls with status 429, received 0\nthe journal:\n  1. POST /v2/.*-> 200"):
        lsq.assert_called(times=2, status=429)


def test_a_calendar_can_be_changed(lsq: Account) -> None:
    """Tasks, leaves and holidays show in the next answer; a task can be taken out again."""
    task = lsq.add_task("zoo@lsqdev.in", datetime(2026, 3, 2, 6, tzinfo=UTC), "2026-03-02T06:30:00Z", subject="Call")
    assert {"StartTime": "2026-03-02 06:00:00", "EndTime": "2026-03-02 06:30:00"} in entry(lsq)["BusySlots"]
    lsq.remove_task(task)
    assert {"StartTime": "2026-03-02 06:00:00", "EndTime": "2026-03-02 06:30:00"} not in entry(lsq)["BusySlots"]
    lsq.add_leave("zoo@lsqdev.in", date(2026, 3, 2))
    lsq.add_holiday("zoo@lsqdev.in", "2026-03-03", "Holi")
    assert [entry(lsq, day)["NoSlotsReason"] for day in (0, 1)] == ["Leave", "Holiday"]
    lsq.reset()
    assert entry(lsq)["NoSlotsReason"] != "Leave"


@pytest.mark.lsq(scenario="two-shifts", now="2026-03-02T03:00:00Z")
def test_a_leave_can_be_part_of_a_day(lsq: Account) -> None:
    """With `time` a leave takes some hours, and the day goes on."""
    user = lsq.scenario_users()[0]
    before = ask(lsq, Users=[user]).json()["List"][0]["UserSlots"][0]
    lsq.add_leave(user, "2026-03-02", time="09:00-10:00")
    after = ask(lsq, Users=[user]).json()["List"][0]["UserSlots"][0]
    assert after["NoSlotsReason"] is None
    assert after["AvailableSlots"] != before["AvailableSlots"]


@pytest.mark.lsq(now="2026-03-02T03:00:00Z")
def test_the_clock_obeys(lsq: Account) -> None:
    """Once set it stands still; it can be advanced, frozen and let go, so that a limit's window passes without a wait."""
    start = datetime(2026, 3, 2, 3, tzinfo=UTC)
    assert lsq.clock.now == start
    assert [ask(lsq).status for _ in range(26)] == [200] * 25 + [429]
    lsq.clock.advance(5)
    assert ask(lsq).status == 200
    assert lsq.clock.now == start + timedelta(seconds=5)
    lsq.clock.set(datetime(2027, 1, 1, tzinfo=UTC))
    lsq.clock.freeze()
    assert lsq.clock.now == datetime(2027, 1, 1, tzinfo=UTC)
    lsq.clock.reset()
    assert lsq.clock.now != datetime(2027, 1, 1, tzinfo=UTC)


def test_an_instant_needs_a_zone(lsq: Account) -> None:
    """A date-time without a zone names no instant, and is refused before it is sent."""
    with pytest.raises(ValueError, match=r"names no instant"):
        lsq.clock.set(datetime(2026, 1, 1))


def test_faults_come_and_go(lsq: Account) -> None:
    """A fault strikes as often as it says, and can be cleared."""
    lsq.faults.add("status", status=429, times=2)
    lsq.faults.add("status", status=500, after=3)
    assert [ask(lsq).status for _ in range(3)] == [429, 429, 200]
    assert len(lsq.faults.all()) == 2
    lsq.faults.clear()
    assert ask(lsq).status == 200


def test_a_wrong_word_is_answered_with_the_right_one(lsq: Account) -> None:
    """What the emulator does not know it refuses, and the error says so."""
    with pytest.raises(AdminError, match=r"POST /__admin/faults answered 400"):
        lsq.faults.add("stattus")


@pytest.mark.lsq(profile="observed")
def test_the_marker_chooses_a_profile(lsq: Account, lsq_contract: ContractAssertion) -> None:
    """Under `observed` a bad date is a 500; the assertion goes by the session's profile."""
    reply = ask(lsq, FromDate="2026-02-30")
    assert reply.status == 500
    with pytest.raises(AssertionError, match=r"error\.mx-member"):
        lsq_contract(reply)


def test_a_good_response_honours_the_contract(lsq: Account, lsq_contract: ContractAssertion) -> None:
    """Nothing is raised for an answer of the emulator, whether asked about with its request or alone."""
    reply = ask(lsq)
    lsq_contract(reply, BODY)
    lsq_contract(reply)
    lsq_contract(reply.json(), BODY)
    lsq_contract(ask(lsq, Users=[]))


def test_a_bad_response_names_the_rule(lsq: Account, lsq_contract: ContractAssertion) -> None:
    """A broken answer fails with the rule, its grade and source, and received against documented."""
    answer = ask(lsq).json()
    answer["List"].reverse()
    with pytest.raises(AssertionError, match=r"answer\.dates-sorted, inferred\](?s:.*)Received:(?s:.*)Documented:"):
        lsq_contract(answer, BODY)


def test_what_is_no_response_is_refused(lsq_contract: ContractAssertion) -> None:
    """A number has no status."""
    with pytest.raises(TypeError, match=r"int is no response"):
        lsq_contract(7)


USES_LSQ = """
import json, urllib.request
import pytest

BODY = {"FromDate": "2026-03-02", "ToDate": "2026-03-02", "Users": ["zoo@lsqdev.in"]}

def ask(lsq):
    return urllib.request.urlopen(urllib.request.Request(lsq.url, json.dumps(BODY).encode(), lsq.headers))

@pytest.mark.parametrize("number", range(8))
def test_own_account(lsq, number):
    assert ask(lsq).status == 200
    lsq.assert_called(times=1)
"""
LIKE_A_STRANGER = ("-p", "no:cacheprovider", *WITHOUT_PLUGINS)


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Pytest in another process, as a consumer of the plugin runs it."""
    return pytester.runpytest_subprocess(*LIKE_A_STRANGER, *arguments)


def test_each_xdist_worker_has_its_own_server(pytester: pytest.Pytester) -> None:
    """Two workers do not get into each other's way."""
    pytester.makepyfile(USES_LSQ)
    run(pytester, "-n", "2").assert_outcomes(passed=8)


def test_a_running_server_can_be_used(pytester: pytest.Pytester) -> None:
    """With --lsq-url, or its ini value, each test has its own account on that server, and deletes it."""
    pytester.makepyfile(USES_LSQ)
    with MockServer() as server:
        before = len(server.emulator.accounts)
        run(pytester, "--lsq-url", server.base_url, "-n", "2").assert_outcomes(passed=8)
        pytester.makeini(f"[pytest]\nlsq_url = {server.base_url}\n")
        run(pytester).assert_outcomes(passed=8)
        assert len(server.emulator.accounts) == before


def test_a_server_that_is_not_there_is_named(pytester: pytest.Pytester) -> None:
    """A wrong URL gives one sentence, not a stack of connection errors."""
    pytester.makepyfile(USES_LSQ)
    result = run(pytester, "--lsq-url", "http://127.0.0.1:9", "-k", "0")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*no emulator answers at http://127.0.0.1:9*"])


MARKED = """
import pytest

@pytest.mark.lsq({marker})
def test_marked(lsq):
    assert lsq.scenario_users() == ["only@example.com"]
"""
SCENARIO = '[[user]]\nemail = "only@example.com"\nzone = "Asia/Kolkata"\nholidays = [2026-01-26]\n'


def run_here(pytester: pytest.Pytester) -> pytest.RunResult:
    """Pytest in this process, which is faster."""
    return pytester.runpytest_inprocess("-p", "no:cacheprovider")


def test_a_scenario_file_is_read_beside_the_test(pytester: pytest.Pytester) -> None:
    """The file is sent whole, so a container needs no copy of it."""
    pytester.makepyfile(MARKED.format(marker='scenario="own.toml", seed=3'))
    pytester.path.joinpath("own.toml").write_text(SCENARIO, "utf-8")
    run_here(pytester).assert_outcomes(passed=1)


def test_a_scenario_may_be_a_table(pytester: pytest.Pytester) -> None:
    """A scenario of a few lines can stand in the marker."""
    pytester.makepyfile(MARKED.format(marker='scenario={"user": [{"email": "only@example.com", "zone": "UTC"}]}'))
    run_here(pytester).assert_outcomes(passed=1)


def test_a_marker_takes_a_rate_limit(pytester: pytest.Pytester) -> None:
    """In the words of the command."""
    pytester.makepyfile(
        """
import pytest
from leadsquared_slots.contract_tests.emulator.account import Admin

@pytest.mark.lsq(rate_limit="3/5s")
def test_limit(lsq):
    assert Admin(lsq.base_url, None).call("GET", "/settings", account=lsq.access_key)["rateLimit"] == "3/5s"
"""
    )
    run_here(pytester).assert_outcomes(passed=1)


@pytest.mark.parametrize("marker", ["scenari='plain-week'", "'plain-week'"])
def test_a_marker_with_an_unknown_word_is_refused(pytester: pytest.Pytester, marker: str) -> None:
    """A misspelt word must not pass for an empty marker."""
    pytester.makepyfile(MARKED.format(marker=marker))
    result = run_here(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*takes scenario, profile, seed, now and rate_limit by name*"])


def test_a_seed_is_a_whole_number(pytester: pytest.Pytester) -> None:
    """--lsq-seed refuses words."""
    pytester.makepyfile(USES_LSQ)
    run(pytester, "--lsq-seed", "many").stdout.fnmatch_lines(["*--lsq-seed is 'many'; expected a whole number*"])


HEAVY = {"flask", "werkzeug", "hypothesis", "schemathesis", "jsonschema", "jinja2", "rich", "urllib3", "faker", "holidays", "uvloop"}
LIGHT = """
import sys, pytest
code = pytest.main(["--co", "-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-p", "no:schemathesis", "-p", "no:faker"])
print("CODE", int(code))
print("LOADED", sorted(name for name in sys.modules if "." not in name))
print("OURS", sorted(name for name in sys.modules if name.startswith("leadsquared_slots.")))
"""


def test_the_plugin_imports_nothing_heavy_until_it_is_used(tmp_path: Path) -> None:
    """A test run that does not use the fixtures pays for two small modules."""
    tmp_path.joinpath("test_nothing.py").write_text("def test_nothing():\n    pass\n", "utf-8")
    done = subprocess.run([sys.executable, "-c", LIGHT], cwd=tmp_path, capture_output=True, text=True, check=True)
    lines = dict(line.split(" ", 1) for line in done.stdout.splitlines() if line.startswith(("CODE", "LOADED", "OURS")))
    assert lines["CODE"] == "0", done.stdout
    assert HEAVY & set(json.loads(lines["LOADED"].replace("'", '"'))) == set()
    ours = json.loads(lines["OURS"].replace("'", '"'))
    assert ours == ["leadsquared_slots.contract_tests", "leadsquared_slots.contract_tests.plugin"]


def test_without_the_kit_the_assertion_says_what_to_install(pytester: pytest.Pytester) -> None:
    """It was a traceback, where `lsq-contract check` gives the hint."""
    pytester.makepyfile("def test_contract(lsq_contract):\n    pass\n")
    pytester.makeconftest("import sys\nsys.modules['hypothesis'] = None\n")
    program = "import sys, pytest; sys.exit(pytest.main(['-p', 'no:cacheprovider', '-p', 'no:hypothesispytest', '-q']))"
    done = pytester.run(sys.executable, "-c", program)
    told = done.stdout.str()
    assert "lsq_contract needs hypothesis; install the kit" in told
    assert "ModuleNotFoundError" not in told
