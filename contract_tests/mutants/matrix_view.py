"""The kill matrix for people: what became of every mutant, how busy every check is, and what is not as it should be."""

import json
import sys
import time
from collections import Counter

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from .matrix import Matrix, Row, run_matrix

_SHOWN = 3


def print_matrix(*, as_json: bool = False, seeds: int = 1) -> int:
    """Run the kit against every mutant and every correct server, and print the matrix; 0 when it is as it should be, else 1.

    `seeds` is the number of seeds for the correct servers.
    """
    told = (TextColumn("servers"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("left:"), TimeRemainingColumn())
    began, tenths = time.monotonic(), 0
    with Progress(*told, console=Console(file=sys.stderr), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("servers")

        def moved(done: int, total: int) -> None:
            nonlocal tenths
            bar.update(task, completed=done, total=total)
            if bar.disable and done * 10 // total > tenths:
                # No bar where nobody looks at a terminal: a line for each tenth, so that a log shows how long it will take.
                tenths, spent = done * 10 // total, time.monotonic() - began
                left = spent / done * (total - done)
                print(f"{done} of {total} servers in {spent:.0f} s, about {left:.0f} s left", file=sys.stderr)  # noqa: T201

        matrix = run_matrix(range(seeds), progress=moved)
    if as_json:
        print(json.dumps(matrix.as_json(), indent=2, ensure_ascii=False))  # noqa: T201 - the command's output
    else:
        show_matrix(matrix, Console(highlight=False))
    return 0 if matrix.holds else 1


def show_matrix(matrix: Matrix, console: Console) -> None:
    """Print the matrix: mutants with the checks that kill them, checks with their kills, and the sum."""
    console.print(_mutants(matrix))
    console.print(_checks(matrix))
    for run in matrix.alarms:
        console.print(Text(f"False alarm about the correct server {run.server!r}, seed {run.seed}:", style="bold red"))
        for alarm in run.alarms:
            console.print(Text(f"  {alarm}"))
    for label, names in (("Not killed", matrix.survivors), ("Checks that kill nothing", matrix.idle)):
        if names:
            console.print(Text(f"{label}: {', '.join(names)}", style="bold red"))
    console.print(Text(f"\n{sum_of(matrix)}", style="green" if matrix.holds else "bold red"), soft_wrap=True)


def sum_of(matrix: Matrix) -> str:
    """The matrix in one line."""
    rows, runs = len(matrix.rows), len(matrix.correct)
    killed = f"{rows - len(matrix.survivors)} of {rows} mutants killed"
    looked = [row.schemathesis for row in matrix.rows if row.schemathesis is not None]
    alone = f" ({sum(map(bool, looked))} of {len(looked)} by Schemathesis alone)" if looked else ""
    return f"{killed}{alone}; {len(matrix.alarms)} false alarms in {runs} runs over correct servers"


def _mutants(matrix: Matrix) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Mutant", no_wrap=True)
    table.add_column("What is wrong with it")
    table.add_column("Killed by")
    table.add_column("Schemathesis")
    for row in matrix.rows:
        alone = "" if row.schemathesis is None else ", ".join(row.schemathesis) or "–"
        table.add_row(row.mutant, row.wrong, _killers(row), Text(alone, style="dim" if alone == "–" else ""))
    return table


def _killers(row: Row) -> Text:
    if not row.is_killed:
        return Text("nobody", style="bold red")
    # First who names the rule that the mutant is meant to break.
    names = [name for name, _ in sorted(row.kills, key=lambda kill: not set(kill[1]) & set(row.rules))]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return Text(", ".join(names[:_SHOWN]) + more)


def _checks(matrix: Matrix) -> Table:
    kills = Counter(check for row in matrix.rows for check, _ in row.kills)
    table = Table(box=None, pad_edge=False, header_style="bold", title="Kills by check", title_justify="left")
    table.add_column("Check", no_wrap=True)
    table.add_column("Kills", justify="right")
    for check, count in (*kills.most_common(), *((name, 0) for name in matrix.idle)):
        table.add_row(check, str(count))
    return table
