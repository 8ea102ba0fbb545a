"""The assertion behind the fixture `lsq_contract`: one response, whichever library fetched it, judged by the checks of one reply."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from leadsquared_slots.contract_tests.checks.memory import Memory
from leadsquared_slots.contract_tests.checks.passive import look
from leadsquared_slots.contract_tests.checks.registry import Violation, registry
from leadsquared_slots.contract_tests.wire.exchange import ENDPOINT, Exchange, Received, Sent
from leadsquared_slots.contract_tests.wire.question import Question
from leadsquared_slots.mock_server import Profile
from leadsquared_slots.mock_server.accounts.scenario import load_profile, read_profile
from leadsquared_slots.mock_server.contract.documents import ledger


class ContractAssertion:
    """Call it with a response: it raises AssertionError where the contract is broken, and says by which rule.

    A response is that of requests, httpx, urllib3, Flask's test client or anything else that has a status, headers and a body; or the
    parsed JSON of an answer. `asked` is the request's JSON; it is taken from the response where that knows it. With it the answer's
    dates and users are looked at, too.
    """

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self._checks = registry().values()

    @classmethod
    def under(cls, profile: Any) -> "ContractAssertion":
        """By the answers of a profile: its name, a table of answers, or None for `documented`."""
        if isinstance(profile, Mapping):
            return cls(read_profile(dict(profile), "the profile of lsq_contract"))
        return cls(load_profile(str(profile or "documented")))

    def __call__(self, response: Any, asked: Mapping[str, Any] | None = None) -> None:
        """Assert that the response honours the contract."""
        __tracebackhide__ = True
        exchange = Exchange(sent=_sent(response, asked), received=_received(response))
        found = self._breaches(exchange)
        if found:
            raise AssertionError("\n".join(_told(violation) for violation in found))

    def _breaches(self, exchange: Exchange) -> list[Violation]:
        memory = Memory()
        memory.add(exchange, Question.of(_parsed(exchange.sent.body)))
        looked = look(self._checks, memory.under(self.profile))
        return [violation for each in looked.values() for violation in each.violations()]


def _told(violation: Violation) -> str:
    rule = ledger()[violation.rule]
    documented = violation.documented or rule.statement
    return (
        f"{violation.title} [{rule.id}, {rule.grade.value}]\n  Received:   {violation.received}\n  Documented: {documented}\n"
        f"  Source:     {rule.source.title}"
    )


def _received(response: Any) -> Received:
    """What was received, whatever library received it."""
    if isinstance(response, Mapping):
        return Received(status=200, headers={"content-type": "application/json"}, body=json.dumps(response).encode())
    status = next((getattr(response, name) for name in ("status_code", "status") if hasattr(response, name)), None)
    body = next((getattr(response, name) for name in ("content", "data", "body") if hasattr(response, name)), None)
    if not isinstance(status, int) or not isinstance(body, bytes | str):
        raise TypeError(f"{type(response).__name__} is no response; expected one with a status, headers and a body, or parsed JSON")
    headers = {str(name).lower(): str(value) for name, value in dict(response.headers).items()}
    return Received(status=status, headers=headers, body=body.encode() if isinstance(body, str) else body)


def _sent(response: Any, asked: Mapping[str, Any] | None) -> Sent:
    """What was asked: given, or remembered by the response. Keys are left out."""
    request = getattr(response, "request", None)
    body = json.dumps(asked).encode() if asked is not None else _body_of(request)
    url = str(getattr(request, "url", "") or ENDPOINT)
    method = str(getattr(request, "method", "") or "POST")
    return Sent(method=method, url=urlsplit(url)._replace(query="", fragment="").geturl(), query=(), headers=(), body=body)


def _body_of(request: Any) -> bytes:
    body = next((getattr(request, name) for name in ("body", "content", "data") if hasattr(request, name)), b"")
    return body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else b""


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
