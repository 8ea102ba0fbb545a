"""The command `lsq-mock`."""

import gc
import os
import sys
from contextlib import suppress
from pathlib import Path
from shutil import get_terminal_size
from typing import Any, NoReturn, TextIO

import click
from leadsquared_slots.mock_server.accounts.settings import DEFAULT_PORT, EXAMPLE_KEYS
from leadsquared_slots.mock_server.domain.errors import DomainError
from leadsquared_slots.mock_server.domain.rate_limit import PLANS
from leadsquared_slots.mock_server.version import VERSION

from .help import show_environment_variables
from .options import FILE, Port, calendar_options, calendar_settings, key, settings_of, something
from .output import errors_in_background, stop_using

_CONTEXT = {"auto_envvar_prefix": "LSQ_MOCK", "help_option_names": ["-h", "--help"], "show_default": True, "max_content_width": 100}


def main() -> None:
    """Runs the command; what is wrong with its usage ends it with 2 and one line."""
    try:
        command(prog_name="lsq-mock")
    except DomainError as error:
        _fail(error)
    except OSError as error:
        # A full disk, above all: whatever else may fail is told by a DomainError.
        stop_using(1)
        _fail(DomainError(f"the output cannot be written: {error.strerror or error}; free some room, or let it go elsewhere"))


@click.group(context_settings=_CONTEXT)
@click.version_option(VERSION, prog_name="lsq-mock")
def command() -> None:
    """An emulator of LeadSquared's RetrieveAvailableSlots/ByUserEmailAddress."""


@command.command()
@click.option("--host", envvar="LSQ_MOCK_HOST", default="127.0.0.1", callback=something, help="Address to listen on.")
@click.option("--port", envvar="LSQ_MOCK_PORT", type=Port(), default=DEFAULT_PORT, help="Port; 0 picks a free one.")
@click.option(
    "--port-file",
    envvar="LSQ_MOCK_PORT_FILE",
    type=FILE,
    help="File to write the port to.",
)
@calendar_options
@click.option("--plan", envvar="LSQ_MOCK_PLAN", type=click.Choice(list(PLANS)), help="The rate limit of a plan of the vendor's.")
@click.option(
    "--rate-limit", envvar="LSQ_MOCK_RATE_LIMIT", metavar="CALLS/SECONDSs", callback=something, help="The rate limit.  [default: 25/5s]"
)
@click.option("--no-rate-limit", envvar="LSQ_MOCK_NO_RATE_LIMIT", is_flag=True, help="No rate limit.")
@click.option("--access-key", envvar="LSQ_ACCESS_KEY", default=EXAMPLE_KEYS[0], callback=key, help="Access key of the default account.")
@click.option("--secret-key", envvar="LSQ_SECRET_KEY", default=EXAMPLE_KEYS[1], callback=key, help="Its secret key.")
@click.option("--tls", envvar="LSQ_MOCK_TLS", is_flag=True, help="HTTPS with a certificate made at start; its CA is at /__admin/ca.pem.")
@click.option("--tls-cert", envvar="LSQ_MOCK_TLS_CERT", type=FILE, help="HTTPS with this certificate (PEM).")
@click.option("--tls-key", envvar="LSQ_MOCK_TLS_KEY", type=FILE, help="The certificate's key (PEM).")
@click.option(
    "--now", envvar="LSQ_MOCK_NOW", metavar="INSTANT", callback=something, help="The clock stands still there, e.g. 2026-01-05T09:00:00Z."
)
@click.option("--admin-token", envvar="LSQ_MOCK_ADMIN_TOKEN", callback=something, help="Token that the admin interface asks for.")
@click.option("--no-admin", envvar="LSQ_MOCK_NO_ADMIN", is_flag=True, help="No admin interface but its health check.")
@click.option(
    "--redis-url",
    envvar="LSQ_MOCK_REDIS_URL",
    metavar="URL",
    callback=something,
    help="Redis in which several emulators share their state.",
)
@click.option(
    "--cors",
    envvar="LSQ_MOCK_CORS",
    multiple=True,
    metavar="ORIGIN",
    help="Pages of this origin may call from a browser; may be given several times. * means any, for the vendor's path alone.",
)
@click.option("--log-format", envvar="LSQ_MOCK_LOG_FORMAT", type=click.Choice(["text", "json"]), default="text", help="Form of the log.")
@click.option("--no-access-log", envvar="LSQ_MOCK_NO_ACCESS_LOG", is_flag=True, help="No line for each request.")
@click.option("--quiet", envvar="LSQ_MOCK_QUIET", is_flag=True, help="No start line, and no line for each request.")
def serve(**options: Any) -> None:
    """Serve the endpoint, by default on http://127.0.0.1:8255."""
    from leadsquared_slots.mock_server.serving.server import Server

    from .log import access_log, start_text

    log_format, port_file = options["log_format"], options["port_file"]
    is_quiet = options["quiet"]
    settings = settings_of(options)
    # Tracebacks, and what libraries log, go there too.
    with errors_in_background() as errors:
        server = Server(settings, watch=None if is_quiet or options["no_access_log"] else access_log(log_format, errors))

        def ready() -> None:
            if port_file is not None:
                _write_whole(port_file, f"{server.port}\n")
            if not is_quiet:
                _tell(start_text(server, log_format), errors if log_format == "text" else sys.stdout)

        _tune_garbage_collector()
        server.run(ready)


@command.command()
@click.option("--from", "recording", envvar="LSQ_MOCK_FROM", type=FILE, metavar="FILE.har", help="Print the scenario of a recording.")
@click.option("--check", "checked", envvar="LSQ_MOCK_CHECK", metavar="FILE.toml", callback=something, help="Check a file, serve nothing.")
@click.option("--schema", "as_schema", envvar="LSQ_MOCK_SCHEMA", is_flag=True, help="Print the JSON Schema of scenario files, for editors.")
@click.argument("name", required=False)
def scenarios(name: str | None, recording: Path | None, checked: str | None, as_schema: bool) -> None:
    """List the built-in scenarios, or print the one called NAME; make one of a recording, check one, print their schema."""
    if (name is not None) + (recording is not None) + (checked is not None) + as_schema > 1:
        raise click.UsageError("NAME, --from, --check and --schema are four things to do; give one of them")
    if recording is not None:
        from .recorded_scenario import scenario_text

        click.echo(scenario_text(recording), nl=False)
        return
    from .scenarios import checked_text, listed_text, printed_text, schema_text

    if checked is not None:
        click.echo(checked_text(checked))
    elif as_schema:
        click.echo(schema_text(), nl=False)
    else:
        click.echo(listed_text() if name is None else printed_text(name), nl=False)


@command.command()
@click.argument("user")
@click.argument("date")
@click.option(
    "--url",
    envvar="LSQ_MOCK_URL",
    metavar="URL",
    callback=something,
    help="Ask this running emulator: the account as it is now, with its bookings.",
)
@click.option(
    "--account",
    envvar="LSQ_MOCK_ACCOUNT",
    metavar="ACCESS_KEY",
    callback=something,
    help="With --url: another account than the default one.",
)
@click.option("--include-allowed-conflicts", envvar="LSQ_MOCK_INCLUDE_ALLOWED_CONFLICTS", is_flag=True,
              help="As with IncludeAllowedConflictSlots true.")  # fmt: skip
@calendar_options
def explain(user: str, date: str, include_allowed_conflicts: bool, **options: Any) -> None:
    """Show why the DATE (yyyy-MM-dd, or `today`) of a USER (an address) looks as it does."""
    from leadsquared_slots.mock_server.explain.drawing import Paper

    from .explain import asked_text, explain_text

    width = max(80, get_terminal_size().columns)
    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    if options["url"] is not None:
        click.echo(asked_text(options["url"], options["account"], user, date, include_allowed_conflicts, width), nl=False)
        return
    if options["account"] is not None:
        raise click.UsageError("--account goes with --url: accounts are of a running emulator")
    settings = calendar_settings(options)
    paper = Paper(width=width, colour=colour, encoding=sys.stdout.encoding or "ascii")
    text = explain_text(settings, user, date, include_allowed_conflicts=include_allowed_conflicts, paper=paper)
    click.echo(text, nl=False, color=colour)


@command.command()
@click.option("--url", envvar="LSQ_MOCK_URL", help="Root of the server.  [default: the one that `serve` starts]")
@click.option("--timeout", envvar="LSQ_MOCK_TIMEOUT", type=click.FloatRange(0.1), default=3.0, help="Seconds to wait for an answer.")
def healthcheck(url: str | None, timeout: float) -> None:
    """Exit 0 when a server answers healthy, 1 otherwise."""
    from .healthcheck import check_health

    healthy, what = check_health(url, timeout)
    click.echo(what, err=not healthy)
    sys.exit(0 if healthy else 1)


def _tune_garbage_collector() -> None:
    """Lets Python's cycle collector pass over what stays, and look at the rest less often.

    What is kept for later is bounded and holds no cycles, but is many objects: a look at all of them would hold every answer up for as
    long as a hundred answers take.
    """
    gc.freeze()
    gc.set_threshold(2_000, 10, 1_000)


def _write_whole(path: Path, text: str) -> None:
    """Write a file so that a program that waits for it never reads half of it. Raises DomainError."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(text, "utf-8")
        part.replace(path)
    except OSError as error:
        raise DomainError(f"--port-file {path} cannot be written: {error.strerror}", "choose a file in a folder that is there") from None


def _tell(text: str, stream: TextIO) -> None:
    """Writes a text where it can be written: nobody has to read it for the emulator to serve."""
    try:
        click.echo(text, file=stream)
    except (OSError, ValueError):
        stop_using(1)


def _fail(error: Exception) -> NoReturn:
    with suppress(OSError, ValueError):
        click.echo(f"lsq-mock: {error}", err=True)
    sys.exit(2)


show_environment_variables(command)

if __name__ == "__main__":
    main()
