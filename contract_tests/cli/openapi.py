"""`lsq-contract openapi`: the OpenAPI document, as an emulator serves it."""

import json
from pathlib import Path

import click
from leadsquared_slots.mock_server.contract.openapi import OpenAPIVersion, openapi_document


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
def openapi(output: Path | None, version: str) -> None:
    """Print the OpenAPI document of the endpoint, with every schema and example inside.

    A running emulator serves the same at /__admin/openapi.json, with its own address as the server.
    """
    text = json.dumps(openapi_document(version), indent=2, ensure_ascii=False) + "\n"
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text, "utf-8")
    except OSError as error:
        raise click.UsageError(f"--output {output} cannot be written: {error.strerror}; choose a file in a folder that is there") from None
