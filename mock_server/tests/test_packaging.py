"""The package list, and the two names that a module could have in a checkout."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
PROJECT = TOP / "pyproject.toml"
pytestmark = [
    pytest.mark.skipif(
        not (TOP / "mock_server" / "__init__.py").exists(), reason="the checkout's code is not here: these are the tests of the wheel"
    ),
    pytest.mark.wheel,
]


def test_every_folder_of_code_and_data_is_in_the_package_list_and_no_other() -> None:
    listed = set(tomllib.loads(PROJECT.read_text("utf-8"))["tool"]["setuptools"]["packages"])
    folders = {
        path.parent.relative_to(TOP)
        for top in ("mock_server", "contract_tests")
        for path in (TOP / top).rglob("__init__.py")
        if not {"tests", "benchmarks"} & set(path.relative_to(TOP).parts)
    }
    shipped = {".".join(("leadsquared_slots", *folder.parts)) for folder in folders}
    assert listed == shipped | {"leadsquared_slots.schemas", "leadsquared_slots.fixtures"}


def test_no_module_is_imported_by_its_bare_folder_name() -> None:
    program = """
import sys
import leadsquared_slots.mock_server as m
import leadsquared_slots.contract_tests
for name in m.__all__:
    getattr(m, name)
print(sorted(name for name in sys.modules if name.split(".")[0] in ("mock_server", "contract_tests", "schemas", "fixtures")))
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=TOP, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_data_folders_hold_no_python() -> None:
    assert [*(TOP / "schemas").rglob("*.py"), *(TOP / "fixtures").rglob("*.py")] == []


def test_the_top_level_holds_what_was_agreed() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=TOP, capture_output=True, text=True, check=False)
    if tracked.returncode:
        pytest.skip("not a git checkout")
    top = {line.partition("/")[0] for line in tracked.stdout.splitlines()}
    agreed = {"pyproject.toml", "README.md", "mock_server", "schemas", "contract_tests", "fixtures", "docker"}
    assert agreed <= top
    conventional = {"Makefile", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "MANIFEST.in"}
    assert {name for name in top - agreed - conventional if not name.startswith(".")} == set()


def packages() -> list[Path]:
    """The folders of code, apart from tests."""
    inits = [path for top in ("mock_server", "contract_tests") for path in (TOP / top).rglob("__init__.py")]
    return [path.parent for path in inits if "tests" not in path.relative_to(TOP).parts]


def test_no_package_holds_more_than_fifteen_modules() -> None:
    """A package is one idea; what grows beyond that is parted."""
    sizes = {str(package.relative_to(TOP)): len([*package.glob("*.py")]) - 1 for package in packages()}
    assert {name: size for name, size in sizes.items() if size > 15} == {}
    assert len(sizes) > 20


def test_imports_go_down_eight_floors_at_most() -> None:
    """What import-linter keeps: every package on a floor, none beside or above it imported, at most eight floors in each big folder."""
    contracts = tomllib.loads(PROJECT.read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layered = [contract for contract in contracts if contract["type"] == "layers"]
    assert [contract["containers"] for contract in layered] == [["leadsquared_slots.mock_server"], ["leadsquared_slots.contract_tests"]]
    for contract in layered:
        assert contract["exhaustive"]
        assert len(contract["layers"]) <= 8
        assert not {":", "("} & set("".join(contract["layers"])), "packages on one floor are independent, and none is left out"
        assert "ignore_imports" not in contract


def test_a_stranger_reads_fewer_than_two_hundred_lines() -> None:
    assert len((TOP / "README.md").read_text("utf-8").splitlines()) < 200


def test_every_package_says_in_its_first_line_what_it_is() -> None:
    """The docstring of `__init__` begins with a sentence of one line."""
    texts = {str(package.relative_to(TOP)): (package / "__init__.py").read_text("utf-8").splitlines()[0] for package in packages()}
    assert [name for name, line in texts.items() if not (line.startswith('"""') and line.removesuffix('"""').endswith("."))] == []
