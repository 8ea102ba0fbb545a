"""MockServer takes what the command takes, in its words, or the values; what is given comes before what the scenario says."""

from typing import Any

import pytest
from leadsquared_slots.mock_server import MockServer, Profile, RateLimit, Scenario, Settings
from leadsquared_slots.mock_server.accounts.settings import with_words
from leadsquared_slots.mock_server.domain.errors import DomainError

OBSERVED = "observed-vendor"
"""A built-in scenario that says profile and rate limit itself."""


def account_of(server: MockServer) -> Any:
    """The default account of a server."""
    return server.emulator.accounts.default


def test_a_server_takes_the_words_of_the_command() -> None:
    """Scenario, profile, limit and clock by their texts, with the same outcome as by values."""
    words = MockServer(scenario="night-shift", profile="observed", rate_limit="3/5s", now="2026-03-02T06:00:00Z")
    values = MockServer(
        scenario=Scenario.load("night-shift"),
        profile=account_of(words).profile,
        rate_limit=RateLimit(calls=3, seconds=5),
        now=account_of(words).clock.now(),
    )
    for server in (words, values):
        account = account_of(server)
        assert account.profile.name == "observed"
        assert str(account.limit) == "3/5s"
        assert account.clock.now() == 1772431200
        assert account.directory.find("free@example.com") is None


def test_what_is_given_comes_before_what_the_scenario_says() -> None:
    """As with the flags of the command; what is not given stays the scenario's."""
    says = with_words(Settings(), {"scenario": OBSERVED}).scenario
    assert says.profile is not None
    assert says.rate_limit is not None
    changed = account_of(MockServer(scenario=OBSERVED, rate_limit="7/5s"))
    assert (str(changed.limit), changed.profile) == ("7/5s", says.profile)
    assert account_of(MockServer(scenario=OBSERVED, profile=Profile())).profile == Profile()
    for nothing in ("none", None):
        assert account_of(MockServer(scenario=OBSERVED, rate_limit=nothing)).limit is None


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"scenario": "nightshift"}, "did you mean 'night-shift'"),
        ({"profile": "observd"}, "expected documented or observed"),
        ({"rate_limit": "3 per second"}, "25/5s"),
        ({"now": "noon"}, "expected one such as 2026-01-05T09:00:00Z"),
    ],
)
def test_a_word_that_names_nothing_is_refused_with_what_is_right(words: dict[str, str], message: str) -> None:
    """Before anything starts."""
    with pytest.raises(DomainError, match=message):
        MockServer(**words)


def test_a_setting_that_there_is_not_is_refused_with_the_nearest() -> None:
    """Not taken and forgotten."""
    with pytest.raises(TypeError, match="did you mean 'rate_limit'"):
        MockServer(ratelimit="3/5s")


def test_the_address_of_a_server_that_has_not_started_is_an_error_that_says_so() -> None:
    """Not one with port 0, which nobody can call."""
    server = MockServer()
    for name in ("base_url", "port"):
        with pytest.raises(DomainError, match="has not started"):
            getattr(server, name)
    with server:
        assert server.base_url == f"http://127.0.0.1:{server.port}"
