"""One request, one reply: the reader's entry point. `Emulator.answer` has the picture.

No framework, no socket and no sleep here: who calls `Emulator.answer` delivers the Reply.
"""

import time
from collections.abc import Callable
from enum import Enum
from functools import partial
from threading import Lock

from leadsquared_slots.mock_server.accounts.account import Account
from leadsquared_slots.mock_server.accounts.faults import preferred_fault
from leadsquared_slots.mock_server.accounts.notes import NOTE_HEADER, Note, note_on_preference
from leadsquared_slots.mock_server.accounts.registry import Accounts, Caller
from leadsquared_slots.mock_server.accounts.settings import Settings
from leadsquared_slots.mock_server.accounts.store import COUNTS, NOTHING, PASSES, EmbeddedStore, Store, Unavailable
from leadsquared_slots.mock_server.domain.profile import Counting, DuplicateAddresses, UnknownAddress
from leadsquared_slots.mock_server.domain.user import User
from leadsquared_slots.mock_server.exchanges.compression import encoded
from leadsquared_slots.mock_server.exchanges.cors import cors_headers, preflight_headers
from leadsquared_slots.mock_server.exchanges.message import Exchange, Presented, Reply, Request
from leadsquared_slots.mock_server.vendor import refusals
from leadsquared_slots.mock_server.vendor.answer import Question, kept_answer, render_answer, work_of
from leadsquared_slots.mock_server.vendor.errors import VendorError, render_error
from leadsquared_slots.mock_server.vendor.request import NO_QUERY, Query, read_request

ENDPOINT = "/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress"
"""Path of the endpoint (rule http.path)."""
ADMIN = "/__admin"
"""Where the admin interface begins: the one path that is not the vendor's."""


MOST_AT_ONCE = 2_500
"""Users' days, with the tasks on them, that are answered at once: about 20 ms of work. More is for `answer_beside`."""


class TakesLong(Exception):
    """The answer takes longer than a loop that others wait for may be held up; nothing was counted or recorded yet."""


class _Pace(Enum):
    AT_ONCE, BESIDE, WHATEVER = range(3)


_AT_ONCE, _BESIDE, _WHATEVER = _Pace
_COUNT, _ONCE = Counting.COUNT, DuplicateAddresses.ONCE


_ReplyTo = Callable[[Request, Caller], tuple[Account, Reply]]


class Emulator:
    """Everything that one server holds. Who serves with several threads takes `turn` around every use."""

    def __init__(self, settings: Settings | None = None, running_clock: Callable[[], float] = time.time) -> None:
        self.settings = settings or Settings()
        self.store = open_store(self.settings, running_clock)
        self.accounts = Accounts(self.settings, running_clock, self.store)
        self.started = time.monotonic()
        self.turn = Lock()
        self._reply_at_once, self._reply_beside, self._reply_whatever = (partial(self._reply, pace) for pace in _Pace)

    def answer(self, request: Request, presented: Presented, *, at_once: bool = False) -> tuple[Reply, Exchange]:
        """Return the reply to a request outside the admin interface, and the exchange as it went into the journal.

            accounts          keys       -> Caller                  who calls; where another replica changed the account, all begins anew
            vendor.request    body       -> Query                   or a refusal (vendor.refusals): then there is no query
            accounts          addresses  -> users                   or a refusal
            store.admit       Charge     -> passes or not           the one admission; what does not pass is refused, whatever was read
            domain, vendor    Query, users -> Reply                 an answer, or the refusal under the account's profile
            accounts.faults   Reply      -> Reply                   pure: delay, pieces and cut are fields, which `serving` carries out
            accounts.journal  Request, Reply -> Exchange            refused, faulted and answered alike

        Where the state that replicas share cannot be had, the reply is a 503, in the journal of the default account. Raises TakesLong, but
        only where it is to be `at_once`.
        """
        exchange, reply = self._exchange(request, presented, self._reply_at_once if at_once else self._reply_whatever)
        return encoded(reply, request.headers.get("accept-encoding")), exchange

    def answer_beside(self, request: Request, presented: Presented) -> tuple[Reply, Exchange]:
        """Return the same as `answer`, for a thread that has not the turn: what takes long is done without it."""
        with self.turn:
            exchange, reply = self._exchange(request, presented, self._reply_beside)
        return encoded(reply, request.headers.get("accept-encoding")), exchange

    def _exchange(self, request: Request, presented: Presented, reply_to: _ReplyTo) -> tuple[Exchange, Reply]:
        arrived, began = time.time(), time.perf_counter()
        origins = self.settings.cors
        preflight = preflight_headers(origins, request.method, request.headers) if origins else ()
        try:
            if preflight:
                account, reply = self.accounts.default, Reply(200, preflight, b"")
            else:
                account, reply = self.accounts.serve(request, presented, reply_to)
        except Unavailable:
            account = self.accounts.default
            reply = render_error(refusals.UNAVAILABLE.error(), account.profile)
        if origins and not preflight:
            reply = reply._replace(headers=reply.headers + cors_headers(origins, request.headers))
        seconds, matched = time.perf_counter() - began, request.path == ENDPOINT and not preflight
        exchange = account.journal.add(request, reply, at=account.clock.now(), arrived=arrived, seconds=seconds, matched=matched)
        return exchange, reply

    def example(self, account: Account, body: bytes) -> bytes | None:
        """Return the body of the account's answer to a request, or None where it is refused; no trace is left, no fault strikes."""
        try:
            query = read_request(body, "application/json", account.profile)
            question = query, _users(query, account), account.profile
            return (kept_answer(question) or render_answer(question)).body
        except VendorError:
            return None

    def _reply(self, pace: _Pace, request: Request, caller: Caller) -> tuple[Account, Reply]:
        """Return the account of a caller, and the reply to its request, with the fault that strikes it."""
        account, profile, prefer = caller.account, caller.account.profile, request.headers.get("prefer")
        query, refusal, answer, charge = NO_QUERY, None, None, NOTHING
        question: Question = NO_QUERY, (), profile
        try:
            _check_call(request, caller)
            charge = COUNTS if profile.invalid_requests is _COUNT else PASSES  # Rule limit.invalid-requests.
            query = read_request(request.body, request.headers.get("content-type"), profile)
            question = query, _users(query, account), profile
            charge = COUNTS
            answer = kept_answer(question)
        except VendorError as error:
            refusal = error.with_traceback(None)  # which would hold this frame, and the frame the error
        if answer is None and refusal is None and pace is _AT_ONCE and work_of(question) > MOST_AT_ONCE:
            raise TakesLong
        if not self.store.admit(account, charge) and account.limit is not None:
            query, refusal = NO_QUERY, refusals.LIMIT_EXCEEDED.error(calls=account.limit.calls, seconds=account.limit.seconds)
        if refusal is not None:
            reply = render_error(refusal, profile)
        else:
            reply = answer or (self._rendered_beside if pace is _BESIDE else render_answer)(question)
        chosen = caller.fault or preferred_fault(prefer, request.headers.get("specmatic-response-code"))
        if (chosen is not None or account.faults.rules) and request.path == ENDPOINT:
            reply = self.store.with_fault(account, reply, chosen, frozenset(map(str.lower, query.addresses)))
        note = caller.note or note_on_preference(prefer)
        return account, reply if note is None else _noted(reply, note)

    def _rendered_beside(self, question: Question) -> Reply:
        """The answer, made while others have the turn. It depends on values alone, which nobody changes."""
        self.turn.release()
        try:
            return render_answer(question)
        finally:
            self.turn.acquire()


def _noted(reply: Reply, note: Note) -> Reply:
    """A reply with what the developer is told beside it."""
    if reply.abort is not None:
        return reply
    told = ((NOTE_HEADER, note.text),) if note.is_told else ()
    return reply._replace(note=note.text, headers=reply.headers + told)


def _check_call(request: Request, caller: Caller) -> None:
    """Raises VendorError for a call of another path or method, or without valid keys; no body is read before (rule auth.before-body)."""
    if request.path != ENDPOINT:
        raise refusals.UNKNOWN_PATH.error()
    if request.method != "POST":
        raise refusals.WRONG_METHOD.error(method=request.method[:40])
    if not caller.is_valid:
        raise refusals.INVALID_KEYS.error()


def _users(query: Query, account: Account) -> tuple[User, ...]:
    """The users of the addresses, in the order asked for (rules request.unknown-address, request.duplicate-addresses)."""
    profile, found = account.profile, account.directory.find_all(query.addresses)
    users = [user for user in found if user is not None]
    if len(users) < len(found) and profile.unknown_address is UnknownAddress.REFUSED:
        raise refusals.UNKNOWN_ADDRESS.error(address=query.addresses[found.index(None)])
    return tuple({user.address: user for user in users}.values() if profile.duplicate_addresses is _ONCE else users)


def open_store(settings: Settings, running_clock: Callable[[], float] = time.time) -> Store:
    """The store that settings ask for. Raises DomainError where it cannot be had at all; one that is only away comes back by itself."""
    if settings.redis_url is None:
        return EmbeddedStore()
    from leadsquared_slots.mock_server.accounts.redis.store import RedisStore

    return RedisStore(settings, running_clock)
