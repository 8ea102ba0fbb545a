"""`--lsq-summary`: what the traffic of a whole run broke, and which rules of the ledger it met and never met."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from leadsquared_slots.contract_tests.emulator.account import Account, Admin

_OUTPUT = "lsq_summary"
# What callers most often get wrong, in the order of the harm, in words; the ids stand in the file.
_IN_WORDS = {
    "error.in-200": "an error inside 200",
    "limit.exceeded": "the rate limit",
    "answer.pages-join": "page 2",
    "answer.past-last-page": "an answer without records",
    "slots.midnight": "midnight",
    "breaks.kept": "a break inside a slot",
    "slots.zone": "a zone other than UTC",
    "slots.gap": "a date on which clocks go forward",
    "slots.fold": "a date on which clocks go back",
    "slots.fully-booked": "a fully booked day",
    "reason.lists": "a holiday, a leave or a free weekday",
    "reason.no-template": "a user without a template",
    "request.unknown-address": "an unknown address",
    "answer.stored-address": "an address in another letter case",
    "slots.flag-true": "the flag true",
    "slots.seconds": "times with seconds",
    "auth.invalid-keys": "wrong keys",
    "conduct.gives-up": "a fault of the network",
    "conduct.no-repeat": "a refusal that stays",
}
_MOST_FINDINGS = 20


class Summary:
    """Collects what every account of the run saw. `file` is where it is written as JSON as well, if anywhere."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._met: set[str] = set()
        self._findings: list[dict[str, Any]] = []
        self._calls = 0

    def collect(self, account: Account | Admin, test: str) -> None:
        """Take up the conduct of an account, or of a server's first one, at the end of a test."""
        conduct = account.call("GET", "/conduct") if hasattr(account, "call") else account.conduct()
        self._calls += conduct["calls"]
        self._met.update(conduct["met"])
        self._findings += [{"test": test, **finding} for finding in conduct["findings"]]

    def as_data(self) -> dict[str, Any]:
        """What a worker of xdist hands over."""
        return {"calls": self._calls, "met": sorted(self._met), "findings": self._findings}

    def add(self, data: dict[str, Any]) -> None:
        """Take up what a worker collected."""
        self._calls += data["calls"]
        self._met.update(data["met"])
        self._findings += data["findings"]

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Hand over, in a worker; write the file, in the controller."""
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[_OUTPUT] = self.as_data()
        elif self._file is not None:
            met, never = self._rules()
            document = {"met": met, "never": never, "conduct": self._findings}
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take up what a worker of xdist collected."""
        data = getattr(node, "workeroutput", {}).get(_OUTPUT)
        if data is not None:
            self.add(data)

    def _rules(self) -> tuple[list[str], list[str]]:
        from leadsquared_slots.mock_server.contract.documents import ledger

        known = list(ledger())
        return [rule for rule in known if rule in self._met], [rule for rule in known if rule not in self._met]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the sum, what was never seen, and what was broken."""
        met, never = self._rules()
        write = terminalreporter.write_line
        terminalreporter.section("LeadSquared Slots")
        words = [text for rule, text in _IN_WORDS.items() if rule in never]
        write(f"{len(met)} of {len(met) + len(never)} rules of the ledger met, in {self._calls} calls")
        write(f"never seen: {', '.join(words)}" if words else "nothing that callers often get wrong was left out")
        if self._file is None:
            write("all of them by id: --lsq-summary=FILE.json")
        broken = [finding for finding in self._findings if not finding["advice"]]
        write(
            f"conduct: {len(broken)} findings, {len(self._findings) - len(broken)} times advice"
            if self._findings
            else "conduct: no finding"
        )
        for finding in (*broken, *(each for each in self._findings if each["advice"]))[:_MOST_FINDINGS]:
            write(f"  {'advice' if finding['advice'] else 'broken'}  {finding['rule']}  {finding['test']}: {finding['what']}")
