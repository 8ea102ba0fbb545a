"""An account: one tenant with keys, calendar, rate window, faults, journal and clock of its own."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from leadsquared_slots.mock_server.accounts.faults import Faults
from leadsquared_slots.mock_server.domain.profile import Profile
from leadsquared_slots.mock_server.domain.rate_limit import RateLimit, RateWindow
from leadsquared_slots.mock_server.exchanges.message import Keys

from .clock import Clock
from .directory import Directory
from .journal import Journal
from .scenario import Scenario
from .settings import Settings
from .snapshot import Snapshot


class StartDefaults(NamedTuple):
    """What holds where a scenario says nothing of profile, limit and clock: so one scenario leaves nothing behind for the next."""

    profile: Profile
    limit: RateLimit | None
    now: float | None


class Start(NamedTuple):
    """The starting state of an account. `limit` None is no limit; `now`, seconds since the epoch, None is the real time."""

    seed: int
    scenario: Scenario
    profile: Profile
    limit: RateLimit | None
    now: float | None
    defaults: StartDefaults

    @classmethod
    def of(cls, settings: Settings) -> "Start":
        """The starting state that settings describe; what the scenario says comes first."""
        defaults = StartDefaults(settings.profile, settings.rate_limit, settings.now)
        return cls(settings.seed, settings.scenario, *defaults, defaults).under(settings.scenario)

    def under(self, scenario: Scenario) -> "Start":
        """This starting state with a scenario, and with what that says of profile, limit and clock."""
        profile, limit, now = self.defaults
        return self._replace(
            scenario=scenario,
            profile=scenario.profile or profile,
            limit=None if scenario.is_unlimited else scenario.rate_limit or limit,
            now=now if scenario.now is None else scenario.now,
        )

    def with_defaults(self, **chosen: Any) -> "Start":
        """This starting state with a profile, limit or now of its own, whatever its scenario says of them."""
        return self._replace(**chosen, defaults=self.defaults._replace(**chosen))


class Restored(NamedTuple):
    """A snapshot with the directory and the faults that it describes: they take time to make, and concern no account before they are."""

    state: Snapshot
    directory: Directory
    faults: Faults

    @classmethod
    def of(cls, state: Snapshot) -> "Restored":
        """Makes what a snapshot describes. Raises DomainError."""
        directory = Directory(state.scenario, state.seed, state.profile.address_case)
        for change in state.changes:
            directory.apply(change)
        directory.settle()
        return cls(state, directory, Faults.of_state(state.seed, state.faults, state.applied))


class Account:
    """One tenant: the one mutable object. `start` is the state in which it was opened, which `reset` brings back."""

    def __init__(self, start: Start, running_clock: Callable[[], float], *keys: Keys) -> None:
        self.keys, self.running_clock = keys, running_clock
        self.journal = Journal()
        self.start = start
        self.generation = 0
        """How often a starting state was taken up."""
        self.begin(start)

    def begin(self, start: Start) -> None:
        """Takes up a starting state, with nothing of the past but the keys."""
        self.clock = Clock(self.running_clock, start.now)
        self.directory = Directory(start.scenario, start.seed, start.profile.address_case)
        self.faults = Faults(start.seed, start.scenario.faults)
        self.seed, self.scenario = start.seed, start.scenario
        self.generation += 1
        self.journal.clear()
        self.set_limit(start.profile, start.limit)

    def reset(self) -> None:
        """Back to the state in which the account was opened, whatever scenario it was put into since."""
        self.begin(self.start)

    def configure(self, profile: Profile, limit: RateLimit | None, rebuilt: Directory | None = None) -> None:
        """Changes profile and limit while the account runs; calendar, clock, faults, journal and counted calls stay as they are.

        Where addresses are to be compared otherwise, `rebuilt` is the directory for that, but for its last changes, if it was made before.
        Raises DomainError, and then changes nothing, when changes of the calendar do not fit it.
        """
        counted = () if self.window is None else self.window.times()
        if profile.address_case is not self.profile.address_case:
            self.directory = self.directory.rebuilt(profile.address_case, rebuilt)
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

    def restore(self, restored: Restored) -> None:
        """Takes up what a snapshot says, at once. It belongs to this account from then on."""
        state = restored.state
        self.clock = Clock(self.running_clock, state.now)
        self.scenario, self.seed = state.scenario, state.seed
        self.directory, self.faults = restored.directory, restored.faults
        self.set_limit(state.profile, state.limit, state.calls)

    def set_limit(self, profile: Profile, limit: RateLimit | None, counted: Iterable[float] = ()) -> None:
        """Opens the window for calls, of which some are counted already. One window for the account, whoever calls (rule limit.account)."""
        self.profile, self.limit = profile, limit
        self.window = None if self.limit is None else RateWindow(self.limit, self.profile.window, self.profile.refused_calls)
        if self.window is not None:
            self.window.restore(counted)
