"""Recordings for the commands that read them: several files as one, with a progress bar on standard error."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from leadsquared_slots.contract_tests.traffic.cassettes import CutShort, read_any
from leadsquared_slots.mock_server.recording.recorded import Recorded, Recorder


class Recordings:
    """The exchanges of several files, one file after the other; each call gives them anew.

    cut_short  what is wrong with files that end too early: what stands before was read
    """

    def __init__(self, paths: Sequence[Path], on_read: Callable[[int], None] = lambda count: None) -> None:
        self._paths, self._on_read = paths, on_read
        self.cut_short: dict[str, None] = {}

    def __call__(self) -> Iterator[Recorded]:
        """The exchanges. Raises BadRecording."""
        for path in self._paths:
            try:
                yield from read_any(path, Recorder(), self._on_read)
            except CutShort as error:
                self.cut_short[f"{error}; what stands before was read"] = None

    @property
    def source(self) -> str:
        """The files in words."""
        return ", ".join(path.name for path in self._paths)


@contextmanager
def reading(paths: Sequence[Path], times: int, *, quiet: bool) -> Iterator[Recordings]:
    """The exchanges of files that are read so many times, under a progress bar where somebody looks."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(file=sys.stderr)
    columns = (TextColumn("reading"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    total = times * sum(path.stat().st_size for path in paths if path.exists())
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as progress:
        task = progress.add_task("reading", total=total)
        yield Recordings(paths, lambda count: progress.advance(task, count))


def are_files(words: Iterable[str]) -> bool:
    """Whether the words name files and no URL."""
    return not any("://" in word for word in words)
