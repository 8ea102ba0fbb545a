"""What a request costs when one thing grows and all else stays: the cost model of ARCHITECTURE.md, in figures.

Each part is named after what grew, and stands beside the same work before that.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from leadsquared_slots.mock_server.accounts.journal import MOST_EXCHANGES
from leadsquared_slots.mock_server.calendars.generated.catalogue import EVERY_DAY_HOURS, template
from leadsquared_slots.mock_server.calendars.written import StoredCalendar
from leadsquared_slots.mock_server.calendars.zones import zone
from leadsquared_slots.mock_server.domain.availability import availability
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED
from leadsquared_slots.mock_server.domain.task import Task, TaskType
from leadsquared_slots.mock_server.domain.user import User

from .load import new_salt
from .part import Part, asking, new_emulator
from .size import SIZES, Size, fill

_DAY = date(2026, 3, 2)
_REQUESTS = 200
_FAULTS = 10
_TASKS = 10_000


def growth() -> Iterator[Part]:
    """Users and dates of a cold request; requests before, faults and tasks of other dates for a warm one."""
    yield from _user_days()
    yield from _history()
    yield from _tasks()


def _user_days() -> Iterator[Part]:
    ask = asking(new_emulator())
    base, *grown = Size(10, 25), Size(20, 25), Size(10, 50), Size(20, 50)

    def part(size: Size, beside: str | None = None) -> Part:
        return Part(name=f"{size.name} cold", work=ask, prepare=lambda: fill(size.body(), new_salt()), beside=beside)

    for _ in range(200):  # until the kinds of dates are known, which would be told apart from growth by nobody
        ask(fill(grown[-1].body(), new_salt()))
    yield part(base)
    yield from (part(size, f"{base.name} cold") for size in grown)


def _history() -> Iterator[Part]:
    """A warm request that is the first, comes after a journal full of others, or passes by faults that do not strike."""
    body = fill(SIZES[0].body())
    young, old, faulty = new_emulator(), new_emulator(), new_emulator()
    for _ in range(10 * MOST_EXCHANGES):
        asking(old)(fill(SIZES[0].body(), new_salt()))
    for _ in range(_FAULTS):
        faulty.accounts.default.faults.add({"kind": "status", "status": 500, "user": "nobody@example.com"})

    def emptied() -> None:
        young.accounts.default.journal.clear()

    plain = "2×1 warm, the journal empty"
    for name, emulator, prepare, beside in (
        (plain, young, emptied, None),
        (f"2×1 warm, after {10 * MOST_EXCHANGES:,} requests", old, lambda: None, plain),
        (f"2×1 warm, past {_FAULTS} faults that do not strike", faulty, lambda: None, plain),
    ):
        ask = asking(emulator)
        yield Part(name=name, work=_repeated(ask, body), prepare=prepare, units=_REQUESTS, beside=beside)


def _repeated(ask: Any, body: bytes) -> Any:
    return lambda _: [ask(body) for _ in range(_REQUESTS)]


def _tasks() -> Iterator[Part]:
    few, many = _written(4, _DAY), _written(_TASKS, _DAY - timedelta(days=_TASKS // 8))
    plain = "a date of a written calendar, 4 tasks in all"
    yield Part(name=plain, work=_dates(few), units=_REQUESTS)
    yield Part(name=f"a date of a written calendar, {_TASKS:,} tasks in all", work=_dates(many), units=_REQUESTS, beside=plain)


def _dates(user: User) -> Any:
    ordinal = _DAY.toordinal()
    return lambda _: [availability(user, ordinal, include_allowed_conflicts=False, profile=DOCUMENTED) for _ in range(_REQUESTS)]


def _written(count: int, first: date) -> User:
    """A user with four tasks a day from a date on."""
    start = int(datetime(first.year, first.month, first.day, 5, tzinfo=UTC).timestamp())
    kind = TaskType("Meeting", False)
    times = [start + number // 4 * 86_400 + number % 4 * 5_400 for number in range(count)]
    tasks = [Task(time, time + 1_800, kind, f"task-{time}", "Meeting") for time in times]
    return User(
        id="1",
        address="written@example.com",
        name="Written",
        locale="en_US",
        zone=zone("Asia/Kolkata"),
        zone_name="Asia/Kolkata",
        template=template(EVERY_DAY_HOURS, "Asia/Kolkata"),
        calendar=StoredCalendar(stored=tasks),
    )
