"""Accounts, calendars, faults, limits and clocks of a running server, driven over HTTP in any order: the oracle agrees after every step."""

from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from leadsquared_slots.mock_server import MockServer
from leadsquared_slots.mock_server.accounts.calendar_changes import CalendarChanges
from leadsquared_slots.mock_server.accounts.faults import FaultRule
from leadsquared_slots.mock_server.accounts.journal import Journal
from leadsquared_slots.mock_server.calendars import written as calendars
from leadsquared_slots.mock_server.domain.rate_limit import RateWindow

from ..support.account_machine import Accounts
from ..support.examples import examples

pytestmark = pytest.mark.whole


def drive(**chosen: Any) -> None:
    with MockServer(rate_limit=None) as server:
        Accounts.server = server
        run_state_machine_as_test(Accounts, settings=settings(**chosen))


def test_the_oracle_agrees_after_every_step() -> None:
    drive(max_examples=examples(30), stateful_step_count=20)


MISTAKES: dict[str, tuple[type, str, Any]] = {
    "an added leave is forgotten": (calendars.ChangedCalendar, "leave", lambda self, ordinal: self.base.leave(ordinal)),
    "an added holiday is forgotten": (calendars.ChangedCalendar, "holiday", lambda self, ordinal: self.base.holiday(ordinal)),
    "a deleted task stays": (CalendarChanges, "drop", lambda self, task_id: None),
    "no call is counted": (RateWindow, "count", lambda self, now: None),
    "counted calls are forgotten by changes of settings": (RateWindow, "restore", lambda self, times: None),
    "no fault strikes": (FaultRule, "strikes", lambda self, addresses: False),
    "a reset leaves the journal": (Journal, "clear", lambda self: None),
}


@pytest.mark.parametrize(
    "mistake", [pytest.param(each, marks=[pytest.mark.breadth] * (number % 2)) for number, each in enumerate(MISTAKES)]
)
def test_a_mistake_is_noticed(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above can fail, and for more than one reason."""
    monkeypatch.setattr(*MISTAKES[mistake])
    with pytest.raises((AssertionError, BaseExceptionGroup)):
        drive(max_examples=400, stateful_step_count=20, phases=[Phase.generate], derandomize=True, database=None)
