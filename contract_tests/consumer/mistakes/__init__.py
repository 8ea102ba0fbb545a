"""Known mistakes: readings of the vendor's answers that are wrong in one way, each of them computed.

They are tried in the order in which these modules are imported, and the first one that fits explains a result.
"""

from . import hours, users_and_dates, zones
from .reading import Context, explain, mistakes

__all__ = ["Context", "explain", "hours", "mistakes", "users_and_dates", "zones"]
