"""A baseline: differences that are known, each with a reason and a date until which it is accepted.

A run with a baseline fails only on what is new. A difference is a rule and a title without dates and values, so that it is the same
tomorrow and on another account.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from leadsquared_slots.mock_server.accounts.scenario_errors import Mistakes
from leadsquared_slots.mock_server.contract.toml_text import read_toml
from leadsquared_slots.mock_server.contract.validation import problems

from .failures import ContractFailure
from .results import Report, Verdict

_KEYS = ("rule", "difference", "reason", "expires")
_VALUE = re.compile(r"'[^']*'|\"[^\"]*\"|\{[^}]*\}|[0-9][0-9:.\-–T]*")
_DAYS = 90


class BadBaseline(ValueError):
    """A baseline file that cannot be used; the text says where, and what was expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A known difference: `expires` is the last date on which it is accepted."""

    rule: str
    difference: str
    reason: str
    expires: date

    @property
    def key(self) -> tuple[str, str]:
        """What it is matched by."""
        return self.rule, self.difference


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A run beside a baseline: failures that are new, entries that have expired, and entries that were not seen."""

    new: tuple[ContractFailure, ...]
    expired: tuple[Entry, ...]
    gone: tuple[Entry, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing is new and nothing has expired."""
        return not (self.new or self.expired)

    def lines(self) -> list[str]:
        """What there is to tell, one sentence each."""
        new = (f"new: {failure.rule}: {failure.title}" for failure in self.new)
        expired = (f"expired on {e.expires}: {e.rule}: {e.difference} ({e.reason})" for e in self.expired)
        gone = (f"no longer seen, take it out of the baseline: {entry.rule}: {entry.difference}" for entry in self.gone)
        return [*new, *expired, *gone]


def difference_of(failure: ContractFailure) -> str:
    """The difference that a failure shows, in words without dates and values."""
    return " ".join(_VALUE.sub("…", failure.title).split())


def load_baseline(path: Path) -> tuple[Entry, ...]:
    """The entries of a file in the form of `schemas/baseline.schema.json`. Raises BadBaseline, which names the line and the key."""
    try:
        text = path.read_text("utf-8")
        document = read_toml(text)
    except (OSError, ValueError) as error:
        raise BadBaseline(f"the baseline {path} cannot be read: {error}; --update-baseline writes one") from None
    found = problems("baseline", document)
    if found:
        raise BadBaseline(str(Mistakes(f"the baseline {path}", text, found)))
    return tuple(Entry(**table | {"expires": date.fromisoformat(table["expires"])}) for table in document.get("entry", ()))


def compare(report: Report, entries: Iterable[Entry], today: date) -> Compared:
    """The failures of a report beside the entries of a baseline."""
    known = {entry.key: entry for entry in entries}
    failed = [failure for failure in report.failures if report.verdict_of(failure) is Verdict.FAILED]
    seen = {(failure.rule, difference_of(failure)) for failure in report.failures}
    looked_at = {result.rule.id for result in report.rules if result.verdict in (Verdict.PASSED, Verdict.FAILED, Verdict.FINDING)}
    return Compared(
        new=tuple(failure for failure in failed if (failure.rule, difference_of(failure)) not in known),
        expired=tuple(entry for key, entry in known.items() if entry.expires < today and key in seen),
        gone=tuple(entry for key, entry in known.items() if key not in seen and entry.rule in looked_at),
    )


def updated(report: Report, entries: Iterable[Entry], today: date) -> tuple[Entry, ...]:
    """A baseline with every failure of a report; known ones keep their reason and date."""
    known = {entry.key: entry for entry in entries}
    kept: dict[tuple[str, str], Entry] = {}
    for failure in report.failures:
        if report.verdict_of(failure) is Verdict.FAILED:
            key = failure.rule, difference_of(failure)
            new = Entry(rule=key[0], difference=key[1], reason=f"seen on {today}", expires=today + timedelta(days=_DAYS))
            kept[key] = replace(known.get(key, new))
    return tuple(kept.values())


def as_toml(entries: Iterable[Entry]) -> str:
    """The text of a baseline file."""
    import tomli_w

    tables: list[dict[str, Any]] = [{key: getattr(entry, key) for key in _KEYS} for entry in entries]
    head = "# Differences that lsq-contract check accepts until they expire. Give each a reason that a colleague understands.\n\n"
    return head + tomli_w.dumps({"entry": tables})
