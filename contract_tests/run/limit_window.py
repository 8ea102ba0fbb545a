"""The limit in a recording: how many calls passed in a window, by their time stamps, and how those over it were refused."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush

from leadsquared_slots.contract_tests.checks.limit import WINDOW_SECONDS, wrong_refusal
from leadsquared_slots.contract_tests.checks.registry import Violation
from leadsquared_slots.contract_tests.wire.exchange import Exchange, error_of
from leadsquared_slots.contract_tests.wire.refusal_forms import is_limit
from leadsquared_slots.mock_server.domain.profile import Profile, Window

_MOST_CALLS, _MOST_ACCOUNTS = 10_000, 1_000


@dataclass(slots=True, kw_only=True)
class LimitWindow:
    """Counts the calls of each account in a window. Memory is bounded.

    profile  by which the recording is judged
    limit    calls of the limit, as some refusal of the recording names it; None where none does
    looked   how often each rule could have been broken
    """

    profile: Profile
    limit: int | None = None
    looked: dict[str, int] = field(default_factory=dict)
    _calls: dict[tuple[str, ...], list[float]] = field(default_factory=dict)

    def look(self, exchange: Exchange, account: tuple[str, ...]) -> Iterator[Violation]:
        """The violations that a call shows together with those of its account before it."""
        if is_limit(exchange.received):
            self._note("limit.status", "limit.type", "limit.message")
            yield from wrong_refusal(self.profile, exchange)
            return
        # Without a duration it is not known when a call was counted; a call that was refused for its body may not count.
        if self.limit is None or exchange.until <= exchange.at or exchange.received.status != 200 or error_of(exchange.received):
            return
        calls = self._of(account)
        heappush(calls, exchange.at)
        # Whatever was sent and answered within the window was counted in it.
        while calls and (calls[0] < exchange.until - WINDOW_SECONDS or len(calls) > _MOST_CALLS):
            heappop(calls)
        self._note("limit.exceeded")
        most = self.limit if self.profile.window is Window.SLIDING else 2 * self.limit
        if len(calls) > most:
            received = f"{len(calls)} calls passed in {exchange.until - calls[0]:.2f} s; the message names {self.limit} in 5"
            yield Violation(rule="limit.exceeded", title="More calls pass than the limit allows", received=received, exchanges=(exchange,))
            calls.clear()

    def _of(self, account: tuple[str, ...]) -> list[float]:
        calls = self._calls.pop(account, None)
        self._calls[account] = calls or []
        if len(self._calls) > _MOST_ACCOUNTS:
            del self._calls[next(iter(self._calls))]
        return self._calls[account]

    def _note(self, *rules: str) -> None:
        for rule in rules:
            self.looked[rule] = self.looked.get(rule, 0) + 1
