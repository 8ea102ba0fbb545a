"""What a developer is told about a request beside the vendor's reply: in the log, the journal, and some of it in a header."""

import re
from typing import NamedTuple

from leadsquared_slots.mock_server.exchanges.message import Keys

from .faults.by_request import MAGIC_KEYS, PREFERRED_CODES, preferences

NOTE_HEADER = "X-LSQ-Mock-Note"
"""Header of a reply with a note for a caller who asked for something that there is not."""
_LOST_DOLLAR = re.compile(r"u|u?r?[0-9a-f]{32}")
_LIKE_MAGIC = re.compile(r"(?:error-[0-9]{1,5}|slow|reset|malformed|empty|truncate|garbage|dribble|latency|status)\b", re.IGNORECASE)
_FAULTS = 'POST /__admin/faults sets any other: {"kind": "status", "status": 503}'


class Note(NamedTuple):
    """One sentence without a key in it. `is_told` says that the reply tells it too, in a header; else the reply is the vendor's alone."""

    text: str
    is_told: bool = False


def note_on_keys(keys: Keys, place: str, *, is_known: bool) -> Note:
    """Return which of the keys of a refused call is wrong, and what was expected.

    `place` is where they stood, header or query; `is_known` says that an account has the access key.
    """
    access_key, secret_key = keys
    if access_key is None and secret_key is None:
        return Note("no keys were sent: expected the headers x-LSQ-AccessKey and x-LSQ-SecretKey, or parameters accessKey, secretKey")
    if access_key is None or secret_key is None:
        missing, there = ("access key", "secret key") if access_key is None else ("secret key", "access key")
        return Note(f"the {missing} is missing; the {there} was sent in the {place}: expected both there")
    if is_known:
        return Note(f"the secret key in the {place} is wrong: expected the one that belongs to the access key")
    if _LIKE_MAGIC.match(access_key):
        return Note(f"the access key names a fault that no key asks for; expected {', '.join(MAGIC_KEYS)}. {_FAULTS}", is_told=True)
    return Note(f"the access key in the {place} is of no account{_why_unknown(access_key)}: expected one of those printed at the start, "
                "or of POST /__admin/accounts")  # fmt: skip


def note_on_preference(prefer: str | None) -> Note | None:
    """Return that the status which a Prefer header asks for is none that can be asked for; None where it is, or asks for none."""
    if prefer is None:
        return None
    for name, code in preferences(prefer):
        if name == "code" and code != "200" and code not in PREFERRED_CODES:
            shown = code if re.fullmatch(r"[0-9A-Za-z]{1,10}", code) else "…"
            return Note(f"Prefer: code={shown} has no meaning; expected {', '.join(sorted(PREFERRED_CODES))}. {_FAULTS}", is_told=True)
    return None


def _why_unknown(access_key: str) -> str:
    if "%24" in access_key:
        return " (it has %24 in it where a $ belongs: it was percent-encoded twice, or in a header)"
    if _LOST_DOLLAR.fullmatch(access_key.lower()):
        return " (it looks as if its $ had been lost: quote it with single quotes in a shell, write $$ in a Compose file)"
    return ""
