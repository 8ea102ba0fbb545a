"""A run as files: JSON, JUnit and one HTML page. Everything here says what the run found; nothing judges."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any
from xml.etree import ElementTree

from leadsquared_slots.contract_tests.run.failures import ContractFailure
from leadsquared_slots.contract_tests.run.results import CheckResult, Plan, Report, RuleResult, Verdict
from leadsquared_slots.contract_tests.wire.redaction import Redactor, each_text

from .terminal import Terminal

__all__ = ["FORMATS", "Redactor", "Terminal", "as_html", "as_json", "as_junit", "write_report"]

VERSION = 1
"""Of the JSON form; a change that a reader can stumble over raises it."""

_SKIPPED = (Verdict.NOT_EXERCISED, Verdict.NOT_RUN, Verdict.NOT_APPLICABLE)
PAGE = Path(__file__).parent / "pages"


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
        "started": _moment(report.started),
        "seconds": round(report.seconds, 3),
        "calls": report.calls,
        "exitCode": report.exit_code(),
        "summary": {verdict.value: report.count(verdict) for verdict in Verdict},
        "plan": _plan(report.plan),
        "rules": [_rule(rule) for rule in report.rules],
        "checks": [_check(check) for check in report.checks],
        "failures": [_failure(failure) for failure in report.failures],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


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


def _failure(failure: ContractFailure) -> dict[str, Any]:
    return asdict(failure)


def as_junit(report: Report) -> str:
    """The report as JUnit XML: one test case for each rule, named by its id.

    A rule that was not exercised, was not run, or is not applicable is skipped, with a message that says which. A finding
    passes and says so in its output.
    """
    cases = [_case(result) for result in report.rules]
    counts = {
        "tests": str(len(cases)),
        "failures": str(report.count(Verdict.FAILED)),
        "errors": "0",
        "skipped": str(sum(map(report.count, _SKIPPED))),
        "time": f"{report.seconds:.3f}",
    }
    suites = ElementTree.Element("testsuites", counts)
    suite = ElementTree.SubElement(suites, "testsuite", {"name": "leadsquared-slots", "timestamp": _moment(report.started), **counts})
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in (("target", report.target), ("profile", report.profile), ("seed", str(report.seed))):
        ElementTree.SubElement(properties, "property", {"name": name, "value": _xml(value)})
    suite.extend(cases)
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suites, encoding="unicode") + "\n"


def _case(result: RuleResult) -> ElementTree.Element:
    group = result.rule.id.partition(".")[0]
    case = ElementTree.Element("testcase", {"classname": f"contract.{group}", "name": result.rule.id, "time": "0"})
    text = _xml("\n\n".join(str(failure) for failure in result.failures))
    if result.verdict is Verdict.FAILED:
        message = result.failures[0].title if result.failures else result.rule.statement
        ElementTree.SubElement(case, "failure", {"message": _xml(message), "type": result.grade.value}).text = text
    elif result.verdict in _SKIPPED:
        message = f"{result.verdict.value}: {result.reason}" if result.reason else result.verdict.value
        ElementTree.SubElement(case, "skipped", {"message": _xml(message)})
    elif result.verdict is Verdict.FINDING:
        ElementTree.SubElement(case, "system-out").text = f"finding ({result.grade.value} rule)\n{text}"
    return case


def _xml(text: str) -> str:
    """The text with the characters that XML cannot hold, not even escaped, spelt out."""
    return "".join(char if _allowed(ord(char)) else f"\\u{ord(char):04x}" for char in text)


def _allowed(code: int) -> bool:
    return code in (0x9, 0xA, 0xD) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000


def as_html(report: Report) -> str:
    """The report as one HTML page that fetches nothing."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(PAGE),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["moment"] = lambda moment: moment.astimezone(UTC).strftime("%d %B %Y, %H:%M UTC")
    environment.filters["css"] = lambda verdict: verdict.value.replace(" ", "-")
    report = each_text(report, _without_controls)
    return environment.get_template("report.html.j2").render(report=report, Verdict=Verdict, groups=_groups(report))


def _without_controls(text: str) -> str:
    """The text with control characters of the target spelt out: a browser must not act on them."""
    return "".join(char if char.isprintable() or char in "\n\t" else f"\\x{ord(char):02x}" for char in text)


def _groups(report: Report) -> list[tuple[str, list[RuleResult]]]:
    groups: dict[str, list[RuleResult]] = {}
    for result in report.rules:
        groups.setdefault(result.rule.id.partition(".")[0], []).append(result)
    return list(groups.items())


FORMATS: Mapping[str, Callable[[Report], str]] = MappingProxyType({"json": as_json, "junit": as_junit, "html": as_html})
"""How to write a report, by the name of its flag."""
