"""The contract kit: tells a faithful server of RetrieveAvailableSlots from any other.

from leadsquared_slots.contract_tests import Target, run_checks

report = run_checks(Target("http://127.0.0.1:8255", access_key="AccessKey", secret_key="SecretKey"))
report.exit_code()
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leadsquared_slots.contract_tests.consumer.parametrize import ConsumerSituation as ConsumerSituation
    from leadsquared_slots.contract_tests.consumer.parametrize import consumer_situations as consumer_situations
    from leadsquared_slots.contract_tests.run.failures import ContractFailure as ContractFailure
    from leadsquared_slots.contract_tests.run.results import Report as Report
    from leadsquared_slots.contract_tests.run.runner import Options as Options
    from leadsquared_slots.contract_tests.run.runner import run_checks as run_checks
    from leadsquared_slots.contract_tests.testing.containers import LeadSquaredSlotsContainer as LeadSquaredSlotsContainer
    from leadsquared_slots.contract_tests.wire.target import ManualClock as ManualClock
    from leadsquared_slots.contract_tests.wire.target import Target as Target

    from . import strategies as strategies
    from .checks import registry as registry

_HOME = {
    "ConsumerSituation": "consumer.parametrize",
    "consumer_situations": "consumer.parametrize",
    "ContractFailure": "run.failures",
    "ManualClock": "wire.target",
    "Options": "run.runner",
    "LeadSquaredSlotsContainer": "testing.containers",
    "Report": "run.results",
    "Target": "wire.target",
    "registry": "checks",
    "run_checks": "run.runner",
}
__all__ = [
    "ConsumerSituation",
    "ContractFailure",
    "LeadSquaredSlotsContainer",
    "ManualClock",
    "Options",
    "Report",
    "Target",
    "consumer_situations",
    "registry",
    "run_checks",
    "strategies",
]


def __getattr__(name: str) -> Any:
    # Imported on first use: the pytest plugin imports this package in everybody's test run. The same lines as in `mock_server`: to share
    # them, each of the two would have to import a third module first.
    if name == "strategies":
        return import_module(".strategies", __name__)
    if name in _HOME:
        return getattr(import_module(f".{_HOME[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
