"""What the commands share: kinds of options, their environment variables, and how a command ends."""

import re
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])
_RATE = re.compile(r"([1-9][0-9]{0,5})/([1-9][0-9]{0,4})s")
_NEEDED = ("hypothesis", "rich", "jinja2", "urllib3")


class Rate(click.ParamType[tuple[int, float]]):
    """So many calls in so many seconds, as 25/5s."""

    name = "calls/seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, float]:
        """The rate that a word gives."""
        found = _RATE.fullmatch(value) if isinstance(value, str) else None
        if isinstance(value, tuple):
            return value
        if found is None:
            self.fail(f"{value!r} is no rate; expected CALLS/SECONDSs, for example 25/5s", param, ctx)
        return int(found[1]), float(found[2])


class Date(click.ParamType[date]):
    """A date as yyyy-MM-dd."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The date that a word gives."""
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()
        except ValueError:
            self.fail(f"{value!r} is no date; expected yyyy-MM-dd, for example 2026-03-02", param, ctx)


def option(*names: str, envvar: str | None = None, **settings: Any) -> Callable[[Command], Command]:
    """An option that has an environment variable as well: --budget and LSQ_CONTRACT_BUDGET."""
    flag = next(name for name in names if name.startswith("--"))
    return click.option(*names, show_envvar=True, envvar=envvar or "LSQ_CONTRACT_" + flag[2:].upper().replace("-", "_"), **settings)


class SeveralNames(click.Command):
    """Takes `--only RULE RULE …` as well as `--only RULE --only RULE`; a URL, which has ://, is no rule."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The arguments with every name behind a flag of its own."""
        spelt: list[str] = []
        flag: str | None = None
        for word in args:
            if word in ("--only", "--skip"):
                flag = word
            elif flag and not word.startswith("-") and "://" not in word:
                spelt += [flag, word]
            else:
                flag = None
                spelt.append(word)
        return super().parse_args(ctx, spelt)


def names(given: Sequence[str]) -> tuple[str, ...]:
    """Names as they stand, or several in one text with commas between, as an environment variable has them."""
    return tuple(name for text in given for name in text.replace(",", " ").split())


def need_kit() -> None:
    """Ends the command where the packages of the kit are not installed."""
    from importlib.util import find_spec

    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        hint = 'pip install "leadsquared-slots[kit]", or in a container the image built with --target kit'
        sys.exit(stop(f"this needs {', '.join(missing)}; install the kit: {hint}", 2))


def stop(message: str, code: int) -> int:
    """Says why the command ends; the exit code."""
    click.echo(f"lsq-contract: {message}", err=True)
    return code
