"""Judging a caller in the terminal: each situation as it comes out, then each failure, the conduct rules, and one last line."""

from typing import IO

from leadsquared_slots.contract_tests.consumer.report import ConsumerReport, ExamplesResult, RuleResult, SituationResult, Step
from leadsquared_slots.contract_tests.run.results import Verdict
from rich.text import Text

from .printing import console, printable
from .verdicts import counted, signed

_WIDTH_OF_A_FILE = 160
_PAUSE_SECONDS = 0.5
"""A pause that is worth a word in a timeline."""


class ConsumerTerminal:
    """Prints a run as it happens.

    color   colours and other control sequences; left out anyway where the stream is no terminal
    quiet   only failures, advice and the last line
    """

    def __init__(self, *, stream: IO[str] | None = None, color: bool = True, quiet: bool = False) -> None:
        self._quiet = quiet
        self._console = console(stream, color=color, width_of_a_file=_WIDTH_OF_A_FILE)

    def started(self, situations: int) -> None:
        """Print what will be done."""
        if not self._quiet:
            self._line(f"{situations} situations, each on an account of its own")

    def finished(self, result: SituationResult) -> None:
        """Print how a situation came out."""
        if not self._quiet or result.verdict is Verdict.FAILED:
            seconds = f"{result.seconds:.1f} s"
            self._signed(result.verdict, f"{result.situation.id:<15} {_short(result)}", f"  {seconds}")

    def example(self, tried: int) -> None:
        """Nothing: the sum says how many."""

    def done(self, report: ConsumerReport) -> None:
        """Print the failures, the rules, and the sum."""
        for number, result in enumerate(report.failed, 1):
            self._failure(number, result)
        if report.examples is not None and report.examples.problem:
            self._examples(report.examples)
        self._rules(report)
        self._sum(report)

    def _failure(self, number: int, result: SituationResult) -> None:
        situation = result.situation
        self._line("")
        self._console.print(Text.assemble((f"{number}. ", "bold"), (f"✗ {situation.id}", "bold red"), (f": {situation.title}", "bold")))
        if result.problem:
            self._fact("Result", result.problem)
            self._facts("The application", result.said)
            self._facts("Right", result.right or (situation.expected.value,))
        if result.cause:
            self._fact("Most likely", f"the application {result.cause}")
        for finding in result.broken:
            self._fact("Conduct", f"{finding['rule']}: {finding['what']} {finding['fix']}")
        self._facts("Calls", tuple(timeline(result.timeline)) or ("none",))
        self._fact("Rests on", f"{', '.join(situation.rules)} ({situation.grade.value})")
        self._facts("Answers", result.rests_on)
        self._facts("Output", result.output)

    def _examples(self, examples: ExamplesResult) -> None:
        self._line("")
        self._console.print(Text("✗ a generated calendar", style="bold red"))
        self._fact("Result", examples.problem or "")
        self._facts("The application", examples.said)
        self._facts("Right", examples.right)
        if examples.cause:
            self._fact("Most likely", f"the application {examples.cause}")
        self._fact("Question", str(examples.question))
        self._facts("Calendar", tuple((examples.calendar or "").splitlines()))

    def _rules(self, report: ConsumerReport) -> None:
        if not self._quiet:
            self._line("")
            self._console.print(Text("Conduct, over all situations", style="bold"))
        for result in report.rules:
            if not self._quiet or result.verdict in (Verdict.FAILED, Verdict.FINDING):
                self._signed(result.verdict, f"{result.rule.id:<24} {result.verdict.value:<14}{_remark(result)}", "")

    def _sum(self, report: ConsumerReport) -> None:
        code = report.exit_code()
        parts = counted(report.count)
        if report.examples is not None:
            parts.append(f"{report.examples.tried} generated calendars{', one of them wrong' if report.examples.problem else ''}")
        words = {
            130: "Interrupted",
            0: "The application survives this vendor",
            1: "The application does not survive this vendor",
            2: "Nothing was looked at",
        }
        text = f"\n{words[code]}: {', '.join(parts)}; {report.seconds:.1f} s, profile {report.profile}, seed {report.seed}."
        self._console.print(Text(text, style="green" if code == 0 else "bold red"), soft_wrap=True)

    def _signed(self, verdict: Verdict, text: str, more: str) -> None:
        self._console.print(Text.assemble(signed(verdict, text), (more, "dim")), soft_wrap=True)

    def _line(self, text: str) -> None:
        self._console.print(Text(text))

    def _fact(self, label: str, text: str) -> None:
        self._facts(label, (text,))

    def _facts(self, label: str, lines: tuple[str, ...]) -> None:
        for line in lines:
            self._console.print(Text.assemble("   ", (f"{label:<16}", "dim"), printable(line)), soft_wrap=True)
            label = ""


def _short(result: SituationResult) -> str:
    if result.verdict is not Verdict.FAILED:
        return result.situation.expected.value if result.reason is None else result.reason
    causes = [f"the application {result.cause}"] if result.cause else [result.problem] if result.problem else []
    return printable("; ".join([*causes, *(str(finding["rule"]) for finding in result.broken)]))


def _remark(result: RuleResult) -> str:
    if result.findings:
        situation, finding = result.findings[0]
        return f"{finding['what']} ({situation}{f' and {len(result.findings) - 1} more' if len(result.findings) > 1 else ''})"
    return result.rule.statement


def timeline(steps: tuple[Step, ...]) -> list[str]:
    """The calls of a situation as lines, with their pauses."""
    lines, before = [], 0.0
    for step in steps:
        pause = step.at - before
        if pause >= _PAUSE_SECONDS:
            lines.append(f"          … {pause:.1f} s pass")
        lines.append(f"{step.at:8.3f} s  {step.asked}  →  {step.came}")
        before = step.at
    return lines
