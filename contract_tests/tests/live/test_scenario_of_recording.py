"""A hundred recorded calendars made scenarios, and a thousand questions that nobody recorded but that follow."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from leadsquared_slots.contract_tests.strategies import calendars
from leadsquared_slots.mock_server.tests.support.examples import examples
from leadsquared_slots.mock_server.tests.support.recordings import RECORDED_QUESTIONS, assert_comes_back, profiles


@pytest.mark.breadth
@settings(max_examples=examples(100), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data(), calendars(), profiles(RECORDED_QUESTIONS))
def test_a_hundred_calendars_come_back(data: st.DataObject, calendar: dict[str, Any], profile: Any) -> None:
    """Under random profiles: the recorded answers, and ten more for each calendar, JSON for JSON."""
    assert_comes_back(data, calendar, profile)
