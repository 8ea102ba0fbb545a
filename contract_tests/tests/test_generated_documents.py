"""The generated documents say what the ledger, the profiles, the checks and the mutants say."""

import pytest

from .support.generated_documents import COMMAND, ROOT, documents, with_tables

pytestmark = [
    pytest.mark.skipif(
        not (ROOT / "mock_server" / "__init__.py").exists(), reason="the checkout's code is not here: these are the tests of the wheel"
    ),
    pytest.mark.wheel,
]


@pytest.mark.parametrize("path", ["README.md", "schemas/RULES.md", "schemas/PROFILES.md"])
def test_a_generated_document_is_up_to_date(path: str) -> None:
    """After a change of the ledger, a profile, a check or a mutant, `make documents` has to be run."""
    assert (ROOT / path).read_text("utf-8") == documents()[path], f"run {COMMAND}"


def test_a_readme_without_a_place_for_a_table_is_noticed() -> None:
    """A mark that was deleted would take its table with it."""
    with pytest.raises(ValueError, match="grades"):
        with_tables("# No tables")
