"""`lsq-contract openapi`: the OpenAPI document, as an emulator serves it."""

import json
from pathlib import Path

import click
from leadsquared_slots.mock_server.contract.openapi import OpenAPIVersion, of_one_status, openapi_document


@click.command()
@click.option(
    "--output",
    envvar="LSQ_CONTRACT_OUTPUT",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write it there instead of to standard output.",
)
@click.option(
    "--version",
    envvar="LSQ_CONTRACT_VERSION",
    type=click.Choice([version.value for version in OpenAPIVersion]),
    default="3.1",
    show_default=True,
    help="The version of OpenAPI.",
)
@click.option(
    "--status",
    envvar="LSQ_CONTRACT_STATUS",
    metavar="STATUS",
    help="That answer alone, and what brings it about: for tools that send one request to every status.",
)
def openapi(output: Path | None, version: str, status: str | None) -> None:
    """Print the OpenAPI document of the endpoint, with every schema and example inside.

    A running emulator serves the same at /__admin/openapi.json, with its own address as the server.
    """
    whole = openapi_document(version)
    if status is not None:
        try:
            of_one_status(whole, status)
        except ValueError as error:
            raise click.UsageError(f"--{error}") from None
    text = json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text, "utf-8")
    except OSError as error:
        raise click.UsageError(f"--output {output} cannot be written: {error.strerror}; choose a file in a folder that is there") from None
