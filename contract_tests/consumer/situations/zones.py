"""Zones: the work day template's, which counts, the user's, which does not, and UTC; and the changes of clocks."""

from datetime import date

from .calendars import about, calendar, meeting, user
from .situation import Given, Setup, situation


@situation(
    "other-zone",
    "Times are of the template's zone, dates too; user, template and UTC have three dates at once.",
    "slots.zone",
    "slots.date",
    "busy.utc",
)
def other_zone(given: Given) -> Setup:
    """Working hours across midnight UTC, 25 hours behind the user's own clock."""
    entry = user(
        zone="Pacific/Kiritimati",
        template_zone="Pacific/Pago_Pago",
        shifts={"every-day": ["09:00-23:45"]},
        breaks={"every-day": ["12:30-13:30"]},
        tasks=[meeting("2026-03-03T01:00:00", "2026-03-03T02:00:00")],
    )
    return Setup(calendar=calendar(entry), questions=about())


@situation("spring-forward", "Clocks go forward inside a shift, which is an hour shorter on that date.", "slots.gap", "slots.zone")
def spring_forward(given: Given) -> Setup:
    """In Berlin, on 29 March 2026 at 02:00."""
    entry = user(
        template_zone="Europe/Berlin",
        shifts={"every-day": ["00:00-06:00", "09:00-17:00"]},
        tasks=[meeting("2026-03-29T08:00:00", "2026-03-29T08:30:00")],
    )
    return Setup(calendar=calendar(entry), questions=about(first=date(2026, 3, 28), last=date(2026, 3, 30)))


@situation("fall-back", "Clocks go back inside a shift, which is an hour longer on that date.", "slots.fold", "slots.zone")
def fall_back(given: Given) -> Setup:
    """In New York, on 1 November 2026 at 02:00: both hours that read 01:00 to 02:00 are bookable."""
    entry = user(
        template_zone="America/New_York",
        shifts={"every-day": ["00:00-06:00", "09:00-17:00"]},
        tasks=[meeting("2026-11-01T15:00:00", "2026-11-01T15:30:00")],
    )
    return Setup(calendar=calendar(entry), questions=about(first=date(2026, 10, 31), last=date(2026, 11, 2)))
