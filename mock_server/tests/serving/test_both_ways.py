"""The front and the Flask application give the same bytes for the same request: faults, journal and limit included."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from leadsquared_slots.mock_server import create_app
from leadsquared_slots.mock_server.accounts.scenario import Scenario
from leadsquared_slots.mock_server.accounts.settings import Settings
from leadsquared_slots.mock_server.domain.profile import PROFILES
from leadsquared_slots.mock_server.domain.rate_limit import RateLimit
from leadsquared_slots.mock_server.exchanges.message import Exchange, Reply
from leadsquared_slots.mock_server.service import ENDPOINT
from leadsquared_slots.mock_server.serving.server import Server

from ..support.asking import KEYS
from ..support.examples import examples

FAULTS = """
[[fault]]
kind = "status"
status = 500
after = 2
every = 3
[[fault]]
kind = "malformed"
times = 1
user = "free@x.y"
"""
bodies = st.sampled_from(
    [
        b'{"FromDate":"2026-03-02","ToDate":"2026-03-04","Users":["free@x.y","bob@x.y","unknown@x.y"]}',
        b'{"FromDate":"2026-03-02","ToDate":"2026-03-04","Users":["holiday@x.y"],"Paging":{"PageIndex":9,"PageSize":1}}',
        b'{"FromDate":"2026-03-02","ToDate":"2025-03-04","Users":["bob@x.y"]}',
        b'{"FormDate":"2026-03-02"}',
        b"[",
        b"",
    ]
)
queries = st.sampled_from(
    [KEYS, KEYS, KEYS, KEYS, "", "accessKey=AccessKey", "accessKey=error-429&secretKey=x", "accessKey=malformed&secretKey=x"]
)
headers = st.fixed_dictionaries(
    {"content-type": st.sampled_from(["application/json", "application/json", "text/plain"])},
    optional={"prefer": st.sampled_from(["code=429", "code=200", "respond-async"]), "x-lsq-accesskey": st.sampled_from(["AccessKey", "x"])},
)
paths = st.sampled_from([ENDPOINT, ENDPOINT, ENDPOINT, ENDPOINT, "/", "/v2/Nothing", f"{ENDPOINT}/", "/__administration", "/v2//x"])
calls = st.lists(
    st.tuples(st.sampled_from(["POST", "POST", "POST", "GET", "PUT"]), paths, queries, headers, bodies), min_size=1, max_size=8
)


def what_the_journal_keeps(exchange: Exchange) -> tuple[Any, ...]:
    return (
        exchange.number,
        exchange.at,
        exchange.request.method,
        exchange.request.path,
        exchange.request.query,
        exchange.reply,
        exchange.matched,
    )


@settings(max_examples=examples(60))
@given(calls, st.sampled_from(sorted(PROFILES)))
def test_both_ways_give_the_same_replies_and_keep_the_same_journal(found: list[Any], profile: str) -> None:
    scenario = Scenario.parse(FAULTS)
    chosen = Settings(scenario=scenario, profile=PROFILES[profile], rate_limit=RateLimit(4, 5), now=1_772_420_400.0)
    server, app = Server(chosen), create_app(chosen)
    client = app.test_client()
    for method, path, query, sent, body in found:
        # A browser that looks at the root is shown the way to the page, beside the loop.
        ask = server.front.call_flask if (method, path) == ("GET", "/") else server.front.handle
        front = ask(method, path, query, sent, body)
        assert isinstance(front, Reply)
        flask = client.open(path, method=method, query_string=query, headers=list(sent.items()), data=body)
        assert flask.status_code == front.status
        assert flask.data == front.body
        assert [(name, value) for name, value in flask.headers if name != "Content-Length"] == list(front.headers)
    kept = [what_the_journal_keeps(exchange) for exchange in server.emulator.accounts.default.journal]
    theirs = [what_the_journal_keeps(exchange) for exchange in app.extensions["leadsquared_slots"].accounts.default.journal]
    assert kept == theirs


def test_a_call_of_the_admin_interface_has_the_same_answer_both_ways() -> None:
    chosen = Settings(now=1_772_420_400.0)
    server, client = Server(chosen), create_app(chosen).test_client()
    for path in ("/rules", "/openapi.json", "/settings", "/clock", "/scenarios", "/users/bob@x.y", "/state", "/nothing"):
        front = server.front.call_flask("GET", f"/__admin{path}", "", {"host": "localhost"}, b"")
        flask = client.get(f"/__admin{path}")
        assert (flask.status_code, flask.data) == (front.status, front.body)
