"""The oracle: the right answer to a request, worked out second by second from a scenario document.

A day is 86,400 cells, one for each second that a wall clock can show; every cell is painted with what holds there, and
free ranges are the runs of cells still painted FREE. There is no interval arithmetic here, and nothing is shared with
the emulator. Slow, and meant to be checked by reading.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from .cells import Cell, all_three, existing, of_weekday, paint, pattern, pattern_of, runs, seconds_between, seconds_read
from .wall_clock import DAY, Reading, readings

Document = Mapping[str, Any]
_Task = tuple[datetime, datetime, bool]
"""Start, end, and whether its type allows conflicts."""
_REASONS_IN_ORDER = {
    "holiday-leave-not-scheduled": ("Holiday", "Leave", "NotScheduled"),
    "leave-holiday-not-scheduled": ("Leave", "Holiday", "NotScheduled"),
    "not-scheduled-holiday-leave": ("NotScheduled", "Holiday", "Leave"),
}


class UnknownAddressRefused(Exception):
    """The right answer is a refusal: the profile refuses addresses that no user has."""


class Oracle:
    """Knows the calendar of a scenario document with a closed directory, and the answers of a profile.

    scenario  the document as in scenario files; dates and date-times native or as ISO 8601 text
    answers   the profile's answer to every question, in the spelling of a profile file
    """

    def __init__(self, scenario: Document, answers: Mapping[str, str | int]) -> None:
        self.users: list[Document] = list(scenario.get("user", ()))
        self._answers = answers
        self._templates = {template["name"]: template for template in scenario.get("template", ())}
        self._allows = {kind["name"]: bool(kind["allow-conflicts"]) for kind in scenario.get("task-type", ())}
        self._tasks_read: dict[int, tuple[Document, list[_Task]]] = {}

    def answer(self, request: Document) -> dict[str, Any]:
        """The body of the 200 that answers a lawful request; a UserId that the scenario does not give is None.

        Raises UnknownAddressRefused.
        """
        users = self.users_asked(request["Users"])
        dates = list(_dates(_date(request["FromDate"]), _date(request["ToDate"])))
        flag = bool(request.get("IncludeAllowedConflictSlots"))
        paging = request.get("Paging") or {}
        index, size = paging.get("PageIndex") or 1, paging.get("PageSize")
        records: list[Any] = users if self._says("record", "user") else [(day, user) for day in dates for user in users]
        shown = records if size is None else records[(index - 1) * size : index * size]
        if self._says("record", "user"):
            shown = [(day, user) for day in dates for user in shown]
        answer: dict[str, Any] = {"RecordCount": len(records)}
        if shown:
            answer["List"] = [
                {"Date": day.isoformat(), "UserSlots": [self.entry(user, day, flag) for d, user in shown if d == day]}
                for day in dates
                if any(d == day for d, _ in shown)
            ]
        elif not self._says("empty-list", "absent"):
            answer["List"] = [] if self._says("empty-list", "empty") else None
        return answer

    def entry(self, user: Document, day: date, flag: bool) -> dict[str, Any]:
        """What stands about a user under a date."""
        template = self.template_of(user)
        reason = self.reason(user, day)
        slots = breaks = None
        if reason is None:
            slots, breaks = self._slots(user, day, flag), self.breaks_listed(user, day)
        elif reason != "WorkDayTemplateNotDefined" and self._says("absent-lists", "empty"):
            slots, breaks = [], []
        return {
            "UserId": user.get("id"),
            "EmailAddress": user["email"],
            "UserTimeZone": user["zone"],
            "AvailableSlots": slots,
            "Breaks": breaks,
            "BusySlots": [
                {"StartTime": _printed_instant(start), "EndTime": _printed_instant(end)}
                for start, end, allows in sorted(self._tasks_on(user, day))
                if not allows
            ],
            "WorkDayTemplateTimeZone": template["zone"] if template else None,
            "NoSlotsReason": reason,
        }

    def template_of(self, user: Document) -> Document | None:
        """The user's work day template; None for a user who has none."""
        return self._templates[user["template"]] if "template" in user else None

    def readings_of(self, user: Document, day: date) -> tuple[Reading, ...]:
        """The date's wall-clock times in the zone that dates mean for this user."""
        template = self.template_of(user)
        if template:
            return readings(template["zone"], day)
        return readings(user["zone"] if self._says("date-without-template", "user") else "UTC", day)

    def reason(self, user: Document, day: date) -> str | None:
        """Why there is no availability on a date; None on a working day."""
        return next(iter(self.reasons_that_apply(user, day)), None)

    def reasons_that_apply(self, user: Document, day: date) -> list[str]:
        """Every reason that applies on a date, the one that is given first."""
        template = self.template_of(user)
        if template is None:
            return ["WorkDayTemplateNotDefined"]
        applies = {
            "Holiday": _is_holiday(user.get("holidays", ()), day),
            "Leave": any(_is_whole_leave(leave, day) for leave in user.get("leaves", ())),
            "NotScheduled": 1 not in pattern(template["shifts"], day),
        }
        return [reason for reason in _REASONS_IN_ORDER[str(self._answers["absence-order"])] if applies[reason]]

    def rule_of_free_second(self, user: Document, day: date, second: int) -> str:
        """The ledger rule that most says why a free second of a working date is free."""
        if self.breaks_of(user, day)[second]:
            return "breaks.kept"
        template = self.template_of(user) or {}
        own = of_weekday(template["shifts"], day)
        if not pattern_of(own, ())[second]:
            return "slots.over-midnight"
        return "slots.two-shifts" if len(own) > 1 else "slots.inside-shifts"

    def worked(self, user: Document, day: date) -> bytes:
        """1 for every second of a date that exists and lies in a shift."""
        template = self.template_of(user) or {"shifts": {}}
        return all_three(pattern(template["shifts"], day), b"\1" * DAY, existing(self.readings_of(user, day)))

    def breaks_of(self, user: Document, day: date) -> bytes:
        """1 for every second of a date that lies in a break of the template, in a shift or not."""
        template = self.template_of(user) or {}
        return pattern(template.get("breaks", {}), day)

    def rule_of_second_outside(self, user: Document, day: date, second: int) -> str:
        """The ledger rule that most says why a second of a working date lies in no shift."""
        template = self.template_of(user) or {}
        shifts = [seconds_between(times) for times in of_weekday(template["shifts"], day)]
        if any(second + DAY in shift for shift in shifts):
            return "slots.over-midnight"
        is_between = any(shift.stop <= second for shift in shifts) and any(second < shift.start for shift in shifts)
        return "slots.two-shifts" if is_between else "slots.inside-shifts"

    def has_shift_over_midnight(self, user: Document, day: date) -> bool:
        """Whether a shift that began the day before runs into the date."""
        template = self.template_of(user) or {}
        return any(seconds_between(times).stop > DAY for times in of_weekday(template.get("shifts", {}), day - timedelta(days=1)))

    def has_partial_leave(self, user: Document, day: date) -> bool:
        """Whether a leave for part of the date is in the calendar."""
        return any("time" in leave and _date(leave["date"]) == day for leave in user.get("leaves", ()))

    def spans_that_allow_conflicts(self, user: Document) -> list[tuple[str, str]]:
        """Start and end, as the vendor prints them, of the user's tasks whose type allows conflicts."""
        return [(_printed_instant(start), _printed_instant(end)) for start, end, allows in self._tasks(user) if allows]

    @property
    def prints_template_times(self) -> bool:
        """Whether the profile prints slots in the template's zone."""
        return self._says("time-zone", "template")

    def cells(self, user: Document, day: date, flag: bool) -> bytearray:
        """A working date in the template's zone, painted: the free seconds are Cell.FREE."""
        template = self.template_of(user)
        if template is None:
            raise ValueError("a user without a template has no working day")
        cells = bytearray(pattern(template["shifts"], day))
        if self._says("breaks", "taken-out"):
            for run in runs(pattern(template.get("breaks", {}), day), 1):
                paint(cells, run, Cell.BREAK)
        if self._says("partial-leave", "taken-out"):
            for leave in user.get("leaves", ()):
                if "time" in leave and _date(leave["date"]) == day:
                    paint(cells, seconds_between(leave["time"]), Cell.LEAVE)
        self._paint_tasks(cells, user, day, flag)
        for run in runs(existing(self.readings_of(user, day)), 0):
            paint(cells, run, Cell.SKIPPED)
        return cells

    def _paint_tasks(self, cells: bytearray, user: Document, day: date, flag: bool) -> None:
        allowed_block = not flag and self._says("allowed-conflict", "hole")
        # Tasks that forbid conflicts come last, so that they are painted over those that allow them.
        for start, end, allows in sorted(self._tasks_on(user, day), key=lambda task: not task[2]):
            if allows and not allowed_block:
                continue
            for seconds in seconds_read(self.readings_of(user, day), start, end):
                paint(cells, seconds, Cell.ALLOWED_CONFLICT if allows else Cell.BUSY)

    def _slots(self, user: Document, day: date, flag: bool) -> list[dict[str, str]]:
        return self._printed(self.cells(user, day, flag), user, day)

    def breaks_listed(self, user: Document, day: date, *, skipped: bool = False) -> list[dict[str, str]]:
        """The breaks inside the shifts of a working date; `skipped` leaves in what a change of clocks skips: the vendor does not say."""
        template = self.template_of(user) or {}
        shifts, pauses = pattern(template["shifts"], day), pattern(template.get("breaks", {}), day)
        exists = b"\1" * DAY if skipped else existing(self.readings_of(user, day))
        return self._printed(all_three(shifts, pauses, exists), user, day)

    def _printed(self, cells: bytes | bytearray, user: Document, day: date) -> list[dict[str, str]]:
        """The runs of cells that are 1, wall-clock seconds of a date, in the zone that the profile prints times in."""
        if self._says("time-zone", "utc"):
            utc = bytearray(2 * DAY)
            for reading in self.readings_of(user, day):
                for run in runs(cells[reading.wall : reading.wall + reading.length], 1):
                    start = (reading.instant + run.start) % DAY
                    paint(utc, range(start, start + len(run)), 1)
            # What ran past midnight UTC goes on at the start of the day.
            cells = (int.from_bytes(utc[:DAY]) | int.from_bytes(utc[DAY:])).to_bytes(DAY)
        return [{"StartTime": _clock(run.start), "EndTime": _clock(run.stop % DAY)} for run in runs(cells, 1)]

    def _tasks_on(self, user: Document, day: date) -> Iterator[_Task]:
        """Start, end and Allow Conflicts of every task that runs at an instant of the date."""
        known = self.readings_of(user, day)
        for start, end, allows in self._tasks(user):
            if any(start.timestamp() < r.instant + r.length and end.timestamp() > r.instant for r in known):
                yield start, end, allows

    def _tasks(self, user: Document) -> list[_Task]:
        """A user's tasks, read once: a calendar is looked at date by date."""
        # A document has no hash. It is kept beside its tasks, so that its id stays its own.
        if id(user) not in self._tasks_read:
            self._tasks_read[id(user)] = user, [self._task(task) for task in user.get("tasks", ())]
        return self._tasks_read[id(user)][1]

    def _task(self, task: Document) -> _Task:
        allows = self._allows[task["type"]] if "type" in task else bool(task["allow-conflicts"])
        return _instant(task["start"]), _instant(task["end"]), allows

    def users_asked(self, addresses: Iterable[str]) -> list[Document]:
        """The users that are asked for, in the order of the answer."""
        found: list[Document] = []
        for address in addresses:
            user = next((user for user in self.users if self._same(user["email"], address)), None)
            if user is None:
                if self._says("unknown-address", "refused"):
                    raise UnknownAddressRefused(address)
                continue
            if user not in found or self._says("duplicate-addresses", "repeated"):
                found.append(user)
        if self._says("users-order", "address"):
            found.sort(key=lambda user: str(user["email"]).lower())
        return found

    def _same(self, one: str, other: str) -> bool:
        return one.lower() == other.lower() if self._says("address-case", "any") else one == other

    def _says(self, question: str, answer: str) -> bool:
        return self._answers[question] == answer


def _is_holiday(holidays: Any, day: date) -> bool:
    if not isinstance(holidays, str):
        return day in [_date(holiday) for holiday in holidays]
    from holidays import country_holidays

    country, _, subdivision = holidays.partition("-")
    return day in country_holidays(country, subdiv=subdivision or None, years=day.year, expand=False)


def _is_whole_leave(leave: Document, day: date) -> bool:
    if "time" in leave:
        return False
    if "date" in leave:
        return _date(leave["date"]) == day
    return _date(leave["from"]) <= day <= _date(leave["to"])


def _dates(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


def _date(value: Any) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _instant(value: Any) -> datetime:
    moment: datetime = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.astimezone(UTC)


def _clock(second: int) -> str:
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def _printed_instant(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%d %H:%M:%S")
