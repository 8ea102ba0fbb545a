"""Testcontainers for Python: one container for a test module. pip install 'leadsquared-slots[testcontainers]'."""

from collections.abc import Iterator

import pytest
import urllib3
from leadsquared_slots.contract_tests.testing.containers import LeadSquaredSlotsContainer

PATH = "/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress"
MONDAY = {"FromDate": "2026-03-02", "ToDate": "2026-03-02", "IncludeAllowedConflictSlots": False}


@pytest.fixture(scope="module")
def slots() -> Iterator[LeadSquaredSlotsContainer]:
    """Nobody else's emulator: port, keys and calendars are this module's own."""
    with LeadSquaredSlotsContainer(seed=7, access_key="u$rOurOwn", secret_key="secret") as container:
        yield container


def test_a_free_user_has_a_slot_on_a_monday(slots: LeadSquaredSlotsContainer) -> None:
    """What your application does with the vendor, done here with the container."""
    headers = {"x-LSQ-AccessKey": slots.access_key, "x-LSQ-SecretKey": slots.secret_key}
    answer = urllib3.request("POST", slots.base_url + PATH, headers=headers, json={**MONDAY, "Users": ["free@a.example"]})
    assert answer.status == 200
    assert answer.json()["List"][0]["UserSlots"][0]["AvailableSlots"]
