"""What a visitor of the page asked to see, and what there was to see: values that nothing changes any more."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from leadsquared_slots.mock_server.accounts.account import Account
from leadsquared_slots.mock_server.accounts.faults import FaultRule
from leadsquared_slots.mock_server.accounts.scenario import Scenario
from leadsquared_slots.mock_server.domain.profile import Profile
from leadsquared_slots.mock_server.domain.rate_limit import RateLimit
from leadsquared_slots.mock_server.domain.user import User
from leadsquared_slots.mock_server.exchanges.message import Exchange
from leadsquared_slots.mock_server.explain.explanation import FIRST_DATE, LAST_DATE

from .call import BadCall, date_of, flag_of
from .timeline import TIMES
from .views import clock_view

EXAMPLES = (
    "asha@example.com",
    "two-shifts@example.com",
    "midnight@example.com",
    "other-zone@example.com",
    "fully-booked@example.com",
    "holiday@example.com",
    "no-template@example.com",
)
"""Addresses that the page begins with where the directory lists nobody."""
LENGTHS = (1, 7)
"""How many days the page shows at once."""
_USERS_ON_A_PAGE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a visitor asked to see, as the query of the page says it."""

    account: str | None
    day: int
    length: int
    read_in: str
    flag: bool
    addresses: tuple[str, ...]
    page: int

    @classmethod
    def of(cls, query: Mapping[str, str], addresses: list[str], today: int) -> "View":
        """The view of a query. Raises BadCall."""
        read_in, length, page = query.get("times", TIMES[0]), query.get("days", "1"), query.get("page", "1")
        if read_in not in TIMES:
            raise BadCall(f"times is {read_in!r}", f"expected {', '.join(TIMES)}")
        if length not in map(str, LENGTHS):
            raise BadCall(f"days is {length!r}", f"expected {' or '.join(map(str, LENGTHS))}")
        if not (page.isascii() and page.isdigit() and 0 < int(page[:5]) < 10_000 and len(page) < 5):
            raise BadCall(f"page is {page!r}", "expected a number from 1")
        return cls(
            account=query.get("account"),
            day=min(max(date_of(query["date"]) if query.get("date") else today, FIRST_DATE), LAST_DATE),
            length=int(length),
            read_in=read_in,
            flag=flag_of(query.get("includeAllowedConflicts", "false")),
            addresses=tuple(dict.fromkeys(address.strip() for address in addresses if address.strip())),
            page=int(page),
        )

    def query(self, **changes: Any) -> str:
        """The query of this view with something changed."""
        fields: dict[str, Any] = {
            "account": self.account,
            "date": date.fromordinal(self.day).isoformat(),
            "days": self.length,
            "times": self.read_in,
            "includeAllowedConflicts": "true" if self.flag else None,
            "user": self.addresses,
            "page": self.page if self.page > 1 else None,
        }
        return "?" + urlencode({name: value for name, value in (fields | changes).items() if value is not None}, doseq=True)

    def moved(self, days: int) -> str:
        """The query of this view so many days later."""
        return self.query(date=date.fromordinal(min(max(self.day + days, FIRST_DATE), LAST_DATE)).isoformat())

    @property
    def iso_day(self) -> str:
        """The first date shown."""
        return date.fromordinal(self.day).isoformat()


class Live(NamedTuple):
    """What the page shows of an account and changes by itself, as it was at one moment: nothing of it changes any more."""

    clock: dict[str, Any]
    faults: tuple[FaultRule, ...]
    exchanges: tuple[Exchange, ...]
    version: str
    """A text that changes when clock, faults or journal do."""

    @classmethod
    def of(cls, account: Account) -> "Live":
        """What there is now."""
        exchanges, faults = tuple(account.journal), tuple(map(replace, account.faults.rules))
        last = exchanges[-1].number if exchanges else 0
        version = f"{last}-{len(exchanges)}-{len(faults)}-{sum(rule.struck for rule in faults)}-{account.clock.frozen_at}"
        return cls(clock_view(account), faults, exchanges, version)


class Seen(NamedTuple):
    """What the page shows of an account, as it was at one moment: what takes long to show is shown beside the endpoint.

    `users` are those on this page of the view, by address, with None for nobody; `pages` is how many pages there are.
    """

    view: View
    scenario: Scenario
    seed: int
    profile: Profile
    limit: RateLimit | None
    now: float
    users: dict[str, User | None]
    pages: int
    is_listed: bool
    live: Live

    @classmethod
    def of(cls, query: Mapping[str, str], addresses: list[str], account: Account) -> "Seen":
        """What a query asks to see. Raises BadCall."""
        now = account.clock.now()
        view = View.of(query, addresses, datetime.fromtimestamp(now, UTC).toordinal())
        listed = [] if view.addresses else [user.address for user in account.directory]
        shown = list(view.addresses) or listed or list(EXAMPLES)
        first = (view.page - 1) * _USERS_ON_A_PAGE
        return cls(
            view=view,
            scenario=account.scenario,
            seed=account.seed,
            profile=account.profile,
            limit=account.limit,
            now=now,
            users={address: account.directory.find(address) for address in shown[first : first + _USERS_ON_A_PAGE]},
            pages=-(-len(shown) // _USERS_ON_A_PAGE),
            is_listed=bool(listed),
            live=Live.of(account),
        )
