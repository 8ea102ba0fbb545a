"""The contract as data: what is read from `schemas/` and `fixtures/`, once."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from leadsquared_slots.mock_server.domain.profile import QUESTIONS

from .folders import FIXTURES, SCHEMAS
from .ledger import Rule, parse_ledger

__all__ = ["FIXTURES", "SCHEMAS", "ledger", "scenario_files"]


@cache
def ledger() -> Mapping[str, Rule]:
    """Every rule by id, in the order of the ledger. Raises LedgerError when the shipped ledger is broken."""
    return parse_ledger((SCHEMAS / "ledger.toml").read_text("utf-8"), QUESTIONS)


@cache
def scenario_files() -> Mapping[str, Path]:
    """The scenarios that come with the product: file by name, in order of names."""
    return MappingProxyType({path.stem: path for path in sorted((FIXTURES / "scenarios").glob("*.toml"))})
