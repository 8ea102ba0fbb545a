"""Tests keep to one convention: a sentence for each, helpers in `support`, and nothing private of what they test."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(
    path
    for folder in ("mock_server", "contract_tests", "docker", ".ci")
    for path in (ROOT / folder).rglob("*.py")
    if "tests" in path.relative_to(ROOT).parts and path.name != "__init__.py"
)
PUBLIC_OF_NAMED_TUPLES = {"_replace", "_asdict", "_fields", "_make"}
WORDS_OF_A_SENTENCE = 4

each_module = pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("__") and name not in PUBLIC_OF_NAMED_TUPLES


def private_names_of_others(tree: ast.Module) -> Iterator[str]:
    """Private names that a module takes from elsewhere: attributes of others, imports, and names that monkeypatch replaces."""
    own = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("self", "cls")}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and is_private(node.attr) and id(node.value) not in own:
            yield f"line {node.lineno}: {ast.unparse(node)}"
        elif isinstance(node, ast.ImportFrom):
            yield from (f"line {node.lineno}: import {name.name}" for name in node.names if is_private(name.name))
        elif isinstance(node, ast.Call | ast.Tuple):
            parts = node.args if isinstance(node, ast.Call) else node.elts
            # (target, "_name", value), as monkeypatch.setattr takes it
            if len(parts) == 3 and isinstance(parts[1], ast.Constant) and isinstance(parts[1].value, str) and is_private(parts[1].value):
                yield f"line {node.lineno}: {parts[1].value!r}"


def each_test_of(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))


def test_there_are_tests_to_look_at() -> None:
    """An empty list would keep every convention."""
    assert sum(1 for path in MODULES for _ in each_test_of(tree_of(path))) > 500


@each_module
def test_no_test_reaches_into_private_attributes(path: Path) -> None:
    assert list(private_names_of_others(tree_of(path))) == []


@each_module
def test_no_helper_is_imported_from_a_test(path: Path) -> None:
    """What two tests share lives in `support`."""
    imported = [node.module or "" for node in ast.walk(tree_of(path)) if isinstance(node, ast.ImportFrom)]
    assert [name for name in imported if any(part.startswith("test_") for part in name.split("."))] == []


@each_module
def test_a_module_says_in_a_sentence_what_it_is(path: Path) -> None:
    text = ast.get_docstring(tree_of(path)) or ""
    assert text.partition("\n")[0].endswith("."), "the docstring is missing, or its first line is no sentence"


@each_module
def test_a_test_says_the_law_by_its_docstring_or_by_its_name(path: Path) -> None:
    """A docstring begins with a sentence; without one the name is a sentence."""
    for test in each_test_of(tree_of(path)):
        text = ast.get_docstring(test)
        if text is None:
            assert len(test.name.removeprefix("test_").split("_")) >= WORDS_OF_A_SENTENCE, f"{test.name}: too short for a sentence"
        else:
            assert text.partition("\n\n")[0].endswith((".", ":", "?")), f"{test.name}: {text[:60]!r} is no sentence"
