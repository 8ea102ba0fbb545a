"""Exchanges with the emulator for tests of recordings, and the spellings in which a key can travel."""

import base64
import json
from datetime import date
from html import escape
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st
from leadsquared_slots.contract_tests.wire.wsgi import WsgiApp, called
from leadsquared_slots.mock_server import Profile, Scenario, Settings, create_app
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED, QUESTIONS
from leadsquared_slots.mock_server.recording.recorded import Recorded, Recorder
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
