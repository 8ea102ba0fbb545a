"""The pinned dependencies are those that pyproject.toml asks for; `make lock` brings them up to date."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

DOCKER = Path(__file__).parents[1]
PYPROJECT: dict[str, Any] = tomllib.loads((DOCKER.parent / "pyproject.toml").read_text())
EXTRAS: dict[str, list[str]] = PYPROJECT["project"]["optional-dependencies"]
GROUPS: dict[str, list[str]] = PYPROJECT["dependency-groups"]
BASE: list[str] = PYPROJECT["project"]["dependencies"]
SERVER = BASE + EXTRAS["redis"] + EXTRAS["tls"]
DEV = sum(EXTRAS.values(), BASE) + GROUPS["dev"]
ASKED = {
    "constraints-build.txt": PYPROJECT["build-system"]["requires"],
    "constraints.txt": SERVER,
    "constraints-kit.txt": SERVER + EXTRAS["kit"],
    "constraints-dev.txt": DEV,
    "constraints-image.txt": DEV + GROUPS["image"],
}


def pinned(file: str) -> dict[str, str]:
    """The version of each package of a file."""
    return dict(re.findall(r"^([a-z0-9.-]+)==([^ ;]+)", (DOCKER / file).read_text(), re.MULTILINE))


@pytest.mark.parametrize(("file", "requirement"), [(file, one) for file, asked in ASKED.items() for one in asked])
def test_every_requirement_is_pinned_to_a_version_that_it_allows(file: str, requirement: str) -> None:
    """Otherwise `make test`, CI and the images install something else than pyproject.toml says."""
    wanted = Requirement(requirement)
    version = pinned(file).get(canonicalize_name(wanted.name))
    assert version is not None, f"{file} does not have {wanted.name}; run make lock"
    assert version in wanted.specifier, f"{file} has {wanted.name} {version}; run make lock"


@pytest.mark.parametrize("file", ASKED)
def test_every_pinned_file_is_checked_by_its_hash_and_names_no_index(file: str) -> None:
    """One version everywhere, and nothing of the machine that locked it."""
    text = (DOCKER / file).read_text()
    assert text.count("--hash=sha256:") >= len(pinned(file)) > 0
    assert not re.search(r"https?://|file://|--index|--find-links", text)


@pytest.mark.parametrize("file", ASKED)
def test_files_agree_on_versions(file: str) -> None:
    """The server that is tested is the server that is shipped."""
    everything = pinned("constraints-image.txt") | pinned("constraints-build.txt")
    assert {name: everything[name] for name in pinned(file)} == pinned(file)
