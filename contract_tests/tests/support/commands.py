"""Installed commands, as people start them; and pytest as a consumer of the plugin has it."""

import sys
from pathlib import Path

WITHOUT_PLUGINS = tuple(word for name in ("schemathesis", "hypothesispytest", "anyio", "faker") for word in ("-p", f"no:{name}"))
"""Options of pytest that leave out the plugins of other projects: to load them takes most of the time of a short run."""


def installed(words: list[str]) -> list[str]:
    """A command beside this Python, with its arguments."""
    return [str(Path(sys.executable).with_name(words[0])), *words[1:]]
