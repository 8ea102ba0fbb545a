"""Files that mean no good: every command that reads recordings refuses them in words, or says what it saw; none runs what stands in one."""

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from leadsquared_slots.contract_tests.cli.main import main
from leadsquared_slots.mock_server.cli.main import command as lsq_mock
from leadsquared_slots.mock_server.domain.errors import DomainError

URL = "http://x.example/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress"
ASKED = {"FromDate": "9999-12-31", "ToDate": "9999-12-31", "Users": ["a@b.example"]}
LAST = {
    "UserId": "x", "EmailAddress": "a@b.example", "UserTimeZone": "No/Zone", "Breaks": None, "WorkDayTemplateTimeZone": "UTC",
    "AvailableSlots": [{"StartTime": "09:00:00", "EndTime": "00:00:00"}], "NoSlotsReason": None,
    "BusySlots": [{"StartTime": "0001-01-01 00:00:00", "EndTime": "9999-12-31 23:59:59"}],
}  # fmt: skip


def har(**changes: Any) -> str:
    """Three times an exchange with the last date that there is; `changes` are of its reply's only user."""
    answer = {"RecordCount": 1, "List": [{"Date": "9999-12-31", "UserSlots": [LAST | changes]}]}
    entry = {
        "startedDateTime": "2026-03-02T00:00:00Z", "time": 1,
        "request": {"method": "POST", "url": URL, "headers": [], "postData": {"text": json.dumps(ASKED)}},
        "response": {"status": 200, "headers": [], "content": {"text": json.dumps(answer)}},
    }  # fmt: skip
    return json.dumps({"log": {"entries": [entry] * 3}})


LAUGHS = 'a: &a ["lol"]\n' + "".join(f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in pairwise("abcdefghij"))
FILES: dict[str, Callable[[Path], str]] = {
    "deep.har": lambda _: '{"log":{"entries":[' + "[" * 100_000 + "]" * 100_000 + "]}}",
    "open.har": lambda _: "[" * 100_000,
    "numbers.har": lambda _: '{"log":{"entries":[{"startedDateTime":"9999-99-99","time":NaN,"response":{"status":1e999}}]}}',
    "last-date.har": lambda _: har(),
    "times.har": lambda _: har(AvailableSlots=[{"StartTime": "25:00:00", "EndTime": "\ud800"}]),
    "zone.har": lambda _: har(WorkDayTemplateTimeZone="../../etc/passwd"),
    "journal.json": lambda _: '{"requests":[{"status":null,"body":1,"at":"x"}]}',
    "digits.json": lambda _: '{"requests":[{"status":' + "9" * 5_000 + "}]}",
    "bytes.har": lambda _: "\0\x01\x02" * 1_000,
    "laughs.yaml": lambda _: LAUGHS + "interactions:\n- request: *j\n  response: *j\n",
    "deep.yaml": lambda _: "interactions: " + "[" * 1_000 + "]" * 1_000,
    "tag.yaml": lambda folder: f'interactions:\n- request: !!python/object/apply:os.system ["touch {folder}/ran"]\n  response: {{}}\n',
}  # fmt: skip
COMMANDS = ["judge {}", "conduct {}", "calibrate {} --output profile.toml", "drift {} {}"]


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_or_judged(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last date that there is gave an OverflowError in `drift`; the others were tried and hold."""
    monkeypatch.chdir(tmp_path)
    file = tmp_path / name
    file.write_text(FILES[name](tmp_path), "utf-8", "surrogatepass")
    for command in COMMANDS:
        done = CliRunner().invoke(main, command.replace("{}", str(file)).split())
        assert done.exception is None or isinstance(done.exception, SystemExit), (command, done.exception)
        assert done.exit_code in (0, 1, 2, 4), command
        assert done.exit_code == 2 or name in ("last-date.har", "times.har", "zone.har"), (command, done.output)
        assert len(done.output) < 50_000
    done = CliRunner().invoke(lsq_mock, ["scenarios", "--from", str(file)])
    assert done.exception is None or isinstance(done.exception, SystemExit | DomainError), done.exception
    assert not (tmp_path / "ran").exists()
