"""The fault `status`: another reply instead of the right one, from the vendor or from a gateway in front of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from http import HTTPStatus

from leadsquared_slots.mock_server.domain.profile import Profile
from leadsquared_slots.mock_server.exchanges.message import Reply
from leadsquared_slots.mock_server.vendor.errors import HTML, JSON, render_error
from leadsquared_slots.mock_server.vendor.refusals import ASKED_FOR

STATUSES = tuple(ASKED_FOR)
"""The error statuses that the vendor documents."""


@dataclass(frozen=True, slots=True)
class StatusFault:
    """A reply with just the status that was asked for: the given body, else the vendor's error, else the page of a gateway.

    A status that the vendor documents has the vendor's envelope, any other (403, 502, 503, 504) a short HTML page.
    `body` is text, sent as UTF-8; `headers` come in addition, and in place of those of the same name. The reply is late by `milliseconds`.
    """

    status: int
    body: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    milliseconds: float = 0
    kind: str = "status"

    def apply(self, reply: Reply, *, chance: float, profile: Profile) -> Reply:
        """The other reply."""
        other = self._reply(profile)
        given = {name.lower() for name in self.headers}
        kept = tuple((name, value) for name, value in other.headers if name.lower() not in given)
        return other._replace(status=self.status, headers=(*kept, *self.headers.items()), delay=self.milliseconds / 1000)

    def _reply(self, profile: Profile) -> Reply:
        if self.body is not None:
            is_page = self.body.lstrip().startswith("<")
            return Reply(self.status, HTML if is_page else JSON, self.body.encode("utf-8", "surrogatepass"))
        refusal = ASKED_FOR.get(self.status)
        return Reply(self.status, HTML, gateway_page(self.status)) if refusal is None else render_error(refusal.error(), profile)


def gateway_page(status: int) -> bytes:
    """The HTML page that a gateway shows with a status."""
    try:
        words = f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        words = f"{status}"
    text = escape(words)
    return f"<html>\n<head><title>{text}</title></head>\n<body>\n<center><h1>{text}</h1></center>\n</body>\n</html>\n".encode()
