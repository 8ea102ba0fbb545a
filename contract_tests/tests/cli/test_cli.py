"""The command: its exit codes, its environment, its files, and that no key comes out of it."""

import json
import shlex
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from leadsquared_slots.contract_tests.cli.main import main
from leadsquared_slots.contract_tests.mutants import mutants
from leadsquared_slots.contract_tests.mutants.serving import mutated_app
from leadsquared_slots.mock_server import MockServer
from leadsquared_slots.mock_server.contract.documents import ledger
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED

from ..support.oracle_server import ACCESS, EMPTY_LIST, JSON, SECRET, always
from ..support.serving import on_a_socket

pytestmark = [pytest.mark.whole, pytest.mark.wheel]

VENDOR_KEYS = {"LSQ_ACCESS_KEY": "AccessKey", "LSQ_SECRET_KEY": "SecretKey"}
FEW = ["--only", "request.date-order", "slots.sorted", "--max-examples", "1"]


@pytest.fixture(scope="module")
def emulator() -> Iterator[MockServer]:
    """An emulator on a free port."""
    with MockServer(seed=3) as server:
        yield server


def lsq_contract(*words: str, **environment: str) -> Result:
    """The command with these words, and nothing of the surroundings' keys."""
    keys = {"LSQ_ACCESS_KEY": ACCESS, "LSQ_SECRET_KEY": SECRET}
    return CliRunner().invoke(main, words, env=keys | environment)


def check_emulator(emulator: MockServer, *words: str, **environment: str) -> Result:
    """`check` on the emulator, under the keys that it was started with."""
    keys = {"LSQ_ACCESS_KEY": emulator.access_key, "LSQ_SECRET_KEY": emulator.secret_key}
    return lsq_contract("check", emulator.base_url, *words, **keys | environment)


def test_0_when_all_held(emulator: MockServer) -> None:
    """The plan is printed before it starts, and the sum at the end."""
    result = check_emulator(emulator, *FEW, "--no-color")
    assert result.exit_code == 0, result.output
    assert result.output.index("never more than 25 calls in 5 s") < result.output.index("The contract holds")


def test_1_when_a_rule_was_broken() -> None:
    """And the failure says what, by which rule, and how to see it again, without the keys."""
    with on_a_socket(EMPTY_LIST) as url:
        result = lsq_contract("check", url, "--user", "a@x.example", "--only", "request.range-101", "--no-color")
    assert result.exit_code == 1, result.output
    assert "request.range-101" in result.output
    assert "$LSQ_SECRET_KEY" in result.output
    assert "lsq-contract check http://127.0.0.1" in result.output
    assert ACCESS not in result.output
    assert SECRET not in result.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--user", "a@x.example", "--only", "slots.sort"], "did you mean 'slots.sorted'"),
        ([], "--user ADDRESS"),
        (["--user", "a@x.example", "--profile", "guess"], "unknown profile 'guess'"),
        (["--user", "a@x.example", "--scenario", "plain-weak"], "did you mean 'plain-week'"),
        (["--user", "a@x.example", "--rate", "25"], "CALLS/SECONDSs"),
        (["--user", "a@x.example", "--from", "02.03.2026"], "expected yyyy-MM-dd"),
        (["--user", "a@x.example", "--from", "2026-03-02", "--to", "2026-03-01"], "swap them"),
        (["--budget", "0"], "budget"),
        (["--secret-key", ""], "LSQ_SECRET_KEY"),
        (["--colour"], "--no-color"),
    ],
)
def test_2_when_the_usage_is_wrong(words: list[str], message: str) -> None:
    """With what to change, in one line."""
    with on_a_socket(EMPTY_LIST) as url:
        result = lsq_contract("check", url, *words)
    assert result.exit_code == 2, result.output
    assert message in result.output


@pytest.mark.parametrize("url", ["127.0.0.1:8255", "http://user:word@127.0.0.1", "file:///etc/passwd"])
def test_2_when_the_url_is_none(url: str) -> None:
    """The root of a host, over HTTP or HTTPS."""
    result = lsq_contract("check", url, "--user", "a@x.example")
    assert result.exit_code == 2
    assert "root of a host" in result.output


def test_3_when_nobody_answers() -> None:
    """With users named, and without."""
    for words in ([], ["--user", "a@x.example"]):
        result = lsq_contract("check", "http://127.0.0.1:9", *words)
        assert result.exit_code == 3
        assert "does not answer" in result.output


def test_3_when_the_keys_are_refused() -> None:
    """Without a word of the keys, though the server throws them back."""
    body = json.dumps({"Status": "Error", "ExceptionType": "MXInvalidUserDetailsException", "ExceptionMessage": f"{ACCESS}?"})
    with on_a_socket(always(401, JSON, body.encode())) as url:
        result = lsq_contract("check", url, "--user", "a@x.example")
    assert result.exit_code == 3
    assert "refuses the keys" in result.output
    assert ACCESS not in result.output


def test_every_flag_has_an_environment_variable(emulator: MockServer) -> None:
    """A flag on the command line comes first."""
    environment = {
        "LSQ_CONTRACT_ONLY": "request.date-order,slots.sorted",
        "LSQ_CONTRACT_BUDGET": "123",
        "LSQ_CONTRACT_SEED": "5",
        "LSQ_CONTRACT_NO_COLOR": "1",
    }
    result = check_emulator(emulator, "--seed", "6", **environment)
    assert "of at most 123 calls" in result.output
    assert "seed 6" in result.output
    quiet = check_emulator(emulator, LSQ_CONTRACT_QUIET="1", **environment)
    assert "of at most 123 calls" not in quiet.output


def test_several_rules_follow_one_flag(emulator: MockServer) -> None:
    """`--only A B` is `--only A --only B`, wherever the URL stands."""
    words = ["check", "--only", "request.date-order", "slots.sorted", emulator.base_url, "--access-key", emulator.access_key]
    result = lsq_contract(*words, "--secret-key", emulator.secret_key, "--no-color")
    assert result.exit_code == 0, result.output
    assert "Plan      2 checks" in result.output


def test_reports_are_written(emulator: MockServer, tmp_path: Path) -> None:
    """JSON, JUnit and HTML from one run, into folders that are made."""
    paths = {kind: tmp_path / "out" / f"report.{kind}" for kind in ("json", "xml", "html")}
    result = check_emulator(
        emulator, *FEW, "--json", str(paths["json"]), "--junit", str(paths["xml"]), "--html", str(paths["html"])
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert json.loads(paths["json"].read_text("utf-8"))["exitCode"] == 0
    assert 'name="request.date-order"' in paths["xml"].read_text("utf-8")
    assert paths["html"].read_text("utf-8").startswith("<!")


def test_a_server_with_a_scenario_is_compared_with_the_oracle() -> None:
    """`--scenario` names what the server has loaded; a server with another one is caught."""
    from leadsquared_slots.mock_server import Scenario

    only = ("--only", "calendar-of-the-scenario", "--no-color")
    with MockServer(scenario=Scenario.load("two-shifts"), admin=False) as server:
        keys = {"LSQ_ACCESS_KEY": server.access_key, "LSQ_SECRET_KEY": server.secret_key}
        right = lsq_contract("check", server.base_url, "--scenario", "two-shifts", "--strict", *only, **keys)
        wrong = lsq_contract("check", server.base_url, "--scenario", "plain-week", "--strict", *only, **keys)
    assert right.exit_code == 0, right.output
    assert wrong.exit_code == 1, wrong.output


@pytest.mark.breadth
@pytest.mark.parametrize("name", ["count-of-entries", "first-shift-only"])
def test_every_printed_command_replays_its_failure(name: str, tmp_path: Path) -> None:
    """Each rule that was found broken is found broken again by the command below it, in a run that looks at little else."""
    found = report_of(name, tmp_path, "--strict", "--allow-burst", "--rate", "1000/1s", "--max-examples", "2")
    assert found
    for rule, command in found.items():
        words = shlex.split(command)
        assert words[:2] == ["lsq-contract", "check"]
        with served_mutant(name) as url:
            replayed = lsq_contract("check", url, *words[3:], "--json", str(tmp_path / "again.json"), **VENDOR_KEYS)
        assert replayed.exit_code == 1, f"{command}\n{replayed.output}"
        assert rule in rules_of(tmp_path / "again.json"), command


def report_of(name: str, folder: Path, *words: str) -> dict[str, str]:
    """The rules that a run finds broken in a mutant, each with the command that replays it."""
    with served_mutant(name) as url:
        lsq_contract("check", url, *words, "--json", str(folder / "report.json"), **VENDOR_KEYS)
    return rules_of(folder / "report.json")


def rules_of(report: Path) -> dict[str, str]:
    """The broken rules of a report with their commands."""
    return {failure["rule"]: failure["replay"] for failure in json.loads(report.read_text("utf-8"))["failures"]}


@contextmanager
def served_mutant(name: str) -> Iterator[str]:
    """A mutant on a socket, young."""
    with on_a_socket(mutated_app(mutants()[name], DOCUMENTED, seed=0, clock=time.time)) as url:
        yield url


def test_rules_lists_the_ledger_with_its_checks() -> None:
    """As text and as JSON; a rule without a check says why."""
    listed: list[dict[str, Any]] = json.loads(lsq_contract("rules", "--json").output)["rules"]
    assert [entry["id"] for entry in listed] == list(ledger())
    assert all(entry["checks"] or entry["inside"] for entry in listed)
    text = lsq_contract("rules").output
    assert "slots.sorted  [inferred]\n    Slots ascend and do not overlap." in text
    assert "checks: slots-ascend" in text


def test_a_server_without_the_kit_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 2 and the command, and no traceback."""
    import importlib.util

    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "hypothesis" else find(name))
    result = lsq_contract("check", "http://127.0.0.1:9")
    assert result.exit_code == 2
    assert 'pip install "leadsquared-slots[kit]"' in result.output
