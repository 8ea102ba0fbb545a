"""What generated calendars are drawn from: homes, work day templates and task types as companies have them."""

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from leadsquared_slots.mock_server.calendars.zones import zone
from leadsquared_slots.mock_server.domain.interval import DAY, Interval
from leadsquared_slots.mock_server.domain.task import TaskType
from leadsquared_slots.mock_server.domain.work_day import WorkDayTemplate


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where users live: their zone, the country of their public holidays, and the language of their names."""

    weight: int
    zone_name: str
    country: str
    locale: str


HOMES = (
    Home(weight=62, zone_name="Asia/Kolkata", country="IN", locale="en_IN"),
    Home(weight=7, zone_name="Asia/Dubai", country="AE", locale="en_US"),
    Home(weight=6, zone_name="America/New_York", country="US", locale="en_US"),
    Home(weight=3, zone_name="America/Los_Angeles", country="US", locale="en_US"),
    Home(weight=5, zone_name="Asia/Manila", country="PH", locale="en_PH"),
    Home(weight=5, zone_name="Europe/London", country="GB", locale="en_GB"),
    Home(weight=3, zone_name="Asia/Singapore", country="SG", locale="en_US"),
    Home(weight=3, zone_name="Australia/Sydney", country="AU", locale="en_AU"),
    Home(weight=2, zone_name="Europe/Berlin", country="DE", locale="de_DE"),
    Home(weight=2, zone_name="America/Sao_Paulo", country="BR", locale="pt_BR"),
    Home(weight=1, zone_name="Asia/Kathmandu", country="NP", locale="ne_NP"),
    Home(weight=1, zone_name="Pacific/Auckland", country="NZ", locale="en_NZ"),
)

COUNTRY_OF_ZONE = {home.zone_name: home.country for home in HOMES}


class Hours(NamedTuple):
    """A template's week: shifts and breaks in wall-clock hours, by the weekdays that they are for (0 is Monday)."""

    weight: int
    name: str
    week: tuple[tuple[str, str, str], ...]
    """(weekdays, shifts, breaks), e.g. ("01234", "9:30-18:30", "13-13:45")."""


TEMPLATES = (
    Hours(30, "General shift", (("01234", "9:30-18:30", "13-13:45 16:30-16:45"),)),
    Hours(22, "Six-day week", (("01234", "10-19", "13:30-14:15"), ("5", "10-16", "13:30-14"))),
    Hours(10, "Two shifts", (("012345", "9-14 18-21", "11:15-11:30"),)),
    Hours(10, "Early shift", (("01234", "7-16", "9-9:15 12-12:30"),)),
    Hours(8, "Night shift", (("01234", "18:30-27:30", "22-22:45 25-25:15"),)),
    Hours(7, "Evening to midnight", (("01234", "15-24", "19-19:30"),)),
    Hours(6, "Weekend counsellors", (("23456", "10-19", "14-14:30"),)),
    Hours(4, "Half Friday", (("0123", "8-17", "12:30-13:15"), ("4", "8-12", ""))),
    Hours(2, "Mornings", (("01234", "9:30-13:30", ""),)),
    Hours(1, "Round the clock", (("0123456", "0-24", ""),)),
)

# Work in the hours of a customer far away is a business of its own in India and the Philippines.
FAR_ZONES = ("America/New_York", "Europe/London", "America/Chicago", "Australia/Sydney", "Pacific/Tongatapu")

EVERY_DAY = "0123456"
STATE_TEMPLATES = {
    "two-shifts": Hours(0, "Two shifts", ((EVERY_DAY, "9-14 18-21", "11:15-11:30"),)),
    "midnight": Hours(0, "Evening to midnight", ((EVERY_DAY, "15-24", "19-19:30"),)),
    "no-breaks": Hours(0, "No breaks", ((EVERY_DAY, "9-18", ""),)),
    "not-scheduled": Hours(0, "No working days", ()),
}
"""Templates of the addresses that give a known state; the others have EVERY_DAY_HOURS."""
EVERY_DAY_HOURS = Hours(0, "Every day", ((EVERY_DAY, "9-18", "13-13:45"),))

TASK_TYPES = (
    (40, TaskType("Meeting", False)),
    (20, TaskType("Site visit", False)),
    (15, TaskType("Demo", False)),
    (15, TaskType("Phone call", True)),
    (10, TaskType("Follow-up", True)),
)


@cache
def template(hours: Hours, zone_name: str) -> WorkDayTemplate:
    """The work day template of the given hours in a zone."""
    shifts: list[list[Interval]] = [[] for _ in range(7)]
    breaks: list[list[Interval]] = [[] for _ in range(7)]
    for weekdays, shift_hours, break_hours in hours.week:
        for weekday in map(int, weekdays):
            shifts[weekday] += _intervals(shift_hours)
            for pause in _intervals(break_hours):
                # A break of the small hours is written past 24 and belongs to the next weekday, as the template has it.
                days, start = divmod(pause.start, DAY)
                breaks[(weekday + days) % 7].append(Interval(start, pause.end - days * DAY))
    return WorkDayTemplate(name=hours.name, zone=zone(zone_name), zone_name=zone_name, shifts=shifts, breaks=breaks)


def _intervals(hours: str) -> list[Interval]:
    return [Interval(*map(_seconds, part.split("-"))) for part in hours.split()]


def _seconds(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 3600 + int(minutes or 0) * 60
