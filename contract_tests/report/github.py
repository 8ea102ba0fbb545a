"""A run for GitHub Actions: a job summary in Markdown, and an annotation for each failure and finding."""

from leadsquared_slots.contract_tests.run.failures import ContractFailure
from leadsquared_slots.contract_tests.run.results import Report, Verdict

from .verdicts import counted

_LEVELS = {Verdict.FAILED: "error", Verdict.FINDING: "warning"}
_MOST_SHOWN = 50
"""GitHub shows no more annotations of a step, and cuts a summary off at one mebibyte."""


def annotations(report: Report) -> str:
    """Return workflow commands, one a line: `::error` for what failed, `::warning` for a finding."""
    return "".join(_annotation(failure, report) for failure in report.failures[:_MOST_SHOWN])


def summary(report: Report) -> str:
    """Return the job summary: what came out, and each failure with the command that shows it again."""
    headline = {0: "✅ The contract holds", 1: "❌ The contract is broken"}.get(report.exit_code(), "⚠️ Nothing was looked at")
    lines = [
        f"### {headline}: {_text(report.target)}",
        "",
        f"{' · '.join(counted(report.count))}; {report.calls} calls, profile {_text(report.profile)}, seed {report.seed}",
    ]
    if report.failures:
        lines += ["", "| verdict | rule | what | received | documented |", "|---|---|---|---|---|"]
        lines += [_row(failure, report) for failure in report.failures[:_MOST_SHOWN]]
        lines += ["", "<details><summary>See it again</summary>", "", *_replays(report), "", "</details>"]
    if len(report.failures) > _MOST_SHOWN:
        lines += ["", f"{len(report.failures) - _MOST_SHOWN} more stand in the log."]
    return "\n".join(lines) + "\n\n"


def _annotation(failure: ContractFailure, report: Report) -> str:
    level = _LEVELS.get(report.verdict_of(failure), "error")
    title = failure.title.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A").replace(":", "%3A").replace(",", "%2C")
    return f"::{level} title={title} ({failure.rule})::{_data(f'Received: {failure.received}. Documented: {failure.documented}')}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _row(failure: ContractFailure, report: Report) -> str:
    cells = (report.verdict_of(failure).value, f"`{failure.rule}`", failure.title, failure.received, failure.documented)
    return f"| {' | '.join(_text(cell) for cell in cells)} |"


def _replays(report: Report) -> list[str]:
    replays = dict.fromkeys(failure.replay for failure in report.failures[:_MOST_SHOWN] if failure.replay)
    return ["```sh", *(line.replace("```", "'''") for line in replays), "```"]


def _text(text: str) -> str:
    """Text of a server as it may stand in a table: no row is ended by it, and it is no HTML."""
    shown = text if len(text) <= 300 else text[:300] + "…"
    return " ".join(shown.split()).replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|")
