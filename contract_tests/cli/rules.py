"""`lsq-contract rules`: the ledger, and what changed in it."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from .options import need_kit, option

_SHOWN = ("grade", "statement", "source", "says", "reason", "question", "inside", "severity")
_GRADES = ("documented", "observed", "inferred", "unknown")


@click.command()
@option("--json", "as_json", is_flag=True, help="As JSON.")
@option("--grade", type=click.Choice(_GRADES), help="Only rules that are known this well.")
@option(
    "--diff",
    "old",
    metavar="OLD.json",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What changed since the ledger that an older version printed with --json.",
)
def rules(as_json: bool, grade: str | None, old: Path | None) -> None:
    """Print the ledger: every rule with its grade, statement, source, and the checks that look at it."""
    need_kit()
    listed = [entry for entry in _entries() if grade in (None, entry["grade"])]
    if old is not None:
        before = [entry for entry in _read(old) if grade in (None, entry.get("grade"))]
        changes = list(_changes({entry["id"]: entry for entry in before}, {entry["id"]: entry for entry in listed}))
        click.echo(json.dumps({"changes": changes}, indent=2, ensure_ascii=False) if as_json else _told(changes))
        return
    if as_json:
        click.echo(json.dumps({"rules": listed}, indent=2, ensure_ascii=False))
        return
    for entry in listed:
        click.echo(f"{entry['id']}  [{entry['grade']}]\n    {entry['statement']}\n    source: {entry['source']}")
        click.echo(f"    checks: {', '.join(entry['checks']) or 'none: ' + str(entry['inside'])}")


def _entries() -> list[dict[str, Any]]:
    from leadsquared_slots.contract_tests.checks import registry
    from leadsquared_slots.mock_server.contract.documents import ledger

    checks = registry()
    return [
        {
            "id": rule.id,
            "grade": rule.grade.value,
            "statement": rule.statement,
            "source": rule.source.title,
            "says": rule.says,
            "reason": rule.reason,
            "question": rule.question,
            "inside": rule.inside,
            "checks": [check.name for check in checks.values() if rule.id in check.rules],
        }
        for rule in ledger().values()
    ]


def _read(file: Path) -> list[dict[str, Any]]:
    """The rules of an older ledger. Raises BadParameter for a file that is none."""
    try:
        found = json.loads(file.read_text("utf-8"))["rules"]
        if all(isinstance(entry["id"], str) for entry in found):
            return list(found)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        pass
    raise click.BadParameter(f"{file} is no ledger; expected what `lsq-contract rules --json` prints", param_hint="--diff")


def _changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What is new, gone or said otherwise, by rule; checks do not count, they say nothing of the contract."""
    for rule in dict.fromkeys((*now, *before)):
        if rule not in before:
            yield {"id": rule, "change": "new", "grade": now[rule]["grade"], "statement": now[rule]["statement"]}
        elif rule not in now:
            yield {"id": rule, "change": "gone", "statement": before[rule].get("statement")}
        else:
            names = [name for name in _SHOWN if before[rule].get(name) != now[rule].get(name)]
            differences = {name: {"before": before[rule].get(name), "now": now[rule].get(name)} for name in names}
            if differences:
                yield {"id": rule, "change": "changed", "differences": differences}


def _told(changes: list[dict[str, Any]]) -> str:
    lines = [] if changes else ["no rule is new, gone or changed"]
    for change in changes:
        lines.append(f"{change['change']:<8} {change['id']}")
        if "statement" in change:
            lines.append(f"    {change['statement']}")
        for name, both in change.get("differences", {}).items():
            lines += [f"    {name}", f"      before  {both['before']}", f"      now     {both['now']}"]
    return "\n".join(lines)
