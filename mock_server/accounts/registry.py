"""The registry of accounts: which keys open which, and those that other replicas made."""

import secrets
from collections.abc import Callable
from functools import partial
from hashlib import blake2b
from hmac import compare_digest
from typing import NamedTuple, TypeVar

from leadsquared_slots.mock_server.domain.errors import DomainError
from leadsquared_slots.mock_server.domain.profile import KeysInBothPlaces
from leadsquared_slots.mock_server.exchanges.message import NO_KEYS, Keys, Presented, Request

from .account import Account, Start
from .faults import Fault, fault_of_key
from .journal import Budget
from .notes import Note, note_on_keys
from .settings import Settings
from .store import EmbeddedStore, StaleAccount, Store

MOST_ACCOUNTS = 10_000

_HEADER = KeysInBothPlaces.HEADER

T = TypeVar("T")


class NoSuchAccount(DomainError):
    """An access key that no account has."""

    def __init__(self) -> None:
        # Without the key: it may be one of a real account, sent here by mistake.
        super().__init__("no account has this access key", "POST /__admin/accounts makes one")


class TooManyAccounts(DomainError):
    """No room for another account."""

    def __init__(self) -> None:
        super().__init__(f"there are {MOST_ACCOUNTS} accounts", "DELETE /__admin/accounts/ACCESS_KEY those that are done with")


class Caller(NamedTuple):
    """Who calls: an account, and the fault that a magic key of the default account asks for.

    Where the keys are not valid, `account` is the one that they name, or else the default one: it decides how the refusal looks, and has
    it in its journal; `note` says which key is wrong.
    """

    account: Account
    is_valid: bool = True
    fault: Fault | None = None
    note: Note | None = None


class Accounts:
    """All accounts by access key. The default one is there from the start, under two pairs of keys."""

    def __init__(
        self, settings: Settings, running_clock: Callable[[], float], store: Store | None = None, journals: Budget | None = None
    ) -> None:
        self._running_clock = running_clock
        self._store = store or EmbeddedStore()
        self.start = Start.of(settings)
        keys = Keys(settings.access_key, settings.secret_key), real_looking_keys(f"{settings.seed}")
        self.default = Account(self.start, running_clock, *keys)
        self.journals = journals or Budget()
        """What the journals of all accounts take together."""
        self.default.journal.share(self.journals)
        self._by_key: dict[str | None, tuple[Account, Keys]] = {pair.access_key: (self.default, pair) for pair in keys}

    def authenticate(self, presented: Presented) -> Caller:
        """Who calls with these keys, as they are written (rules auth.both-places, auth.half-keys, auth.key-case)."""
        named = self._named(presented)
        header_first = named.profile.keys_in_both_places is _HEADER
        first, second = (presented.header, presented.query) if header_first else (presented.query, presented.header)
        keys_sent, in_header = (second, not header_first) if first == NO_KEYS else (first, header_first)
        access_key, secret_key = keys_sent
        place = "header" if in_header else "query"
        if access_key is None or secret_key is None:
            return Caller(named, is_valid=False, note=note_on_keys(keys_sent, place, is_known=False))
        account, keys = self._by_key.get(access_key) or self._found(access_key)
        if account is not None and compare_digest((keys.secret_key or "").encode(), secret_key.encode("utf-8", "surrogatepass")):
            return Caller(account)
        fault = fault_of_key(access_key)
        if fault is not None:
            return Caller(self.default, fault=fault)
        return Caller(named, is_valid=False, note=note_on_keys(keys_sent, place, is_known=account is not None))

    def _named(self, presented: Presented) -> Account:
        """The account that an access key names, whether the rest of the keys is right or not; the default one without."""
        for access_key in (presented.header.access_key, presented.query.access_key):
            if access_key is not None:
                account, _ = self._by_key.get(access_key) or self._found(access_key)
                if account is not None:
                    return account
        return self.default

    def get(self, access_key: str | None) -> Account:
        """The account of an access key, the default one without. Raises NoSuchAccount."""
        if access_key is None:
            return self.default
        account, _ = self._by_key.get(access_key) or self._found(access_key)
        if account is None:
            raise NoSuchAccount
        return account

    def serve(self, request: Request, presented: Presented, use: Callable[[Request, Caller], T]) -> T:
        """Return the result of `use` for a request and who sent it with these keys, on the present state of the account.

        `use` may be called several times.
        """
        while True:
            try:
                return use(request, self.authenticate(presented))
            except StaleAccount as stale:
                self._forget_if_gone(stale)

    def use(self, access_key: str | None, use: Callable[[Account], T]) -> T:
        """The result of `use` for an account, of which it may change everything; other replicas see that as well. Raises NoSuchAccount.

        `use` may be called several times.
        """
        while True:
            account = self.get(access_key)
            try:
                return self._store.change(account, partial(use, account))
            except StaleAccount as stale:
                self._forget_if_gone(stale)

    def _forget_if_gone(self, stale: StaleAccount) -> None:
        """Takes an account out that another replica deleted; one that it changed is up to date by now."""
        if stale.is_gone:
            for keys in stale.account.keys:
                self._forget(keys.access_key)

    def _found(self, access_key: str) -> tuple[Account | None, Keys]:
        """An account that another replica made, and its keys."""
        account = self._store.find(access_key)
        if account is None:
            return None, NO_KEYS
        self._add(account)
        return account, account.keys[0]

    def _add(self, account: Account) -> None:
        if self._store.keeps_copies and len(self) >= MOST_ACCOUNTS:
            oldest = next(key for key, (kept, _) in self._by_key.items() if kept is not self.default)
            self._forget(oldest)
        self._by_key[account.keys[0].access_key] = account, account.keys[0]
        account.journal.share(self.journals)

    def _forget(self, access_key: str | None) -> None:
        """Takes an account out, and its journal out of the common budget."""
        account, _ = self._by_key.pop(access_key, (None, NO_KEYS))
        if account is not None:
            account.journal.share(None)

    def create(self, start: Start) -> Account:
        """A fresh account with keys of its own. Raises TooManyAccounts."""
        if len(self) >= MOST_ACCOUNTS and not self._store.keeps_copies:
            raise TooManyAccounts
        keys = real_looking_keys(secrets.token_hex())
        account = Account(start, self._running_clock, keys)
        self._store.add(account)
        self._add(account)
        return account

    def delete(self, access_key: str) -> None:
        """Takes an account away. Raises NoSuchAccount; the default account stays."""
        account = self.get(access_key)
        if account is self.default:
            raise DefaultAccountStays
        self._store.remove(account)
        self._forget(access_key)

    def __len__(self) -> int:
        return len(self._by_key) - len(self.default.keys) + 1


class DefaultAccountStays(DomainError):
    """The default account cannot be taken away."""

    def __init__(self) -> None:
        super().__init__("the default account cannot be deleted", "POST /__admin/reset brings it back to its starting state")


def real_looking_keys(name: str) -> Keys:
    """Keys of the vendor's form, always the same for the same name (rule auth.key-form): the $ is where clients go wrong."""
    digest = blake2b(name.encode(), digest_size=36, person=b"lsq-keys").hexdigest()
    return Keys(f"u$r{digest[:32]}", digest[32:])
