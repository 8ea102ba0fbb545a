"""Generated answers and error envelopes: all that a client has to be ready for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED, Profile

from .generated_calendars import zones

DAY = 24 * 60 * 60
NOON = DAY // 2
Seconds = tuple[int, int]
"""A wall-clock interval of one date in seconds since its midnight: 0 <= start < end <= 86400."""

Task = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class _Plan:
    """A kind of day of a user: a reason, or free time, breaks and tasks in seconds relative to the date's midnight."""

    reason: str | None
    free: Sequence[Seconds]
    breaks: Sequence[Seconds]
    tasks: Sequence[Seconds]


@cache
def _zone(name: str) -> ZoneInfo:
    # From the tzdata package, whatever the machine has: the same values everywhere.
    with (files("tzdata") / "zoneinfo").joinpath(*name.split("/")).open("rb") as stream:
        return ZoneInfo.from_file(stream, key=name)


def _disjoint(most: int) -> st.SearchStrategy[list[Seconds]]:
    # Distinct cuts give intervals that neither touch nor overlap. Second 86,400 is the midnight end, printed 00:00:00.
    cuts: st.SearchStrategy[list[int]] = st.lists(
        st.integers(0, DAY) | st.sampled_from([0, 32_400, 61_200, DAY]), max_size=2 * most, unique=True
    ).map(sorted)
    return cuts.map(lambda at: [(at[n], at[n + 1]) for n in range(0, len(at) - 1, 2)])


@st.composite
def _plans(draw: st.DrawFn, templated: bool) -> _Plan:
    starts = st.integers(-7200, DAY - 1)  # from two hours before the date
    lengths = st.sampled_from([1800, 1, 3600, 7200, DAY])  # one second to a whole day
    tasks = draw(st.lists(st.tuples(starts, lengths), max_size=4))  # 4: room to touch, to overlap and to repeat
    has_twin = draw(st.booleans())
    if tasks and has_twin:
        tasks.append(draw(st.sampled_from(tasks)))
    spans = [(start, start + length) for start, length in tasks]
    if not templated:
        return _Plan("WorkDayTemplateNotDefined", [], [], spans)
    reason = draw(st.sampled_from([None, None, "Holiday", "Leave", "NotScheduled"]))  # two in five work
    if reason is not None:
        return _Plan(reason, [], [], spans)
    whole_day: st.SearchStrategy[list[Seconds]] = st.just([(0, DAY)])
    return _Plan(None, draw(_disjoint(3) | whole_day), draw(_disjoint(2)), spans)  # 24 hours are a day, too


@dataclass(frozen=True, slots=True)
class _Person:
    identity: dict[str, str]
    zone: str | None
    plans: Sequence[_Plan]

    def entries(self, days: Sequence[date], profile: Profile) -> list[dict[str, Any]]:
        """The person's entry under each of the dates; a task stands under every one that it overlaps."""
        own = self.identity["UserTimeZone"] if profile.date_without_template.value == "user" else "UTC"
        zone = _zone(self.zone or own)
        plans = [self.plans[number % len(self.plans)] for number in range(len(days))]
        tasks = sorted(task for day, plan in zip(days, plans, strict=True) for task in _planned(plan, day, zone))
        return [self._entry(day, plan, _overlapping(tasks, day, zone), profile) for day, plan in zip(days, plans, strict=True)]

    def _entry(self, day: date, plan: _Plan, tasks: Sequence[Task], profile: Profile) -> dict[str, Any]:
        entry: dict[str, Any] = dict(self.identity)
        entry["AvailableSlots"], entry["Breaks"] = _lists(plan, day, self.zone, tasks, profile)
        entry["BusySlots"] = [{"StartTime": _instant(start), "EndTime": _instant(end)} for start, end in tasks]
        return entry | {"WorkDayTemplateTimeZone": self.zone, "NoSlotsReason": plan.reason}


def _bounds(day: date, zone: ZoneInfo) -> Task:
    """The first instant of a date, and that of the next."""
    first, second = (datetime.combine(at, time(tzinfo=zone)).astimezone(UTC) for at in (day, day + timedelta(days=1)))
    return first, second


def _planned(plan: _Plan, day: date, zone: ZoneInfo) -> list[Task]:
    start, _ = _bounds(day, zone)
    return [(start + timedelta(seconds=a), start + timedelta(seconds=b)) for a, b in plan.tasks]


def _overlapping(tasks: Sequence[Task], day: date, zone: ZoneInfo) -> list[Task]:
    start, end = _bounds(day, zone)
    return [task for task in tasks if task[0] < end and task[1] > start and start < end]


def _lists(plan: _Plan, day: date, zone: str | None, tasks: Sequence[Task], profile: Profile) -> tuple[Any, Any]:
    if plan.reason is not None or zone is None:
        empty = plan.reason != "WorkDayTemplateNotDefined" and profile.absent_lists.value == "empty"
        return ([], []) if empty else (None, None)
    where = _zone(zone)
    window = _quiet(day, where)
    free = _without(_clip(plan.free, window), [_wall(task, day, where) for task in tasks])
    return _clock(free), _clock(_clip(plan.breaks, window))


def _quiet(day: date, zone: ZoneInfo) -> Seconds:
    """The part of the date in which no clock changes, as far as one can say without looking for the change."""
    offsets = [datetime.combine(day, at, tzinfo=zone).utcoffset() for at in (time(), time(12))]
    offsets.append(datetime.combine(day + timedelta(days=1), time(), tzinfo=zone).utcoffset())
    if offsets[0] == offsets[1] == offsets[2]:
        return 0, DAY
    return (NOON, DAY) if offsets[1] == offsets[2] else (0, 0)


def _wall(task: Task, day: date, zone: ZoneInfo) -> Seconds:
    """What a task covers of the date's wall clock; the whole date when a clock changes meanwhile."""
    start, end = (instant.astimezone(zone) for instant in task)
    if start.utcoffset() != end.utcoffset():
        return 0, DAY
    midnight = datetime.combine(day, time())
    first, last = (int((at.replace(tzinfo=None) - midnight).total_seconds()) for at in (start, end))
    return first, last


def _clip(intervals: Sequence[Seconds], window: Seconds) -> list[Seconds]:
    cut = [(max(start, window[0]), min(end, window[1])) for start, end in intervals]
    return [(start, end) for start, end in cut if start < end]


def _without(free: Sequence[Seconds], taken: Sequence[Seconds]) -> list[Seconds]:
    for start, end in taken:
        free = [piece for a, b in free for piece in ((a, min(b, start)), (max(a, end), b)) if piece[0] < piece[1]]
    return list(free)


def _clock(intervals: Sequence[Seconds]) -> list[dict[str, str]]:
    return [{"StartTime": _time(start), "EndTime": _time(end)} for start, end in intervals]


def _time(second: int) -> str:
    return f"{second % DAY // 3600:02}:{second % 3600 // 60:02}:{second % 60:02}"


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S")


def _local_parts() -> st.SearchStrategy[str]:
    # Mixed letter case, tags, dots, and a quote: all are addresses, and addresses are echoed as they are stored.
    return st.from_regex(r"\A[A-Za-z][A-Za-z0-9]{0,10}([.+_'-][A-Za-z0-9]{1,6})?\Z")


@st.composite
def _people(draw: st.DrawFn) -> list[_Person]:
    parts = draw(st.lists(_local_parts(), max_size=4, unique_by=str.casefold))  # 4: one for each reason; none: nobody was found
    ids = draw(st.lists(st.uuids().map(str), min_size=len(parts), max_size=len(parts), unique=True))
    people = []
    for number, part in enumerate(parts):
        identity = {"UserId": ids[number], "EmailAddress": f"{part}@example.com", "UserTimeZone": draw(zones())}
        zone = draw(st.none() | zones())
        plans = draw(st.lists(_plans(zone is not None), min_size=1, max_size=3))  # 3 kinds of day, in turn
        people.append(_Person(identity, zone, plans))
    return people


@st.composite
def answers(draw: st.DrawFn, *, profile: Profile = DOCUMENTED) -> dict[str, Any]:
    """Answers that a server of this profile may give with status 200, the nasty ones among them, as parsed JSON.

    Nulls and empty lists; no users and no dates, with a RecordCount of 0 and with one above 0, as past the last page;
    all four reasons; busy times that repeat, overlap, touch, begin on the day before or last a second; slots that
    end at midnight or fill all 24 hours; any zone of the IANA set; days on which clocks change; up to 101 dates.
    """
    people = draw(_people())
    # 1970 to 2037: from the first instant of Unix time to the last year with explicit changes in the zone files.
    first = draw(st.dates(date(2026, 1, 1), date(2026, 12, 31)) | st.dates(date(1970, 1, 2), date(2037, 12, 1)))
    # 101 dates are 100 days apart, the most that a request may ask for.
    days = [first + timedelta(days=n) for n in range(draw(st.sampled_from([1, 2, 7, 101])))]
    elsewhere = draw(st.sampled_from([0, 0, 1, 250]))  # users on other pages
    if not people or draw(st.integers(0, 9)) == 9:  # one in ten lies past the last page
        return _empty(elsewhere + len(people), profile)
    records = (len(people) + elsewhere) * (len(days) if profile.record.value == "user-and-date" else 1)
    if profile.users_order.value == "address":
        people.sort(key=lambda person: person.identity["EmailAddress"].casefold())
    listed = [person.entries(days, profile) for person in people]
    groups = [{"Date": day.isoformat(), "UserSlots": [entries[n] for entries in listed]} for n, day in enumerate(days)]
    return {"RecordCount": records, "List": groups}


def _empty(records: int, profile: Profile) -> dict[str, Any]:
    shapes: dict[str, dict[str, Any]] = {"empty": {"List": []}, "null": {"List": None}, "absent": {}}
    return {"RecordCount": records} | shapes[profile.empty_list.value]


_MESSAGES = {
    "MXInvalidInputException": "Invalid Input! Parameter Name: FromDate value is not correct.",
    "MXMandatoryAttributeMissingException": "'FromDate' is mandatory for retrieving available slots",
    "MXInvalidUserDetailsException": "Invalid User Details!",
    "MXAPIRateLimitExceededException": "API calls exceeded the limit of 25 in 5 second(s)",
}


def envelopes() -> st.SearchStrategy[dict[str, Any]]:
    """Error envelopes as parsed JSON: reported types with their messages, unreported ones with any message.

    Some carry IsMXException. They come with the documented status, and with 200, 403 or 500: clients look at the body.
    """
    known = st.sampled_from(sorted(_MESSAGES.items()))
    # A name as the vendor gives them. 300 characters hold HTML, quotes, braces and what else breaks a log.
    other = st.tuples(st.from_regex(r"\AMX[A-Z][A-Za-z]{2,30}Exception\Z"), st.text(min_size=1, max_size=300).filter(str.strip))
    members = (known | other).map(lambda pair: {"Status": "Error", "ExceptionType": pair[0], "ExceptionMessage": pair[1]})
    return st.tuples(members, st.booleans()).map(lambda drawn: drawn[0] | ({"IsMXException": True} if drawn[1] else {}))
