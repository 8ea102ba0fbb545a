"""The page for people in headless Chromium: its looks, the keyboard, the live parts, and what it fetches.

Needs Debian's `chromium` and `chromium-driver`, and selenium. Screenshots go to `reports/`.
"""

import base64
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from leadsquared_slots.mock_server import MockServer, Scenario

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.whole]

NOW = 1_772_427_600.0  # 2026-03-02T05:00:00Z
TOKEN = "Tökén"
PAGES = {
    "days": "/__admin/",
    "week": "/__admin/?days=7&times=utc&user=two-shifts@example.com",
    "day": "/__admin/day?date=2026-03-05&user=two-shifts@example.com",
    "error": "/__admin/?date=never",
}
WIDTHS = {"wide": 1280, "narrow": 320}
PATIENCE = 10
FOCUS_SHOWS = """(() => {
  const element = document.activeElement;
  const style = getComputedStyle(element.matches(".choice input") ? element.nextSibling : element);
  return element.matches("body, input[type=date]") || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2);
})()"""


def _absent(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}; CI has to have it")
    pytest.skip(reason)


def _start(**preferences: Any) -> "Chrome":
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    driver = shutil.which("chromedriver")
    if browser is None or driver is None:
        _absent("no Chromium with its driver here: apt-get install chromium chromium-driver")
    try:
        from selenium import webdriver
    except ImportError:
        _absent("selenium is not installed; it is in the dependency group dev")
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    options.add_experimental_option("prefs", preferences)
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))


@pytest.fixture(scope="module")
def chromium() -> Iterator["Chrome"]:
    """One Chromium for all tests here."""
    started = _start()
    yield started
    started.quit()


@pytest.fixture
def server() -> Iterator[MockServer]:
    """An emulator whose clock stands still on a Monday, with three requests in its journal."""
    with MockServer(now=NOW) as running:
        for users in (["asha@example.com"], ["two-shifts@example.com", "holiday@example.com"], []):
            ask(running, users)
        yield running


@pytest.fixture
def browser(chromium: "Chrome", server: MockServer) -> Iterator["Chrome"]:
    """The Chromium, which leaves the page before its server stops: the page would ask on, into the log of the next test."""
    yield chromium
    chromium.get("about:blank")


def ask(server: MockServer, users: list[str]) -> int:
    """Sends a request to the endpoint; the status of its answer."""
    url = f"{server.base_url}/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress"
    keys = {"x-LSQ-AccessKey": server.access_key, "x-LSQ-SecretKey": server.secret_key, "Content-Type": "application/json"}
    body = json.dumps({"FromDate": "2026-03-02", "ToDate": "2026-03-03", "Users": users}).encode()
    try:
        with urlopen(Request(url, body, keys)) as answer:
            return int(answer.status)
    except OSError as error:
        return int(getattr(error, "code", 0))


def look(browser: "Chrome", width: int = 1280, scheme: str = "light") -> None:
    """Sets width and colour scheme, and forgets what was logged."""
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600}
    )
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    browser.get_log("browser")
    browser.get_log("performance")


def run(browser: "Chrome", script: str, *arguments: Any) -> Any:
    return browser.execute_script(f"return {script}", *arguments)


def until(condition: Callable[[], Any], what: str) -> None:
    """Waits for something that the page does by itself."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"not within {PATIENCE} s: {what}"
        time.sleep(0.05)


def text_of(browser: "Chrome", selector: str) -> str:
    return str(run(browser, "document.querySelector(arguments[0])?.textContent.replace(/\\s+/g, ' ').trim() ?? ''", selector))


def press(browser: "Chrome", key: str, times: int = 1) -> None:
    from selenium.webdriver import ActionChains

    for _ in range(times):
        ActionChains(browser).send_keys(key).perform()


def focused(browser: "Chrome") -> str:
    """What has the focus, as the text or the id of the element."""
    return str(run(browser, "document.activeElement.id || document.activeElement.textContent.trim()"))


def tab_to(browser: "Chrome", wanted: str) -> None:
    """Presses Tab until something has the focus."""
    from selenium.webdriver import Keys

    for _ in range(200):
        if focused(browser) == wanted:
            return
        press(browser, Keys.TAB)
    raise AssertionError(f"Tab never reaches {wanted}")


def screenshot(browser: "Chrome", width: int) -> bytes:
    height = min(run(browser, "document.documentElement.scrollHeight"), 6000)
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
    taken = browser.execute_cdp_cmd("Page.captureScreenshot", {"format": "png", "captureBeyondViewport": True, "clip": clip})
    return base64.b64decode(taken["data"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_its_screen(
    browser: "Chrome", server: MockServer, request: pytest.FixtureRequest, name: str, width: str, scheme: str
) -> None:
    """No scrolling sideways at 320 px, no error on the console, no request to another host; a screenshot for people."""
    look(browser, WIDTHS[width], scheme)
    browser.get(server.base_url + PAGES[name])
    for details in ("details.words", "#exchange-2"):
        run(browser, "document.querySelector(arguments[0])?.setAttribute('open', '')", details)
    assert run(browser, "document.documentElement.scrollWidth") == WIDTHS[width]
    ground = run(browser, "getComputedStyle(document.body).backgroundColor")
    assert (max(map(int, ground[4:-1].split(","))) < 80) == (scheme == "dark")
    reports = request.config.rootpath / "reports"
    reports.mkdir(exist_ok=True)
    (reports / f"page-{name}-{width}-{scheme}.png").write_bytes(screenshot(browser, WIDTHS[width]))
    # A 400 for a wrong query is what the browser is meant to see.
    assert [entry for entry in browser.get_log("browser") if name != "error"] == []
    assert hosts(browser) == {urlsplit(server.base_url).netloc}


def hosts(browser: "Chrome") -> set[str]:
    """The hosts that were asked for anything since the last look."""
    events = (json.loads(entry["message"])["message"] for entry in browser.get_log("performance"))
    urls = (event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent")
    return {urlsplit(url).netloc for url in urls if urlsplit(url).scheme not in ("data", "chrome")}


@pytest.mark.parametrize("name", PAGES)
def test_everything_that_can_be_used_has_a_name(browser: "Chrome", server: MockServer, name: str) -> None:
    """Every link, button, field and image has an accessible name, and no two elements share an id."""
    look(browser)
    browser.get(server.base_url + PAGES[name])
    browser.execute_cdp_cmd("Accessibility.enable", {})
    nodes = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    roles = {"button", "link", "textbox", "combobox", "checkbox", "radio", "image", "Date", "DisclosureTriangle"}
    used = [node for node in nodes if not node["ignored"] and node["role"]["value"] in roles]
    assert len(used) >= (1 if name == "error" else 10)
    assert [node["role"]["value"] for node in used if not node.get("name", {}).get("value", "").strip()] == []
    ids = run(browser, "[...document.querySelectorAll('[id]')].map((element) => element.id)")
    assert len(ids) == len(set(ids))


def test_the_keyboard_reaches_everything_in_order_and_shows_where_it_is(browser: "Chrome", server: MockServer) -> None:
    """Tab goes through all that can be used, each with a visible focus, and first to the link that skips ahead."""
    from selenium.webdriver import Keys

    look(browser)
    browser.get(server.base_url + PAGES["days"])
    reachable = run(
        browser,
        "[...document.querySelectorAll('a[href], button:enabled, input, select, summary, pre[tabindex]')]"
        ".filter((e) => e.checkVisibility() && e.type !== 'hidden' && !(e.type === 'radio' && !e.checked)).length",
    )
    run(browser, "window.seen = new Set()")
    press(browser, Keys.TAB)
    assert focused(browser) == "Skip to the content"
    for _ in range(reachable + 8):  # the date has parts, each a stop of its own
        run(browser, "seen.add(document.activeElement)")
        assert run(browser, FOCUS_SHOWS), f"no focus to be seen on {focused(browser)}"
        press(browser, Keys.TAB)
    assert run(browser, "[...seen].filter((e) => e !== document.body).length") == reachable


def test_faults_and_clock_are_switched_by_keyboard(browser: "Chrome", server: MockServer) -> None:
    """429 × 2 makes two calls fail, +5 s moves the clock, Clear and Release undo both; the focus stays where it was."""
    from selenium.webdriver import Keys

    look(browser)
    browser.get(server.base_url + PAGES["days"])
    tab_to(browser, "+5 s")
    press(browser, Keys.ENTER)
    until(lambda: "05:00:05 UTC stands still" in text_of(browser, "#clock-state"), "the clock five seconds later")
    assert focused(browser) == "+5 s"
    assert text_of(browser, "#status") == "Five seconds later; the clock stands still."
    tab_to(browser, "Release")
    press(browser, Keys.SPACE)
    until(lambda: "real time" in text_of(browser, "#clock-state"), "real time again")
    tab_to(browser, "429 × 2")
    press(browser, Keys.SPACE)
    until(lambda: text_of(browser, "#fault-list") == "status 429 times 2 struck 0 of 2", "the fault in the list")
    assert [ask(server, ["asha@example.com"]) for _ in range(3)] == [429, 429, 200]
    until(lambda: "struck 2 of 2" in text_of(browser, "#fault-list"), "the count of the fault")
    tab_to(browser, "Clear")
    press(browser, Keys.ENTER)
    until(lambda: "No fault is set" in text_of(browser, "#fault-list"), "no fault any more")
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []


def test_the_journal_is_live_and_keeps_what_is_open(browser: "Chrome", server: MockServer) -> None:
    """A request shows up by itself; an entry that somebody reads stays open, and keeps the focus."""
    look(browser)
    browser.get(server.base_url + PAGES["days"])
    assert "3 kept" in text_of(browser, "#journal-list")
    run(browser, "(document.querySelector('#exchange-2').open = true, document.querySelector('#exchange-2 summary').focus())")
    ask(server, ["free@example.com"])
    until(lambda: "4 kept" in text_of(browser, "#journal-list"), "the request in the journal")
    assert run(browser, "document.querySelector('#exchange-2').open")
    assert run(browser, "document.activeElement.closest('details')?.id") == "exchange-2"
    assert "free@example.com" in text_of(browser, "#exchange-4")
    browser.find_element("id", "clear-journal").click()
    until(lambda: "Nothing yet" in text_of(browser, "#journal-list"), "an empty journal")


def test_days_are_chosen_in_place(browser: "Chrome", server: MockServer) -> None:
    """Zone, flag, date and users change without loading the page anew; the address says what is shown, and Back goes back."""
    from selenium.webdriver import Keys

    look(browser)
    browser.get(server.base_url + PAGES["days"])
    run(browser, "window.untouched = true")
    tab_to(browser, "times-template")
    press(browser, Keys.ARROW_RIGHT, times=2)
    until(lambda: "UTC" in text_of(browser, ".zone"), "times in UTC")
    assert focused(browser) == "times-utc"
    tab_to(browser, "flag")
    press(browser, Keys.SPACE)
    until(lambda: "includeAllowedConflicts=true" in browser.current_url, "the flag in the address")
    browser.find_element("id", "later").click()
    until(lambda: "2026-03-03" in text_of(browser, ".day-head"), "the next day")
    field = browser.find_element("id", "add-user")
    field.send_keys("new@example.com", Keys.ENTER)
    until(lambda: "new@example.com" in text_of(browser, "#days"), "the new user")
    assert "asha@example.com" in text_of(browser, "#days")
    browser.find_element("css selector", ".user:last-of-type .day-foot a").click()
    until(lambda: "Why: step by step" in text_of(browser, "main"), "the explanation")
    assert "new@example.com" in text_of(browser, "main")
    browser.back()
    until(lambda: "new@example.com" in text_of(browser, "#days"), "the days again")
    assert run(browser, "window.untouched") is True
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []


def test_a_scenario_is_started_from_the_page(browser: "Chrome", server: MockServer) -> None:
    """The page then shows its users; a reset leads back to the state in which the account was opened."""
    look(browser)
    browser.get(server.base_url + PAGES["days"])
    run(browser, "document.querySelector('#scenario').value = 'conflict-heavy'")
    browser.find_element("css selector", "[data-scenario] button").click()
    until(lambda: "cora@team.example" in text_of(browser, "#days"), "the users of the scenario")
    assert text_of(browser, "#account p").endswith(f"Scenario: {Scenario.load('conflict-heavy').title}.")
    ask(server, ["cora@team.example"])
    until(lambda: "1 kept" in text_of(browser, "#journal-list"), "a request in its journal")
    browser.find_element("css selector", "[data-reload]").click()
    until(lambda: "Nothing yet" in text_of(browser, "#journal-list"), "an empty journal")
    assert "cora@team.example" not in text_of(browser, "#days")


def test_the_token_is_asked_for_once_in_a_tab(browser: "Chrome") -> None:
    """A wrong one is refused in words; the right one shows the page, works for the switches, and is kept from the address."""
    from selenium.webdriver import Keys

    with MockServer(now=NOW, admin_token=TOKEN) as server:
        look(browser)
        browser.get(server.base_url + PAGES["days"])
        assert "asha" not in browser.page_source
        browser.find_element("id", "token").send_keys("wrong", Keys.ENTER)
        until(lambda: text_of(browser, "#login-error") == "This is not the token.", "the refusal")
        browser.find_element("id", "token").send_keys(TOKEN, Keys.ENTER)
        until(lambda: "asha@example.com" in text_of(browser, "main"), "the page")
        browser.find_element("xpath", "//button[text()='500 × 1']").click()
        until(lambda: "status 500" in text_of(browser, "#fault-list"), "the fault")
        browser.get(server.base_url + PAGES["day"])
        until(lambda: "Why: step by step" in text_of(browser, "main"), "a page of the same tab")
        assert TOKEN not in browser.current_url


def test_without_javascript_the_page_shows_everything_and_its_forms_work() -> None:
    """What changes things is switched off, and the page says how else it is done."""
    plain = _start(**{"profile.managed_default_content_settings.javascript": 2})
    try:
        with MockServer(now=NOW) as server:
            ask(server, ["asha@example.com"])
            plain.get(server.base_url + PAGES["days"])
            body = plain.find_element("tag name", "main")
            assert "Without JavaScript" in body.text
            assert "1 kept" in body.text
            assert not plain.find_element("xpath", "//button[text()='Freeze']").is_enabled()
            plain.find_element("id", "flag").click()
            plain.find_element("xpath", "//button[text()='Show']").click()
            until(lambda: "includeAllowedConflicts=true" in plain.current_url, "the page with the flag")
            plain.find_element("id", "later").click()
            until(lambda: "2026-03-03" in plain.find_element("css selector", ".day-head").text, "the next day")
    finally:
        plain.quit()
