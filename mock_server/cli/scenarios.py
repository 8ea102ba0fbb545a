"""What `lsq-mock scenarios` prints: the list, one scenario, the outcome of a check, the schema."""

import re
from pathlib import Path

from leadsquared_slots.mock_server.accounts.scenario import Scenario, built_in_scenarios
from leadsquared_slots.mock_server.contract.bundled import bundled_file, bundled_text
from leadsquared_slots.mock_server.contract.documents import scenario_files
from leadsquared_slots.mock_server.domain.errors import DomainError

_SCHEMA_LINE = re.compile(r"\A#:schema [^\n]*\n")


def listed_text() -> str:
    """Return the built-in scenarios, one line each."""
    listed = list(built_in_scenarios())
    width = max(len(scenario.name) for scenario in listed)
    return "".join(f"{scenario.name:{width}}  {scenario.title}\n" for scenario in listed)


def printed_text(name: str) -> str:
    """Return a built-in scenario as it stands in its file; its `#:schema` line names the installed schema. Raises DomainError."""
    Scenario.named(name)  # refuses a name that there is not, with the nearest one
    if name not in scenario_files():
        raise DomainError(
            f"the scenario {name!r} has no file", "every address is a user there: look at one with lsq-mock explain USER today"
        )
    line = f"#:schema {bundled_file('scenario').resolve().as_uri()}\n"
    return _SCHEMA_LINE.sub(lambda _: line, scenario_files()[name].read_text("utf-8"))


def checked_text(file: str) -> str:
    """Return that a scenario file is one, and what it holds. Raises ScenarioError, which says where it is not; DomainError for no file."""
    if not file.endswith(".toml") or not Path(file).is_file():
        raise DomainError(f"{file!r} is no TOML file", "give the path of a file that ends in .toml")
    scenario = Scenario.load(file)
    users = f"{len(scenario.users)} user{'s' if len(scenario.users) != 1 else ''}"
    warnings = "".join(f"\n  warning: {text}" for text in scenario.warnings)
    return f"{file}: a scenario with {users}, {'open' if scenario.is_open else 'closed'} directory{warnings}"


def schema_text() -> str:
    """Return the JSON Schema of scenario files, one self-contained document."""
    return bundled_text("scenario")
