"""Faults read from the form that scenario files have."""

from math import isfinite
from typing import Any

from leadsquared_slots.mock_server.exchanges.message import Abort

from .abort import AbortFault
from .dribble import DribbleFault
from .fault import BadFault, Fault
from .latency import read_latency
from .malformed import MalformedFault
from .status import StatusFault

_FRAMING = frozenset({"connection", "content-length", "transfer-encoding", "keep-alive", "upgrade", "trailer"})


def read_fault(entry: dict[str, Any]) -> Fault:
    """A fault from the form that scenario files have. Raises BadFault."""
    for name, value in entry.items():
        if isinstance(value, float) and not isfinite(value):
            raise BadFault(f"{name} of a fault is {value}", "expected a number")
    kind = entry["kind"]
    if kind == "status":
        _check_headers(entry.get("headers", {}))
        return StatusFault(int(entry["status"]), entry.get("body"), entry.get("headers", {}), entry.get("milliseconds", 0))
    if kind == "latency":
        return read_latency(entry)
    if kind == "malformed":
        return MalformedFault()
    if kind == "dribble":
        return DribbleFault(**{name: entry[name] for name in ("chunks", "seconds") if name in entry})
    return AbortFault(Abort(kind))


def _check_headers(headers: dict[str, str]) -> None:
    names: set[str] = set()
    for name in headers:
        if name.lower() in _FRAMING:
            raise BadFault(f"the header {name} says where a reply ends, which the server does itself", "leave it out")
        if name.lower() in names:
            raise BadFault(f"the header {name} is given twice", "header names differ by more than letter case")
        names.add(name.lower())
