"""How a command that writes reports begins and ends well: files tried first, a closed pipe, a baseline."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TextIO, cast

import click

from .options import stop

if TYPE_CHECKING:
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


class Unwritable(click.ClickException):
    """Standard output cannot be written."""

    exit_code = 2

    def __init__(self, error: OSError) -> None:
        super().__init__(f"the output cannot be written: {error.strerror}; free some room, or let it go elsewhere")

    def show(self, file: IO[Any] | None = None) -> None:
        """Says so in one line on standard error."""
        stop(self.message, self.exit_code)


class PatientOutput:
    """Standard output whose reader may close the pipe (`| head`): that says nothing of what a command found, and ends no command.

    Raises Unwritable, again and again, where it cannot be written for another reason: click passes over the first time.
    """

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._error: OSError | None = None

    def write(self, text: str) -> int:
        """Writes a text, to nowhere once the reader is gone."""
        self._try(lambda: self._stream.write(text))
        return len(text)

    def flush(self) -> None:
        """Writes what is kept back."""
        self._try(self._stream.flush)

    def _try(self, use: Callable[[], object]) -> None:
        try:
            use()
        except OSError as error:
            # What is still to be written goes nowhere, so that the end of the process has nothing to stumble over.
            with contextlib.suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())
            if not isinstance(error, BrokenPipeError):
                self._error = error
        if self._error is not None:
            raise Unwritable(self._error)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class Commands(click.Group):
    """Commands that a closed pipe, a full disk or Ctrl-C ends without looking like a broken rule."""

    def main(self, *given: Any, **named: Any) -> Any:
        """Runs the command; exit code INTERRUPTED at Ctrl-C."""
        # A report names zones and en dashes; a terminal that cannot show one must not end the run.
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")
        before = sys.stdout
        sys.stdout = cast(TextIO, PatientOutput(before))
        try:
            return super().main(*given, **named)
        except Unwritable as error:  # where click has caught another one
            error.show()
            sys.exit(error.exit_code)
        finally:
            with contextlib.suppress(Unwritable):
                sys.stdout.flush()
            sys.stdout = before

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command that was chosen."""
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, click.Abort):
            sys.exit(stop("interrupted", INTERRUPTED))


def by_baseline(report: "Report", path: Path, *, update: bool) -> int:
    """The exit code of a run beside its baseline, which is written anew where `update` says so. Raises BadBaseline and OSError."""
    from leadsquared_slots.contract_tests.run.baseline import as_toml, compare, load_baseline, updated

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
