"""The answer, as the vendor spells it."""

import itertools
import time
from datetime import datetime, timedelta

from calendars import LENGTH, free, pieces_of, reason, wall

CACHE = {}
NUMBERS = itertools.count(1)


def clock(moment, bug):
    """Return seconds after midnight as HH:MM:SS; the end of the day is 00:00:00."""
    if bug == "no-leading-zero":
        return f"{moment // 3600 % 24}:{moment // 60 % 60:02}:{moment % 60:02}"
    if bug == "hours-over-24" and moment == LENGTH:
        return "24:00:00"
    return f"{moment // 3600 % 24:02}:{moment // 60 % 60:02}:{moment % 60:02}"


def busy(user, day, bug, seen=[]):
    """Return the busy times of the date; the tasks are in order, whole, and each stands for itself."""
    if bug != "list-as-default":
        seen = []
    zone = user["template"]["zone"] if user["template"] else user["zone"]
    runs = wall(zone, day)
    if not runs:
        return []
    first, last = runs[0][0], runs[-1][1]
    if bug == "busy-within-shifts" and user["template"]:
        spans = pieces_of(user["template"].get("shifts", {}), day)
        midnight = first
        first, last = (midnight + spans[0][0], midnight + spans[-1][1]) if spans else (last, first)
    for start, end, may_conflict in user["tasks"]:
        begin, until = start.timestamp(), end.timestamp()
        near = begin < last and (until >= first if bug == "midnight-counts-twice" else until > first)
        if bug == "dates-of-utc-compared":
            near = start.date() <= day <= end.date()
        if bug == "day-of-end":
            near = first < until <= last
        if near and not may_conflict:
            seen.append((begin, until))
    if len(seen) > 500:
        del seen[:-500]
    if bug == "keyed-by-start":
        seen = list(dict(seen).items())
    if bug != "list-as-default":
        seen.sort(key=lambda pair: pair[::-1] if bug == "sorted-by-end" else pair, reverse=bug == "latest-first")
    form = {"day-first": "%d-%m-%Y %H:%M:%S", "busy-without-date": "%H:%M:%S", "busy-without-seconds": "%Y-%m-%d %H:%M"}.get(
        bug, "%Y-%m-%d %H:%M:%S"
    )
    shift = wall(zone, day)[0][2] if bug == "busy-on-the-wall" else 0
    return [{"StartTime": _text(start + shift, form), "EndTime": _text(end + shift, form)} for start, end in seen]


def _text(moment, form):
    return (datetime(1970, 1, 1) + timedelta(seconds=moment)).strftime(form)


def entry(user, day, lenient, bug):
    """Return one user under one date."""
    if bug == "flag-never-false":
        lenient = True
    why = reason(user, day, bug)
    template = user["template"]
    slots = breaks = None
    if template:
        slots, breaks = [], []
        if not why:
            slots = [{"StartTime": clock(start, bug), "EndTime": clock(end, bug)} for start, end in free(user, day, lenient, bug)]
            breaks = [
                {"StartTime": clock(start, bug), "EndTime": clock(end, bug)} for start, end in pieces_of(template.get("breaks", {}), day)
            ]
        if bug == "no-slots-no-lists" and not slots:
            slots = breaks = None
    elif bug == "template-less-all-day":
        slots = [{"StartTime": "00:00:00", "EndTime": "00:00:00"}]
    if bug == "breaks-always-empty":
        breaks = []
    if bug == "breaks-without-slots":
        breaks = (
            [b for b in breaks or [] if any(s["StartTime"] <= b["StartTime"] < s["EndTime"] for s in slots)] if slots is not None else None
        )
    text = {"reason-as-text": str(why), "reason-empty": why or "", "reason-in-small-letters": why and why.lower()}.get(bug, why)
    if bug == "fully-booked-is-leave" and template and not why and not slots:
        text = "Leave"
    made = {
        "UserId": user["id"],
        "EmailAddress": user["email"],
        "UserTimeZone": user["zone"],
        "AvailableSlots": slots,
        "Breaks": breaks,
        "BusySlots": [] if bug == "absent-never-busy" and why else busy(user, day, bug),
        "WorkDayTemplateTimeZone": template and template["zone"],
        "NoSlotsReason": text,
    }
    if bug == "id-is-the-address":
        made["UserId"] = user["email"]
    if bug == "id-by-counter":
        made["UserId"] = f"00000000-0000-0000-0000-{next(NUMBERS):012}"
    if bug == "zone-of-absent-null" and why:
        made["WorkDayTemplateTimeZone"] = None
    if bug == "time-zone-missing":
        del made["UserTimeZone"]
    if bug == "offset-instead-of-zone" and wall(user["zone"], day):
        offset = wall(user["zone"], day)[0][2]
        made["UserTimeZone"] = f"UTC{offset // 3600:+03}:{offset // 60 % 60:02}"
    return made


def days_between(first, last, bug):
    """Return the dates from the first to the last, both included."""
    if bug == "months-stepped-over":
        last = min(last, (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    if bug == "weekends-left-out":
        days = [day for day in days if day.weekday() < 5]
    if bug == "from-left-out" and len(days) > 1:
        del days[0]
    if bug == "past-left-out":
        days = [day for day in days if day.toordinal() >= int(time.time() // LENGTH) + 719_163]
    if bug == "at-most-thirty-dates":
        del days[30:]
    return days


def page_of(rows, index, size, bug):
    """Return the page of rows."""
    start = (index - 1) * size
    if bug == "first-page-for-ever":
        start = 0
    if bug == "past-the-end-is-the-last":
        start = min(start, (len(rows) - 1) // size * size)
    if bug == "end-is-the-size":
        return rows[start:size]
    if bug == "page-size-minus-one":
        return rows[start : start + max(size - 1, 1)]
    return rows[start : start + size]


def answer(users, query, bug):
    """Return the whole answer for a valid query."""
    key = (query["Users"][:1] and query["Users"][0], query["FromDate"], query["ToDate"], query["IncludeAllowedConflictSlots"])
    if bug == "cached-by-first-user" and query["Paging"] is None and key in CACHE:
        return CACHE[key]
    chosen = [users[email] for email in query["Users"] if email in users]
    if bug == "page-before-look-up" and query["Paging"]:
        chosen = [users[email] for email in page_of(query["Users"], *query["Paging"], bug) if email in users]
    elif query["Paging"] and bug != "page-of-the-working":
        chosen = page_of(chosen, *query["Paging"], bug)
    days = days_between(query["FromDate"], query["ToDate"], bug)
    listed = []
    for day in days if chosen else []:
        entries = [entry(user, day, query["IncludeAllowedConflictSlots"], bug) for user in chosen]
        if query["Paging"] and bug == "page-of-the-working":
            entries = page_of([one for one in entries if not one["NoSlotsReason"]], *query["Paging"], bug)
        listed.append({"Date": day.isoformat(), "UserSlots": entries})
    count = len([email for email in query["Users"] if email in users])
    if bug == "slots-counted":
        count = sum(len(user["AvailableSlots"] or []) for one in listed for user in one["UserSlots"])
    if bug == "count-of-pages" and query["Paging"]:
        count = -(-count // query["Paging"][1])
    if bug == "grouped-by-user":
        listed = [
            {"Date": one["Date"], "UserSlots": [user]} for i in range(len(chosen)) for one in listed for user in one["UserSlots"][i : i + 1]
        ]
    made = {"RecordCount": str(count) if bug == "count-as-text" else count, "List": listed}
    if bug == "list-as-map":
        made["List"] = {one["Date"]: one["UserSlots"] for one in listed}
    if bug == "cached-by-first-user":
        CACHE[key] = made
    return made
