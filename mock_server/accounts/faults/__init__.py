"""Faults: deliberate defects applied to a correct reply, one module each, and the rules that say which calls they strike.

A fault changes nothing but the Reply; waiting, cutting off and sending in pieces are fields of it, which `serving` carries out.
"""

from .by_request import MAGIC_KEYS, fault_of_key, preferred_fault
from .fault import BadFault, Fault
from .reading import read_fault
from .rules import FaultRule, Faults
from .status import STATUSES

__all__ = [
    "MAGIC_KEYS",
    "STATUSES",
    "BadFault",
    "Fault",
    "FaultRule",
    "Faults",
    "fault_of_key",
    "preferred_fault",
    "read_fault",
]
