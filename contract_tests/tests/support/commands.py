"""Installed commands, as people start them."""

import sys
from pathlib import Path


def installed(words: list[str]) -> list[str]:
    """A command beside this Python, with its arguments."""
    return [str(Path(sys.executable).with_name(words[0])), *words[1:]]
