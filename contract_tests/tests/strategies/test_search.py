"""Hypothesis as an engine: the smallest failing value, the same for the same seed, and no more tries than are allowed."""

import pytest
from hypothesis import strategies as st
from leadsquared_slots.contract_tests.strategies.search import StopSearch, smallest_failing


def test_the_smallest_failing_value_is_found() -> None:
    """With what was wrong with it."""
    found = smallest_failing(st.integers(0, 10_000), lambda n: [f"{n} is too much"] if n >= 77 else [], seed=1, examples=50)
    assert found == (77, ["77 is too much"])


def test_nothing_is_found_where_nothing_fails() -> None:
    """Not even by chance."""
    assert smallest_failing(st.integers(), lambda n: [], seed=1, examples=50) is None


def test_one_seed_draws_the_same() -> None:
    """And another seed something else."""

    def drawn(seed: int) -> list[int]:
        values: list[int] = []
        smallest_failing(st.integers(0, 10**9), lambda n: values.append(n) or [], seed=seed, examples=8)
        return values

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
    assert len(drawn(1)) <= 8


def test_a_law_can_say_that_it_is_enough() -> None:
    """Then the search ends, with the smallest that was seen until then."""
    tries: list[int] = []

    def fails(n: int) -> list[str]:
        tries.append(n)
        if len(tries) > 12:
            raise StopSearch
        return ["too much"] if n >= 77 else []

    found = smallest_failing(st.integers(0, 10_000), fails, seed=1, examples=100)
    assert found is not None
    assert found[0] >= 77
    assert len(tries) == 13


def test_an_error_ends_the_search_at_once() -> None:
    """A target that is gone is not asked again and again so that its absence be shrunk."""
    tries: list[int] = []

    def fails(n: int) -> list[str]:
        tries.append(n)
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError, match="gone"):
        smallest_failing(st.integers(), fails, seed=1, examples=100)
    assert len(tries) == 1
