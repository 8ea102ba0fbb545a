"""What the command writes: the text at start, and a line for each request. Keys are never in a line: requests come here without them."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from shlex import quote
from typing import TYPE_CHECKING, TextIO
from urllib.parse import urlencode

import orjson
from leadsquared_slots.mock_server.accounts.settings import EXAMPLE_KEYS
from leadsquared_slots.mock_server.exchanges.message import Exchange
from leadsquared_slots.mock_server.service import ENDPOINT

if TYPE_CHECKING:
    from leadsquared_slots.mock_server.serving.server import Server


def access_log(form: str, stream: TextIO) -> Callable[[Exchange], None]:
    """Writes a line for each exchange, as text or as JSON."""
    line_of = _json_line if form == "json" else _text_line

    def write(exchange: Exchange) -> None:
        # The reader of the log may be gone; that is no reason to answer nobody.
        with suppress(OSError, ValueError):
            stream.write(f"{line_of(exchange)}\n")
            stream.flush()

    return write


def _text_line(exchange: Exchange) -> str:
    request, reply = exchange.request, exchange.reply
    fault = f" fault={reply.fault}" if reply.fault else ""
    note = f" ({reply.note})" if reply.note else ""
    time = datetime.fromtimestamp(exchange.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    answered = f"{reply.status or '-'} {exchange.reply_bytes} B {exchange.seconds * 1000:.1f} ms{fault}"
    return f"{time} {request.method} {_printable(request.path)} {answered}{note}"


def _json_line(exchange: Exchange) -> str:
    request, reply = exchange.request, exchange.reply
    line = {
        "at": datetime.fromtimestamp(exchange.at, UTC).isoformat(),
        "method": request.method,
        "urlPath": request.path,
        "status": reply.status or None,
        "bytes": exchange.reply_bytes,
        "milliseconds": round(exchange.seconds * 1000, 3),
        "rules": reply.rules,
        "fault": reply.fault,
        **({"note": reply.note} if reply.note else {}),
    }
    return orjson.dumps(line).decode()


def _printable(path: str) -> str:
    """A path that cannot break a line or colour a terminal."""
    shown = path if path.isascii() and path.isprintable() else ascii(path)[1:-1]
    return shown if len(shown) <= 200 else f"{shown[:200]}…"


def start_text(server: "Server", form: str) -> str:
    """Where the emulator is, with which keys, seed and profile, and a call to paste."""
    settings, default = server.settings, server.emulator.accounts.default
    start = default.start
    # Keys that were given may be a live account's, whose variables are the same: a log is no place for them.
    is_given = (settings.access_key, settings.secret_key) != EXAMPLE_KEYS
    keys = [(pair.access_key, pair.secret_key) for pair in default.keys[is_given:]]
    place = server.emulator.store.describe()
    if form == "json":
        facts = {"url": server.base_url, "keys": keys, "seed": start.seed, "profile": start.profile.name, "scenario": start.scenario.name}
        facts |= {"sharedState": place} if place else {}
        facts |= {"warnings": start.scenario.warnings} if start.scenario.warnings else {}
        return orjson.dumps({"at": datetime.now(UTC).isoformat(), "event": "listening", **facts}).decode()
    shared = f"  state     {place}\n" if place else ""
    shared += "".join(f"  warning   {text}\n" for text in start.scenario.warnings)
    insecure = " -k" if settings.tls and settings.tls_cert is None else ""
    query = urlencode(dict(zip(("accessKey", "secretKey"), keys[0], strict=True)))
    pairs = [*(["those that were given"] if is_given else []), *(f"{access_key} / {secret_key}" for access_key, secret_key in keys)]
    return f"""\
lsq-mock listens on {server.base_url}
  keys      {pairs[0]}
            {pairs[1]}
  seed      {start.seed}    profile {start.profile.name}    scenario {start.scenario.name}    limit {start.limit or "none"}
  admin     {f"{server.base_url}/__admin/" if settings.admin else "off"}
{shared}
curl{insecure} -s {quote(f"{server.base_url}{ENDPOINT}?{query}")} \\
  -H 'Content-Type: application/json' \\
  -d {quote(_example(server))}
"""


def _example(server: "Server") -> str:
    listed = [user.address for user in server.emulator.accounts.default.directory][:2]
    users = orjson.dumps(listed or ["bobdoe@gmail.com", "jackdoes@gmail.com"]).decode()
    first = datetime.fromtimestamp(server.emulator.accounts.default.clock.now(), UTC).date()
    return f'{{"FromDate": "{first}", "ToDate": "{first}", "Users": {users}, "IncludeAllowedConflictSlots": false}}'
