"""The manners of `lsq-mock`: help, completion, messages, and explanations of a running emulator."""

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from leadsquared_slots.mock_server import MockServer, Settings, create_app
from leadsquared_slots.mock_server.cli.main import command
from leadsquared_slots.mock_server.domain.errors import DomainError

BIN = Path(sys.executable).parent


def said(*words: str) -> Result:
    """What the command says."""
    return CliRunner().invoke(command, list(words))


@pytest.mark.parametrize("name", sorted(command.commands))
def test_help_names_the_environment_variable_of_each_option(name: str) -> None:
    """In the words that a shell or a Compose file needs."""
    text = "".join(said(name, "--help").output.split())
    for parameter in command.commands[name].params:
        if isinstance(parameter, click.Option) and parameter.envvar:
            assert f"envvar:{parameter.envvar}" in text


@pytest.mark.whole
@pytest.mark.parametrize(
    ("program", "words", "expected"),
    [
        ("lsq-mock", "lsq-mock ser", "plain,serve"),
        ("lsq-mock", "lsq-mock serve --sc", "plain,--scenario"),
        ("lsq-contract", "lsq-contract che", "plain,check"),
    ],
)
def test_a_shell_completes_both_commands(program: str, words: str, expected: str) -> None:
    """As README says: `eval "$(_LSQ_MOCK_COMPLETE=bash_source lsq-mock)"`."""
    name = f"_{program.upper().replace('-', '_')}_COMPLETE"
    asked = {name: "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
    completed, script = (
        subprocess.run([BIN / program], env=os.environ | more, capture_output=True, text=True, timeout=60, check=False).stdout
        for more in (asked, {name: "bash_source"})
    )
    assert expected in completed.splitlines()
    assert "complete -o nosort" in script


@pytest.mark.parametrize("port", ["abc", "65536", "-1", "8255.5", "٣"])
def test_a_port_that_is_none_says_what_a_port_is(port: str) -> None:
    """Not the words of a type."""
    result = said("serve", f"--port={port}")
    assert result.exit_code == 2
    assert "expected a whole number from 1 to 65535, or 0 for a free one" in result.output


def test_today_is_the_date_where_the_user_works() -> None:
    """By the clock of the scenario; the emulator says the same of an account's clock."""
    settings = Settings(now=1772485200.0)  # 2026-03-02T21:00:00Z: the third in India
    client = create_app(settings).test_client()
    answer = client.get("/__admin/explain?user=free@example.com&date=today").json
    assert answer["date"] == "2026-03-03"  # type: ignore[index]
    assert said("explain", "free@example.com", "today").exit_code == 0


def test_an_explanation_of_a_running_emulator_has_its_bookings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The account as it is now; of another account with --account."""
    monkeypatch.setenv("COLUMNS", "100")
    with MockServer(rate_limit=None) as server:
        words = ("explain", "free@example.com", "2026-03-02", "--url", server.base_url)
        before = said(*words)
        assert before.exit_code == 0, before.output
        assert before.output == said(*words[:3]).output
        task = {"user": "free@example.com", "start": "2026-03-02T06:00:00Z", "end": "2026-03-02T06:30:00Z", "subject": "Seen at once"}
        headers = {"Content-Type": "application/json"}
        with urllib.request.urlopen(urllib.request.Request(f"{server.base_url}/__admin/tasks", json.dumps(task).encode(), headers)):
            pass
        with urllib.request.urlopen(urllib.request.Request(f"{server.base_url}/__admin/accounts", b"{}", headers)) as reply:
            fresh = json.load(reply)["accessKey"]
        assert "Seen at once" in said(*words).output
        assert said(*words, "--account", fresh).output == before.output


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--url", "127.0.0.1:8255"], "add http://"),
        (["--url", "http://127.0.0.1:9"], "is it an emulator of this version, and running?"),
    ],
)
def test_an_emulator_that_cannot_be_asked_is_told(words: list[str], told: str) -> None:
    """With what to do."""
    result = said("explain", "free@example.com", "today", *words)
    assert isinstance(result.exception, DomainError)
    assert told in str(result.exception)


def test_an_account_without_a_url_is_refused() -> None:
    """It would be passed over."""
    assert "--account goes with --url" in said("explain", "free@example.com", "today", "--account", "x").output


@pytest.mark.parametrize("columns", ["39", "abc", "1001", ""])
def test_a_width_that_is_none_is_refused(columns: str) -> None:
    """Bounded: a drawing of a million columns is nobody's."""
    reply = create_app().test_client().get(f"/__admin/explain?user=free@example.com&date=today&columns={columns}")
    assert reply.status_code == 400
    assert "from 40 to 1000" in reply.get_data(as_text=True)


def test_a_browser_at_the_root_finds_the_page() -> None:
    """By the front and by Flask; without an admin interface there is nothing to find."""
    with MockServer() as server, urllib.request.urlopen(server.base_url + "/", timeout=10) as reply:
        assert b'href="/__admin/"' in reply.read()
        assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    assert 'href="/__admin/"' in create_app().test_client().get("/").get_data(as_text=True)
    assert create_app(Settings(admin=False)).test_client().get("/").status_code == 404
    assert create_app().test_client().post("/").status_code == 404
