"""`consumer --examples`: a client that survives the situations and is wrong elsewhere is found, and the calendar shown is small."""

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from leadsquared_slots.contract_tests.cli.main import main
from leadsquared_slots.contract_tests.consumer.situations import Expected, situations
from leadsquared_slots.contract_tests.mutants.callers.registry import CLIENT
from leadsquared_slots.mock_server import Scenario

pytestmark = [pytest.mark.whole]

DRIVER = f"""
import json, sys
sys.argv = ["client.py", "correct"]
sys.path.insert(0, {str(CLIENT.parent)!r})
import client
right = client.free
def wrong(entry):
    spans = right(entry)
    return CHANGED
client.free = wrong
print(json.dumps({{"results": client.results(json.load(sys.stdin)["questions"])}}))
"""
"""The correct client, but for the free times of one entry: (start, end) in seconds of the day, in their order."""
CLOSE = "[(start, end - 1 if end == 86_400 else end) for start, end in spans]"
SHORT = "[(start, end) for start, end in spans if end - start >= 900]"
SECOND_TASK = "spans[:2] if len(entry['AvailableSlots'] or []) > 2 else spans"
OF_TIMES = tuple(
    name for name, each in situations().items() if each.expected is Expected.TIMES and each.group != "limits" and name != "burst"
)


def examples(folder: Path, changed: str, number: int, *only: str) -> dict[str, Any]:
    """The JSON report of a client whose free times are changed so."""
    driver, report = folder / "driver.py", folder / "report.json"
    driver.write_text(DRIVER.replace("CHANGED", changed), "utf-8")
    words = ["consumer", "--only", ",".join(only), "--examples", str(number), "--json", str(report), "--quiet", "--no-color"]
    result = CliRunner().invoke(main, [*words, "--", sys.executable, "-S", str(driver)])
    document: dict[str, Any] = json.loads(report.read_text("utf-8"))
    assert result.exit_code == document["exitCode"], result.output
    assert ("✗ a generated calendar" in result.output) is (document["examples"]["verdict"] == "failed")
    return document


def is_small(found: dict[str, Any]) -> bool:
    """One user, one date, at most two tasks, in a calendar that can be loaded as it is shown."""
    calendar, question = tomllib.loads(found["calendar"]), found["question"]
    Scenario.from_document(calendar)
    (user,) = calendar["user"]
    return question["users"] == [user["email"]] and question["from"] == question["to"] and len(user.get("tasks", ())) <= 2


@pytest.mark.breadth
def test_a_client_that_drops_short_slots_survives_the_situations_and_is_found(tmp_path: Path) -> None:
    """No situation has a slot under 15 minutes; a generated calendar has."""
    document = examples(tmp_path, SHORT, 200, *OF_TIMES)
    assert [each["id"] for each in document["situations"] if each["verdict"] == "failed"] == []
    found = document["examples"]
    assert (document["exitCode"], found["verdict"], found["problem"]) == (1, "failed", "it gave wrong times")
    assert is_small(found), found["calendar"]


@pytest.mark.breadth
def test_a_client_that_ends_the_day_a_second_early_is_found_and_told(tmp_path: Path) -> None:
    """Where the one situation that shows it was not chosen; the mistake is named."""
    found = examples(tmp_path, CLOSE, 200, "plain")["examples"]
    assert found["cause"] == "ends the day at 23:59:59"
    assert is_small(found), found["calendar"]


def test_a_correct_client_is_never_wrong(tmp_path: Path) -> None:
    """All calendars are asked about, and none is shown."""
    document = examples(tmp_path, "spans", 15, "plain")
    found = document["examples"]
    assert document["exitCode"] == 0
    assert (found["verdict"], found["askedFor"], found["calendar"], found["question"]) == ("passed", 15, None, None)
    assert 1 <= found["tried"] <= 15


@pytest.mark.slow
def test_a_client_that_forgets_what_lies_behind_a_second_task_is_found(tmp_path: Path) -> None:
    """Or behind whatever else cuts a day into three."""
    found = examples(tmp_path, SECOND_TASK, 200, "plain")["examples"]
    assert found["problem"] == "it gave wrong times"
    assert is_small(found), found["calendar"]
