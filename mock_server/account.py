"""Accounts: tenants with keys, calendar, rate window, faults, journal and clock of their own."""

import secrets
from collections.abc import Callable, Iterable
from functools import partial
from hashlib import blake2b
from hmac import compare_digest
from typing import Any, NamedTuple, TypeVar

from .clock import Clock
from .directory import Directory
from .domain.errors import DomainError
from .domain.profile import KeysInBothPlaces, Profile
from .domain.rate_limit import RateLimit, RateWindow
from .exchange import NO_KEYS, Keys, Presented
from .faults import Fault, Faults, fault_of_key
from .journal import Journal
from .scenario import Scenario
from .settings import Settings
from .snapshot import Snapshot
from .store import EmbeddedStore, Moved, Store

MOST_ACCOUNTS = 10_000

T = TypeVar("T")


class Start(NamedTuple):
    """The starting state of an account. `limit` None is no limit; `now` None is the real time.

    `own` is what holds where a scenario says nothing of profile, limit and clock: so one scenario leaves nothing behind for the next.
    """

    seed: int
    scenario: Scenario
    profile: Profile
    limit: RateLimit | None
    now: float | None
    own: tuple[Profile, RateLimit | None, float | None]

    @classmethod
    def of(cls, settings: Settings) -> "Start":
        """The starting state that settings describe; what the scenario says comes first."""
        own = settings.profile, settings.rate_limit, settings.now
        return cls(settings.seed, settings.scenario, *own, own).under(settings.scenario)

    def under(self, scenario: Scenario) -> "Start":
        """This starting state with a scenario, and with what that says of profile, limit and clock."""
        profile, limit, now = self.own
        return self._replace(
            scenario=scenario,
            profile=scenario.profile or profile,
            limit=None if scenario.is_unlimited else scenario.rate_limit or limit,
            now=now if scenario.now is None else scenario.now,
        )

    def with_own(self, **chosen: Any) -> "Start":
        """This starting state with a profile, limit or now of its own, whatever its scenario says of them."""
        own = dict(zip(("profile", "limit", "now"), self.own, strict=True)) | chosen
        return self._replace(**chosen, own=(own["profile"], own["limit"], own["now"]))


class Account:
    """One tenant: the one mutable object. `reset` brings back its starting state."""

    def __init__(self, start: Start, running_clock: Callable[[], float], *keys: Keys) -> None:
        self.keys, self.running_clock = keys, running_clock
        self.journal = Journal()
        self.begun = 0
        """How often a starting state was taken up."""
        self.begin(start)

    def begin(self, start: Start) -> None:
        """Takes up a starting state, with nothing of the past but the keys."""
        self.clock = Clock(self.running_clock, start.now)
        self.directory = Directory(start.scenario, start.seed, start.profile.address_case)
        self.faults = Faults(start.seed, start.scenario.faults)
        self.start = start
        self.seed, self.scenario = start.seed, start.scenario
        self.begun += 1
        self.journal.clear()
        self.set_limit(start.profile, start.limit)

    def reset(self) -> None:
        """Back to the starting state."""
        self.begin(self.start)

    def configure(self, profile: Profile, limit: RateLimit | None) -> None:
        """Changes profile and limit while the account runs; calendar, clock, faults, journal and counted calls stay as they are.

        Raises DomainError, and then changes nothing, when changes of the calendar do not fit addresses that are compared otherwise.
        """
        counted = () if self.window is None else self.window.times()
        if profile.address_case is not self.profile.address_case:
            self.directory = self.directory.rebuilt(profile.address_case)
        self.set_limit(profile, limit, counted)

    def state(self) -> Snapshot:
        """A snapshot; the journal is not part of it."""
        return Snapshot(
            scenario=self.scenario,
            seed=self.seed,
            profile=self.profile,
            limit=self.limit,
            now=self.clock.frozen_at,
            changes=tuple(self.directory.changes),
            faults=self.faults.state(),
            applied=self.faults.applied,
            calls=() if self.window is None else tuple(self.window.times()),
        )

    def restore(self, state: Snapshot) -> None:
        """Takes up a snapshot. Raises DomainError, and then changes nothing."""
        directory = Directory(state.scenario, state.seed, state.profile.address_case)
        for change in state.changes:
            directory.apply(change)
        faults = Faults.of_state(state.seed, state.faults, state.applied)
        self.clock = Clock(self.running_clock, state.now)
        self.scenario, self.seed = state.scenario, state.seed
        self.directory, self.faults = directory, faults
        self.set_limit(state.profile, state.limit, state.calls)

    def set_limit(self, profile: Profile, limit: RateLimit | None, counted: Iterable[float] = ()) -> None:
        """Opens the window for calls, of which some are counted already. One window for the account, whoever calls (rule limit.account)."""
        self.profile, self.limit = profile, limit
        self.window = None if self.limit is None else RateWindow(self.limit, self.profile.window, self.profile.refused_calls)
        if self.window is not None:
            self.window.restore(counted)


class NoSuchAccount(DomainError):
    """An access key that no account has."""

    def __init__(self) -> None:
        # Without the key: it may be one of a real account, sent here by mistake.
        super().__init__("no account has this access key; POST /__admin/accounts makes one")


class TooManyAccounts(DomainError):
    """No room for another account."""

    def __init__(self) -> None:
        super().__init__(f"there are {MOST_ACCOUNTS} accounts; DELETE /__admin/accounts/ACCESS_KEY those that are done with")


class Accounts:
    """All accounts by access key. The default one is there from the start, under two pairs of keys."""

    def __init__(self, settings: Settings, running_clock: Callable[[], float], store: Store | None = None) -> None:
        self._running_clock = running_clock
        self._store = store or EmbeddedStore()
        self.start = Start.of(settings)
        keys = Keys(settings.access_key, settings.secret_key), real_looking_keys(f"{settings.seed}")
        self.default = Account(self.start, running_clock, *keys)
        self._by_key: dict[str | None, tuple[Account, Keys]] = {pair.access_key: (self.default, pair) for pair in keys}

    def authenticate(self, presented: Presented) -> tuple[Account, Fault | None] | None:
        """The account of the presented keys, and the fault that a magic key asks for; None when they are not valid (rules auth.*).

        A magic key is one of the default account's.
        """
        header_first = self.named(presented).profile.keys_in_both_places is KeysInBothPlaces.HEADER
        first, second = (presented.header, presented.query) if header_first else (presented.query, presented.header)
        access_key, secret_key = second if first == NO_KEYS else first
        if access_key is None or secret_key is None:
            return None
        account, keys = self._by_key.get(access_key) or self._found(access_key)
        if account is not None and compare_digest((keys.secret_key or "").encode(), secret_key.encode("utf-8", "surrogatepass")):
            return account, None
        fault = fault_of_key(access_key)
        return None if fault is None else (self.default, fault)

    def named(self, presented: Presented) -> Account:
        """The account that an access key names, whether the rest of the keys is right or not; the default one without.

        What is refused is written into its journal, and its profile says how.
        """
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

    def use(self, access_key: str | None, use: Callable[[Account], T]) -> T:
        """What a use of an account gives; what it changes is seen by other replicas as well. Raises NoSuchAccount."""
        while True:
            account = self.get(access_key)
            try:
                return self._store.change(account, partial(use, account))
            except Moved as moved:
                self.forget(moved)

    def forget(self, moved: Moved) -> None:
        """Lets go of an account that another replica has deleted."""
        if moved.is_gone:
            for keys in moved.account.keys:
                self._by_key.pop(keys.access_key, None)

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
            del self._by_key[oldest]
        self._by_key[account.keys[0].access_key] = account, account.keys[0]

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
        del self._by_key[access_key]

    def __len__(self) -> int:
        return len(self._by_key) - len(self.default.keys) + 1


class DefaultAccountStays(DomainError):
    """The default account cannot be taken away."""

    def __init__(self) -> None:
        super().__init__("the default account cannot be deleted; POST /__admin/reset brings it back to its starting state")


def real_looking_keys(name: str) -> Keys:
    """Keys of the vendor's form, always the same for the same name (rule auth.key-form): the $ is where clients go wrong."""
    digest = blake2b(name.encode(), digest_size=36, person=b"lsq-keys").hexdigest()
    return Keys(f"u$r{digest[:32]}", digest[32:])
