"""Mutants that get AvailableSlots and Breaks wrong."""

from datetime import UTC, datetime

from leadsquared_slots.contract_tests.mutants.registry import (
    Document,
    Mutant,
    entries,
    on_answer,
    on_ask,
    on_entries,
    other_answer,
    register,
)
from leadsquared_slots.contract_tests.oracle.wall_clock import DAY, zone

from .times import day_bounds, instant, merged, on_both_ends, slots, spans, text, wall, zone_of

HOUR = 3600
LISTS = ("AvailableSlots", "Breaks")


def _each_time(entry: Document, change: object) -> None:
    for name in LISTS:
        if entry[name]:
            entry[name] = [on_both_ends(slot, change) for slot in entry[name]]  # type: ignore[arg-type]


@on_entries("no-seconds", "times have no seconds", ["slots.form", "breaks.form"])
def _(entry: Document) -> None:
    _each_time(entry, lambda at: at[:5])


@on_entries("twelve-hours", "times are written with AM and PM", ["slots.form"])
def _(entry: Document) -> None:
    _each_time(entry, lambda at: datetime.strptime(at, "%H:%M:%S").strftime("%I:%M:%S %p"))


@on_entries("dated-slots", "slots are date-times", ["slots.form"])
def _(entry: Document) -> None:
    _each_time(entry, lambda at: f"{entry['Date']} {at}")


@on_entries("midnight-24", "the end of the day is 24:00:00", ["slots.midnight", "slots.form"])
def _(entry: Document) -> None:
    for slot in entry["AvailableSlots"] or []:
        if slot["EndTime"] == "00:00:00":
            slot["EndTime"] = "24:00:00"


@on_entries("midnight-23-59", "the end of the day is 23:59:59", ["slots.midnight", "slots.seconds"])
def _(entry: Document) -> None:
    for slot in entry["AvailableSlots"] or []:
        if slot["EndTime"] == "00:00:00":
            slot["EndTime"] = "23:59:59"


@on_entries("over-the-end", "a slot to midnight ends in the next morning", ["slots.midnight", "slots.over-midnight"])
def _(entry: Document) -> None:
    for slot in entry["AvailableSlots"] or []:
        if slot["EndTime"] == "00:00:00" and slot["StartTime"] != "00:00:00":
            slot["EndTime"] = text(int(slot["StartTime"][:2]) * HOUR // 2)


@on_entries("slots-descend", "the latest slot comes first", ["slots.sorted"])
def _(entry: Document) -> None:
    if entry["AvailableSlots"]:
        entry["AvailableSlots"].reverse()


@on_entries("slots-overlap", "the day's whole span is listed beside its slots", ["slots.sorted"])
def _(entry: Document) -> None:
    times = spans(entry["AvailableSlots"])
    if len(times) > 1:
        entry["AvailableSlots"] = slots([(times[0][0], times[-1][1]), *times])


@on_entries("half-hour-slots", "slots are cut into bookable half hours", ["slots.maximal"])
def _(entry: Document) -> None:
    if entry["AvailableSlots"]:
        pieces = [(at, min(at + 1800, end)) for start, end in spans(entry["AvailableSlots"]) for at in range(start, end, 1800)]
        entry["AvailableSlots"] = slots(pieces)


@on_entries("cut-at-noon", "a slot over noon is two", ["slots.maximal"])
def _(entry: Document) -> None:
    noon = DAY // 2
    if entry["AvailableSlots"]:
        halves = [[(a, noon), (noon, b)] if a < noon < b else [(a, b)] for a, b in spans(entry["AvailableSlots"])]
        entry["AvailableSlots"] = slots([half for pair in halves for half in pair])


other_answer("slots-in-utc", "slots and breaks are UTC", ["slots.zone"], "time-zone", "utc")


@on_entries("slots-in-user-zone", "slots are told in the user's own zone", ["slots.zone", "slots.inside-shifts"])
def _(entry: Document) -> None:
    noon = datetime.fromisoformat(f"{entry['Date']}T12:00:00")
    own, template = (zone(entry[name] or "UTC").utcoffset(noon) for name in ("UserTimeZone", "WorkDayTemplateTimeZone"))
    if entry["AvailableSlots"] and own is not None and template is not None:
        shift = int((own - template).total_seconds())
        moved = [((a + shift) % DAY, (b + shift) % DAY or DAY) for a, b in spans(entry["AvailableSlots"])]
        entry["AvailableSlots"] = slots(sorted(span for span in moved if span[0] < span[1]))


other_answer("date-in-utc", "without a template dates are those of UTC", ["slots.date-without-template"], "date-without-template", "utc")


@on_entries("slots-of-the-utc-day", "a date has the free time of the UTC date of its name only", ["slots.date"])
def _(entry: Document) -> None:
    midnight = datetime.fromisoformat(entry["Date"]).replace(tzinfo=UTC)
    first = int((midnight - day_bounds(entry["Date"], zone_of(entry))[0]).total_seconds())
    kept = [(max(start, first), min(end, first + DAY)) for start, end in spans(entry["AvailableSlots"])]
    if entry["AvailableSlots"] is not None:
        entry["AvailableSlots"] = slots([(start, end) for start, end in kept if start < end])


@on_entries("longer-hours", "the last slot of a day ends an hour late", ["slots.inside-shifts"])
def _(entry: Document) -> None:
    times = spans(entry["AvailableSlots"])
    if times:
        entry["AvailableSlots"] = slots([*times[:-1], (times[-1][0], min(times[-1][1] + HOUR, DAY))])


@on_entries("always-free", "a working day is free from start to end", ["slots.inside-shifts", "slots.not-busy"])
def _(entry: Document) -> None:
    if entry["AvailableSlots"]:
        entry["AvailableSlots"] = slots([(0, DAY)])


@on_entries("busy-is-free", "busy time is not taken out", ["slots.not-busy"])
def _(entry: Document) -> None:
    if entry["AvailableSlots"] and entry["BusySlots"]:
        entry["AvailableSlots"] = slots(merged(spans(entry["AvailableSlots"]) + wall(entry)))


@on_entries("first-task-only", "only the first busy time of a day is taken out", ["slots.not-busy"])
def _(entry: Document) -> None:
    if entry["AvailableSlots"] and len(entry["BusySlots"]) > 1:
        entry["AvailableSlots"] = slots(merged(spans(entry["AvailableSlots"]) + wall(entry)[1:]))


@on_entries("whole-hours", "busy time takes whole hours out", ["slots.inside-shifts", "slots.flag-true"])
def _(entry: Document) -> None:
    times = [(-(-a // HOUR) * HOUR, b // HOUR * HOUR) for a, b in spans(entry["AvailableSlots"])]
    if entry["AvailableSlots"]:
        entry["AvailableSlots"] = slots([(a, b) for a, b in times if a < b])


@on_entries(
    "short-slots-dropped", "slots under half an hour are left out", ["slots.inside-shifts", "slots.flag-true", "slots.over-midnight"]
)
def _(entry: Document) -> None:
    if entry["AvailableSlots"]:
        entry["AvailableSlots"] = slots([(a, b) for a, b in spans(entry["AvailableSlots"]) if b - a >= 1800])


@on_entries("to-the-minute", "times are cut to the minute", ["slots.seconds"])
def _(entry: Document) -> None:
    _each_time(entry, lambda at: at[:6] + "00")


@on_ask("flag-ignored", "the flag is taken for false", ["slots.flag-true"])
def _(body: Document) -> None:
    if body.get("IncludeAllowedConflictSlots") is True:
        body["IncludeAllowedConflictSlots"] = False


@on_ask("flag-always", "the flag is taken for true", ["slots.flag-false", "slots.hole"])
def _(body: Document) -> None:
    if body.get("IncludeAllowedConflictSlots") in (False, None):
        body["IncludeAllowedConflictSlots"] = True


@on_ask("flag-inverted", "the flag means the opposite", ["slots.flag-superset", "slots.flag-true", "slots.flag-false"])
def _(body: Document) -> None:
    if type(body.get("IncludeAllowedConflictSlots")) is bool:
        body["IncludeAllowedConflictSlots"] = not body["IncludeAllowedConflictSlots"]


other_answer("no-hole", "time that may conflict stays available with the flag false", ["slots.hole"], "allowed-conflict", "available")


@on_entries("skipped-hour", "times that the clock skips are available", ["slots.gap"])
def _(entry: Document) -> None:
    times, hours = spans(entry["AvailableSlots"]), [*range(0, DAY + 1, 1800)]
    where = zone(zone_of(entry))
    midnight = datetime.fromisoformat(entry["Date"])
    skipped = []
    for start in hours[:-1]:
        at = midnight.replace(hour=start // HOUR, minute=start % HOUR // 60, tzinfo=where)
        if at.astimezone(UTC).astimezone(where).replace(tzinfo=None) != at.replace(tzinfo=None):
            skipped.append((start, start + 1800))
    if times and skipped:
        entry["AvailableSlots"] = slots(merged(times + skipped))


@on_entries("second-hour-free", "a task in the second of two repeated hours takes no time", ["slots.fold"])
def _(entry: Document) -> None:
    where = zone(zone_of(entry))
    second = [busy for busy in entry["BusySlots"] if instant(busy["StartTime"]).astimezone(where).fold]
    if entry["AvailableSlots"] is not None and second:
        entry["AvailableSlots"] = slots(merged(spans(entry["AvailableSlots"]) + wall(entry | {"BusySlots": second})))


@on_entries("one-shift", "only the first slot before a long pause is listed", ["slots.two-shifts"])
def _(entry: Document) -> None:
    times = spans(entry["AvailableSlots"])
    for number in range(1, len(times)):
        if times[number][0] - times[number - 1][1] >= 3 * HOUR:
            entry["AvailableSlots"] = slots(times[:number])
            return


other_answer("breaks-taken-out", "breaks are taken out of the slots", ["breaks.kept"], "breaks", "taken-out")


register(
    Mutant(
        name="breaks-left-in",
        wrong="breaks stay in the slots where the profile takes them out",
        rules=("breaks.kept",),
        answers={"breaks": "kept"},
        judged={"breaks": "taken-out"},
    )
)


@on_entries("no-breaks", "Breaks is always empty", ["breaks.listed"])
def _(entry: Document) -> None:
    entry["Breaks"] = [] if entry["Breaks"] else entry["Breaks"]


@on_entries("breaks-null", "Breaks is null where there is none", ["reason.no-slots"])
def _(entry: Document) -> None:
    entry["Breaks"] = entry["Breaks"] or None


@on_entries("breaks-descend", "the latest break comes first", ["breaks.form", "breaks.in-shifts"])
def _(entry: Document) -> None:
    if entry["Breaks"]:
        entry["Breaks"].reverse()


@on_entries("breaks-in-minutes", "a break is a start and a length", ["breaks.form"])
def _(entry: Document) -> None:
    if entry["Breaks"]:
        times = spans(entry["Breaks"])
        entry["Breaks"] = [{"StartTime": text(start), "Minutes": (end - start) // 60} for start, end in times]


@on_answer("weekend-off", "nobody has slots on a Sunday", ["reason.not-scheduled"])
def _(answer: Document, body: Document) -> None:
    for day, entry in entries(answer):
        if entry["AvailableSlots"] and datetime.fromisoformat(day).weekday() == 6:
            entry.update(AvailableSlots=None, Breaks=None, NoSlotsReason="NotScheduled")
