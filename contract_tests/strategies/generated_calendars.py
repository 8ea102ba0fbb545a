"""Generated calendars: scenario documents, as plain dicts in the form of a scenario file."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from hypothesis import strategies as st

MINUTES = 24 * 60
FIRST, LAST = date(2026, 3, 1), date(2026, 4, 12)
"""Six weeks in which both hemispheres change their clocks."""


@cache
def iana_zones() -> Sequence[str]:
    """Every zone of the tzdata package, links included, sorted: about 600 names."""
    return sorted((files("tzdata") / "zones").read_text(encoding="utf-8").split())


# Zones in which calendars go wrong: far east and west of UTC, offsets in quarter hours, a change by half an hour,
# changes at midnight, negative daylight saving.
_HARD_ZONES = (
    "Asia/Kolkata", "America/New_York", "Europe/Dublin", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu",
    "Australia/Lord_Howe", "Pacific/Chatham", "America/Havana", "Asia/Beirut", "Africa/Cairo", "America/Asuncion",
    "Africa/Casablanca", "UTC",
)  # fmt: skip


def zones() -> st.SearchStrategy[str]:
    """Names of IANA zones; half of them from a short list of hard ones."""
    return st.sampled_from(_HARD_ZONES) | st.sampled_from(list(iana_zones()))


def clock_text(minute: int) -> str:
    """A minute of the day, 0 to 1440, as a scenario file writes it; the end of the day is 24:00."""
    return f"{minute // 60:02}:{minute % 60:02}"


@st.composite
def clock_intervals(draw: st.DrawFn, *, most: int, over_midnight: bool) -> list[str]:
    """Up to `most` disjoint wall-clock intervals of one day, in order; only the last may go over midnight."""
    cuts = draw(st.lists(st.integers(0, MINUTES), min_size=2, max_size=2 * most, unique=True).map(sorted))
    pairs = [(cuts[n], cuts[n + 1]) for n in range(0, len(cuts) - 1, 2)]
    texts = [f"{clock_text(start)}-{clock_text(end)}" for start, end in pairs]
    # It has to end before the first starts, or the day would overlap with itself a week on.
    if over_midnight and pairs[-1][1] < MINUTES and pairs[0][0] > 0 and draw(st.booleans()):
        start, end = draw(st.integers(pairs[-1][1] + 1, MINUTES)), draw(st.integers(1, pairs[0][0]))
        if start < MINUTES:
            texts.append(f"{clock_text(start)}-{clock_text(end)}")
    return texts


_USUAL_SHIFTS = (
    ["09:00-17:00"],
    ["09:00-14:00", "18:00-21:00"],
    ["22:00-06:00"],
    ["00:00-24:00"],
    ["16:00-24:00"],
    ["00:00-00:30"],
)
_DAYS = (
    "every-day",
    "weekdays",
    "weekend",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)


def _weeks(day: st.SearchStrategy[list[str]]) -> st.SearchStrategy[dict[str, list[str]]]:
    # A day has the times of every key that names it, so a single day beside its group adds to it.
    groups = st.sampled_from([("every-day",), ("weekdays",), ("weekdays", "weekend"), ("weekdays", "monday"), ("saturday",), _DAYS[3:]])
    return groups.flatmap(lambda names: st.fixed_dictionaries(dict.fromkeys(names, day)))


def _templates() -> st.SearchStrategy[dict[str, Any]]:
    shifts = st.sampled_from(_USUAL_SHIFTS).map(list) | clock_intervals(most=3, over_midnight=True)
    usual_breaks: tuple[list[str], ...] = ([], ["11:00-11:15", "13:00-14:00"])
    breaks = st.sampled_from(usual_breaks).map(list) | clock_intervals(most=2, over_midnight=False)
    return st.fixed_dictionaries({"zone": zones(), "shifts": _weeks(shifts)}, optional={"breaks": _weeks(breaks)})


@st.composite
def _tasks(draw: st.DrawFn, types: Sequence[str], first: date, last: date) -> dict[str, Any]:
    # From two days before to two after: zones reach 14 hours to either side of UTC.
    day = draw(st.dates(first - timedelta(days=2), last + timedelta(days=2)))
    quarter, second = draw(st.integers(0, 95)), draw(st.sampled_from([0, 0, 0, 1, 59, 899]))
    start = datetime.combine(day, time(tzinfo=UTC)) + timedelta(minutes=15 * quarter, seconds=second)
    # One second is the shortest task; 90,000 s are over a whole day; most are half an hour.
    length = draw(st.sampled_from([1800, 900, 3600, 1, 59, 5400, 86_400, 90_000]))
    return {"type": draw(st.sampled_from(list(types))), "start": start, "end": start + timedelta(seconds=length)}


@st.composite
def _leaves(draw: st.DrawFn, first: date, last: date) -> dict[str, Any]:
    day = draw(st.dates(first, last))
    if draw(st.booleans()):
        return {"from": day, "to": day + timedelta(days=draw(st.integers(0, 5)))}  # 5: a working week
    (interval,) = draw(clock_intervals(most=1, over_midnight=False))
    return {"date": day, "time": interval}


@st.composite
def _users(draw: st.DrawFn, email: str, templates: Sequence[str], types: Sequence[str], first: date, last: date) -> dict[str, Any]:
    user: dict[str, Any] = {"email": email, "zone": draw(zones())}
    template = draw(st.sampled_from([*templates, *templates, None]))  # a third or less has none
    if template is not None:
        user["template"] = template
    user["holidays"] = draw(st.lists(st.dates(first, last), max_size=3, unique=True))  # 3: some days stay ordinary
    user["leaves"] = draw(st.lists(_leaves(first, last), max_size=3))  # not unique: leaves may overlap
    tasks = draw(st.lists(_tasks(types, first, last), max_size=8))  # 8: enough to overlap, to touch and to stand outside shifts
    again = draw(st.lists(st.sampled_from(tasks), max_size=2)) if tasks else []  # the same time twice is two tasks
    user["tasks"] = tasks + [dict(task) for task in again]
    return user


@st.composite
def calendars(draw: st.DrawFn, *, first: date = FIRST, last: date = LAST, most_users: int = 3) -> dict[str, Any]:
    """Scenario documents with a closed directory whose absences and tasks lie around the dates `first` to `last`.

    Zones come from the whole IANA set. Work days have one shift, two, one over midnight, or all 24 hours, with breaks
    inside and outside; users have no template, holidays, leaves for days and for hours, and tasks of both kinds: to the
    second, overlapping, twice, outside working hours, and longer than a day. `most_users` bounds the users, from 1;
    addresses are user0@example.com and so on.
    """
    types = [{"name": "Meeting", "allow-conflicts": False}, {"name": "Reminder", "allow-conflicts": True}]
    names = [f"Template {n}" for n in range(draw(st.integers(1, 2)))]  # 2: users may share one, or not
    templates = [{"name": name} | draw(_templates()) for name in names]
    type_names = [str(kind["name"]) for kind in types]
    users = [draw(_users(f"user{n}@example.com", names, type_names, first, last)) for n in range(draw(st.integers(1, most_users)))]
    return {
        "title": "Generated calendar",
        "directory": "closed",
        "task-type": types,
        "template": templates,
        "user": users,
    }


def to_toml(document: dict[str, Any]) -> str:
    """A calendar as the text of a scenario file. Needs tomli-w, which comes with the kit."""
    import tomli_w

    return tomli_w.dumps(document)


def to_json(document: Any) -> Any:
    """A calendar as the JSON that the admin interface takes: dates as yyyy-MM-dd, instants as yyyy-MM-ddTHH:mm:ssZ."""
    if isinstance(document, dict):
        return {key: to_json(value) for key, value in document.items()}
    if isinstance(document, list):
        return [to_json(value) for value in document]
    if isinstance(document, datetime):
        return document.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return document.isoformat() if isinstance(document, date) else document
