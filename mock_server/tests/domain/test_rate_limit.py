"""The rate limit as clients meet it: over many connections at once, and exactly at the ends of its window."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from leadsquared_slots.mock_server import MockServer
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED
from leadsquared_slots.mock_server.service import ENDPOINT

from ..support.talking import Line, request

pytestmark = pytest.mark.versions

MIDNIGHT = 1_772_409_600.0
"""A fixed window of five seconds begins then."""
BY_QUERY = request(f"{ENDPOINT}?accessKey=AccessKey&secretKey=SecretKey", headers={"x-LSQ-AccessKey": "", "x-LSQ-SecretKey": ""})


def passing(server: MockServer, calls: int = 40) -> int:
    """How many of so many calls pass, sent over eight connections at once, with the keys in the headers and in the query."""

    def ask(share: int) -> int:
        with Line(server.port) as line:
            return sum(line.send((request(), BY_QUERY)[share % 2]).answer().status == 200 for _ in range(calls // 8))

    with ThreadPoolExecutor(8) as pool:
        return sum(pool.map(ask, range(8)))


@pytest.mark.parametrize(
    ("window", "refused", "moments"),
    [
        ("sliding", "do-not-count", [(3.0, 25), (3.0, 0), (7.999, 0), (8.0, 25), (12.999, 0), (13.0, 25)]),
        ("sliding", "count", [(3.0, 25), (7.999, 0), (8.0, 0), (12.999, 0), (17.999, 25)]),
        ("fixed", "do-not-count", [(3.0, 25), (4.999, 0), (5.0, 25), (9.999, 0), (10.0, 25)]),
        ("fixed", "count", [(3.0, 25), (4.999, 0), (5.0, 25), (9.999, 0), (10.0, 25)]),
    ],
)
def test_exactly_the_limit_passes_in_a_window_over_all_connections_and_the_window_opens_on_time(
    window: str, refused: str, moments: list[tuple[float, int]]
) -> None:
    seconds = [0.0]
    profile = DOCUMENTED.with_answers({"window": window, "refused-calls": refused})
    with MockServer(profile=profile, clock=lambda: MIDNIGHT + seconds[0]) as server:
        found = []
        for moment, _ in moments:
            seconds[0] = moment
            found.append((moment, passing(server)))
    assert found == moments


def test_a_call_with_wrong_keys_takes_nobodys_share() -> None:
    with MockServer(clock=lambda: MIDNIGHT) as server:
        with Line(server.port) as line:
            assert {line.send(request(headers={"x-LSQ-SecretKey": "wrong"})).answer().status for _ in range(30)} == {401}
        assert passing(server) == 25
