"""`lsq-contract record`: a proxy on loopback that records the calls of an application, without keys."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import click
from leadsquared_slots.mock_server.recording.har import HarWriter

from .options import need_kit, option, stop


@click.command()
@option("--upstream", required=True, metavar="URL", help="The root of the API's host, such as https://api-in21.leadsquared.com.")
@option("--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The HAR file to write; it must not be there yet.")
@option("--port", type=click.IntRange(0, 65535), default=8256, show_default=True, help="Port on 127.0.0.1; 0 picks a free one.")
@option("--pseudonyms", is_flag=True, help="Replace addresses, ids and subjects by false ones, the same for the same.")
@option("--allow-writes", is_flag=True, help="Let the calls pass that create, change or delete tasks.")
def record(upstream: str, output: Path, port: int, pseudonyms: bool, allow_writes: bool) -> None:
    """Record the calls that an application sends to http://127.0.0.1:8256 instead of to the API, until Ctrl-C.

    Only the vendor's known calls pass, and only those that read. No key, cookie or Authorization gets into the file: their places and names
    stay, their values become key-1, key-2 and so on.

    Exit code: 0 ended by Ctrl-C or SIGTERM, 2 wrong usage, or a file that cannot be written.
    """
    need_kit()
    sys.exit(_record(upstream, output, port, pseudonyms=pseudonyms, allow_writes=allow_writes))


def _record(upstream: str, output: Path, port: int, *, pseudonyms: bool, allow_writes: bool) -> int:
    from leadsquared_slots.contract_tests.traffic.proxy import BadUpstream, upstream_root

    try:
        root = upstream_root(upstream)
        with HarWriter(output, pseudonyms=pseudonyms) as writer:
            return asyncio.run(_serve(root, output, writer, port, pseudonyms=pseudonyms, allow_writes=allow_writes))
    except BadUpstream as error:
        return stop(str(error), 2)
    except FileExistsError:
        return stop(f"{output} is there already; choose another name, so that no recording is lost", 2)
    except OSError as error:
        return stop(f"it cannot record into {output} on port {port}: {error.strerror or error}", 2)


async def _serve(root: str, output: Path, writer: HarWriter, port: int, *, pseudonyms: bool, allow_writes: bool) -> int:
    from leadsquared_slots.contract_tests.traffic.proxy import RecordingProxy
    from leadsquared_slots.mock_server.recording.recorded import Recorder

    known = [os.environ.get(name, "") for name in ("LSQ_ACCESS_KEY", "LSQ_SECRET_KEY")]
    proxy = RecordingProxy(
        upstream=root, recorder=Recorder(known=known, pseudonyms=pseudonyms), write=writer.add, allow_writes=allow_writes
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, proxy.end)

    def ready(taken: int) -> None:
        click.echo(f"Recording what is sent to http://127.0.0.1:{taken} and answered by {root} into {output}; Ctrl-C ends it.")

    await proxy.serve(port, ready)
    click.echo(f"{proxy.recorded} calls recorded in {output}, {proxy.refused} not passed on.")
    return 0
