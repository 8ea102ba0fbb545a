"""The page for people: what it shows, to whom, and what it keeps to itself. `test_page_browser` looks at it in Chromium."""

import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from leadsquared_slots import mock_server
from leadsquared_slots.contract_tests.strategies.generated_calendars import FIRST, LAST, calendars, to_json
from leadsquared_slots.mock_server import Scenario, Settings, create_app
from leadsquared_slots.mock_server.admin.seen import EXAMPLES
from leadsquared_slots.mock_server.admin.timeline import TIMES, timeline
from leadsquared_slots.mock_server.domain.interval import DAY
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED
from leadsquared_slots.mock_server.explain.explanation import explain

from ..support.examples import examples

pytestmark = pytest.mark.wheel

PAGES = Path(mock_server.__file__).parent / "admin" / "pages"
NOW = 1_772_427_600.0  # 2026-03-02T05:00:00Z
PATHS = (
    "/__admin/?date=2026-03-02",
    "/__admin/?date=2026-03-02&days=7&times=utc&includeAllowedConflicts=true&user=two-shifts@example.com&user=unknown@example.com",
    "/__admin/day?date=2026-03-02&user=fully-booked@example.com&times=user",
    "/__admin/live",
    "/__admin/?date=never",
)


class Page(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str, **attributes: str) -> list[dict[str, str | None]]:
        """The attributes of the elements of a kind."""
        return [found for name, found in self.elements if name == tag and attributes.items() <= found.items()]


def client(**fields: Any) -> FlaskClient:
    return create_app(Settings(**{"now": NOW, **fields})).test_client()


def page(path: str = PATHS[0], **fields: Any) -> Page:
    return Page(client(**fields).get(path).get_data(as_text=True))


@pytest.mark.parametrize("path", PATHS)
def test_everything_a_page_needs_comes_from_this_server_and_nothing_runs_inside_it(path: str) -> None:
    """A strict policy, and pages that keep to it: no inline script, style or handler, and no other host."""
    response = client().get(path)
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    for tag, attributes in Page(response.get_data(as_text=True)).elements:
        assert tag != "style"
        assert tag != "script" or attributes.get("src") == "/__admin/page.js"
        assert not {name for name in attributes if name.startswith("on") or name == "style"}
        for name in ("src", "href", "action"):
            assert re.match(r"/__admin/|#|$", attributes.get(name) or "")


@pytest.mark.parametrize("name", ["page.css", "page.js", "icon.svg"])
def test_what_belongs_to_the_page_is_served_and_names_no_other_host(name: str) -> None:
    """Style, script and icon come as what they are; the one URL in them is the name of SVG."""
    response = client().get(f"/__admin/{name}")
    assert response.status_code == 200
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert set(re.findall(r"https?://[^\"' )]+", response.get_data(as_text=True))) <= {"http://www.w3.org/2000/svg"}


def test_the_open_directory_begins_with_examples() -> None:
    """Nobody is listed there, so some addresses are shown, each a case of its own."""
    text = page().text
    assert all(address in text for address in EXAMPLES)


def test_a_closed_directory_shows_its_users_twenty_at_a_time() -> None:
    """Every user is on one page, and on one only."""
    app = client(scenario=Scenario.load("many-users"))
    seen: list[str] = []
    for number in range(1, 15):
        shown = re.findall(r"user-\d{3}@many\.example", Page(app.get(f"/__admin/?page={number}").get_data(as_text=True)).text)
        assert len(shown) <= 20
        seen += shown
    assert seen == [f"user-{number:03}@many.example" for number in range(1, 261)]


@pytest.mark.parametrize("path", PATHS)
def test_no_page_shows_a_key_or_the_token(path: str) -> None:
    """Neither of the default account's pairs, nor the admin token."""
    app = create_app(Settings(access_key="MyAccess", secret_key="MySecret", admin_token="MyToken", now=NOW))
    app.test_client().post("/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress?accessKey=MyAccess&secretKey=MySecret", json={})
    html = app.test_client().get(path, headers={"Authorization": "Bearer MyToken"}).get_data(as_text=True)
    assert "Admin token" not in html
    assert not re.search(r"MyAccess|MySecret|MyToken|u\$r[0-9a-f]{32}|\b[0-9a-f]{40}\b", html)


def test_with_a_token_the_page_is_a_form_until_the_token_comes() -> None:
    """The shell has no data; the wrong token is a 401, the right one the page."""
    app = client(admin_token="T0ken")
    for path in PATHS:
        shell = app.get(path)
        assert shell.status_code == 200
        assert "@" not in shell.get_data(as_text=True)
        assert Page(shell.get_data(as_text=True)).all("form", id="login")
    assert app.get(PATHS[0], headers={"Authorization": "Bearer no"}).status_code == 401
    assert "asha@example.com" in app.get(PATHS[0], headers={"Authorization": "Bearer T0ken"}).get_data(as_text=True)


def test_a_page_for_another_host_or_without_the_admin_interface_is_none() -> None:
    """Host names that were pointed at loopback are refused; `--no-admin` means the page too."""
    for path in (*PATHS, "/__admin", "/__admin/page.js"):
        assert client().get(path, headers={"Host": "evil.example"}).status_code == 403
        assert client(admin=False).get(path).status_code == 404


def test_the_admin_root_leads_to_the_page() -> None:
    """With the query that it had."""
    response = client().get("/__admin?account=u%24r1")
    assert (response.status_code, response.headers["Location"]) == (308, "/__admin/?account=u%24r1")


def test_an_account_has_its_own_page() -> None:
    """`?account=` chooses; one that does not exist is a page that says so; links and forms keep the choice."""
    app = client()
    key = app.post("/__admin/accounts", json={"scenario": "plain-week"}).get_json()["accessKey"]
    own = Page(app.get("/__admin/", query_string={"account": key}).get_data(as_text=True))
    assert "An account of its own." in own.text
    assert key not in own.text
    assert len(own.all("input", name="account", value=key)) == 2
    kept = [link["href"] for link in own.all("a") if (link["href"] or "").startswith("/__admin/") and "data-swap" in link]
    assert all("account=u%24r" in (href or "") for href in kept if href != "/__admin/")
    wrong = app.get("/__admin/?account=nobody")
    assert (wrong.status_code, "no account has this access key" in wrong.get_data(as_text=True)) == (404, True)


@pytest.mark.parametrize(
    "wrong", ["date=2026-02-30", "days=2", "times=mars", "page=0", "page=²", f"page={'9' * 6_000}", "includeAllowedConflicts=1"]
)
def test_a_wrong_query_is_a_page_that_says_what_is_expected(wrong: str) -> None:
    """Status 400, the value, and the accepted ones."""
    response = client().get(f"/__admin/?{wrong}")
    assert response.status_code == 400
    assert "expected" in response.get_data(as_text=True)


def test_a_user_who_does_not_exist_is_named_as_such() -> None:
    """On the page of days among the others; a day of his is a 404."""
    assert "No user has this address" in page("/__admin/?user=unknown@example.com").text
    assert client().get("/__admin/day?user=unknown@example.com").status_code == 404
    assert client().get("/__admin/day").status_code == 400


def test_text_of_calendars_and_requests_is_text_on_the_page() -> None:
    """Markup in names, subjects, holidays, addresses and bodies stays what somebody typed."""
    nasty = "<script>alert(1)</script>\"'&"
    task = {"allow-conflicts": False, "start": "2026-03-02T06:00:00Z", "end": "2026-03-02T07:00:00Z", "subject": nasty}
    template = {"name": nasty, "zone": "UTC", "shifts": {"every-day": ["09:00-17:00"]}}
    user = {"email": "a@example.com", "name": nasty, "zone": "UTC", "template": nasty, "tasks": [task]}
    app = client(scenario=Scenario.from_document({"title": nasty, "template": [template], "user": [user]}))
    app.post("/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress", data=nasty, content_type="text/plain")
    app.post("/__admin/holidays", json={"user": "a@example.com", "date": "2026-03-03", "name": nasty})
    for path in ("/__admin/?date=2026-03-02&days=7", "/__admin/day?user=a@example.com&date=2026-03-02", f"/__admin/?user={nasty}"):
        html = app.get(path).get_data(as_text=True)
        assert nasty not in html
        assert nasty in Page(html).text or "user=" in path
        assert len(Page(html).all("script")) == 1


def test_every_timeline_says_in_words_what_it_draws() -> None:
    """An image with a name: date, zone, and all times."""
    found = page("/__admin/?date=2026-03-02&user=two-shifts@example.com").all("svg", role="img")
    assert len(found) == 1
    label = found[0]["aria-label"] or ""
    assert label.startswith("two-shifts@example.com. Monday 2026-03-02, times in ")
    assert "Shifts: 09:00–14:00, 18:00–21:00" in label


def test_the_page_without_a_script_is_links_and_get_forms() -> None:
    """What shows things works as HTML; what changes things is switched off until the script is there, and the page says so."""
    shown = page()
    assert all(form.get("method") == "get" for form in shown.all("form") if "data-scenario" not in form)
    assert all("disabled" in switches for switches in shown.all("fieldset", **{"class": "switches"}))
    assert "Without JavaScript" in shown.text


def test_the_live_part_is_sent_only_when_something_happened() -> None:
    """204 until there is a request, a fault or another time; then clock, faults and journal."""
    app = client()

    def version() -> str:
        (journal,) = Page(app.get("/__admin/live").get_data(as_text=True)).all("div", id="journal-list")
        return journal["data-version"] or ""

    for cause in (
        lambda: app.post("/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress", json={}),
        lambda: app.post("/__admin/faults", json={"kind": "status", "status": 429, "times": 2}),
        lambda: app.post("/__admin/clock/advance", json={"seconds": 5}),
        lambda: app.delete("/__admin/requests", json={}),
    ):
        before = version()
        assert app.get("/__admin/live", query_string={"have": before}).status_code == 204
        cause()
        assert app.get("/__admin/live", query_string={"have": before}).status_code == 200


written = calendars(most_users=1).map(lambda document: Scenario.from_document(to_json(document)).users[0])


@settings(max_examples=examples(50), deadline=None)
@given(written, st.dates(FIRST, LAST).map(date.toordinal), st.booleans(), st.sampled_from(TIMES))
def test_a_timeline_stays_on_the_page_and_says_what_was_answered(user: Any, ordinal: int, flag: bool, read_in: str) -> None:
    """Marks lie between 0 and 100 per cent; in the template's zone the words are the answer's own times."""
    explanation = explain(user, ordinal, include_allowed_conflicts=flag, profile=DOCUMENTED)
    shown = timeline(explanation, read_in, NOW)
    for mark in (*shown.calendar, *shown.answer):
        assert 0 <= mark.left <= mark.left + mark.width <= 100.001
    lefts = [tick.left for tick in shown.ticks]
    assert lefts == sorted(lefts)
    assert len(lefts) >= 7
    if read_in == "template" and explanation.result.available is not None and len(explanation.day.pieces) == 1:
        expected = [f"{_clock(start)}–{_clock(end)}" for start, end in explanation.result.available]
        assert list(shown.facts[0].texts) == expected
    assert len(shown.facts[1].texts) == len(explanation.result.busy)


def _clock(second: int) -> str:
    text = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
    return "24:00" if second == DAY else text.removesuffix(":00")


def test_times_of_another_day_say_so() -> None:
    """Read in UTC, a date in Tonga begins the day before."""
    user = next(user for user in Scenario.load("vendor-sample").users if user.address == "zoo@lsqdev.in")
    explanation = explain(user, date(2018, 9, 25).toordinal(), include_allowed_conflicts=False, profile=DOCUMENTED)
    assert timeline(explanation, "template", NOW).facts[0].texts == ("22:15–24:00",)
    assert timeline(explanation, "utc", NOW).facts[0].texts == ("09:15–11:00",)
    kolkata = timeline(explanation, "user", NOW).facts[0].texts
    assert kolkata == ("14:45–16:30",)
    assert timeline(explanation, "utc", NOW).ticks[0].text == "12"


def _schemes() -> dict[str, dict[str, str]]:
    css = (PAGES / "page.css").read_text("utf-8")
    light, dark = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    return {name: dict(re.findall(r"--([\w-]+): (#[0-9a-f]+);", text)) for name, text in (("light", light), ("dark", dark))}


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_is_enough_in_light_and_dark(scheme: str) -> None:
    """WCAG AA: 4.5 for text, 3 for what is drawn."""
    colours = _schemes()[scheme]
    texts = [(ink, ground) for ink in ("ink", "soft", "accent", "bad", "good", "leave-line") for ground in ("card", "paper")]
    texts += [("on-accent", "accent"), ("on-free", "free"), ("card", "ink")]
    drawn = [("edge", "card"), ("accent", "card"), ("shift-edge", "card"), ("free", "track"), ("now", "track"), ("leave-line", "leave")]
    drawn += [("busy-line", "busy"), ("busy-line", "track"), ("hole-dot", "hole"), ("hole-dot", "track"), ("break-line", "break")]
    for pairs, least in ((texts, 4.5), (drawn, 3.0)):
        for one, other in pairs:
            assert _contrast(colours[one], colours[other]) >= least, f"{one} on {other}"
