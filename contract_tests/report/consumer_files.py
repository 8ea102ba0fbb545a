"""Judging a caller as files: JSON, JUnit and one HTML page. Everything here says what the run found; nothing judges."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Any
from xml.etree.ElementTree import Element

from leadsquared_slots.contract_tests.consumer.report import ConsumerReport, ExamplesResult, RuleResult, SituationResult
from leadsquared_slots.contract_tests.run.results import Verdict

from .consumer_terminal import timeline
from .junit import case, failed, junit, printed, skipped
from .page import page
from .verdicts import SKIPPED, iso, summary

VERSION = 1
"""Of the JSON form; a change that a reader can stumble over raises it."""


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
        "started": iso(report.started),
        "seconds": round(report.seconds, 3),
        "exitCode": report.exit_code(),
        "summary": summary(report.count),
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
    cases = [*map(_situation_case, report.situations), *map(_rule_case, report.rules)]
    if report.examples is not None:
        cases.append(_examples_case(report.examples))
    said = {"target": report.target, "profile": report.profile, "seed": str(report.seed)}
    return junit("leadsquared-slots consumer", cases, report.seconds, started=iso(report.started), properties=said)


def _situation_case(result: SituationResult) -> Element:
    made = case(f"consumer.{result.situation.group.replace(' ', '-')}", result.situation.id, result.seconds)
    if result.verdict is Verdict.FAILED:
        message = result.problem or str(result.broken[0]["what"])
        lines = [*result.said, *(f"right: {line}" for line in result.right), *([f"cause: {result.cause}"] if result.cause else [])]
        lines += [f"{finding['rule']}: {finding['what']}" for finding in result.findings]
        failed(made, message, "\n".join([*lines, *timeline(result.timeline)]))
    elif result.verdict in SKIPPED:
        skipped(made, f"{result.verdict.value}: {result.reason}")
    return made


def _rule_case(result: RuleResult) -> Element:
    made = case("conduct", result.rule.id)
    text = "\n".join(f"{situation}: {finding['what']} {finding['fix']}" for situation, finding in result.findings)
    if result.verdict is Verdict.FAILED:
        failed(made, result.rule.statement, text)
    elif result.verdict in SKIPPED:
        skipped(made, result.verdict.value)
    elif result.verdict is Verdict.FINDING:
        printed(made, f"advice\n{text}")
    return made


def _examples_case(result: ExamplesResult) -> Element:
    made = case("consumer.examples", "examples")
    if result.problem:
        failed(made, result.problem, result.calendar or "")
    return made


def as_html(report: ConsumerReport) -> str:
    """The report as one HTML page that fetches nothing."""
    return page("consumer.html.j2", {"timeline": timeline}, report=report)


CONSUMER_FORMATS: Mapping[str, Callable[[ConsumerReport], str]] = MappingProxyType({"json": as_json, "junit": as_junit, "html": as_html})
"""How to write a report, by the name of its flag."""
