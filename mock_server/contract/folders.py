"""Where the contract and its examples lie as data."""

from pathlib import Path

_TOP = Path(__file__).parents[2]
SCHEMAS = _TOP / "schemas"
"""Folder of the ledger, the JSON Schemas, the OpenAPI document and its examples."""
FIXTURES = _TOP / "fixtures"
"""Folder of the scenarios and exchanges that come with the product."""
