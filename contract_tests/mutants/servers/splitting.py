"""What several mutants need: empty answers, refusals, and a question asked in two parts."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from leadsquared_slots.contract_tests.mutants.registry import Ask, Document, Reply, Server

EMPTY: dict[str, Any] = {"RecordCount": 0, "List": []}


def refusal(reply: Reply, message: str) -> Reply:
    """The refusal of a value, in the place of a reply."""
    error = {"Status": "Error", "ExceptionType": "MXInvalidInputException", "ExceptionMessage": f"Invalid Input! {message}"}
    return replace(reply, status=400).saying(error)


def dates(body: Document) -> tuple[date, date] | None:
    """FromDate and ToDate, where both are dates."""
    try:
        return date.fromisoformat(body["FromDate"]), date.fromisoformat(body["ToDate"])
    except (KeyError, TypeError, ValueError):
        return None


def asked_in_parts(ask: Ask, server: Server, days: int) -> Reply:
    """The answer to a question of any length, put together from questions of so many days."""
    body = ask.document or {}
    span = dates(body)
    if span is None or (span[1] - span[0]).days <= days:
        return server(ask)
    first = server(ask.asking(body | {"ToDate": (span[0] + timedelta(days=days)).isoformat()}))
    rest = asked_in_parts(ask.asking(body | {"FromDate": (span[0] + timedelta(days=days + 1)).isoformat()}), server, days)
    if first.answer is None or rest.answer is None:
        return first
    return first.saying(first.answer | {"List": (first.answer["List"] or []) + (rest.answer["List"] or [])})
