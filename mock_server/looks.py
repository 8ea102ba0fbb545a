"""Looks: what dates of generated calendars have in common apart from their users and tasks, and the kinds that drawn days make of them."""

from collections.abc import Hashable, Sequence
from datetime import tzinfo
from functools import cache, lru_cache
from itertools import count

from .domain.interval import DAY, Interval
from .domain.work_day import WorkDayTemplate
from .domain.zone import steady_offset
from .drawn_days import DRAWN_DAYS, LONGEST_TASK, tasks_of_day
from .holiday_calendar import holiday_name

_OFFICE_HOURS = (Interval(9 * 3600, 18 * 3600),)


def shifts_of(template: WorkDayTemplate | None, weekday: int) -> Sequence[Interval]:
    """The shifts that begin on a weekday; office hours for a user without a template, whose tasks have to fall somewhere."""
    if template is not None:
        return template.shifts[weekday]
    return _OFFICE_HOURS if weekday % 7 < 5 else ()


@cache
def runs_over(template: WorkDayTemplate | None) -> bool:
    """Whether tasks in the template's shifts can run over midnight."""
    return any(shift.end + LONGEST_TASK > DAY for weekday in range(7) for shift in shifts_of(template, weekday))


class Look(dict[int, int]):
    """What dates have in common apart from their tasks: for the drawn day, and DRAWN_DAYS times the one before, the number of the kind."""

    def __init__(self, template: WorkDayTemplate | None, home: tzinfo, offset: int, weekday: int, is_holiday: bool) -> None:
        super().__init__()
        self._template, self._weekday = template, weekday
        hours = template and (template.shifts_by_weekday[weekday], template.breaks_by_weekday[weekday])
        self._apart_from_tasks = template or home, offset, hours, is_holiday

    def __missing__(self, drawn: int) -> int:
        before, day = divmod(drawn, DRAWN_DAYS)
        own = tasks_of_day(shifts_of(self._template, self._weekday), day)
        earlier = tasks_of_day(shifts_of(self._template, self._weekday - 1), before)
        tasks = [(wall, length, kind.allow_conflicts) for wall, length, kind in own if wall < DAY]
        tasks += [(wall - DAY, length, kind.allow_conflicts) for wall, length, kind in earlier if wall + length > DAY]
        number = self[drawn] = _number_of(*self._apart_from_tasks, tuple(sorted(tasks)))
        return number


_look = lru_cache(maxsize=4_096)(Look)
_numbers = count(1)


@lru_cache(maxsize=32_768)
def _number_of(*_: Hashable) -> int:
    """A number for what makes a kind; one that was forgotten gets another, which is as good."""
    return next(_numbers)


@lru_cache(maxsize=2_048)
def looks_of(template: WorkDayTemplate | None, home: tzinfo, country: str | None, days: range, is_holiday: bool) -> tuple[Look | None, ...]:
    """The look of each date; None where the clock changes."""
    looks, days_before = [], 1 if runs_over(template) else 0
    for ordinal in days:
        offset = steady_offset(home, ordinal - days_before, ordinal)
        holiday = is_holiday or bool(country and holiday_name(country, ordinal))
        looks.append(None if offset is None else _look(template, home, offset, (ordinal - 1) % 7, holiday))
    return tuple(looks)
