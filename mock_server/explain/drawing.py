"""Explanations for the terminal: the day as a drawing, with its three zones under each other, and the steps as sentences."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, tzinfo
from textwrap import wrap

import click
from leadsquared_slots.mock_server.calendars.people import name_of, subject_of
from leadsquared_slots.mock_server.domain.availability import zone_of_dates
from leadsquared_slots.mock_server.domain.interval import DAY, Interval, Intervals, union
from leadsquared_slots.mock_server.domain.work_day import WEEKDAYS
from leadsquared_slots.mock_server.domain.zone import offset_at

from .explanation import Explanation
from .values import Effect, ExplainedTask, Topic
from .words import both, times

_LABEL = 11
_TICK = 3 * 3600
_WIDE = 132
_ASCII = str.maketrans({"█": "#", "▌": "+", "▐": "+", "│": "|", "·": ".", "–": "-", "−": "-", "…": "~", "─": "-"})
_BLOCKS = {(True, True): "█", (True, False): "▌", (False, True): "▐", (False, False): " "}


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What is drawn on: columns of the terminal, whether it shows colours, and what its encoding is."""

    width: int = 80
    colour: bool = False
    encoding: str = "utf-8"

    @property
    def has_blocks(self) -> bool:
        """Whether the encoding can write block characters."""
        try:
            "█▌▐│·–…─".encode(self.encoding)
        except (UnicodeEncodeError, LookupError):
            return False
        return True


def draw(explanation: Explanation, paper: Paper | None = None) -> str:
    """The whole text: heading, drawing and steps, each line no wider than the paper (80 columns at least)."""
    paper = paper or Paper()
    lines = [*_heading(explanation, paper), "", *_Drawing(explanation, paper).lines(), "", *_steps(explanation, paper)]
    text = "\n".join(lines) + "\n"
    if paper.has_blocks:
        return text
    return text.translate(_ASCII).encode("ascii", "replace").decode("ascii")


def _heading(explanation: Explanation, paper: Paper) -> Iterator[str]:
    user, shown = explanation.user, date.fromordinal(explanation.ordinal)
    weekday = WEEKDAYS[(explanation.ordinal - 1) % 7].capitalize()
    flag = "true" if explanation.include_allowed_conflicts else "false"
    yield _style(paper, _cut(f"{weekday} {shown} of {_plain(name_of(user))} <{_plain(user.address)}>", paper.width), bold=True)
    yield _cut(f"allowed conflicts included: {flag} · profile {_plain(explanation.profile.name)}", paper.width)


def _steps(explanation: Explanation, paper: Paper) -> Iterator[str]:
    for number, step in enumerate(explanation.steps, 1):
        is_result = step.kind is Topic.RESULT
        for line in wrap(_plain(step.text), paper.width, initial_indent=f"{number:>3}. ", subsequent_indent="     "):
            yield _style(paper, line, bold=is_result, fg="green" if is_result and explanation.result.absence is None else None)
        for line in wrap(", ".join(step.rules), paper.width, initial_indent="     ", subsequent_indent="     ", break_on_hyphens=False):
            yield _style(paper, line, dim=True)


class _Drawing:
    """The day as rows of cells: the x axis is real time, so that the three zones fit it exactly, clock changes included."""

    def __init__(self, explanation: Explanation, paper: Paper) -> None:
        self.explanation, self.paper = explanation, paper
        instants = explanation.day.instants
        self.start, self.end = (instants[0].start, instants[-1].end) if instants else (0, 0)
        self.cell = 900 if paper.width >= _WIDE else 1800
        self.columns = -(-(self.end - self.start) // self.cell)
        self.ticks = self._ticks(zone_of_dates(explanation.user, explanation.profile))
        self.room = paper.width - _LABEL - self.columns - 3

    def lines(self) -> Iterator[str]:
        if not self.columns:
            yield "The date does not exist in this zone."
            return
        explanation, user = self.explanation, self.explanation.user
        if user.template is not None:
            yield self._ruler("template", user.template.zone, user.template.zone_name)
        yield self._ruler("user", user.zone, user.zone_name)
        yield self._ruler("UTC", UTC, "UTC")
        yield self._row("shifts", self._real(explanation.shifts), self._listed(explanation.shifts), "blue")
        yield self._row("breaks", self._real(explanation.breaks), self._listed(explanation.breaks), "cyan")
        yield from self._absences()
        for number, task in enumerate(explanation.tasks, 1):
            yield self._task(number, task)
        yield self._row("holes", self._real(explanation.holes), self._listed(explanation.holes), "yellow")
        absence = explanation.result.absence
        said = self._listed(explanation.free) if absence is None else absence.value
        yield self._row("available", self._real(explanation.free), said, "green")

    def _absences(self) -> Iterator[str]:
        explanation, whole = self.explanation, (Interval(self.start, self.end),)
        if explanation.holiday is not None:
            yield self._row("holiday", whole, _plain(explanation.holiday), "magenta")
        leave = explanation.leave
        if leave.whole:
            yield self._row("leave", whole, "whole day", "magenta")
        else:
            yield self._row("leave", self._real(leave.parts), self._listed(leave.parts), "magenta")

    def _task(self, number: int, explained: ExplainedTask) -> str:
        colour = {Effect.BUSY: "red", Effect.HOLE: "yellow", Effect.NOTHING: "bright_black"}[explained.effect]
        said = {Effect.BUSY: "busy", Effect.HOLE: "hole", Effect.NOTHING: "free"}[explained.effect]
        task = explained.task
        text = f"{said} {both(map(times, explained.times))}"
        if self.room - len(text) > 12:
            text += f" {_plain(subject_of(task, self.explanation.user))}"
        return self._row(f"task {number}", (Interval(task.start, task.end),), text, colour)

    def _listed(self, intervals: Intervals) -> str:
        """The times, or as many as there is room for and the number of the others."""
        if not intervals:
            return "none"
        texts = list(map(times, intervals))
        for shown in range(len(texts), 1, -1):
            rest = f" +{len(texts) - shown}" if shown < len(texts) else ""
            if len(", ".join(texts[:shown]) + rest) <= self.room:
                return ", ".join(texts[:shown]) + rest
        return texts[0] + (f" +{len(texts) - 1}" if len(texts) > 1 else "")

    def _real(self, wall: Intervals) -> Intervals:
        return union(self.explanation.day.instants_of(wall))

    def _row(self, label: str, instants: Intervals, text: str, colour: str) -> str:
        cells = []
        for column in range(self.columns):
            left = self.start + column * self.cell
            middle, right = left + self.cell // 2, left + self.cell
            block = _BLOCKS[self._is_marked(instants, left, middle), self._is_marked(instants, middle, right)]
            cells.append("·" if block == " " and column in self.ticks else block)
        return self._line(label, "".join(cells), text, colour)

    def _is_marked(self, instants: Intervals, start: int, end: int) -> bool:
        """Whether a half cell is drawn: half of it lies in an interval, or a whole interval that would not be seen otherwise."""
        covered = sum(max(0, min(end, b) - max(start, a)) for a, b in instants)
        return 2 * covered >= end - start or any(start <= a < end and 2 * (b - a) < end - start for a, b in instants)

    def _ruler(self, label: str, zone: tzinfo, name: str) -> str:
        cells = [" "] * (self.columns + 2)
        for column, hour in self._ticks(zone).items():
            if column == 0 or cells[column - 1] == " ":
                is_end = column == self.columns and hour == 0
                cells[column : column + 2] = "24" if is_end else f"{hour:02}"
        return self._line(label, "".join(cells), name, None)

    def _ticks(self, zone: tzinfo) -> dict[int, int]:
        """The columns in which a third hour of a zone's clock begins, with the hour."""
        found = {}
        for column in range(self.columns + 1):
            moment = self.start + column * self.cell
            local = moment + offset_at(zone, moment)
            ahead = -local % _TICK
            if ahead < self.cell:
                found[column] = (local + ahead) % DAY // 3600
        return found

    def _line(self, label: str, cells: str, text: str, colour: str | None) -> str:
        cells = cells.ljust(self.columns + 2)
        drawn = _style(self.paper, cells, fg=colour) if colour else _style(self.paper, cells, bold=True)
        return f"{label:<{_LABEL}}{drawn} {_cut(text, self.room)}".rstrip()


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else text[: max(0, room - 1)] + "…"


def _plain(text: str) -> str:
    """Text of a calendar without what would steer a terminal."""
    return "".join(character if character.isprintable() else "?" for character in text)


def _style(paper: Paper, text: str, **style: object) -> str:
    return click.style(text, **style) if paper.colour and text.strip() else text  # type: ignore[arg-type]
