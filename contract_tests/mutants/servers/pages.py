"""Mutants that get RecordCount and the pages of an answer wrong."""

from leadsquared_slots.contract_tests.mutants.registry import (
    Ask,
    Document,
    Reply,
    Server,
    World,
    groups,
    mutant,
    on_answer,
    on_ask,
    other_answer,
    server,
)

from .splitting import refusal


@on_answer("count-of-dates", "RecordCount counts dates", ["answer.record"])
def _(answer: Document, body: Document) -> None:
    answer["RecordCount"] = len(groups(answer))


other_answer("count-of-entries", "a record is a user on a date", ["answer.record"], "record", "user-and-date")


@on_answer("total-per-page", "RecordCount counts the records of the page", ["answer.record-count"])
def _(answer: Document, body: Document) -> None:
    answer["RecordCount"] = len(groups(answer)[0]["UserSlots"]) if groups(answer) else 0


@on_ask("pages-from-0", "pages are counted from 0", ["request.page-index", "answer.pages-join"])
def _(body: Document) -> None:
    paging = body.get("Paging")
    if isinstance(paging, dict) and type(paging.get("PageIndex")) is int:
        body["Paging"] = paging | {"PageIndex": paging["PageIndex"] + 1}


@on_ask("page-0-is-1", "page 0 is taken for page 1", ["request.page-index"])
def _(body: Document) -> None:
    paging = body.get("Paging")
    if isinstance(paging, dict) and type(paging.get("PageIndex")) is int:
        body["Paging"] = paging | {"PageIndex": max(paging["PageIndex"], 1)}


@on_ask("size-0-is-all", "a page of 0 records is everything", ["request.page-size"])
def _(body: Document) -> None:
    paging = body.get("Paging")
    if isinstance(paging, dict) and paging.get("PageSize") == 0:
        body["Paging"] = {name: value for name, value in paging.items() if name != "PageSize"}


@on_ask("paging-ignored", "every page is the whole", ["answer.page-size", "answer.pages-join"])
def _(body: Document) -> None:
    if isinstance(body.get("Paging"), dict) and all(type(n) is int and 0 < n <= 1000 for n in body["Paging"].values()):
        body["Paging"] = {"PageIndex": 1, "PageSize": 1000}


@on_answer("last-page-lost", "a page that is not full is empty", ["answer.page-size", "answer.pages-join"])
def _(answer: Document, body: Document) -> None:
    size = (body.get("Paging") or {}).get("PageSize", 0)
    if groups(answer) and len(groups(answer)[0]["UserSlots"]) < size:
        answer["List"] = []


@mutant("last-page-again", "past the last page the last one comes again", ["answer.past-last-page"])
def _(ask: Ask, server: Server) -> Reply:
    reply, body = server(ask), ask.document or {}
    if not reply.answer or reply.answer.get("List") or not reply.answer["RecordCount"] or "Paging" not in body:
        return reply
    last = -(-reply.answer["RecordCount"] // body["Paging"]["PageSize"])
    return server(ask.asking(body | {"Paging": body["Paging"] | {"PageIndex": last}}))


@mutant("past-last-page-404", "past the last page nothing is found", ["answer.past-last-page"])
def _(ask: Ask, server: Server) -> Reply:
    reply = server(ask)
    past = reply.answer and reply.answer["RecordCount"] and not reply.answer.get("List")
    return refusal(reply, "PageIndex is too large.") if past else reply


other_answer("list-absent", "an empty List is left out", ["answer.past-last-page"], "empty-list", "absent")
other_answer("list-null", "an empty List is null", ["answer.past-last-page"], "empty-list", "null")


@mutant("page-overlap", "each page begins with the last record of the page before", ["answer.pages-join", "answer.page-size"])
def _(ask: Ask, server: Server) -> Reply:
    reply, paging = server(ask), (ask.document or {}).get("Paging")
    if not reply.answer or not groups(reply.answer) or not paging or paging.get("PageIndex", 1) < 2:
        return reply
    before = server(ask.asking((ask.document or {}) | {"Paging": paging | {"PageIndex": paging["PageIndex"] - 1}})).answer
    answer = reply.answer
    for group, earlier in zip(groups(answer), groups(before or {}), strict=False):
        group["UserSlots"] = [earlier["UserSlots"][-1], *group["UserSlots"]][: paging["PageSize"]]
    return reply.saying(answer)


@server("page-shuffled", "pages of the same question are cut from different orders", ["answer.pages-join", "answer.repeatable"])
def _(world: World) -> Server:
    calls = [0]

    def answer(ask: Ask) -> Reply:
        calls[0] += 1
        body = ask.document
        if body and isinstance(body.get("Users"), list) and calls[0] % 2:
            return world.server(ask.asking(body | {"Users": body["Users"][::-1]}))
        return world.server(ask)

    return answer
