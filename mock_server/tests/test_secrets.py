"""No key is kept, printed or logged, wherever a client puts it and whatever it calls it."""

import io
import re
from urllib.parse import quote, urlencode

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from leadsquared_slots.mock_server.accounts.registry import real_looking_keys
from leadsquared_slots.mock_server.accounts.settings import Settings
from leadsquared_slots.mock_server.admin.views import exchange_view
from leadsquared_slots.mock_server.cli.log import access_log
from leadsquared_slots.mock_server.exchanges.message import Exchange, split_credentials
from leadsquared_slots.mock_server.service import ENDPOINT, Emulator

from .support.talking import Admin

KEYS = real_looking_keys("secret of a test")
MISSPELT = st.sampled_from(
    [
        "accessKey",
        "AccessKey",
        "accesskey",
        "acessKey",
        "access_key",
        "access-key",
        "key",
        "apiKey",
        "secretKey",
        "secret",
        "SecretKey",
        "secertkey",
        "token",
    ]
)
ANY_NAME = MISSPELT | st.text(st.characters(codec="ascii", exclude_characters="&=#", exclude_categories=["C"]), max_size=8)
VALUES = st.sampled_from([KEYS.access_key, KEYS.secret_key])

in_query = st.tuples(st.just("query"), st.lists(st.tuples(ANY_NAME, VALUES), min_size=1, max_size=3))
in_headers = st.tuples(
    st.just("headers"),
    st.lists(
        st.tuples(
            MISSPELT.map(lambda name: f"x-lsq-{name}".lower())
            | MISSPELT.map(str.lower)
            | st.sampled_from(["authorization", "proxy-authorization", "cookie", "x-lsq"]),
            VALUES,
        ),
        min_size=1,
        max_size=3,
    ),
)
in_path = st.tuples(st.just("path"), st.lists(st.tuples(MISSPELT, VALUES), min_size=1, max_size=2))
in_form = st.tuples(st.just("form"), st.lists(st.tuples(MISSPELT, VALUES), min_size=1, max_size=3))
in_json = st.tuples(st.just("json"), st.lists(st.tuples(MISSPELT, VALUES), min_size=1, max_size=3))
in_referer = st.tuples(st.just("referer"), st.lists(st.tuples(MISSPELT, VALUES), min_size=1, max_size=3))


def told(exchange: Exchange) -> str:
    """Everything that anybody is ever told of an exchange."""
    stream = io.StringIO()
    for form in ("text", "json"):
        access_log(form, stream)(exchange)
    return stream.getvalue() + repr(exchange) + orjson.dumps(exchange_view(exchange)).decode()


def assert_no_key(text: str) -> None:
    for key in KEYS:
        assert key is not None
        for form in (key, quote(key), quote(key, safe=""), key.removeprefix("u$r")):
            assert form not in text, f"{form} stands in {text}"


@given(
    st.lists(st.one_of(in_query, in_headers, in_path, in_form, in_json, in_referer), min_size=1, max_size=3),
    st.sampled_from(["POST", "GET"]),
)
def test_a_key_is_never_kept_wherever_it_stands(places: list[tuple[str, list[tuple[str, str]]]], method: str) -> None:
    path, query, headers, body = ENDPOINT, "", {"content-type": "application/json", "host": "localhost"}, b"{}"
    for place, pairs in places:
        text = urlencode(pairs)
        if place == "query":
            query = "&".join(f"{quote(name)}={value if len(pairs) > 1 else quote(value)}" for name, value in pairs)
        elif place == "headers":
            headers |= dict(pairs)
        elif place == "path":
            path = f"{ENDPOINT}?{'&'.join('='.join(pair) for pair in pairs)}"
        elif place == "form":
            body = text.encode()
        elif place == "json":
            body = orjson.dumps({"FromDate": "2026-03-02", **dict(pairs)})
        else:
            headers["referer"] = f"http://localhost/?{text}"
    emulator = Emulator(Settings(access_key=str(KEYS.access_key), secret_key=str(KEYS.secret_key)))
    request, presented = split_credentials(method, path, query, headers, body)
    assert_no_key(repr(presented))
    _, exchange = emulator.answer(request, presented)
    assert_no_key(told(exchange))


def test_a_value_without_a_name_is_not_kept_either() -> None:
    request, _ = split_credentials("POST", "/", f"{KEYS.secret_key}&accessKey:{KEYS.access_key}", {}, b"")
    assert_no_key(repr(request))


def test_what_is_no_key_is_kept() -> None:
    headers = {
        "prefer": "code=429",
        "accept": "*/*;q=0.5",
        "user-agent": "client/1.0 (key)",
        "content-type": "application/json; charset=utf-8",
    }
    body = b'{"FromDate":"2026-03-02","Users":["monkey@example.com","secret+token@example.com"]}'
    request, _ = split_credentials("POST", "/v2/Key.svc/A%20b/u$rs", "a=1&b", headers, body)
    assert (request.path, request.query, request.headers) == ("/v2/Key.svc/A%20b/u$rs", "a=***&***", headers)
    emulator = Emulator()
    _, exchange = emulator.answer(*split_credentials("POST", ENDPOINT, "", headers, body))
    assert exchange.request.body == body


def test_no_object_prints_its_keys() -> None:
    settings = Settings(access_key=str(KEYS.access_key), secret_key=str(KEYS.secret_key), admin_token="the token")
    emulator = Emulator(settings)
    account = emulator.accounts.default
    assert_no_key(repr([settings, account, account.keys, *account.keys, emulator, emulator.accounts, account.state(), account.start]))
    assert_no_key("".join(map(str, account.keys)))
    assert "the token" not in repr(settings)
    assert_no_key(orjson.dumps(account.state().to_json()).decode())


def test_an_error_does_not_repeat_the_key_that_it_is_about() -> None:
    from leadsquared_slots.mock_server import MockServer

    with MockServer() as server:
        admin = Admin(server.port).of(str(KEYS.access_key))
        answers = [admin.call("GET", "/clock"), Admin(server.port).call("DELETE", f"/accounts/{quote(str(KEYS.access_key))}")]
    for answer in answers:
        assert answer.status == 404
        assert_no_key(answer.body.decode())


@pytest.mark.parametrize("name", ["a", "b"])
def test_made_keys_have_the_vendors_form(name: str) -> None:
    """Rule auth.key-form."""
    keys = real_looking_keys(name)
    assert re.fullmatch(r"u\$r[0-9a-f]{32}", str(keys.access_key))
    assert re.fullmatch(r"[0-9a-f]{40}", str(keys.secret_key))
    assert keys == real_looking_keys(name) != real_looking_keys(f"{name}b")
