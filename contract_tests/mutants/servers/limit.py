"""Mutants that get the rate limit wrong."""

from collections import deque
from dataclasses import replace

from leadsquared_slots.contract_tests.mutants.registry import (
    Ask,
    Document,
    Mutant,
    Reply,
    Server,
    World,
    mutant,
    on_error,
    other_answer,
    register,
    server,
)
from leadsquared_slots.contract_tests.wire.exchange import ENDPOINT

LIMIT = "MXAPIRateLimitExceededException"
CALLS, SECONDS = 25, 5.0


def _other_limit(name: str, wrong: str, rules: list[str], limit: str) -> None:
    register(Mutant(name=name, wrong=wrong, rules=tuple(rules), limit=limit))


_other_limit("limit-24", "the 25th call is refused", ["limit.number"], "24/5s")
_other_limit("limit-26", "the 26th call passes", ["limit.exceeded"], "26/5s")
_other_limit("limit-none", "nothing is limited", ["limit.exceeded"], "none")
_other_limit("limit-minute", "the window is a minute", ["limit.reopens", "limit.message"], "25/60s")
_other_limit("limit-second", "the window is a second", ["limit.exceeded"], "25/1s")
_other_limit("limit-four-seconds", "the window is four seconds long", ["limit.exceeded", "limit.message"], "25/4s")

other_answer("limit-200", "a call over the limit is answered with 200", ["limit.status"], "rate-limit-status", 200)
other_answer("limit-403", "a call over the limit is answered with 403", ["limit.status"], "rate-limit-status", 403)
other_answer("fixed-window", "the window is cut at fixed times", ["limit.window"], "window", "fixed")
other_answer("refused-count", "refused calls count against the limit", ["limit.refused-calls"], "refused-calls", "count")
other_answer("invalid-free", "calls refused for their body do not count", ["limit.invalid-requests"], "invalid-requests", "do-not-count")


def _is_limit(reply: Reply) -> bool:
    return reply.error is not None and reply.error["ExceptionType"] == LIMIT


@mutant("limit-503", "a call over the limit is answered with 503", ["limit.status"])
def _(ask: Ask, server: Server) -> Reply:
    reply = server(ask)
    return replace(reply, status=503) if _is_limit(reply) else reply


@on_error("limit-type", "a call over the limit has another exception", ["limit.type"])
def _(error: Document, reply: Reply) -> None:
    if error["ExceptionType"] == LIMIT:
        error["ExceptionType"] = "MXThrottledException"


@on_error("limit-message", "the message does not name the limit", ["limit.message"])
def _(error: Document, reply: Reply) -> None:
    if error["ExceptionType"] == LIMIT:
        error["ExceptionMessage"] = "Too many requests, slow down."


@on_error("limit-of-100", "the message names another limit", ["limit.message"])
def _(error: Document, reply: Reply) -> None:
    error["ExceptionMessage"] = error["ExceptionMessage"].replace("limit of 25", "limit of 100")


@mutant("retry-after", "a call over the limit has a Retry-After header", ["limit.no-headers"])
def _(ask: Ask, server: Server) -> Reply:
    reply = server(ask)
    return reply.having("Retry-After", "5") if _is_limit(reply) else reply


@mutant("rate-headers", "every answer has X-RateLimit headers", ["limit.no-headers"])
def _(ask: Ask, server: Server) -> Reply:
    return server(ask).having("X-RateLimit-Limit", "25").having("X-RateLimit-Remaining", "24")


class _Window:
    """A sliding window of 25 calls in 5 seconds, for mutants that keep several, or keep one badly."""

    def __init__(self) -> None:
        self.calls: deque[float] = deque()

    def allows(self, now: float) -> bool:
        while self.calls and self.calls[0] <= now - SECONDS:
            self.calls.popleft()
        return len(self.calls) < CALLS


def _refused() -> Reply:
    error = {
        "Status": "Error",
        "ExceptionType": LIMIT,
        "ExceptionMessage": f"API calls exceeded the limit of {CALLS} in {SECONDS:.0f} second(s)",
    }
    return Reply(status=429, headers=(("Content-Type", "application/json; charset=utf-8"),), body=b"").saying(error)


@server("limit-for-ever", "once the limit is reached it stays reached", ["limit.reopens"])
def _(world: World) -> Server:
    reached = [False]

    def answer(ask: Ask) -> Reply:
        reply = _refused() if reached[0] and ask.path == ENDPOINT else world.server(ask)
        reached[0] = reached[0] or _is_limit(reply)
        return reply

    return answer


def _one_for_each(name: str, wrong: str, part: str) -> None:
    @server(name, wrong, ["limit.account", "limit.exceeded"], limit="none")
    def _(world: World) -> Server:
        windows: dict[str, _Window] = {}

        def answer(ask: Ask) -> Reply:
            key = ask.connection if part == "connection" else ask.headers.get(part, "")
            window = windows.setdefault(key, _Window())
            reply = world.server(ask) if window.allows(world.clock()) else _refused()
            if reply.status != 401 and not _is_limit(reply):
                window.calls.append(world.clock())
            return reply

        return answer


_one_for_each("limit-per-connection", "every connection has its own limit", "connection")
_one_for_each("limit-per-place", "keys in the query have another limit than keys in headers", "x-lsq-accesskey")


@server("strangers-count", "calls with wrong keys count against the account's limit", ["limit.invalid-requests"])
def _(world: World) -> Server:
    def answer(ask: Ask) -> Reply:
        reply = world.server(ask)
        if reply.status == 401:
            world.server(world.admitted(ask))
        return reply

    return answer
