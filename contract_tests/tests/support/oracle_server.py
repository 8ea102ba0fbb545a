"""Small servers for the tests of the kit: none of them shares a line with the emulator.

`oracle_app` is correct: it answers as the oracle does, refuses as the profile `documented` says, and keeps a sliding limit.
"""

import json
import re
from collections import deque
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any
from urllib.parse import parse_qs

from leadsquared_slots.contract_tests.checks.calendars.known_calendars import handmade
from leadsquared_slots.contract_tests.oracle.answers import Oracle
from leadsquared_slots.contract_tests.wire.exchange import ENDPOINT
from leadsquared_slots.contract_tests.wire.target import ManualClock
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
JSON = "application/json"
ACCESS, SECRET = "u$r0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef01234567"


class Refusal(Exception):
    """A request that the server refuses."""

    def __init__(self, exception: str = "MXInvalidInputException", message: str = "not so", status: int = 400) -> None:
        self.exception, self.message, self.status = exception, message, status


def always(status: int, content_type: str, body: bytes) -> App:
    """A server that has one reply to everything."""

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        start(f"{status} Said", [("Content-Type", content_type)])
        return [body]

    return app


EMPTY_LIST = always(200, JSON, b'{"RecordCount":0,"List":[]}')
"""The server that answers everything with nothing."""


def oracle_app(clock: ManualClock, scenario: dict[str, Any] | None = None, *, limit: int = 25, **answers: str) -> App:
    """A correct server, made of the oracle, under `documented` with other answers to questions of a day. It has no admin interface."""
    profile = DOCUMENTED.with_answers({question.replace("_", "-"): answer for question, answer in answers.items()})
    oracle, passed = Oracle(scenario or handmade(), profile.answers()), deque[float]()

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        headers = [("Content-Type", "application/json; charset=utf-8")]
        try:
            status, document = 200, _answer(environ, body, oracle, clock, passed, limit)
        except Refusal as refusal:
            status = refusal.status
            document = {"Status": "Error", "ExceptionType": refusal.exception, "ExceptionMessage": refusal.message}
            headers += [("Allow", "POST")] if status == 405 else []
        start(f"{status} Said", headers)
        return [json.dumps(document).encode()]

    return app


def _answer(environ: dict[str, Any], body: bytes, oracle: Oracle, clock: ManualClock, passed: deque[float], limit: int) -> dict[str, Any]:
    if environ["PATH_INFO"] != ENDPOINT:
        raise Refusal("MXNoSuchThing", "there is no such API", 404)
    if environ["REQUEST_METHOD"] != "POST":
        raise Refusal("MXNoSuchThing", "POST it", 405)
    _authenticate(environ)
    while passed and passed[0] <= clock() - 5:
        passed.popleft()
    if len(passed) >= limit:
        raise Refusal("MXAPIRateLimitExceededException", f"API calls exceeded the limit of {limit} in 5 second(s)", 429)
    passed.append(clock())
    request = _read(environ, body)
    answer = oracle.answer(request)
    for group in answer["List"]:
        for entry in group["UserSlots"]:
            entry["UserId"] = entry["UserId"] or f"00000000-0000-4000-8000-{abs(hash(entry['EmailAddress'])):012x}"[:36]
    return answer


def _authenticate(environ: dict[str, Any]) -> None:
    query = parse_qs(environ.get("QUERY_STRING", ""))
    headers = environ.get("HTTP_X_LSQ_ACCESSKEY"), environ.get("HTTP_X_LSQ_SECRETKEY")
    asked = tuple(query.get(name, [None])[0] for name in ("accessKey", "secretKey"))
    keys = headers if any(headers) else asked
    if keys != (ACCESS, SECRET):
        raise Refusal("MXInvalidUserDetailsException", "Invalid User Details!", 401)


def _read(environ: dict[str, Any], body: bytes) -> dict[str, Any]:
    """The request, refused where the profile `documented` refuses it."""
    if environ.get("CONTENT_TYPE", "").partition(";")[0].lower() != JSON:
        raise Refusal()
    try:
        request = json.loads(body)
    except (ValueError, RecursionError):
        raise Refusal from None
    known = {"FromDate", "ToDate", "Users", "IncludeAllowedConflictSlots", "Paging"}
    if not isinstance(request, dict) or not set(request) <= known:
        raise Refusal
    for name in ("FromDate", "ToDate", "Users"):
        if request.get(name) is None:
            raise Refusal("MXMandatoryAttributeMissingException")
    first, last = _day(request["FromDate"]), _day(request["ToDate"])
    if not 0 <= (last - first).days <= 100:
        raise Refusal
    _check_users(request["Users"])
    if request.get("IncludeAllowedConflictSlots") not in (None, True, False):
        raise Refusal
    _check_paging(request.get("Paging"))
    return request


def _day(text: Any) -> date:
    if not isinstance(text, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        raise Refusal
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal from None


def _check_users(users: Any) -> None:
    if not isinstance(users, list) or not users:
        raise Refusal
    if not all(isinstance(user, str) and re.fullmatch(r"[^@\s]+@[^@\s]+", user) for user in users):
        raise Refusal


def _check_paging(paging: Any) -> None:
    if paging is None:
        return
    if not isinstance(paging, dict) or not set(paging) <= {"PageIndex", "PageSize"}:
        raise Refusal
    for name, most in (("PageIndex", 2**31 - 1), ("PageSize", 1000)):
        value = paging.get(name, 1)
        if type(value) is not int or not 1 <= value <= most:
            raise Refusal
