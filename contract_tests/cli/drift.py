"""`lsq-contract drift`: what changed between two reports or recordings."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .ending import try_files
from .options import need_kit, option, stop

if TYPE_CHECKING:
    from leadsquared_slots.contract_tests.live.drift import Drift
    from leadsquared_slots.contract_tests.live.sides import Side

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("before", type=_FILE)
@click.argument("after", type=_FILE)
@option("--json", "json_", type=_FILE, help="Write the changes as JSON.")
@option("--quiet", is_flag=True, help="Only the last line.")
def drift(before: Path, after: Path, json_: Path | None, quiet: bool) -> None:
    """Compare two reports of `check --json`, or two recordings, rule by rule and answer by answer.

    Exit code: 0 nothing changed, or only data; 4 drift; 2 wrong usage, or nothing that could be compared.
    """
    need_kit()
    sys.exit(_drift(before, after, json_, quiet=quiet))


def _drift(before: Path, after: Path, json_: Path | None, *, quiet: bool) -> int:
    from leadsquared_slots.contract_tests.live.drift import drift_between

    try:
        try_files([json_])
        found = drift_between(*_sides(before, after, quiet=quiet))
    except ValueError as error:
        return stop(str(error), 2)
    if json_ is not None:
        json_.write_text(json.dumps(found.as_json(), indent=2, ensure_ascii=False) + "\n", "utf-8")
    _print(found, quiet=quiet)
    return found.exit_code()


def _sides(before: Path, after: Path, *, quiet: bool) -> tuple["Side", "Side"]:
    """Both sides; recordings are judged by the profile that the first one shows. Raises ValueError."""
    from leadsquared_slots.contract_tests.live.sides import is_report, profile_shown, side_of_recording, side_of_report

    from .recordings import reading

    reports = is_report(before), is_report(after)
    if all(reports):
        return side_of_report(before), side_of_report(after)
    if any(reports):
        raise ValueError(f"{before} and {after} are not of one kind; compare two reports of check --json, or two recordings")
    with reading([before], 4, quiet=quiet) as recordings:
        profile = profile_shown(recordings)
        one = side_of_recording(recordings, recordings.source, profile)
    with reading([after], 3, quiet=quiet) as recordings:
        return one, side_of_recording(recordings, recordings.source, profile)


def _print(found: "Drift", *, quiet: bool) -> None:
    from leadsquared_slots.contract_tests.report.printing import printable

    if not quiet:
        for change in found.changes:
            before = f"{change.before} → " if change.before else ""
            click.echo(f"{change.kind.value:24} {change.name}: {printable(before + change.after)}")
        if found.not_compared:
            click.echo(f"Not looked at on both sides, which is no drift: {', '.join(found.not_compared)}")
    kinds = {change.kind.value for change in found.changes}
    told = "drift" if found.is_drift else "no drift" if found.kept else "nothing that could be compared"
    click.echo(f"{told}: {', '.join(sorted(kinds)) or 'no change'}; {len(found.kept)} rules are as they were")
