"""The state of accounts in Redis, so that several emulators behind a balancer are one.

    request ─► copy of the account here ─► one script in Redis: is the copy of this version? does the call pass the limit? ─► answer
                        ▲                            │
                        └──── stale: the new state ◄─┘

Answers are rendered from the copy. The script gives a new state only when another replica changed the account, and what was rendered for
users whose calendars did not change stays of use. An admin call works on the copy and saves it, unless another replica was faster: then it
is done again on what that left. The journal stays with the replica that answered.

The rate window is a script of our own. The library `limits` reads its own clock, which no account can stop or set, and counts no refused
calls. Where the account's clock runs, the time is that of Redis, so that replicas whose clocks differ agree.

Needs Redis 5 or later, one server: the scripts use keys that a sharded cluster would part.
"""

import secrets
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from itertools import count
from threading import Event, Lock, Thread
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from leadsquared_slots.mock_server.accounts.account import Account, Start
from leadsquared_slots.mock_server.accounts.faults import Fault
from leadsquared_slots.mock_server.accounts.settings import Settings
from leadsquared_slots.mock_server.accounts.store import Charge, StaleAccount, Unavailable
from leadsquared_slots.mock_server.domain.errors import DomainError
from leadsquared_slots.mock_server.domain.profile import Counting, Window
from leadsquared_slots.mock_server.exchanges.message import Reply

from . import scripts as lua
from .client import Disconnected, NoScriptError, OtherSettings, RedisError, RedisGone, TimedOut, Unreadable, client_of, place_of
from .shared_state import calls_of, counters_of, read_account, settings_digest, take_up, take_up_counters, write_account

T = TypeVar("T")

_BETWEEN_TRIES = 0.1
_RENEWAL = 5.0
_KEPT_CREATED = 24 * 3600
_KEPT_DEFAULT = 30 * 24 * 3600
_UNKNOWN = "?"


class _Copy:
    """What is known of the account in Redis that an account here is a copy of: its keys, and the version of the copy.

    `ttl` is how many seconds it is kept without use; `renewed` is when they last began anew.
    """

    __slots__ = ("keys", "renewed", "ttl", "version")

    def __init__(self, keys: list[str], ttl: int, version: str) -> None:
        self.keys, self.ttl, self.version = keys, ttl, version
        self.renewed = -_RENEWAL


class RedisStore:
    """Accounts that all emulators on one Redis database share. Raises BadRedisUrl.

    Redis may be away, at the start too: every use raises RedisGone then, at once, while a thread waits for it to come back.
    """

    keeps_copies = True

    def __init__(self, settings: Settings, running_clock: Callable[[], float] = time.time) -> None:
        self._client = client_of(settings.redis_url or "")
        self._place = place_of(self._client.connection_pool.connection_kwargs)
        self._running_clock, self._start = running_clock, Start.of(settings)
        self._default_key = settings.access_key
        self._digest = settings_digest(settings)
        self._copies: WeakKeyDictionary[Account, _Copy] = WeakKeyDictionary()
        texts = (lua.CHECK, lua.ADMIT, lua.STRIKE, lua.LOAD, lua.SAVE, lua.REMOVE)
        self._check, self._admit, self._strike, self._load, self._save, self._remove = map(self._client.register_script, texts)
        self._replica, self._requests = secrets.token_hex(8), (f"{number}:" for number in count())
        self._trouble: str | None = None
        self._lock, self._closed = Lock(), Event()

    def check(self) -> None:
        """Asks Redis whether it is there; the client gives each thread a connection of its own."""
        if self._trouble is not None:
            raise RedisGone(self._place, self._trouble)
        try:
            self._client.ping()
        except RedisError as error:
            raise self._gone(error) from None

    def describe(self) -> str | None:
        """Where Redis is, without credentials."""
        return self._place

    def admit(self, account: Account, charge: Charge) -> bool:
        """One script for the version and the rate window."""
        limit, profile = account.limit, account.profile
        if limit is None or charge is Charge.NOTHING:
            self.current(self._check, account)
            return True
        arguments = (
            limit.calls,
            limit.seconds,
            int(profile.window is Window.SLIDING),
            int(profile.refused_calls is Counting.COUNT),
            int(charge is Charge.COUNTS),
            self._now(account),
        )
        _, is_open = self.current(self._admit, account, *arguments)
        return bool(is_open)

    def with_fault(self, account: Account, reply: Reply, chosen: Fault | None, addresses: Collection[str]) -> Reply:
        """One script for the counters of all faults. Where the faults were changed meanwhile, those that are there now are tried."""
        while True:
            rules = () if chosen is not None else tuple(account.faults.rules)
            arguments: list[Any] = [int(chosen is not None)]
            for rule in rules:
                arguments += rule.conditions(addresses)
            try:
                _, struck, number = self.current(self._strike, account, *arguments)
            except StaleAccount as stale:
                if stale.is_gone:
                    raise
                continue
            fault = rules[struck - 1].fault if struck else chosen
            return reply if fault is None else account.faults.apply_counted(fault, number, reply, account.profile)

    def change(self, account: Account, use: Callable[[], T]) -> T:
        """Loads, uses and saves until no other replica comes between."""
        copy = self._copy(account)
        while True:
            calls, counters = self._renew(account, copy)
            before = write_account(account)
            entries = [rule.entry for rule in account.faults.rules]
            version, copy.version = copy.version, _UNKNOWN  # a failure from here on may leave the copy half-changed
            try:
                outcome = use()
            except DomainError:
                copy.version = version  # a refusal has changed nothing
                raise
            state, now_calls, now_counters = write_account(account), calls_of(account), counters_of(account)
            if (state, now_calls, now_counters) == (before, calls, counters):
                copy.version = version
                return outcome
            is_longer = entries == [rule.entry for rule in account.faults.rules][: len(entries)] and now_counters == counters
            if self.keep(copy, version, state, None if now_calls == calls else now_calls, None if is_longer else now_counters):
                return outcome

    def find(self, access_key: str) -> Account | None:
        """The account of an access key, when some replica made one."""
        copy = _Copy(self._keys(access_key), _KEPT_CREATED, "")
        status, *found = self._call(self._check, copy)
        if status != lua.STALE:
            return None
        with self._readable():
            account = read_account(found[1].decode(), self._running_clock)
        copy.version = found[0].decode()
        self._copies[account] = copy
        return account

    def add(self, account: Account) -> None:
        """Saves the account."""
        self.keep(self._copy(account), "", write_account(account), None, None)

    def remove(self, account: Account) -> None:
        """Deletes the account and all that it counted."""
        self._call(self._remove, self._copy(account))

    def close(self) -> None:
        """Closes the connections, and waits for Redis no longer."""
        self._closed.set()
        self._client.close()

    def _copy(self, account: Account) -> _Copy:
        copy = self._copies.get(account)
        if copy is None:
            access_key = account.keys[0].access_key or ""
            is_default = access_key == self._default_key
            keys = self._keys("default" if is_default else access_key)
            copy = self._copies[account] = _Copy(keys, _KEPT_DEFAULT if is_default else _KEPT_CREATED, "")
        return copy

    def _keys(self, name: str) -> list[str]:
        # Not by the key itself: a client may send one of a real account by mistake.
        ours = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest() if name != "default" else name
        return ["lsq-mock:settings", *(f"lsq-mock:{self._digest}:{ours}:{part}" for part in ("account", "calls", "faults", "done"))]

    def _now(self, account: Account) -> str:
        """The time for the rate window; empty for that of Redis."""
        frozen = account.clock.frozen_at
        return "" if frozen is None and self._running_clock is time.time else repr(account.clock.now())

    def current(self, script: Any, account: Account, *arguments: Any) -> list[Any]:
        """The result of a script for the version that is here. Raises StaleAccount, with the account renewed, for another one."""
        copy = self._copy(account)
        status, *outcome = self._call(script, copy, *arguments)
        if status == lua.STALE:
            self._take_up(account, copy, *outcome)
            raise StaleAccount(account, is_gone=False)
        return [status, *outcome]

    def _renew(self, account: Account, copy: _Copy) -> tuple[list[float], dict[str, int]]:
        """Brings the account up to date, with the calls and the counters, which are given as well."""
        status, version, state, calls, pairs = self._call(self._load, copy)
        if status == lua.STALE:
            self._take_up(account, copy, version, state)
        with self._readable():
            account.set_limit(account.profile, account.limit, map(float, calls))
            take_up_counters(account, {name.decode(): int(count) for name, count in zip(pairs[::2], pairs[1::2], strict=True)})
        return calls_of(account), counters_of(account)

    def _take_up(self, account: Account, copy: _Copy, version: bytes, state: bytes) -> None:
        """Makes the account what Redis has; what it lacks there is in its starting state, or gone. Raises StaleAccount when it is gone."""
        if state:
            with self._readable():
                take_up(account, state.decode())
        elif copy.ttl == _KEPT_DEFAULT:
            account.begin(self._start)
        else:
            raise StaleAccount(account, is_gone=True)
        copy.version = version.decode()

    def keep(self, copy: _Copy, version: str, state: str, calls: Collection[float] | None, counters: dict[str, int] | None) -> bool:
        """Saves a new version, if the present one is still that; None leaves calls or counters as they are."""
        new = secrets.token_hex(8)
        values = [*map(repr, calls or ()), *(text for pair in (counters or {}).items() for text in pair)]
        sizes = -1 if calls is None else len(calls), -1 if counters is None else 2 * len(counters)
        copy.version = version
        try:
            status, *_ = self._call(self._save, copy, new, state, *sizes, *values)
        except Unavailable:
            copy.version = _UNKNOWN  # it may have been saved all the same
            raise
        copy.version = new if status == lua.SAME else _UNKNOWN
        return bool(status == lua.SAME)

    def _call(self, script: Any, copy: _Copy, *arguments: Any) -> list[Any]:
        if self._trouble is not None:
            raise RedisGone(self._place, self._trouble)
        try:
            now = time.monotonic()
            is_due = now - copy.renewed >= _RENEWAL
            ttl = copy.ttl if is_due else -copy.ttl
            outcome = self._run(script, copy.keys, (self._digest, ttl, copy.version, *arguments, self._replica, next(self._requests)))
            if is_due:
                copy.renewed = now
        except RedisError as error:
            raise self._gone(error) from None
        if outcome[0] == lua.OTHER:
            raise OtherSettings(self._place)
        return outcome

    def _gone(self, error: RedisError) -> RedisGone:
        if isinstance(error, (Disconnected, TimedOut)):
            self._wait_for_return(str(error))
        return RedisGone(self._place, str(error))

    def _run(self, script: Any, keys: list[str], arguments: tuple[Any, ...]) -> list[Any]:
        """What a script gives, even if Redis is told to forget its scripts in between."""
        try:
            outcome: list[Any] = script(keys, arguments)
        except NoScriptError:
            outcome = self._client.eval(script.script, len(keys), *keys, *arguments)
        return outcome

    @contextmanager
    def _readable(self) -> Iterator[None]:
        """Raises Unreadable where what Redis has cannot be taken up."""
        try:
            yield
        except (DomainError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
            raise Unreadable(self._place) from None

    def _wait_for_return(self, trouble: str) -> None:
        """Answers nothing more until Redis is back: no request waits for what the one before waited for in vain."""
        with self._lock:
            if self._trouble is None and not self._closed.is_set():
                self._trouble = trouble
                Thread(target=self._try_again, name="lsq-mock-redis", daemon=True).start()

    def _try_again(self) -> None:
        while not self._closed.wait(_BETWEEN_TRIES):
            try:
                self._client.ping()
            except RedisError as error:
                self._trouble = str(error)
            else:
                self._trouble = None
                return
