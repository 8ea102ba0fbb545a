"""Options of the commands: how their words are read, and the settings that they come to."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource
from leadsquared_slots.mock_server.accounts.settings import Settings, with_words
from leadsquared_slots.mock_server.domain.rate_limit import PLANS
from leadsquared_slots.mock_server.exchanges.cors import read_origin

FILE = click.Path(dir_okay=False, path_type=Path)
_SAME_NAMES = ("host", "port", "seed", "access_key", "secret_key", "tls", "tls_cert", "tls_key", "admin_token", "redis_url")
_ALTERNATIVES = (("plan", "rate_limit", "no_rate_limit"), ("tls", "tls_cert"), ("admin_token", "no_admin"))


def something(_: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Return a text that is not empty: a variable of a script that was never set must not pass for a default."""
    if value == "":
        raise click.BadParameter("it is empty; give a value, or leave the option out", param=parameter)
    return value


def key(context: click.Context, parameter: click.Parameter, value: str) -> str:
    """Return a key that can travel in a header."""
    if not re.fullmatch(r"[!-~]+", value):
        raise click.BadParameter(f"{value!r} cannot travel in a header; expected letters, digits and signs of ASCII", param=parameter)
    return value


class Port(click.ParamType[int]):
    """A TCP port."""

    name = "port"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the port that a word gives."""
        text = str(value)
        if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= 65535):
            self.fail(f"{text[:100]!r} is no port; expected a whole number from 1 to 65535, or 0 for a free one", param, ctx)
        return int(text)


def calendar_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that decide a calendar: profile, scenario and seed."""
    for option in (
        click.option("--profile", "profile_name", envvar="LSQ_MOCK_PROFILE", metavar="NAME|FILE.toml", default="documented",
                     callback=something, help="Answers to what the vendor leaves open: documented, observed, or a file."),
        click.option("--scenario", "scenario_name", envvar="LSQ_MOCK_SCENARIO", metavar="NAME|FILE.toml", callback=something,
                     help="A starting state: see `lsq-mock scenarios`.  [default: generated calendars]"),
        click.option("--seed", envvar="LSQ_MOCK_SEED", type=int, default=0, help="What generated calendars are drawn from."),
    ):  # fmt: skip
        function = option(function)
    return function


def settings_of(options: dict[str, Any]) -> Settings:
    """Return the settings that the options of `serve` come to; what is given comes before what a scenario says.

    Raises click.UsageError for options that contradict each other, DomainError for a word that names nothing.
    """
    for names in _ALTERNATIVES:
        given = [f"--{name.replace('_', '-')}" for name in names if options[name]]
        if len(given) > 1:
            raise click.UsageError(f"{' and '.join(given)} contradict each other; give one of them")
    if options["tls_key"] is not None and options["tls_cert"] is None:
        raise click.UsageError("--tls-key goes with --tls-cert; give both")
    words = {name: options[name] for name in _SAME_NAMES} | {"admin": not options["no_admin"]}
    words |= {"cors": tuple(map(read_origin, options["cors"]))} | _limit(options)
    words |= {} if options["now"] is None else {"now": options["now"]}
    return with_words(calendar_settings(options), words)


def calendar_settings(options: dict[str, Any]) -> Settings:
    """Return the settings that the options of `calendar_options` come to. Raises DomainError for a word that names nothing."""
    words = {"seed": options["seed"]}
    words |= {"scenario": options["scenario_name"]} if options["scenario_name"] else {}
    is_said = click.get_current_context().get_parameter_source("profile_name") is not ParameterSource.DEFAULT
    words |= {"profile": options["profile_name"]} if is_said else {}
    return with_words(Settings(), words)


def _limit(options: dict[str, Any]) -> dict[str, Any]:
    if options["no_rate_limit"]:
        return {"rate_limit": None}
    if options["plan"]:
        return {"rate_limit": PLANS[options["plan"]]}
    return {"rate_limit": options["rate_limit"]} if options["rate_limit"] else {}
