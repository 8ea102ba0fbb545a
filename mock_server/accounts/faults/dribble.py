"""The fault `dribble`: the right reply, in pieces."""

from dataclasses import dataclass

from leadsquared_slots.mock_server.domain.profile import Profile
from leadsquared_slots.mock_server.exchanges.message import Dribble, Reply


@dataclass(frozen=True, slots=True)
class DribbleFault:
    """The right reply, its body in pieces spread over a time."""

    chunks: int = 10
    seconds: float = 2.0
    kind: str = "dribble"

    def apply(self, reply: Reply, *, chance: float, profile: Profile) -> Reply:
        """The reply, to be dribbled."""
        return reply._replace(dribble=Dribble(self.chunks, self.seconds))
