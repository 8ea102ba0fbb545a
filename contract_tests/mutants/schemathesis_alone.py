"""What Schemathesis alone finds in a mutant: its own generation and its own checks, over our OpenAPI document.

It stands in the kill matrix beside our checks. Its requests are drawn once and sent to every server, so that a server costs
a few milliseconds.
"""

from collections.abc import Callable
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from leadsquared_slots.contract_tests.wire.exchange import ENDPOINT
from leadsquared_slots.contract_tests.wire.target import ManualClock
from leadsquared_slots.mock_server.contract.openapi import openapi_document
from schemathesis import Case, GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.core.failures import FailureGroup

# In process nobody unpacks a compressed body.
_HEADERS = {"x-LSQ-AccessKey": "AccessKey", "x-LSQ-SecretKey": "SecretKey", "Accept-Encoding": "identity"}
# Two rules of a request are beyond JSON Schema (request.date-order, request.range-101), so a 400 is right for some valid data.
_NOT_FOR_US = "positive_data_acceptance"


class SchemathesisAlone:
    """So many valid and so many invalid requests, drawn with a seed, and the checks that come with Schemathesis."""

    def __init__(self, *, seed: int = 0, examples: int = 20) -> None:
        schema = schemathesis.openapi.from_dict(openapi_document(keys_required=True))
        # One schema serves for all servers: it calls this, and this calls the server that is looked at.
        schema.app = lambda *call: self._looked_at(*call)
        self._looked_at: Callable[..., Any] = lambda *call: ()
        self._operation = schema[ENDPOINT]["POST"]
        modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        self._cases = [case for mode in modes for case in self._drawn(mode, seed, examples)]
        load_all_checks()
        self._excluded: list[Any] = [check for check in schemathesis.checks.CHECKS.get_all() if check.__name__ == _NOT_FOR_US]

    def _drawn(self, mode: GenerationMode, number: int, examples: int) -> list[Case[Any]]:
        cases: list[Case[Any]] = []

        @seed(number)
        @settings(
            max_examples=examples,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(self._operation.as_strategy(generation_mode=mode))
        def collect(case: Case[Any]) -> None:
            cases.append(case)

        collect()
        return cases

    def failures(self, app: Callable[..., Any], clock: ManualClock) -> tuple[str, ...]:
        """Names of the Schemathesis failures in the replies of a WSGI application, each once."""
        self._looked_at, found = app, dict[str, None]()
        for case in self._cases:
            clock.sleep(1)  # under every limit
            try:
                case.call_and_validate(headers=_HEADERS, excluded_checks=self._excluded)
            except FailureGroup as group:
                found.update(dict.fromkeys(type(failure).__name__ for failure in group.exceptions))
        return tuple(found)
