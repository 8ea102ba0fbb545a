"""What `lsq-mock explain` prints."""

import json
import os
import re
import time
from datetime import date
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from leadsquared_slots.mock_server.accounts.account import Start
from leadsquared_slots.mock_server.accounts.directory import Directory
from leadsquared_slots.mock_server.accounts.scenario import Scenario
from leadsquared_slots.mock_server.accounts.settings import DEFAULT_PORT, Settings
from leadsquared_slots.mock_server.domain.errors import DomainError, suggestion
from leadsquared_slots.mock_server.explain.drawing import Paper, draw
from leadsquared_slots.mock_server.explain.explanation import TODAY, explain, today_of
from leadsquared_slots.mock_server.vendor.request import is_address


class NobodyThere(DomainError):
    """An address that no user has."""

    def __init__(self, address: str, scenario: Scenario, known: list[str]) -> None:
        self.address, self.known = address, known
        some = ", ".join(known[:5]) + (", …" if len(known) > 5 else "")
        hint = suggestion(address, known, f"scenario {scenario.name!r} has {some}")
        if not is_address(address):
            hint = "it is no email address; expected one such as zoo@lsqdev.in"
        elif scenario.is_open:
            hint = "every address is a user here, except those that start with `unknown`"
        super().__init__(f"no user has the address {address!r}", hint)


class NoDate(DomainError):
    """A text that is no date."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(f"{text!r} is no date", "expected yyyy-MM-dd, such as 2026-03-02, or today")


def explain_text(settings: Settings, address: str, day: str, *, include_allowed_conflicts: bool, paper: Paper) -> str:
    """Why a user's date looks as it does, under the calendars and the profile that settings describe. Raises DomainError."""
    start = Start.of(settings)
    directory = Directory(start.scenario, start.seed, start.profile.address_case)
    user = directory.find(address) if is_address(address) else None
    if user is None:
        raise NobodyThere(address, start.scenario, [user.address for user in directory])
    ordinal = today_of(user, time.time() if start.now is None else start.now) if day == TODAY else _ordinal(day)
    explanation = explain(user, ordinal, include_allowed_conflicts=include_allowed_conflicts, profile=start.profile)
    return draw(explanation, paper)


def asked_text(url: str, account: str | None, address: str, day: str, include_allowed_conflicts: bool, width: int) -> str:
    """Why a user's date looks as it does in a running emulator. Raises DomainError when it cannot be asked, or refuses."""
    root = url.rstrip("/")
    if not root.startswith(("http://", "https://")):
        raise DomainError(f"{url!r} is no URL", f"add http://, as in http://127.0.0.1:{DEFAULT_PORT}")
    asked = {"user": address, "date": day, "includeAllowedConflicts": str(include_allowed_conflicts).lower(), "columns": str(width)}
    query = urlencode(asked | ({"account": account} if account else {}))
    token = os.environ.get("LSQ_MOCK_ADMIN_TOKEN")
    request = Request(f"{root}/__admin/explain?{query}", headers={"Authorization": f"Bearer {token}"} if token else {})  # noqa: S310  (the scheme is checked above)
    try:
        with urlopen(request, timeout=10) as answer:  # noqa: S310
            return str(json.load(answer)["drawing"])
    except HTTPError as error:
        with error:
            raise DomainError(*_said_by(error)) from None
    except (OSError, HTTPException, ValueError, KeyError, TypeError) as error:
        raise DomainError(f"{root} gave no explanation: {error}", "is it an emulator of this version, and running?") from None


def _said_by(error: HTTPError) -> tuple[str, str]:
    try:
        told = json.load(error)
        return str(told["error"]), str(told.get("hint", ""))
    except (ValueError, KeyError, TypeError):
        return f"the answer was {error.code}", "is it an emulator?"


def _ordinal(day: str) -> int:
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", day):
            return date.fromisoformat(day).toordinal()
    except ValueError:
        pass
    raise NoDate(day)
