"""The target keeps to the rate and the budget, knows the limit when it meets it, and lets no key out."""

import json
import os
import shlex
import subprocess
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from leadsquared_slots.contract_tests.wire.exchange import ENDPOINT
from leadsquared_slots.contract_tests.wire.target import (
    OWN_KEYS,
    OWN_KEYS_IN_OTHER_CASE,
    BudgetSpent,
    Call,
    Keys,
    LimitPersists,
    ManualClock,
    Target,
    is_limit,
)
from leadsquared_slots.contract_tests.wire.transport import NoAnswer
from leadsquared_slots.mock_server.tests.support.examples import examples

ACCESS, SECRET = "u$r0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210fedcba98"
LIMITED = {"Status": "Error", "ExceptionType": "MXAPIRateLimitExceededException"}
App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def serving(*replies: tuple[int, Any], seen: list[dict[str, Any]] | None = None) -> App:
    """A server that gives these replies one after the other, the last one for ever."""
    left = list(replies)

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if seen is not None:
            seen.append(environ)
        status, document = left.pop(0) if len(left) > 1 else left[0]
        start(f"{status} Said", [("Content-Type", "application/json")])
        return [json.dumps(document).encode()]

    return app


def target_of(app: App, clock: ManualClock | None = None, **settings: Any) -> Target:
    """A target around an application, with keys of the real form and a clock that nobody waits for."""
    return Target.wsgi(app, access_key=ACCESS, secret_key=SECRET, clock=clock or ManualClock(), **settings)


@settings(max_examples=examples(100), deadline=None)
@given(
    st.integers(1, 6),
    st.sampled_from([1.0, 5.0]),
    st.lists(st.tuples(st.sampled_from([0.0, 0.01, 0.3, 2.0, 5.0]), st.sampled_from([0.0, 0.2, 4.9])), max_size=30),
)
def test_the_rate_is_never_exceeded(number: int, seconds: float, calls: list[tuple[float, float]]) -> None:
    """In no window do more calls go out than the rate allows, whatever the pauses between them and the time they take."""
    clock, sent = ManualClock(), []
    pauses = iter([took for _, took in calls])

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        sent.append(clock())
        clock.sleep(next(pauses))
        start("200 OK", [])
        return [b"{}"]

    target = target_of(app, clock, rate=(number, seconds))
    for pause, _ in calls:
        clock.sleep(pause)
        target.send(Call())
    for first, later in zip(sent, sent[number:], strict=False):
        assert later - first >= seconds - 1e-6


def test_the_budget_is_never_exceeded() -> None:
    """What is over the budget is not sent."""
    seen: list[dict[str, Any]] = []
    target = target_of(serving((200, {}), seen=seen), budget=3)
    for _ in range(3):
        target.send(Call())
    with pytest.raises(BudgetSpent, match="3 calls"):
        target.send(Call())
    assert len(seen) == target.calls == 3


@pytest.mark.parametrize("status", [429, 200, 403])
def test_the_limit_is_known_in_every_form_and_waited_for(status: int) -> None:
    """429, and the envelope inside 200 or 403, are the limit: the target waits the window that the message names."""
    message = "API calls exceeded the limit of 10 in 7 second(s)"
    clock = ManualClock()
    target = target_of(serving((status, {**LIMITED, "ExceptionMessage": message}), (200, {"RecordCount": 0})), clock)
    began = clock()
    exchange = target.send(Call())
    assert exchange.received.document() == {"RecordCount": 0}
    assert clock() - began >= 7
    assert (target.throttle.number, target.throttle.seconds) == (10, 7.0), "it calls no faster than the target allows"


def test_a_429_without_a_body_is_the_limit_too() -> None:
    """The status alone is enough."""
    target = target_of(serving((429, None), (200, {"RecordCount": 0})))
    assert target.send(Call()).received.status == 200


def test_a_limit_that_stays_is_given_up() -> None:
    """A bounded number of times, then an error that says so."""
    seen: list[dict[str, Any]] = []
    target = target_of(serving((429, LIMITED), seen=seen))
    with pytest.raises(LimitPersists, match="5 calls in a row"):
        target.send(Call())
    assert len(seen) == 5


def test_a_check_of_the_limit_sees_the_refusal() -> None:
    """Without retry the refusal is handed back."""
    target = target_of(serving((429, LIMITED)))
    assert is_limit(target.send(Call(), retry=False).received)


def test_the_keys_travel_where_the_call_says() -> None:
    """In the headers, percent-encoded in the query, in both, or not at all."""
    seen: list[dict[str, Any]] = []
    target = target_of(serving((200, {}), seen=seen))
    target.send(Call())
    target.send(Call(header_keys=None, query_keys=OWN_KEYS))
    target.send(Call(header_keys=None))
    target.send(Call(header_keys=Keys(access=OWN_KEYS.access, secret="wrong")))
    assert (seen[0]["HTTP_X_LSQ_ACCESSKEY"], seen[0]["HTTP_X_LSQ_SECRETKEY"], seen[0]["QUERY_STRING"]) == (ACCESS, SECRET, "")
    assert seen[1]["QUERY_STRING"] == f"accessKey={ACCESS.replace('$', '%24')}&secretKey={SECRET}"
    assert "HTTP_X_LSQ_ACCESSKEY" not in seen[2]
    assert (seen[3]["HTTP_X_LSQ_ACCESSKEY"], seen[3]["HTTP_X_LSQ_SECRETKEY"]) == (ACCESS, "wrong")


def test_no_key_is_in_what_is_recorded() -> None:
    """A server that throws the keys back does not get them into the record, in no usual encoding."""
    forms = [ACCESS, f"?accessKey={ACCESS.replace('$', '%24')}", f"?u={ACCESS.replace('$', '%2524')}", ACCESS.replace("$", "\\u0024")]
    target = target_of(serving((200, {"a": [SECRET, SECRET.swapcase(), *forms]})))
    for call in (Call(body=b"{}"), Call(header_keys=None, query_keys=OWN_KEYS)):
        target.send(call)
    told = "\n".join([repr(target), repr(target.exchanges), *(e.sent.curl() + e.received.text() for e in target.exchanges)])
    for secret in (ACCESS, SECRET, ACCESS[3:], SECRET.swapcase()):
        assert secret not in told


def test_no_key_is_in_the_error_of_a_dead_server() -> None:
    """Errors of HTTP libraries quote the URL; the target's do not, nor their causes."""
    target = Target("http://127.0.0.1:9", access_key=ACCESS, secret_key=SECRET)
    with pytest.raises(NoAnswer) as caught:
        target.send(Call(header_keys=None, query_keys=OWN_KEYS))
    error: BaseException | None = caught.value
    assert "127.0.0.1:9/" in caught.value.sent.curl()  # type: ignore[union-attr]
    assert ACCESS not in str(error)
    assert SECRET not in str(error)
    assert caught.value.__suppress_context__, "the library's error holds the URL"


def test_a_curl_line_is_what_was_sent() -> None:
    """A shell reads the line back as the same request; the keys are variables, and nothing else is expanded."""
    target = target_of(serving((200, {})))
    body = b'{"Users": ["o\'brien$HOME`id`@example.com"]}'
    line = target.send(Call(body=body, query_keys=OWN_KEYS)).sent.curl()
    words = shlex.split(line)
    assert words[:4] == ["curl", "-sS", "-X", "POST"]
    assert words[4] == f"http://localhost{ENDPOINT}?accessKey=$LSQ_ACCESS_KEY&secretKey=$LSQ_SECRET_KEY"
    assert words[-1].encode() == body
    assert "'" in line.rpartition("--data-binary")[2], "the body is quoted so that $HOME stays what it is"


def test_a_curl_line_makes_the_other_letter_case_of_a_key_by_itself() -> None:
    """What goes over the wire is the key with its case swapped; what a shell makes of the line is the same."""
    seen: list[dict[str, Any]] = []
    target = target_of(serving((200, {}), seen=seen))
    keys = Keys(access=OWN_KEYS.access, secret=OWN_KEYS_IN_OTHER_CASE.secret)
    line = target.send(Call(header_keys=keys)).sent.curl()
    assert seen[0]["HTTP_X_LSQ_SECRETKEY"] == SECRET.swapcase()
    environment = {"PATH": os.environ["PATH"], "LSQ_ACCESS_KEY": ACCESS, "LSQ_SECRET_KEY": SECRET}
    script = f"curl() {{ printf '%s\\n' \"$@\"; }}\n{line}"
    words = subprocess.run(["sh", "-c", script], env=environment, capture_output=True, text=True, check=True).stdout.splitlines()
    assert f"x-LSQ-AccessKey: {ACCESS}" in words
    assert f"x-LSQ-SecretKey: {SECRET.swapcase()}" in words


@pytest.mark.parametrize(
    "url", ["api-in21.leadsquared.com", "ftp://host", "https://", "https://user:pass@host", "https://host?x=1", "https://host#x"]
)
def test_a_target_is_the_root_of_a_host(url: str) -> None:
    """Anything else is refused before a call is sent."""
    with pytest.raises(ValueError, match="root of a host"):
        Target(url, access_key="a", secret_key="b")


def test_accounts_share_throttle_budget_and_record() -> None:
    """Another account on the same server does not make the kit faster, nor its budget larger."""
    clock = ManualClock()
    target = target_of(serving((200, {})), clock, rate=(2, 5.0), budget=4)
    other, began = target.account("other-key", "other-secret"), clock()
    for account in (target, other, target, other):
        account.send(Call())
    assert clock() - began >= 5
    assert target.calls == 4
    assert len(target.exchanges) == 4
    with pytest.raises(BudgetSpent):
        other.send(Call())


def test_a_curl_line_says_that_an_account_of_the_run_is_gone() -> None:
    """Its keys are not the caller's, so the line would show something else; the shell takes the remark for a comment."""
    target = target_of(serving((200, {})))
    remark, line = target.account("other-key", "other-secret").send(Call()).sent.curl().splitlines()
    assert remark.startswith("# ")
    assert "replay it" in remark
    assert line == target.send(Call()).sent.curl()


def test_an_application_that_raises_is_a_dropped_connection() -> None:
    """As a server that crashes in the middle of a reply is."""

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        raise RuntimeError("crashed")

    with pytest.raises(NoAnswer, match="RuntimeError"):
        target_of(app).send(Call())
