"""The terminal of a report, and text of servers and drivers made safe for it."""

import sys
from shutil import get_terminal_size
from typing import IO

from rich.console import Console


def console(stream: IO[str] | None, *, color: bool, width_of_a_file: int) -> Console:
    """Return a console that writes to the stream, or to standard output.

    color            colours and other control sequences; they are left out anyway where the stream is no terminal
    width_of_a_file  columns where the stream is no terminal and the environment does not say how many in COLUMNS
    """
    target = stream or sys.stdout
    return Console(
        file=target,
        no_color=not color,
        color_system="auto" if color else None,
        # FORCE_COLOR makes a terminal of everything; --no-color outweighs it.
        force_terminal=None if color else target.isatty(),
        highlight=False,
        width=None if target.isatty() else get_terminal_size((width_of_a_file, 0)).columns,
    )


def printable(text: str, but: str = "") -> str:
    """Return the text with control characters spelt out, all `but` these: a terminal or a browser would obey them."""
    return "".join(char if char.isprintable() or char in but else f"\\x{ord(char):02x}" for char in text)
