"""The ledger is what everything else cites: it is read strictly, and the shipped one is whole."""

import re

import pytest
from leadsquared_slots.mock_server.contract.documents import SCHEMAS, ledger
from leadsquared_slots.mock_server.contract.ledger import Grade, LedgerError, parse_ledger
from leadsquared_slots.mock_server.domain.profile import QUESTIONS

pytestmark = pytest.mark.wheel

SOUND = """
[source.page]
title = "A page"

[[rule]]
id = "slots.first"
statement = "One thing holds."
grade = "documented"
source = "page"
says = "it holds"

[[rule]]
id = "slots.second"
statement = "Another thing holds, or not."
grade = "unknown"
source = "page"
question = "breaks"
reason = "We chose."
"""


def test_a_sound_ledger_gives_its_rules_by_id_in_order() -> None:
    """The order of the file is the order of every table made from it."""
    rules = parse_ledger(SOUND, ["breaks"])
    assert list(rules) == ["slots.first", "slots.second"]
    assert rules["slots.first"].grade is Grade.DOCUMENTED
    assert rules["slots.first"].source.title == "A page"
    assert rules["slots.first"].question is None
    assert rules["slots.second"].question == "breaks"


@pytest.mark.parametrize(
    ("defect", "sound", "broken", "message"),
    [
        ("a rule without a source", 'source = "page"\nsays', "says", "rule 'slots.first' has no 'source'"),
        (
            "a source that is not listed",
            'source = "page"\nsays',
            'source = "pag"\nsays',
            "source 'pag' is none of page; did you mean 'page'?",
        ),
        ("a source without a title", 'title = "A page"', "", "source 'page' has no 'title'"),
        ("an unknown grade", '"documented"', '"document"', "grade 'document' is none of documented, observed, inferred, unknown"),
        ("an id that stands twice", "slots.second", "slots.first", "rule 'slots.first' stands twice"),
        ("a rule without an id", 'id = "slots.first"', "", "rule None has no 'id'"),
        ("an id of one word", "slots.first", "first", "an id is a family, a dot and words"),
        ("a rule without a statement", 'statement = "One thing holds."', "", "rule 'slots.first' has no 'statement'"),
        ("an empty statement", '"One thing holds."', '" "', "rule 'slots.first' has no 'statement'"),
        ("a documented rule without what the page says", 'says = "it holds"', "", "rule 'slots.first' is documented and has no 'says'"),
        (
            "an observed rule without what clients say",
            '"documented"\nsource = "page"\nsays = "it holds"',
            '"observed"\nsource = "page"',
            "rule 'slots.first' is observed and has no 'says'",
        ),
        ("an unknown rule without a reason", 'reason = "We chose."', "", "rule 'slots.second' is unknown and has no 'reason'"),
        (
            "an inferred rule without a reason",
            '"unknown"\nsource = "page"\nquestion = "breaks"\nreason',
            '"inferred"\nsource = "page"\nquestion = "breaks"\nsays',
            "rule 'slots.second' is inferred and has no 'reason'",
        ),
        (
            "a question that no profile asks",
            'question = "breaks"',
            'question = "brakes"',
            "question 'brakes' is none of breaks; did you mean 'breaks'?",
        ),
        ("a question without a rule", 'question = "breaks"', "", "no rule for the profile question 'breaks'"),
        (
            "an unknown key of a rule",
            "statement =",
            "statment =",
            "rule 'slots.first' has the unknown key 'statment'; did you mean 'statement'?",
        ),
        ("an unknown key of a source", 'title = "A page"', 'title = "A page"\nurl = "x"', "source 'page' has the unknown key 'url'"),
        (
            "an unknown table",
            "[source.page]",
            "[sources.other]\n[source.page]",
            "the ledger has the unknown key 'sources'; did you mean 'source'?",
        ),
        ("a value that is no text", 'says = "it holds"', "says = 3", "rule 'slots.first' has no 'says'"),
    ],
)
def test_a_broken_ledger_is_refused_by_name(defect: str, sound: str, broken: str, message: str) -> None:
    """The message names the rule and the key, and the nearest right word where there is one."""
    assert sound in SOUND, defect
    with pytest.raises(LedgerError, match=re.escape(message)):
        parse_ledger(SOUND.replace(sound, broken, 1), ["breaks"])


def test_the_shipped_ledger_is_sound() -> None:
    """It loads, and has rules of every grade."""
    assert len(ledger()) > 100
    assert {rule.grade for rule in ledger().values()} == set(Grade)


def test_every_profile_question_has_a_rule_and_no_rule_another_question() -> None:
    """Questions and rules refer to each other by name."""
    assert {rule.question for rule in ledger().values()} - {None} == set(QUESTIONS)


def test_a_statement_is_one_sentence() -> None:
    """A rule is one thing that holds or does not."""
    for rule in ledger().values():
        assert rule.statement.endswith("."), rule.id
        assert ". " not in rule.statement, rule.id


def test_every_source_of_the_shipped_ledger_is_used() -> None:
    """A source that no rule comes from is none."""
    listed = re.findall(r"^\[source\.(.+)\]$", (SCHEMAS / "ledger.toml").read_text("utf-8"), re.MULTILINE)
    assert {rule.source.id for rule in ledger().values()} == set(listed)


def test_the_rules_of_a_family_stand_together() -> None:
    """The first word of an id is a section of the file."""
    families = [rule.partition(".")[0] for rule in ledger()]
    changes = [family for family, before in zip(families, [None, *families], strict=False) if family != before]
    assert len(changes) == len(set(changes))
