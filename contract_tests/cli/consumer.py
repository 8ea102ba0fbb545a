"""`lsq-contract consumer`: judges the caller, through a driver of a few lines."""

import math
import os
import sys
from pathlib import Path
from typing import Any

import click

from .options import SeveralNames, names, need_kit, option, stop


class _Driver(SeveralNames):
    """What follows `--` is the driver's command, whatever it looks like."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The arguments before `--` as options; the rest as they stand."""
        cut = args.index("--") if "--" in args else len(args)
        ctx.obj = tuple(args[cut + 1 :])
        return super().parse_args(ctx, args[:cut])


class _Seconds(click.ParamType[float]):
    name = "seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            seconds = float(value)
        except ValueError:
            seconds = math.nan
        if not 0 < seconds <= 3600:
            self.fail(f"{value!r} is no time; expected seconds, up to 3600, for example 60", param, ctx)
        return seconds


_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(cls=_Driver, options_metavar="[OPTIONS] -- COMMAND [ARG…]", context_settings={"allow_interspersed_args": False})
@option("--url", help="A running emulator.  [default: one of its own]")
@option("--profile", default="documented", show_default=True, metavar="documented|observed|FILE.toml", help="What the vendor leaves open.")
@option("--only", multiple=True, metavar="ID", help="Only this situation or conduct rule; may be given several times.")
@option("--skip", multiple=True, metavar="ID", help="Not this situation or conduct rule; may be given several times.")
@option("--list", "list_", is_flag=True, help="List situations and conduct rules, and run nothing.")
@option("--timeout", type=_Seconds(), default=60.0, show_default=True, help="Seconds that one start of COMMAND may take.")
@option("--jobs", type=click.IntRange(1, 64), default=4, show_default=True, help="Situations at once.")
@option("--examples", type=click.IntRange(0, 10_000), default=0, show_default=True, help="Generated calendars beyond the situations.")
@option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="The same seed draws the same calendars.")
@option("--strict", is_flag=True, help="Accepted, and changes nothing: every situation and rule counts anyway.")
@option("--junit", type=_FILE, help="Write a JUnit report; test names are ids.")
@option("--html", type=_FILE, help="Write one self-contained page.")
@option("--json", "json_", type=_FILE, help="Write JSON as in consumer-report.schema.json.")
@option("--no-color", is_flag=True, help="No colours and no other control sequences.")
@option("--quiet", is_flag=True, help="Only what fails, advice, and the last line.")
@click.pass_context
def consumer(context: click.Context, /, **given: Any) -> None:
    """Judge the application that COMMAND asks: whether it survives this vendor.

    COMMAND is started once for each situation, with LSQ_BASE_URL, LSQ_ACCESS_KEY, LSQ_SECRET_KEY and LSQ_SITUATION in its environment and
    one line of JSON on its standard input; it answers with one line of JSON on its standard output.

    Exit code: 0 it survives, 1 it does not, 2 wrong usage or a COMMAND that cannot be started, 3 no emulator at --url.
    """
    need_kit()
    sys.exit(_list() if given["list_"] else _consumer(given, context.obj))


def _list() -> int:
    from leadsquared_slots.contract_tests.consumer.situations import situations
    from leadsquared_slots.mock_server.conduct import CONDUCT_RULES
    from leadsquared_slots.mock_server.contract.documents import ledger

    for name, each in situations().items():
        click.echo(f"{name:<24} {each.title} Expected: {each.expected.value}. [{each.grade.value}]")
    for rule in CONDUCT_RULES:
        click.echo(f"{rule:<24} {ledger()[rule].statement} [{ledger()[rule].grade.value}]")
    return 0


def _consumer(given: dict[str, Any], command: tuple[str, ...]) -> int:
    from leadsquared_slots.contract_tests.consumer.driver import CannotStart
    from leadsquared_slots.contract_tests.consumer.runner import Options, run_consumer
    from leadsquared_slots.contract_tests.emulator.account import AdminError
    from leadsquared_slots.contract_tests.report.consumer_files import write_consumer_report
    from leadsquared_slots.contract_tests.report.consumer_terminal import ConsumerTerminal
    from leadsquared_slots.mock_server.accounts.scenario import load_profile

    from .ending import try_files

    if not command:
        return stop("there is no COMMAND; put it behind --, for example: lsq-contract consumer -- python driver.py", 2)
    files = (("junit", given["junit"]), ("html", given["html"]), ("json", given["json_"]))
    terminal = ConsumerTerminal(color=not given["no_color"], quiet=given["quiet"])
    try:
        try_files(path for _, path in files)
        options = Options(
            command=command,
            url=_url(given["url"]),
            token=os.environ.get("LSQ_MOCK_ADMIN_TOKEN"),
            profile=load_profile(given["profile"]),
            only=names(given["only"]),
            skip=names(given["skip"]),
            timeout=given["timeout"],
            jobs=given["jobs"],
            examples=given["examples"],
            seed=given["seed"],
        )
        report = run_consumer(options, terminal)
    except (CannotStart, ValueError) as error:
        return stop(str(error), 2)
    except AdminError as error:
        return stop(str(error), 3)
    terminal.done(report)
    for kind, path in files:
        if path is not None:
            write_consumer_report(report, path, kind)
    return report.exit_code()


def _url(given: str | None) -> str | None:
    """The root of a running emulator. Raises ValueError."""
    if given and "://" not in given:
        raise ValueError(f"--url {given} has no scheme; write http://{given}")
    return given
