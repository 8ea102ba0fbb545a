"""The READMEs do what they say: every block that can be run is run, by the convention of `readme_blocks`."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from .support.readme_blocks import ROOT, Reader, Section, commands, sections

pytestmark = pytest.mark.whole

FOLDERS = ("mock_server", "contract_tests", "schemas", "fixtures", "docker")
READMES = tuple(
    path.relative_to(ROOT).as_posix()
    for path in sorted([*ROOT.glob("*.md"), *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.md"))])
    if path.name != "CHANGELOG.md" and "node_modules" not in path.parts
)
FENCE = "`" * 3


def cases() -> list[object]:
    """Every section of every README, as a test's parameter; with its blocks that need the images, where there are any, once more.

    Programs of the other documents than the README are started by CI only.
    """
    found = []
    for name in READMES:
        for section in sections((ROOT / name).read_text()):
            plain = section.without_docker()
            if plain.blocks:
                starts_programs = any(block.language in ("console", "python") for block in plain.blocks)
                marks = [pytest.mark.breadth] * (starts_programs and name != "README.md")
                found.append(pytest.param(plain, id=f"{name}: {section.heading}", marks=marks))
            if section.needs_docker:
                found.append(pytest.param(section, id=f"{name}: {section.heading} (with the images)", marks=pytest.mark.docker))
    return found


def read(markdown: str, folder: Path) -> None:
    """Run every section of a text."""
    for section in sections(markdown):
        with ExitStack() as stack:
            Reader(folder=folder, stack=stack).read(section)


@pytest.mark.parametrize("section", cases())
def test_a_reader_who_types_a_section_gets_what_it_shows(section: Section, tmp_path: Path) -> None:
    """Commands end with 0 and print what is shown, programs run, files are valid."""
    with ExitStack() as stack:
        Reader(folder=tmp_path, stack=stack).read(section)


def test_a_command_goes_on_after_a_backslash_a_prompt_and_an_open_quote() -> None:
    """So that a curl line with a JSON body can be written readably."""
    text = "$ printf '%s\n{}' \\\n  a\n$ cat <<E\n> b\n> E\nb\n"
    assert list(commands(text)) == [("printf '%s\n{}' \\\n  a", ""), ("cat <<E\nb\nE", "b")]


@pytest.mark.parametrize(
    "block",
    [
        "console\n$ echo one\ntwo\n",
        "console\n$ false\n",
        "console\necho no prompt\n",
        "python\nassert False\n",
        "python test_it.py\ndef test_it():\n    assert 1 == 2\n",
        'toml team.toml\ntilte = "Team"\n',
        "json\n{'a': 1}\n",
        "diff LICENSE\n+no line of it\n",
    ],
)
def test_a_block_that_does_not_hold_is_noticed(block: str, tmp_path: Path) -> None:
    """The runner itself: other output, a failing command, no prompt, a wrong program, test, scenario or document."""
    with pytest.raises((AssertionError, ValueError)):
        read(f"{FENCE}{block}{FENCE}\n", tmp_path)


def test_a_block_that_holds_passes(tmp_path: Path) -> None:
    """Output may be abbreviated, a served port may be asked, and files of a section see each other."""
    blocks = [
        "console\n$ seq 1 9\n1\n...\n9\n",
        "python name.py\nVALUE = 3\n",
        "python\nfrom name import VALUE\nassert VALUE == 3\n",
        'console\n$ lsq-mock serve --quiet\n$ curl -s http://127.0.0.1:8255/__admin/health\n{"status":"healthy"...}\n',
    ]
    read("\n".join(f"{FENCE}{block}{FENCE}\n" for block in blocks), tmp_path)
