"""The schemas for editors: one document each, shipped, served and printed, and of one mind with the files that they are made of."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from leadsquared_slots.mock_server import create_app
from leadsquared_slots.mock_server.accounts.scenario import Scenario
from leadsquared_slots.mock_server.cli.main import command
from leadsquared_slots.mock_server.contract.bundled import BUNDLED, bundled_file, bundled_schema, bundled_text
from leadsquared_slots.mock_server.contract.documents import scenario_files
from leadsquared_slots.mock_server.domain.errors import DomainError

each_schema = pytest.mark.parametrize("name", BUNDLED)


@each_schema
def test_the_shipped_copy_is_up_to_date(name: str) -> None:
    """Write it again with `bundled_text` when a schema has changed: python -m leadsquared_slots.mock_server.contract.bundled."""
    assert bundled_file(name).read_text("utf-8") == bundled_text(name)


@each_schema
def test_nothing_in_it_refers_to_another_file(name: str) -> None:
    """No relative `$id`, and every reference leads to a part of it."""
    schema = bundled_schema(name)
    Draft202012Validator.check_schema(schema)
    text = json.dumps(schema)
    assert '"$id"' not in text
    for reference in re.findall(r'"\$ref": "([^"]*)"', text):
        node: Any = schema
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]


@each_schema
def test_it_is_served(name: str) -> None:
    """At a path of the admin interface."""
    assert create_app().test_client().get(f"/__admin/{name}.schema.json").json == bundled_schema(name)


def test_it_judges_scenarios_as_the_files_do() -> None:
    """Each built-in scenario is valid; with a misspelt key it is not."""
    validator = Draft202012Validator(bundled_schema("scenario"))
    for file in scenario_files().values():
        document = json.loads(json.dumps(tomllib.loads(file.read_text("utf-8")), default=str).replace("+00:00", "Z"))
        document = json.loads(re.sub(r'("\d{4}-\d\d-\d\d) (\d\d:)', r"\1T\2", json.dumps(document)))
        assert validator.is_valid(document), file
        assert not validator.is_valid(document | {"tilte": "x"})


def said(*words: str) -> Any:
    """What `lsq-mock scenarios` says."""
    return CliRunner().invoke(command, ["scenarios", *words])


def test_a_scenario_is_printed_with_the_schema_of_the_installed_copy() -> None:
    """A file:// URL, so that the printed file is checked in an editor wherever it is put."""
    for name, file in scenario_files().items():
        text = said(name).output
        first, _, rest = text.partition("\n")
        assert first == f"#:schema {bundled_file('scenario').resolve().as_uri()}"
        assert rest == file.read_text("utf-8").partition("\n")[2]
        assert Scenario.parse(text).title == Scenario.named(name).title
    assert "did you mean 'night-shift'" in str(said("nightshift").exception)
    assert "has no file" in str(said("generated").exception)


def test_the_schema_is_printed() -> None:
    """As it is served."""
    assert json.loads(said("--schema").output) == bundled_schema("scenario")


def test_a_file_is_checked_without_serving_it(tmp_path: Path) -> None:
    """What it holds; or where it is wrong, with the nearest right key."""
    file = tmp_path / "own.toml"
    file.write_text('[[user]]\nemail = "zoo@lsqdev.in"\nzone = "Asia/Kolkata"\n', "utf-8")
    assert said("--check", str(file)).output == f"{file}: a scenario with 1 user, closed directory\n"
    file.write_text('[[user]]\nemial = "zoo@lsqdev.in"\nzone = "Asia/Kolkata"\n', "utf-8")
    assert "did you mean 'email'" in str(said("--check", str(file)).exception)
    for missing in (str(tmp_path / "none.toml"), "night-shift"):
        assert isinstance(said("--check", missing).exception, DomainError)


def test_one_thing_at_a_time() -> None:
    """Of two, one would be passed over."""
    assert said("night-shift", "--schema").exit_code == 2
