"""An account of a running emulator, over its admin interface: in a thread, in another process, or in a container.

Standard library only: the pytest plugin is loaded in everybody's test run and must cost nothing.
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import ProxyHandler, Request, build_opener

ENDPOINT = "/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress"
# A server for tests is never behind a proxy, whatever the environment says.
_OPENER = build_opener(ProxyHandler({}))
_PATIENCE_SECONDS = 30.0


class AdminError(RuntimeError):
    """The admin interface refused a call, or there is none; the text says which call, and what it answered.

    status  of the refusal; None where there was no answer, or none of an admin interface
    """

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class Admin:
    """Calls to `/__admin` of one server, JSON in and out. `token` is the server's --admin-token, where it has one."""

    def __init__(self, base_url: str, token: str | None = None) -> None:
        self.base_url = base_url.rstrip("/")
        self._token = token

    def call(self, method: str, path: str, body: object = None, *, account: str | None = None) -> Any:
        """The parsed answer of one call; None where it is empty. Raises AdminError."""
        url = f"{self.base_url}/__admin{path}" + (f"?{urlencode({'account': account})}" if account else "")
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {self._token}"} if self._token else {})
        data = None if body is None else json.dumps(spell(body)).encode()
        try:
            with _OPENER.open(Request(url, data, headers, method=method), timeout=_PATIENCE_SECONDS) as answer:  # noqa: S310 - the tester's own URL
                text = answer.read()
        except HTTPError as error:
            raise AdminError(f"{method} /__admin{path} answered {error.code}: {_refusal(error)}", error.code) from None
        except (OSError, HTTPException) as error:
            # URLError is an OSError; a connection that is closed or cut off in an answer is not wrapped into one.
            reason = getattr(error, "reason", None) or str(error) or type(error).__name__
            raise AdminError(f"no emulator answers at {self.base_url}: {reason}") from None
        try:
            return json.loads(text) if text.strip() else None
        except (ValueError, RecursionError):
            raise AdminError(f"{method} /__admin{path} answered {text[:200]!r}, which is no JSON; is this the emulator?") from None

    def confirm(self) -> None:
        """Make sure that the emulator answers there. Raises AdminError."""
        health = self.call("GET", "/health")
        if not isinstance(health, dict) or "profile" not in health:
            raise AdminError(f"GET /__admin/health answered {str(health)[:200]!r}; is {self.base_url} the emulator?")


def _refusal(error: HTTPError) -> str:
    text = error.read().decode("utf-8", "replace")
    try:
        document = json.loads(text)
        return "; ".join(str(document[key]) for key in ("error", "hint") if document.get(key))
    except (ValueError, TypeError, AttributeError):
        return f"{text[:200]!r}; is this the emulator, and is its admin interface on?"


def spell(value: object) -> Any:
    """A value as the admin interface takes it: dates as yyyy-MM-dd, date-times as UTC with a Z."""
    if isinstance(value, Mapping):
        return {key: spell(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [spell(part) for part in value]
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{value!r} names no instant; give it a zone, for example tzinfo=datetime.UTC")
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat() if isinstance(value, date) else value


class Clock:
    """The account's clock. Once set it stands still until it is advanced."""

    def __init__(self, admin: Admin, account: str) -> None:
        self._admin, self._account = admin, account

    @property
    def now(self) -> datetime:
        """What the clock shows, UTC."""
        answer = self._admin.call("GET", "/clock", account=self._account)
        return datetime.fromisoformat(answer["now"]).astimezone(UTC)

    def set(self, now: datetime | str) -> None:
        """Stop the clock at an instant."""
        self._admin.call("PUT", "/clock", {"now": now}, account=self._account)

    def freeze(self) -> None:
        """Stop the clock where it is."""
        self.set(self.now)

    def advance(self, seconds: float) -> None:
        """Move the clock on, so that nobody has to sleep."""
        self._admin.call("POST", "/clock/advance", {"seconds": seconds}, account=self._account)

    def reset(self) -> None:
        """Let the clock show the real time again."""
        self._admin.call("DELETE", "/clock", account=self._account)


class Faults:
    """Deliberate defects of the account's replies."""

    def __init__(self, admin: Admin, account: str) -> None:
        self._admin, self._account = admin, account

    def add(self, kind: str, **fields: Any) -> None:
        """Add a fault: `add("status", status=429, times=2)`. The fields are those of `POST /__admin/faults`."""
        self._admin.call("POST", "/faults", {"kind": kind, **fields}, account=self._account)

    def all(self) -> list[dict[str, Any]]:
        """The faults that are set."""
        answer = self._admin.call("GET", "/faults", account=self._account)
        return list(answer["faults"])

    def clear(self) -> None:
        """Take all faults away."""
        self._admin.call("DELETE", "/faults", account=self._account)


class Account:
    """A tenant of the emulator with its own keys, calendar, limit, journal, clock and faults."""

    def __init__(self, admin: Admin, access_key: str, secret_key: str) -> None:
        self._admin = admin
        self.base_url = admin.base_url
        self.url = admin.base_url + ENDPOINT
        self.access_key, self.secret_key = access_key, secret_key
        self.clock = Clock(admin, access_key)
        self.faults = Faults(admin, access_key)

    @classmethod
    def open(cls, admin: Admin, **start: Any) -> "Account":
        """A fresh account; `start` may set scenario, profile, seed, rateLimit and now."""
        keys = admin.call("POST", "/accounts", {name: value for name, value in start.items() if value is not None})
        return cls(admin, keys["accessKey"], keys["secretKey"])

    def close(self) -> None:
        """Delete the account."""
        self._call("DELETE", f"/accounts/{quote(self.access_key, safe='')}", scoped=False)

    @property
    def headers(self) -> dict[str, str]:
        """The headers of a call: both keys, and the content type."""
        return {
            "x-LSQ-AccessKey": self.access_key,
            "x-LSQ-SecretKey": self.secret_key,
            "Content-Type": "application/json",
        }

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The journal of this account, newest last."""
        return list(self._call("GET", "/requests")["requests"])

    @property
    def settings(self) -> dict[str, Any]:
        """Profile answers and rate limit: `{"profile": {"name", …}, "rateLimit"}`."""
        return dict(self._call("GET", "/settings"))

    def load(self, scenario: Mapping[str, Any]) -> None:
        """Put the account into a scenario, as data in the form of a scenario file; what was there before is gone, the journal too."""
        self._call("PUT", "/scenario", scenario)

    def conduct(self) -> dict[str, Any]:
        """How the calls of this account behaved: `{"calls", "findings", "rules", "met"}`, as `GET /__admin/conduct` gives it."""
        return dict(self._call("GET", "/conduct"))

    def assert_conduct(self) -> None:
        """Assert that calls came in, and that they broke no conduct rule of the ledger; advice does not fail."""
        __tracebackhide__ = True
        conduct = self.conduct()
        if not conduct["calls"]:
            raise AssertionError("no call reached this account, so there is no conduct to judge; point the code under test at lsq.base_url")
        broken = [f"{finding['rule']}: {finding['what']} {finding['fix']}" for finding in conduct["findings"] if not finding["advice"]]
        if broken:
            raise AssertionError("\n".join(["the caller broke conduct rules:", *broken, self.calls_in_words()]))

    def scenario_users(self) -> list[str]:
        """The addresses of the users that the scenario lists, or that were changed."""
        return [str(user["email"]) for user in self._call("GET", "/users")["users"]]

    def add_task(
        self,
        user: str,
        start: datetime | str,
        end: datetime | str,
        *,
        type: str | None = None,  # noqa: A002 - the word of the admin interface
        allow_conflicts: bool = False,
        subject: str | None = None,
    ) -> str:
        """Put an appointment into a user's calendar, and give its id. `type` names a task type of the scenario."""
        kind: dict[str, Any] = {"allowConflicts": allow_conflicts} if type is None else {"type": type}
        body = {"user": user, "start": start, "end": end, **kind} | ({"subject": subject} if subject else {})
        return str(self._call("POST", "/tasks", body)["id"])

    def remove_task(self, task: str) -> None:
        """Take an appointment out again."""
        self._call("DELETE", f"/tasks/{quote(task, safe='')}")

    def add_leave(self, user: str, first: date | str, last: date | str | None = None, *, time: str | None = None) -> None:
        """Give a user leave from `first` to `last`, both included; with `time`, as 10:00-12:00, part of one day."""
        span: dict[str, Any] = {"from": first, "to": last or first} if time is None else {"date": first, "time": time}
        self._call("POST", "/leaves", {"user": user, **span})

    def add_holiday(self, user: str, day: date | str, name: str = "Holiday") -> None:
        """Give a user a holiday."""
        self._call("POST", "/holidays", {"user": user, "date": day, "name": name})

    def reset(self) -> None:
        """Back to the state in which the account was opened."""
        self._call("POST", "/reset")

    def assert_called(self, *, times: int | None = None, **matchers: Any) -> None:
        """Assert that calls came in: exactly `times`, or at least one.

        `matchers` are those of `POST /__admin/requests/count`: method, urlPath, status, bodyContains, equalToJson.
        """
        __tracebackhide__ = True
        count = int(self._call("POST", "/requests/count", matchers)["count"])
        expected = "at least one call" if times is None else f"{times} calls"
        if count == 0 if times is None else count != times:
            wanted = "".join(f" with {name} {value!r}" for name, value in matchers.items())
            raise AssertionError(f"expected {expected}{wanted}, received {count}\n{self.calls_in_words()}")

    def calls_in_words(self) -> str:
        """The journal as text, one call in a line or two."""
        lines = [f"  {number}. {line}" for number, entry in enumerate(self.requests, 1) for line in [_line(entry)]]
        return "\n".join(["the journal:", *lines]) if lines else "the journal is empty: no call reached this account"

    def _call(self, method: str, path: str, body: object = None, *, scoped: bool = True) -> Any:
        return self._admin.call(method, path, body, account=self.access_key if scoped else None)


def _line(entry: Mapping[str, Any]) -> str:
    request, reply = entry.get("request", entry), entry.get("response", entry)
    body = request.get("body") or ""
    text = body if isinstance(body, str) else json.dumps(body)
    where = request.get("urlPath") or request.get("path") or request.get("url") or ""
    return f"{request.get('method', '')} {where} -> {reply.get('status', 'no reply')} {text[:300]}".rstrip()
