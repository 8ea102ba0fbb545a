"""`lsq-contract conduct`: judges the calls in a running emulator's journal, or in recordings."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from .options import option, stop

Judged = Mapping[str, dict[str, Any]]
_NO_SUCH_ACCOUNT = 404


@click.command()
@click.argument("places", metavar="URL | FILE…", nargs=-1, required=True)
@option("--account", metavar="KEY", help="The access key of the account whose journal is judged.  [default: the emulator's first]")
def conduct(places: tuple[str, ...], account: str | None) -> None:
    """Judge how the caller behaved: the calls in the journal of the emulator at URL, or in recordings (HAR, journal).

    Exit code: 0 no conduct rule was broken (advice is none), 1 one was, 2 wrong usage or no call to judge, 3 no emulator at URL.
    """
    sys.exit(_conduct(places, account))


def _conduct(places: tuple[str, ...], account: str | None) -> int:
    from leadsquared_slots.contract_tests.emulator.account import AdminError
    from leadsquared_slots.mock_server.recording.reading import BadRecording

    try:
        judged = _judged(places, account)
    except AdminError as error:
        return stop(str(error), 3)
    except (ValueError, BadRecording) as error:
        return stop(str(error), 2)
    for name, document in judged.items():
        _print(name, document)
    if not any(document["calls"] for document in judged.values()):
        return stop("there is no call to judge; point the application there first, and name its account with --account", 2)
    return int(any(not finding["advice"] for document in judged.values() for finding in document["findings"]))


def _judged(places: tuple[str, ...], account: str | None) -> Judged:
    """The conduct at each place. Raises ValueError, AdminError, BadRecording."""
    from leadsquared_slots.contract_tests.emulator.account import Admin, AdminError

    if any("://" in place for place in places):
        if len(places) > 1:
            raise ValueError(f"{len(places)} places are named and one is a URL; name one URL, or files")
        admin = Admin(places[0], os.environ.get("LSQ_MOCK_ADMIN_TOKEN"))
        admin.confirm()
        try:
            return {places[0]: admin.call("GET", "/conduct", account=account)}
        except AdminError as error:
            if account is not None and error.status == _NO_SUCH_ACCOUNT:
                raise ValueError(f"{places[0]} has no account {account!r}; --account takes the access key of one") from None
            raise
    if account is not None:
        raise ValueError("--account names an account of a running emulator; recordings are judged for all keys in them")
    from leadsquared_slots.contract_tests.consumer.recordings import conduct_of_files

    for place in places:
        if not Path(place).is_file():
            raise ValueError(f"{place} is no file; for a running emulator write its URL, such as http://127.0.0.1:8255")
    return {name: judged.as_json() for name, judged in conduct_of_files(map(Path, places)).items()}


def _print(name: str, document: dict[str, Any]) -> None:
    calls = document["calls"]
    click.echo(f"{name}: {calls} call{'s' * (calls != 1)}")
    for rule in document["rules"]:
        click.echo(f"  {rule['verdict']:<14} {rule['id']}")
        for finding in document["findings"]:
            if finding["rule"] == rule["id"]:
                click.echo(f"                 {finding['what']} {finding['fix']}")
