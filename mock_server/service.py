"""One request, one reply: the reader's entry point.

    Request, keys ─► authenticate ─► rate limit ─► read ─► availability of each user and date ─► render ─► fault ─► journal
                          │               │          │
                          └───────────────┴──────────┴──► a vendor error, rendered under the account's profile

No framework, no socket and no sleep here: who calls `Emulator.answer` delivers the Reply.
"""

import time
from collections.abc import Callable
from threading import Lock

from leadsquared_slots.mock_server.accounts.account import Account
from leadsquared_slots.mock_server.accounts.faults import LIMIT_MESSAGE, Fault, preferred_fault
from leadsquared_slots.mock_server.accounts.registry import Accounts
from leadsquared_slots.mock_server.accounts.settings import Settings
from leadsquared_slots.mock_server.accounts.store import EmbeddedStore, StaleAccount, Store, Unavailable
from leadsquared_slots.mock_server.domain.profile import Counting, DuplicateAddresses, UnknownAddress
from leadsquared_slots.mock_server.domain.user import User
from leadsquared_slots.mock_server.exchanges.compression import encoded
from leadsquared_slots.mock_server.exchanges.message import Exchange, Presented, Reply, Request
from leadsquared_slots.mock_server.vendor.answer import render_answer
from leadsquared_slots.mock_server.vendor.errors import JSON, Family, VendorError, render_error
from leadsquared_slots.mock_server.vendor.request import Query, read_request

ENDPOINT = "/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress"
"""Path of the endpoint (rule http.path)."""
ADMIN = "/__admin"
"""Where the admin interface begins: the one path that is not the vendor's."""

# Ours alone: the vendor documents no 503 (rule error.chosen-types).
_UNAVAILABLE = VendorError(Family.UNAVAILABLE, "The emulator cannot reach the state that it shares with others.", "error.chosen-types")


class Emulator:
    """Everything that one server holds. Who serves with several threads takes `turn` around every use."""

    def __init__(self, settings: Settings | None = None, running_clock: Callable[[], float] = time.time) -> None:
        self.settings = settings or Settings()
        self.store = open_store(self.settings, running_clock)
        self.accounts = Accounts(self.settings, running_clock, self.store)
        self.started = time.monotonic()
        self.turn = Lock()

    def answer(self, request: Request, presented: Presented) -> tuple[Reply, Exchange]:
        """The reply to a request outside the admin interface, and the exchange as it went into the journal."""
        arrived, began = time.time(), time.perf_counter()
        while True:
            try:
                account, reply = self._answer(request, presented)
                break
            except StaleAccount as stale:
                self.accounts.forget(stale)
            except Unavailable:
                account = self.accounts.default
                reply = render_error(_UNAVAILABLE, account.profile)
                break
        seconds, matched = time.perf_counter() - began, request.path == ENDPOINT
        exchange = account.journal.add(request, reply, at=account.clock.now(), arrived=arrived, seconds=seconds, matched=matched)
        return encoded(reply, request.headers.get("accept-encoding")), exchange

    def _answer(self, request: Request, presented: Presented) -> tuple[Account, Reply]:
        """The account in whose journal the reply belongs, and the reply. Raises StaleAccount where that would be one of the past."""
        account, fault, query = self.accounts.named(presented), None, None
        try:
            account, fault = self._let_in(request, presented)
        except VendorError as error:
            self.store.check(account)
            reply = render_error(error, account.profile)
        else:
            query, reply = self._answer_query(request, account)
        if request.path == ENDPOINT:
            reply = self._with_fault(reply, account, fault or preferred_fault(request.headers.get("prefer")), query)
        return account, reply

    def _let_in(self, request: Request, presented: Presented) -> tuple[Account, Fault | None]:
        """The account of the request's keys, with the fault that a magic key asks for. Raises VendorError."""
        if request.path != ENDPOINT:
            raise VendorError(Family.NOT_FOUND, "The API could not be found. Please check the API signature.", "http.unknown-path")
        if request.method != "POST":
            raise _wrong_method(request.method)
        found = self.accounts.authenticate(presented)
        if found is None:
            raise VendorError(Family.INVALID_KEYS, "Invalid User Details!", "auth.invalid-keys", "auth.envelope")
        return found

    def _answer_query(self, request: Request, account: Account) -> tuple[Query | None, Reply]:
        """The query of a request, None where there is none to read, and its reply before faults."""
        profile = account.profile
        counts_all = profile.invalid_requests is Counting.COUNT
        try:
            self._admit(account, counts=counts_all)
            query = read_request(request.body, request.headers.get("content-type"), profile)
        except VendorError as error:
            return None, render_error(error, profile)
        try:
            users = _users(query, account)
            if not counts_all:
                self._admit(account, counts=True)
        except VendorError as error:
            return query, render_error(error, profile)
        return query, Reply(200, JSON, render_answer(query, users, profile))

    def _admit(self, account: Account, *, counts: bool) -> None:
        limit = account.limit
        if not self.store.admit(account, counts=counts) and limit is not None:
            message = LIMIT_MESSAGE.format(calls=limit.calls, seconds=limit.seconds)
            raise VendorError(Family.RATE_LIMIT, message, "limit.exceeded", "limit.status", "limit.message")

    def _with_fault(self, reply: Reply, account: Account, chosen: Fault | None, query: Query | None) -> Reply:
        if chosen is None and not account.faults:
            return reply
        addresses = frozenset(address.lower() for address in query.addresses) if query else frozenset()
        return self.store.with_fault(account, reply, chosen, addresses)


def _wrong_method(method: str) -> VendorError:
    return VendorError(
        Family.WRONG_METHOD,
        f"Method {method[:40]} is not allowed; expected POST.",
        "http.wrong-method",
        headers=(("Allow", "POST"),),
    )


def _users(query: Query, account: Account) -> list[User]:
    """The users of the addresses, in the order asked for (rules request.unknown-address, request.duplicate-addresses)."""
    profile, found = account.profile, []
    for address in query.addresses:
        user = account.directory.find(address)
        if user is not None:
            found.append(user)
        elif profile.unknown_address is UnknownAddress.REFUSED:
            raise VendorError(
                Family.INVALID_VALUE,
                f"Invalid Input! Parameter Name: Users value is not correct. No user has the address {address}.",
                "request.unknown-address",
            )
    return list(dict.fromkeys(found)) if profile.duplicate_addresses is DuplicateAddresses.ONCE else found


def open_store(settings: Settings, running_clock: Callable[[], float] = time.time) -> Store:
    """The store that settings ask for. Raises DomainError where it cannot be had at all; one that is only away comes back by itself."""
    if settings.redis_url is None:
        return EmbeddedStore()
    from leadsquared_slots.mock_server.accounts.redis.store import RedisStore

    return RedisStore(settings, running_clock)
