"""The README's tables say what the ledger and the profiles say."""

import pytest

from .support.readme_tables import README, written_anew


@pytest.mark.skipif(not README.exists(), reason="the checkout is not here: these are the tests of the wheel")
def test_the_tables_of_the_readme_are_what_the_ledger_and_the_profiles_say() -> None:
    text = README.read_text("utf-8")
    assert written_anew(text) == text, "run python -m leadsquared_slots.mock_server.tests.support.readme_tables"


def test_a_readme_without_a_place_for_a_table_is_noticed() -> None:
    with pytest.raises(ValueError, match="grades"):
        written_anew("# No tables")
