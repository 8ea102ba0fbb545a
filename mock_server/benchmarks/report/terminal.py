"""A run's findings as text."""

from collections.abc import Iterator, Sequence

from .figures import Cell, Findings, Spread
from .goals import goals

_STANDINGS = ("", "ready ms", "× ours", "idle MB", "× ours", "kB a connection", "MB after load, by size", "requests answered, by size")


def text_of(findings: Findings) -> Iterator[str]:
    """The findings, line by line."""
    facts = findings.facts
    machine = facts["machine"]
    yield f"{machine['cpu']}, {machine['cores']} cores, load {facts['loadBefore']:.1f} before the run"
    yield f"{facts['rounds']} rounds of {facts['seconds']} s: the median, and in brackets the least and the most of any round"
    yield "The load generator runs on the same machine: read the ratios."
    for cell in findings.loads:
        yield from _cell(findings, cell)
    yield from _standings(findings)
    yield from _micro(findings)
    yield from _goals(findings)
    for key, reason in findings.left_out.items():
        yield f"{key}: {reason}"


def number(value: float) -> str:
    """A figure with three digits that count."""
    if value >= 100:
        return f"{float(f'{value:.3g}'):,.0f}"
    return f"{value:.3g}"


def _spread(spread: Spread, unit: str = "") -> str:
    return f"{number(spread.median)}{unit} ({number(spread.least)}–{number(spread.most)})"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    for row in (head, *rows):
        first, *others = [
            text.ljust(width) if column < 1 else text.rjust(width) for column, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(("", first, *others)).rstrip()


def _cell(findings: Findings, cell: Cell) -> Iterator[str]:
    yield ""
    yield cell.title
    rows = []
    for key, loads in findings.loads[cell].items():
        standing = findings.standings[key]
        ours = key == "emulator"
        errors = sum(load.errors for load in loads)
        note = "" if loads[-1].connections == cell.connections else f"{loads[-1].connections} conn."
        rows.append((
            standing.title,
            standing.serves,
            _spread(findings.rate(cell, key)),
            number(findings.latency(cell, key, "p50").median),
            number(findings.latency(cell, key, "p99").median),
            "" if ours else _spread(findings.times_faster(cell, key)),
            "" if ours else _spread(findings.times_sooner(cell, key)),
            " ".join(filter(None, (note, f"{errors} ERRORS" if errors else ""))),
        ))  # fmt: skip
    yield from _table(("", "answers from", "a second", "p50 ms", "p99 ms", "emulator faster ×", "its p99 ÷ ours", ""), rows)


def _standings(findings: Findings) -> Iterator[str]:
    rows = []
    for key, standing in findings.standings.items():
        ready, idle = findings.times(key, "ready"), findings.times(key, "idle")
        ours = key == "emulator"
        rows.append((
            standing.title,
            number(1000 * Spread.of(standing.ready).median) if standing.ready else "",
            "" if ours or ready is None else _spread(ready),
            number(Spread.of(standing.idle).median) if standing.idle else "",
            "" if ours or idle is None else _spread(idle),
            "–" if standing.held is None else number(standing.held),
            " / ".join(number(value) for value in standing.loaded.values()),
            " / ".join(f"{value:,}" for value in standing.answered.values()),
        ))  # fmt: skip
    if rows:
        yield ""
        yield "Ready time and resident memory (10⁶ bytes)"
        yield from _table(_STANDINGS, rows)


def _micro(findings: Findings) -> Iterator[str]:
    if not findings.micro:
        return
    yield ""
    yield "In one process"
    rows = []
    for part in findings.micro:
        times = part["times"]
        ratio = f"{_spread(Spread(**times))} × {part['beside']}" if times else ""
        rows.append((part["name"], number(part["microseconds"]["median"]), ratio))
    width = max(len(name) for name, _, _ in rows)
    yield f"  {'':{width}}  microseconds"
    for name, microseconds, ratio in rows:
        yield f"  {name:{width}}  {microseconds:>12}  {ratio}".rstrip()


def _goals(findings: Findings) -> Iterator[str]:
    rows = [(goal.title, f"{goal.sign} {goal.bound:g}", _spread(goal.found), goal.verdict) for goal in goals(findings)]
    if rows:
        yield ""
        yield "Goals"
        yield from _table(("", "wanted", "found", ""), rows)
