"""`lsq-contract consumer` as it is typed: its exit codes, its flags, and its files."""

import json
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator, FormatChecker
from leadsquared_slots.contract_tests.cli.main import main
from leadsquared_slots.contract_tests.consumer.situations import situations
from leadsquared_slots.contract_tests.mutants.callers.registry import CLIENT
from leadsquared_slots.contract_tests.run.results import Verdict
from leadsquared_slots.mock_server import MockServer
from leadsquared_slots.mock_server.conduct import CONDUCT_RULES
from leadsquared_slots.mock_server.contract.documents import SCHEMAS

from ..support.oracle_server import EMPTY_LIST, always
from ..support.serving import on_a_socket

pytestmark = [pytest.mark.whole, pytest.mark.wheel]

GOOD = (sys.executable, "-S", str(CLIENT), "correct")
FORGETS_BREAKS = (sys.executable, "-S", str(CLIENT), "forgets-breaks")


def consumer(*words: str, command: tuple[str, ...] = GOOD, **environment: str) -> Result:
    """The command with these words and this driver."""
    return CliRunner().invoke(main, ["consumer", *words, "--no-color", "--", *command], env=environment)


def test_0_when_the_application_survives() -> None:
    """And the last line says what was looked at."""
    result = consumer("--only", "breaks", "midnight")
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[-1].startswith("The application survives this vendor: ")
    assert "36 not run" in result.output.splitlines()[-1]


def test_0_on_a_running_emulator_whose_other_accounts_are_left_alone() -> None:
    """`--url` takes the root of the host, with a slash or without."""
    with MockServer() as server:
        result = consumer("--only", "plain", "--url", f"{server.base_url}/")
        journal = CliRunner().invoke(main, ["conduct", server.base_url])
    assert result.exit_code == 0, result.output
    assert journal.exit_code == 2, journal.output


def test_1_when_the_times_are_wrong() -> None:
    """What the application said, what was right, and the likely cause."""
    result = consumer("--only", "breaks", command=FORGETS_BREAKS)
    assert result.exit_code == 1, result.output
    for words in ("✗ breaks", "it gave wrong times", "too much:", "Most likely", "Calls"):
        assert words in result.output


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("raise SystemExit('out of cheese')", ["it exited with 1", "out of cheese"]),
        ("print('no result')", ["the application crashed", "no result"]),
        ("""print('{"results": []}')""", ["for 1 question"]),
        ("import time; time.sleep(600)", ["it did not end within 1 s"]),
    ],
)
def test_1_when_the_application_crashes(program: str, words: list[str]) -> None:
    """What it wrote is shown."""
    result = consumer("--only", "plain", "--timeout", "1", command=(sys.executable, "-S", "-c", program))
    assert result.exit_code == 1, result.output
    assert [each for each in words if each not in result.output] == []


@pytest.mark.parametrize(
    ("words", "command", "message"),
    [
        (["--only", "plain"], ("no-such-command-here",), "no-such-command-here cannot be started"),
        (["--only", "plain"], (), "there is no COMMAND"),
        (["--only", "midnigth"], GOOD, "did you mean 'midnight'"),
        (["--skip", "conduct.wait"], GOOD, "did you mean 'conduct.waits'"),
        (["--only", "plain", "--profile", "observd"], GOOD, "unknown profile 'observd'"),
        (["--only", "plain", "--url", "127.0.0.1:8255"], GOOD, "write http://127.0.0.1:8255"),
        (["--only", "plain", "--timeout", "0"], GOOD, "'0' is no time"),
        (["--only", "plain", "--json", "/dev/null/report.json"], GOOD, "/dev/null/report.json cannot be written"),
    ],
)
def test_2_when_the_usage_is_wrong(words: list[str], command: tuple[str, ...], message: str) -> None:
    """With what to change."""
    result = consumer(*words, command=command)
    assert result.exit_code == 2, result.output
    assert message in " ".join(result.output.split())


def test_2_when_nothing_is_looked_at() -> None:
    result = consumer("--only", "plain", "--skip", "plain", *CONDUCT_RULES)
    assert result.exit_code == 2, result.output
    assert "Nothing was looked at" in result.output


@pytest.mark.parametrize("command", [["conduct", "URL"], ["consumer", "--only", "plain", "--url", "URL", "--", *GOOD]])
def test_3_when_there_is_no_emulator(command: list[str]) -> None:
    """Nobody at all, or somebody else: a page, JSON of another kind."""
    others = [always(200, "text/html", b"<html>"), always(200, "application/json", b"{}"), always(404, "text/html", b"?"), EMPTY_LIST]
    runs = [CliRunner().invoke(main, [word.replace("URL", "http://127.0.0.1:9") for word in command])]
    for other in others:
        with on_a_socket(other) as url:
            runs.append(CliRunner().invoke(main, [word.replace("URL", url) for word in command]))
    assert [run.exit_code for run in runs] == [3] * len(runs), [run.output for run in runs]
    assert "no emulator answers" in runs[0].output
    assert all("emulator" in run.output for run in runs)


def test_the_list_names_every_situation_and_conduct_rule() -> None:
    """With a sentence and a grade for each; no driver is needed."""
    result = CliRunner().invoke(main, ["consumer", "--list"])
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert [line.split()[0] for line in lines] == [*situations(), *CONDUCT_RULES]
    assert all(line.endswith("]") and len(line.split()) > 5 for line in lines)


def test_every_flag_has_an_environment_variable() -> None:
    result = consumer(LSQ_CONTRACT_ONLY="plain,breaks", LSQ_CONTRACT_SEED="5", LSQ_CONTRACT_PROFILE="observed")
    assert result.exit_code == 0, result.output
    assert "2 situations" in result.output
    assert "profile observed, seed 5" in result.output


def test_files_say_what_the_terminal_says(tmp_path: Path) -> None:
    """JSON that fits its schema, JUnit and HTML of one run, into a folder that is made."""
    document, junit, html, output = reported(tmp_path, "--only", "breaks", "plain", "--examples", "1", command=FORGETS_BREAKS)
    came = {each["id"]: each["verdict"] for each in (*document["situations"], *document["rules"])}
    assert [*came] == [*situations(), *CONDUCT_RULES]
    assert (came["breaks"], came["plain"], came["midnight"]) == ("failed", "passed", "not run")
    assert (came["conduct.attributes"], came["conduct.waits"]) == ("passed", "not exercised")
    assert document["exitCode"] == 1
    assert document["summary"] == {verdict.value: [*came.values()].count(verdict.value) for verdict in Verdict}
    failed = next(each for each in document["situations"] if each["id"] == "breaks")
    assert failed["problem"]
    assert failed["calls"]
    assert failed["cause"] in output
    cases = {str(case.get("name")): case for case in junit.iter("testcase")}
    assert [*cases] == [*came, "examples"]
    shown = {name: "failed" if case.find("failure") is not None else "skipped" if len(case) else "passed" for name, case in cases.items()}
    assert {name: shown[name] for name in came} == {
        name: "skipped" if verdict in ("not run", "not exercised") else verdict for name, verdict in came.items()
    }
    assert shown["examples"] == document["examples"]["verdict"]
    assert all(name in html for name in came)
    assert failed["problem"] in html


def reported(folder: Path, *words: str, command: tuple[str, ...]) -> tuple[dict[str, Any], ElementTree.Element, str, str]:
    """What a run writes: JSON that is held to its schema, JUnit, HTML, and to the terminal."""
    paths = {kind: folder / "out" / f"report.{kind}" for kind in ("json", "junit", "html")}
    files = [word for kind, path in paths.items() for word in (f"--{kind}", str(path))]
    result = consumer(*words, *files, command=command)
    document = json.loads(paths["json"].read_text("utf-8"))
    assert result.exit_code == document["exitCode"], result.output
    schema = json.loads((SCHEMAS / "consumer-report.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(document)
    junit = ElementTree.fromstring(paths["junit"].read_text("utf-8"))  # noqa: S314 - our own text
    return document, junit, paths["html"].read_text("utf-8"), result.output


def test_only_a_conduct_rule_judges_conduct_and_no_result(tmp_path: Path) -> None:
    """Wrong times count for nothing there, a broken rule does, and what is skipped is not run."""
    skip = ("--skip", *(name for name in situations() if name != "breaks"))
    document, *_ = reported(tmp_path, "--only", "conduct.content-type", *skip, command=FORGETS_BREAKS)
    came = {each["id"]: each["verdict"] for each in (*document["situations"], *document["rules"])}
    assert (came.pop("conduct.content-type"), set(came.values()), document["exitCode"]) == ("passed", {"not run"}, 0)
    text_plain = (sys.executable, "-S", str(CLIENT), "text-plain")
    document, *_ = reported(tmp_path, "--only", "conduct.content-type", *skip, command=text_plain)
    rules = {each["id"]: each for each in document["rules"]}
    assert (rules["conduct.content-type"]["verdict"], document["exitCode"]) == ("failed", 1)
    assert {each["situation"] for each in rules["conduct.content-type"]["findings"]} == {"breaks"}
    document, *_ = reported(tmp_path, "--only", "breaks", "--skip", "conduct.content-type", command=text_plain)
    assert {each["id"]: each["verdict"] for each in document["rules"]}["conduct.content-type"] == "not run"


def test_advice_is_a_finding_and_changes_no_exit_code(tmp_path: Path) -> None:
    """Also with `--strict`."""
    by_query = (sys.executable, "-S", str(CLIENT), "correct", "100", "query")
    document, *_ = reported(tmp_path, "--only", "plain", "--strict", command=by_query)
    assert document["exitCode"] == 0
    assert {each["id"] for each in document["rules"] if each["verdict"] == "finding"} == {"conduct.keys-in-headers"}


def test_quiet_is_the_last_line() -> None:
    """Where nothing fails and nothing is advised."""
    result = consumer("--only", "plain", "--quiet")
    assert [line.partition(":")[0] for line in result.output.strip().splitlines()] == ["The application survives this vendor"]
