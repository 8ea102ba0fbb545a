"""Public holidays by country, from the `holidays` library."""

import warnings
from datetime import date
from functools import lru_cache
from threading import Lock

from leadsquared_slots.mock_server.domain.errors import DomainError, did_you_mean, nearest_word

_ONE_AT_A_TIME = Lock()


class UnknownCountry(DomainError):
    """A country code for which there is no holiday calendar."""

    def __init__(self, received: str, nearest: str | None) -> None:
        self.received = received
        super().__init__(f"no holiday calendar for country {received!r}", did_you_mean(nearest, "expected an ISO 3166 code such as 'IN'"))


def holiday_name(country: str, ordinal: int) -> str | None:
    """The name of the public holiday that a date is, or None.

    `country` is an ISO 3166 code, with the code of a subdivision after a hyphen where wanted: `IN`, `DE-BY`. Raises UnknownCountry.
    """
    day = date.fromordinal(ordinal)
    return _holidays_of(country, day.year).get(day)


def check_country(country: str) -> None:
    """Raises UnknownCountry when there is no holiday calendar for it."""
    from holidays import list_supported_countries

    supported = list_supported_countries()
    code, _, subdivision = country.partition("-")
    if code not in supported:
        raise UnknownCountry(country, nearest_word(code, supported))
    if subdivision and subdivision not in supported[code]:
        nearest = nearest_word(subdivision, supported[code])
        raise UnknownCountry(country, f"{code}-{nearest}" if nearest else code)


@lru_cache(maxsize=2_048)
def _holidays_of(country: str, year: int) -> dict[date, str]:
    # Imported here because it costs a third of a start-up, and many calendars never ask.
    from holidays import country_holidays

    code, _, subdivision = country.partition("-")
    # Filters of warnings are the process's: two threads that change them would leave behind what the other had.
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        # The library knows movable feasts for some decades only, and says so for every other year; the README says it once.
        warnings.simplefilter("ignore", UserWarning)
        return dict(country_holidays(code, subdiv=subdivision or None, years=year, expand=False).items())
