"""Mutants that get the dates and the users of an answer wrong."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import NAMESPACE_DNS, uuid5

from leadsquared_slots.contract_tests.mutants.registry import (
    Ask,
    Document,
    Reply,
    Server,
    World,
    entries,
    groups,
    mutant,
    on_answer,
    on_ask,
    on_entries,
    other_answer,
    server,
)

from .splitting import EMPTY, asked_in_parts, dates, refusal


@mutant("old-dates-refused", "dates before 2020 are refused, those of the vendor's page among them", ["request.sample"])
def _(ask: Ask, server: Server) -> Reply:
    span = dates(ask.document or {})
    reply = server(ask)
    return refusal(reply, "FromDate is too early.") if reply.answer and span and span[0].year < 2020 else reply


@mutant("days-400", "a year is accepted", ["request.range-101"])
def _(ask: Ask, server: Server) -> Reply:
    span = dates(ask.document or {})
    # A year of it shows the mistake; a millennium would take for ever.
    return asked_in_parts(ask, server, 100) if span and (span[1] - span[0]).days <= 400 else server(ask)


@mutant("days-101", "101 days are accepted", ["request.range-101"])
def _(ask: Ask, server: Server) -> Reply:
    span = dates(ask.document or {})
    return asked_in_parts(ask, server, 100) if span and (span[1] - span[0]).days == 101 else server(ask)


@mutant("days-cut", "of more than 100 days the first 100 are answered", ["request.range-101"])
def _(ask: Ask, server: Server) -> Reply:
    span = dates(ask.document or {})
    if span is None or (span[1] - span[0]).days <= 100:
        return server(ask)
    return server(ask.asking((ask.document or {}) | {"ToDate": (span[0] + timedelta(days=100)).isoformat()}))


@mutant("days-99", "100 days are refused", ["request.range-100"])
def _(ask: Ask, server: Server) -> Reply:
    reply, span = server(ask), dates(ask.document or {})
    return refusal(reply, "No more than 100 dates.") if reply.answer and span and (span[1] - span[0]).days > 99 else reply


@on_ask("dates-swapped", "a FromDate after the ToDate is swapped with it", ["request.date-order"])
def _(body: Document) -> None:
    span = dates(body)
    if span and span[0] > span[1]:
        body["FromDate"], body["ToDate"] = body["ToDate"], body["FromDate"]


@mutant("backwards-empty", "a FromDate after the ToDate gives an empty list", ["request.date-order"])
def _(ask: Ask, server: Server) -> Reply:
    reply, span = server(ask), dates(ask.document or {})
    return replace(reply, status=200).saying(EMPTY) if reply.status == 400 and span and span[0] > span[1] else reply


@mutant("end-exclusive", "the ToDate itself is left out", ["answer.dates-complete"])
def _(ask: Ask, server: Server) -> Reply:
    reply, body = server(ask), ask.document or {}
    if not reply.answer:
        return reply
    kept = [group for group in groups(reply.answer) if group["Date"] != body["ToDate"]]
    return reply.saying(reply.answer | {"List": kept})


@on_answer("one-day-more", "the day after the ToDate is answered too", ["answer.dates-inside"])
def _(answer: Document, body: Document) -> None:
    if groups(answer):
        last = groups(answer)[-1]
        after = (date.fromisoformat(last["Date"]) + timedelta(days=1)).isoformat()
        answer["List"] = [*groups(answer), last | {"Date": after}]


@on_answer("dates-descend", "the newest date comes first", ["answer.dates-sorted"])
def _(answer: Document, body: Document) -> None:
    if answer.get("List"):
        answer["List"].reverse()


@on_answer("date-twice", "the first date stands twice", ["answer.dates-sorted"])
def _(answer: Document, body: Document) -> None:
    if answer.get("List"):
        answer["List"].insert(0, answer["List"][0])


@on_answer("free-dates-only", "dates on which nobody has a slot are left out", ["answer.dates-complete"])
def _(answer: Document, body: Document) -> None:
    if answer.get("List"):
        answer["List"] = [day for day in answer["List"] if any(entry["AvailableSlots"] for entry in day["UserSlots"])]


@on_answer("date-lost", "a date in the middle is missing", ["answer.dates-complete"])
def _(answer: Document, body: Document) -> None:
    if len(groups(answer)) > 2:
        del answer["List"][len(answer["List"]) // 2]


@on_answer("tomorrow", "every date is one day late", ["answer.dates-inside", "slots.date"])
def _(answer: Document, body: Document) -> None:
    for group in groups(answer):
        group["Date"] = (date.fromisoformat(group["Date"]) + timedelta(days=1)).isoformat()


@on_answer("free-users-only", "users without slots are left out", ["answer.users-listed", "answer.same-users"])
def _(answer: Document, body: Document) -> None:
    for group in groups(answer):
        group["UserSlots"] = [entry for entry in group["UserSlots"] if entry["AvailableSlots"]]


@on_answer("missing-on-last-date", "the last date lacks its last user", ["answer.same-users"])
def _(answer: Document, body: Document) -> None:
    if len(groups(answer)) > 1 and len(answer["List"][-1]["UserSlots"]) > 1:
        answer["List"][-1]["UserSlots"].pop()


@mutant("colleague-too", "a colleague is listed whom nobody asked for", ["answer.users-asked"])
def _(ask: Ask, server: Server) -> Reply:
    reply = server(ask)
    if not reply.answer or not groups(reply.answer):
        return reply
    answer = reply.answer
    for group in groups(answer):
        other = dict(group["UserSlots"][-1])
        other |= {"EmailAddress": "colleague@example.com", "UserId": str(uuid5(NAMESPACE_DNS, "colleague"))}
        group["UserSlots"].append(other)
    return reply.saying(answer | {"RecordCount": answer["RecordCount"] + 1})


@on_answer("user-twice", "the first user stands twice under each date", ["answer.one-entry"])
def _(answer: Document, body: Document) -> None:
    for group in groups(answer):
        group["UserSlots"].insert(0, group["UserSlots"][0])


other_answer("users-by-address", "users stand in the order of their addresses", ["answer.users-order"], "users-order", "address")


@on_answer("users-backwards", "users stand in the opposite order", ["answer.users-order"])
def _(answer: Document, body: Document) -> None:
    for group in groups(answer):
        group["UserSlots"].reverse()


@on_entries("id-per-day", "a user's id changes from date to date", ["answer.identity"])
def _(entry: Document) -> None:
    entry["UserId"] = str(uuid5(NAMESPACE_DNS, entry["UserId"] + entry["Date"]))


@on_entries("one-id", "all users have one id", ["answer.identity"])
def _(entry: Document) -> None:
    entry["UserId"] = "477aec30-bfee-11e8-a43f-02742c1c8abe"


@on_entries("zone-per-day", "a user's own zone is the template's where there is one", ["answer.identity", "answer.zones"])
def _(entry: Document) -> None:
    entry["UserTimeZone"] = "Asia/Kolkata" if entry["NoSlotsReason"] else "Asia/Calcutta"


@on_entries("number-id", "a user's id is a number", ["answer.user-id"])
def _(entry: Document) -> None:
    entry["UserId"] = str(int(entry["UserId"].replace("-", "")[:8], 16))


@on_entries("braced-id", "a user's id is a UUID in braces", ["answer.user-id"])
def _(entry: Document) -> None:
    entry["UserId"] = "{" + entry["UserId"] + "}"


@on_entries("lower-case-address", "addresses are put into lower case", ["answer.stored-address"])
def _(entry: Document) -> None:
    entry["EmailAddress"] = entry["EmailAddress"].lower()


@mutant("address-as-asked", "addresses come back in the letter case of the request", ["answer.stored-address", "request.address-case"])
def _(ask: Ask, server: Server) -> Reply:
    reply = server(ask)
    if not (answer := reply.answer):
        return reply
    asked = {user.lower(): user for user in (ask.document or {})["Users"]}
    for _, entry in entries(answer):
        entry["EmailAddress"] = asked.get(entry["EmailAddress"].lower(), entry["EmailAddress"])
    return reply.saying(answer)


@on_entries("zones-swapped", "the user's zone and the template's are exchanged", ["answer.zones", "answer.template-zone", "slots.zone"])
def _(entry: Document) -> None:
    if entry["WorkDayTemplateTimeZone"]:
        own, template = entry["UserTimeZone"], entry["WorkDayTemplateTimeZone"]
        entry.update(UserTimeZone=template, WorkDayTemplateTimeZone=own)


@on_entries("windows-zones", "zones have their Windows names", ["answer.zones"])
def _(entry: Document) -> None:
    for name in ("UserTimeZone", "WorkDayTemplateTimeZone"):
        if entry[name]:
            entry[name] = "India Standard Time"


@on_entries("offset-zones", "the template's zone is an offset", ["answer.zones"])
def _(entry: Document) -> None:
    if entry["WorkDayTemplateTimeZone"]:
        entry["WorkDayTemplateTimeZone"] = "+05:30"


@on_entries("misspelt-zones", "a zone is misspelt", ["answer.zones"])
def _(entry: Document) -> None:
    entry["UserTimeZone"] = entry["UserTimeZone"].replace("/", "/New_").replace(" ", "_")


@on_entries("zone-without-template", "a user without a template gets his own zone as the template's", ["answer.template-zone"])
def _(entry: Document) -> None:
    entry["WorkDayTemplateTimeZone"] = entry["WorkDayTemplateTimeZone"] or entry["UserTimeZone"]


@on_entries("no-zone-on-holidays", "the template's zone is null on days without slots", ["answer.template-zone"])
def _(entry: Document) -> None:
    if entry["NoSlotsReason"]:
        entry["WorkDayTemplateTimeZone"] = None


@server("drifting", "every answer differs from the one before", ["answer.repeatable"])
def _(world: World) -> Server:
    calls = [0]

    def answer(ask: Ask) -> Reply:
        reply = world.server(ask)
        calls[0] += 1
        found = reply.answer
        for _, entry in entries(found or {}):
            if entry["AvailableSlots"]:
                entry["AvailableSlots"] = entry["AvailableSlots"][calls[0] % 2 :]
        return reply.saying(found) if found else reply

    return answer


@on_answer("company", "who is asked for with others has no slots", ["answer.other-users"])
def _(answer: Document, body: Document) -> None:
    if len(body.get("Users", [])) > 1:
        for _, entry in entries(answer):
            if entry["AvailableSlots"]:
                entry["AvailableSlots"] = []


@on_answer("long-view", "in questions of more than a week the last slot of a day is lost", ["answer.wider-range"])
def _(answer: Document, body: Document) -> None:
    if len(groups(answer)) > 7:
        for _, entry in entries(answer):
            entry["AvailableSlots"] = entry["AvailableSlots"] and entry["AvailableSlots"][:-1]
