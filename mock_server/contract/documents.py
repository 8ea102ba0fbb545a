"""The contract as data: where `schemas/` and `fixtures/` are, and what is read from them."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from leadsquared_slots.mock_server.domain.profile import QUESTIONS

from .ledger import Rule, parse_ledger

_TOP = Path(__file__).parents[2]
SCHEMAS = _TOP / "schemas"
"""Folder of the ledger, the JSON Schemas, the OpenAPI document and its examples."""
FIXTURES = _TOP / "fixtures"
"""Folder of the scenarios and exchanges that come with the product."""


@cache
def ledger() -> Mapping[str, Rule]:
    """Every rule by id, in the order of the ledger. Raises LedgerError when the shipped ledger is broken."""
    return parse_ledger((SCHEMAS / "ledger.toml").read_text("utf-8"), QUESTIONS)


@cache
def scenario_files() -> Mapping[str, Path]:
    """The scenarios that come with the product: file by name, in order of names."""
    return MappingProxyType({path.stem: path for path in sorted((FIXTURES / "scenarios").glob("*.toml"))})
