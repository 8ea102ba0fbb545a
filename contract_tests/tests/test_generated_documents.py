"""The generated documents say what the ledger, the profiles, the checks and the mutants say."""

import pytest
from leadsquared_slots.mock_server.contract.documents import ledger

from .support.generated_documents import COMMAND, NO_CODE, NO_MUTANT, ROOT, documents, places_of_rules, with_tables

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


@pytest.mark.parametrize("rule", ledger())
def test_a_rule_leads_to_code_check_and_mutant(rule: str) -> None:
    """What a rule does not lead to has a reason that is written down; a docstring that names the rule makes it lead to code."""
    at = places_of_rules()[rule]
    assert at.code or at.why_no_code, f"no code of the emulator names {rule!r}: cite it in the docstring of what carries it out"
    assert at.checks or at.why_no_check, f"no check and no situation rests on {rule!r}, and the ledger has no reason under `inside`"
    assert at.mutants or at.why_no_mutant, f"no mutant and no wrong caller breaks {rule!r}"


@pytest.mark.parametrize("rule", sorted({*NO_CODE, *NO_MUTANT}))
def test_a_reason_for_having_nothing_is_needed(rule: str) -> None:
    """A reason that stays behind would hide that the code, or the mutant, is lost again."""
    at = places_of_rules()[rule]
    assert not (rule in NO_CODE and at.code)
    assert not (rule in NO_MUTANT and at.mutants)
