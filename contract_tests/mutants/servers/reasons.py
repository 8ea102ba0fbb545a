"""Mutants that get NoSlotsReason, and what stands beside it, wrong, or the shape of an answer."""

from leadsquared_slots.contract_tests.mutants.registry import Document, Reply, on_answer, on_entries, on_error, other_answer

from .times import slots

ALL_DAY = [{"StartTime": "00:00:00", "EndTime": "23:59:59"}]


@on_entries("misspelt-reason", "NotScheduled is spelt Not Scheduled", ["reason.values"])
def _(entry: Document) -> None:
    if entry["NoSlotsReason"] == "NotScheduled":
        entry["NoSlotsReason"] = "Not Scheduled"


@on_entries("reason-in-capitals", "reasons are written in capitals", ["reason.values"])
def _(entry: Document) -> None:
    entry["NoSlotsReason"] = entry["NoSlotsReason"] and entry["NoSlotsReason"].upper()


@on_entries("empty-reason", "no reason is an empty text", ["reason.values"])
def _(entry: Document) -> None:
    entry["NoSlotsReason"] = entry["NoSlotsReason"] or ""


@on_entries("reason-none", "no reason is the word None", ["reason.values"])
def _(entry: Document) -> None:
    entry["NoSlotsReason"] = entry["NoSlotsReason"] or "None"


@on_entries("reason-beside-slots", "a working day that has a break has the reason Leave", ["reason.no-slots"])
def _(entry: Document) -> None:
    if entry["Breaks"]:
        entry["NoSlotsReason"] = "Leave"


@on_entries("slots-on-holidays", "a holiday has the hours of an office", ["reason.no-slots"])
def _(entry: Document) -> None:
    if entry["NoSlotsReason"] == "Holiday":
        entry["AvailableSlots"] = slots([(32_400, 61_200)])


@on_entries("null-without-reason", "a day without slots has null and no reason", ["reason.no-slots"])
def _(entry: Document) -> None:
    if entry["NoSlotsReason"] in ("Holiday", "Leave", "NotScheduled"):
        entry["NoSlotsReason"] = None


@on_entries("booked-is-null", "a fully booked day has null", ["slots.fully-booked", "reason.no-slots"])
def _(entry: Document) -> None:
    if entry["AvailableSlots"] == []:
        entry["AvailableSlots"] = None


@on_entries("booked-is-not-scheduled", "a fully booked day is called NotScheduled", ["slots.fully-booked"])
def _(entry: Document) -> None:
    if entry["AvailableSlots"] == []:
        entry.update(AvailableSlots=None, Breaks=None, NoSlotsReason="NotScheduled")


@on_entries("fully-booked", "a fully booked day has the reason FullyBooked", ["slots.fully-booked", "reason.values"])
def _(entry: Document) -> None:
    if entry["AvailableSlots"] == []:
        entry["NoSlotsReason"] = "FullyBooked"


@on_entries("no-template-all-day", "without a template one is free all day", ["reason.no-template"])
def _(entry: Document) -> None:
    if entry["NoSlotsReason"] == "WorkDayTemplateNotDefined":
        entry.update(AvailableSlots=ALL_DAY, Breaks=[])


@on_entries("no-template-empty", "without a template the lists are empty", ["reason.no-template"])
def _(entry: Document) -> None:
    if entry["NoSlotsReason"] == "WorkDayTemplateNotDefined":
        entry.update(AvailableSlots=[], Breaks=[])


@on_entries("no-template-not-scheduled", "without a template the reason is NotScheduled", ["reason.no-template", "answer.template-zone"])
def _(entry: Document) -> None:
    if entry["NoSlotsReason"] == "WorkDayTemplateNotDefined":
        entry["NoSlotsReason"] = "NotScheduled"


@on_entries("leave-is-holiday", "leave is called a holiday", ["reason.partial-leave", "reason.order"])
def _(entry: Document) -> None:
    if entry["NoSlotsReason"] == "Leave":
        entry["NoSlotsReason"] = "Holiday"


@on_entries("free-day-is-booked", "a day that is not scheduled looks fully booked", ["reason.not-scheduled"])
def _(entry: Document) -> None:
    if entry["NoSlotsReason"] == "NotScheduled":
        entry.update(AvailableSlots=[], Breaks=[], NoSlotsReason=None)


other_answer("empty-on-holidays", "the lists of a holiday are empty", ["reason.lists"], "absent-lists", "empty")
other_answer("leave-first", "leave comes before holiday", ["reason.order"], "absence-order", "leave-holiday-not-scheduled")
other_answer("not-scheduled-first", "not scheduled comes before holiday", ["reason.order"], "absence-order", "not-scheduled-holiday-leave")
other_answer("partial-leave-ignored", "a leave for part of a day changes nothing", ["reason.partial-leave"], "partial-leave", "ignored")


@on_answer("night-goes-on", "a night shift goes on into a holiday", ["reason.date"])
def _(answer: Document, body: Document) -> None:
    last: dict[str, Document] = {}
    for group in answer.get("List") or []:
        for entry in group["UserSlots"]:
            before = last.get(entry["UserId"])
            night = bool(before and before["AvailableSlots"] and before["AvailableSlots"][-1]["EndTime"] == "00:00:00")
            last[entry["UserId"]] = dict(entry)
            if night and entry["NoSlotsReason"] in ("Holiday", "Leave"):
                entry.update(AvailableSlots=slots([(0, 21_600)]), Breaks=[], NoSlotsReason=None)


@on_entries("member-missing", "an entry lacks its breaks", ["answer.shape"])
def _(entry: Document) -> None:
    del entry["Breaks"]


@on_entries("member-more", "an entry has a member of its own", ["answer.no-other-members"])
def _(entry: Document) -> None:
    entry["IsAvailable"] = bool(entry["AvailableSlots"])


@on_entries("nulls-left-out", "members that are null are left out", ["answer.shape"])
def _(entry: Document) -> None:
    for name in [name for name, value in entry.items() if value is None]:
        del entry[name]


@on_answer("camel-case", "members begin with small letters", ["answer.shape"])
def _(answer: Document, body: Document) -> None:
    answer["recordCount"], answer["list"] = answer.pop("RecordCount"), answer.pop("List", [])


@on_answer("count-as-text", "RecordCount is a text", ["answer.shape"])
def _(answer: Document, body: Document) -> None:
    answer["RecordCount"] = str(answer["RecordCount"])


@on_answer("status-success", "an answer carries Status Success", ["answer.no-status"])
def _(answer: Document, body: Document) -> None:
    answer["Status"] = "Success"


@on_answer("by-user", "the answer is grouped by user, then date", ["answer.shape"])
def _(answer: Document, body: Document) -> None:
    users: dict[str, list[Document]] = {}
    for group in answer.get("List") or []:
        for entry in group["UserSlots"]:
            users.setdefault(entry["EmailAddress"], []).append(entry | {"Date": group["Date"]})
    answer["List"] = [{"EmailAddress": address, "Dates": found} for address, found in users.items()]


@on_error("no-message", "an error has no message", ["error.envelope", "error.message"])
def _(error: Document, reply: Reply) -> None:
    del error["ExceptionMessage"]


@on_error("empty-message", "an error's message is empty", ["error.message"])
def _(error: Document, reply: Reply) -> None:
    error["ExceptionMessage"] = ""


@on_error("no-status", "an error does not say that it is one", ["error.envelope"])
def _(error: Document, reply: Reply) -> None:
    del error["Status"]


@on_error("failure-status", "an error has the Status Failure", ["error.envelope"])
def _(error: Document, reply: Reply) -> None:
    error["Status"] = "Failure"


@on_error("problem-details", "errors have the form of RFC 9457", ["error.envelope"])
def _(error: Document, reply: Reply) -> Reply:
    problem = {"type": "about:blank", "title": error["ExceptionType"], "detail": error["ExceptionMessage"]}
    return reply.saying(problem | {"status": reply.status}).having("Content-Type", "application/problem+json")


@on_error("html-errors", "errors are HTML pages", ["error.envelope"])
def _(error: Document, reply: Reply) -> Reply:
    page = Reply(status=reply.status, headers=reply.headers, body=b"<!doctype html><title>Error</title><h1>Error</h1>")
    return page.having("Content-Type", "text/html")


@on_error("trace-id", "an error has a member of its own", ["error.envelope"])
def _(error: Document, reply: Reply) -> None:
    error["TraceId"] = "00-4bf92f3577b34da6"


@on_error("wrapped-errors", "errors stand in a list", ["error.envelope"])
def _(error: Document, reply: Reply) -> Reply:
    return reply.saying([error])


other_answer("mx-member", "an error carries IsMXException", ["error.mx-member"], "mx-member", "present")
