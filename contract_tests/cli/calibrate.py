"""`lsq-contract calibrate`: the profile whose answers a target gives."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from leadsquared_slots.mock_server.contract.toml_text import read_toml

from .ending import try_files
from .options import Date, Rate, need_kit, option, stop

if TYPE_CHECKING:
    from leadsquared_slots.contract_tests.live.calibration import Calibrated


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="URL|FILE...")
@option("--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The profile file to write.")
@option("--access-key", envvar="LSQ_ACCESS_KEY", default="AccessKey", show_default="LSQ_ACCESS_KEY, or the emulator's")
@option("--secret-key", envvar="LSQ_SECRET_KEY", default="SecretKey", show_default="LSQ_SECRET_KEY, or the emulator's")
@option("--user", "users", multiple=True, metavar="ADDRESS", help="An address that has a user; needed unless URL is the emulator.")
@option("--from", "first", type=Date(), help="First date that is asked for.  [default: today]")
@option("--to", "last", type=Date(), help="Last date that is asked for.  [default: four weeks in all]")
@option("--scenario", metavar="NAME|FILE.toml", help="The calendar that the account has: the questions about calendars are told by it.")
@option("--rate", type=Rate(), default="25/5s", show_default=True, help="Never send more calls in so many seconds.")
@option("--budget", type=click.IntRange(min=1), default=150, show_default=True, help="Never send more calls in all; 150 is the most.")
@option("--allow-burst", is_flag=True, help="Permit the questions that exhaust the rate limit.")
@option("--quiet", is_flag=True, help="Only the last line.")
def calibrate(**given: Any) -> None:
    """Find the profile whose answers the server at URL gives, and write it; with recordings in the place of URL it makes no call.

    Then `lsq-mock serve --profile FILE` behaves like that account, and `lsq-contract check --profile FILE` judges by it. Nothing is written
    to the account.

    Exit code: 0 a profile was written, 2 wrong usage, or nothing could be concluded, 3 the server cannot be reached or refuses the keys.
    """
    need_kit()
    sys.exit(_calibrate(given))


def _calibrate(given: dict[str, Any]) -> int:
    from leadsquared_slots.contract_tests.live.interview import NobodyAnswered
    from leadsquared_slots.contract_tests.live.profile_file import profile_text
    from leadsquared_slots.contract_tests.report.files import Redactor
    from leadsquared_slots.contract_tests.run.planning import UsageError
    from leadsquared_slots.contract_tests.wire.target import TargetRefusesKeys, TargetUnreachable
    from leadsquared_slots.contract_tests.wire.transport import NoAnswer

    from .recordings import are_files

    sources, redact = given["sources"], Redactor([given["access_key"], given["secret_key"]])
    try:
        try_files([given["output"]])
        if are_files(sources):
            found, source = _from_files([Path(source) for source in sources], quiet=given["quiet"])
        elif len(sources) > 1:
            raise UsageError("name one URL, or recordings")
        else:
            found, source = _from_url(sources[0], given), sources[0]
    except (TargetUnreachable, TargetRefusesKeys, NoAnswer) as error:
        return stop(redact(str(error) or "the server does not answer"), 3)
    except (UsageError, ValueError, NobodyAnswered) as error:
        return stop(redact(str(error)), 2)
    if not found.known:
        return stop("no question of the profile could be answered; nothing was written", 2)
    text = redact(profile_text(found, name=given["output"].stem, source=source, moment=datetime.now(UTC)))
    read_toml(text)  # what cannot be read is not written
    given["output"].write_text(text, "utf-8")
    _print(found, given["output"], quiet=given["quiet"])
    return 0


def _from_files(paths: list[Path], *, quiet: bool) -> tuple["Calibrated", str]:
    from leadsquared_slots.contract_tests.live.calibration import calibrate_recordings

    from .recordings import reading

    with reading(paths, 1, quiet=quiet) as recordings:
        found = calibrate_recordings(recordings())
    for note in recordings.cut_short:
        click.echo(f"Note      {note}")
    return found, recordings.source


def _from_url(url: str, given: dict[str, Any]) -> "Calibrated":
    from leadsquared_slots.contract_tests.live import calibration
    from leadsquared_slots.contract_tests.run.planning import Options, open_session
    from leadsquared_slots.contract_tests.wire.target import Target

    from .main import scenario_document

    target = Target(url, access_key=given["access_key"], secret_key=given["secret_key"], rate=given["rate"])
    scenario = scenario_document(given["scenario"]) if given["scenario"] else None
    session = open_session(target, Options(users=given["users"], first=given["first"], last=given["last"], scenario=scenario))
    if not given["quiet"]:
        target.on_wait = lambda seconds, reason: click.echo(f"waiting {seconds:.1f} s: {reason}", err=True)
    try:
        return calibration.calibrate(
            target,
            users=session.users,
            first=session.first,
            last=session.last,
            budget=given["budget"],
            allow_burst=given["allow_burst"],
            scenario=scenario,
        )
    finally:
        target.put_clock_back()


def _print(found: "Calibrated", output: Path, *, quiet: bool) -> None:
    for conclusion in () if quiet else found.conclusions.values():
        answer = "open" if conclusion.answer is None else str(conclusion.answer)
        click.echo(f"{conclusion.question:26} {answer:26} {conclusion.seen}")
    early = f"; it ended early: {found.stopped}" if found.stopped else ""
    click.echo(f"{len(found.known)} of {len(found.conclusions)} questions answered with {found.calls} calls, written to {output}{early}")
