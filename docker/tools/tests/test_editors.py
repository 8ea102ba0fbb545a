"""Scenario files in editors: taplo, the engine of Even Better TOML, reads our schema and uses it."""

from pathlib import Path

from leadsquared_slots.mock_server.contract.bundled import bundled_file
from leadsquared_slots.mock_server.contract.documents import scenario_files

from .conftest import ROOT, Tool


def test_taplo_is_content_with_every_scenario(tool: Tool) -> None:
    """With the shipped schema, from any folder."""
    tool("taplo", "lint", "--schema", bundled_file("scenario").as_uri(), *scenario_files().values())


def test_taplo_finds_what_is_wrong(tool: Tool, tmp_path: Path) -> None:
    """A misspelt key: the schema is not only read."""
    file = tmp_path / "own.toml"
    file.write_text('[[user]]\nemial = "zoo@lsqdev.in"\n', "utf-8")
    done = tool("taplo", "lint", "--schema", bundled_file("scenario").as_uri(), file, cwd=tmp_path, status=1)
    assert "emial" in done.stderr


def test_check_jsonschema_is_content_with_every_scenario_from_any_folder(tool: Tool, tmp_path: Path) -> None:
    """One document: nothing has to lie beside it."""
    schema = tmp_path / "scenario.json"
    schema.write_bytes(bundled_file("scenario").read_bytes())
    tool("check-jsonschema", "--schemafile", schema, *scenario_files().values(), cwd=tmp_path)


def test_a_printed_scenario_names_the_schema_that_judges_it(tool: Tool, tmp_path: Path) -> None:
    """`lsq-mock scenarios NAME` as it is printed, by its first line alone; a misspelt key is found."""
    file = tmp_path / "own.toml"
    file.write_text(tool(ROOT / ".venv" / "bin" / "lsq-mock", "scenarios", "two-shifts").stdout, "utf-8")
    tool("taplo", "lint", file, cwd=tmp_path)
    file.write_text(file.read_text("utf-8").replace("email =", "emial ="), "utf-8")
    assert "emial" in tool("taplo", "lint", file, cwd=tmp_path, status=1).stderr


def test_taplo_reads_the_schema_of_profiles(tool: Tool, tmp_path: Path) -> None:
    """An answer that the question does not have is found."""
    schema = bundled_file("profile").as_uri()
    file = tmp_path / "own.toml"
    file.write_text('breaks = "kept"\n', "utf-8")
    tool("taplo", "lint", "--schema", schema, file, cwd=tmp_path)
    file.write_text('breaks = "keptt"\n', "utf-8")
    assert "keptt" in tool("taplo", "lint", "--schema", schema, file, cwd=tmp_path, status=1).stderr
