"""The README's tables that come out of the ledger and the profiles.

`python -m leadsquared_slots.mock_server.tests.support.readme_tables` writes them anew; a test says when that has been forgotten.
"""

import re
from collections import Counter
from collections.abc import Callable
from itertools import groupby
from pathlib import Path

from leadsquared_slots.mock_server.contract.documents import ledger
from leadsquared_slots.mock_server.contract.ledger import Grade, Rule
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED, OBSERVED, QUESTIONS, accepted_answers

README = Path(__file__).parents[3] / "README.md"
_FAMILIES = {
    "http": "The HTTP surface",
    "auth": "Authentication",
    "request": "The request",
    "answer": "The answer",
    "slots": "AvailableSlots",
    "breaks": "Breaks",
    "busy": "BusySlots",
    "reason": "NoSlotsReason",
    "error": "Errors",
    "limit": "The rate limit",
    "conduct": "The caller's conduct",
}


def grades() -> str:
    """How many rules have which grade."""
    counts = Counter(rule.grade for rule in ledger().values())
    meanings = {
        Grade.DOCUMENTED: "a page of the vendor says it, or the page's sample shows it",
        Grade.OBSERVED: "public clients report it from the live API, mostly for a sibling endpoint",
        Grade.INFERRED: "deduced from the above; the ledger holds the deduction",
        Grade.UNKNOWN: "nobody has said; we chose, the ledger says why, and mostly a profile lets you choose otherwise",
    }
    rows = [f"| {grade.value} | {counts[grade]} | {meanings[grade]} |" for grade in Grade]
    return "\n".join(["| grade | rules | means |", "|---|---|---|", *rows])


def rules() -> str:
    """Every rule with its grade, in a table for each family."""
    parts = []
    for family, members in groupby(ledger().values(), key=lambda rule: rule.id.partition(".")[0]):
        rows = [f"| `{rule.id}` | {rule.statement} | {_grade(rule)} |" for rule in members]
        parts.append("\n".join([f"**{_FAMILIES[family]}**\n", "| rule | what is emulated | how sure |", "|---|---|---|", *rows]))
    return "\n\n".join(parts)


def _grade(rule: Rule) -> str:
    return rule.grade.value + (f", question `{rule.question}`" if rule.question else "")


def questions() -> str:
    """Every profile question with what it accepts, and what the two profiles answer."""
    rows = []
    for question in QUESTIONS:
        documented, observed = DOCUMENTED.answers()[question], OBSERVED.answers()[question]
        accepted = accepted_answers(question).replace("|", "·")
        rows.append(f"| `{question}` | {accepted} | {documented} | {observed if observed != documented else ''} |")
    return "\n".join(["| question | accepted answers | `documented` | `observed`, where it differs |", "|---|---|---|---|", *rows])


TABLES: dict[str, Callable[[], str]] = {"grades": grades, "rules": rules, "questions": questions}


def written_anew(text: str) -> str:
    """A README's text with every table between its two marks as it has to be."""
    for name, table in TABLES.items():
        pattern = rf"(<!-- table {name} -->\n).*?(<!-- end of table -->)"
        text, count = re.subn(pattern, lambda marks, table=table: f"{marks[1]}\n{table()}\n\n{marks[2]}", text, flags=re.DOTALL)
        if count != 1:
            raise ValueError(f"the README has {count} places for the table {name!r}; expected one")
    return text


if __name__ == "__main__":
    README.write_text(written_anew(README.read_text("utf-8")), "utf-8")
