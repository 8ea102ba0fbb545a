"""Whatever is sent to the admin interface is carried out, or refused in words; and the account can be looked at afterwards."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from leadsquared_slots.mock_server import Settings, create_app
from leadsquared_slots.mock_server.admin.calls.table import CALLS
from werkzeug.test import TestResponse

NOW = "2026-03-02T06:00:00Z"
TASK = {"user": "free@example.com", "start": NOW, "end": "2026-03-02T06:30:00Z", "type": "Meeting", "allowConflicts": True, "subject": "x"}
USER = {
    "zone": "Asia/Kolkata", "id": "477aec30-bfee-11e8-a43f-02742c1c8abe", "holidays": ["2026-01-26"], "leaves": [{"date": "2026-03-02"}],
    "template": {"zone": "UTC", "shifts": {"weekdays": ["09:00-14:00"]}, "breaks": {"monday": ["11:00-11:15"]}},
    "tasks": [{"start": NOW, "end": "2026-03-02T06:30:00Z", "allow-conflicts": False}],
}  # fmt: skip
FAULT = {
    "kind": "status",
    "status": 500,
    "times": 2,
    "after": 1,
    "every": 3,
    "user": "free@example.com",
    "headers": {"A": "b"},
    "body": "x",
}
SCENARIO = {
    "title": "x", "now": NOW, "rate-limit": "25/5s", "profile": {"breaks": "kept"}, "fault": [FAULT],
    "user": [{"email": "free@example.com", **USER}],
    "task-type": [{"name": "Meeting", "allow-conflicts": False}], "template": [{"name": "T", **USER["template"]}], "directory": "closed",
}  # fmt: skip
BODIES: dict[tuple[str, str], Any] = {
    ("PATCH", "/settings"): {"profile": {"time-zone": "utc", "most-users": 5}, "rateLimit": "3/5s"},
    ("POST", "/accounts"): {"scenario": SCENARIO, "profile": "observed", "seed": 7, "rateLimit": "none", "now": NOW},
    ("POST", "/reset"): {},
    ("POST", "/requests/count"): {
        "method": "POST",
        "urlPath": "/",
        "status": 200,
        "fault": "reset",
        "bodyContains": "x",
        "equalToJson": {"a": [1]},
    },
    ("POST", "/requests/find"): {"equalToJson": {"Users": [{"a": 1.5}]}},
    ("POST", "/faults"): FAULT,
    ("PUT", "/clock"): {"now": NOW},
    ("POST", "/clock/advance"): {"seconds": 5},
    ("PUT", "/scenario"): SCENARIO,
    ("PUT", "/users/<path:address>"): USER,
    ("POST", "/tasks"): TASK,
    ("POST", "/leaves"): {"user": "free@example.com", "date": "2026-03-02", "time": "10:00-12:00"},
    ("POST", "/holidays"): {"user": "free@example.com", "date": "2026-03-02", "name": "x"},
    ("PUT", "/state"): None,
}
ODD = st.sampled_from(
    [
        None, True, 0, -1, 1.5, 2**63, 2**64, -(2**63) - 1, 10**400, 1e308, -0.0, "", " ", "x", "\0", "\ud800", "é" * 300, "none",
        "9" * 5000,
        "2026-02-30", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1/1s", "UTC", "../../etc/passwd", "24:00-24:00", "a@b.c",
        [], {}, [[]], [{}], {"": {}}, {"__class__": 1}, ["x"] * 100,
    ]
)  # fmt: skip
JSON = st.recursive(ODD, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3), max_leaves=6)
LOOKED_AT = ("/state", "/users", "/faults", "/settings", "/clock", "/requests", "/conduct", "/requests.har", "/", "/users/free@example.com")


def mutated(data: st.DataObject, value: Any) -> Any:
    """A JSON value with something in it changed, left out or added."""
    if isinstance(value, dict) and value and data.draw(st.integers(0, 5)):
        key = data.draw(st.sampled_from(sorted(value)))
        rest = {name: item for name, item in value.items() if name != key}
        return rest if not data.draw(st.integers(0, 6)) else {**rest, key: mutated(data, value[key])}
    if isinstance(value, list) and value and data.draw(st.integers(0, 3)):
        place = data.draw(st.integers(0, len(value) - 1))
        return [*value[:place], mutated(data, value[place]), *value[place + 1 :]]
    return data.draw(JSON)


class Account:
    """The admin interface in this process."""

    def __init__(self) -> None:
        self.client = create_app(Settings()).test_client()

    def call(self, method: str, path: str, body: bytes | None = None) -> TestResponse:
        return self.client.open(f"/__admin{path}", method=method, data=body, content_type="application/json")

    def check(self, method: str, path: str, body: bytes) -> None:
        """Sends a body, and looks at everything afterwards."""
        answer = self.call(method, path, body)
        assert answer.status_code in (200, 201, 400, 404), (answer.status_code, answer.data[:300])
        if answer.status_code >= 400:
            told = answer.get_json()
            assert told["error"], told
            assert told["hint"], told
            assert len(answer.data) < 20_000
        for shown in LOOKED_AT:
            looked = self.call("GET", shown)
            assert looked.status_code in (200, 404 if "@" in shown else 200), (shown, looked.data[:300])
            orjson.loads(looked.data) if shown != "/" else None


@pytest.fixture(scope="module")
def account() -> Account:
    return Account()


def test_every_call_with_a_body_is_tried() -> None:
    assert {call for call in CALLS if call[0] != "GET" and call[0] != "DELETE"} == BODIES.keys()


@pytest.mark.parametrize("call", BODIES, ids=" ".join)
@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_any_body_is_carried_out_or_refused_in_words(account: Account, call: tuple[str, str], data: st.DataObject) -> None:
    """`times=0x` and 5,000 `f` was taken, and then `GET /state` and `/faults` were 500 until a reset."""
    account.call("POST", "/reset", b"{}")
    sample = BODIES[call] if BODIES[call] is not None else account.call("GET", "/state").get_json()
    body = mutated(data, sample)
    account.check(call[0], call[1].replace("<path:address>", "free@example.com"), as_json(body))


def as_json(value: Any) -> bytes:
    """JSON as a stranger may write it: numbers of any size, lone surrogates as escapes."""
    return json.dumps(value).encode()


@pytest.mark.parametrize("call", BODIES, ids=" ".join)
@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe", b"\0", b"[", b"[]", b"7", b"null", b'"x"', b"{", b'{"a":NaN}', b'{"a":Infinity}', b'{"a":1e999}', b'{"a":"\\ud800"}',
        b'{"\\ud800":1}', b'{"a":' * 100_000, b'{"a":' * 300 + b"1" + b"}" * 300, b"[" * 100_000, b'{"a":' + b"9" * 100_000 + b"}",
        b'{"a":1,"a":2}', b'{"a":"\x01"}', b"\xef\xbb\xbf{}",
    ],
    ids=range(20),
)  # fmt: skip
def test_what_is_hardly_json_is_refused_in_words(account: Account, call: tuple[str, str], body: bytes) -> None:
    answer = account.call(call[0], call[1].replace("<path:address>", "free@example.com"), body)
    assert answer.status_code == 400, answer.data[:300]
    assert all(answer.get_json().values())
    assert len(answer.data) < 5_000
    assert account.call("GET", "/state").status_code == 200


HOSTILE_TOML = [
    "a=[[[" + "[" * 2000,
    ".".join("a" * 5000) + "=1",
    "a=" + "9" * 5000,
    '[[fault]]\nkind="reset"\ntimes=0x' + "f" * 5000,
    '[[fault]]\nkind="reset"\ntimes=0x' + "f" * 20,
    '[[fault]]\nkind="latency"\nmilliseconds=inf',
    "k" * 4_000_000 + "=1",
    "a=" * 20_000,
    "[[" * 20_000,
    '"""' * 100_001,
    "a={" * 5_000,
    "\0",
    "a='\x01'",
]


@pytest.mark.parametrize("text", HOSTILE_TOML, ids=range(len(HOSTILE_TOML)))
@pytest.mark.parametrize("call", ["PUT /scenario", "POST /accounts"])
def test_hostile_toml_is_refused_in_words(account: Account, text: str, call: str) -> None:
    """Nesting and long numbers were a 500; a whole number of 20,000 bits was taken, and poisoned the account."""
    method, _, path = call.partition(" ")
    account.call("POST", "/reset", b"{}")
    body: Any = {"toml": text}
    account.check(method, path, as_json(body if method == "PUT" else {"scenario": body}))
    answer = account.call(method, path, as_json(body if method == "PUT" else {"scenario": body}))
    assert answer.status_code == 400
