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


def read_fault(entry: dict[str, Any]) -> Fault:
    """A fault from the form that scenario files have. Raises BadFault."""
    for name, value in entry.items():
        if isinstance(value, float) and not isfinite(value):
            raise BadFault(f"{name} of a fault is {value}; expected a number")
    kind = entry["kind"]
    if kind == "status":
        return StatusFault(int(entry["status"]))
    if kind == "latency":
        return read_latency(entry)
    if kind == "malformed":
        return MalformedFault()
    if kind == "dribble":
        return DribbleFault(int(entry["chunks"]), entry["seconds"])
    return AbortFault(Abort(kind))
