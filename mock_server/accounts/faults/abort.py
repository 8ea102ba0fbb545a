"""The faults `reset`, `empty`, `truncate` and `garbage`: a connection that ends without a whole reply."""

from dataclasses import dataclass

from leadsquared_slots.mock_server.domain.profile import Profile
from leadsquared_slots.mock_server.exchanges.message import Abort, Reply


@dataclass(frozen=True, slots=True)
class AbortFault:
    """A connection that ends without a whole reply: reset, closed without a byte, cut off half-way, or fed bytes that are not HTTP."""

    abort: Abort

    @property
    def kind(self) -> str:
        """Its name, as in scenario files."""
        return self.abort.value

    def apply(self, reply: Reply, *, chance: float, profile: Profile) -> Reply:
        """The reply, to be cut off."""
        return reply._replace(abort=self.abort)
