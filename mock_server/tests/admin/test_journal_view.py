"""The journal on the page: each row says what was asked and what came of it, and how the caller behaved stands above."""

import json
import shlex
import subprocess
from typing import Any

import pytest
from leadsquared_slots.mock_server import MockServer
from leadsquared_slots.mock_server.admin.journal_view import curl, pretty

ENDPOINT = "/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress"
BODY = {"FromDate": "2026-03-02", "ToDate": "2026-03-03", "Users": ["midnight@example.com", "it's@example.com"]}


def page(server: MockServer) -> str:
    import urllib.request

    with urllib.request.urlopen(f"{server.base_url}/__admin/") as reply:
        return str(reply.read().decode())


def ask(server: MockServer, *, headers: dict[str, str] | None = None, **more: Any) -> None:
    import urllib.error
    import urllib.request
    from contextlib import suppress

    keys = {"x-LSQ-AccessKey": server.access_key, "x-LSQ-SecretKey": server.secret_key, "Content-Type": "application/json"}
    request = urllib.request.Request(server.base_url + ENDPOINT, json.dumps(BODY | more).encode(), keys | (headers or {}))
    with suppress(urllib.error.HTTPError):
        urllib.request.urlopen(request).close()


def test_rows_say_what_was_asked_and_what_came_of_it() -> None:
    with MockServer() as server:
        assert "no call to judge yet" in page(server)
        ask(server, IncludeAllowedConflictSlots=True, Paging={"PageIndex": 2, "PageSize": 1})
        ask(server, headers={"Prefer": "code=500"})
        shown = page(server)
        assert "midnight@example.com, it&#39;s@example.com, 2026-03-02 to 2026-03-03, allowed conflicts included, page 2 of 1 each" in shown
        assert "500 MXUnhandledException" in shown
        assert "conduct.pages" in shown
        assert 'data-kind="refused"' in shown
        assert 'data-kind="answered"' in shown
        assert server.secret_key not in shown.replace("SecretKey: $LSQ_SECRET_KEY", "").replace("x-LSQ-SecretKey", "")


@pytest.mark.parametrize("body", ['{"a": [1, 2]}', "no JSON", "", "[" * 100_000, '"é"'])
def test_json_is_shown_in_lines_and_the_rest_as_it_is(body: str) -> None:
    shown = pretty(body)
    assert shown == body or json.loads(shown) == json.loads(body)


def test_a_call_as_curl_gives_the_same_request_again() -> None:
    """Keys come from the environment, and quotes in a body survive the shell."""
    exchange = {
        "method": "POST",
        "urlPath": ENDPOINT,
        "query": "",
        "headers": {"content-type": "application/json", "x-lsq-accesskey": "***"},
        "body": json.dumps(BODY),
    }
    line = curl(exchange, "http://127.0.0.1:8255")
    words = shlex.split(subprocess.run(["sh", "-n", "-c", line], check=True, capture_output=True, text=True).stdout) or shlex.split(line)
    assert words[-1] == json.dumps(BODY)
    assert "x-LSQ-AccessKey: $LSQ_ACCESS_KEY" in words
    assert "***" not in line
