"""Absences: why a date has no availability, and which reason comes first when several apply."""

from enum import Enum
from typing import NamedTuple

from .interval import Intervals
from .profile import AbsenceOrder


class Absence(Enum):
    """Why a date has no availability (rule reason.values)."""

    NO_TEMPLATE = "no template"
    HOLIDAY = "holiday"
    LEAVE = "leave"
    NOT_SCHEDULED = "not scheduled"


class Leave(NamedTuple):
    """A user's leave on one date: the whole of it, or parts in wall-clock seconds of the template's zone."""

    whole: bool = False
    parts: Intervals = ()


NO_LEAVE = Leave()

_ORDERS = {
    AbsenceOrder.HOLIDAY_FIRST: (Absence.HOLIDAY, Absence.LEAVE, Absence.NOT_SCHEDULED),
    AbsenceOrder.LEAVE_FIRST: (Absence.LEAVE, Absence.HOLIDAY, Absence.NOT_SCHEDULED),
    AbsenceOrder.NOT_SCHEDULED_FIRST: (Absence.NOT_SCHEDULED, Absence.HOLIDAY, Absence.LEAVE),
}


def first_absence(order: AbsenceOrder, *, holiday: bool, leave: bool, scheduled: bool) -> Absence | None:
    """The reason that a date with a template has no availability, or None when it is a working day (rule reason.order)."""
    if scheduled and not (holiday or leave):
        return None
    applies = {Absence.HOLIDAY: holiday, Absence.LEAVE: leave, Absence.NOT_SCHEDULED: not scheduled}
    return next(absence for absence in _ORDERS[order] if applies[absence])
