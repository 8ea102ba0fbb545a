"""The target: where requests go, under which keys, how fast, and how many."""

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from .call import OWN_KEYS, OWN_KEYS_IN_OTHER_CASE, Call, Keys
from .exchange import ACCESS_PLACEHOLDER, NEAR_MISSES, OTHER_CASE, SECRET_PLACEHOLDER, Exchange, Received, Sent
from .redaction import PLACEHOLDERS, Redactor
from .refusal_forms import KEYS_EXCEPTION, LIMIT_EXCEPTION, is_limit, is_refusal_of_keys, limit_named
from .throttle import ManualClock, Throttle
from .transport import HttpTransport, NoAnswer, Transport, WsgiTransport

__all__ = [
    "KEYS_EXCEPTION", "LIMIT_EXCEPTION", "OWN_KEYS", "OWN_KEYS_IN_OTHER_CASE", "BudgetSpent", "Call", "Keys", "LimitPersists",
    "ManualClock", "Target", "TargetRefusesKeys", "TargetUnreachable", "Throttle", "is_limit", "is_refusal_of_keys", "limit_named",
]  # fmt: skip

_MOST_LIMITED_IN_A_ROW = 5
_BYTES_OF_A_RUN, _BYTES_OF_A_CALL = 24 << 20, 256 << 10
_EXCHANGES_KEPT = 2000
LONGEST_WINDOW = 60.0
"""Seconds of the longest window that the kit waits for because a target names it."""
_LONG_KEY = 16
"""A part of a shorter key may be an ordinary word."""


class TargetUnreachable(Exception):
    """The target does not answer at all."""


class TargetRefusesKeys(Exception):
    """The target refuses the keys that it was given."""


class LimitPersists(Exception):
    """The target went on refusing calls for its limit though its window had passed several times."""


class BudgetSpent(Exception):
    """The budget of calls is used up; nothing more is sent."""


class Target:
    """A server that is checked.

    Everything that is sent goes through `send`, is counted against `budget`, and is kept, without keys, in `exchanges`.
    The keys are in no repr, exchange or exception.
    """

    def __init__(
        self,
        base_url: str,
        *,
        access_key: str,
        secret_key: str,
        rate: tuple[int, float] = (25, 5.0),
        budget: int | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        transport: Transport | None = None,
    ) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            hint = f"add http:// in front: http://{base_url}" if "://" not in base_url else "expected http:// or https:// and a host"
            raise ValueError(f"{base_url[:200]!r} is no root of a host like https://api-in21.leadsquared.com; {hint}")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("the target is the root of a host: scheme, host and port, with no user, query or fragment")
        self._is_temporary = False
        self.base_url = base_url.rstrip("/")
        self.budget = budget
        self.calls = self.received = 0
        self.exchanges: deque[Exchange] = deque(maxlen=_EXCHANGES_KEPT)
        self.in_process = isinstance(transport, WsgiTransport)
        self.keys_in_query = False
        self.on_wait: Callable[[float, str], None] = lambda seconds, reason: None
        self.on_call: Callable[[int], None] = lambda calls: None
        self.rate = rate
        self.throttle = Throttle(*rate, clock, self._sleep)
        self.clock = clock
        self._lock = threading.Lock()
        self._real_sleep = sleep
        self._after_pause: Callable[[float], Any] = lambda seconds: None
        self.put_clock_back: Callable[[], Any] = lambda: None
        """Sets the clock of an emulator's account to where it stood, where `keep_clock_going` moved it."""
        self._take(Keys(access=access_key, secret=secret_key))
        self._transport = transport or HttpTransport(self.base_url)

    @classmethod
    def wsgi(
        cls,
        app: Callable[..., Any],
        *,
        access_key: str = "AccessKey",
        secret_key: str = "SecretKey",  # noqa: S107 - the keys of the vendor's own example
        clock: ManualClock | None = None,
        rate: tuple[int, float] = (25, 5.0),
        budget: int | None = None,
    ) -> "Target":
        """An application in this process. With a ManualClock that the application shares, waiting takes no time."""
        times: dict[str, Any] = {"clock": clock, "sleep": clock.sleep} if clock else {}
        base_url = "http://localhost"
        transport = WsgiTransport(app, base_url)
        return cls(base_url, access_key=access_key, secret_key=secret_key, rate=rate, budget=budget, transport=transport, **times)

    def __repr__(self) -> str:
        return f"Target({self.base_url!r})"

    def account(self, access_key: str, secret_key: str) -> "Target":
        """The same server under the keys of another account; throttle, budget and record are shared."""
        return _Account(self, Keys(access=access_key, secret=secret_key))

    def ordinary(self, body: bytes) -> Call:
        """A call of the endpoint with the target's own keys where the target takes them."""
        if self.keys_in_query:
            return Call(body=body, header_keys=None, query_keys=OWN_KEYS)
        return Call(body=body)

    def send(self, call: Call, *, retry: bool = True, throttled: bool = True) -> Exchange:
        """Sends one call, as fast as the throttle allows, and again after a wait where the target's limit refused it.

        retry      False hands a refusal for the limit back as it is
        throttled  False does not wait for the throttle; only checks that were permitted to burst may ask for it
        Raises BudgetSpent, LimitPersists, and NoAnswer when the connection fails.
        """
        for _ in range(_MOST_LIMITED_IN_A_ROW):
            if throttled:
                self.throttle.wait()
            exchange = self._send_once(call)
            if not retry or not is_limit(exchange.received):
                return exchange
            self._wait_for_the_limit(exchange.received)
        raise LimitPersists(f"{_MOST_LIMITED_IN_A_ROW} calls in a row were refused for the limit, a window apart")

    def pause(self, seconds: float, reason: str) -> None:
        """Waits, and says why."""
        self.on_wait(seconds, reason)
        self._real_sleep(seconds)
        self._after_pause(seconds)

    def keep_clock_going(self, now: str) -> None:
        """For an emulator whose account has a clock that stands still at `now`: it is moved on by every pause."""
        account = f"account={quote(self._own.access or '', safe='')}"
        # At least by a window: the moments between the pauses do not pass on that clock.
        self._after_pause = lambda seconds: self.admin(
            "POST", f"/clock/advance?{account}", {"seconds": max(seconds, self.throttle.seconds)}
        )
        self.put_clock_back = lambda: self.admin("PUT", f"/clock?{account}", {"now": now})

    def admin(self, method: str, path: str, document: Any = None) -> tuple[int, Any]:
        """A call of the emulator's admin interface, not counted: status and JSON, None where it is none; 0 for no reply."""
        headers = {"Accept": "application/json"}
        body = b""
        if document is not None:
            headers["Content-Type"], body = "application/json", json.dumps(document).encode()
        path, _, query = path.partition("?")
        try:
            received = self._transport.exchange(method, "/__admin" + path, parse_qsl(query), headers, body, 0)
        except NoAnswer:
            return 0, None
        try:
            return received.status, received.document()
        except ValueError:
            return received.status, None

    def delete_account(self) -> None:
        """Deletes the account of these keys from the emulator, where `account` gave it."""

    def redact(self, text: str) -> str:
        """The text with the target's own keys replaced by their placeholders, however they are written."""
        for redact in self._redactors:
            text = redact(text)
        return text

    @property
    def own_keys_have_letters(self) -> tuple[bool, bool]:
        """Whether another letter case makes another key of the access key, and of the secret key."""
        access, secret = self._own.access or "", self._own.secret or ""
        return access != access.swapcase(), secret != secret.swapcase()

    def _take(self, keys: Keys) -> None:
        self._own = keys
        shown = (keys.access or "", ACCESS_PLACEHOLDER), (keys.secret or "", SECRET_PLACEHOLDER)
        self._redactors = tuple(Redactor(_forms(key), placeholder) for key, placeholder in shown)

    def _sleep(self, seconds: float) -> None:
        self.pause(seconds, "the throttle")

    def _wait_for_the_limit(self, received: Received) -> None:
        named = limit_named(received)
        if named and named[1] > LONGEST_WINDOW:
            named = None  # no window of this vendor; who waits for it waits for ever
        if named:
            self.throttle.lower(*named)
        self.pause(named[1] if named else self.throttle.seconds, "the target's limit was reached")

    def _send_once(self, call: Call) -> Exchange:
        self._count()
        query = [(name, self._reveal(value)) for name, value in call.query()]
        headers = {name: self._reveal(value) for name, value in call.headers()}
        sent = Sent(
            method=call.method, url=self.base_url + call.path, query=call.query(), headers=call.headers(), body=call.body,
            is_gone=self._is_temporary,
        )  # fmt: skip
        started = self.clock()
        try:
            received = self._transport.exchange(call.method, call.path, query, headers, call.body, call.connection)
        except NoAnswer as error:
            error.sent = sent
            raise
        finally:
            self.throttle.sent()
        self._count_bytes(len(received.body))
        exchange = Exchange(sent=sent, received=self._redacted(received), at=started, until=self.clock())
        self.exchanges.append(exchange)
        return exchange

    def _count(self) -> None:
        with self._lock:
            if self.budget is not None and self.calls >= self.budget:
                raise BudgetSpent(f"the budget of {self.budget} calls is used up")
            self.calls += 1
            self.on_call(self.calls)

    def _count_bytes(self, more: int) -> None:
        with self._lock:
            self.received += more
            if self.received > _BYTES_OF_A_RUN + _BYTES_OF_A_CALL * self.calls:
                raise TargetUnreachable(
                    f"{self.base_url} sends more than anybody asked for: {self.received} bytes in {self.calls} replies; "
                    f"expected at most {_BYTES_OF_A_CALL} for each, and {_BYTES_OF_A_RUN} beside that"
                )

    def _reveal(self, shown: str) -> str:
        own = {ACCESS_PLACEHOLDER: self._own.access, SECRET_PLACEHOLDER: self._own.secret}
        other_case = {OTHER_CASE[name]: key.swapcase() for name, key in own.items() if key}
        near = {form: change(own[key] or "") for form, (key, change) in NEAR_MISSES.items()}
        return {**own, **other_case, **near}.get(shown) or shown

    def _redacted(self, received: Received) -> Received:
        body = received.body.decode("utf-8", "surrogateescape")
        headers: Mapping[str, str] = {name: self.redact(value) for name, value in received.headers.items()}
        return replace(received, headers=headers, body=self.redact(body).encode("utf-8", "surrogateescape"))


def _forms(key: str) -> list[str]:
    """A key and what is nearly that key, which checks send as well: a target may quote either."""
    if key in PLACEHOLDERS or len(key) < _LONG_KEY:
        return [key]
    return [key, key[:-1], key[1:], key[:10]]


class _Account(Target):
    """Another account on the server of a target; what is counted is counted there."""

    def __init__(self, whole: Target, keys: Keys) -> None:
        self.__dict__.update(vars(whole))
        self._whole, self._is_temporary = whole, True
        self._take(keys)
        self.keys_in_query = whole.keys_in_query

    def delete_account(self) -> None:
        """Deletes the account of these keys from the emulator."""
        self.admin("DELETE", f"/accounts/{quote(self._own.access or '', safe='')}")

    def _count(self) -> None:
        self._whole._count()
        self.calls = self._whole.calls

    def _count_bytes(self, more: int) -> None:
        self._whole._count_bytes(more)
