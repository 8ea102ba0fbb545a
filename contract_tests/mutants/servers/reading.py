"""Mutants that read the request's body carelessly, or too strictly."""

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from leadsquared_slots.contract_tests.mutants.registry import Ask, Document, Reply, Server, mutant, on_ask, on_error, other_answer
from leadsquared_slots.contract_tests.wire.exchange import ENDPOINT

from .splitting import EMPTY, refusal

JSON = "application/json"

other_answer("any-content-type", "the content type is not looked at", ["request.content-type"], "content-type", "ignored")
other_answer("bad-json-500", "broken JSON is answered with 500", ["request.json"], "malformed-body-status", 500)
other_answer("bad-json-200", "broken JSON is answered with 200", ["request.json"], "malformed-body-status", 200)
other_answer(
    "missing-is-invalid",
    "a missing attribute is called an invalid input",
    ["request.missing-attribute"],
    "missing-attribute-type",
    "MXInvalidInputException",
)
other_answer(
    "missing-500",
    "a missing attribute is answered with 500",
    ["request.missing-attribute-status"],
    "missing-attribute-status",
    500,
)
other_answer("unknown-ignored", "unknown attributes are ignored", ["request.unknown-attributes"], "unknown-attributes", "ignored")
other_answer("any-case", "attribute names are read in any letter case", ["request.attribute-case"], "attribute-case", "any")
other_answer(
    "duplicates-repeated",
    "an address that stands twice is answered twice",
    ["request.duplicate-addresses"],
    "duplicate-addresses",
    "repeated",
)
other_answer(
    "exact-addresses",
    "addresses are compared with their letter case",
    ["request.address-case", "answer.stored-address"],
    "address-case",
    "exact",
)
other_answer("unknown-refused", "an unknown address refuses the request", ["request.unknown-address"], "unknown-address", "refused")
other_answer("flag-mandatory", "the flag must not be left out", ["request.flag-omitted"], "omitted-flag", "refused")
other_answer(
    "paging-mandatory", "Paging must not be left out", ["request.paging-omitted", "request.paging-parts"], "omitted-paging", "refused"
)
other_answer("larger-pages", "a page of 1001 is accepted", ["request.largest-page"], "largest-page", 5000)
other_answer("smaller-pages", "a page of 1000 is refused", ["request.largest-page"], "largest-page", 500)


@mutant("bad-json-empty", "broken JSON is answered with an empty list", ["request.json"])
def _(ask: Ask, server: Server) -> Reply:
    reply = server(ask)
    broken = reply.status == 400 and ask.path == ENDPOINT and ask.document is None
    return replace(reply, status=200).saying(EMPTY) if broken else reply


@mutant("bad-json-crash", "broken JSON is answered with a stack trace", ["request.json", "error.envelope"])
def _(ask: Ask, server: Server) -> Reply:
    reply = server(ask)
    broken = reply.status == 400 and ask.path == ENDPOINT and ask.document is None
    return replace(reply, status=500, body=b"Traceback (most recent call last):\n  json.decoder.JSONDecodeError") if broken else reply


@on_ask("users-as-text", "Users may be one string", ["request.types"])
def _(body: Document) -> None:
    if isinstance(body.get("Users"), str):
        body["Users"] = body["Users"].split(",")


@on_ask("flag-as-text", "the flag may be the text false, and then is true", ["request.types"])
def _(body: Document) -> None:
    if isinstance(body.get("IncludeAllowedConflictSlots"), str | int):
        body["IncludeAllowedConflictSlots"] = bool(body["IncludeAllowedConflictSlots"])


@on_ask("numbers-guessed", "a page number that is no number is taken for 1", ["request.types"])
def _(body: Document) -> None:
    paging = body.get("Paging")
    if isinstance(paging, dict):
        body["Paging"] = {name: 1 if isinstance(value, str) else value for name, value in paging.items()}


@on_ask("numbers-as-text", "a page number may be written as text", ["request.types-as-text"])
def _(body: Document) -> None:
    paging = body.get("Paging")
    if isinstance(paging, dict):
        body["Paging"] = {name: int(value) if isinstance(value, str) and value.isdigit() else value for name, value in paging.items()}


@on_ask("flag-spelt-out", "the flag may be the text true or false", ["request.types-as-text"])
def _(body: Document) -> None:
    flag = body.get("IncludeAllowedConflictSlots")
    if isinstance(flag, str) and flag in ("true", "false"):
        body["IncludeAllowedConflictSlots"] = flag == "true"


@on_ask("numbers-passed-over", "a number among the addresses is passed over", ["request.types-as-text"])
def _(body: Document) -> None:
    if isinstance(body.get("Users"), list):
        body["Users"] = [user for user in body["Users"] if type(user) is not int]


@mutant("wrong-type-500", "an attribute of the wrong type crashes the server", ["request.types", "error.no-failure"])
def _(ask: Ask, server: Server) -> Reply:
    reply, body = server(ask), ask.document or {}
    wrong = not isinstance(body.get("Users", []), list) or not isinstance(body.get("FromDate", ""), str)
    return replace(reply, status=500) if reply.status == 400 and wrong else reply


@on_ask("from-today", "FromDate left out is ToDate", ["request.from-date"])
def _(body: Document) -> None:
    body.setdefault("FromDate", body.get("ToDate"))


@on_ask("to-from", "ToDate left out is FromDate", ["request.to-date"])
def _(body: Document) -> None:
    body.setdefault("ToDate", body.get("FromDate"))


@mutant("no-users-no-records", "Users left out gives an empty list", ["request.users"])
def _(ask: Ask, server: Server) -> Reply:
    reply, body = server(ask), ask.document
    return replace(reply, status=200).saying(EMPTY) if reply.status == 400 and body and "Users" not in body else reply


@mutant("empty-users", "an empty list of users gives an empty list", ["request.users-empty"])
def _(ask: Ask, server: Server) -> Reply:
    reply, body = server(ask), ask.document
    return replace(reply, status=200).saying(EMPTY) if reply.status == 400 and body and body.get("Users") == [] else reply


@mutant("null-refused", "an attribute that is null is refused", ["request.null"])
def _(ask: Ask, server: Server) -> Reply:
    reply, body = server(ask), ask.document or {}
    return refusal(reply, "Value can't be null.") if reply.answer and None in body.values() else reply


@mutant("first-counts", "of an attribute that stands twice the first one counts", ["request.repeated-attribute"])
def _(ask: Ask, server: Server) -> Reply:
    if ask.document is None:
        return server(ask)
    return server(ask.asking(json.loads(ask.body, object_pairs_hook=lambda pairs: dict(reversed(pairs)))))


@mutant("repeated-refused", "an attribute that stands twice is refused", ["request.repeated-attribute"])
def _(ask: Ask, server: Server) -> Reply:
    reply = server(ask)
    pairs: list[Any] = json.loads(ask.body, object_pairs_hook=list) if reply.answer else []
    return refusal(reply, "An attribute stands twice.") if len(pairs) > len(dict(pairs)) else reply


def _dates(body: Document, change: Any) -> None:
    for name in ("FromDate", "ToDate"):
        if isinstance(body.get(name), str):
            body[name] = change(body[name])


@on_ask("date-times", "a date may have a time behind it", ["request.date-form"])
def _(body: Document) -> None:
    _dates(body, lambda text: text[:10] if text[10:11] in ("T", " ") else text)


@on_ask("loose-dates", "a date may be written without leading zeros, or with slashes", ["request.date-form"])
def _(body: Document) -> None:
    def tidy(text: str) -> str:
        parts = text.replace("/", "-").split("-")
        return "-".join(part.zfill(2) for part in parts) if len(parts) == 3 else text

    _dates(body, tidy)


@on_ask("day-first", "a date may be written dd-MM-yyyy", ["request.date-form"])
def _(body: Document) -> None:
    _dates(body, lambda text: "-".join(reversed(text.replace("/", "-").split("-"))) if text[2:3] in ("-", "/") else text)


@on_ask("rolling-dates", "30 February is taken for a day in March", ["request.date-exists"])
def _(body: Document) -> None:
    def roll(text: str) -> str:
        year, month, day = (int(part) if part.isdigit() else 0 for part in (text[:4], text[5:7], text[8:10]))
        if len(text) != 10 or not (year and 1 <= month <= 12 and 1 <= day <= 31):
            return text
        return (date(year, month, 1) + timedelta(days=day - 1)).isoformat()

    _dates(body, roll)


@on_ask("junk-skipped", "what is no address is skipped", ["request.address-form"])
def _(body: Document) -> None:
    users = body.get("Users")
    if isinstance(users, list) and any("@" in str(user) for user in users):
        body["Users"] = [user for user in users if not isinstance(user, str) or (user.count("@") == 1 and user[0] != "@")]


@on_ask("address-without-its-end", "the beginning of an address finds the user", ["answer.users-asked"])
def _(body: Document) -> None:
    users = body.get("Users")
    if isinstance(users, list):
        body["Users"] = [f"{user}m" if isinstance(user, str) and user.endswith(".co") else user for user in users]


@on_ask("address-without-its-tag", "a tag in an address does not matter", ["answer.users-asked"])
def _(body: Document) -> None:
    users = body.get("Users")
    if isinstance(users, list):
        body["Users"] = [re.sub(r"\+[^@]*", "", user) if isinstance(user, str) else user for user in users]


@mutant("junk-empty", "what is no address gives an empty list", ["request.address-form"])
def _(ask: Ask, server: Server) -> Reply:
    reply = server(ask)
    users = (ask.document or {}).get("Users")
    junk = reply.error is not None and "email address" in reply.error["ExceptionMessage"] and users
    strings = isinstance(users, list) and all(isinstance(user, str) for user in users)
    return replace(reply, status=200).saying(EMPTY) if junk and strings and reply.status == 400 else reply


@on_ask("flag-default-true", "the flag left out is true", ["request.flag-omitted"])
def _(body: Document) -> None:
    body.setdefault("IncludeAllowedConflictSlots", True)


@on_ask("one-record-pages", "Paging left out gives a page of one record", ["request.paging-omitted", "answer.users-listed"])
def _(body: Document) -> None:
    body.setdefault("Paging", {"PageIndex": 1, "PageSize": 1})


@on_ask("part-page-of-one", "PageSize left out is 1", ["request.paging-parts"])
def _(body: Document) -> None:
    if isinstance(body.get("Paging"), dict):
        body["Paging"].setdefault("PageSize", 1)


@mutant("part-refused", "Paging without PageSize is refused", ["request.paging-parts"])
def _(ask: Ask, server: Server) -> Reply:
    reply, paging = server(ask), (ask.document or {}).get("Paging")
    return refusal(reply, "PageSize is missing.") if reply.answer and paging and "PageSize" not in paging else reply


@on_ask("long-numbers", "a number over 32 bits is accepted", ["request.largest-number"])
def _(body: Document) -> None:
    paging = body.get("Paging")
    if isinstance(paging, dict):
        cut = {name: min(value, 2**31 - 1) for name, value in paging.items() if type(value) is int}
        body["Paging"] = paging | {"PageIndex": cut.get("PageIndex", paging.get("PageIndex"))}


@on_error("wrong-type-name", "a bad value has an exception name of its own", ["error.invalid-value"])
def _(error: Document, reply: Reply) -> None:
    if error["ExceptionType"] == "MXInvalidInputException":
        error["ExceptionType"] = "MXInvalidDateRangeException"


other_answer("bad-value-500", "a bad value is answered with 500", ["error.invalid-value-status"], "invalid-value-status", 500)
other_answer("bad-value-200", "a bad value is answered with 200", ["error.invalid-value-status"], "invalid-value-status", 200)


@mutant("bad-value-422", "a bad value is answered with 422", ["error.invalid-value-status"])
def _(ask: Ask, server: Server) -> Reply:
    reply = server(ask)
    bad = reply.error is not None and reply.error["ExceptionType"] == "MXInvalidInputException"
    return replace(reply, status=422) if bad and reply.status == 400 else reply
