"""What `lsq-mock explain` prints."""

import re
from datetime import date

from leadsquared_slots.mock_server.accounts.account import Start
from leadsquared_slots.mock_server.accounts.directory import Directory
from leadsquared_slots.mock_server.accounts.scenario import Scenario
from leadsquared_slots.mock_server.accounts.settings import Settings
from leadsquared_slots.mock_server.domain.errors import DomainError, did_you_mean
from leadsquared_slots.mock_server.explain.drawing import Paper, draw
from leadsquared_slots.mock_server.explain.explanation import explain
from leadsquared_slots.mock_server.vendor.request import is_address


class NobodyThere(DomainError):
    """An address that no user has."""

    def __init__(self, address: str, scenario: Scenario, known: list[str]) -> None:
        self.address, self.known = address, known
        nearest = did_you_mean(address, known)
        some = ", ".join(known[:5]) + (", …" if len(known) > 5 else "")
        hint = f"did you mean {nearest}?" if nearest else f"scenario {scenario.name!r} has {some}"
        if not is_address(address):
            hint = "it is no email address; expected one such as zoo@lsqdev.in"
        elif scenario.is_open:
            hint = "every address is a user here, except those that start with `unknown`"
        super().__init__(f"no user has the address {address!r}", hint)


class NoDate(DomainError):
    """A text that is no date."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(f"{text!r} is no date", "expected yyyy-MM-dd, such as 2026-03-02")


def explain_text(settings: Settings, address: str, day: str, *, include_allowed_conflicts: bool, paper: Paper) -> str:
    """Why a user's date looks as it does, under the calendars and the profile that settings describe. Raises DomainError."""
    start = Start.of(settings)
    directory = Directory(start.scenario, start.seed, start.profile.address_case)
    user = directory.find(address) if is_address(address) else None
    if user is None:
        raise NobodyThere(address, start.scenario, [user.address for user in directory])
    explanation = explain(user, _ordinal(day), include_allowed_conflicts=include_allowed_conflicts, profile=start.profile)
    return draw(explanation, paper)


def _ordinal(day: str) -> int:
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", day):
            return date.fromisoformat(day).toordinal()
    except ValueError:
        pass
    raise NoDate(day)
