"""One request, one reply: the reader's entry point.

    Request, keys ─► authenticate ─► rate limit ─► read ─► availability of each user and date ─► render ─► fault ─► journal
                          │               │          │
                          └───────────────┴──────────┴──► a vendor error, rendered under the account's profile

No framework, no socket and no sleep here: who calls `Emulator.answer` delivers the Reply.
"""

import time
from collections.abc import Callable
from threading import Lock

from .account import Account, Accounts
from .domain.profile import Counting, DuplicateAddresses, UnknownAddress
from .domain.user import User
from .exchange import Exchange, Presented, Reply, Request
from .faults import LIMIT_MESSAGE, Fault, preferred_fault
from .settings import Settings
from .vendor_answer import render_answer
from .vendor_errors import JSON, Family, VendorError, render_error
from .vendor_request import Query, read_request

ENDPOINT = "/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress"
"""Path of the endpoint (rule http.path)."""


class Emulator:
    """Everything that one server holds. Who serves with several threads takes `turn` around every use."""

    def __init__(self, settings: Settings | None = None, running_clock: Callable[[], float] = time.time) -> None:
        self.settings = settings or Settings()
        self.accounts = Accounts(self.settings, running_clock)
        self.started = time.monotonic()
        self.turn = Lock()

    def answer(self, request: Request, presented: Presented) -> tuple[Reply, Exchange]:
        """The reply to a request outside the admin interface, and the exchange as it went into the journal."""
        began = time.perf_counter()
        account, fault, query = self.accounts.named(presented), None, None
        matched = request.path == ENDPOINT
        try:
            if not matched:
                raise VendorError(Family.NOT_FOUND, "The API could not be found. Please check the API signature.", "http.unknown-path")
            if request.method != "POST":
                raise _wrong_method(request.method)
            account, fault = self._authenticate(presented)
            query, reply = _answer_query(request, account)
        except VendorError as error:
            reply = render_error(error, account.profile)
        if matched:
            reply = _with_fault(reply, account, fault or preferred_fault(request.headers.get("prefer")), query)
        exchange = account.journal.add(request, reply, at=account.clock.now(), seconds=time.perf_counter() - began, matched=matched)
        return reply, exchange

    def _authenticate(self, presented: Presented) -> tuple[Account, Fault | None]:
        found = self.accounts.authenticate(presented)
        if found is None:
            raise VendorError(Family.INVALID_KEYS, "Invalid User Details!", "auth.invalid-keys", "auth.envelope")
        return found


def _wrong_method(method: str) -> VendorError:
    return VendorError(
        Family.WRONG_METHOD,
        f"Method {method[:40]} is not allowed; expected POST.",
        "http.wrong-method",
        headers=(("Allow", "POST"),),
    )


def _answer_query(request: Request, account: Account) -> tuple[Query | None, Reply]:
    """The query of a request, None where there is none to read, and its reply before faults."""
    profile, window, now = account.profile, account.window, account.clock.now()
    if window is not None:
        if not window.is_open(now):
            limit = window.limit
            message = LIMIT_MESSAGE.format(calls=limit.calls, seconds=limit.seconds)
            error = VendorError(Family.RATE_LIMIT, message, "limit.exceeded", "limit.status", "limit.message")
            return None, render_error(error, profile)
        if profile.invalid_requests is Counting.COUNT:
            window.count(now)
    query = read_request(request.body, request.headers.get("content-type"), profile)
    try:
        users = _users(query, account)
    except VendorError as error:
        return query, render_error(error, profile)
    if window is not None and profile.invalid_requests is Counting.DO_NOT_COUNT:
        window.count(now)
    return query, Reply(200, JSON, render_answer(query, users, profile))


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


def _with_fault(reply: Reply, account: Account, fault: Fault | None, query: Query | None) -> Reply:
    if fault is not None:
        return account.faults.apply_one(fault, reply, account.profile)
    if not account.faults:
        return reply
    addresses = frozenset(address.lower() for address in query.addresses) if query else frozenset()
    return account.faults.apply(reply, addresses, account.profile)
