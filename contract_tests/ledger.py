"""The rules of the contract as values: `schemas/ledger.toml`, read strictly."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

SCHEMAS = Path(__file__).parent.parent / "schemas"
"""Folder of the contract's data: the ledger and the JSON Schemas."""

_RULE_KEYS = ("id", "statement", "grade", "source", "says", "reason", "question", "inside")
_MANDATORY = ("id", "statement", "grade", "source")


class Grade(Enum):
    """How well a rule is known."""

    DOCUMENTED = "documented"
    OBSERVED = "observed"
    INFERRED = "inferred"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a rule comes from."""

    id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One sentence of the contract.

    says      what the source says (documented and observed rules)
    reason    the deduction or the choice (inferred and unknown rules)
    question  the profile question that decides the rule
    inside    why the rule is not looked for from outside a server; None where some check cites the rule
    """

    id: str
    statement: str
    grade: Grade
    source: Source
    says: str | None = None
    reason: str | None = None
    question: str | None = None
    inside: str | None = None


class LedgerError(ValueError):
    """The ledger has a key, grade or source that does not exist, lacks a mandatory key, or has a rule twice."""


@cache
def ledger() -> Mapping[str, Rule]:
    """Every rule by id, in the order of the file."""
    return parse_ledger((SCHEMAS / "ledger.toml").read_text("utf-8"))


def parse_ledger(text: str) -> Mapping[str, Rule]:
    """The rules of a ledger given as TOML. Raises LedgerError, which names what is wrong."""
    document = tomllib.loads(text)
    _refuse_unknown("the ledger", document, ("source", "rule"))
    sources = {}
    for name, table in document.get("source", {}).items():
        _refuse_unknown(f"source {name!r}", table, ("title",))
        sources[name] = Source(id=name, title=table["title"])
    rules: dict[str, Rule] = {}
    for table in document.get("rule", []):
        rule = _rule(table, sources)
        if rule.id in rules:
            raise LedgerError(f"rule {rule.id!r} stands twice in the ledger")
        rules[rule.id] = rule
    return MappingProxyType(rules)


def _rule(table: dict[str, Any], sources: Mapping[str, Source]) -> Rule:
    name = f"rule {table.get('id', '(without id)')!r}"
    _refuse_unknown(name, table, _RULE_KEYS)
    for key in _MANDATORY:
        if key not in table:
            raise LedgerError(f"{name} has no {key}")
    if table["grade"] not in {grade.value for grade in Grade}:
        raise LedgerError(f"{name} has the grade {table['grade']!r}; expected " + " | ".join(grade.value for grade in Grade))
    if table["source"] not in sources:
        raise LedgerError(f"{name} has the source {table['source']!r}; expected " + " | ".join(sources))
    return Rule(**{**table, "grade": Grade(table["grade"]), "source": sources[table["source"]]})


def _refuse_unknown(where: str, table: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for key in table:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "expected " + " | ".join(known)
            raise LedgerError(f"{where} has the unknown key {key!r}; {hint}")
