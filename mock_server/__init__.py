"""The emulator of LeadSquared's RetrieveAvailableSlots endpoint.

from leadsquared_slots.mock_server import MockServer

with MockServer(seed=7) as server:
    server.base_url, server.access_key, server.secret_key
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leadsquared_slots.mock_server.accounts import faults as faults
    from leadsquared_slots.mock_server.accounts.scenario import Scenario as Scenario
    from leadsquared_slots.mock_server.accounts.settings import Settings as Settings
    from leadsquared_slots.mock_server.domain.profile import Profile as Profile
    from leadsquared_slots.mock_server.domain.rate_limit import RateLimit as RateLimit
    from leadsquared_slots.mock_server.serving.flask_app import create_app as create_app
    from leadsquared_slots.mock_server.serving.server import MockServer as MockServer

_HOME = {
    "MockServer": "serving.server",
    "Profile": "domain.profile",
    "RateLimit": "domain.rate_limit",
    "Scenario": "accounts.scenario",
    "Settings": "accounts.settings",
    "create_app": "serving.flask_app",
}
__all__ = ["MockServer", "Profile", "RateLimit", "Scenario", "Settings", "create_app", "faults"]


def __getattr__(name: str) -> Any:
    # Imported on first use: serving needs no Flask to start, and loading a scenario needs no server.
    if name == "faults":
        return import_module(".accounts.faults", __name__)
    if name in _HOME:
        return getattr(import_module(f".{_HOME[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
