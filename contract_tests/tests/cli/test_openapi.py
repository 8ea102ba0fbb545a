"""`lsq-contract openapi`: the document that an emulator serves, without one."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from leadsquared_slots.contract_tests.cli.main import main
from leadsquared_slots.mock_server.contract.openapi import of_one_status, openapi_document


@pytest.mark.parametrize("version", ["3.1", "3.0"])
def test_the_printed_document_is_the_served_one(version: str, tmp_path: Path) -> None:
    """On standard output or in a file, in the version that was asked for."""
    printed = CliRunner().invoke(main, ["openapi", "--version", version])
    file = tmp_path / "openapi.json"
    written = CliRunner().invoke(main, ["openapi", "--version", version, "--output", str(file)])
    assert (printed.exit_code, written.exit_code, written.output) == (0, 0, "")
    assert printed.output == file.read_text("utf-8")
    assert json.loads(printed.output) == openapi_document(version)


def test_one_answer_alone_is_printed() -> None:
    """As an emulator serves it with `?status=`."""
    printed = CliRunner().invoke(main, ["openapi", "--status", "429"])
    assert json.loads(printed.output) == of_one_status(openapi_document(), "429")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--version", "2.0"], "'3.1', '3.0'"),
        (["--output", "/no-such-folder/x"], "choose a file"),
        (["--status", "418"], "--status is '418', expected one of 200, 400, 401, 404, 429, 500"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_is_right(words: list[str], message: str) -> None:
    """Neither a traceback nor another version."""
    result = CliRunner().invoke(main, ["openapi", *words])
    assert result.exit_code == 2
    assert message in result.output
