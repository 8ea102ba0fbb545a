"""What the developer is told beside the vendor's reply: which key was wrong, and what has no meaning; never a key."""

import io
from typing import Any

import orjson
import pytest
from leadsquared_slots.mock_server import Settings, create_app
from leadsquared_slots.mock_server.accounts.notes import NOTE_HEADER
from leadsquared_slots.mock_server.cli.log import access_log
from leadsquared_slots.mock_server.exchanges.message import split_credentials
from leadsquared_slots.mock_server.service import ENDPOINT, Emulator

SECRET = "s3cr3t-0f-a-live-account"
RIGHT = {"x-LSQ-AccessKey": "AccessKey", "x-LSQ-SecretKey": "SecretKey"}


def noted(form: str = "text", **keys: str) -> tuple[Any, str]:
    """The reply to a call with these headers, and its line in the log."""
    written = io.StringIO()
    headers = {name.lower().replace("_", "-"): value for name, value in keys.items()}
    reply, exchange = Emulator(Settings()).answer(*split_credentials("POST", ENDPOINT, "", headers, b"{}"))
    access_log(form, written)(exchange)
    return reply, written.getvalue()


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({}, "no keys were sent: expected the headers x-LSQ-AccessKey and x-LSQ-SecretKey"),
        ({"x_lsq_accesskey": "AccessKey"}, "the secret key is missing"),
        ({"x_lsq_secretkey": SECRET}, "the access key is missing"),
        ({"x_lsq_accesskey": "AccessKey", "x_lsq_secretkey": SECRET}, "the secret key in the header is wrong"),
        ({"x_lsq_accesskey": SECRET, "x_lsq_secretkey": "x"}, "the access key in the header is of no account"),
        ({"x_lsq_accesskey": "u", "x_lsq_secretkey": SECRET}, "its $ had been lost"),
        ({"x_lsq_accesskey": "r0123456789abcdef0123456789abcdef", "x_lsq_secretkey": SECRET}, "its $ had been lost"),
        ({"x_lsq_accesskey": "u%24r0123456789abcdef0123456789abcdef", "x_lsq_secretkey": SECRET}, "it has %24 in it"),
    ],
)
def test_the_log_says_which_key_was_wrong_and_the_reply_does_not(keys: dict[str, str], told: str) -> None:
    """As text and as JSON; the message stays the vendor's."""
    reply, line = noted(**keys)
    assert told in line
    assert "expected" in line
    assert reply.status == 401
    assert orjson.loads(reply.body)["ExceptionMessage"] == "Invalid User Details!"
    assert NOTE_HEADER not in dict(reply.headers)
    assert told in orjson.loads(noted("json", **keys)[1])["note"]
    for key in keys.values():
        assert key in ("AccessKey", "u", "x") or key not in line


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({"x_lsq_accesskey": "error-503", "x_lsq_secretkey": SECRET}, "names a fault that no key asks for; expected error-401, error-429"),
        ({**{name.replace("-", "_"): key for name, key in RIGHT.items()}, "prefer": "code=418"}, "Prefer: code=418 has no meaning"),
        ({**{name.replace("-", "_"): key for name, key in RIGHT.items()}, "prefer": "code=teapot"}, "Prefer: code=teapot has no meaning"),
    ],
)
def test_what_has_no_meaning_is_told_in_the_log_and_by_a_header(headers: dict[str, str], told: str) -> None:
    """Not by silence; with what has one."""
    reply, line = noted(**headers)
    assert told in line
    assert told in dict(reply.headers)[NOTE_HEADER]
    assert "/__admin/faults" in dict(reply.headers)[NOTE_HEADER]
    assert SECRET not in line + str(reply)


@pytest.mark.parametrize("prefer", ["code=429", "code=200", "respond-async", "wait=10; code=401", ""])
def test_what_has_a_meaning_is_not_noted(prefer: str) -> None:
    """A header that is always there would be read by nobody."""
    client = create_app(Settings()).test_client()
    assert NOTE_HEADER not in client.post(ENDPOINT, json={}, headers={**RIGHT, "Prefer": prefer}).headers


def test_the_journal_has_the_note() -> None:
    """For who looks at the page instead of the log."""
    client = create_app(Settings()).test_client()
    client.post(ENDPOINT, json={})
    (entry,) = client.get("/__admin/requests").json["requests"]  # type: ignore[index]
    assert entry["note"].startswith("no keys were sent")
