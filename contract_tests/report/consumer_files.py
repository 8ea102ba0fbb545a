"""Judging a caller as files: JSON, JUnit and one HTML page. Everything here says what the run found; nothing judges."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC
from pathlib import Path
from types import MappingProxyType
from typing import Any
from xml.etree import ElementTree

from leadsquared_slots.contract_tests.consumer.report import ConsumerReport, ExamplesResult, RuleResult, SituationResult, Verdict

from .consumer_terminal import timeline

VERSION = 1
"""Of the JSON form; a change that a reader can stumble over raises it."""
_PAGES = Path(__file__).parent / "pages"


def write_consumer_report(report: ConsumerReport, path: Path, kind: str) -> None:
    """Write a report to a file; missing folders are made. `kind` is one of CONSUMER_FORMATS."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(CONSUMER_FORMATS[kind](report), encoding="utf-8")


def as_json(report: ConsumerReport) -> str:
    """The report as JSON text that fits schemas/consumer-report.schema.json."""
    return json.dumps(as_document(report), indent=2, ensure_ascii=False) + "\n"


def as_document(report: ConsumerReport) -> dict[str, Any]:
    """The report as JSON values."""
    return {
        "version": VERSION,
        "command": report.command,
        "target": report.target,
        "profile": report.profile,
        "seed": report.seed,
        "started": report.started.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "seconds": round(report.seconds, 3),
        "exitCode": report.exit_code(),
        "summary": {verdict.value: report.count(verdict) for verdict in Verdict},
        "situations": [_situation(result) for result in report.situations],
        "rules": [_rule(result) for result in report.rules],
        "examples": None if report.examples is None else _examples(report.examples),
    }


def _situation(result: SituationResult) -> dict[str, Any]:
    situation = result.situation
    return {
        "id": situation.id,
        "verdict": result.verdict.value,
        "reason": result.reason,
        "group": situation.group,
        "title": situation.title,
        "expected": situation.expected.value,
        "rules": list(situation.rules),
        "grade": situation.grade.value,
        "restsOn": list(result.rests_on),
        "problem": result.problem,
        "said": list(result.said),
        "right": list(result.right),
        "cause": result.cause,
        "findings": [dict(finding) for finding in result.findings],
        "calls": [asdict(step) for step in result.timeline],
        "output": list(result.output),
        "seconds": round(result.seconds, 3),
    }


def _rule(result: RuleResult) -> dict[str, Any]:
    return {
        "id": result.rule.id,
        "verdict": result.verdict.value,
        "statement": result.rule.statement,
        "grade": result.rule.grade.value,
        "source": result.rule.source.title,
        "findings": [{"situation": situation, **finding} for situation, finding in result.findings],
    }


def _examples(result: ExamplesResult) -> dict[str, Any]:
    return {
        "askedFor": result.asked_for,
        "tried": result.tried,
        "verdict": (Verdict.FAILED if result.problem else Verdict.PASSED if result.tried else Verdict.NOT_EXERCISED).value,
        "problem": result.problem,
        "said": list(result.said),
        "right": list(result.right),
        "cause": result.cause,
        "calendar": result.calendar,
        "question": None if result.question is None else dict(result.question),
    }


def as_junit(report: ConsumerReport) -> str:
    """The report as JUnit XML: one test case for each situation and each conduct rule, named by its id."""
    cases = [_situation_case(result) for result in report.situations] + [_rule_case(result) for result in report.rules]
    failed, skipped = report.count(Verdict.FAILED), report.count(Verdict.NOT_RUN) + report.count(Verdict.NOT_EXERCISED)
    if report.examples is not None:
        case = _case("consumer.examples", "examples", 0)
        if report.examples.problem:
            failed += 1
            ElementTree.SubElement(case, "failure", {"message": _xml(report.examples.problem)}).text = _xml(report.examples.calendar or "")
        cases.append(case)
    counts = {
        "tests": str(len(cases)),
        "failures": str(failed),
        "errors": "0",
        "skipped": str(skipped),
        "time": f"{report.seconds:.3f}",
    }
    suites = ElementTree.Element("testsuites", counts)
    ElementTree.SubElement(suites, "testsuite", {"name": "leadsquared-slots consumer", **counts}).extend(cases)
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suites, encoding="unicode") + "\n"


def _case(group: str, name: str, seconds: float) -> ElementTree.Element:
    return ElementTree.Element("testcase", {"classname": group, "name": name, "time": f"{seconds:.3f}"})


def _situation_case(result: SituationResult) -> ElementTree.Element:
    case = _case(f"consumer.{result.situation.group.replace(' ', '-')}", result.situation.id, result.seconds)
    if result.verdict is Verdict.FAILED:
        message = result.problem or str(result.broken[0]["what"])
        lines = [*result.said, *(f"right: {line}" for line in result.right), *([f"cause: {result.cause}"] if result.cause else [])]
        lines += [f"{finding['rule']}: {finding['what']}" for finding in result.findings]
        lines += timeline(result.timeline)
        ElementTree.SubElement(case, "failure", {"message": _xml(message)}).text = _xml("\n".join(lines))
    elif result.verdict is Verdict.NOT_RUN:
        ElementTree.SubElement(case, "skipped", {"message": f"not run: {result.reason}"})
    return case


def _rule_case(result: RuleResult) -> ElementTree.Element:
    case = _case("conduct", result.rule.id, 0)
    text = "\n".join(f"{situation}: {finding['what']} {finding['fix']}" for situation, finding in result.findings)
    if result.verdict is Verdict.FAILED:
        ElementTree.SubElement(case, "failure", {"message": _xml(result.rule.statement)}).text = _xml(text)
    elif result.verdict in (Verdict.NOT_RUN, Verdict.NOT_EXERCISED):
        ElementTree.SubElement(case, "skipped", {"message": result.verdict.value})
    elif result.verdict is Verdict.FINDING:
        ElementTree.SubElement(case, "system-out").text = _xml(f"advice\n{text}")
    return case


def _xml(text: str) -> str:
    """The text with the characters that XML cannot hold spelt out."""
    return "".join(char if char in "\t\n\r" or " " <= char <= "\ud7ff" or char >= "\ue000" else f"\\u{ord(char):04x}" for char in text)


def as_html(report: ConsumerReport) -> str:
    """The report as one HTML page that fetches nothing."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_PAGES), autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["css"] = lambda verdict: verdict.value.replace(" ", "-")
    environment.filters["timeline"] = timeline
    return environment.get_template("consumer.html.j2").render(report=report, Verdict=Verdict)


CONSUMER_FORMATS: Mapping[str, Callable[[ConsumerReport], str]] = MappingProxyType({"json": as_json, "junit": as_junit, "html": as_html})
"""How to write a report, by the name of its flag."""
