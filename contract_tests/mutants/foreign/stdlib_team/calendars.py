"""Calendars: a scenario file in, the marks of a day out. A day is a row of 86,400 seconds, each free or not."""

import tomllib
import uuid
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

UTC = timezone.utc
LENGTH = 86_400
NAMES = "monday tuesday wednesday thursday friday saturday sunday".split()


def load(path):
    """Return the users of the file by address; templates and types are put into them."""
    with open(path, "rb") as file:
        data = tomllib.load(file)
    templates = {t["name"]: t for t in data.get("template", [])}
    lenient = {t["name"] for t in data.get("task-type", []) if t.get("allow-conflicts")}
    users = {}
    for user in data.get("user", []):
        template = templates.get(user.get("template"))
        users[user["email"]] = {
            "id": user.get("id") or str(uuid.uuid3(uuid.NAMESPACE_DNS, user["email"])),
            "email": user["email"],
            "zone": user.get("zone") or (template["zone"] if template else "UTC"),
            "template": template,
            "holidays": user.get("holidays", []),
            "leaves": user.get("leaves", []),
            "tasks": [(t["start"], t["end"], t.get("allow-conflicts", t.get("type") in lenient)) for t in user.get("tasks", [])],
        }
    return users


def seconds(text):
    """Return "14:30" as seconds after midnight."""
    hours, minutes = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60


def hours_of(week, weekday):
    """Return the (start, end) of one weekday; an end beyond the day belongs to the next date."""
    name = NAMES[weekday % 7]
    keys = (name, "every-day", "weekend" if weekday % 7 > 4 else "weekdays")
    spans = []
    for text in (text for key in keys for text in week.get(key, [])):
        start, end = map(seconds, text.split("-"))
        spans.append((start, end if end > start else end + LENGTH))
    return spans


def pieces_of(week, day, bug=""):
    """Return what the weekly hours put on the date: today's hours up to midnight and what is left of yesterday's."""
    number = day.weekday() + (1 if bug == "week-starts-on-sunday" else 0)
    pieces = [(start, min(end, LENGTH)) for start, end in hours_of(week, number)]
    if bug == "one-shift-a-day":
        pieces = pieces[:1]
    if bug != "yesterday-forgotten":
        pieces += [(0, end - LENGTH) for _, end in hours_of(week, number - 1) if end > LENGTH]
    return sorted(pieces)


@lru_cache(maxsize=4096)
def wall(zone, day):
    """Return the instants of the date as [(first, last, offset)], in seconds since 1970; the last is not included."""
    tz, noon = ZoneInfo(zone), int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp())
    runs = []
    for instant in range(noon - 30 * 3600, noon + 30 * 3600, 900):  # clocks change on a quarter of an hour
        offset = int(datetime.fromtimestamp(instant, tz).utcoffset().total_seconds())
        low, high = max(instant, noon - 43_200 - offset), min(instant + 900, noon + 43_200 - offset)
        if low >= high:
            continue
        if runs and runs[-1][2] == offset and runs[-1][1] == low:
            runs[-1] = (runs[-1][0], high, offset)
        else:
            runs.append((low, high, offset))
    return runs


def _runs(user, day, bug):
    zone = user["template"]["zone"]
    if bug == "tasks-in-the-users-zone":
        zone = user["zone"]
    runs = wall(zone, day)
    if bug == "offset-of-january":
        offset = int(datetime(day.year, 1, 1, tzinfo=ZoneInfo(zone)).utcoffset().total_seconds())
        runs = [(runs[0][0] + runs[0][2] - offset, runs[-1][1] + runs[-1][2] - offset, offset)]
    if bug == "utc-taken-for-local":
        midnight = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
        runs = [(midnight, midnight + LENGTH, 0)]
    return runs[-1:] if bug == "fold-second-only" else runs


def free(user, day, lenient, bug):
    """Return the free (start, end) of a working date."""
    marks = bytearray(LENGTH)
    midnight = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
    exists = wall(user["template"]["zone"], day)
    for start, end in pieces_of(user["template"].get("shifts", {}), day, bug):
        for low, high, offset in exists if bug != "lost-hour-sold" else [(midnight, midnight + LENGTH, 0)]:
            first, last = max(start, low + offset - midnight), min(end, high + offset - midnight)
            marks[first:last] = b"\1" * max(0, last - first)
    for leave in user["leaves"]:
        if "time" in leave and leave["date"] == day:
            start, end = map(seconds, leave["time"].split("-"))
            marks[start:end] = bytes(end - start)
    for start, end, may_conflict in list(user["tasks"]) if bug != "tasks-read-once" else user["tasks"]:
        if may_conflict and lenient:
            continue
        begin, until = start.timestamp(), end.timestamp()
        for low, high, offset in _runs(user, day, bug):
            first, last = int(max(begin, low)) + offset - midnight, int(min(until, high)) + offset - midnight
            if bug == "whole-minutes":
                first, last = -(-first // 60) * 60, last // 60 * 60
            if bug == "task-takes-its-hour":
                first, last = first // 3600 * 3600, -(-last // 3600) * 3600
            if first < last and last > 0:
                marks[max(first, 0) : last] = bytes(min(last, LENGTH) - max(first, 0))
    return _ranges(marks, bug)


def _ranges(marks, bug):
    found, start = [], marks.find(1)
    if bug == "slot-at-zero-lost" and not start:
        start = marks.find(1, max(marks.find(0), 1))
    while start != -1:
        end = marks.find(0, start)
        if end == -1:
            end = LENGTH
        found.append((start, end - (1 if bug == "ends-a-second-early" else 0)))
        start = marks.find(1, end)
    if bug == "pieces-of-an-hour":
        found = [(at, min(at + 3600, end)) for start, end in found for at in range(start, end, 3600)]
    if bug == "last-slot-of-the-day-lost" and found and found[-1][1] == LENGTH:
        found.pop()
    if bug == "short-slots-dropped":
        found = [(start, end) for start, end in found if end - start >= 1800]
    return found


def reason(user, day, bug):
    """Return why the date has no slots, or None."""
    if not user["template"]:
        return "WorkDayTemplateNotDefined"
    if day in user["holidays"]:
        return "Holiday"
    for leave in user["leaves"]:
        if "time" in leave:
            if bug == "some-hours-are-a-whole-day" and leave["date"] == day:
                return "Leave"
            continue
        first = leave.get("from", leave.get("date"))
        last = leave.get("to", first) - timedelta(days=1 if bug == "leave-ends-early" and "to" in leave else 0)
        if first <= day <= last:
            return "Leave"
    return None if pieces_of(user["template"].get("shifts", {}), day, bug) else "NotScheduled"
