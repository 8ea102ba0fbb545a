"""What the judges of the kit draw from the commit: a seed, and a share of what there is to judge by."""

import hashlib
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

SEEDS = range(10)
Item = TypeVar("Item")


def commit() -> str:
    """The commit that is checked out, in hexadecimal digits; "0" outside a checkout."""
    asked = subprocess.run(["git", "rev-parse", "HEAD"], cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    return asked.stdout.strip() or "0"


def drawn_seed(drawn_from: str) -> int:
    """One of SEEDS; each is as likely as the others."""
    return int(drawn_from, 16) % len(SEEDS)


def drawn_share(items: Sequence[Item], most: int, drawn_from: str, *, name: Callable[[Item], str] = str) -> list[Item]:
    """At most `most` of the items, in their own order, drawn by their names: one item more or less hardly changes which."""

    def lot(item: Item) -> bytes:
        return hashlib.sha256(f"{drawn_from} {name(item)}".encode()).digest()

    chosen = {name(item) for item in sorted(items, key=lot)[:most]}
    return [item for item in items if name(item) in chosen]
