"""`lsq-contract conduct` as it is typed: a running emulator's journal, and the same calls from files."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from click.testing import CliRunner, Result
from leadsquared_slots.contract_tests.cli.main import main
from leadsquared_slots.contract_tests.emulator.account import Account, Admin
from leadsquared_slots.mock_server import MockServer
from leadsquared_slots.mock_server.conduct import CONDUCT_RULES

pytestmark = [pytest.mark.whole, pytest.mark.wheel]

GOOD = {"FromDate": "2026-03-02", "ToDate": "2026-03-04", "Users": ["a@example.com"], "IncludeAllowedConflictSlots": False}
TOO_LONG = GOOD | {"ToDate": str(date(2026, 9, 1))}


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    """An emulator on a free port."""
    with MockServer() as running:
        yield running


@pytest.fixture
def account(server: MockServer) -> Iterator[Account]:
    """A fresh account of it."""
    opened = Account.open(Admin(server.base_url))
    yield opened
    opened.close()


def conduct(*words: str) -> Result:
    """The command with these words."""
    return CliRunner().invoke(main, ["conduct", *words])


def send(account: Account, *bodies: dict[str, Any], by_query: bool = False) -> None:
    """Calls with these bodies, refused or not."""
    query = f"?accessKey={account.access_key}&secretKey={account.secret_key}"
    for body in bodies:
        headers = {"Content-Type": "application/json"} if by_query else account.headers
        try:
            with urlopen(Request(account.url + (query if by_query else ""), json.dumps(body).encode(), headers)) as reply:
                reply.read()
        except HTTPError as error:
            error.read()


def saved(account: Account, path: str, file: Path) -> str:
    """What the admin interface answers, saved as it came."""
    with urlopen(f"{account.base_url}/__admin{path}?account={account.access_key}") as answer:
        file.write_bytes(answer.read())
    return str(file)


def files_of(account: Account, folder: Path) -> Sequence[str]:
    """The journal of an account in every form that is read: HAR, the answer of the admin interface, one exchange a line."""
    har, listed = saved(account, "/requests.har", folder / "calls.har"), saved(account, "/requests", folder / "requests.json")
    lines = folder / "journal.jsonl"
    lines.write_text("".join(json.dumps(each) + "\n" for each in json.loads(Path(listed).read_text("utf-8"))["requests"]), "utf-8")
    return [har, listed, str(lines)]


def verdicts(output: str) -> dict[str, str]:
    """The verdict of each conduct rule, as printed."""
    return {
        line.split()[-1]: " ".join(line.split()[:-1])
        for line in output.splitlines()
        if line.split()[-1:] and line.split()[-1] in CONDUCT_RULES
    }


def test_0_when_every_rule_held(account: Account, tmp_path: Path) -> None:
    """Each with its verdict, and the same from every file."""
    send(account, GOOD)
    results = [conduct(account.base_url, "--account", account.access_key), *map(conduct, files_of(account, tmp_path))]
    for result in results:
        assert result.exit_code == 0, result.output
        assert [*verdicts(result.output)] == list(CONDUCT_RULES)
        assert verdicts(result.output)["conduct.range"] == "passed"
        assert verdicts(result.output)["conduct.waits"] == "not exercised"
        assert ": 1 call\n" in result.output


def test_1_when_one_was_broken(account: Account, tmp_path: Path) -> None:
    """With what happened and what to do, and the same from every file; no key is printed."""
    send(account, GOOD, TOO_LONG, TOO_LONG)
    results = [conduct(account.base_url, "--account", account.access_key), *map(conduct, files_of(account, tmp_path))]
    for result in results:
        assert result.exit_code == 1, result.output
        assert {rule for rule, verdict in verdicts(result.output).items() if verdict == "failed"} == {"conduct.range", "conduct.no-repeat"}
        assert "100 days" in result.output
        assert account.secret_key not in result.output
    assert account.access_key not in "".join(result.output for result in results)
    assert len({json.dumps(verdicts(result.output)) for result in results}) == 1


def test_0_when_there_is_only_advice(account: Account, tmp_path: Path) -> None:
    """Keys in the query are a finding, in the journal and in files."""
    send(account, GOOD, by_query=True)
    for result in [conduct(account.base_url, "--account", account.access_key), *map(conduct, files_of(account, tmp_path))]:
        assert result.exit_code == 0, result.output
        assert verdicts(result.output)["conduct.keys-in-headers"] == "finding"


def test_several_files_are_judged_one_by_one(account: Account, tmp_path: Path) -> None:
    """A broken rule in one of them counts."""
    send(account, TOO_LONG)
    har, listed, _ = files_of(account, tmp_path)
    result = conduct(har, listed)
    assert result.exit_code == 1, result.output
    assert result.output.count("conduct.range") == 2
    assert "calls.har (" in result.output
    assert "requests.json (" in result.output


def test_2_when_there_is_no_call_to_judge(account: Account, tmp_path: Path) -> None:
    """An empty journal is no success, from the emulator and from files that can be told."""
    har, listed, _ = files_of(account, tmp_path)
    for result in (conduct(account.base_url, "--account", account.access_key), conduct(har), conduct(listed)):
        assert result.exit_code == 2, result.output
        assert "there is no call to judge" in result.output


@pytest.mark.parametrize(
    ("text", "words", "message"),
    [
        ("", ["FILE"], "it holds nothing"),
        ("hello", ["FILE"], "expected a HAR 1.2"),
        ("", ["no-such-file.har"], "no-such-file.har is no file"),
        ("", ["127.0.0.1:8255"], "write its URL"),
        ("", ["FILE", "http://127.0.0.1:9"], "name one URL, or files"),
        ("", ["FILE", "--account", "key"], "--account names an account of a running emulator"),
        ("", [], "Missing argument"),
    ],
)
def test_2_when_the_usage_is_wrong(tmp_path: Path, text: str, words: list[str], message: str) -> None:
    """With what was expected."""
    file = tmp_path / "calls.txt"
    file.write_text(text, "utf-8")
    result = conduct(*(word.replace("FILE", str(file)) for word in words))
    assert result.exit_code == 2, result.output
    assert message in result.output


def test_an_account_that_is_unknown_is_told(server: MockServer) -> None:
    """The emulator is there, the account is not: wrong usage."""
    result = conduct(server.base_url, "--account", "nobody")
    assert result.exit_code == 2, result.output
    assert "nobody" in result.output
