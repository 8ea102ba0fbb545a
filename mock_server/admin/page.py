"""The page for people at `/__admin/`: the users' days, the journal, faults and clock. Rendered here; nothing is fetched from elsewhere."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request
from leadsquared_slots.mock_server.accounts.account import Account
from leadsquared_slots.mock_server.accounts.directory import NoSuchUser
from leadsquared_slots.mock_server.accounts.registry import NoSuchAccount
from leadsquared_slots.mock_server.accounts.scenario import built_in_scenarios
from leadsquared_slots.mock_server.accounts.store import Unavailable
from leadsquared_slots.mock_server.calendars.people import name_of, subject_of
from leadsquared_slots.mock_server.conduct import judge_conduct
from leadsquared_slots.mock_server.contract.documents import ledger
from leadsquared_slots.mock_server.domain.errors import DomainError
from leadsquared_slots.mock_server.explain.explanation import FIRST_DATE, LAST_DATE, explain
from leadsquared_slots.mock_server.service import Emulator
from leadsquared_slots.mock_server.version import VERSION

from .call import BadCall, date_of, flag_of
from .guard import guard_host, has_token
from .journal_view import curl, pretty
from .timeline import TIMES, Timeline, timeline
from .views import clock_view, exchange_view

if TYPE_CHECKING:
    from jinja2 import Environment

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
_PAGES = Path(__file__).parent / "pages"
_ASSETS = {"page.css": "text/css", "page.js": "text/javascript", "icon.svg": "image/svg+xml"}
_USERS_ON_A_PAGE = 20
_SHOWN_EXCHANGES = 50
_LENGTHS = (1, 7)
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


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
        if length not in map(str, _LENGTHS):
            raise BadCall(f"days is {length!r}", f"expected {' or '.join(map(str, _LENGTHS))}")
        if not (page.isascii() and page.isdigit() and 0 < int(page) < 10_000):
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


def add_page(blueprint: Blueprint, emulator: Emulator) -> None:
    """Adds the page, and what belongs to it, to the admin interface."""
    settings = emulator.settings

    def page(path: str, build: Callable[[Account], Response]) -> None:
        @wraps(build)
        def view() -> Response:
            guard_host(settings)
            if not has_token(settings):
                return _html("login.html.j2", status=401 if "Authorization" in request.headers else 200)
            try:
                with emulator.turn:
                    return emulator.accounts.use(request.args.get("account"), build)
            except DomainError as error:
                status = 503 if isinstance(error, Unavailable) else 404 if isinstance(error, NoSuchAccount | NoSuchUser) else 400
                return _html("error.html.j2", status=status, error=error.what, hint=error.hint)

        blueprint.add_url_rule(path, f"page_{build.__name__}", view)

    page("/", _days)
    page("/day", _day)
    page("/live", _live)
    for name in _ASSETS:
        blueprint.add_url_rule(f"/{name}", f"asset_{name.partition('.')[0]}_{name.partition('.')[2]}", _asset_view(emulator, name))

    @blueprint.route("")
    def to_the_page() -> Response:
        guard_host(settings)
        query = request.query_string.decode("latin-1")
        return redirect(f"/__admin/{'?' if query else ''}{query}", 308)  # type: ignore[return-value]


def _asset_view(emulator: Emulator, name: str) -> Callable[[], Response]:
    def asset() -> Response:
        guard_host(emulator.settings)
        headers = {**_HEADERS, "Cache-Control": "no-cache"}
        return Response((_PAGES / name).read_bytes(), content_type=f"{_ASSETS[name]}; charset=utf-8", headers=headers)

    return asset


def _days(account: Account) -> Response:
    view = View.of(request.args, request.args.getlist("user"), _today(account))
    addresses, pages = _addresses(account, view)
    days = range(view.day, min(view.day + view.length - 1, LAST_DATE) + 1)
    users = [(address, _timelines(account, view, address, days)) for address in addresses]
    return _html(
        "days.html.j2",
        view=view,
        users=users,
        removable=list(view.addresses) or (addresses if not any(True for _ in account.directory) else []),
        pages=pages,
        account=account,
        scenarios=list(_scenario_names()),
        version=VERSION,
        is_default=view.account is None,
        **_live_values(account),
    )


def _day(account: Account) -> Response:
    view = View.of(request.args, request.args.getlist("user"), _today(account))
    if not view.addresses:
        raise BadCall("the query parameter 'user' is missing", "choose a user on the page")
    (shown,) = _timelines(account, view, view.addresses[0], range(view.day, view.day + 1)) or (None,)
    if shown is None:
        raise NoSuchUser(view.addresses[0])
    return _html("day.html.j2", view=view, shown=shown, ledger=ledger(), subject_of=subject_of)


def _live(account: Account) -> Response:
    if request.args.get("have") == _live_version(account):
        return Response(status=204, headers=_HEADERS)
    return _html("live.html.j2", **_live_values(account))


def _live_version(account: Account) -> str:
    """A text that changes when clock, faults or journal do."""
    exchanges, faults = list(account.journal), account.faults.rules
    last = exchanges[-1].number if exchanges else 0
    return f"{last}-{len(exchanges)}-{len(faults)}-{sum(rule.struck for rule in faults)}-{account.clock.frozen_at}"


def _live_values(account: Account) -> dict[str, Any]:
    """What changes by itself: clock, faults, journal and conduct, with a text that changes when they do."""
    exchanges = list(account.journal)
    return {
        "clock": clock_view(account),
        "faults": account.faults.rules,
        "exchanges": [exchange_view(exchange) for exchange in reversed(exchanges[-_SHOWN_EXCHANGES:])],
        "total": len(exchanges),
        "conduct": judge_conduct(exchanges).as_json(),
        "root": request.host_url.rstrip("/"),
        "live_version": _live_version(account),
    }


def _today(account: Account) -> int:
    return datetime.fromtimestamp(account.clock.now(), UTC).toordinal()


def _addresses(account: Account, view: View) -> tuple[list[str], int]:
    """The addresses to show on this page of the view, and how many pages there are."""
    addresses = list(view.addresses) or [user.address for user in account.directory] or list(EXAMPLES)
    pages = -(-len(addresses) // _USERS_ON_A_PAGE)
    first = (view.page - 1) * _USERS_ON_A_PAGE
    return addresses[first : first + _USERS_ON_A_PAGE], pages


def _timelines(account: Account, view: View, address: str, days: range) -> list[Timeline]:
    """The timelines of a user; none where nobody has the address."""
    user = account.directory.find(address)
    if user is None:
        return []
    profile, now = account.profile, account.clock.now()
    explained = (explain(user, day, include_allowed_conflicts=view.flag, profile=profile) for day in days)
    return [timeline(explanation, view.read_in, now) for explanation in explained]


@cache
def _scenario_names() -> tuple[tuple[str, str], ...]:
    return tuple((scenario.name, scenario.title) for scenario in built_in_scenarios())


def _html(template: str, status: int = 200, **values: Any) -> Response:
    text = _templates().get_template(template).render(**values)
    return Response(text, status, content_type="text/html; charset=utf-8", headers=_HEADERS)


@cache
def _templates() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(pretty=pretty, curl=curl)
    environment.globals.update(name_of=name_of, times=TIMES, lengths=_LENGTHS)
    return environment
