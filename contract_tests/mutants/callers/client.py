"""A configurable client with its driver: correct, or wrong in the one way that its first argument names.

    python client.py NAME [PAGE_SIZE] [VARIANT…]      NAME `correct` is none; PAGE_SIZE 0 asks without Paging

The variants are `query`, `threads` and `library`.

Standard library only, but for the variant `library`, which leaves retries to urllib3. Run as a program: it imports nothing of the kit,
and is one file because it stands for an application of somebody's.
"""

import http.client
import json
import os
import re
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Lock
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

NAME = sys.argv[1] if len(sys.argv) > 1 else "correct"
PAGE_SIZE = int(sys.argv[2]) if len(sys.argv) > 2 else 100
VARIANTS = frozenset(sys.argv[3:])
PATH = "/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress"
LIMIT = re.compile(r"exceeded the limit of (\d+) in (\d+) second")
NETWORK = (OSError, http.client.HTTPException, ValueError)
Document = dict[str, Any]
Span = tuple[int, int]
_lock = Lock()
_calls: list[float] = []
_shut_until = [0.0]


class Unknown(Exception):
    """The vendor gave no answer."""


def wrong(*names: str) -> bool:
    """Whether the client is wrong in one of these ways."""
    return NAME in names


# --- one call -----------------------------------------------------------------------------------------------------------


def call(body: Document) -> tuple[int, str]:
    """Status and text of one call."""
    pace()
    key, secret = os.environ["LSQ_ACCESS_KEY"], os.environ["LSQ_SECRET_KEY"]
    if wrong("loses-dollar"):
        key = re.sub(r"\$\w+", "", key)
    if wrong("escapes-dollar"):
        key = key.replace("$", "%24")
    url = os.environ["LSQ_BASE_URL"] + PATH
    headers = {"Content-Type": "text/plain" if wrong("text-plain") else "application/json"}
    if "query" in VARIANTS:
        url += f"?accessKey={quote(key)}&secretKey={quote(secret)}"
    else:
        headers |= {"x-LSQ-AccessKey": key, "x-LSQ-SecretKey": secret}
    return send(url, headers, json.dumps(body).encode())


def send(url: str, headers: dict[str, str], data: bytes) -> tuple[int, str]:
    """Status and text; raises what the network raises."""
    timeout = None if wrong("no-timeout") else 3
    if "library" in VARIANTS:
        return send_by_library(url, headers, data)
    request = urllib.request.Request(url, data, headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=timeout) as reply:  # noqa: S310
            return reply.status, read(reply)
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode("utf-8", "replace")


def send_by_library(url: str, headers: dict[str, str], data: bytes) -> tuple[int, str]:
    """The same with the retries of urllib3."""
    import urllib3

    retries = urllib3.Retry(total=1, backoff_factor=0.2, allowed_methods=None, status_forcelist=(502, 503, 504), raise_on_status=False)
    try:
        reply = urllib3.PoolManager().request("POST", url, headers=headers, body=data, retries=retries, timeout=3)
    except urllib3.exceptions.HTTPError as error:
        raise OSError(str(error)) from None
    return reply.status, reply.data.decode("utf-8", "replace")


def read(reply: Any) -> str:
    """The body, all of it."""
    try:
        data: bytes = reply.read()
    except http.client.IncompleteRead as error:
        if not wrong("takes-half"):
            raise
        data = error.partial
    return data.decode("utf-8", "replace")


def pace() -> None:
    """At most 25 calls in 5 s, and none while the limit is known to be used up."""
    if wrong("whole-batch-again", "gives-up-at-the-limit", "hammers"):
        return
    while True:
        with _lock:
            now = time.monotonic()
            recent = [at for at in _calls if at > now - 5.5]
            pause = max(recent[0] + 5.5 - now if len(recent) >= 25 else 0.0, _shut_until[0] - now)
            if pause <= 0:
                _calls[:] = [*recent, now]
                return
        time.sleep(pause)


# --- one answer, however many calls it takes -----------------------------------------------------------------------------


def ask(body: Document) -> Document:
    """The answer to a body. Raises Unknown."""
    problem = "no try"
    tries = 15 if wrong("tries-15-times") else 10_000 if wrong("hammers") else 4
    for attempt in range(1, tries + 1):
        try:
            status, text = call(body)
            document = parsed(text)
        except NETWORK as error:
            if wrong("crashes-on-reset") and isinstance(error, ConnectionError | urllib.error.URLError):
                raise
            if wrong("reset-is-empty", "every-error-is-empty") or (wrong("closed-is-empty") and is_closed(error)):
                return {"RecordCount": 0, "List": []}
            if wrong("no-json-is-empty", "takes-half") and isinstance(error, ValueError):
                return {"RecordCount": 0, "List": []}
            problem, pause = f"{type(error).__name__}: {error}", 0.0 if wrong("hammers", "tries-15-times") else 0.1 * 2**attempt
        else:
            answer = understood(status, document)
            if answer is not None:
                return answer
            problem = str(document)
            pause = pause_after(status, problem, attempt)
        if attempt < tries:
            time.sleep(pause)
    raise Unknown(problem)


def is_closed(error: BaseException) -> bool:
    """Whether a connection was closed without a byte."""
    return isinstance(error, http.client.RemoteDisconnected) or isinstance(getattr(error, "reason", None), http.client.RemoteDisconnected)


def parsed(text: str) -> Document:
    """The JSON object of a body. Raises ValueError, and Unknown for a page."""
    if text.lstrip().startswith("<"):
        if wrong("crashes-on-html"):
            json.loads(text)
        if not wrong("retries-html", "every-error-is-empty", "html-is-empty"):
            raise Unknown("an HTML page")
        return {"RecordCount": 0, "List": []} if not wrong("retries-html") else {"ExceptionMessage": "an HTML page"}
    document = json.loads(text)
    if not isinstance(document, dict):
        raise ValueError("the body is no JSON object")
    return document


def understood(status: int, document: Document) -> Document | None:
    """The answer in a document; None for an error."""
    if "RecordCount" in document:
        return document
    is_limit = LIMIT.search(str(document.get("ExceptionMessage"))) is not None
    if status == 200 and (wrong("trusts-the-status") or (wrong("limit-in-200-is-empty") and is_limit)):
        return {"RecordCount": 0, **document}
    if wrong("every-error-is-empty") and not is_limit:
        return {"RecordCount": 0, "List": []}
    return None


def pause_after(status: int, problem: str, attempt: int) -> float:
    """Seconds to wait after an error. Raises Unknown for one that stays."""
    limit = LIMIT.search(problem)
    if limit is None:
        if wrong("retries-every-error") or (wrong("retries-500") and status == 500) or (wrong("retries-html") and "HTML" in problem):
            return 0.1
        if (wrong("retries-400") and status == 400) or (wrong("retries-401") and status == 401):
            return 0.1
        raise Unknown(problem)
    known = {"no-429": 429, "no-403": 403, "no-200": 200}.get(NAME)
    if status == known or wrong("gives-up-at-the-limit"):
        raise Unknown(problem)
    pauses: dict[str, float] = {
        "waits-1-second": 1.0,
        "waits-3-seconds": 3.0,
        "waits-not": 0.0,
        "doubles-from-1": 0.5 * 2**attempt,
        "hammers": 0.02,
    }
    if NAME in pauses:
        return pauses[NAME]
    with _lock:
        _shut_until[0] = time.monotonic() + int(limit[2]) + 0.1
    return 0.0


# --- pages and dates ------------------------------------------------------------------------------------------------------


def entries(question: Document) -> Iterator[tuple[str, Document]]:
    """The entries of the answer to a question, with their dates."""
    first, last = date.fromisoformat(question["from"]), date.fromisoformat(question["to"])
    if wrong("ends-a-date-early"):
        last -= timedelta(days=1)
    if wrong("first-100-days-only"):
        last = min(last, first + timedelta(days=100))
    while first <= last:
        until = last if wrong("asks-for-everything") else min(last, first + timedelta(days=100))
        for page in pages(question, first, until):
            groups = page["List"] if wrong("needs-a-list") else page.get("List", []) if wrong("needs-no-null") else page.get("List") or []
            for group in groups:
                yield from ((group["Date"], entry) for entry in group["UserSlots"])
        first = until + timedelta(days=2 if wrong("loses-a-date-at-the-seam") else 1)


def pages(question: Document, first: date, last: date) -> Iterator[Document]:
    """All pages of a question about at most 100 days."""
    flag: Any = question["includeAllowedConflictSlots"]
    flag = False if wrong("drops-the-flag") else True if wrong("flag-always-true") else str(flag).lower() if wrong("flag-as-text") else flag
    form = "%d-%m-%Y" if wrong("dates-day-first") else "%Y-%m-%d"
    body: Document = {"FromDate": first.strftime(form), "ToDate": last.strftime(form), "Users": question["users"]}
    body["IncludeAllowedConflictSlots"] = flag
    if wrong("invents-attributes"):
        body |= {"UserIds": [], "Timezone": "UTC"}
    if wrong("attributes-in-lower-case"):
        body = {name[0].lower() + name[1:]: value for name, value in body.items()}
    if not PAGE_SIZE:
        yield ask(body)
        return
    index, seen = (0 if wrong("begins-at-page-0") else 2 if wrong("begins-at-page-2") else 1), 0
    while True:
        page = ask({**body, "Paging": {"PageIndex": index, "PageSize": PAGE_SIZE}})
        yield page
        seen += len(page.get("List") or []) if wrong("counts-dates") else PAGE_SIZE
        count = page["RecordCount"]
        if wrong("first-page-only") or (wrong("rounds-pages-down") and index >= count // PAGE_SIZE) or seen >= count:
            return
        index += 1


# --- bookable times -------------------------------------------------------------------------------------------------------


def bookable(question: Document) -> list[Document]:
    """What can be booked, as the driver writes it."""
    found = []
    listed = list(entries(question))
    if wrong("needs-every-user"):
        named = {entry["EmailAddress"] for _, entry in listed}
        listed = [next(each for each in listed if each[1]["EmailAddress"] == user) for user in question["users"] if user in named or user]
    for number, (day, entry) in enumerate(listed):
        user = entry["EmailAddress"]
        if wrong("users-by-place"):
            user = question["users"][number % len(question["users"])]
        if wrong("compares-letter-case") and user not in question["users"]:
            continue
        if wrong("all-of-the-first-user"):
            user = question["users"][0]
        for start, end in instants(day, entry, question):
            shown = [moment.replace(tzinfo=None) if wrong("no-offset") else moment for moment in (start, end)]
            found.append({"user": user, "start": shown[0].isoformat(), "end": shown[1].isoformat()})
    return found


def instants(day: str, entry: Document, question: Document) -> Iterator[tuple[datetime, datetime]]:
    """The free intervals of an entry as instants."""
    spans = free(entry)
    if not spans:
        return
    name = entry["WorkDayTemplateTimeZone"] or entry["UserTimeZone"]
    name = "Asia/Kolkata" if wrong("india") else entry["UserTimeZone"] if wrong("users-zone") else "UTC" if wrong("slots-in-utc") else name
    zone = ZoneInfo(name)
    if wrong("busy-as-local"):
        busy = [local_span(day, each) for each in entry["BusySlots"] or []]
        spans = without(spans, [span for span in busy if span[0] < span[1]])
    for start, end in spans:
        first, last = both(day, start, zone), both(day, end, zone)
        if wrong("one-offset"):
            offset = datetime.fromisoformat(question["from"]).replace(tzinfo=zone).utcoffset() or timedelta()
            base = datetime.fromisoformat(day).replace(tzinfo=UTC) - offset
            yield base + timedelta(seconds=start), base + timedelta(seconds=end)
        elif wrong("adds-the-length"):
            yield min(first), min(first) + timedelta(seconds=end - start)
        elif wrong("later-fold-at-an-end"):
            yield first[0], last[1]
        elif wrong("date-in-utc"):
            shift = date.fromisoformat(day) - min(first).date()
            yield min(first) + shift, max(last) + shift
        else:
            yield min(first), max(last)


def both(day: str, second: int, zone: ZoneInfo) -> list[datetime]:
    """The instants that read a wall-clock time."""
    local = datetime.fromisoformat(day) + timedelta(seconds=second)
    return [local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]


def local_span(day: str, busy: Document) -> Span:
    """A busy time as seconds of a date, as if it were local."""
    edges = [datetime.fromisoformat(busy[name]) - datetime.fromisoformat(day) for name in ("StartTime", "EndTime")]
    return int(edges[0].total_seconds()), int(edges[1].total_seconds())


def free(entry: Document) -> list[Span]:
    """Slots without breaks, in seconds of the day."""
    slots, breaks, reason = entry["AvailableSlots"], entry["Breaks"], entry["NoSlotsReason"]
    if wrong("needs-slots"):
        slots = list(slots)
    if (wrong("null-is-free") and slots is None) or (wrong("nothing-is-free-all-day") and not slots):
        return [(0, 86_400)]
    if wrong("no-template-is-free") and reason == "WorkDayTemplateNotDefined":
        return [(0, 86_400)]
    spans = [span for span in map(span_of, slots or []) if span[0] < span[1]]
    pauses = [span_of(pause) for pause in breaks or []]
    if wrong("first-slot-only"):
        spans = spans[:1]
    if wrong("from-first-to-last") and spans:
        spans = [(spans[0][0], spans[-1][1])]
    if wrong("drops-the-morning-after"):
        spans = [span for span in spans if span[0] > 0]
    if wrong("forgets-breaks"):
        pauses = []
    if wrong("first-break-only"):
        pauses = pauses[:1]
    return without(spans, pauses)


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """Intervals without others."""
    left = list(spans)
    for begin, finish in taken:
        left = [part for s, e in left for part in ((s, min(e, begin)), (max(s, finish), e)) if part[0] < part[1]]
    return left


def span_of(times: Document) -> Span:
    """Start and end in seconds of the day."""
    start, end = seconds(times["StartTime"]), seconds(times["EndTime"])
    if end == 0 and not wrong("midnight-is-the-start"):
        end = 86_399 if wrong("ends-at-23-59-59") else 86_400
    return start, end


def seconds(text: str) -> int:
    """The second of the day of HH:mm:ss."""
    hours, minutes, rest = map(int, text.split(":"))
    return hours * 3600 + minutes * 60 + (0 if wrong("drops-seconds") else rest)


# --- the driver -----------------------------------------------------------------------------------------------------------


def result(question: Document) -> Document:
    """The result of one question."""
    try:
        return {"bookable": bookable(question)}
    except Unknown as error:
        return {"error": str(error)}


def results(questions: list[Document]) -> list[Document]:
    """The results of all questions."""
    if wrong("keeps-the-first-answer"):
        return [result(questions[0])] * len(questions)
    if wrong("whole-batch-again"):
        return whole_batches(questions)
    if "threads" in VARIANTS:
        with ThreadPoolExecutor(20) as pool:
            return list(pool.map(result, questions))
    return [result(question) for question in questions]


def whole_batches(questions: list[Document]) -> list[Document]:
    """Asks all, and after a refusal all again, until the limit happens to let the rest through."""
    done: dict[int, Document] = {}
    for _ in range(4):
        for number, question in enumerate(questions[len(done) // 2 :], len(done) // 2):
            try:
                body: Document = {"FromDate": question["from"], "ToDate": question["to"], "Users": question["users"]}
                _, text = call({**body, "IncludeAllowedConflictSlots": question["includeAllowedConflictSlots"]})
                document = json.loads(text)
            except NETWORK as error:
                raise Unknown(str(error)) from None
            if "RecordCount" not in document:
                time.sleep(5.2)
                break
            spans = [each for group in document["List"] for entry in group["UserSlots"] for each in shown(group["Date"], entry, question)]
            done[number] = {"bookable": spans}
    return [done.get(number, {"error": "unknown"}) for number in range(len(questions))]


def shown(day: str, entry: Document, question: Document) -> Iterator[Document]:
    """The bookable times of one entry, as the driver writes them."""
    for start, end in instants(day, entry, question):
        yield {"user": entry["EmailAddress"], "start": start.isoformat(), "end": end.isoformat()}


if __name__ == "__main__":
    socket.setdefaulttimeout(None)
    print(json.dumps({"results": results(json.load(sys.stdin)["questions"])}))  # noqa: T201 - the driver's output
