"""The ledger: every rule of the contract with its grade and source, read strictly from `schemas/ledger.toml`."""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any

from leadsquared_slots.mock_server.domain.errors import did_you_mean

_MANDATORY = ("id", "statement", "grade", "source")
_OPTIONAL = ("says", "reason", "question", "inside")
_SEVERITY = "severity"
_ID = re.compile(r"[a-z]+\.[a-z0-9]+(-[a-z0-9]+)*")


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
    """The ledger breaks its own form; the message names the rule and the key."""


def parse_ledger(text: str, questions: Collection[str]) -> Mapping[str, Rule]:
    """The rules by id, in the order of the file.

    `questions` are the questions of a profile: a rule may name no other, and each needs a rule.
    Raises LedgerError for an unknown key, grade, source or question, a missing or empty value, an id that stands twice,
    a rule without the evidence that its grade asks for, and a question without a rule.
    """
    document = tomllib.loads(text)
    _refuse_unknown_keys("the ledger", document, ("source", "rule"))
    sources = {key: _source(key, table) for key, table in document.get("source", {}).items()}
    rules: dict[str, Rule] = {}
    for table in document.get("rule", []):
        rule = _rule(table, sources, questions)
        if rule.id in rules:
            raise LedgerError(f"rule {rule.id!r} stands twice")
        rules[rule.id] = rule
    without = sorted(set(questions) - {rule.question for rule in rules.values()})
    if without:
        raise LedgerError(f"no rule for the profile question {without[0]!r}")
    return MappingProxyType(rules)


def _source(key: str, table: dict[str, Any]) -> Source:
    where = f"source {key!r}"
    _refuse_unknown_keys(where, table, ("title",))
    return Source(id=key, title=_text(where, table, "title"))


def _rule(table: dict[str, Any], sources: Mapping[str, Source], questions: Collection[str]) -> Rule:
    where = f"rule {table.get('id')!r}"
    _refuse_unknown_keys(where, table, (*_MANDATORY, *_OPTIONAL, _SEVERITY))
    values = {key: _text(where, table, key) for key in (*_MANDATORY, *(key for key in _OPTIONAL if key in table))}
    if not _ID.fullmatch(values["id"]):
        raise LedgerError(f"{where}: an id is a family, a dot and words with hyphens, such as 'slots.fully-booked'")
    grade = Grade(_known(where, values, "grade", [grade.value for grade in Grade]))
    if grade.evidence not in values:
        raise LedgerError(f"{where} is {grade.value} and has no {grade.evidence!r}")
    if "question" in values:
        _known(where, values, "question", questions)
    source = sources[_known(where, values, "source", sources)]
    rest = {key: values[key] for key in _OPTIONAL if key in values}
    severity = Severity.MINOR
    if _SEVERITY in table:
        values[_SEVERITY] = _text(where, table, _SEVERITY)
        severity = Severity(_known(where, values, _SEVERITY, [severity.value for severity in Severity]))
    return Rule(id=values["id"], statement=values["statement"], grade=grade, source=source, severity=severity, **rest)


def _text(where: str, table: dict[str, Any], key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise LedgerError(f"{where} has no {key!r}")
    return value


def _known(where: str, values: Mapping[str, str], key: str, known: Collection[str]) -> str:
    value = values[key]
    if value not in known:
        raise LedgerError(f"{where}: {key} {value!r} is none of {', '.join(known)}{_hint(value, known)}")
    return value


def _refuse_unknown_keys(where: str, table: Mapping[str, Any], known: Collection[str]) -> None:
    for key in table:
        if key not in known:
            raise LedgerError(f"{where} has the unknown key {key!r}{_hint(key, known)}")


def _hint(received: str, known: Collection[str]) -> str:
    nearest = did_you_mean(received, known)
    return f"; did you mean {nearest!r}?" if nearest else ""
