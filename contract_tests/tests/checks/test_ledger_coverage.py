"""The ledger and the checks belong together: every rule that can be seen has a check, and every check has rules."""

import pytest
from leadsquared_slots.contract_tests.checks import Scope, check, registry
from leadsquared_slots.contract_tests.checks.passive import PASSIVE
from leadsquared_slots.mock_server.contract.documents import ledger

pytestmark = pytest.mark.wheel


def test_every_rule_that_can_be_seen_from_outside_has_a_check() -> None:
    """A rule with `inside` says itself why it has none."""
    cited = {rule for check in registry().values() for rule in check.rules}
    assert [rule.id for rule in ledger().values() if rule.inside is None and rule.id not in cited] == []


def test_no_check_cites_a_rule_that_cannot_be_seen() -> None:
    """Either the reason in the ledger is wrong, or the check."""
    inside = {rule.id for rule in ledger().values() if rule.inside is not None}
    assert [(name, set(check.rules) & inside) for name, check in registry().items() if set(check.rules) & inside] == []


@pytest.mark.parametrize("rules", [(), ("slots.sortet",)])
def test_a_check_cites_rules_of_the_ledger(rules: tuple[str, ...]) -> None:
    """None, or a misspelt one, is an error when the module is imported."""
    with pytest.raises(ValueError, match=r"cites"):
        check(Scope.ANSWER, *rules)(test_a_check_cites_rules_of_the_ledger)


def test_every_check_says_what_it_checks() -> None:
    """Its title is a sentence; a check that sends calls says how many."""
    for name, each in registry().items():
        assert each.title.endswith("."), name
        assert (each.calls == 0) == (each.scope in PASSIVE), name
