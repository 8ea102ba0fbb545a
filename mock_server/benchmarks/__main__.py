"""The command: `python -m leadsquared_slots.mock_server.benchmarks`, from a checkout."""

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import click
from leadsquared_slots.mock_server.version import VERSION

from .contenders import EMULATOR, ROOT, UNLIMITED, DidNotStart
from .machine import load_average, machine
from .micro import measure
from .peers import contenders
from .report.figures import Findings
from .report.picture import svg
from .report.terminal import text_of
from .run import NoLoadGenerator, Plan, run
from .size import BY_NAME, SIZES

_FILE = click.Path(dir_okay=False, path_type=Path)
_PARTS = (*BY_NAME, "micro", "ready")
_KEYS = tuple(contender.key for contender in contenders() if contender not in (EMULATOR, UNLIMITED))


@click.command(context_settings={"show_default": True, "max_content_width": 100})
@click.option("--only", multiple=True, type=click.Choice([*_PARTS, *_KEYS]), help="These sizes, parts or peers; may be repeated.")
@click.option("--quick", is_flag=True, help="Fewer rounds, starts and cells, little warming: under three minutes, and rough.")
@click.option("--seconds", type=click.IntRange(1), default=1, help="Of load in each round.")
@click.option("--rounds", type=click.IntRange(1), help="Of every measurement.  [default: 3; 2 with --quick]")
@click.option("--json", "json_file", type=_FILE, help="Write all figures there.")
@click.option("--picture", type=_FILE, help="Draw them there, as SVG.")
def main(only: tuple[str, ...], quick: bool, seconds: int, rounds: int | None, json_file: Path | None, picture: Path | None) -> None:
    """Measure the emulator beside whichever peers are installed, with the same requests in interleaved rounds."""
    rounds = rounds or (2 if quick else 3)
    parts = [name for name in only if name in _PARTS] or list(_PARTS)
    peers = [name for name in only if name in _KEYS] or list(_KEYS)
    findings = Findings(facts=_facts(seconds, rounds))
    sizes = [size for name, size in BY_NAME.items() if name in parts]
    plan = Plan(
        sizes=sizes,
        connections=(16,) if quick else (1, 16, 64),
        colds=SIZES[:2] if quick else SIZES,
        rounds=rounds,
        seconds=seconds,
        # Once in any case: who does not start is left out.
        starts=(2 if quick else 4) if "ready" in parts else 1 if sizes else 0,
        warm_up=0.1 if quick else 1,
        contenders=[contender for contender in contenders() if contender.key in peers or contender in (EMULATOR, UNLIMITED)],
    )
    if "micro" in parts:
        _say("Micro-benchmarks")
        findings.micro = measure(0.3 if quick else 0.8, rounds)
    try:
        if plan.sizes or plan.starts:
            run(plan, findings, _say)
    except (NoLoadGenerator, DidNotStart) as error:
        raise click.ClickException(str(error)) from None
    for line in text_of(findings):
        click.echo(line)
    if json_file is not None:
        json_file.write_text(json.dumps(findings.data(), indent=1, ensure_ascii=False) + "\n", "utf-8")
    if picture is not None:
        picture.write_text(svg(findings), "utf-8")


def _facts(seconds: int, rounds: int) -> dict[str, object]:
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607
    return {
        "version": VERSION,
        "commit": commit.stdout.strip(),
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "loadBefore": load_average(),
        "seconds": seconds,
        "rounds": rounds,
    }


def _say(what: str) -> None:
    click.echo(f"… {what}", err=True)


if __name__ == "__main__":
    main()
