"""A run's findings as a picture: bars on a logarithmic scale, a line for the spread over the rounds, all drawn as SVG by hand."""

import math
from collections.abc import Iterator
from typing import NamedTuple
from xml.sax.saxutils import escape

from leadsquared_slots.mock_server.benchmarks.size import SIZES

from .figures import Cell, Findings, Spread
from .terminal import number

_WIDTH, _LABELS, _FIGURES, _ROW, _BAR = 980, 330, 200, 20, 12
_OURS, _THEIRS, _CONTEXT = "#1f6feb", "#8c959f", "#d0d7de"
_STYLE = "text{font:12px system-ui,sans-serif;fill:#24292f}.h{font-weight:600;font-size:14px}.s{fill:#57606a;font-size:11px}"


class Bar(NamedTuple):
    """A bar: what it is of, how long, its figure in words, and its colour."""

    title: str
    length: Spread
    figure: str
    colour: str


def svg(findings: Findings) -> str:
    """The picture: answers a second of each size, ready time, idle memory."""
    drawn: list[str] = []
    top = 28
    for heading, bars in _panels(findings):
        drawn += _panel(heading, bars, top)
        top += 34 + _ROW * len(bars)
    facts = findings.facts
    note = f"{facts['machine']['cpu']}, {facts['machine']['cores']} cores, {facts['rounds']} rounds of {facts['seconds']} s. Logarithmic."
    drawn.append(f'<text x="10" y="{top}" class="s">{escape(note)}</text>')
    size = f'width="{_WIDTH}" height="{top + 14}" viewBox="0 0 {_WIDTH} {top + 14}"'
    background = f'<rect width="{_WIDTH}" height="{top + 14}" fill="#fff"/>'
    return "\n".join((f'<svg xmlns="http://www.w3.org/2000/svg" {size}>', f"<style>{_STYLE}</style>", background, *drawn, "</svg>\n"))


def _panels(findings: Findings) -> Iterator[tuple[str, list[Bar]]]:
    for size in SIZES:
        for cell in (Cell(size, False, 16), Cell(size, True, 16)):
            if cell in findings.loads:
                bars = [_rate(findings, cell, key) for key in findings.loads[cell]]
                yield f"{cell.title}: answers a second, more is better", bars
    for heading, figure, factor, unit in (
        ("Ready: spawn to first answer, less is better", "ready", 1000, "ms"),
        ("Idle memory, less is better", "idle", 1, "MB"),
    ):
        bars = []
        for key, standing in findings.standings.items():
            values = [factor * value for value in getattr(standing, figure)]
            if values:
                length = Spread.of(values)
                bars.append(Bar(standing.title, length, f"{number(length.median)} {unit}", _colour(findings, key)))
        if bars:
            yield heading, bars


def _rate(findings: Findings, cell: Cell, key: str) -> Bar:
    rate, standing = findings.rate(cell, key), findings.standings[key]
    ratio = "" if key == "emulator" else f"  (emulator × {number(findings.times_faster(cell, key).median)})"
    return Bar(f"{standing.title} ({standing.serves})", rate, number(rate.median) + ratio, _colour(findings, key))


def _colour(findings: Findings, key: str) -> str:
    return _OURS if key.startswith("emulator") else _CONTEXT if findings.standings[key].context else _THEIRS


def _panel(heading: str, bars: list[Bar], top: int) -> Iterator[str]:
    low = math.floor(math.log10(min(bar.length.least for bar in bars)) - 0.2)
    high = math.log10(max(bar.length.most for bar in bars))
    scale = (_WIDTH - _LABELS - _FIGURES) / max(high - low, 0.1)

    def along(value: float) -> float:
        return _LABELS + (math.log10(value) - low) * scale

    yield f'<text x="10" y="{top}" class="h">{escape(heading)}</text>'
    for place, bar in enumerate(bars):
        y = top + 12 + place * _ROW
        middle = y + _BAR / 2
        yield f'<text x="{_LABELS - 8}" y="{y + 10}" text-anchor="end">{escape(bar.title)}</text>'
        yield f'<rect x="{_LABELS}" y="{y}" width="{along(bar.length.median) - _LABELS:.1f}" height="{_BAR}" fill="{bar.colour}"/>'
        least, most = along(bar.length.least), along(bar.length.most)
        yield f'<path d="M{least:.1f} {middle}H{most:.1f}M{least:.1f} {y + 2}v8M{most:.1f} {y + 2}v8" stroke="#24292f"/>'
        yield f'<text x="{most + 6:.1f}" y="{y + 10}">{escape(bar.figure)}</text>'
