"""Schemathesis over the OpenAPI document: what a generic tool sees of the contract."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from leadsquared_slots.mock_server.contract.openapi import openapi_document
from schemathesis import Case
from schemathesis.checks import CHECKS, load_all_checks

from .looked_at import LookedAt, looked_at

load_all_checks()
schema = schemathesis.openapi.from_dict(openapi_document(keys_required=True))
# Two rules of a request are beyond JSON Schema (request.date-order, request.range-101), so a 400 is right for some valid data.
NOT_FOR_US: list[Any] = [check for check in CHECKS.get_all() if check.__name__ == "positive_data_acceptance"]
CALLS_OF_A_CASE = 3
"""One for the case, and up to two with which Schemathesis looks whether keys matter."""


@pytest.fixture(scope="session")
def looked(request: pytest.FixtureRequest) -> Iterator[LookedAt]:
    """The server that is looked at."""
    with looked_at(request.config) as found:
        if found.options.profile.name != "documented":
            pytest.skip("the document describes the profile documented")
        yield found


@schema.parametrize()
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_openapi(case: Case[Any], looked: LookedAt) -> None:
    """Replies to generated requests, valid and invalid, fit the document."""
    for _ in range(CALLS_OF_A_CASE):
        looked.target.throttle.wait()
        looked.target.throttle.sent()
    case.call_and_validate(base_url=looked.base_url, headers=looked.keys, excluded_checks=NOT_FOR_US)
