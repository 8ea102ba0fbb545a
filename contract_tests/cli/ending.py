"""How a command that writes reports begins and ends well: files tried first, a closed pipe, a baseline."""

import contextlib
import os
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import click
from leadsquared_slots.contract_tests.run.baseline import as_toml, compare, load_baseline, updated
from leadsquared_slots.contract_tests.run.results import Report

INTERRUPTED = 130
"""Exit code of a run that was ended by Ctrl-C, as shells have it."""


def try_files(paths: Iterable[Path | None]) -> None:
    """Makes sure, before the first call is sent, that every file can be written. Raises ValueError, which names the first that cannot."""
    for path in paths:
        if path is None:
            continue
        try:
            existed = path.exists()
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8"):
                pass
            if not existed:
                path.unlink()
        except OSError as error:
            raise ValueError(f"the file {path} cannot be written: {error.strerror or error}; name another one") from None


def let_go_of_output() -> None:
    """Sends what is still to be printed to nowhere: the reader has closed the pipe, which says nothing about the target."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def by_baseline(report: Report, path: Path, *, update: bool) -> int:
    """The exit code of a run beside its baseline, which is written anew where `update` says so. Raises BadBaseline and OSError."""
    today = datetime.now(UTC).date()
    entries = load_baseline(path) if path.exists() or not update else ()
    if update:
        kept = updated(report, entries, today)
        path.write_text(as_toml(kept), "utf-8")
        click.echo(f"{path}: {len(kept)} differences are accepted")
        return 0
    compared = compare(report, entries, today)
    for line in compared.lines():
        click.echo(f"Baseline: {line}")
    if report.exit_code() == 2 or not compared.holds:
        return report.exit_code() or 1
    return 0
