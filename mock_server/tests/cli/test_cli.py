"""The command `lsq-mock`, as a process."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import click
import pytest
from leadsquared_slots.mock_server import MockServer
from leadsquared_slots.mock_server.cli.main import command
from leadsquared_slots.mock_server.service import ENDPOINT
from leadsquared_slots.mock_server.serving.server import CannotListen

from ..support.command import environment, run, serving

pytestmark = [pytest.mark.whole, pytest.mark.wheel]

BODY = b"""{"FromDate": "2018-08-25", "ToDate": "2018-09-25", "Users": ["bobdoe@gmail.com", "jackdoes@gmail.com"],
            "IncludeAllowedConflictSlots": false, "Paging": {"PageIndex": 1, "PageSize": 100}}"""
KEYS = "accessKey=AccessKey&secretKey=SecretKey"


def post(root: str, query: str = KEYS, body: bytes = BODY) -> tuple[int, bytes]:
    request = Request(f"{root}{ENDPOINT}?{query}", body, {"Content-Type": "application/json"})
    try:
        with urlopen(request, timeout=10) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        with error:
            return error.code, error.read()


def test_serve_answers_the_request_of_the_vendors_page_and_ends_cleanly_on_sigterm(tmp_path: Path) -> None:
    with serving(tmp_path) as (root, process):
        status, body = post(root)
        answer = json.loads(body)
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=10)
    assert (status, answer["RecordCount"], len(answer["List"])) == (200, 2, 32)
    assert all(len(day["UserSlots"]) == 2 for day in answer["List"])
    assert process.returncode == 0
    assert f"{root}\n" in log
    assert "seed      0" in log
    assert "profile documented" in log
    access_line = log.splitlines()[-1]
    assert f"POST {ENDPOINT} 200 {len(body)} B" in access_line
    assert "SecretKey" not in access_line


def test_the_call_that_serve_prints_works_when_pasted(tmp_path: Path) -> None:
    with serving(tmp_path) as (root, process):
        assert process.stderr is not None
        printed = ""
        while "-d '" not in printed:
            printed += process.stderr.readline()
        pasted = subprocess.run(["sh", "-c", printed[printed.index("curl") :]], capture_output=True, text=True, timeout=10, check=True)
    assert json.loads(pasted.stdout)["RecordCount"] == 2
    assert root in printed


def test_the_call_that_serve_prints_works_with_any_keys_and_users_and_tells_no_key_that_was_given(tmp_path: Path) -> None:
    """It has the keys of the real form, whose `$` is percent-encoded; an apostrophe in an address does not end the shell's quotes."""
    scenario = tmp_path / "team.toml"
    scenario.write_text('[[user]]\nemail = "o\'neil@example.com"\nzone = "UTC"\n')
    keys = ("--access-key", "u$r&live", "--secret-key", "verysecret")
    with serving(tmp_path, "--scenario", str(scenario), *keys) as (_, process):
        assert process.stderr is not None
        printed = ""
        while "-d " not in printed:
            printed += process.stderr.readline()
        pasted = subprocess.run(["sh", "-c", printed[printed.index("curl") :]], capture_output=True, text=True, timeout=10, check=True)
    assert json.loads(pasted.stdout)["List"][0]["UserSlots"][0]["EmailAddress"] == "o'neil@example.com"
    assert "those that were given" in printed
    assert not any(part in printed for part in ("live", "verysecret"))


def test_ctrl_c_ends_it_cleanly_too(tmp_path: Path) -> None:
    with serving(tmp_path, "--quiet") as (_, process):
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=10) == ("", "")
    assert process.returncode == 0


def test_the_log_as_json_has_a_line_for_each_request_and_no_key(tmp_path: Path) -> None:
    with serving(tmp_path, "--log-format", "json", "--rate-limit", "1/5s", "--now", "2026-01-05T09:00:00Z") as (root, process):
        post(root)
        post(root)
        post(root, "accessKey=AccessKey&secretKey=Sesame")
        process.send_signal(signal.SIGTERM)
        out, log = process.communicate(timeout=10)
    assert json.loads(out)["event"] == "listening"
    lines = [json.loads(line) for line in log.splitlines()]
    assert [(line["status"], line["at"]) for line in lines] == [(status, "2026-01-05T09:00:00+00:00") for status in (200, 429, 401)]
    assert "Sesame" not in log


def options_of(name: str) -> dict[str, str]:
    """Every option of a command, and its environment variable."""
    options = [option for option in command.commands[name].params if isinstance(option, click.Option)]
    return {option.opts[0]: str(option.envvar) for option in options}


@pytest.mark.parametrize("name", sorted(command.commands))
def test_every_option_has_an_environment_variable_of_its_name(name: str) -> None:
    for option, variable in options_of(name).items():
        prefix = "LSQ" if option in ("--access-key", "--secret-key") else "LSQ_MOCK"
        assert variable == f"{prefix}_{option.removeprefix('--').replace('-', '_').upper()}"


def test_serve_has_the_options_that_other_peoples_scripts_use() -> None:
    promised = """--host --port --port-file --seed --scenario --profile --plan --rate-limit --no-rate-limit --access-key --secret-key
                  --tls --tls-cert --tls-key --now --admin-token --no-admin --log-format --no-access-log --quiet"""
    assert set(promised.split()) <= set(options_of("serve"))
    assert {"--include-allowed-conflicts", "--seed", "--scenario", "--profile"} <= set(options_of("explain"))
    assert {"--url"} <= set(options_of("healthcheck"))


def test_what_environment_variables_say_holds(tmp_path: Path) -> None:
    more = {
        "LSQ_MOCK_PLAN": "lite",
        "LSQ_MOCK_NOW": "2026-01-05T09:00:00Z",
        "LSQ_ACCESS_KEY": "me",
        "LSQ_SECRET_KEY": "you",
        "LSQ_MOCK_QUIET": "1",
    }
    with serving(tmp_path, **more) as (root, process):
        assert [post(root, "accessKey=me&secretKey=you")[0] for _ in range(3)] == [200, 200, 429]
        assert post(root)[0] == 401
        process.terminate()
        assert process.communicate(timeout=10) == ("", "")


def test_a_flag_comes_before_what_a_scenario_says(tmp_path: Path) -> None:
    with serving(tmp_path, "--scenario", "throttled", "--no-rate-limit") as (root, _):
        assert {post(root)[0] for _ in range(4)} == {200}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("serve", "--scenario", "plane-week"), "did you mean 'plain-week'"),
        (("serve", "--profile", "observd"), "documented or observed"),
        (("serve", "--plan", "gold"), "enterprise"),
        (("serve", "--rate-limit", "many"), "25/5s"),
        (("serve", "--plan", "pro", "--no-rate-limit"), "--plan and --no-rate-limit contradict each other"),
        (("serve", "--tls", "--tls-cert", "c.pem"), "--tls and --tls-cert contradict each other"),
        (("serve", "--admin-token", "t", "--no-admin"), "--admin-token and --no-admin contradict each other"),
        (("serve", "--scenario", "missing.toml"), "missing.toml cannot be read: No such file or directory"),
        (("serve", "--profile", "missing.toml"), "missing.toml cannot be read: No such file or directory"),
        (("serve", "--now", "noon"), "2026-01-05T09:00:00Z"),
        (("serve", "--port", "99999"), "65535"),
        (("serve", "--tls-key", "k.pem"), "--tls-cert"),
        (("serve", "--log-format", "xml"), "json"),
        (("serve", "--tls-cert", "missing.pem", "--port", "0"), "missing.pem"),
        (("serve", "--port", "0", "--port-file", "missing/port"), "--port-file missing/port cannot be written"),
        (("serve", "--host", "192.0.2.1"), "choose an address of this machine with --host"),
        (("serve", "--access-key", "ü"), "cannot travel in a header"),
        (("serve", "--secret-key", "a b"), "cannot travel in a header"),
        (("explain", "nobody", "2026-03-02"), "'nobody'; it is no email address"),
        (("explain", "unknown@example.com", "2026-03-02"), "every address is a user here, except those that start with `unknown`"),
        (("srve",), "No such command"),
    ],
)
def test_an_unknown_value_refuses_to_start_and_names_the_accepted_ones(arguments: tuple[str, ...], says: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "option", ["--host", "--access-key", "--secret-key", "--rate-limit", "--scenario", "--profile", "--admin-token", "--redis-url", "--now"]
)
def test_an_empty_value_refuses_to_start_and_never_passes_for_the_default(option: str) -> None:
    """`--admin-token "$TOKEN"` with a variable that was never set would be a server without a token."""
    done = run("serve", "--port", "0", option, "")
    assert done.returncode == 2
    assert option in done.stderr


def test_a_mistake_in_a_scenario_file_is_shown_with_its_line_and_the_nearest_right_key(tmp_path: Path) -> None:
    file = tmp_path / "team.toml"
    file.write_text('title = "T"\n\n[[user]]\nemail = "a@b.c"\nzone = "UTC"\ntemplte = "Day"\n')
    done = run("serve", "--scenario", str(file))
    assert done.returncode == 2
    assert f"{file}, line 6" in done.stderr
    assert "did you mean 'template'?" in done.stderr


def test_a_port_that_is_taken_is_named_with_what_to_do() -> None:
    with MockServer() as server:
        done = run("serve", "--port", str(server.port))
        assert done.returncode == 2
        assert f"port {server.port}" in done.stderr
        assert "--port" in done.stderr
        with pytest.raises(CannotListen), MockServer(port=server.port):
            pass


def test_healthcheck_tells_a_healthy_server_from_none() -> None:
    with MockServer() as server:
        assert run("healthcheck", "--url", server.base_url).returncode == 0
        assert run("healthcheck", LSQ_MOCK_PORT=str(server.port)).returncode == 0
        url = server.base_url
    assert run("healthcheck", "--url", url).returncode == 1
    assert run("healthcheck", "--url", "here").returncode == 1


def test_healthcheck_works_without_an_admin_interface_and_with_a_token() -> None:
    with MockServer(admin=False) as server:
        assert run("healthcheck", "--url", server.base_url).returncode == 0
    with MockServer(admin_token="t") as server:
        assert run("healthcheck", "--url", server.base_url).returncode == 1
        assert run("healthcheck", "--url", server.base_url, LSQ_MOCK_ADMIN_TOKEN="t").returncode == 0


def test_scenarios_lists_each_with_one_line() -> None:
    lines = run("scenarios").stdout.splitlines()
    assert len(lines) >= 12
    assert all(len(line.split("  ", 1)) == 2 for line in lines)
    first, *others = (line.split()[0] for line in lines)
    assert first == "generated"
    assert others == sorted(others)


def test_a_profile_of_ones_own_extends_a_shipped_one(tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    file.write_text('extends = "observed"\nrate-limit-status = 403\n')
    with serving(tmp_path, "--profile", str(file), "--rate-limit", "1/5s", "--now", "2026-01-05T09:00:00Z") as (root, _):
        statuses = [post(root)[0], post(root)[0]]
    assert statuses == [200, 403]
    file.write_text('extends = "observed"\nrate-limit-statos = 403\n')
    done = run("serve", "--profile", str(file))
    assert (done.returncode, "line 2" in done.stderr, "rate-limit-status" in done.stderr) == (2, True, True)


def test_serving_imports_only_what_it_needs() -> None:
    program = """
import sys
from leadsquared_slots.mock_server.serving.server import Server
from leadsquared_slots.mock_server.accounts.settings import Settings
server = Server(Settings())
server.front.handle("POST", "/v2/x", "", {}, b"")
heavy = {"flask", "werkzeug", "jinja2", "jsonschema", "faker", "holidays", "yaml", "trustme", "rich"}
heavy |= {"hypothesis", "schemathesis", "pytest"}
print(sorted(heavy & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], env=environment(), capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
