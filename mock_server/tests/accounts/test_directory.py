"""Many changes of calendars cost as much as they are many, and give what they give one by one."""

from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from leadsquared_slots.mock_server.accounts.directory import Directory
from leadsquared_slots.mock_server.accounts.scenario import GENERATED
from leadsquared_slots.mock_server.domain.errors import DomainError
from leadsquared_slots.mock_server.domain.profile import AddressCase

USERS = ["a@example.com", "B@example.com", "free@example.com"]
TIMES = {"start": "2026-03-02T06:00:00Z", "end": "2026-03-02T06:30:00Z", "allow-conflicts": False}
MARCH = 1_772_323_200, 1_775_001_600
"""The month of 2026 in which everything is changed, as seconds since the epoch: a generated user has tasks in every year."""


def put(address: str) -> dict[str, Any]:
    return {"kind": "put-user", "entry": {"email": address, "zone": "UTC", "tasks": [{**TIMES, "id": "own"}]}}


def add(address: str, **fields: Any) -> dict[str, Any]:
    return {"kind": "add-task", "user": address, "entry": {**TIMES, **fields}}


changes = st.one_of(
    st.sampled_from(USERS).map(put),
    st.sampled_from(USERS).map(add),
    st.builds(lambda address, name: add(address, id=name), st.sampled_from(USERS), st.sampled_from(["x", "y", "own"])),
    st.sampled_from(USERS).map(lambda address: {"kind": "delete-user", "user": address}),
    st.sampled_from(["x", "y", "own", "added-1", "added-2"]).map(lambda name: {"kind": "delete-task", "task": name}),
    st.sampled_from(USERS).map(lambda address: {"kind": "add-holiday", "user": address, "entry": {"date": "2026-03-04", "name": "Holi"}}),
    st.sampled_from(USERS).map(lambda address: {"kind": "add-leave", "user": address, "entry": {"date": "2026-03-05"}}),
)


def shown(directory: Directory) -> list[Any]:
    """What can be seen of every user in March."""
    return [
        (
            user.address,
            user.calendar.holiday(739_679),
            user.calendar.leave(739_680),
            sorted(task.id for task in user.calendar.tasks(*MARCH)),
        )
        for user in sorted(directory, key=lambda user: user.address)
        if user.address != "free@example.com"
    ]


@settings(max_examples=30)
@given(st.lists(changes, max_size=12))
def test_changes_at_once_give_what_they_give_when_one_looks_between(made: list[dict[str, Any]]) -> None:
    """Whoever looks has the calendars made anew; the outcome, refusals too, is the same."""
    at_once, one_by_one = (Directory(GENERATED, 0, AddressCase.ANY) for _ in range(2))
    for change in made:
        outcomes = []
        for directory in (at_once, one_by_one):
            try:
                outcomes.append(directory.apply(change))
            except DomainError as error:
                outcomes.append(str(error))
        shown(one_by_one)
        assert outcomes[0] == outcomes[1]
    assert shown(at_once) == shown(one_by_one)
    assert at_once.changes == one_by_one.changes


@pytest.mark.whole
@pytest.mark.parametrize("kind", ["one user", "many users", "deleted again"])
def test_the_time_for_changes_grows_with_their_number(kind: str) -> None:
    """8,000 users and 8,000 tasks took 111 s: every change looked at all tasks of all users, and sorted those of one."""

    def seconds(number: int) -> float:
        made = []
        for n in range(number):
            address = "free@example.com" if kind != "many users" else f"u{n}@example.com"
            made += [put(address) | {"entry": {"email": address, "zone": "UTC"}}] if kind == "many users" else []
            made.append(add(address, id=f"t{n}"))
        made += [{"kind": "delete-task", "task": f"t{n}"} for n in range(number)] if kind == "deleted again" else []
        times = []
        for _ in range(5):
            directory = Directory(GENERATED, 0, AddressCase.ANY)
            began = process_time()
            for change in made:
                directory.apply(change)
            list(directory)
            times.append(process_time() - began)
        return min(times)

    assert seconds(2_000) < 16 * seconds(250)
