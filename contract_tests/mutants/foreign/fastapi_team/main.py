"""RetrieveAvailableSlots with FastAPI.

Usage: python main.py SCENARIO.toml [--port N] [--bug NAME]... [--account ACCESS:SECRET]... [--no-rate-limit] [--list-bugs]
"""

import argparse
import asyncio
import os
import socket
import tomllib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import uvicorn
from agenda import Person, read_agenda
from fastapi import FastAPI, Request
from fastapi.exceptions import HTTPException, RequestValidationError
from fastapi.responses import JSONResponse, Response
from limits import Keys, Limiter
from models import query_model
from pydantic import BaseModel, ValidationError
from slots import dates, slots_of

PATH = "/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress"
BUGS = {bug["name"]: bug["says"] for bug in tomllib.loads(Path(__file__).with_name("bugs.toml").read_text(encoding="utf-8"))["bug"]}


class Refused(Exception):
    """The caller gets an error instead of an answer."""

    def __init__(self, status: int, kind: str, message: Any) -> None:
        self.status, self.kind, self.message = status, kind, message


def create_app(people: dict[str, Person], pairs: dict[str, str], bug: str = "", no_limit: bool = False) -> FastAPI:
    """Return the application; `bug` names the one mistake that it makes."""
    app = FastAPI(openapi_url=None, redirect_slashes=False)
    keys, limiter, model = Keys(pairs, bug), Limiter(bug, no_limit), query_model(bug)
    cache: dict[Any, Any] = {}

    @app.exception_handler(Refused)
    async def refused(_: Request, error: Refused) -> Response:
        return _error(error, bug)

    @app.exception_handler(404)
    @app.exception_handler(405)
    async def no_such_api(_: Request, __: Exception) -> Response:
        return _error(Refused(404, "MXNotFoundException", "The API could not be found. Please check the API signature."), bug)

    @app.post(PATH)
    async def retrieve(request: Request) -> Response:
        account = _account(request, keys, bug)
        if not limiter.admit(_counted(request, account, bug)):
            raise Refused(
                503 if bug == "limit-503" else 429, "MXAPIRateLimitExceededException", "API calls exceeded the limit of 25 in 5 second(s)"
            )
        query = _read(await request.body(), request.headers.get("content-type", ""), model, bug)
        app.state.query = query
        if bug == "query-on-the-app":
            await asyncio.sleep(0.05)  # the calendar comes from a database
            query = app.state.query
        parts = query.model_dump(mode="json")
        if bug == "cache-without-flag":
            parts.pop("IncludeAllowedConflictSlots")
        if bug == "cache-without-page":
            parts.pop("Paging")
        key = repr(parts)
        if not bug.startswith("cache-") or key not in cache:
            cache[key] = _answer(query, people, bug)
            while len(cache) > 1000:
                cache.pop(next(iter(cache)))
        return JSONResponse(cache[key])

    return app


def _error(error: Refused, bug: str) -> Response:
    if (bug, error.status) in {("refusal-as-detail", 401), ("limit-as-detail", 429), ("bad-request-as-detail", 400)}:
        return JSONResponse({"detail": error.message}, error.status)
    body = {"Status": "Error", "ExceptionType": error.kind, "ExceptionMessage": error.message}
    if bug == "error-without-type":
        del body["ExceptionType"]
    if bug == "error-without-status":
        del body["Status"]
    return JSONResponse(body, 200 if bug == "error-in-200" and error.status == 400 else error.status)


def _account(request: Request, keys: Keys, bug: str) -> str:
    headers, params = request.headers, request.query_params
    access, secret = headers.get("x-lsq-accesskey"), headers.get("x-lsq-secretkey")
    if bug == "header-keys-ignored":
        access = secret = None
    if bug != "query-keys-ignored":
        access, secret = access or params.get("accessKey"), secret or params.get("secretKey")
    if bug == "missing-keys-422" and (access is None or secret is None):
        raise RequestValidationError([{"type": "missing", "loc": ("query", "accessKey"), "msg": "Field required", "input": None}])
    if not keys.allow(access, secret):
        status = 403 if bug == "refused-with-403" else 500 if bug == "missing-keys-crash" and access is None else 401
        raise Refused(status, "MXInvalidUserDetailsException", "Invalid User Details!")
    return access or ""


def _counted(request: Request, account: str, bug: str) -> str:
    if bug == "limit-per-connection" and request.client:
        return f"{account} from port {request.client.port}"
    if bug == "limit-by-header-key":
        return request.headers.get("x-lsq-accesskey") or str(id(request))
    return f"{account} of {request.headers.get('user-agent')}" if bug == "limit-per-user-agent" else account


def _read(raw: bytes, content_type: str, model: type[BaseModel], bug: str) -> Any:
    kind = content_type.split(";")[0].strip().lower()
    if kind != "application/json" and bug != "any-content-type":
        status = 415 if bug == "content-type-415" else 400
        raise Refused(status, "MXInvalidInputException", "The content type has to be application/json.")
    try:
        query: Any = model.model_validate_json(raw)
    except ValidationError as error:
        if bug == "errors-422":
            raise HTTPException(422, error.errors(include_url=False, include_context=False, include_input=False)) from error
        if bug == "bad-json-500" and error.errors()[0]["type"] == "json_invalid":
            raise HTTPException(500, "Internal Server Error") from error
        first = error.errors(include_url=False, include_context=False, include_input=False)
        text = f"Invalid Input! Parameter Name: {'.'.join(map(str, first[0]['loc']))} {first[0]['msg']}"
        raise Refused(400, "MXInvalidInputException", first if bug == "error-message-as-list" else text) from error
    if bug == "to-date-optional" and query.ToDate is None:
        query.ToDate = query.FromDate
    _check_range(query, bug)
    return query


def _check_range(query: Any, bug: str) -> None:
    first, last = query.FromDate, query.ToDate
    if first > last and bug not in ("backwards-range-empty", "range-unlimited"):
        raise Refused(400, "MXInvalidInputException", "Invalid Input! Parameter Name: FromDate can't be greater than ToDate.")
    days = (last - first).days
    too_long = days > 100
    match bug:
        case "hundred-days-refused":
            too_long = days >= 100
        case "hundred-and-one-accepted":
            too_long = days > 101
        case "range-in-months":
            too_long = (last.year - first.year) * 12 + last.month - first.month > 3
        case "range-unlimited":
            too_long = days > 10_000
    if too_long and bug != "long-range-shortened":
        raise Refused(400, "MXInvalidInputException", "The difference between FromDate and ToDate cannot be more than 100 days.")


def _found(addresses: list[str] | str, people: dict[str, Person], bug: str) -> list[tuple[str, Person]]:
    """Return the people asked for, each once, as (address asked for, person); an unknown address is left out."""
    if isinstance(addresses, str):
        addresses = [addresses]
    found: dict[str, tuple[str, Person]] = {}
    for address in addresses:
        person = people.get(address.lower())
        if bug == "plus-tag-stripped" and "+" in address:
            name, _, host = address.partition("@")
            person = people.get(f"{name.split('+')[0]}@{host}".lower())
        if person and person.email not in found:
            found[person.email] = (address, person)
    return list(found.values())


def _page(rows: list[Any], paging: Any, bug: str) -> list[Any]:
    if paging is None:
        return rows[:2] if bug == "two-users-without-paging" else rows
    size = 100 if bug == "page-size-ignored" else paging.PageSize
    if bug == "last-page-lost" and (paging.PageIndex - 1) >= len(rows) // size:
        return []
    if bug == "page-index-from-zero":
        return rows[paging.PageIndex * size : (paging.PageIndex + 1) * size]
    start = (paging.PageIndex - 1) * size
    if bug == "pages-by-one":
        start = paging.PageIndex - 1
    return rows[start : start + size + (1 if bug == "page-size-plus-one" else 0)]


def _answer(query: Any, people: dict[str, Person], bug: str) -> Any:
    chosen = _found(query.Users, people, bug)
    days = dates(query.FromDate, query.ToDate, bug)
    if bug == "long-range-shortened":
        days = days[:101]
    page, count = _page(chosen, query.Paging, bug), len(chosen)
    if bug == "record-count-of-page":
        count = len(page)
    if bug == "pages-of-dates":
        page, days, count = chosen, _page(days, query.Paging, bug), len(days)
    if bug == "page-past-the-end-404" and not page:
        raise Refused(404, "MXNotFoundException", "No such page.")
    found = []
    for day in days if page else []:
        entries = []
        for asked, person in page:
            entry = slots_of(person, day, query.IncludeAllowedConflictSlots, bug)
            if bug == "address-as-asked":
                entry["EmailAddress"] = asked
            if bug == "none-left-out":
                entry = {key: value for key, value in entry.items() if value is not None}
            if bug != "idle-users-dropped" or entry["AvailableSlots"]:
                entries.append(entry)
        if bug == "idle-dates-dropped" and not any(entry["AvailableSlots"] for entry in entries):
            continue
        found.append({"Date": day.isoformat() + ("T00:00:00" if bug == "date-with-time" else ""), "UserSlots": entries})
    if bug == "snake-case":
        return {"record_count": count, "list": found}
    status = {"Status": "Success"} if bug == "success-with-status" else {}
    return {**status, "RecordCount": len(days) if bug == "record-count-of-dates" else count, "List": found}


def serve(apps: dict[str, FastAPI], port: int) -> None:
    """Serve one application a port; each is printed as "NAME URL" when all of them listen."""
    sockets, by_port = [], {}
    for name, app in apps.items():
        sock = socket.create_server(("127.0.0.1", port))
        sockets.append(sock)
        by_port[sock.getsockname()[1]] = app
        print(f"{name or '-'} http://127.0.0.1:{sock.getsockname()[1]}", flush=True)

    async def dispatch(scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]) -> None:
        await by_port[scope["server"][1]](scope, receive, send)

    uvicorn.Server(uvicorn.Config(dispatch, lifespan="off", log_level="error", access_log=False)).run(sockets=sockets)


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description="Slots of the team, with FastAPI")
    parser.add_argument("scenario", nargs="?", type=Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument(
        "--bug", action="append", default=[], choices=sorted(BUGS), metavar="NAME", help="make this mistake; each --bug gets a port"
    )
    parser.add_argument("--account", action="append", default=[], metavar="ACCESS:SECRET")
    parser.add_argument("--no-rate-limit", action="store_true")
    parser.add_argument("--list-bugs", action="store_true")
    options = parser.parse_args()
    if options.list_bugs:
        print("\n".join(f"{name}: {says}" for name, says in BUGS.items()))
        return
    if options.scenario is None:
        parser.error("name a scenario file")
    own = f"{os.environ.get('LSQ_ACCESS_KEY', 'AccessKey')}:{os.environ.get('LSQ_SECRET_KEY', 'SecretKey')}"
    pairs = dict(text.split(":", 1) for text in options.account or [own])
    people = read_agenda(options.scenario)
    serve({bug: create_app(people, pairs, bug, options.no_rate_limit) for bug in options.bug or [""]}, options.port)


if __name__ == "__main__":
    main()
