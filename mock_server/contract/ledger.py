"""The ledger: every rule of the contract with its grade and source, read strictly from `schemas/ledger.toml`."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any

from leadsquared_slots.mock_server.domain.errors import suggestion

from .toml_text import BadToml, lines_of, read_toml
from .validation import problems


class Grade(Enum):
    """How well a rule is known."""

    DOCUMENTED = "documented"
    OBSERVED = "observed"
    INFERRED = "inferred"
    UNKNOWN = "unknown"

    @property
    def evidence(self) -> str:
        """The key that says why: what the source says, or the reason of a deduction or choice."""
        return "says" if self in (Grade.DOCUMENTED, Grade.OBSERVED) else "reason"


class Severity(Enum):
    """How bad it is for a caller when a rule is broken."""

    SEVERE = "severe"
    """Any caller would call the server broken."""
    MINOR = "minor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a rule comes from."""

    id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One sentence of the contract.

    severity  how bad it is when it is broken
    says      what the source says (documented and observed rules)
    reason    the deduction or the choice (inferred and unknown rules)
    question  the profile question that decides the rule
    inside    why the rule is not looked for from outside a server; None where some check cites the rule
    """

    id: str
    statement: str
    grade: Grade
    source: Source
    severity: Severity = Severity.MINOR
    says: str | None = None
    reason: str | None = None
    question: str | None = None
    inside: str | None = None


class LedgerError(ValueError):
    """The ledger breaks its own form; the message names the line and the key, or the rule."""


def parse_ledger(text: str, questions: Collection[str]) -> Mapping[str, Rule]:
    """The rules by id, in the order of the file, which is in the form of `schemas/ledger.schema.json`.

    `questions` are the questions of a profile: a rule may name no other, and each needs a rule.
    Raises LedgerError for what is not in that form, for a source or question that is not there, an id that stands twice, and a question
    without a rule.
    """
    document = _document(text)
    sources = {key: Source(id=key, title=table["title"]) for key, table in document["source"].items()}
    rules: dict[str, Rule] = {}
    for table in document["rule"]:
        rule = _rule(table, sources, questions)
        if rule.id in rules:
            raise LedgerError(f"rule {rule.id!r} stands twice")
        rules[rule.id] = rule
    without = sorted(set(questions) - {rule.question for rule in rules.values()})
    if without:
        raise LedgerError(f"no rule for the profile question {without[0]!r}")
    return MappingProxyType(rules)


def _document(text: str) -> dict[str, Any]:
    try:
        document = read_toml(text)
    except BadToml as error:
        raise LedgerError(f"line {error.line}: {error}" if error.line else str(error)) from None
    found = problems("ledger", document)
    if found:
        lines = lines_of(text, [problem.path for problem in found])
        raise LedgerError("\n".join(f"line {lines.get(problem.path, 1)}: {problem}" for problem in found))
    return document


def _rule(table: dict[str, Any], sources: Mapping[str, Source], questions: Collection[str]) -> Rule:
    for key, known in (("source", sources), ("question", questions)):
        if key in table and table[key] not in known:
            hint = suggestion(table[key], known, f"expected one of {', '.join(known)}")
            raise LedgerError(f"rule {table['id']!r}: unknown {key} {table[key]!r}; {hint}")
    read = {"source": sources[table["source"]], "grade": Grade(table["grade"]), "severity": Severity(table.get("severity", "minor"))}
    return Rule(**(table | read))
