"""A baseline: known differences are accepted until they expire, and no others."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from leadsquared_slots.contract_tests.run.baseline import BadBaseline, as_toml, compare, difference_of, load_baseline, updated

from ..support.report_example import report

TODAY = datetime.now(UTC).date()


def test_what_a_run_writes_it_accepts(tmp_path: Path) -> None:
    """Written, read again, and compared with the same run: nothing is new."""
    path = tmp_path / "baseline.toml"
    path.write_text(as_toml(updated(report(), (), TODAY)), "utf-8")
    entries = load_baseline(path)
    assert entries
    assert compare(report(), entries, TODAY).holds


def test_reasons_and_dates_are_kept() -> None:
    """An update changes nothing of an entry that is known."""
    (entry, *_) = updated(report(), (), TODAY)
    own = replace(entry, reason="ticket 7", expires=date(2031, 1, 1))
    assert updated(report(), (own,), TODAY)[0] == own


def test_an_expired_entry_fails_and_an_unknown_failure_too() -> None:
    """Until its last date an entry holds, not a day longer."""
    (entry, *_) = updated(report(), (), TODAY)
    assert not compare(report(), (), TODAY).holds
    assert compare(report(), (replace(entry, expires=TODAY),), TODAY).holds
    assert compare(report(), (replace(entry, expires=TODAY - timedelta(days=1)),), TODAY).expired


def test_a_difference_has_no_dates_and_no_values() -> None:
    """So it is the same tomorrow, and on another account."""
    failure = report().failures[0]
    one = replace(failure, title="Refused: Dates 100 days apart, from 2026-03-02, for 'a@example.com'")
    other = replace(failure, title="Refused: Dates 99 days apart, from 2027-11-30, for 'b@example.com'")
    assert difference_of(one) == difference_of(other)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[entry]]\nrule = 'a.b'\n", r"line 1: entry\[0\]: the key 'difference' is missing"),
        ("[[entry]]\nrule='a'\ndifference='b'\nreason=''\nexpires=2027-01-01\n", r"line 4: entry\[0\].reason: received \"\"; expected"),
        ("[[entry]]\nrule='a'\ndifference='b'\nreason='c'\nexpires='soon'\n", "expected a date"),
        ("entries = 1\n", "unknown key"),
        ("[[entry\n", "cannot be read"),
    ],
)
def test_a_bad_baseline_says_where(tmp_path: Path, text: str, told: str) -> None:
    """The line, the entry and the key are named, with what was expected."""
    path = tmp_path / "baseline.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(BadBaseline, match=told):
        load_baseline(path)
