"""Mutants that get BusySlots wrong."""

from datetime import datetime, timedelta

from leadsquared_slots.contract_tests.mutants.registry import Ask, Document, Reply, Server, entries, mutant, on_answer, on_entries

from .times import day_bounds, in_zone, instant, on_both_ends, printed, spans, taken_from, utc, zone_of


def _rewrite(entry: Document, change: object) -> None:
    entry["BusySlots"] = [on_both_ends(busy, change) for busy in entry["BusySlots"]]  # type: ignore[arg-type]


@on_entries("busy-iso", "busy times are written with T and Z", ["busy.form"])
def _(entry: Document) -> None:
    _rewrite(entry, lambda at: at.replace(" ", "T") + "Z")


@on_entries("busy-milliseconds", "busy times have milliseconds", ["busy.form"])
def _(entry: Document) -> None:
    _rewrite(entry, lambda at: at + ".000")


@on_entries("busy-times-only", "busy times have no date", ["busy.form"])
def _(entry: Document) -> None:
    _rewrite(entry, lambda at: at[11:])


@on_entries("busy-local", "busy times are in the template's zone", ["busy.utc"])
def _(entry: Document) -> None:
    _rewrite(entry, lambda at: in_zone(at, zone_of(entry)))


@on_entries("busy-in-user-zone", "busy times are in the user's own zone", ["busy.utc"])
def _(entry: Document) -> None:
    _rewrite(entry, lambda at: in_zone(at, entry["UserTimeZone"]))


@on_entries("busy-india", "busy times are in India's zone, whatever the user's", ["busy.utc"])
def _(entry: Document) -> None:
    _rewrite(entry, lambda at: in_zone(at, "Asia/Kolkata"))


@on_entries("busy-merged", "busy times that touch or overlap are one", ["busy.one-per-task"])
def _(entry: Document) -> None:
    joined: list[dict[str, str]] = []
    for busy in entry["BusySlots"]:
        if joined and busy["StartTime"] <= joined[-1]["EndTime"]:
            joined[-1]["EndTime"] = max(joined[-1]["EndTime"], busy["EndTime"])
        else:
            joined.append(dict(busy))
    entry["BusySlots"] = joined


@on_entries("busy-once", "of two tasks at the same time one is listed", ["busy.one-per-task"])
def _(entry: Document) -> None:
    entry["BusySlots"] = list({tuple(busy.items()): busy for busy in entry["BusySlots"]}.values())


@on_entries("busy-descend", "the latest busy time comes first", ["busy.sorted"])
def _(entry: Document) -> None:
    entry["BusySlots"].reverse()


@on_entries("longest-first", "of busy times with one start the longest comes first", ["busy.sorted-by-end"])
def _(entry: Document) -> None:
    entry["BusySlots"].sort(key=lambda busy: busy["EndTime"], reverse=True)
    entry["BusySlots"].sort(key=lambda busy: busy["StartTime"])


@on_entries("busy-empty", "a busy time ends when it starts", ["busy.positive"])
def _(entry: Document) -> None:
    for busy in entry["BusySlots"]:
        busy["EndTime"] = busy["StartTime"]


@on_entries("busy-clipped", "busy times are cut to the date", ["busy.on-date"])
def _(entry: Document) -> None:
    start, end = (printed(at) for at in day_bounds(entry["Date"], zone_of(entry)))
    _rewrite(entry, lambda at: min(max(at, start), end))


@on_entries("busy-by-start", "a busy time stands under the date of its start only", ["busy.on-date"])
def _(entry: Document) -> None:
    kept = [busy for busy in entry["BusySlots"] if in_zone(busy["StartTime"], zone_of(entry)).startswith(entry["Date"])]
    entry["BusySlots"] = kept


@on_entries("busy-by-utc-date", "a busy time stands under its date in UTC", ["busy.on-date", "slots.date"])
def _(entry: Document) -> None:
    entry["BusySlots"] = [busy for busy in entry["BusySlots"] if busy["StartTime"].startswith(entry["Date"])]


@on_answer("busy-everywhere", "all busy times of the answer stand under every date", ["busy.on-date"])
def _(answer: Document, body: Document) -> None:
    known: dict[str, list[dict[str, str]]] = {}
    for _, entry in entries(answer):
        mine = known.setdefault(entry["UserId"], [])
        mine += [busy for busy in entry["BusySlots"] if busy not in mine]
    for _, entry in entries(answer):
        entry["BusySlots"] = sorted(known[entry["UserId"]], key=lambda busy: (busy["StartTime"], busy["EndTime"]))


@on_entries("idle-on-holidays", "no busy times on days without slots", ["busy.on-absent-days"])
def _(entry: Document) -> None:
    if entry["NoSlotsReason"]:
        entry["BusySlots"] = []


@on_entries("busy-null", "no busy times are null", ["busy.list"])
def _(entry: Document) -> None:
    entry["BusySlots"] = entry["BusySlots"] or None


@mutant("flag-hides-busy", "with the flag true nothing is busy", ["busy.whatever-flag"])
def _(ask: Ask, server: Server) -> Reply:
    reply = server(ask)
    answer = reply.answer
    if not answer or (ask.document or {}).get("IncludeAllowedConflictSlots") is not True:
        return reply
    for _, entry in entries(answer):
        entry["BusySlots"] = []
    return reply.saying(answer)


@mutant("holes-are-busy", "with the flag false tasks that allow conflicts are busy", ["busy.whatever-flag", "busy.if-and-only-if"])
def _(ask: Ask, server: Server) -> Reply:
    reply, body = server(ask), ask.document or {}
    if not reply.answer or body.get("IncludeAllowedConflictSlots"):
        return reply
    answer, true = reply.answer, server(ask.asking(body | {"IncludeAllowedConflictSlots": True})).answer
    for (day, entry), (_, more) in zip(entries(answer), entries(true or {}), strict=False):
        holes = taken_from(spans(more["AvailableSlots"]), spans(entry["AvailableSlots"]))
        local = [(datetime.fromisoformat(day) + timedelta(seconds=at) for at in hole) for hole in holes]
        busy = [dict(zip(("StartTime", "EndTime"), (utc(at, zone_of(entry)) for at in both), strict=True)) for both in local]
        entry["BusySlots"] = sorted(entry["BusySlots"] + busy, key=lambda each: (each["StartTime"], each["EndTime"]))
    return reply.saying(answer)


@on_entries("busy-late", "busy times are an hour late while clocks are forward", ["busy.utc"])
def _(entry: Document) -> None:
    def shift(at: str) -> str:
        local = datetime.fromisoformat(in_zone(at, zone_of(entry)))
        winter = instant(at).replace(month=1, day=1)
        offset = local - instant(at).replace(tzinfo=None)
        usual = datetime.fromisoformat(in_zone(printed(winter), zone_of(entry))) - winter.replace(tzinfo=None)
        return printed(instant(at) + max(offset - usual, timedelta()))

    _rewrite(entry, shift)
