"""A run as files: JSON, JUnit and one HTML page. Everything here says what the run found; nothing judges."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Any
from xml.etree.ElementTree import Element

from leadsquared_slots.contract_tests.run.failures import ContractFailure
from leadsquared_slots.contract_tests.run.results import CheckResult, Plan, Report, RuleResult, Verdict
from leadsquared_slots.contract_tests.wire.redaction import Redactor, each_text

from .junit import case, failed, junit, printed, skipped
from .page import page
from .printing import printable
from .terminal import Terminal
from .verdicts import SKIPPED, iso, summary

__all__ = ["FORMATS", "Redactor", "Terminal", "as_html", "as_json", "as_junit", "write_report"]

VERSION = 1
"""Of the JSON form; a change that a reader can stumble over raises it."""


def write_report(report: Report, path: Path, kind: str, redact: Redactor) -> None:
    """Write a report to a file. `kind` is one of FORMATS; missing folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(redact(FORMATS[kind](redact.value(report))), encoding="utf-8")


def as_json(report: Report) -> str:
    """The report as JSON text that fits schemas/report.schema.json."""
    document = {
        "version": VERSION,
        "target": report.target,
        "profile": report.profile,
        "seed": report.seed,
        "started": iso(report.started),
        "seconds": round(report.seconds, 3),
        "calls": report.calls,
        "exitCode": report.exit_code(),
        "summary": summary(report.count),
        "plan": _plan(report.plan),
        "rules": [_rule(rule) for rule in report.rules],
        "checks": [_check(check) for check in report.checks],
        "failures": list(_failures(report)),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _plan(plan: Plan) -> dict[str, Any]:
    left_out = [{"name": part.name, "verdict": part.verdict.value, "reason": part.reason} for part in plan.left_out]
    return {
        "users": list(plan.users),
        "from": plan.first.isoformat(),
        "to": plan.last.isoformat(),
        "rate": {"calls": plan.rate[0], "seconds": plan.rate[1]},
        "budget": plan.budget,
        "calls": plan.calls,
        "seconds": round(plan.seconds, 3),
        "allowBurst": plan.allow_burst,
        "strict": plan.strict,
        "checks": [part.name for part in plan.checks],
        "leftOut": left_out,
        "notes": list(plan.notes),
    }


def _rule(result: RuleResult) -> dict[str, Any]:
    rule = result.rule
    return {
        "id": rule.id,
        "statement": rule.statement,
        "grade": result.grade.value,
        "severity": rule.severity.value,
        "source": rule.source.title,
        "verdict": result.verdict.value,
        "reason": result.reason,
        "checks": list(result.checks),
    }


def _check(result: CheckResult) -> dict[str, Any]:
    return {
        "name": result.name,
        "title": result.title,
        "rules": list(result.rules),
        "verdict": result.verdict.value,
        "reason": result.reason,
        "calls": result.calls,
        "facts": list(result.facts),
    }


def _failures(report: Report) -> Iterator[dict[str, Any]]:
    """Yield each failure, with the number of its cause."""
    causes = {failure: number for number, group in enumerate(report.causes, 1) for failure in group}
    for failure in report.failures:
        yield asdict(failure) | {"cause": causes[failure]}


def as_junit(report: Report) -> str:
    """The report as JUnit XML: one test case for each rule, named by its id.

    A rule that was not exercised, was not run, or is not applicable is skipped, with a message that says which. A finding
    passes and says so in its output.
    """
    said = {"target": report.target, "profile": report.profile, "seed": str(report.seed)}
    first_of_cause = {failure: group[0].rule for group in report.causes for failure in group}
    cases = (_case(result, first_of_cause) for result in report.rules)
    return junit("leadsquared-slots", cases, report.seconds, started=iso(report.started), properties=said)


def _case(result: RuleResult, first_of_cause: Mapping[ContractFailure, str]) -> Element:
    made = case(f"contract.{result.rule.id.partition('.')[0]}", result.rule.id)
    text = "\n\n".join(str(failure) for failure in result.failures)
    if result.verdict is Verdict.FAILED:
        message = result.failures[0].title if result.failures else result.rule.statement
        others = {first_of_cause[failure] for failure in result.failures}
        message += "" if result.rule.id in others or not others else f" (one cause with {min(others)})"
        failed(made, message, text, type=result.grade.value)
    elif result.verdict in SKIPPED:
        skipped(made, f"{result.verdict.value}: {result.reason}" if result.reason else result.verdict.value)
    elif result.verdict is Verdict.FINDING:
        printed(made, f"finding ({result.grade.value} rule)\n{text}")
    return made


def as_html(report: Report) -> str:
    """The report as one HTML page that fetches nothing."""
    report = each_text(report, lambda text: printable(text, but="\n\t"))
    return page("report.html.j2", report=report, groups=_groups(report))


def _groups(report: Report) -> list[tuple[str, list[RuleResult]]]:
    groups: dict[str, list[RuleResult]] = {}
    for result in report.rules:
        groups.setdefault(result.rule.id.partition(".")[0], []).append(result)
    return list(groups.items())


FORMATS: Mapping[str, Callable[[Report], str]] = MappingProxyType({"json": as_json, "junit": as_junit, "html": as_html})
"""How to write a report, by the name of its flag."""
