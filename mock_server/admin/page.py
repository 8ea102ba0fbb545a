"""The page for people at `/__admin/`: the users' days, the journal, faults and clock. Rendered here; nothing is fetched from elsewhere."""

from collections.abc import Callable
from functools import cache, partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

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
from leadsquared_slots.mock_server.domain.user import User
from leadsquared_slots.mock_server.explain.explanation import LAST_DATE, explain
from leadsquared_slots.mock_server.service import Emulator
from leadsquared_slots.mock_server.version import VERSION

from .call import BadCall
from .guard import guard_host, has_token
from .journal_view import curl, pretty
from .seen import LENGTHS, Live, Seen
from .timeline import TIMES, Timeline, timeline
from .views import exchange_view

if TYPE_CHECKING:
    from jinja2 import Environment

T = TypeVar("T")
_PAGES = Path(__file__).parent / "pages"
_ASSETS = {"page.css": "text/css", "page.js": "text/javascript", "icon.svg": "image/svg+xml"}
_SHOWN_EXCHANGES = 50
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class Ask(Protocol):
    """How a page asks its account: shortly, as the endpoint is not answered meanwhile."""

    def __call__(self, use: Callable[[Account], T]) -> T:
        """What `use` gives for the account. Raises NoSuchAccount, and Unavailable."""


def add_page(blueprint: Blueprint, emulator: Emulator) -> None:
    """Adds the page, and what belongs to it, to the admin interface."""
    settings = emulator.settings

    def ask(use: Callable[[Account], T]) -> T:
        with emulator.turn:
            return emulator.accounts.use(request.args.get("account"), use)

    def page(path: str, build: Callable[[Ask], Response]) -> None:
        @wraps(build)
        def view() -> Response:
            guard_host(settings)
            if not has_token(settings):
                return _html("login.html.j2", status=401 if "Authorization" in request.headers else 200)
            try:
                return build(ask)
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


def _days(ask: Ask) -> Response:
    seen = ask(partial(Seen.of, request.args, request.args.getlist("user")))
    view = seen.view
    days = range(view.day, min(view.day + view.length - 1, LAST_DATE) + 1)
    return _html(
        "days.html.j2",
        view=view,
        users=[(address, _timelines(seen, user, days)) for address, user in seen.users.items()],
        removable=list(view.addresses) or ([] if seen.is_listed else list(seen.users)),
        pages=seen.pages,
        account=seen,
        scenarios=list(_scenario_names()),
        version=VERSION,
        is_default=view.account is None,
        **_live_values(seen.live),
    )


def _day(ask: Ask) -> Response:
    seen = ask(partial(Seen.of, request.args, request.args.getlist("user")))
    view = seen.view
    if not view.addresses:
        raise BadCall("the query parameter 'user' is missing", "choose a user on the page")
    user = ask(lambda account: account.directory.find(view.addresses[0]))
    (shown,) = _timelines(seen, user, range(view.day, view.day + 1)) or (None,)
    if shown is None:
        raise NoSuchUser(view.addresses[0])
    return _html("day.html.j2", view=view, shown=shown, ledger=ledger(), subject_of=subject_of)


def _live(ask: Ask) -> Response:
    live = ask(Live.of)
    if request.args.get("have") == live.version:
        return Response(status=204, headers=_HEADERS)
    return _html("live.html.j2", **_live_values(live))


def _live_values(live: Live) -> dict[str, Any]:
    """What changes by itself: clock, faults, journal and conduct, with a text that changes when they do."""
    exchanges = live.exchanges
    return {
        "clock": live.clock,
        "faults": live.faults,
        "exchanges": [exchange_view(exchange) for exchange in reversed(exchanges[-_SHOWN_EXCHANGES:])],
        "total": len(exchanges),
        "conduct": judge_conduct(exchanges).as_json(),
        "root": request.host_url.rstrip("/"),
        "live_version": live.version,
    }


def _timelines(seen: Seen, user: User | None, days: range) -> list[Timeline]:
    """The timelines of a user; none where nobody has the address."""
    if user is None:
        return []
    explained = (explain(user, day, include_allowed_conflicts=seen.view.flag, profile=seen.profile) for day in days)
    return [timeline(explanation, seen.view.read_in, seen.now) for explanation in explained]


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
    environment.globals.update(name_of=name_of, times=TIMES, lengths=LENGTHS)
    return environment
