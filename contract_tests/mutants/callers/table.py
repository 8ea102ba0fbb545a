"""The table of callers: each wrong one with what caught it, each correct one with what was said about it."""

import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from leadsquared_slots.contract_tests.consumer.report import ConsumerReport
from leadsquared_slots.contract_tests.consumer.runner import Options, run_consumer
from leadsquared_slots.contract_tests.run.results import Verdict
from leadsquared_slots.mock_server import MockServer
from leadsquared_slots.mock_server.domain.profile import PROFILES
from rich.console import Console
from rich.table import Table
from rich.text import Text

from .registry import CORRECT, WRONG, Caller

_AT_ONCE = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """How one caller came out under one profile.

    failed  ids of the situations and conduct rules that failed
    advice  ids of the rules that gave advice
    """

    caller: Caller
    profile: str
    failed: tuple[str, ...]
    advice: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        """Whether a wrong caller was caught by all that should catch it, and no word was said against a correct one."""
        if self.caller.caught_by:
            return set(self.caller.caught_by) <= set(self.failed)
        allowed = {"conduct.keys-in-headers"} if "query" in self.caller.variants else set()
        return not self.failed and not set(self.advice) - allowed


def run_callers(callers: Iterable[Caller] = (*WRONG, *CORRECT), profiles: Iterable[str] = tuple(PROFILES)) -> Iterator[Row]:
    """Each caller under each profile, some at once, as they come out in their order."""
    jobs = [(caller, profile) for profile in profiles for caller in callers]
    with MockServer() as server, ThreadPoolExecutor(_AT_ONCE) as pool:
        yield from pool.map(lambda job: run_caller(*job, url=server.base_url), jobs)


def run_caller(caller: Caller, profile: str, *, url: str) -> Row:
    """One caller under one profile: a wrong one in the situations that are meant to catch it, a correct one in all."""
    options = Options(
        command=caller.command,
        url=url,
        profile=PROFILES[profile],
        only=(*caller.only, *(each for each in caller.caught_by if each.startswith("conduct."))) if caller.caught_by else (),
        timeout=caller.timeout,
        jobs=4,
    )
    report = run_consumer(options)
    return Row(caller=caller, profile=profile, failed=tuple(_ids(report, Verdict.FAILED)), advice=tuple(_ids(report, Verdict.FINDING)))


def _ids(report: ConsumerReport, verdict: Verdict) -> Iterator[str]:
    yield from (result.situation.id for result in report.situations if result.verdict is verdict)
    yield from (result.rule.id for result in report.rules if result.verdict is verdict)


def print_callers(*, as_json: bool = False, say: Callable[[str], None] = print) -> int:
    """Run every caller under both profiles and print the table; 0 when it is as it should be, else 1."""
    rows = list(run_callers())
    if as_json:
        say(json.dumps({"callers": [_as_json(row) for row in rows]}, indent=2, ensure_ascii=False))
    else:
        _show(rows, Console(highlight=False))
    return 0 if all(row.is_right for row in rows) else 1


def _as_json(row: Row) -> dict[str, Any]:
    caller = row.caller
    return {
        "name": caller.name,
        "wrong": caller.wrong or None,
        "profile": row.profile,
        "caughtBy": list(caller.caught_by),
        "failed": list(row.failed),
        "advice": list(row.advice),
        "right": row.is_right,
    }


def _show(rows: list[Row], console: Console) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("Caller", "What is wrong with it", "Profile", "Caught by"):
        table.add_column(heading)
    for row in rows:
        caught = ", ".join(row.failed) or ("nobody" if row.caller.caught_by else "–")
        table.add_row(row.caller.name, row.caller.wrong or "nothing", row.profile, Text(caught, style="" if row.is_right else "bold red"))
    console.print(table)
    wrong = [row for row in rows if row.caller.caught_by]
    alarms = [row for row in rows if not row.caller.caught_by and not row.is_right]
    count = sum(row.is_right for row in wrong)
    text = f"\n{count} of {len(wrong)} wrong callers caught by what is meant for them; {len(alarms)} false alarms about correct ones"
    console.print(Text(text, style="green" if all(row.is_right for row in rows) else "bold red"))
