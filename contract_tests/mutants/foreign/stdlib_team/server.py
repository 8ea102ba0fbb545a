"""Slots over HTTP, with nothing but the standard library.

python server.py SCENARIO.toml [--port N] [--bug NAME]... [--account ACCESS:SECRET]... [--no-rate-limit] [--list-bugs]
"""

import argparse
import hmac
import json
import os
import re
import threading
import time
import tomllib
from datetime import date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from answers import answer
from calendars import load

PATH = "/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress"
BUGS = {bug["name"]: bug["says"] for bug in tomllib.loads(Path(__file__).with_name("bugs.toml").read_text(encoding="utf-8"))["bug"]}
MEMBERS = {"FromDate", "ToDate", "Users", "IncludeAllowedConflictSlots", "Paging"}


class Bad(Exception):
    """A request that gets an error: (status, type, message)."""


def bad(message):
    """Return the error of a body that is not as it should be."""
    return Bad(400, "MXInvalidInputException", message)


def read_date(query, name, bug):
    """Return one of the two dates."""
    text = query.get(name)
    if not isinstance(text, str):
        raise bad(f"Invalid Input! Parameter Name: {name} value is not correct.")
    if bug == "impossible-date-500":
        year, month, day = (
            re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", text).groups() if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else ("0", "0", "0")
        )
        if year == "0":
            raise bad(f"Invalid Input! Parameter Name: {name} value is not correct.")
        return date(int(year), int(month), int(day))
    try:
        if bug == "any-iso-form":
            return date.fromisoformat(text)
        if bug == "strptime-is-lenient":
            return datetime.strptime(text, "%Y-%m-%d").date()
        if bug == "rest-after-date-ignored":
            return date.fromisoformat(text[:10])
        pattern = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
        if not (re.match(pattern + "$", text) if bug == "newline-after-date" else re.fullmatch(pattern, text)):
            raise ValueError(text)
        found = date.fromisoformat(text[:10])
        if found.year in (1, 9999):
            raise ValueError("the day before or after does not exist in every zone")
        return found
    except ValueError:
        raise bad(f"Invalid Input! Parameter Name: {name} value is not correct.") from None


def read_number(paging, name, bug):
    """Return a whole number from 1."""
    number = paging.get(name)
    if bug == "text-as-number" and isinstance(number, str) and number.isdigit():
        number = int(number)
    if bug == "fraction-cut" and isinstance(number, float):
        number = int(number)
    if type(number) is not int and not (bug == "true-is-one" and isinstance(number, int)):
        raise bad(f"Invalid Input! Parameter Name: {name} value is not correct.")
    if number < (-1000 if bug == "negative-pages" else 1) or (number > 1000 and name == "PageSize"):
        raise bad(f"Invalid Input! Parameter Name: {name} can not be less than 1 or more than 1000.")
    return max(int(number), 1)


def read_query(raw, bug):
    """Return the query of a body."""
    try:
        query = json.loads(raw.decode("latin-1") if bug == "latin-1" else raw)
    except (ValueError, RecursionError) as error:
        if bug == {UnicodeDecodeError: "bad-utf8-500", RecursionError: "deep-json-500"}.get(type(error)):
            raise
        raise bad("The body is no JSON.") from None
    if bug != "list-body-500" and not isinstance(query, dict):
        raise bad("The body has to be an object.")
    if set(query) - MEMBERS:
        raise bad(f"Unknown attributes: {', '.join(sorted(set(query) - MEMBERS))[:200]}")
    first = read_date(query, "FromDate", bug)
    last = read_date(query, "ToDate", bug)
    users = query.get("Users")
    if bug == "missing-users-empty" and "Users" not in query:
        users = []
    if not isinstance(users, list) and not (bug == "text-is-iterable" and isinstance(users, str)):
        raise bad("Invalid Input! Parameter Name: Users value is not correct.")
    if bug != "numbers-among-users" and any(not isinstance(user, str) for user in users):
        if bug == "user-of-number-500":
            raise TypeError("unhashable")
        raise bad("Invalid Input! Parameter Name: Users value is not correct.")
    users = [user for user in users if isinstance(user, str)]
    flag = query.get("IncludeAllowedConflictSlots", False)
    if bug == "flag-by-truth":
        flag = bool(flag)
    if bug == "flag-by-presence":
        flag = "IncludeAllowedConflictSlots" in query
    if not isinstance(flag, bool):
        raise bad("Invalid Input! Parameter Name: IncludeAllowedConflictSlots value is not correct.")
    if bug == "backwards-range-swapped":
        first, last = min(first, last), max(first, last)
    check_range(first, last, bug)
    paging = query.get("Paging")
    if paging is not None:
        if not isinstance(paging, dict):
            raise bad("Invalid Input! Parameter Name: Paging value is not correct.")
        paging = (read_number(paging, "PageIndex", bug), read_number(paging, "PageSize", bug))
    return {"FromDate": first, "ToDate": last, "Users": users, "IncludeAllowedConflictSlots": flag, "Paging": paging}


def check_range(first, last, bug):
    """Refuse a range that is backwards or too long."""
    if first > last or (bug == "one-date-refused" and first == last):
        raise bad("Invalid Input! Parameter Name: FromDate can't be greater than ToDate.")
    days = (last - first).days
    if bug == "months-of-thirty-days":
        days = (last.month - first.month) * 30 + last.day - first.day
    if bug == "both-ends-counted":
        days += 1
    if days > (365 if bug == "year-allowed" else 100):
        raise bad("The difference between FromDate and ToDate cannot be more than 100 days.")
    if bug == "past-refused" and last < datetime.now().date():
        raise bad("Invalid Input! Parameter Name: ToDate is in the past.")


class Limit:
    """25 calls an account in each five seconds by the clock."""

    def __init__(self, bug, off):
        self.bug, self.off, self.lock, self.counts, self.mine = bug, off, threading.Lock(), {}, threading.local()

    def full(self, account):
        """Count the call; return whether it is one too many."""
        if self.off:
            return False
        bug, length = self.bug, {"limit-a-minute": 60.0, "limit-of-two-seconds": 2.0}.get(self.bug, 5.0)
        if bug == "limit-per-thread":
            counts = self.mine.__dict__
        else:
            counts = self.counts
        if bug == "limit-until-restart":
            length = 1e9
        with self.lock:
            window = int(time.time() // length)
            old, count = counts.get(account, (window, 0))
            count = count + 1 if old == window else 1
            counts[account] = (window, count)
            if bug == "limit-refuses-once":
                return count == 26
            return count > {"limit-of-30": 30, "limit-off-by-one": 26, "limit-of-20": 20}.get(bug, 25)


def known(pairs, access, secret, bug):
    """Return whether the keys belong together."""
    if bug == "secret-optional" and access in pairs and not secret:
        return True
    if bug == "secret-within" and access in pairs and secret is not None:
        return secret in pairs[access]
    if bug == "first-ten-letters" and access in pairs and secret:
        return secret[:10] == pairs[access][:10]
    if bug == "access-key-prefix" and access:
        access = next((key for key in pairs if key.startswith(access)), access)
    if bug == "access-key-longer" and access:
        access = next((key for key in pairs if access.startswith(key)), access)
    if access is None or secret is None or access not in pairs:
        return False
    if bug == "foreign-letters-500":
        return hmac.compare_digest(secret, pairs[access])
    return hmac.compare_digest(secret.encode("utf-8", "replace"), pairs[access].encode())


def handler(users, pairs, bug, no_limit):
    """Return the handler class of one server."""
    limit = Limit(bug, no_limit)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        query = None

        def log_message(self, *_):
            """Stay quiet."""

        def keys(self):
            """Return the access key and the secret key of the call; those in the query come first."""
            text = urlsplit(self.path).query
            if bug == "keys-not-decoded":
                parts = dict(part.partition("=")[::2] for part in text.split("&"))
            else:
                parts = {name: values[0] for name, values in parse_qs(text).items()}
            if bug == "header-names-exact":
                sent = dict(self.headers.items())
                return parts.get("accessKey") or sent.get("x-LSQ-AccessKey"), parts.get("secretKey") or sent.get("x-LSQ-SecretKey")
            access = parts.get("accessKey") or self.headers.get("x-LSQ-AccessKey")
            return access, parts.get("secretKey") or self.headers.get("x-LSQ-SecretKey")

        def body(self):
            """Return the body."""
            length = self.headers.get("Content-Length", "0")
            if self.headers.get("Transfer-Encoding"):
                self.close_connection = True  # http.server reads no chunks
            return self.rfile.read(int(length)) if length.isdigit() and int(length) < 10_000_000 else b""

        def send(self, status, value):
            """Send an answer or an error."""
            text = json.dumps(value, ensure_ascii=False)
            raw = text.encode(errors="replace")
            kind = "application/json"
            if bug == "sent-as-html" or (bug == "errors-as-text" and status != 200):
                kind = "text/html" if status == 200 else "text/plain"
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(text) if bug == "length-in-characters" else len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def refuse(self, status, kind, message):
            """Send an error in the vendor's envelope."""
            names = ("Status", "ExceptionType", "ExceptionMessage")
            if bug == "envelope-in-small-letters":
                names = ("status", "exceptionType", "exceptionMessage")
            made = dict(zip(names, ("Failed" if bug == "status-failed" else "Error", kind, message)))
            if bug == "message-missing":
                del made["ExceptionMessage"]
            if bug == "message-null":
                made["ExceptionMessage"] = None
            if bug == "envelope-in-a-list":
                made = [made]
            if bug == "refusal-as-200" and status == 401:
                status = 200
            if bug == "refusal-without-body" and status == 401:
                self.send_response(401)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send(status, made)

        def do_POST(self):
            """Answer the one call there is."""
            try:
                self.post()
            except Bad as error:
                status, kind, message = error.args
                self.refuse(500 if bug == "bad-input-500" and status == 400 else status, kind, message)
            except Exception as error:
                self.refuse(500, type(error).__name__, str(error))

        def post(self):
            """Check and answer; every check raises."""
            raw = b"" if bug == "body-left-unread" else self.body()
            path = unquote(urlsplit(self.path).path)
            served = {
                "any-path-below": path.startswith("/v2/Task.svc/"),
                "end-of-path": path.endswith("/ByUserEmailAddress"),
                "path-prefix": path.startswith(PATH),
            }
            if not served.get(bug, path == PATH):
                raise Bad(404, "MXNotFoundException", "The API could not be found. Please check the API signature.")
            access, secret = self.keys()
            if not known(pairs, access, secret, bug):
                raise Bad(401, "MXInvalidUserDetailsException", "Invalid User Details!")
            if limit.full(self.address_string() + str(self.client_address[1]) if bug == "limit-per-client-port" else access):
                status = {"limit-as-200": 200, "limit-403": 403, "limit-500": 500}.get(bug, 429)
                raise Bad(status, "MXAPIRateLimitExceededException", "API calls exceeded the limit of 25 in 5 second(s)")
            if bug == "body-left-unread":
                raw = self.body()
            kind = self.headers.get("Content-Type", "")
            plain = kind.partition(";")[0].strip().lower()
            fits = {
                "content-type-exact": kind == "application/json",
                "json-somewhere": "json" in kind,
                "missing-type-welcome": plain in ("", "application/json"),
            }
            if not fits.get(bug, plain == "application/json"):
                raise bad("The content type has to be application/json.")
            Handler.query = query = read_query(raw, bug)
            if bug == "query-on-the-class":
                time.sleep(0.05)  # the calendar is on a slow disk
                query = Handler.query
            self.send(200, answer(users, query, bug))

        def other(self):
            """Answer a method that does not exist here."""
            self.body()
            self.refuse(404, "MXNotFoundException", "The API could not be found. Please check the API signature.")

        do_GET = do_PUT = do_DELETE = do_PATCH = do_POST if bug == "any-method" else other  # noqa: N815

    return Handler


def main():
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description="Slots over HTTP with the standard library")
    parser.add_argument("scenario", nargs="?")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument(
        "--bug", action="append", default=[], choices=list(BUGS), metavar="NAME", help="one mistake; each --bug gets a port of its own"
    )
    parser.add_argument("--account", action="append", default=[], metavar="ACCESS:SECRET")
    parser.add_argument("--no-rate-limit", action="store_true")
    parser.add_argument("--list-bugs", action="store_true")
    options = parser.parse_args()
    if options.list_bugs:
        for name, says in BUGS.items():
            print(f"{name}: {says}")
        return
    own = os.environ.get("LSQ_ACCESS_KEY", "AccessKey") + ":" + os.environ.get("LSQ_SECRET_KEY", "SecretKey")
    pairs = dict(pair.split(":", 1) for pair in options.account or [own])
    ThreadingHTTPServer.request_queue_size = 64
    for bug in options.bug or [""]:
        users = load(options.scenario)
        if bug == "tasks-read-once":
            users = {email: {**user, "tasks": iter(user["tasks"])} for email, user in users.items()}
        server = ThreadingHTTPServer(("127.0.0.1", options.port), handler(users, pairs, bug, options.no_rate_limit))
        threading.Thread(target=server.serve_forever).start()
        print(f"{bug or '-'} http://127.0.0.1:{server.server_address[1]}", flush=True)


if __name__ == "__main__":
    main()
