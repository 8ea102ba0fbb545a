"""Faults that a request asks for itself: by its access key, or by the header Prefer."""

from collections.abc import Iterator

from leadsquared_slots.mock_server.exchanges.message import Abort

from .abort import AbortFault
from .fault import Fault
from .latency import FixedLatency
from .malformed import MalformedFault
from .status import STATUSES, StatusFault

MAGIC_KEYS: dict[str, Fault] = {
    "error-401": StatusFault(401),
    "error-429": StatusFault(429),
    "error-500": StatusFault(500),
    "slow": FixedLatency(2000),
    "reset": AbortFault(Abort.RESET),
    "malformed": MalformedFault(),
    "empty": AbortFault(Abort.EMPTY),
}
"""Access keys that start with one of these give the fault on every call, whatever the secret key."""


def fault_of_key(access_key: str | None) -> Fault | None:
    """The fault that an access key asks for by its beginning, if it does."""
    if access_key is None:
        return None
    return next((fault for start, fault in MAGIC_KEYS.items() if access_key.startswith(start)), None)


PREFERRED_CODES = frozenset(map(str, STATUSES))
"""The statuses that the header Prefer can ask for."""


_ASKED_BY_SPECMATIC = frozenset({"404", "429", "500"})
"""What no body and no key of an example brings about."""


def preferred_fault(prefer: str | None, specmatic: str | None = None) -> Fault | None:
    """The fault that a Prefer header asks for by `code=…`; None for other preferences and undocumented errors.

    `specmatic` is the header Specmatic-Response-Code, by which Specmatic's contract test says for which status the request is an example.
    """
    if specmatic in _ASKED_BY_SPECMATIC:
        return StatusFault(int(specmatic))
    if prefer is None:
        return None
    return next((StatusFault(int(code)) for name, code in preferences(prefer) if name == "code" and code in PREFERRED_CODES), None)


def preferences(prefer: str) -> Iterator[tuple[str, str]]:
    """The preferences of a Prefer header: names in lower case, and their values."""
    for preference in prefer.replace(";", ",").split(","):
        name, _, value = preference.partition("=")
        yield name.strip().lower(), value.strip().strip('"')
