"""Where the state of accounts is kept: in this process alone, or where other replicas find it too.

What is asked of a store is what one request, or one call of the admin interface, may not do halfway while another replica does the same.
"""

from collections.abc import Callable, Collection
from enum import Enum
from typing import Protocol, TypeVar

from leadsquared_slots.mock_server.domain.errors import DomainError
from leadsquared_slots.mock_server.exchanges.message import Reply

from .account import Account
from .faults import Fault

T = TypeVar("T")


class Unavailable(DomainError):
    """The state of the accounts cannot be used at present; what needs it is answered with 503."""


class Charge(Enum):
    """What a call is to the account's limit: nothing, a call that only passes while the window is open, or one that is counted as well."""

    NOTHING = "nothing"
    PASSES = "passes"
    COUNTS = "counts"


NOTHING, PASSES, COUNTS = Charge
# A member under a name of its own, here and in other modules of the request's way: Python 3.11 takes a while to find it through its class.


class StaleAccount(Exception):
    """Another replica changed the account, which is up to date now, or `is_gone`. `Accounts` begins the request or the call anew."""

    def __init__(self, account: Account, *, is_gone: bool) -> None:
        self.account, self.is_gone = account, is_gone
        super().__init__()


class Store(Protocol):
    """Where the state of accounts is kept. Everything raises Unavailable, and all that takes an account raises StaleAccount."""

    keeps_copies: bool
    """Whether the accounts here are copies, which may be dropped at any time."""

    def check(self) -> None:
        """Raises Unavailable where the state cannot be had now. Any thread may call it."""

    def describe(self) -> str | None:
        """Where the state is, in words for a log; None for this process."""

    def admit(self, account: Account, charge: Charge) -> bool:
        """Whether a call passes the account's limit now (rules limit.*). The account is up to date then."""

    def with_fault(self, account: Account, reply: Reply, chosen: Fault | None, addresses: Collection[str]) -> Reply:
        """The reply with the fault that the call has chosen itself, or else with the one that strikes it, if one does."""

    def change(self, account: Account, use: Callable[[], T]) -> T:
        """What `use` gives, on the present state of the account; what it changed of that is kept. `use` may be called several times."""

    def find(self, access_key: str) -> Account | None:
        """An account that is not here yet: one that another replica made."""

    def add(self, account: Account) -> None:
        """Keeps a new account."""

    def remove(self, account: Account) -> None:
        """Forgets an account."""

    def close(self) -> None:
        """Lets go of what the store holds open."""


class EmbeddedStore:
    """The accounts of this process are all that there are: they are the state."""

    keeps_copies = False

    def check(self) -> None:
        """It can always be had."""

    def describe(self) -> str | None:
        """This process."""
        return None

    def admit(self, account: Account, charge: Charge) -> bool:
        """As the account's window says."""
        window = account.window
        if window is None or charge is NOTHING:
            return True
        now = account.clock.now()
        is_open = window.is_open(now)
        if is_open and charge is COUNTS:
            window.count(now)
        return is_open

    def with_fault(self, account: Account, reply: Reply, chosen: Fault | None, addresses: Collection[str]) -> Reply:
        """As the account's faults say."""
        if chosen is None:
            return account.faults.apply(reply, addresses, account.profile)
        return account.faults.apply_one(chosen, reply, account.profile)

    def change(self, account: Account, use: Callable[[], T]) -> T:
        """What `use` gives."""
        return use()

    def find(self, access_key: str) -> Account | None:
        """None: all accounts are here."""
        return None

    def add(self, account: Account) -> None:
        """It is here already."""

    def remove(self, account: Account) -> None:
        """Nothing: the registry, which holds it, lets it go."""

    def close(self) -> None:
        """Nothing is held open."""
