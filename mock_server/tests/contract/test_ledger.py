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
        ("a rule without a source", 'source = "page"\nsays', "says", "line 5: rule[0]: the key 'source' is missing"),
        (
            "a source that is not listed",
            'source = "page"\nsays',
            'source = "pag"\nsays',
            "rule 'slots.first': unknown source 'pag'; did you mean 'page'?",
        ),
        ("a source without a title", 'title = "A page"', "", "line 2: source.page: the key 'title' is missing"),
        ("an unknown grade", '"documented"', '"document"', "line 8: rule[0].grade: received \"document\"; did you mean 'documented'?"),
        ("an id that stands twice", "slots.second", "slots.first", "rule 'slots.first' stands twice"),
        (
            "a rule without an id",
            'id = "slots.first"',
            "",
            "line 5: rule[0]: the key 'id' is missing; give for example id = \"slots.fully-booked\"",
        ),
        (
            "an id of one word",
            "slots.first",
            "first",
            'line 6: rule[0].id: received "first"; expected a family, a dot and words with hyphens',
        ),
        ("a rule without a statement", 'statement = "One thing holds."', "", "rule[0]: the key 'statement' is missing"),
        ("an empty statement", '"One thing holds."', '" "', 'rule[0].statement: received " "; expected a text that is not empty'),
        ("a documented rule without what the page says", 'says = "it holds"', "", "rule[0]: the key 'says' is missing"),
        (
            "an observed rule without what clients say",
            '"documented"\nsource = "page"\nsays = "it holds"',
            '"observed"\nsource = "page"',
            "rule[0]: the key 'says' is missing",
        ),
        ("an unknown rule without a reason", 'reason = "We chose."', "", "rule[1]: the key 'reason' is missing"),
        (
            "an inferred rule without a reason",
            '"unknown"\nsource = "page"\nquestion = "breaks"\nreason',
            '"inferred"\nsource = "page"\nquestion = "breaks"\nsays',
            "rule[1]: the key 'reason' is missing",
        ),
        (
            "a question that no profile asks",
            'question = "breaks"',
            'question = "brakes"',
            "rule 'slots.second': unknown question 'brakes'; did you mean 'breaks'?",
        ),
        ("a question without a rule", 'question = "breaks"', "", "no rule for the profile question 'breaks'"),
        (
            "an unknown key of a rule",
            "statement =",
            "statment =",
            "line 7: rule[0].statment: unknown key 'statment'; did you mean 'statement'?",
        ),
        ("an unknown key of a source", 'title = "A page"', 'title = "A page"\nurl = "x"', "line 4: source.page.url: unknown key 'url'"),
        (
            "an unknown table",
            "[source.page]",
            "[sources.other]\n[source.page]",
            "line 2: sources: unknown key 'sources'; did you mean 'source'?",
        ),
        ("a text that is no TOML", "[source.page]", "[source.page", "not TOML"),
        ("a value that is no text", 'says = "it holds"', "says = 3", "rule[0].says: received 3; expected a text that is not empty"),
    ],
)
def test_a_broken_ledger_is_refused_by_name(defect: str, sound: str, broken: str, message: str) -> None:
    """The message names the line and the key, or the rule, and the nearest right word where there is one."""
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
