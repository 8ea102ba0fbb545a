"""Mutants that get paths, methods and content types wrong, or answer without having looked."""

from dataclasses import replace

from leadsquared_slots.contract_tests.mutants.registry import Ask, Reply, Server, mutant, other_answer
from leadsquared_slots.contract_tests.wire.exchange import ENDPOINT

JSON = (("Content-Type", "application/json; charset=utf-8"),)


@mutant("always-empty", "every request gets an empty list", ["answer.users-listed", "auth.invalid-keys", "request.json"])
def _(ask: Ask, server: Server) -> Reply:
    return Reply(status=200, headers=JSON, body=b'{"RecordCount":0,"List":[]}')


@mutant("sample-for-all", "every request gets the sample of the page", ["answer.users-asked", "answer.dates-inside"])
def _(ask: Ask, server: Server) -> Reply:
    entry = {
        "UserId": "477aec30-bfee-11e8-a43f-02742c1c8abe",
        "EmailAddress": "zoo@lsqdev.in",
        "UserTimeZone": "Asia/Kolkata",
        "AvailableSlots": [{"StartTime": "22:15:00", "EndTime": "00:00:00"}],
        "Breaks": [{"StartTime": "22:15:00", "EndTime": "22:30:00"}],
        "BusySlots": [],
        "WorkDayTemplateTimeZone": "Pacific/Tongatapu",
        "NoSlotsReason": None,
    }
    reply = server(ask)
    sample = {"RecordCount": 1, "List": [{"Date": "2018-09-25", "UserSlots": [entry]}]}
    return reply.saying(sample) if reply.answer else reply


@mutant("endpoint-elsewhere", "the endpoint is not at its path", ["http.path"])
def _(ask: Ask, server: Server) -> Reply:
    return server(Ask(method=ask.method, path=ask.path + "Addresses", query=ask.query, headers=ask.headers, body=ask.body))


@mutant("any-path", "an unknown path answers like the endpoint", ["http.unknown-path"])
def _(ask: Ask, server: Server) -> Reply:
    return server(Ask(method=ask.method, path=ENDPOINT, query=ask.query, headers=ask.headers, body=ask.body))


@mutant("unknown-path-400", "an unknown path answers 400", ["http.unknown-path"])
def _(ask: Ask, server: Server) -> Reply:
    reply = server(ask)
    return Reply(status=400, headers=reply.headers, body=reply.body) if reply.status == 404 else reply


other_answer("html-404", "an unknown path answers with an HTML page", ["http.unknown-path-body"], "error-page", "html")


@mutant("utf-16", "answers are UTF-16", ["http.json-answer"])
def _(ask: Ask, server: Server) -> Reply:
    reply = server(ask)
    return replace(reply, body=reply.body.decode().encode("utf-16")) if reply.answer else reply


@mutant("get-works", "GET answers like POST", ["http.wrong-method"])
def _(ask: Ask, server: Server) -> Reply:
    return server(Ask(method="POST", path=ask.path, query=ask.query, headers=ask.headers, body=ask.body))


@mutant("wrong-method-404", "another method than POST answers 404", ["http.wrong-method"])
def _(ask: Ask, server: Server) -> Reply:
    reply = server(ask)
    return Reply(status=404, headers=reply.headers, body=reply.body) if reply.status == 405 else reply


@mutant("no-allow", "a 405 has no Allow header", ["http.wrong-method"])
def _(ask: Ask, server: Server) -> Reply:
    return server(ask).having("Allow", None)


@mutant("html-content-type", "answers are called text/html", ["http.json-answer"])
def _(ask: Ask, server: Server) -> Reply:
    reply = server(ask)
    return reply.having("Content-Type", "text/html") if reply.answer else reply


@mutant("no-content-type", "answers do not say what they are", ["http.json-answer"])
def _(ask: Ask, server: Server) -> Reply:
    reply = server(ask)
    return reply.having("Content-Type", None) if reply.answer else reply


@mutant("jsonp", "answers are wrapped in a JavaScript call", ["http.json-answer", "answer.shape"])
def _(ask: Ask, server: Server) -> Reply:
    reply = server(ask)
    wrapped = b"callback(" + reply.body + b")"
    return Reply(status=200, headers=reply.headers, body=wrapped) if reply.answer else reply
