"""What the admin interface does with the largest bodies that it takes: bounded in time, and in what it says."""

import json
from collections.abc import Callable
from time import process_time
from typing import Any

import pytest
from leadsquared_slots.mock_server import create_app
from werkzeug.test import TestResponse

TIMES = {"start": "2026-03-02T06:00:00Z", "end": "2026-03-02T06:30:00Z", "allow-conflicts": False}
CLIENT = create_app().test_client()


def send(method: str, path: str, body: Any) -> tuple[TestResponse, float]:
    """The answer of a call, and its processor time."""
    text = json.dumps(body)
    began = process_time()
    answer = CLIENT.open(f"/__admin{path}", method=method, data=text, content_type="application/json")
    return answer, process_time() - began


def state(number: int) -> dict[str, Any]:
    """A snapshot with that many users, and a task of each."""
    found: dict[str, Any] = CLIENT.get("/__admin/state").get_json()
    users = [{"kind": "put-user", "entry": {"email": f"u{n}@example.com", "zone": "UTC"}} for n in range(number)]
    tasks = [{"kind": "add-task", "user": f"u{n}@example.com", "entry": {**TIMES, "id": f"t{n}"}} for n in range(number)]
    return {**found, "changes": users + tasks, "scenario": {"name": "generated", "document": {}}}


@pytest.mark.whole
def test_a_snapshot_of_many_users_and_tasks_is_taken_up_soon() -> None:
    """8,000 users with 8,000 tasks took 111 s."""
    answer, seconds = send("PUT", "/state", state(8_000))
    assert answer.status_code == 200
    assert seconds < 11
    CLIENT.post("/__admin/reset", json={})


@pytest.mark.whole
@pytest.mark.parametrize("call", [("PUT", "/scenario"), ("PUT", "/state"), ("POST", "/accounts"), ("POST", "/tasks"), ("POST", "/faults")])
@pytest.mark.parametrize("body", [{f"k{n}": 1 for n in range(200_000)}, {"k" * 4_000_000: 1}], ids=["many keys", "a long key"])
def test_unknown_keys_are_refused_soon_and_in_few_words(call: tuple[str, str], body: dict[str, Any]) -> None:
    """200,000 unknown keys took 19 to 28 s, and a key of 4 MB came back whole."""
    answer, seconds = send(*call, body)
    assert answer.status_code == 400
    assert seconds < 2
    assert len(answer.data) < 10_000


BODIES: dict[str, Callable[[int], tuple[str, str, Any]]] = {
    "a snapshot": lambda number: ("PUT", "/state", state(number)),
    "unknown keys": lambda number: ("PUT", "/scenario", {f"k{n}": 1 for n in range(number * 10)}),
    "users": lambda number: ("PUT", "/scenario", {"user": [{"email": f"u{n}@a.example", "zone": "UTC"} for n in range(number)]}),
    "mistaken users": lambda number: ("PUT", "/scenario", {"user": [{"emial": f"u{n}@a.example"} for n in range(number)]}),
    "a toml text": lambda number: (
        "PUT",
        "/scenario",
        {"toml": "".join(f'[[user]]\nemail = "u{n}@a.example"\nzone = "UTC"\n' for n in range(number))},
    ),
}


@pytest.mark.whole
@pytest.mark.parametrize("kind", BODIES)
def test_the_time_for_a_body_grows_with_its_size(kind: str) -> None:
    """A body eight times as large takes less than sixteen times as long; the square would be sixty-four times."""

    def seconds(number: int) -> float:
        call = BODIES[kind](number)
        return min(send(*call)[1] for _ in range(5))

    seconds(10)
    assert seconds(800) < 16 * seconds(100)
    CLIENT.post("/__admin/reset", json={})
