"""The rate limit: what passes, what does not, when it opens again. These checks exhaust it, so they need permission.

Calls of a burst are sent at once, not one after the other: a slow line must not hide a limit. Each check first lets a window
pass in silence. On the emulator all but the first run on an account of their own whose clock stands still, so nobody waits.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from leadsquared_slots.contract_tests.checks.refusals.expectations import shown
from leadsquared_slots.contract_tests.wire.exchange import Exchange, error_of, shorten
from leadsquared_slots.contract_tests.wire.target import (
    LIMIT_EXCEPTION,
    OWN_KEYS,
    Call,
    Keys,
    Target,
    is_limit,
    is_refusal_of_keys,
    limit_named,
)
from leadsquared_slots.mock_server.domain.profile import Counting, Profile, Window

from .registry import NotApplicable, Scope, Violation, check
from .session import Session

DOCUMENTED_LIMIT, WINDOW_SECONDS = 25, 5.0
PLANS = (2, 5, 10, 15, 20, 25)
"""Limits of the vendor's plans (rule limit.plan)."""
_MARGIN_SECONDS = 0.25
_STEP_SECONDS = 0.25
_AT_ONCE = 16
_CALLS_OVER = 3
"""Calls of a burst beyond the limit: a server may refuse one and let the next pass."""
_WRONG = Keys(access="wrong-access-key", secret="wrong-secret-key")  # noqa: S106 - made up


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """An account whose limit is being exhausted. `wait` lets seconds pass on its clock."""

    session: Session
    target: Target
    wait: Callable[[float, str], None]

    def call(self) -> Call:
        """A lawful call."""
        return self.target.ordinary(self.session.base.body())

    def burst(self, calls: list[Call]) -> list[Exchange]:
        """The replies to calls that are sent at once, in any order on the way."""
        if self.target.in_process:
            return [self._send(call) for call in calls]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return list(pool.map(self._send, calls))

    def fill(self) -> int:
        """Sends one call more than the limit; how many passed. Raises NotApplicable where that took long."""
        replies = self.burst([self.call()] * (_limit_of(self.session) + 1))
        _need_quick(replies, WINDOW_SECONDS / 4)
        return _passed(replies)

    def silence(self) -> None:
        """Lets a window pass."""
        self.wait(WINDOW_SECONDS + _MARGIN_SECONDS, "letting the window of the limit pass")

    def _send(self, call: Call) -> Exchange:
        return self.target.send(call, retry=False, throttled=False)


@check(
    Scope.BURST,
    "limit.number", "limit.exceeded", "limit.status", "limit.type", "limit.message", "limit.reopens",
    calls=30,
)  # fmt: skip
def limit_of_calls(session: Session) -> Iterator[Violation]:
    """25 calls pass, those after them do not, and after the window calls pass again."""
    stage = Stage(session=session, target=session.target, wait=session.target.pause)
    stage.silence()
    most = DOCUMENTED_LIMIT if session.profile.window is Window.SLIDING else 2 * DOCUMENTED_LIMIT
    most = max(most, session.target.rate[0])
    replies = stage.burst([stage.call()] * (most + _CALLS_OVER))
    if _passed(replies) > _expected(session, replies):
        # A window that is cut at fixed times may have been cut in the middle of the calls; it is not twice.
        stage.silence()
        replies = min(replies, stage.burst([stage.call()] * (most + _CALLS_OVER)), key=_passed)
    refused = [reply for reply in replies if is_limit(reply.received)]
    passed = len(replies) - len(refused)
    took = max(reply.until for reply in replies) - min(reply.at for reply in replies)
    if not refused:
        if took >= WINDOW_SECONDS:
            raise NotApplicable(f"{len(replies)} calls took {took:.1f} s, so the target is too slow for its limit to be reached")
        received = f"{passed} calls passed in {took:.1f} s"
        yield shown("limit.exceeded", "More calls pass than the limit allows", received, replies[-1])
        return
    session.facts.append(f"the limit lets {passed} calls pass in a window")
    session.remember(refused[0], None)
    yield from _number(session, passed, refused[0])
    yield from wrong_refusal(session.profile, refused[0])
    yield from _half_a_window_later(stage, replies)
    after = stage.burst([stage.call()])[0]
    if is_limit(after.received):
        received = f"still refused {WINDOW_SECONDS + _MARGIN_SECONDS:g} s after the last call"
        yield shown("limit.reopens", "The limit does not open again", received, after)


@check(Scope.BURST, "limit.account", calls=26)
def limit_of_the_account(session: Session) -> Iterator[Violation]:
    """The limit is shared by all calls: whichever connection, place of the keys, program, proxy, content type or length of the body."""
    stage = _stage(session)
    stage.silence()
    usual = stage.call()
    queried = Call(body=usual.body, header_keys=None, query_keys=OWN_KEYS)
    # Where the keys are not accepted in both places, one place has to do.
    other = usual if is_refusal_of_keys(stage.burst([queried])[0].received) else queried
    windows = 1 if session.profile.window is Window.SLIDING else 2
    calls = [_varied(other if n % 2 else usual, n) for n in range(windows * _limit_of(session) + 1)]
    replies = stage.burst(calls)
    if not any(is_limit(reply.received) for reply in replies):
        _need_quick(replies, WINDOW_SECONDS)
        received = f"{len(replies)} calls passed over five connections, with other headers and other lengths"
        yield shown("limit.account", "The limit is not shared by all calls of the account", received, replies[-1])


@check(Scope.BURST, "limit.exceeded", calls=75)
def window_keeps_its_length(session: Session) -> Iterator[Violation]:
    """A window that opened and was filled again does not open before it has passed, whether it slides or is cut at fixed times."""
    if session.profile.refused_calls is Counting.COUNT:
        raise NotApplicable("refused calls count under the profile, so looking for the opening would move it")
    _need_limit(session)
    stage, limit = _stage(session), _limit_of(session)
    stage.silence()
    stage.fill()
    waited, refused, opening = 0.0, None, stage.burst([stage.call()])[0]
    while is_limit(opening.received):
        if waited > 2 * WINDOW_SECONDS:
            raise NotApplicable("the window did not open within twice its length")
        stage.wait(_STEP_SECONDS, "looking for the opening of the window")
        waited, refused, opening = waited + _STEP_SECONDS, opening, stage.burst([stage.call()])[0]
    if refused is None or 1 + stage.fill() < limit:
        raise NotApplicable("the window did not open for all calls at once, so its length cannot be seen")
    # It began after the last refusal: up to then a window's length has not passed, whatever its shape.
    stage.wait(WINDOW_SECONDS - 3 * _STEP_SECONDS, "letting most of the window pass")
    last = stage.burst([stage.call()])[0]
    elapsed = last.until - refused.at
    if elapsed >= WINDOW_SECONDS:
        raise NotApplicable(f"the calls took {elapsed:.1f} s, so the target is too slow to see that")
    if not is_limit(last.received):
        received = f"{limit} calls passed, and one more before {WINDOW_SECONDS:g} s were over"
        yield shown("limit.exceeded", "The limit opens before its window has passed", received, last)


@check(Scope.BURST, "limit.window", calls=90)
def shape_of_the_window(session: Session) -> Iterator[Violation]:
    """The window slides with the calls, or is cut at fixed times, as the profile says."""
    if session.profile.refused_calls is Counting.COUNT:
        raise NotApplicable("refused calls count under the profile, so looking for the opening would move it")
    _need_limit(session)
    stage, half, limit = _stage(session), WINDOW_SECONDS / 2, _limit_of(session)
    early = limit // 2
    stage.silence()
    first = stage.burst([stage.call()] * early)
    if any(is_limit(reply.received) for reply in first):
        raise NotApplicable("the limit was reached too early to see its window; somebody else may be calling")
    stage.wait(half, "half a window")
    stage.fill()
    waited = half
    while is_limit((last := stage.burst([stage.call()])[0]).received):
        if waited > 2 * WINDOW_SECONDS:
            raise NotApplicable("the window did not open within twice its length")
        stage.wait(half / 5, "looking for the opening of the window")
        waited += half / 5
    passed = 1 + stage.fill()
    session.facts.append(f"the window opens about {waited:.1f} s after its first call, for {passed} of {limit} calls")
    slides = passed <= early + (limit - early) // 2
    if slides != (session.profile.window is Window.SLIDING):
        received = f"{passed} calls passed at the opening, {early} had been sent at the start of the window"
        documented = f"The profile says {session.profile.window.value}."
        yield shown("limit.window", "The window of the limit has another shape", received, last, documented)


@check(Scope.BURST, "limit.refused-calls", calls=61)
def refused_calls(session: Session) -> Iterator[Violation]:
    """Calls refused for the limit count against it, or do not, as the profile says."""
    if session.profile.window is not Window.SLIDING:
        raise NotApplicable("a window that is cut at fixed times forgets refused calls anyway")
    _need_limit(session)
    stage, limit, extra = _stage(session), _limit_of(session), 5
    stage.silence()
    _need_quick(stage.burst([stage.call()] * limit), WINDOW_SECONDS / 4)
    stage.wait(WINDOW_SECONDS / 2, "half a window")
    stage.burst([stage.call()] * extra)
    stage.wait(WINDOW_SECONDS / 2 + _MARGIN_SECONDS, "letting the first calls leave the window")
    replies = stage.burst([stage.call()] * limit)
    passed = _passed(replies)
    counted = session.profile.refused_calls is Counting.COUNT
    expected = limit - extra if counted else limit
    if passed != expected:
        received = f"{passed} calls passed after {extra} had been refused in the window"
        documented = f"{expected} calls pass: under the profile refused calls {'count' if counted else 'do not count'}."
        yield shown("limit.refused-calls", "Refused calls count otherwise", received, replies[-1], documented)


@check(Scope.BURST, "limit.invalid-requests", calls=58)
def invalid_requests(session: Session) -> Iterator[Violation]:
    """Calls refused for their body count against the limit, or do not, as the profile says; those refused for keys never do."""
    if session.profile.window is not Window.SLIDING:
        raise NotApplicable("a window that is cut at fixed times can be cut in the middle of the calls")
    _need_limit(session)
    stage, limit = _stage(session), _limit_of(session)
    stage.silence()
    half = limit // 2
    invalid = stage.burst([replace(stage.call(), body=b"{}")] * half)
    replies = stage.burst([stage.call()] * limit)
    _need_quick([*invalid, *replies], WINDOW_SECONDS)
    passed = _passed(replies)
    counted = session.profile.invalid_requests is Counting.COUNT
    expected = limit - half if counted else limit
    if passed != expected:
        received = f"{passed} calls passed beside {half} with an empty object as body"
        documented = f"{expected} calls pass: under the profile invalid requests {'count' if counted else 'do not count'}."
        yield shown("limit.invalid-requests", "Invalid requests count otherwise", received, invalid[-1], documented)
    stage.silence()
    wrong = Call(body=stage.call().body, header_keys=_WRONG)
    stage.burst([wrong] * 5)
    replies = stage.burst([stage.call()] * limit)
    passed = _passed(replies)
    if passed != limit:
        received = f"{passed} calls passed beside 5 with wrong keys"
        documented = f"{limit} calls pass: wrong keys name no account to count for."
        yield shown("limit.invalid-requests", "Calls with wrong keys count", received, replies[-1], documented)


def _varied(call: Call, number: int) -> Call:
    """The call from another connection, program and address, of another length, with the same meaning."""
    headers = (
        ("User-Agent", f"kit-{number % 7}"),
        ("Accept", ("*/*", "application/json")[number % 2]),
        ("X-Forwarded-For", f"192.0.2.{number}"),
    )
    content_type = ("application/json", "application/json; charset=utf-8")[number // 2 % 2]
    return replace(call, connection=number % 5, body=call.body + b" " * (number % 7), content_type=content_type, more_headers=headers)


def _passed(replies: list[Exchange]) -> int:
    return sum(not is_limit(reply.received) for reply in replies)


def _need_quick(replies: list[Exchange], seconds: float) -> None:
    took = max(reply.until for reply in replies) - min(reply.at for reply in replies)
    if took >= seconds:
        raise NotApplicable(f"{len(replies)} calls took {took:.1f} s, so the target is too slow to see that")


def _need_limit(session: Session) -> None:
    if not any(is_limit(exchange.received) for exchange in session.target.exchanges):
        raise NotApplicable("no call of this run was refused for the limit, so there is none to measure")


def _half_a_window_later(stage: Stage, replies: list[Exchange]) -> Iterator[Violation]:
    """The calls that passed are still in the window, so another one is refused; then lets the window pass."""
    stage.wait(WINDOW_SECONDS / 2, "half a window")
    again = stage.burst([stage.call()])[0]
    elapsed = again.until - min(reply.at for reply in replies)
    slides = stage.session.profile.window is Window.SLIDING
    if slides and elapsed < WINDOW_SECONDS and not is_limit(again.received):
        received = f"{_passed(replies)} calls passed, and one more {elapsed:.1f} s after the first of them"
        fixed = ("window", Window.FIXED.value)
        yield shown("limit.window", "The limit opens before its window has passed", received, again, fits=fixed)
    if stage.session.profile.refused_calls is Counting.COUNT or not slides:
        stage.silence()
    else:
        stage.wait(WINDOW_SECONDS / 2 + _MARGIN_SECONDS, "letting the window of the limit pass")


def _expected(session: Session, replies: list[Exchange]) -> int:
    """The number of calls that holds: the one that a refusal names, where it is a plan's, else the documented one."""
    named = next((limit for reply in replies if is_limit(reply.received) and (limit := limit_named(reply.received))), None)
    return named[0] if named and named[0] in _allowed(session) else DOCUMENTED_LIMIT


def _number(session: Session, passed: int, refusal: Exchange) -> Iterator[Violation]:
    """The number that passed against the number that holds: the message's, where it is a plan's, else the documented one."""
    named, expected = limit_named(refusal.received), _expected(session, [refusal])
    if passed < expected:
        received = f"{passed} calls passed, then one was refused"
        yield shown("limit.number", "Fewer calls pass than the limit allows", received, refusal, _said(expected, named))
    most = expected if session.profile.window is Window.SLIDING else 2 * expected
    if passed > most:
        received = f"{passed} calls passed within a window"
        yield shown("limit.exceeded", "More calls pass than the limit allows", received, refusal, _said(expected, named))
    if named is not None and named != (expected, WINDOW_SECONDS):
        received = f"limit of {named[0]} in {named[1]:g} second(s)"
        yield shown("limit.message", "The message names another limit", received, refusal, _said(expected, named))


def wrong_refusal(profile: Profile, refusal: Exchange) -> Iterator[Violation]:
    """How a refusal for the limit is another than it should be: its status, its exception, or a message that names no limit."""
    status, expected = refusal.received.status, int(profile.rate_limit_status)
    error = error_of(refusal.received) or {}
    if status != expected:
        title = "A call over the limit has another status"
        yield shown("limit.status", title, f"status {status}", refusal, f"Status {expected}: the profile says so.")
    if error.get("ExceptionType") != LIMIT_EXCEPTION:
        title = "A call over the limit is refused with another exception"
        yield shown("limit.type", title, f"ExceptionType {error.get('ExceptionType')!r}", refusal)
    if limit_named(refusal.received) is None:
        received = shorten(str(error.get("ExceptionMessage")))
        yield shown("limit.message", "The message does not name the limit and the window", received, refusal)


def _said(expected: int, named: tuple[int, float] | None) -> str:
    source = "the message says so, and a plan has it" if named and named[0] == expected else "the endpoint's page says so"
    return f"{expected} calls in {WINDOW_SECONDS:g} seconds: {source}."


def _limit_of(session: Session) -> int:
    """The limit that the target named when it last refused a call; the documented one before it did."""
    for exchange in reversed(session.target.exchanges):
        named = limit_named(exchange.received)
        if named:
            return named[0] if named[0] in _allowed(session) else DOCUMENTED_LIMIT
    return DOCUMENTED_LIMIT


def _allowed(session: Session) -> tuple[int, ...]:
    """Limits that an account may have: a plan's, or the one that the caller throttles to."""
    return (*PLANS, session.target.rate[0])


def _stage(session: Session) -> Stage:
    """A stage on an account of its own with a clock that stands still, where there is one to have; else the target itself."""
    target = session.target
    if not session.emulator or target.in_process:
        return Stage(session=session, target=target, wait=target.pause)
    status, now = target.admin("GET", "/clock")
    status, account = target.admin("POST", "/accounts", {"now": now["now"]} if status == 200 else {})
    if status not in (200, 201):
        return Stage(session=session, target=target, wait=target.pause)
    own = target.account(account["accessKey"], account["secretKey"])

    def wait(seconds: float, reason: str) -> None:
        own.admin("POST", f"/clock/advance?account={account['accessKey'].replace('$', '%24')}", {"seconds": seconds})

    return Stage(session=session, target=own, wait=wait)
