"""The calls that show and change the clock of an account."""

from collections.abc import Callable
from typing import Any

from leadsquared_slots.mock_server.accounts.account import Account
from leadsquared_slots.mock_server.accounts.clock import Clock
from leadsquared_slots.mock_server.admin import views as views
from leadsquared_slots.mock_server.admin.call import Answer, Call, instant_of


def get_clock(call: Call) -> Answer:
    """The account's clock."""
    return Answer(call.do(views.clock_view))


def put_clock(call: Call) -> Answer:
    """Stops the clock at a time."""
    now = instant_of(call.checked("clock")["now"])
    return _with_clock(call, lambda clock: clock.set(now))


def advance_clock(call: Call) -> Answer:
    """Moves the clock on, and stops it there."""
    seconds = call.checked("advance")["seconds"]
    return _with_clock(call, lambda clock: clock.advance(seconds))


def delete_clock(call: Call) -> Answer:
    """Lets the clock show the real time again."""
    return _with_clock(call, Clock.release)


def _with_clock(call: Call, change: Callable[[Clock], object]) -> Answer:
    def changed(account: Account) -> dict[str, Any]:
        change(account.clock)
        return views.clock_view(account)

    return Answer(call.do(changed))
