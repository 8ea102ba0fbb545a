"""The fault `malformed`: a whole reply whose body is no JSON."""

from dataclasses import dataclass

from leadsquared_slots.mock_server.domain.profile import Profile
from leadsquared_slots.mock_server.exchanges.message import Reply


@dataclass(frozen=True, slots=True)
class MalformedFault:
    """A whole HTTP reply whose body is no JSON: the first half of the right one."""

    kind: str = "malformed"

    def apply(self, reply: Reply, *, chance: float, profile: Profile) -> Reply:
        """The reply with half of its body."""
        return reply._replace(body=reply.body[: len(reply.body) // 2])
