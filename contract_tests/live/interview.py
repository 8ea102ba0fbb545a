"""The questions that tell the answers of a profile apart: read-only, few, each different from a plain one in one way."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from leadsquared_slots.contract_tests.traffic.conversion import as_recorded
from leadsquared_slots.contract_tests.wire.call import OWN_KEYS, Call, Keys
from leadsquared_slots.contract_tests.wire.exchange import Exchange, error_of
from leadsquared_slots.contract_tests.wire.target import Target, TargetRefusesKeys, is_refusal_of_keys
from leadsquared_slots.mock_server.recording.recorded import Recorder
from leadsquared_slots.mock_server.recording.shown import Shown
from leadsquared_slots.mock_server.vendor.seen_answer import Answer, read_answer

UNKNOWN_ADDRESS = "unknown.to-the-contract-kit@example.com"
"""An address that no server should know; the emulator knows none that begins with `unknown`."""
_WRONG = Keys(access="wrong-access-key", secret="wrong-secret-key")  # noqa: S106 - made up
_NUMBER = re.compile(r"(?<![0-9])[0-9]{1,9}(?![0-9])")
_FIRST_GUESS = 1001
MOST_PAGE, MOST_USERS = 16_384, 4_096
"""The largest page and the most users that are tried; what accepts them has no limit worth a question."""
Document = dict[str, Any]


class NobodyAnswered(Exception):
    """None of the users is answered, so there is nothing to ask about; the text says what was seen."""


@dataclass(kw_only=True)
class Interview:
    """Asks a target, and keeps what its answers show.

    users        addresses that are asked for; those that nobody answers are left out after `meet`
    first, last  dates that are asked for, both included
    """

    target: Target
    users: tuple[str, ...]
    first: date
    last: date
    shown: Shown = field(default_factory=Shown)
    recorder: Recorder = field(default_factory=Recorder)
    on_call: Callable[[str], None] = lambda what: None

    def plain(self, **changes: Any) -> Document:
        """The plainest lawful request, with some attributes changed; None leaves one out."""
        payload: Document = {
            "FromDate": self.first.isoformat(), "ToDate": self.first.isoformat(), "Users": [self.users[0]],
            "IncludeAllowedConflictSlots": False, "Paging": {"PageIndex": 1, "PageSize": 1},
        }  # fmt: skip
        return {name: value for name, value in (payload | changes).items() if value is not None}

    def call(self, payload: Document) -> Call:
        """A request as a call with the target's own keys."""
        return self.target.ordinary(json.dumps(payload, ensure_ascii=False).encode())

    def ask(self, payload: Document, **call: Any) -> Answer | None:
        """The answer to a request; None where it is refused."""
        return read_answer(self.send(replace(self.call(payload), **call)).received.body)

    def send(self, call: Call, *, retry: bool = True, throttled: bool = True) -> Exchange:
        """Sends a call, and takes in what it shows."""
        exchange = self.target.send(call, retry=retry, throttled=throttled)
        self.shown.observe(as_recorded(exchange, self.recorder))
        return exchange

    def meet(self) -> None:
        """Finds out where the keys go, and which of the users exist. Raises TargetRefusesKeys and NobodyAnswered."""
        if is_refusal_of_keys(self.send(self.call(self.plain())).received):
            self.target.keys_in_query = True
            if is_refusal_of_keys(self.send(self.call(self.plain())).received):
                raise TargetRefusesKeys(f"{self.target.base_url} refuses the keys, in the headers and in the query")
        known, seen = [], "nothing"
        for user in self.users:
            exchange = self.send(self.call(self.plain(Users=[user], ToDate=self.last.isoformat())))
            answer = read_answer(exchange.received.body)
            if answer is not None and answer.entries:
                known.append(user)
            seen = f"status {exchange.received.status}"
        if not known:
            raise NobodyAnswered(f"none of the {len(self.users)} users is answered ({seen}); name users that exist there: --user ADDRESS")
        self.users = tuple(known)

    def ask_for_forms(self) -> None:
        """Everything about requests that is told by one call each."""
        user, day = self.users[0], self.first.isoformat()
        self.ask(self.plain(Paging=None))
        self.ask(self.plain(IncludeAllowedConflictSlots=None))
        self.ask(self.plain(UserIds=["1"]))
        self.ask({name.lower(): value for name, value in self.plain().items()})
        self.ask(self.plain(), content_type="text/plain")
        self.ask(self.plain(Users=[user, user]))
        self.ask(self.plain(Users=[UNKNOWN_ADDRESS]))
        self.ask(self.plain(Users=[user.swapcase()]))
        self.ask(self.plain(Users=None))
        self.ask(self.plain(FromDate="tomorrow"))
        self.send(self.target.ordinary(self.call(self.plain()).body[:-1]))
        self.send(replace(self.call(self.plain()), path="/v2/Task.svc/NoSuchApi"))
        for users in _both_orders(self.users):
            self.ask(self.plain(Users=users))
        one = self.ask(self.plain(ToDate=day))
        self.ask(self.plain(Paging={"PageIndex": (one.record_count if one else 1) + 1, "PageSize": 1}))
        self._ask_for_keys()

    def _ask_for_keys(self) -> None:
        body = self.call(self.plain()).body
        self.send(Call(body=body, header_keys=_WRONG))
        self.send(Call(body=body, header_keys=None, query_keys=OWN_KEYS))
        self.send(Call(body=body, header_keys=OWN_KEYS, query_keys=_WRONG))
        self.send(Call(body=body, header_keys=_WRONG, query_keys=OWN_KEYS))

    def ask_for_numbers(self) -> tuple[int, int]:
        """The largest page and the most users that were accepted, found by halving what is left."""
        page = self._largest(MOST_PAGE, lambda size: self.plain(Paging={"PageIndex": 1, "PageSize": size}))
        most = self._largest(MOST_USERS, lambda number: self.plain(Users=[self.users[0]] * number))
        return page, most

    def _largest(self, most: int, payload: Callable[[int], Document]) -> int:
        accepted, refused, number = 1, most + 2, _FIRST_GUESS
        while refused - accepted > 1 and accepted <= most:
            exchange = self.send(self.call(payload(number)))
            if read_answer(exchange.received.body) is not None and exchange.received.status == 200:
                accepted = number
            else:
                refused = number
            number = _next(accepted, refused, most, _numbers_in(exchange))
        return accepted

    def ask_for_days(self, largest_page: int, most_users: int, calls: int) -> None:
        """As many dates of as many users, with the flag false and true, as so many calls show."""
        users = list(self.users[: max(1, most_users)])
        index, count = 1, 1
        while (index - 1) * largest_page < count and calls >= 2:
            for flag in (False, True):
                paging = {"PageIndex": index, "PageSize": largest_page}
                payload = self.plain(Users=users, ToDate=self.last.isoformat(), IncludeAllowedConflictSlots=flag, Paging=paging)
                answer = self.ask(payload)
                if answer is None:
                    return
                count, calls = answer.record_count, calls - 1
            index += 1


def _both_orders(users: tuple[str, ...]) -> Iterator[list[str]]:
    """Two users in the order that is not by address."""
    for other in users[1:]:
        if other.lower() != users[0].lower():
            yield sorted((users[0], other), key=str.lower, reverse=True)
            return


def _numbers_in(exchange: Exchange) -> list[int]:
    """Numbers that a refusal names."""
    message = str((error_of(exchange.received) or {}).get("ExceptionMessage", ""))
    return [int(text) for text in _NUMBER.findall(message[:1000])]


def _next(accepted: int, refused: int, most: int, named: list[int]) -> int:
    """The next number to try: one that the refusal names, or the one behind it, else the middle; or twice as many."""
    for number in named:
        for candidate in (number, number + 1):
            if accepted < candidate < refused:
                return candidate
    return min(2 * accepted, most + 1) if refused > most + 1 else (accepted + refused) // 2
