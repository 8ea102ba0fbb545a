"""What is drawn for the dates of a generated calendar: a set of tasks for each, and leaves.

A date's tasks are one of a few sets that its shifts can have, so that dates of many users look alike, and are rendered once. A user's dates
go through all sets in turn, round after round, so that no two dates of a month have the same ordinary one.
"""

from collections.abc import Sequence
from hashlib import blake2b

from leadsquared_slots.mock_server.calendars.draw import Draw, weighted
from leadsquared_slots.mock_server.calendars.kept import KEPT
from leadsquared_slots.mock_server.domain.absence import Leave
from leadsquared_slots.mock_server.domain.interval import Interval
from leadsquared_slots.mock_server.domain.task import TaskType

from .catalogue import TASK_TYPES

TASK_SETS = 32
"""How many sets of tasks a date of given shifts is drawn from: an empty one, a full one, and the ordinary ones."""
EMPTY_SET, FULL_SET = 0, TASK_SETS - 1
_FEWER = bytes(1 + (day - 1) % 10 if EMPTY_SET < day < FULL_SET else day for day in range(256))
LONGEST_TASK = 5400
"""Seconds of the longest task."""
LEAVE_STRETCH = 16 * 7
"""Dates for which leaves are drawn together."""
WHOLE_LEAVE = Leave(whole=True)

_ROUND = (*range(1, FULL_SET), *[EMPTY_SET] * 5, *[FULL_SET] * 3)
"""The sets of as many dates as a round has: each ordinary one once."""
_ROUNDS = 4
_BLOCK = _ROUNDS * len(_ROUND)
_NEAR = 7
ORDERS = 256
"""How many orders of a round there are: a user has one."""
# A day more on both sides than any task or zone can reach, so that every time drawn is one that can be written down.
_FIRST_DATE, _LAST_DATE = 3, 3_652_056
_FOUR_WEEKS = 28
_PART_BELOW, _SPELL_BELOW = 256 * 16 // 100, 256 * 30 // 100
_PARTS = [Leave(parts=(Interval(hour * 3600, (hour + 2) * 3600),)) for hour in range(9, 17)]
_SPELLS = (1,) * 8 + (2,) * 4 + (5,) * 2 + (10,) * 2
SetTasks = tuple[tuple[int, int, TaskType], ...]
"""(wall-clock second, length in seconds, type) of each task."""
_QUARTER = 900
_STRAY_DAYS = range(1, 5)
_LENGTHS = weighted(((10, 900), (50, 1800), (10, 2700), (25, 3600), (5, LONGEST_TASK)))
_TYPES = weighted(TASK_TYPES)


def sets_of_dates(seed: int, address: str, order: int, days: range, *, runs_over: bool) -> bytes:
    """Return the number of the task set of each date, one byte for each. In any 32 consecutive dates an ordinary set stands once at most.

    `order`, below ORDERS, is the order in which the user's dates have them. Where tasks run over midnight a date has the tasks of two sets,
    and there are ten ordinary sets instead of thirty, each three times at most: pairs enough.
    """
    first, last = days.start // _BLOCK, (days.stop - 1) // _BLOCK
    drawn = b"".join([_draw_block(seed, address, order, block) for block in range(first, last + 1)])
    drawn = drawn[days.start - first * _BLOCK : days.stop - first * _BLOCK]
    return drawn.translate(_FEWER) if runs_over else drawn


def _draw_block(seed: int, address: str, order: int, block: int) -> bytes:
    """Return the number of the task set of each date of a block of dates: some rounds of the sets."""
    name = f"{seed}\0{address}\0tasks\0{block}".encode("utf-8", "surrogatepass")
    drawn = b"".join([_places[number] for number in blake2b(name, digest_size=_ROUNDS).digest()]).translate(_orders[order])
    first = block * _BLOCK
    if first >= _FIRST_DATE and first + _BLOCK <= _LAST_DATE:
        return drawn
    return bytes(day if _FIRST_DATE <= first + place <= _LAST_DATE else EMPTY_SET for place, day in enumerate(drawn))


def _draw_order(number: int) -> bytes:
    """Return an order of a round as a table for `bytes.translate`: from the place in the round to the number of the set."""
    return bytes(_shuffled(Draw("order", number), _ROUND)).ljust(256, b"\0")


def _draw_places(number: int) -> bytes:
    """Return the places of a round, each near its own: rounds differ, and yet a set comes again after 32 dates at the earliest."""
    draw, places = Draw("places", number), range(len(_ROUND))
    return bytes(place for first in places[::_NEAR] for place in _shuffled(draw, places[first : first + _NEAR]))


def _shuffled(draw: Draw, numbers: Sequence[int]) -> list[int]:
    left = list(numbers)
    return [left.pop(draw.below(len(left))) for _ in numbers]


_orders = KEPT.table("orders of task sets", _draw_order, lambda _: 400)
_places = KEPT.table("places of task sets", _draw_places, lambda _: 150)


def _draw_tasks(key: tuple[tuple[Interval, ...], int]) -> SetTasks:
    """Return the tasks of a set, in a date's shifts.

    The second counts from the date's midnight, and goes on past the next one in a shift that does.
    """
    shifts, number = key
    draw = Draw("tasks", number, repr([tuple(shift) for shift in shifts]))
    if not shifts:
        # A stray appointment on a day off.
        return ((10 * 3600 + draw.below(32) * _QUARTER, 3600, TASK_TYPES[0][1]),) if number in _STRAY_DAYS else ()
    if number == EMPTY_SET:
        return ()
    if number == FULL_SET:
        starts = [(start, shift.end) for shift in shifts for start in range(shift.start, shift.end, LONGEST_TASK)]
        return tuple((start, min(LONGEST_TASK, end - start), TASK_TYPES[n % 3][1]) for n, (start, end) in enumerate(starts))
    return tuple(_ordinary_task(shifts[draw.below(len(shifts))], draw) for _ in range(1 + draw.below(6)))


tasks_of_set = KEPT.table("task sets", _draw_tasks, lambda tasks: 250 + 90 * len(tasks))
"""By the shifts that begin on a date, and the number of the set: its tasks."""


def _ordinary_task(shift: Interval, draw: Draw) -> tuple[int, int, TaskType]:
    # Up to an hour early, so that some fall outside the hours; drawn independently, so that some overlap.
    earliest = max(0, shift.start - 3600)
    start = earliest + draw.below((shift.end - earliest) // _QUARTER) * _QUARTER
    return start, draw.pick(_LENGTHS), draw.pick(_TYPES)


def leaves_of(seed: int, address: str, stretch: int) -> dict[int, Leave]:
    """Return the leaves of a stretch of dates, by their place in it.

    In every four weeks a spell of one to ten days may fall, and one part of a day.
    """
    drawn = blake2b(f"{seed}\0{address}\0leaves\0{stretch}".encode("utf-8", "surrogatepass"), digest_size=32).digest()
    days = {}
    for first in range(0, LEAVE_STRETCH, _FOUR_WEEKS):
        at = first // _FOUR_WEEKS * 8
        if drawn[at] < _PART_BELOW:
            days[first + drawn[at + 1] % _FOUR_WEEKS] = _PARTS[drawn[at + 2] % len(_PARTS)]
        if drawn[at + 3] < _SPELL_BELOW:
            length = _SPELLS[drawn[at + 4] % len(_SPELLS)]
            begin = first + drawn[at + 5] % (_FOUR_WEEKS - length + 1)
            days |= dict.fromkeys(range(begin, begin + length), WHOLE_LEAVE)
    return days
