"""A Host, a path or a method that is none of ours is refused in JSON, and leads nowhere else."""

from collections.abc import Iterator

import pytest
from leadsquared_slots.mock_server import MockServer

from ..support.talking import Answer, Line, request


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer() as running:
        yield running


def ask(server: MockServer, path: str, method: str, host: str) -> Answer:
    with Line(server.port) as line:
        return line.send(request(path, method=method, headers={"Host": host}, body=b"" if method == "GET" else b"{}")).answer()


@pytest.mark.parametrize("host", ["evil.example", "a" * 100 + ".example", "a." * 200 + "example"])
@pytest.mark.parametrize("path", ["/__admin//state", "/__admin/state", "/__admin", "/__admin/"])
def test_a_foreign_host_is_refused_before_any_redirect(server: MockServer, path: str, host: str) -> None:
    """`//state` sent the client on to the foreign Host; long labels were answered in HTML."""
    answer = ask(server, path, "GET", host)
    assert (answer.status, "Location" in answer.headers) == (403, False)
    assert answer.json["error"].startswith("the Host is")


@pytest.mark.parametrize("host", ["localhost", "a" * 100 + ".localhost"])
@pytest.mark.parametrize(
    ("path", "method"), [("/__admin//state", "GET"), ("/__admin/", "POST"), ("/__admin", "PUT"), ("/__admin/live", "POST")]
)
def test_what_is_not_there_is_told_in_json(server: MockServer, path: str, method: str, host: str) -> None:
    """`POST /__admin/` was answered in HTML."""
    answer = ask(server, path, method, host)
    assert 400 <= answer.status < 500
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json.keys() >= {"error", "hint"}
