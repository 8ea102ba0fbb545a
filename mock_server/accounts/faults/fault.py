"""What a fault is: a defect of a reply."""

from typing import Protocol

from leadsquared_slots.mock_server.domain.errors import DomainError
from leadsquared_slots.mock_server.domain.profile import Profile
from leadsquared_slots.mock_server.exchanges.message import Reply


class BadFault(DomainError):
    """A fault that its form allows and its meaning does not."""


class Fault(Protocol):
    """A defect of a reply."""

    @property
    def kind(self) -> str:
        """Its name, as in scenario files."""

    def apply(self, reply: Reply, *, chance: float, profile: Profile) -> Reply:
        """The reply with the defect; `chance` is a number above 0 and below 1 for those that need one."""
