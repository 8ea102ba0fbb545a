"""The fault `status`: an error of the vendor instead of the reply."""

from dataclasses import dataclass

from leadsquared_slots.mock_server.domain.profile import Profile
from leadsquared_slots.mock_server.exchanges.message import Reply
from leadsquared_slots.mock_server.vendor.errors import Family, VendorError, render_error

LIMIT_MESSAGE = "API calls exceeded the limit of {calls} in {seconds} second(s)"

_STATUS_ERRORS = {
    400: VendorError(Family.MALFORMED_BODY, "Invalid Input! This error was asked for by a fault."),
    401: VendorError(Family.INVALID_KEYS, "Invalid User Details!", "auth.envelope"),
    404: VendorError(Family.NOT_FOUND, "The API could not be found. Please check the API signature.", "http.unknown-path"),
    429: VendorError(Family.RATE_LIMIT, LIMIT_MESSAGE.format(calls=25, seconds=5), "limit.message"),
    500: VendorError(Family.INTERNAL, "The API call failed. This error was asked for by a fault.", "error.internal"),
}
STATUSES = tuple(_STATUS_ERRORS)
"""The error statuses that the vendor documents."""


@dataclass(frozen=True, slots=True)
class StatusFault:
    """An error in the vendor's form, with just the status that was asked for."""

    status: int
    kind: str = "status"

    def apply(self, reply: Reply, *, chance: float, profile: Profile) -> Reply:
        """The error instead of the reply."""
        return render_error(_STATUS_ERRORS[self.status], profile)._replace(status=self.status)
