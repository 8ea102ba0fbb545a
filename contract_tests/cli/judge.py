"""`lsq-contract judge`: the contract's checks on recordings."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from .ending import try_files
from .options import need_kit, option, stop

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("files", nargs=-1, required=True, type=_FILE)
@option("--profile", default="documented", show_default=True, metavar="documented|observed|FILE.toml", help="By which it is judged.")
@option("--user", "users", multiple=True, metavar="ADDRESS", help="An address that has a user, beside those that some answer lists.")
@option("--strict", is_flag=True, help="A broken rule that is not documented fails, too.")
@option("--junit", type=_FILE, help="Write a JUnit report; test names are rule ids.")
@option("--html", type=_FILE, help="Write one self-contained page.")
@option("--json", "json_", type=_FILE, help="Write JSON as in report.schema.json.")
@option("--no-color", is_flag=True, help="No colours and no other control sequences.")
@option("--quiet", is_flag=True, help="Only what is broken, and the last line.")
def judge(**given: Any) -> None:
    """Judge recordings by the contract, without a call: HAR, journals of the emulator, cassettes of vcrpy.

    Exit code: 0 all that was looked at held, 1 a rule was broken, 2 wrong usage, or nothing to look at.
    """
    need_kit()
    sys.exit(_judge(given))


def _judge(given: dict[str, Any]) -> int:
    from leadsquared_slots.contract_tests.report.files import Redactor, Terminal, write_report
    from leadsquared_slots.contract_tests.run.judge import JudgeOptions, judge_recordings, not_shown
    from leadsquared_slots.mock_server.accounts.scenario import load_profile

    from .recordings import reading

    redact = Redactor(())
    terminal = Terminal(redact, color=not given["no_color"], quiet=given["quiet"])
    try:
        try_files((given["junit"], given["html"], given["json_"]))
        with reading(given["files"], 2, quiet=given["quiet"]) as recordings:
            options = JudgeOptions(
                profile=load_profile(given["profile"]), strict=given["strict"], users=given["users"], source=recordings.source
            )
            report = judge_recordings(recordings, options)
    except ValueError as error:
        return stop(str(error), 2)
    unseen, questions = not_shown(report)
    notes = [*report.plan.notes, *recordings.cut_short]
    notes += [f"{len(unseen)} rules were not shown: {', '.join(unseen)}"] if unseen else []
    notes += [f"would show {len(rules)} more: {question} ({', '.join(rules)})" for question, rules in questions]
    report = replace(report, plan=replace(report.plan, notes=tuple(notes)))
    terminal.finished(report)
    if not given["quiet"]:
        for note in notes:
            click.echo(f"Note      {note}")
    for kind, path in (("junit", given["junit"]), ("html", given["html"]), ("json", given["json_"])):
        if path is not None:
            write_report(report, path, kind, redact)
    return report.exit_code()
