"""The wheel and the sdist hold what they should and nothing else, and work where there is no checkout.

Run by `.ci/run wheel`, which says where things are: DIST (the archives), LEAN and CLEAN (`bin` folders of environments
that hold the wheel with the server's dependencies, and with all of them).
"""

import email
import os
import subprocess
import tarfile
import tomllib
import zipfile
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parents[2]
DIST, LEAN, CLEAN = (Path(os.environ[name]) for name in ("DIST", "LEAN", "CLEAN"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
FOLDERS = ("mock_server", "contract_tests", "schemas", "fixtures")
NOT_SHIPPED = {"tests", "benchmarks", "foreign", "examples"}
"""Folders of the code that stay in the checkout: tests, benchmarks, the servers of strangers, clients to copy."""


def tracked(*folders: str) -> set[str]:
    """The files that git knows or would add, and that still exist."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *folders]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return {name for name in names if (ROOT / name).exists()}


def shipped() -> set[str]:
    """The files that belong into a wheel: those of the four folders, without tests, benchmarks and the documents beside the code."""
    return {name for name in tracked(*FOLDERS) if not _stays(name) and not _is_document_beside_code(name)}


def _stays(name: str) -> bool:
    path = PurePosixPath(name)
    return path.parts[0] in ("mock_server", "contract_tests") and bool(NOT_SHIPPED & set(path.parts))


def _is_document_beside_code(name: str) -> bool:
    return name.endswith(".md") and name.startswith(("mock_server/", "contract_tests/"))


def wheel() -> zipfile.ZipFile:
    """The one wheel in DIST."""
    (path,) = DIST.glob("*.whl")
    return zipfile.ZipFile(path)


def run(command: str | Path, *arguments: str, where: Path) -> subprocess.CompletedProcess[str]:
    """The command's outcome in a folder outside the checkout, without this process's environment."""
    clean = {"PATH": os.environ["PATH"], "HOME": str(where)}
    command_line = [command, *arguments]
    return subprocess.run(command_line, cwd=where, env=clean, capture_output=True, text=True, timeout=60, check=False)


def test_the_wheel_holds_every_shipped_file_of_the_tree_and_no_other() -> None:
    """A module that the package list forgets, or a test that it ships, shows here."""
    members = {name for name in wheel().namelist() if ".dist-info/" not in name}
    assert members == {f"leadsquared_slots/{name}" for name in shipped()}


def test_the_sdist_holds_every_shipped_file_and_what_a_build_needs() -> None:
    """A distributor builds from the sdist alone."""
    (path,) = DIST.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        members = {member.name.partition("/")[2] for member in archive.getmembers() if member.isfile()}
    generated = {name for name in members if ".egg-info/" in name} | {"PKG-INFO", "setup.cfg"}
    assert members - generated == shipped() | {"pyproject.toml", "README.md", "LICENSE"}


def test_the_metadata_says_what_pyproject_says() -> None:
    """Name, version, Python and extras."""
    archive = wheel()
    (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
    metadata = email.message_from_bytes(archive.read(name))
    assert (metadata["Name"], metadata["Version"]) == (PROJECT["name"], PROJECT["version"])
    assert metadata["Requires-Python"] == PROJECT["requires-python"]
    assert set(metadata.get_all("Provides-Extra", [])) == set(PROJECT["optional-dependencies"])


@pytest.mark.parametrize("command", sorted(PROJECT["scripts"]))
@pytest.mark.parametrize("environment", [LEAN, CLEAN], ids=["lean", "all"])
def test_each_command_runs_outside_the_checkout(environment: Path, command: str, tmp_path: Path) -> None:
    """Also with the server's dependencies alone."""
    done = run(environment / command, "--help", where=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Usage" in done.stdout


def test_the_kit_without_its_dependencies_says_how_to_get_them(tmp_path: Path) -> None:
    """A usage error and a sentence, no traceback."""
    done = run(LEAN / "lsq-contract", "check", "http://127.0.0.1:9", where=tmp_path)
    assert done.returncode == 2
    assert "leadsquared-slots[kit]" in done.stderr


def test_the_installed_emulator_serves_without_the_kits_dependencies(tmp_path: Path) -> None:
    """The server's environment holds nothing of the kit, and warns of nothing."""
    script = (
        "import sys\n"
        "from leadsquared_slots.mock_server import MockServer\n"
        "import urllib.request\n"
        "with MockServer(seed=7) as server:\n"
        "    print(urllib.request.urlopen(server.base_url + '/__admin/health').status)\n"
        "assert 'hypothesis' not in sys.modules\n"
    )
    done = run(LEAN / "python", "-W", "error", "-c", script, where=tmp_path)
    assert (done.returncode, done.stdout) == (0, "200\n"), done.stderr
