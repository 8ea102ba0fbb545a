"""Who may call the admin interface."""

from collections.abc import Iterator

import pytest
from leadsquared_slots.mock_server import MockServer, create_app
from leadsquared_slots.mock_server.accounts.settings import Settings
from leadsquared_slots.mock_server.admin.blueprint import LARGEST_BODY
from leadsquared_slots.mock_server.admin.calls.table import CALLS

from ..support.talking import Admin, ask

TOKEN = "töken ✓"


@pytest.fixture(scope="module")
def admin() -> Iterator[Admin]:
    with MockServer() as server:
        yield Admin(server.port)


@pytest.fixture(scope="module")
def guarded() -> Iterator[Admin]:
    with MockServer(admin_token=TOKEN) as server:
        yield Admin(server.port)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:8255",
        "LOCALHOST:1",
        "127.0.0.1",
        "127.0.0.1:8255",
        "127.9.9.9",
        "[::1]",
        "[::1]:8255",
        "mock.localhost",
        "mock.localhost:80",
    ],
)
def test_a_server_on_loopback_is_called_by_a_local_name(admin: Admin, host: str) -> None:
    assert admin.call("GET", "/health", Host=host).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8255",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "evillocalhost",
        "10.0.0.1",
        "[2001:db8::1]:8255",
        "0.0.0.0",  # noqa: S104
        "[::]",
    ],
)
def test_another_name_for_loopback_is_refused(admin: Admin, host: str) -> None:
    """A page elsewhere may point its own name at 127.0.0.1, and then read what the browser lets it."""
    for method, path in (("GET", "/health"), ("POST", "/reset"), ("GET", "/ca.pem"), ("GET", "/nothing")):
        answer = admin.call(method, path, Host=host)
        assert (answer.status, set(answer.json)) == (403, {"error", "hint"})
        assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("host", ["localhost, evil.example", "user@localhost:80@evil.example", "127.0.0.1:81:81", "::1"])
def test_a_host_that_is_none_is_refused(admin: Admin, host: str) -> None:
    assert admin.call("GET", "/health", Host=host).status == 400


@pytest.mark.parametrize("bound", ["0.0.0.0", "::"])  # noqa: S104
def test_a_server_that_listens_everywhere_is_called_by_any_name(bound: str) -> None:
    client = create_app(Settings(host=bound)).test_client()
    assert client.get("/__admin/health", headers={"Host": "mock.internal:8255"}).status_code == 200


@pytest.mark.parametrize("bound", ["localhost", "LocalHost", "127.0.0.1", "127.0.0.2", "::1"])
def test_every_form_of_loopback_is_guarded(bound: str) -> None:
    client = create_app(Settings(host=bound)).test_client()
    assert client.get("/__admin/health", headers={"Host": "evil.example"}).status_code == 403
    assert client.get("/__admin/health", headers={"Host": f"[{bound}]:1" if ":" in bound else bound}).status_code == 200


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer x", "Basic x", TOKEN.encode().decode("latin-1"), "Bearer töken ?"])
def test_without_the_token_nothing_is_answered(guarded: Admin, header: str) -> None:
    for method, path in (("GET", "/health"), ("POST", "/reset"), ("GET", "/nothing"), ("GET", "/ca.pem")):
        answer = guarded.call(method, path, Authorization=header)
        assert (answer.status, set(answer.json)) == (401, {"error", "hint"})
        assert TOKEN not in answer.body.decode()


def test_with_the_token_everything_is_answered(guarded: Admin) -> None:
    assert guarded.call("GET", "/health", Authorization=f"Bearer {TOKEN}".encode().decode("latin-1")).status == 200
    assert ask(guarded.port).status == 200


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx"]
)
def test_a_form_of_another_site_changes_nothing(admin: Admin, content_type: str) -> None:
    for (method, path), _ in CALLS.items():
        if method != "GET":
            answer = admin.call(method, path.replace("<path:", "").replace(">", ""), b"{}", **{"Content-Type": content_type})
            assert (answer.status, set(answer.json)) == (415, {"error", "hint"})


def test_a_content_type_may_name_its_charset(admin: Admin) -> None:
    assert admin.call("POST", "/reset", **{"Content-Type": "Application/JSON; charset=utf-8"}).status == 200


def test_no_page_of_another_site_is_let_in(admin: Admin) -> None:
    answer = admin.call("OPTIONS", "/clock", Origin="https://evil.example", **{"Access-Control-Request-Method": "PUT"})
    assert answer.status == 405
    assert not [name for name in answer.headers if name.startswith("Access-Control")]


def test_without_an_admin_interface_health_stays() -> None:
    with MockServer(admin=False, rate_limit=None) as server:
        admin = Admin(server.port)
        assert admin.get("/health")["status"] == "healthy"
        for method, path in CALLS:
            if path != "/health":
                answer = admin.call(method, path.replace("<path:", "").replace(">", ""))
                assert (answer.status, set(answer.json)) == (404, {"error", "hint"})
        assert admin.call("GET", "/ca.pem").status == 404
        assert ask(server.port).status == 200
        assert len(server.emulator.accounts.default.journal) == 1


def test_a_body_is_bounded_in_every_server() -> None:
    client = create_app().test_client()
    for size, status in ((LARGEST_BODY, 200), (LARGEST_BODY + 1, 413)):
        body = b'{"bodyContains": "'.ljust(size - 2, b"x") + b'"}'
        answer = client.post("/__admin/requests/count", data=body, content_type="application/json")
        assert (answer.status_code, answer.is_json) == (status, True)
