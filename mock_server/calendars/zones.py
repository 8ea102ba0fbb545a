"""Time zones by IANA name, from the `tzdata` package: the same rules on every machine, whatever its system knows."""

from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from leadsquared_slots.mock_server.domain.errors import DomainError, did_you_mean, nearest_word

_ABBREVIATIONS = {
    "IST": "Asia/Kolkata",
    "GST": "Asia/Dubai",
    "SGT": "Asia/Singapore",
    "JST": "Asia/Tokyo",
    "PKT": "Asia/Karachi",
    "BST": "Europe/London",
    "CEST": "Europe/Berlin",
    "EDT": "America/New_York",
    "CST": "America/Chicago",
    "CDT": "America/Chicago",
    "MDT": "America/Denver",
    "PST": "America/Los_Angeles",
    "PDT": "America/Los_Angeles",
    "AEST": "Australia/Sydney",
    "AEDT": "Australia/Sydney",
}
"""What people mean by abbreviations that are no IANA names."""


class UnknownZone(DomainError):
    """A name that the IANA database does not have."""

    def __init__(self, received: object, nearest: str | None) -> None:
        self.received = received
        super().__init__(f"unknown time zone {received!r}", did_you_mean(nearest, "use an IANA name such as 'Asia/Kolkata'"))


@cache
def zone_names() -> frozenset[str]:
    """Every IANA zone name, links included."""
    return frozenset(files("tzdata").joinpath("zones").read_text("utf-8").split())


@cache
def zone(name: str) -> ZoneInfo:
    """The zone of an IANA name. Raises UnknownZone, which names the nearest one."""
    if name not in zone_names():
        raise UnknownZone(name, _ABBREVIATIONS.get(name.upper()) or nearest_word(name, zone_names()))
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)
