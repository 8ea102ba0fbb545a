"""The ledger and the checks belong together: every rule that can be seen has a check, and every check has rules."""

import tomllib

import pytest
from leadsquared_slots.contract_tests.checks import Kind, check, registry
from leadsquared_slots.contract_tests.ledger import SCHEMAS, Grade, LedgerError, ledger, parse_ledger

TEXT = """
[source.page]
title = "A page"
[[rule]]
id = "a.b"
statement = "A is B."
grade = "documented"
source = "page"
"""


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
        check(Kind.ANSWER, *rules)(test_a_check_cites_rules_of_the_ledger)


def test_every_check_says_what_it_checks() -> None:
    """Its title is a sentence; a check that sends calls says how many."""
    riding = (Kind.REPLY, Kind.ANSWER, Kind.REFUSAL)
    for name, each in registry().items():
        assert each.title.endswith("."), name
        assert (each.calls == 0) == (each.kind in riding), name


def test_the_ledger_is_read_whole() -> None:
    """Every table of the file is a rule; documented and observed rules say what the source says, the others why."""
    assert list(ledger()) == [table["id"] for table in tomllib.loads((SCHEMAS / "ledger.toml").read_text("utf-8"))["rule"]]
    for rule in ledger().values():
        stated = rule.says if rule.grade in (Grade.DOCUMENTED, Grade.OBSERVED) else rule.reason
        assert stated, rule.id


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("statement", "statment"), r"rule 'a.b' has the unknown key 'statment'; did you mean 'statement'"),
        (("documented", "certain"), r"grade 'certain'; expected documented \| observed \| inferred \| unknown"),
        (('source = "page"', 'source = "pages"'), r"rule 'a.b' has the source 'pages'; expected page"),
        (('grade = "documented"\n', ""), r"rule 'a.b' has no grade"),
        (("title", "titel"), r"source 'page' has the unknown key 'titel'"),
        (("[[rule]]", "[[rules]]"), r"the ledger has the unknown key 'rules'"),
    ],
)
def test_a_mistake_in_the_ledger_fails_by_name(change: tuple[str, str], message: str) -> None:
    """When it is read, and not when a rule is missed."""
    with pytest.raises(LedgerError, match=message):
        parse_ledger(TEXT.replace(*change))


def test_a_rule_stands_once() -> None:
    """Two rules with one id would hide each other."""
    with pytest.raises(LedgerError, match="twice"):
        parse_ledger(TEXT + TEXT[TEXT.index("[[rule]]") :])
