"""`lsq-mock scenarios --from`: last week of an account as a fixture."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from leadsquared_slots.contract_tests.wire.wsgi import called
from leadsquared_slots.mock_server import Scenario, Settings, create_app
from leadsquared_slots.mock_server.cli.main import command
from leadsquared_slots.mock_server.recording.har import HarWriter
from leadsquared_slots.mock_server.recording.reading import read_recording
from leadsquared_slots.mock_server.recording.recorded import Recorder

from ..support.recordings import ask, emulator, leaks, question, record

USERS = ["two-shifts.a@example.com", "leave.a@example.com", "no-template.a@example.com", "someone@example.com"]
FIRST, LAST = date(2026, 3, 2), date(2026, 3, 8)


def made(*words: str) -> Result:
    """The command, its standard output apart from its standard error."""
    return CliRunner().invoke(command, ["scenarios", *words])


def a_week(path: Path, *more: dict[str, Any]) -> Path:
    """A recording of a week, with both flags, and of more questions."""
    recorder, app = Recorder(), emulator()
    with HarWriter(path) as writer:
        for payload in (*(question(USERS, FIRST, LAST, flag) for flag in (False, True)), *more):
            writer.add(record(app, recorder, payload))
    return path


def test_a_week_is_served_as_it_was_recorded(tmp_path: Path) -> None:
    """The printed scenario loads, knows only the recorded users, and answers the recorded week as it was."""
    result = made("--from", str(a_week(tmp_path / "week.har")))
    assert result.exit_code == 0
    assert leaks(result.output) == []
    scenario = Scenario.parse(result.output)
    assert not scenario.is_open
    served = emulator(scenario.document)
    for flag in (False, True):
        assert ask(served, question(USERS, FIRST, LAST, flag)) == ask(emulator(), question(USERS, FIRST, LAST, flag))


def test_a_contradiction_is_refused_with_its_exchanges(tmp_path: Path) -> None:
    """Exit 2, the two exchanges, and no scenario."""
    path = a_week(tmp_path / "week.har")
    text = path.read_text("utf-8").replace('\\"StartTime\\":\\"09:00:00\\"', '\\"StartTime\\":\\"09:30:00\\"', 1)
    document = json.loads(text)
    document["log"]["entries"].append(json.loads(path.read_text("utf-8"))["log"]["entries"][0])
    path.write_text(json.dumps(document), "utf-8")
    with pytest.raises(Exception, match=r"exchange 1 .* and exchange 3 .* differ in AvailableSlots"):
        CliRunner().invoke(command, ["scenarios", "--from", str(path)], catch_exceptions=False)


def test_a_page_of_users_whose_entries_were_not_recorded_is_said(tmp_path: Path) -> None:
    """Nobody knows the calendar of a user who was never listed; the rest of the week is a scenario all the same."""
    beyond = question(["unseen@example.com"], FIRST, LAST, page=(9, 1))
    result = made("--from", str(a_week(tmp_path / "week.har", beyond)))
    assert result.exit_code == 0
    assert "# 1 pages name users of whom no answer is recorded" in result.output


def test_the_journal_as_har_becomes_a_scenario(tmp_path: Path) -> None:
    """What tests sent is read from /__admin/requests.har: a HAR without keys, in which both accounts' places of keys stay."""
    app = create_app(Settings(rate_limit=None))
    headers = {"content-type": "application/json", "x-lsq-accesskey": "AccessKey", "x-lsq-secretkey": "SecretKey"}
    body = json.dumps(question(USERS, FIRST, LAST)).encode()
    called(app, "POST", "/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress", "", headers, body)
    status, _, har = called(app, "GET", "/__admin/requests.har", "", {}, b"")
    path = tmp_path / "journal.har"
    path.write_bytes(har)
    assert status == 200
    (exchange,) = read_recording(path)
    assert exchange.keys == ("key-1", "key-2")
    assert exchange.is_endpoint
    document = json.loads(har)
    assert document["log"]["version"] == "1.2"
    assert document["log"]["entries"][0]["request"]["postData"]["text"] == body.decode()
    if exchange.is_whole:
        assert Scenario.parse(made("--from", str(path)).output).users


def test_the_journal_as_har_has_equal_names_for_equal_keys(tmp_path: Path) -> None:
    """key-1 and key-2 are the account's, in the headers as in the query; a wrong secret key is key-3, and another one key-4."""
    app = create_app(Settings(rate_limit=None))
    body, path = json.dumps(question(USERS, FIRST, LAST)).encode(), "/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress"
    for secret in ("SecretKey", "wrong-secret-key", "SecretKey", "other-secret-key", "wrong-secret-key"):
        headers = {"content-type": "application/json", "x-lsq-accesskey": "AccessKey", "x-lsq-secretkey": secret}
        called(app, "POST", path, "", headers, body)
    called(app, "POST", path, "accessKey=AccessKey&secretKey=SecretKey", {"content-type": "application/json"}, body)
    file = tmp_path / "journal.har"
    file.write_bytes(called(app, "GET", "/__admin/requests.har", "", {}, b"")[2])
    secrets = ["key-2", "key-3", "key-2", "key-4", "key-3", "key-2"]
    assert [exchange.keys for exchange in read_recording(file)] == [("key-1", secret) for secret in secrets]
    assert "wrong-secret-key" not in file.read_text("utf-8")
