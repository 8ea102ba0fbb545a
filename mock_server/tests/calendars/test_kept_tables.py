"""What is kept of calendars: one bound in bytes, whatever is asked; a value is that of its key, always."""

import gc
import tracemalloc
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from leadsquared_slots.mock_server.calendars.generated.users import USERS
from leadsquared_slots.mock_server.calendars.kept import KEPT, MOST_BYTES, Kept
from leadsquared_slots.mock_server.domain.profile import Profile
from leadsquared_slots.mock_server.vendor.rows import rows_of

from ..support.asking import ask, emulator


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 30)), max_size=200), st.integers(100, 2000))
def test_tables_share_one_bound_and_give_the_value_of_the_key(asked: list[tuple[str, int]], most: int) -> None:
    kept = Kept(most)
    tables = {name: kept.table(name, lambda key, name=name: name * key, lambda value: 20 + len(value)) for name in "ab"}
    for name, key in asked:
        assert tables[name][key] == name * key
        assert kept.bytes <= most + 50
    sizes = kept.counts()
    assert 20 * sum(sizes.values()) <= most + 50
    assert sizes.keys() == {"a", "b"}


def test_what_is_in_use_stays_and_what_is_not_goes() -> None:
    made: list[int] = []
    kept = Kept(1000)
    table = kept.table("numbers", lambda key: made.append(key) or str(key), lambda _: 10)
    for number in range(1000):
        assert (table[number], table[-1]) == (str(number), "-1")
    assert made.count(-1) == 1, "a value that is asked for all the time is made once"
    assert table[0] == "0"
    assert made.count(0) == 2, "one that was not asked for is made again"


def test_a_table_that_nobody_holds_is_forgotten() -> None:
    kept = Kept(1000)
    kept.table("short-lived", str, len)
    gc.collect()
    assert kept.counts() == {}


def test_everything_can_be_forgotten() -> None:
    kept = Kept(1000)
    table = kept.table("numbers", str, lambda _: 10)
    assert table[7] == "7"
    kept.clear()
    assert (kept.bytes, kept.counts()) == (0, {"numbers": 0})


@pytest.mark.whole
def test_the_sizes_that_are_counted_are_near_what_python_allocates() -> None:
    """Many new users, and profiles that make everything anew."""
    KEPT.clear()
    for number in range(500):  # the texts of dates and clocks, which other caches keep
        meet(f"before{number}@example.com", Profile())
    gc.collect()
    counted = KEPT.bytes
    tracemalloc.start()
    try:
        began, _ = tracemalloc.get_traced_memory()
        for number in range(800):
            meet(f"stranger{number}@example.com", Profile(most_users=number % 7 + 1))
        gc.collect()
        ended, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    counted = KEPT.bytes - counted
    assert counted > 2 << 20, "enough to tell"
    assert 0.6 < (ended - began) / counted < 1.2, KEPT.counts()


@pytest.mark.whole
def test_users_without_number_are_kept_within_the_bound() -> None:
    for number in range(150_000):
        assert USERS[3, f"stranger{number}@example.com"] is not None
        assert KEPT.bytes <= MOST_BYTES + 1000
    assert KEPT.counts()["users"] < 240_000


def meet(address: str, profile: Profile) -> None:
    """Answers for a user on a hundred dates."""
    user = USERS[0, address]
    assert user is not None
    first = date(2026, 1, 1).toordinal()
    assert len(rows_of[profile, False][user, range(first, first + 100)]) == 100


def test_the_architecture_names_each_thing_that_is_kept() -> None:
    ask(emulator(), {"FromDate": "2026-03-02", "ToDate": "2026-03-12", "Users": ["name@example.com"]})
    text = (Path(__file__).parents[2] / "ARCHITECTURE.md").read_text("utf-8")
    section = text.partition("## What is kept")[2].partition("\n## ")[0]
    rows = [line.split("|")[1].strip() for line in section.splitlines() if line.startswith("|")]
    assert KEPT.counts().keys() == set(rows[2:])
    assert f"{MOST_BYTES >> 20} MiB" in section
