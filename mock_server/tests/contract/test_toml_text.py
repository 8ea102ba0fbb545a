"""There is one reader of TOML: what it takes is a value of JSON, and what it refuses has a line."""

from pathlib import Path

import pytest
from leadsquared_slots.mock_server.contract.toml_text import BadToml, read_toml

ROOT = Path(__file__).parents[3]
SHIPPED = [
    path
    for folder in ("mock_server", "contract_tests")
    for path in (ROOT / folder).rglob("*.py")
    if not {"tests", "benchmarks", "foreign", "examples"} & set(path.relative_to(ROOT).parts)
]


def test_nothing_that_is_shipped_reads_toml_by_itself() -> None:
    """One module imports it, which bounds what it costs and gives JSON values."""
    assert SHIPPED
    assert [path.name for path in SHIPPED if "import tomllib" in path.read_text("utf-8")] == ["toml_text.py"]


def test_dates_and_times_become_texts_of_iso_8601() -> None:
    text = "day = 2026-03-02\nat = 2026-03-02T06:00:00Z\nthere = 2026-03-02T06:00:00+05:30\nlocal = 09:30:00\n"
    assert read_toml(text) == {
        "day": "2026-03-02",
        "at": "2026-03-02T06:00:00Z",
        "there": "2026-03-02T06:00:00+05:30",
        "local": "09:30:00",
    }


@pytest.mark.parametrize("template", ['body = "{}"\nnext = 1', "body = '{}'\nnext = 1", 'body = """{}"""\nnext = 1'])
def test_a_long_text_is_read(template: str) -> None:
    """Only keys and numbers are bounded: the body of a fault may be long."""
    assert read_toml(template.format("x" * 5_000))["body"] == "x" * 5_000


@pytest.mark.parametrize("text", ['"{}" = 1', '"{}".b = 1', 'a."{}".b = 1', "{} = 1", "a = 1{}"])
def test_a_long_key_or_number_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(BadToml, match="a key or a number has") as refused:
        read_toml("first = 1\n" + text.format("1" * 300))
    assert refused.value.line == 2
