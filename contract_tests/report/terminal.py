"""A run in the terminal: the plan, a progress bar, then the rules, the failures and one last line."""

import sys
from collections import Counter
from collections.abc import Sequence
from typing import IO, cast

from leadsquared_slots.contract_tests.run.failures import ContractFailure
from leadsquared_slots.contract_tests.run.results import CheckResult, Plan, Report, RuleResult, Verdict
from leadsquared_slots.contract_tests.wire.redaction import RedactingStream, Redactor, each_text
from leadsquared_slots.mock_server.contract.ledger import Grade, Rule, Severity
from rich.console import Group
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from .printing import console, printable
from .verdicts import SIGNS, counted, signed

_WIDTH_OF_A_FILE = 100
_WIDTH_FOR_REMARKS = 100
"""Rule, grade and verdict take 65 columns; the first words of a sentence need as many as half of that."""


class Terminal:
    """Prints a run as it happens; a `Progress` for the runner.

    color   colours and other control sequences; they are left out anyway where the stream is no terminal
    quiet   only failures, findings and the last line
    """

    def __init__(self, redact: Redactor, *, stream: IO[str] | None = None, color: bool = True, quiet: bool = False) -> None:
        self._redact, self._quiet = redact, quiet
        self._stream = RedactingStream(stream or sys.stdout, redact)
        self._console = console(cast(IO[str], self._stream), color=color, width_of_a_file=_WIDTH_OF_A_FILE)
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def planned(self, plan: Plan) -> None:
        """Print what will be sent and what is left out, and start the bar."""
        if self._quiet:
            return
        plan = each_text(plan, self._clean)
        self._console.print(_plan(plan))
        if self._console.is_terminal:
            columns = (
                SpinnerColumn(),
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("calls"),
            )
            self._bar = Progress(*columns, TimeElapsedColumn(), console=self._console, transient=True)
            self._task = self._bar.add_task("starting", total=max(plan.calls, 1))
            self._bar.start()

    def check_started(self, name: str) -> None:
        """Show the check beside the bar."""
        self._update(description=name)

    def called(self, calls: int) -> None:
        """Move the bar."""
        self._update(completed=calls)

    def waiting(self, seconds: float, reason: str) -> None:
        """Show why nothing moves; short pauses of the throttle are not worth a word."""
        if seconds >= 1:
            self._update(description=self._clean(f"waiting {seconds:.0f} s: {reason}"))

    def check_finished(self, result: CheckResult) -> None:
        """Print a failure as soon as it is known."""
        if self._bar and result.verdict in (Verdict.FAILED, Verdict.FINDING):
            self._bar.console.print(signed(result.verdict, result.name))

    def finished(self, report: Report) -> None:
        """Print the rules, each failure, and the sum."""
        self.close()
        report = each_text(report, self._clean)
        if not self._quiet:
            self._console.print(_rules(report, with_remarks=self._console.width >= _WIDTH_FOR_REMARKS))
            self._facts(report)
        for number, group in enumerate(report.causes, 1):
            self._failure(number, group, report)
        self._console.print(_sum(report), soft_wrap=True)

    def close(self) -> None:
        """Stop the bar; safe to call at any time, and needed when a run breaks off."""
        if self._bar:
            self._bar.stop()
            self._bar = None

    def _clean(self, text: str) -> str:
        return printable(self._redact(text), but="\n")

    def _update(self, *, description: str | None = None, completed: int | None = None) -> None:
        if self._bar and self._task is not None:
            self._bar.update(self._task, description=description, completed=completed)

    def _facts(self, report: Report) -> None:
        facts = [f"{check.name}: {fact}" for check in report.checks for fact in check.facts]
        if facts:
            self._console.print(Text("\nMeasured", style="bold"))
            for fact in facts:
                self._console.print(Text(f"  {fact}"))

    def _failure(self, number: int, group: Sequence[ContractFailure], report: Report) -> None:
        """Print failures of one cause: the first whole, of the others what they add."""
        failure, *others = group
        result = next((result for result in report.rules if result.rule.id == failure.rule), None)
        rule, grade = (result.rule, result.grade) if result else (None, None)
        self._console.print()
        verdict = report.verdict_of(failure)
        self._console.print(Text.assemble((f"{number}. ", "bold"), signed(verdict, verdict.value), (f": {failure.title}", "bold")))
        self._console.print(_facts_of(failure, rule, grade))
        for other in others:
            self._console.print(_grid([("The same", _added(failure, other))]))
        for label, text in (("Reproduce", failure.curl), ("Replay", failure.replay)):
            for line in text.splitlines():
                # A curl line that is broken cannot be pasted.
                self._console.print(Text.assemble("   ", (f"{label:<12}", "dim"), line), soft_wrap=True)
                label = ""


def _plan(plan: Plan) -> Group:
    users = ", ".join(plan.users[:3]) + (f" and {len(plan.users) - 3} more" if len(plan.users) > 3 else "")
    calls, seconds = plan.rate
    lines = [
        f"Target    {plan.target}   profile {plan.profile}   seed {plan.seed}",
        f"Asks for  {users} from {plan.first} to {plan.last}",
        f"Plan      {len(plan.checks)} checks, about {plan.calls} of at most {plan.budget} calls",
        f"Rate      never more than {calls} calls in {seconds:g} s: about {plan.seconds:.0f} s in all",
    ]
    for reason, count in Counter((part.verdict, part.reason) for part in plan.left_out).items():
        lines.append(f"Left out  {count} × {reason[0].value}: {reason[1]}")
    return Group(*(Text(line) for line in (*lines, *(f"Note      {note}" for note in plan.notes))))


def _rules(report: Report, *, with_remarks: bool) -> Padding:
    """The table by rule, one line each."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading, texts in (
        ("Rule", [result.rule.id for result in report.rules]),
        ("Grade", [grade.value for grade in Grade]),
        ("Verdict", [f"- {verdict.value}" for verdict in Verdict]),
    ):
        table.add_column(heading, no_wrap=True, min_width=max(map(len, texts), default=0))
    if with_remarks:
        table.add_column("Statement", no_wrap=True, overflow="ellipsis")
    for result in report.rules:
        cells = [result.rule.id, result.grade.value, signed(result.verdict, result.verdict.value)]
        table.add_row(*cells, *([Text(_remark(result))] if with_remarks else []))
    return Padding(table, (1, 0, 0, 0))


def _remark(result: RuleResult) -> str:
    return result.reason or result.rule.statement


def _added(first: ContractFailure, other: ContractFailure) -> str:
    """What another failure of the same cause adds to the first."""
    parts = [f"rule {other.rule}, seen by {other.check}"]
    parts += [other.title] if other.title != first.title else []
    parts += [f"received: {other.received}"] if other.received != first.received else []
    parts += [f"documented: {other.documented}"] if other.documented != first.documented else []
    return "; ".join(parts)


def _facts_of(failure: ContractFailure, rule: Rule | None, grade: Grade | None) -> Padding:
    source = (
        f"{grade.value}{', severe' if rule.severity is Severity.SEVERE else ''}; {rule.source.title}"
        if rule and grade
        else "not in the ledger"
    )
    rows = [("Rule", f"{failure.rule} ({source})"), ("Received", failure.received), ("Documented", failure.documented)]
    if rule and rule.says:
        rows.append(("Source says", rule.says))
    rows += [("Profile", f"{failure.fits} would fit; the vendor leaves it open")] if failure.fits else []
    rows += [("Also", "\n".join(failure.also))] if failure.also else []
    rows += [("Request", failure.request)] if failure.request and not failure.curl else []
    rows.append(("Seen by", f"{failure.check}, seed {failure.seed}"))
    return _grid(rows)


def _grid(rows: Sequence[tuple[str, str]]) -> Padding:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(style="dim", min_width=11)
    grid.add_column(overflow="fold")
    for label, text in rows:
        grid.add_row(label, Text(text))
    return Padding(grid, (0, 0, 0, 3))


def _sum(report: Report) -> Text:
    style = SIGNS[Verdict.FAILED if report.exit_code() else Verdict.PASSED][1]
    return Text(
        f"\n{report.headline}: {', '.join(counted(report.count))}; {report.calls} calls in {report.seconds:.1f} s, seed {report.seed}.",
        style=style,
    )
