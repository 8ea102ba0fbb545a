"""Calendars that are written down."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from leadsquared_slots.mock_server.calendars.written import StoredCalendar
from leadsquared_slots.mock_server.domain.task import Task, TaskType

pytestmark = pytest.mark.versions

times = st.tuples(st.integers(-50, 50), st.integers(1, 40))


@given(st.lists(times, max_size=12), times)
def test_the_tasks_of_a_stretch_of_time_are_those_that_overlap_it(written: list[tuple[int, int]], asked: tuple[int, int]) -> None:
    kind = TaskType("Meeting", False)
    tasks = [Task(start, start + length, kind, f"task-{number}", None) for number, (start, length) in enumerate(written)]
    first, last = asked[0], sum(asked)
    found = list(StoredCalendar(stored=tasks).tasks(first, last))
    assert {task.id for task in found} == {task.id for task in tasks if task.start < last and task.end > first}
    assert len(found) == len({task.id for task in found})
