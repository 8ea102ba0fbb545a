"""A small and careful client of LeadSquared's RetrieveAvailableSlots: standard library only, to be copied.

    client = SlotsClient(base_url, access_key, secret_key)
    client.bookable(["a@example.com"], date(2026, 3, 2), date(2026, 3, 6))      # (address, start, end), as instants

Raises SlotsUnknown where it does not know: never wrong times, and never an empty list in place of an error.
"""

import http.client
import json
import re
import time
import urllib.error
import urllib.request
from collections import deque
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

PATH = "/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress"
MOST_DAYS = timedelta(days=100)
LIMIT = re.compile(r"exceeded the limit of (\d+) in (\d+) second")


class SlotsUnknown(Exception):
    """The vendor gave no answer."""


class SlotsClient:
    """Keeps within 25 calls in 5 s, waits where the limit is used up all the same, and tries faults of the network again, a few times."""

    def __init__(self, base_url, access_key, secret_key, *, page_size=100, timeout=10, tries=4, sleep=time.sleep, now=time.monotonic):
        self.url = base_url + PATH
        # In headers: a URL is written into logs, and the $ of a key does not survive everywhere.
        self.headers = {"x-LSQ-AccessKey": access_key, "x-LSQ-SecretKey": secret_key, "Content-Type": "application/json"}
        self.page_size, self.timeout, self.tries, self.sleep, self.now = page_size, timeout, tries, sleep, now
        self.calls = deque(maxlen=25)

    def bookable(self, users, first, last, *, include_allowed_conflicts=False):
        """What can be booked from `first` to `last`, both included: (address, start, end), breaks taken out."""
        found = []
        while first <= last:
            until = min(last, first + MOST_DAYS)
            for day, entry in self._entries(users, first, until, include_allowed_conflicts):
                found += [(entry["EmailAddress"], start, end) for start, end in free_times(day, entry)]
            first = until + timedelta(days=1)
        return found

    def _entries(self, users, first, last, flag):
        body = {"FromDate": f"{first}", "ToDate": f"{last}", "Users": list(users), "IncludeAllowedConflictSlots": flag}
        index, pages = 1, 1
        while index <= pages:
            answer = self._ask(body | {"Paging": {"PageIndex": index, "PageSize": self.page_size}})
            pages = -(-answer["RecordCount"] // self.page_size)
            for group in answer.get("List") or []:
                yield from ((date.fromisoformat(group["Date"]), entry) for entry in group["UserSlots"])
            index += 1

    def _ask(self, body):
        """One answer, however many calls it takes."""
        for attempt in range(1, self.tries + 1):
            try:
                document = self._call(body)
            except (OSError, http.client.HTTPException, ValueError) as error:
                # Reset, closed, cut off, too slow, or no JSON: worth another try.
                problem, pause = f"{type(error).__name__}: {error}", 0.2 * 2**attempt
            else:
                if "RecordCount" in document:
                    return document
                # The status does not tell an error from an answer: the vendor sends errors inside 200, too.
                problem = f"{document.get('ExceptionType')}: {document.get('ExceptionMessage')}"
                limit = LIMIT.search(str(document.get("ExceptionMessage")))
                if not limit:
                    raise SlotsUnknown(problem)
                pause = int(limit[2]) + 0.1
            if attempt < self.tries:
                self.sleep(pause)
        raise SlotsUnknown(problem)

    def _call(self, body):
        if len(self.calls) == self.calls.maxlen:
            self.sleep(max(0, self.calls[0] + 5.5 - self.now()))
        self.calls.append(self.now())
        request = urllib.request.Request(self.url, json.dumps(body).encode(), self.headers)
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as reply:
                document = json.load(reply)
        except urllib.error.HTTPError as error:
            text = error.read().decode("utf-8", "replace")
            if text.lstrip().startswith("<"):
                raise SlotsUnknown(f"{error.code} with an HTML page") from None
            document = json.loads(text)
        if not isinstance(document, dict):
            raise ValueError("the body is no JSON object")
        return document


def free_times(day, entry):
    """The instants of a date that lie in a slot and in no break; both are wall-clock times of the template's zone."""
    if not entry["AvailableSlots"]:
        return
    zone = ZoneInfo(entry["WorkDayTemplateTimeZone"])
    pauses = [span_of(pause) for pause in entry["Breaks"] or []]
    for slot in entry["AvailableSlots"]:
        free = [span_of(slot)]
        for begin, finish in pauses:
            free = [part for s, e in free for part in ((s, min(e, begin)), (max(s, finish), e)) if part[0] < part[1]]
        # Where clocks go back a time comes twice: an interval begins at the first and ends at the second.
        yield from ((min(instants(day, start, zone)), max(instants(day, end, zone))) for start, end in free)


def span_of(times):
    """Start and end in seconds of the day; an end at 00:00:00 is the end of the day."""
    return seconds(times["StartTime"]), seconds(times["EndTime"]) or 86_400


def seconds(text):
    hours, minutes, rest = map(int, text.split(":"))
    return hours * 3600 + minutes * 60 + rest


def instants(day, second, zone):
    local = datetime(day.year, day.month, day.day) + timedelta(seconds=second)
    return [local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
