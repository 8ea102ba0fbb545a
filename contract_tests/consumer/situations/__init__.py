"""The situations that a caller is put into, grouped by what is special about them: data, and one small function for each."""

from importlib import import_module

from .situation import Document, Expected, Given, Question, Setup, Situation, situations

__all__ = ["Document", "Expected", "Given", "Question", "Setup", "Situation", "load", "situations"]

_GROUPS = ("times", "absences", "zones", "lists", "sizes", "limits", "refusals", "broken_replies")


def load() -> None:
    """Import every group, which registers its situations."""
    for name in _GROUPS:
        import_module(f".{name}", __name__)
