"""The pytest plugin: an emulator for your tests. It imports nothing but pytest until a fixture is used.

`lsq_server`    one emulator for the session (each xdist worker has its own), or the server of `--lsq-url`
`lsq`           a fresh account on it: keys, calendar, limit, journal, clock and faults of its own
`lsq_contract`  assert that a response honours the contract
`--lsq-summary` what the calls of the whole run broke, and which rules they met
"""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from leadsquared_slots.contract_tests.emulator.account import Account
    from leadsquared_slots.contract_tests.testing.assertion import ContractAssertion

    from .summary import Summary

_SUMMARY: pytest.StashKey[Summary] = pytest.StashKey()
_TERMINAL = "-"
"""The value of --lsq-summary without a file."""
MARKER = "lsq(scenario=None, profile=None, seed=None, now=None, rate_limit=None): the state in which the fixture `lsq` starts"
_OPTIONS = {
    "url": "use this running server, for example a container, instead of starting one",
    "profile": "answers to the vendor's open questions: documented, observed, or a TOML file",
    "seed": "seed of the generated calendars (a whole number)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """The server of the session. `own` says that it was started here, and ends with the session."""

    base_url: str
    own: bool


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --lsq-url, --lsq-profile and --lsq-seed, each also as an ini value, and --lsq-summary."""
    group = parser.getgroup("lsq", "LeadSquared Slots")
    for name, text in _OPTIONS.items():
        group.addoption(f"--lsq-{name}", dest=f"lsq_{name}", default=None, metavar=name.upper(), help=text)
        parser.addini(f"lsq_{name}", text, default="")
    group.addoption(
        "--lsq-summary",
        nargs="?",
        const=_TERMINAL,
        default=None,
        metavar="FILE.json",
        help="print what the run's calls broke, and which rules of the ledger they met and never met; with =FILE.json write it, too",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, parser: pytest.Parser, args: list[str]) -> None:
    """Give a bare --lsq-summary its value, so that it does not take the path behind it for one."""
    for number, word in enumerate(args):
        following = args[number + 1] if number + 1 < len(args) else ""
        if word == "--lsq-summary" and not following.endswith(".json"):
            args[number] = f"--lsq-summary={_TERMINAL}"
            early_config.known_args_namespace = parser.parse_known_args(args, namespace=copy.copy(early_config.option))


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and the summary where it is wanted."""
    config.addinivalue_line("markers", MARKER)
    wanted = config.getoption("lsq_summary")
    if wanted is not None:
        from . import summary

        config.stash[_SUMMARY] = summary.Summary(None if wanted == _TERMINAL else Path(wanted))
        config.pluginmanager.register(config.stash[_SUMMARY], "lsq-summary")


def option(config: pytest.Config, name: str) -> str | None:
    """The option of that name from the command line, else from the ini file; None when neither has it."""
    return config.getoption(f"lsq_{name}") or config.getini(f"lsq_{name}") or None


def seed_of(config: pytest.Config) -> int:
    """The seed of the session. Raises pytest.UsageError for anything but a whole number."""
    text = option(config, "seed") or "0"
    try:
        return int(text)
    except ValueError:
        raise pytest.UsageError(f"--lsq-seed is {text!r}; expected a whole number") from None


@pytest.fixture(scope="session")
def lsq_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """One emulator for the session, on a free port; or the server of --lsq-url."""
    url = option(request.config, "url")
    if url:
        yield Server(base_url=url.rstrip("/"), own=False)
        return
    from leadsquared_slots.mock_server import MockServer

    with MockServer(seed=seed_of(request.config)) as server:
        yield Server(base_url=server.base_url, own=True)
        if _SUMMARY in request.config.stash:
            from leadsquared_slots.contract_tests.emulator.account import Admin

            request.config.stash[_SUMMARY].collect(Admin(server.base_url), "the account of lsq_server")


@pytest.fixture
def lsq(request: pytest.FixtureRequest, lsq_server: Server) -> Iterator[Account]:
    """A fresh account on the server, deleted after the test. The marker `lsq` says how it starts."""
    from leadsquared_slots.contract_tests.emulator.account import Account, Admin

    start = _start(request)
    account = Account.open(Admin(lsq_server.base_url, os.environ.get("LSQ_MOCK_ADMIN_TOKEN")), **start)
    yield account
    if _SUMMARY in request.config.stash:
        request.config.stash[_SUMMARY].collect(account, request.node.nodeid)
    account.close()


def _start(request: pytest.FixtureRequest) -> dict[str, Any]:
    config, marker = request.config, request.node.get_closest_marker("lsq")
    start: dict[str, Any] = {"profile": option(config, "profile"), "seed": seed_of(config)}
    chosen = dict(marker.kwargs) if marker else {}
    unknown = sorted(set(chosen) - {"scenario", "profile", "seed", "now", "rate_limit"})
    if unknown or (marker and marker.args):
        raise pytest.UsageError(
            f"pytest.mark.lsq takes scenario, profile, seed, now and rate_limit by name; received {unknown or marker.args}"
        )
    start.update((name, value) for name, value in chosen.items() if value is not None)
    start["rateLimit"] = start.pop("rate_limit", None)
    for name in ("scenario", "profile"):
        start[name] = _contents(start.get(name), request.path.parent)
    return start


def _contents(value: Any, folder: Path) -> Any:
    """A file is read here and sent whole: the server may run in a container that does not see it."""
    if not (isinstance(value, Path) or (isinstance(value, str) and value.endswith(".toml"))):
        return value
    from leadsquared_slots.mock_server.contract.toml_text import read_toml

    return read_toml((folder / value).read_text("utf-8"))


@pytest.fixture
def lsq_contract(request: pytest.FixtureRequest) -> ContractAssertion:
    """Call it with a response: it fails with the rule, received against documented, when the contract is broken."""
    try:
        from leadsquared_slots.contract_tests.testing.assertion import ContractAssertion

        return ContractAssertion.under(option(request.config, "profile"))
    except ImportError as error:
        pytest.fail(f'lsq_contract needs {error.name}; install the kit: pip install "leadsquared-slots[kit]"', pytrace=False)
