"""Mutants that misread calendars: they show where a server with a known calendar is asked."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from leadsquared_slots.contract_tests.mutants.registry import Document, on_calendar


def _times(document: Document, part: str, change: Callable[[list[str]], list[str]]) -> None:
    for template in document.get("template", []):
        template[part] = {key: change(times) for key, times in template.get(part, {}).items()}


def _tasks(document: Document) -> Iterator[Document]:
    for user in document.get("user", []):
        yield from user.get("tasks", [])


@on_calendar("morning-lost", "of a shift over midnight the morning is lost", ["slots.over-midnight"])
def _(document: Document) -> None:
    _times(document, "shifts", lambda times: [f"{t[:5]}-24:00" if t[-5:] <= t[:5] else t for t in times])


@on_calendar("morning-today", "of a shift over midnight the morning stands under the date on which it begins", ["slots.over-midnight"])
def _(document: Document) -> None:
    def cut(time: str) -> list[str]:
        over = time[-5:] <= time[:5] and time[-5:] != "00:00"
        return [f"00:00-{time[-5:]}", f"{time[:5]}-24:00"] if over else [time]

    _times(document, "shifts", lambda times: [piece for time in times for piece in cut(time)])


@on_calendar("first-shift-only", "of two shifts the second is lost", ["slots.two-shifts"])
def _(document: Document) -> None:
    _times(document, "shifts", lambda times: times[:1])


@on_calendar("shifts-joined", "two shifts are one, from the first start to the last end", ["slots.two-shifts"])
def _(document: Document) -> None:
    _times(document, "shifts", lambda times: [f"{times[0].split('-')[0]}-{times[-1].split('-')[1]}"] if times else [])


@on_calendar("open-all-hours", "shifts are 24 hours long", ["slots.inside-shifts"])
def _(document: Document) -> None:
    _times(document, "shifts", lambda times: ["00:00-24:00"] if times else [])


@on_calendar("breaks-every-day", "breaks of a weekday are breaks of every day", ["breaks.listed"])
def _(document: Document) -> None:
    for template in document.get("template", []):
        every = sorted({time for times in template.get("breaks", {}).values() for time in times})
        template["breaks"] = {"every-day": every} if every else {}


@on_calendar("breaks-lost", "breaks are not known", ["breaks.listed"])
def _(document: Document) -> None:
    _times(document, "breaks", lambda times: [])


@on_calendar("conflicts-are-busy", "tasks that allow conflicts are busy", ["busy.if-and-only-if"])
def _(document: Document) -> None:
    for kind in [*document.get("task-type", []), *_tasks(document)]:
        if "allow-conflicts" in kind:
            kind["allow-conflicts"] = False


@on_calendar("nothing-is-busy", "tasks that forbid conflicts are not busy", ["busy.if-and-only-if"])
def _(document: Document) -> None:
    for kind in [*document.get("task-type", []), *_tasks(document)]:
        if "allow-conflicts" in kind:
            kind["allow-conflicts"] = True


@on_calendar("tasks-to-the-minute", "seconds of a task are cut off", ["slots.seconds"])
def _(document: Document) -> None:
    for task in _tasks(document):
        start, end = (datetime.fromisoformat(task[name]).replace(second=0) for name in ("start", "end"))
        task.update(start=_text(start), end=_text(max(end, start + timedelta(minutes=1))))


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


@on_calendar("tasks-after-hours-lost", "a task that begins before 6:00 UTC is not seen", ["busy.on-date", "busy.one-per-task"])
def _(document: Document) -> None:
    for user in document.get("user", []):
        user["tasks"] = [task for task in user.get("tasks", []) if task["start"][11:13] >= "06"]


@on_calendar("leave-without-end", "the last day of a leave is a working day", ["reason.no-slots", "reason.partial-leave"])
def _(document: Document) -> None:
    for leave in (leave for user in document.get("user", []) for leave in user.get("leaves", []) if "to" in leave):
        leave["to"] = max(leave["from"], (date.fromisoformat(leave["to"]) - timedelta(days=1)).isoformat())


@on_calendar("partial-leave-is-whole", "a leave for part of a day is one for the whole day", ["reason.partial-leave"])
def _(document: Document) -> None:
    for leave in (leave for user in document.get("user", []) for leave in user.get("leaves", [])):
        leave.pop("time", None)


@on_calendar("no-holidays", "holidays are working days", ["reason.order", "reason.date"])
def _(document: Document) -> None:
    for user in document.get("user", []):
        user["holidays"] = []


@on_calendar("holiday-before", "holidays are a day early", ["reason.date"])
def _(document: Document) -> None:
    for user in document.get("user", []):
        if isinstance(user.get("holidays"), list):
            user["holidays"] = [(date.fromisoformat(day) - timedelta(days=1)).isoformat() for day in user["holidays"]]


@on_calendar("every-day-scheduled", "days without a shift have that of the others", ["reason.not-scheduled"])
def _(document: Document) -> None:
    for template in document.get("template", []):
        shifts = [times for times in template["shifts"].values() if times]
        if shifts:
            template["shifts"] = {"every-day": shifts[0]}


@on_calendar("template-in-india", "every template is in India's zone", ["slots.zone", "slots.date"])
def _(document: Document) -> None:
    for template in document.get("template", []):
        template["zone"] = "Asia/Kolkata"


@on_calendar("standard-time", "clocks never change", ["slots.zone", "slots.gap", "slots.fold"])
def _(document: Document) -> None:
    fixed = {"Europe": "Etc/GMT-1", "America": "Etc/GMT+5", "Australia": "Etc/GMT-10"}
    for template in document.get("template", []):
        template["zone"] = fixed.get(template["zone"].partition("/")[0], template["zone"])
