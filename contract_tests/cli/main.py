"""The command `lsq-contract`: check a server, read the ledger, judge the kit itself."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .calibrate import calibrate
from .conduct import conduct
from .consumer import consumer
from .drift import drift
from .ending import INTERRUPTED, Commands, by_baseline, try_files
from .judge import judge
from .openapi import openapi
from .options import Date, Rate, SeveralNames, names, need_kit, option, stop
from .record import record
from .rules import rules

if TYPE_CHECKING:
    from leadsquared_slots.contract_tests.run.planning import Options
    from leadsquared_slots.contract_tests.run.results import Report
    from leadsquared_slots.contract_tests.wire.redaction import Redactor
    from leadsquared_slots.contract_tests.wire.target import Target


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="leadsquared-slots")
def main() -> None:
    """Tells whether a server honours the contract of LeadSquared's RetrieveAvailableSlots, rule by rule."""


@main.command(cls=SeveralNames)
@click.argument("url", envvar="LSQ_CONTRACT_URL")
@option("--access-key", envvar="LSQ_ACCESS_KEY", default="AccessKey", show_default="LSQ_ACCESS_KEY, or the emulator's")
@option("--secret-key", envvar="LSQ_SECRET_KEY", default="SecretKey", show_default="LSQ_SECRET_KEY, or the emulator's")
@option("--user", "users", multiple=True, metavar="ADDRESS", help="An address that has a user; needed unless URL is the emulator.")
@option("--from", "first", type=Date(), help="First date that is asked for.  [default: today]")
@option("--to", "last", type=Date(), help="Last date that is asked for.  [default: four weeks in all]")
@option(
    "--profile",
    default="documented",
    show_default=True,
    metavar="documented|observed|FILE.toml",
    help="Answers to what the vendor leaves open.",
)
@option("--scenario", metavar="NAME|FILE.toml", help="The scenario that the server has loaded: its answers are compared with the oracle's.")
@option("--rate", type=Rate(), default="25/5s", show_default=True, help="Never send more calls in so many seconds.")
@option("--budget", type=click.IntRange(min=1), default=600, show_default=True, help="Never send more calls in all.")
@option("--allow-burst", is_flag=True, help="Permit the checks that exhaust the rate limit.")
@option("--strict", is_flag=True, help="A broken rule that is not documented fails, too.")
@option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="The same seed asks the same.")
@option(
    "--max-examples", type=click.IntRange(1, 1000), default=1, show_default=True, help="Questions drawn for each law of several answers."
)
@option("--only", multiple=True, metavar="RULE", help="Only this rule or check; may be given several times.")
@option("--skip", multiple=True, metavar="RULE", help="Not this rule or check; may be given several times.")
@option("--junit", type=click.Path(dir_okay=False, path_type=Path), help="Write a JUnit report; test names are rule ids.")
@option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write one self-contained page.")
@option("--json", "json_", type=click.Path(dir_okay=False, path_type=Path), help="Write JSON as in report.schema.json.")
@option("--evidence", type=click.Path(dir_okay=False, path_type=Path), help="Write what was seen, without account data, to send it to us.")
@option("--no-color", is_flag=True, help="No colours and no other control sequences.")
@option("--quiet", is_flag=True, help="Only what is broken, and the last line.")
@option("--baseline", type=click.Path(dir_okay=False, path_type=Path), help="Known differences: fail only on what is new or has expired.")
@option("--update-baseline", is_flag=True, help="Write the differences of this run into the baseline, and exit with 0.")
@option("--github", is_flag=True, help="In GitHub Actions: annotations, and a summary of the job.")
def check(**given: Any) -> None:
    """Check the server at URL, the root of a host, such as http://127.0.0.1:8255.

    Exit code: 0 all that was looked at held, 1 a rule was broken, 2 wrong usage or nothing was looked at, 3 the server cannot be reached
    or refuses the keys, 130 interrupted.
    """
    need_kit()
    sys.exit(_check(given))


def _check(given: dict[str, Any]) -> int:
    from leadsquared_slots.contract_tests.report.files import Redactor, Terminal
    from leadsquared_slots.contract_tests.run.planning import UsageError
    from leadsquared_slots.contract_tests.run.runner import run_checks
    from leadsquared_slots.contract_tests.wire.target import Target, TargetRefusesKeys, TargetUnreachable

    redact = Redactor([given["access_key"], given["secret_key"]])
    terminal = Terminal(redact, color=not given["no_color"], quiet=given["quiet"])
    files = [given[name] for name in ("junit", "html", "json_", "evidence")]
    try:
        if given["update_baseline"] and given["baseline"] is None:
            raise ValueError("--update-baseline needs --baseline FILE, the file that it writes")
        try_files([*files, given["baseline"] if given["update_baseline"] else None])
        target = Target(given["url"], access_key=given["access_key"], secret_key=given["secret_key"], rate=given["rate"])
        report = run_checks(target, _options(given), progress=terminal)
    except (UsageError, ValueError) as error:
        return stop(redact(str(error)), 2)
    except (TargetUnreachable, TargetRefusesKeys) as error:
        return stop(redact(str(error)), 3)
    finally:
        terminal.close()
    _write(given, report, target, redact)
    if report.interrupted:
        return INTERRUPTED
    if given["baseline"] is None:
        return report.exit_code()
    try:
        return by_baseline(report, given["baseline"], update=given["update_baseline"])
    except (ValueError, OSError) as error:
        return stop(redact(str(error)), 2)


def _write(given: dict[str, Any], report: "Report", target: "Target", redact: "Redactor") -> None:
    """Writes the files that were asked for."""
    from leadsquared_slots.contract_tests.live.evidence_file import evidence_text
    from leadsquared_slots.contract_tests.report.files import write_report
    from leadsquared_slots.mock_server.accounts.scenario import load_profile

    for kind, path in (("junit", given["junit"]), ("html", given["html"]), ("json", given["json_"])):
        if path is not None:
            write_report(report, path, kind, redact)
    if given["github"]:
        _tell_github(report, redact)
    if given["evidence"] is not None:
        given["evidence"].parent.mkdir(parents=True, exist_ok=True)
        given["evidence"].write_text(redact(evidence_text(report, target.exchanges, load_profile(given["profile"]))), "utf-8")


def _tell_github(report: "Report", redact: Callable[[str], str]) -> None:
    """Prints the annotations, and appends the summary to the file that the runner names."""
    from leadsquared_slots.contract_tests.report.github import annotations, summary

    click.echo(redact(annotations(report)), nl=False)
    file = os.environ.get("GITHUB_STEP_SUMMARY")
    if not file:
        click.echo("lsq-contract: no job summary was written: GITHUB_STEP_SUMMARY, which the runner sets, is not there", err=True)
        return
    with Path(file).open("a", encoding="utf-8") as stream:
        stream.write(redact(summary(report)))


def _options(given: dict[str, Any]) -> "Options":
    """The options of a run. Raises ValueError with what to change."""
    from leadsquared_slots.contract_tests.run.planning import Options
    from leadsquared_slots.mock_server.accounts.scenario import load_profile

    for name in ("access_key", "secret_key"):
        if not given[name]:
            raise ValueError(f"the {name.replace('_', ' ')} is empty; set LSQ_{name.upper()}")
    return Options(
        users=tuple(given["users"]),
        first=given["first"],
        last=given["last"],
        profile=load_profile(given["profile"]),
        profile_argument=given["profile"],
        seed=given["seed"],
        budget=given["budget"],
        max_examples=given["max_examples"],
        allow_burst=given["allow_burst"],
        strict=given["strict"],
        only=names(given["only"]),
        skip=names(given["skip"]),
        scenario=scenario_document(given["scenario"]) if given["scenario"] else None,
        scenario_argument=given["scenario"] or "",
    )


def scenario_document(name: str) -> dict[str, Any]:
    """The document of a shipped scenario, or of a file. Raises ValueError."""
    from leadsquared_slots.mock_server import Scenario

    return Scenario.load(name).document


@main.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--seeds", type=click.IntRange(min=1), default=1, show_default=True, help="Seeds for the correct servers.")
@click.option("--callers", is_flag=True, help="Wrong callers, judged by `consumer`, instead of wrong servers.")
def mutants(as_json: bool, seeds: int, callers: bool) -> None:
    """Run the kit against servers that are each wrong in one way, and print which check caught which.

    With --callers: put callers that are each wrong in one way into the situations that are meant to catch them, and correct ones into all.

    Exit code: 0 every mutant was caught, every check caught one, and no correct server was called wrong; else 1.
    """
    need_kit()
    if callers:
        from leadsquared_slots.contract_tests.mutants.callers.table import print_callers

        sys.exit(print_callers(as_json=as_json, say=click.echo))
    from leadsquared_slots.contract_tests.mutants.matrix_view import print_matrix

    sys.exit(print_matrix(as_json=as_json, seeds=seeds))


main.add_command(openapi)
main.add_command(rules)
main.add_command(record)
main.add_command(judge)
main.add_command(calibrate)
main.add_command(drift)
main.add_command(consumer)
main.add_command(conduct)


if __name__ == "__main__":
    main()
