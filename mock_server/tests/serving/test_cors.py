"""`--cors ORIGIN`: pages of that origin may call from a browser; nobody else, and `*` never opens the admin interface."""

import urllib.error
import urllib.request
from collections.abc import Mapping
from email.message import Message

import pytest
from leadsquared_slots.mock_server import MockServer, Settings, create_app
from leadsquared_slots.mock_server.domain.errors import DomainError
from leadsquared_slots.mock_server.service import ENDPOINT

PAGE = "http://localhost:5173"
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type,x-lsq-accesskey,x-lsq-secretkey"}
ALLOW = "Access-Control-Allow-Origin"


def replied(server: MockServer, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None) -> tuple[int, Message]:
    """Status and headers of a reply."""
    request = urllib.request.Request(server.base_url + path, body, dict(headers), method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:
            return reply.status, reply.headers
    except urllib.error.HTTPError as error:
        error.close()
        return error.code, error.headers


@pytest.mark.parametrize("path", [ENDPOINT, "/__admin/accounts"])
def test_a_preflight_request_of_the_origin_is_answered(path: str) -> None:
    """With what the page wants to send, and for ten minutes; it is no call of the caller's."""
    with MockServer(cors=PAGE) as server:
        status, headers = replied(server, "OPTIONS", path, {"Origin": PAGE, **PREFLIGHT})
        assert (status, headers[ALLOW], headers["Vary"]) == (200, PAGE, "Origin")
        assert headers["Access-Control-Allow-Headers"] == PREFLIGHT["Access-Control-Request-Headers"]
        assert "POST" in headers["Access-Control-Allow-Methods"]
        assert not [exchange for exchange in server.emulator.accounts.default.journal if exchange.matched]


def test_every_reply_of_the_vendors_path_can_be_read_by_the_page() -> None:
    """A refusal too: else the page would see a network error where the application has a 401 to handle."""
    with MockServer(cors=PAGE) as server:
        status, headers = replied(server, "POST", ENDPOINT, {"Origin": PAGE, "Content-Type": "application/json"}, b"{}")
        assert (status, headers[ALLOW]) == (401, PAGE)
        status, headers = replied(server, "GET", "/__admin/health", {"Origin": PAGE})
        assert (status, headers[ALLOW]) == (200, PAGE)


@pytest.mark.parametrize("path", [ENDPOINT, "/__admin/health"])
@pytest.mark.parametrize(
    ("allowed", "origin"), [((), PAGE), ((PAGE,), "http://localhost:5174"), ((PAGE,), "https://localhost:5173"), ((PAGE,), "null")]
)
def test_other_origins_get_nothing(allowed: tuple[str, ...], origin: str, path: str) -> None:
    """Without the option nobody; with it another port or scheme is another origin."""
    with MockServer(cors=allowed) as server:
        assert replied(server, "OPTIONS", path, {"Origin": origin, **PREFLIGHT})[0] == 405
        assert replied(server, "GET", path, {"Origin": origin})[1][ALLOW] is None


def test_any_origin_opens_the_vendors_path_and_never_the_admin_interface() -> None:
    """The admin interface gives out keys."""
    with MockServer(cors="*") as server:
        assert replied(server, "OPTIONS", ENDPOINT, {"Origin": "http://evil.test", **PREFLIGHT})[1][ALLOW] == "*"
        assert replied(server, "OPTIONS", "/__admin/accounts", {"Origin": "http://evil.test", **PREFLIGHT})[0] == 405
        assert replied(server, "GET", "/__admin/health", {"Origin": "http://evil.test"})[1][ALLOW] is None


def test_the_flask_application_does_the_same() -> None:
    """For who serves it with another server."""
    client = create_app(Settings(cors=(PAGE,))).test_client()
    for path in (ENDPOINT, "/__admin/health"):
        assert client.options(path, headers={"Origin": PAGE, **PREFLIGHT}).headers[ALLOW] == PAGE
        assert client.get(path, headers={"Origin": PAGE}).headers.getlist(ALLOW) == [PAGE]


@pytest.mark.parametrize("origin", ["localhost:5173", "http://localhost:5173/", "http://localhost/app", "null", ""])
def test_what_is_no_origin_is_refused_at_the_start(origin: str) -> None:
    """A path would never match, silently."""
    with pytest.raises(DomainError, match="such as http://localhost:5173"):
        MockServer(cors=origin)
