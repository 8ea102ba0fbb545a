"""Exchanges with the emulator for tests of recordings, and the spellings in which a key can travel."""

import base64
import json
from datetime import date, timedelta
from html import escape
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st
from leadsquared_slots.contract_tests.strategies import to_json
from leadsquared_slots.contract_tests.wire.wsgi import WsgiApp, called
from leadsquared_slots.mock_server import Profile, Scenario, Settings, create_app
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED, QUESTIONS
from leadsquared_slots.mock_server.recording.recorded import Recorded, Recorder
from leadsquared_slots.mock_server.recording.scenario_document import scenario_of
from leadsquared_slots.mock_server.recording.toml_text import to_toml
from leadsquared_slots.mock_server.vendor.seen_request import ENDPOINT

ACCESS = "u$r" + "0123456789abcdef" * 2
SECRET = "fedcba9876543210fedc0123456789abcdef4321"
HOST = "https://api-in21.leadsquared.com"


def spellings(key: str) -> list[str]:
    """The forms in which a key can travel."""
    encoded = quote(key, safe="")
    return [
        key, key.swapcase(), encoded, encoded.lower(), quote(encoded, safe=""), "".join(f"%{byte:02X}" for byte in key.encode()),
        key.replace("$", "\\u0024"), "".join(f"\\u{ord(char):04X}" for char in key), escape(key), key.replace("$", "&#36;"),
        base64.b64encode(key.encode()).decode(), base64.b64encode(b"a:" + key.encode()).decode(),
        base64.b64encode(b":" + key.encode()).decode(),
        base64.urlsafe_b64encode(key.encode()).decode(),
    ]  # fmt: skip


def leaks(data: bytes | str, *keys: str) -> list[str]:
    """The forms of the keys that stand in the data."""
    text = data.decode("utf-8", "replace") if isinstance(data, bytes) else data
    return [spelling for key in keys or (ACCESS, SECRET) for spelling in spellings(key) if spelling in text]


def emulator(document: dict[str, Any] | None = None, profile: Profile = DOCUMENTED) -> WsgiApp:
    """An emulator in this process that refuses nobody for a limit."""
    scenario = {} if document is None else {"scenario": Scenario.from_document(document)}
    return create_app(Settings(profile=profile, rate_limit=None, **scenario))


def question(users: list[str], first: date, last: date, flag: bool = False, page: tuple[int, int] | None = None) -> dict[str, Any]:
    """A request body."""
    paging = {} if page is None else {"Paging": {"PageIndex": page[0], "PageSize": page[1]}}
    return {"FromDate": str(first), "ToDate": str(last), "Users": users, "IncludeAllowedConflictSlots": flag, **paging}


def ask(app: WsgiApp, payload: dict[str, Any]) -> Any:
    """The JSON of an answer."""
    return json.loads(_called(app, payload)[2])


def record(app: WsgiApp, recorder: Recorder, payload: dict[str, Any], at: float = 1_772_420_400.0) -> Recorded:
    """A question asked and recorded."""
    status, headers, body = _called(app, payload)
    return recorder.record(
        at=at, seconds=0.25, method="POST", url=f"{HOST}{ENDPOINT}?accessKey={quote(ACCESS)}&secretKey={SECRET}",
        headers=[("Content-Type", "application/json")], body=json.dumps(payload).encode(), status=status, reply_headers=headers,
        reply_body=body,
    )  # fmt: skip


def _called(app: WsgiApp, payload: dict[str, Any]) -> tuple[int, list[tuple[str, str]], bytes]:
    headers = {"content-type": "application/json", "x-lsq-accesskey": "AccessKey", "x-lsq-secretkey": "SecretKey"}
    return called(app, "POST", ENDPOINT, "", headers, json.dumps(payload).encode())


@st.composite
def profiles(draw: st.DrawFn, questions: tuple[str, ...] = tuple(QUESTIONS)) -> Profile:
    """Profiles with the given questions drawn, numbers from 1 to 2,000."""
    answers: dict[str, Any] = {}
    for name in questions:
        kind = QUESTIONS[name]
        answers[name] = draw(st.integers(1, 2000) if kind is int else st.sampled_from([choice.value for choice in kind]))  # type: ignore[union-attr]
    return DOCUMENTED.with_answers(answers, name="drawn")


RECORDED_QUESTIONS = (
    "time-zone",
    "date-without-template",
    "breaks",
    "absent-lists",
    "record",
    "users-order",
    "empty-list",
    "allowed-conflict",
)
_FIRST = date(2026, 3, 1)


def remade(exchanges: list[Any]) -> Any:
    """The emulator that serves the scenario of a recording, by way of its TOML text."""
    made = scenario_of(exchanges, title="Recorded")
    return emulator(Scenario.parse(to_toml(made.document, made.chosen)).document)


def assert_comes_back(data: st.DataObject, calendar: dict[str, Any], profile: Any) -> None:
    """The recorded questions, and ten that follow from them, are answered JSON for JSON as they were."""
    app, recorder = emulator(to_json(calendar), profile), Recorder()
    users = [user["email"] for user in calendar["user"]]
    first = _FIRST + timedelta(days=data.draw(st.integers(0, 30)))
    last = first + timedelta(days=data.draw(st.integers(0, 20)))
    flags = data.draw(st.sampled_from([(False,), (True,), (False, True)]))
    recorded = [record(app, recorder, question(users, first, last, flag)) for flag in flags]
    # What a page holds, and the order of users and the form of an empty list, are known where somebody asked for it.
    recorded.append(record(app, recorder, question(users[:1], first, last, flags[0], (10_000 if profile.record.value else 1, 1))))
    recorded += [record(app, recorder, question(users[::-1], first, first, flags[0]))] if len(users) > 1 else []
    served = remade(recorded)
    for flag in flags:
        asked = question(users, first, last, flag)
        assert ask(served, asked) == ask(app, asked)
    for _ in range(10):
        start = first + timedelta(days=data.draw(st.integers(0, (last - first).days)))
        end = start + timedelta(days=data.draw(st.integers(0, (last - start).days)))
        some = data.draw(st.lists(st.sampled_from(users), min_size=1, max_size=3, unique=True))
        page = data.draw(st.none() | st.tuples(st.integers(1, 3), st.integers(1, 5))) if (last - first).days else None
        asked = question(some, start, end, data.draw(st.sampled_from(flags)), page)
        assert ask(served, asked) == ask(app, asked)
