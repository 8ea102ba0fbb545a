"""Deliberately broken servers: the kit must catch every one. `lsq-contract mutants` shows which check catches which."""

from importlib import import_module

from .registry import Mutant, mutants

__all__ = ["Mutant", "load", "mutants"]

_FAMILIES = ("http_surface", "keys", "reading", "dates_and_users", "pages", "slots", "busy", "reasons", "limit", "calendars")


def load() -> None:
    """Import every module that registers mutants."""
    for family in _FAMILIES:
        import_module(f".servers.{family}", __name__)
