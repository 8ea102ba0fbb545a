"""What is kept to be fast is bounded, and never answers for something else."""

import gzip
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from leadsquared_slots.mock_server.exchanges.byte_cache import ByteCache
from leadsquared_slots.mock_server.exchanges.compression import SMALLEST
from leadsquared_slots.mock_server.exchanges.computed import Computed

from ..support.asking import JSON, ask, emulator, post

LONG = {"FromDate": "2026-01-01", "ToDate": "2026-03-01", "Users": ["a@x.y", "b@x.y"]}


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 400)), max_size=60))
def test_kept_answers_are_bounded_and_are_those_that_were_kept(asked: list[tuple[int, int]]) -> None:
    kept = ByteCache[bytes](most_bytes=4000, largest=300)
    for question, length in asked:
        body = kept.get(question)
        assert body is None or body == bytes([question]) * len(body)
        if body is None:
            kept.keep(question, bytes([question]) * length, length)
            assert (kept.get(question) is None) == (length > 300)
        assert kept.bytes <= 4000


def test_a_changed_calendar_is_never_answered_from_what_was_kept() -> None:
    target = emulator()
    directory = target.accounts.default.directory
    request = {"FromDate": "2026-03-02", "ToDate": "2026-03-02", "Users": ["free@x.y"]}
    before = ask(target, request)
    entry = {"allow-conflicts": False, "start": "2026-03-02T06:00:00Z", "end": "2026-03-02T06:30:00Z"}
    task = directory.apply({"kind": "add-task", "user": "free@x.y", "entry": entry})
    assert ask(target, request) != before
    directory.apply({"kind": "delete-task", "task": task})
    assert ask(target, request) == before
    directory.apply({"kind": "add-holiday", "user": "free@x.y", "entry": {"date": "2026-03-02", "name": "Day off"}})
    assert ask(target, request)["List"][0]["UserSlots"][0]["NoSlotsReason"] == "Holiday"


@pytest.mark.parametrize("accept", ["gzip", "gzip, deflate, br", "deflate, GZIP;q=0.5", "*"])
def test_a_client_that_asks_for_gzip_gets_the_same_answer_compressed(accept: str) -> None:
    plain = post(emulator(), orjson.dumps(LONG))
    packed = post(emulator(), orjson.dumps(LONG), headers={**JSON, "accept-encoding": accept})
    assert gzip.decompress(packed.body) == plain.body
    assert {("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")} <= set(packed.headers)
    assert packed == post(emulator(), orjson.dumps(LONG), headers={**JSON, "accept-encoding": accept})


@pytest.mark.parametrize("accept", ["", "identity", "gzip;q=0", "gzip; q=0.0", "br"])
def test_a_client_that_does_not_take_gzip_gets_none(accept: str) -> None:
    assert post(emulator(), orjson.dumps(LONG), headers={**JSON, "accept-encoding": accept}) == post(emulator(), orjson.dumps(LONG))


def test_a_short_answer_is_not_compressed_and_the_journal_shows_a_long_one_in_the_clear() -> None:
    target = emulator()
    short: dict[str, Any] = {**LONG, "ToDate": "2026-01-01"}
    assert len(post(target, orjson.dumps(short), headers={**JSON, "accept-encoding": "gzip"}).body) < SMALLEST
    post(target, orjson.dumps(LONG), headers={**JSON, "accept-encoding": "gzip"})
    *_, last = target.accounts.default.journal
    assert last.reply.body.startswith(b'{"RecordCount":2')


@given(st.binary(max_size=300))
def test_no_two_computed_bodies_have_the_same_number(body: bytes) -> None:
    first, second = Computed(body), Computed(body)
    assert first.number != second.number
    assert body.startswith(first.beginning)


def test_the_journal_tells_a_long_answer_that_was_given_again_from_another_of_the_same_length() -> None:
    target = emulator()
    directory = target.accounts.default.directory
    long = orjson.dumps({**LONG, "Users": [f"free+{number}@x.y" for number in range(9)]})
    for ends in (None, None, "2026-02-27T06:30:00Z", "2026-02-27T06:45:00Z"):
        if ends is not None:
            entry = {"id": "booked", "allow-conflicts": False, "start": "2026-02-27T06:00:00Z", "end": ends}
            directory.apply({"kind": "add-task", "user": "free+8@x.y", "entry": entry})
        post(target, long)
        if ends is not None:
            directory.apply({"kind": "delete-task", "task": "booked"})
    first, again, *changed = (exchange.computed for exchange in target.accounts.default.journal)
    assert first == again != 0
    assert len({first, *changed}) == 3
