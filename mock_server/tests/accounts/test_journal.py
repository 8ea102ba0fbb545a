"""The journal: bounded, matched or not, and helpful when nothing matches."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from leadsquared_slots.mock_server.accounts.journal import MOST_BYTES, MOST_EXCHANGES, Budget, Journal
from leadsquared_slots.mock_server.domain.errors import DomainError
from leadsquared_slots.mock_server.exchanges.computed import KEPT_REPLY
from leadsquared_slots.mock_server.exchanges.message import KEPT_BODY, Reply, Request, split_credentials

from ..support.asking import emulator, post

BODY = {"FromDate": "2026-03-02", "ToDate": "2026-03-02", "Users": ["a@b.c", "d@e.f"]}


def journal_of(*bodies: bytes, **of: Any) -> Journal:
    journal = Journal()
    for body in bodies:
        journal.add(request(body, **of), Reply(200, (), b"{}"), at=0, seconds=0, matched=True)
    return journal


def request(body: bytes = b"", *, method: str = "POST", path: str = "/", headers: dict[str, str] | None = None) -> Request:
    return split_credentials(method, path, "", headers or {}, body)[0]


def really(journal: Journal) -> int:
    """The bytes of everything that clients and calendars can make long."""
    return sum(
        len(one.request.body) + len(one.reply.body) + len(one.request.path) + sum(map(len, one.request.headers.values())) for one in journal
    )


@given(
    st.lists(st.tuples(*[st.integers(0, 12_000)] * 4), max_size=30),
    st.integers(1, 20),
    st.integers(2_000, 60_000),
)
def test_a_journal_stays_under_its_bounds_and_keeps_the_newest(sizes: list[tuple[int, ...]], most: int, most_bytes: int) -> None:
    journal = Journal(most, most_bytes)
    for body, reply, header, path in sizes:
        asked = request(bytes(body), path="/" * path, headers={"x": "x" * header})
        journal.add(asked, Reply(200, (), (bytes(reply // 2), bytes(reply // 2))), at=0, seconds=0, matched=True)
    kept = list(journal)
    assert len(kept) <= most
    assert really(journal) <= journal.bytes <= most_bytes
    assert journal.bytes == sum(one.size for one in kept)
    assert [one.number for one in kept] == list(range(len(sizes) + 1 - len(kept), len(sizes) + 1))
    dropped = len(sizes) - len(kept)
    if dropped and len(kept) < most:
        body, reply, header, path = sizes[dropped - 1]
        assert journal.bytes + body + reply + header + path + 2_000 > most_bytes


@pytest.mark.whole
def test_huge_bodies_do_not_pile_up() -> None:
    target = emulator()
    journal = target.accounts.default.journal
    for _ in range(40):
        post(target, orjson.dumps(BODY) + bytes(3 << 20))
    assert really(journal) <= MOST_BYTES
    assert max(len(one.request.body) for one in journal) == KEPT_BODY
    everybody = orjson.dumps({**BODY, "ToDate": "2026-06-01", "Users": [f"a{n}@b.c" for n in range(100)]})
    whole = post(target, everybody)
    last = list(journal)[-1]
    assert last.reply_bytes == len(whole.body) > 1 << 20
    assert len(last.reply.body) == KEPT_REPLY
    assert whole.body.startswith(last.reply.body)


def test_a_thousand_exchanges_are_kept() -> None:
    journal = journal_of(*[b"x"] * (MOST_EXCHANGES + 5))
    assert len(journal) == MOST_EXCHANGES
    assert next(iter(journal)).number == 6
    journal.clear()
    assert (len(journal), journal.bytes) == (0, 0)


@pytest.mark.parametrize(
    "matchers",
    [
        {"method": "POST"},
        {"urlPath": "/"},
        {"status": 200},
        {"bodyContains": "a@b"},
        {"equalToJson": BODY},
        {"equalToJson": orjson.dumps(BODY).decode()},
        {},
    ],
    ids=str,
)
def test_what_matches_is_found(matchers: dict[str, Any]) -> None:
    journal = journal_of(orjson.dumps(BODY), orjson.dumps(BODY))
    assert [one.number for one in journal.find(matchers)] == [1, 2]


@pytest.mark.parametrize(
    ("matchers", "says"),
    [
        ({"metod": "POST"}, "did you mean 'method'"),
        ({"xyz": 1}, "expected one of method, urlPath"),
        ({"status": "200"}, "a number"),
        ({"status": True}, "a number"),
        ({"status": 200.0}, "a number"),
        ({"method": None}, "'POST'"),
        ({"urlPath": ["/"]}, "a path"),
        ({"bodyContains": 5}, "a text"),
        ({"equalToJson": "{"}, "no JSON"),
    ],
    ids=str,
)
@pytest.mark.parametrize("journal", [journal_of(), journal_of(b"{}")], ids=["empty", "not empty"])
def test_a_wrong_matcher_is_refused_on_an_empty_journal_too(journal: Journal, matchers: dict[str, Any], says: str) -> None:
    for ask in (journal.find, journal.nearest):
        with pytest.raises(DomainError, match=says):
            ask(matchers)


def test_the_nearest_requests_say_where_they_differ() -> None:
    journal = Journal()
    for path, body in (("/a", b"nothing"), ("/b", orjson.dumps({**BODY, "ToDate": "2026-03-03"})), ("/a", orjson.dumps(BODY)), ("/c", b"")):
        journal.add(request(body, path=path), Reply(429, (), ()), at=0, seconds=0, matched=True)
    wanted = {"urlPath": "/b", "status": 200, "equalToJson": {**BODY, "Users": ["a@b.c"], "Paging": {}}}
    assert journal.find(wanted) == []
    found = [(exchange.number, [tuple(one) for one in differing]) for exchange, differing in journal.nearest(wanted)]
    assert found == [
        (
            2,
            [
                ("status", 429, 200),
                ("equalToJson.ToDate", "2026-03-03", "2026-03-02"),
                ("equalToJson.Users[1]", "d@e.f", "(absent)"),
                ("equalToJson.Paging", "(absent)", {}),
            ],
        ),
        (
            3,
            [
                ("urlPath", "/a", "/b"),
                ("status", 429, 200),
                ("equalToJson.Users[1]", "d@e.f", "(absent)"),
                ("equalToJson.Paging", "(absent)", {}),
            ],
        ),
        (4, [("urlPath", "/c", "/b"), ("status", 429, 200), ("equalToJson", "", wanted["equalToJson"])]),
    ]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(json_values, json_values)
def test_a_body_equals_json_exactly_when_it_says_the_same(received: Any, expected: Any) -> None:
    """True is not 1, the order of members does not matter, and that of lists does."""
    journal = journal_of(orjson.dumps(received))
    matches = orjson.dumps(received, option=orjson.OPT_SORT_KEYS) == orjson.dumps(expected, option=orjson.OPT_SORT_KEYS)
    if not isinstance(expected, str):
        assert bool(journal.find({"equalToJson": expected})) == matches
    assert bool(journal.find({"equalToJson": orjson.dumps(expected).decode()})) == matches
    assert journal.find({"equalToJson": orjson.dumps(received).decode()})


@pytest.mark.parametrize(
    "body", [b"[" * 900 + b"]" * 900, b'"\\ud800"', b"NaN", b"1" * 400, b"\xff\xfe", b"[" * 100_000, b'{"a":' * 300 + b"1" + b"}" * 300]
)
def test_no_body_breaks_a_question(body: bytes) -> None:
    journal = journal_of(body)
    for expected in ({}, [], "[" * 900 + "]" * 900, [[[1]]]):
        for _, differing in journal.nearest({"equalToJson": expected, "bodyContains": "x"}):
            assert differing
            orjson.dumps([one._asdict() for one in differing])


def test_differences_are_short_however_long_the_body() -> None:
    journal = journal_of(orjson.dumps({"Users": [f"user{n}@example.com" for n in range(1000)]}))
    ((_, differing),) = journal.nearest({"equalToJson": {"Users": ["other"] * 1000}, "bodyContains": "nothing"})
    assert len(orjson.dumps([one._asdict() for one in differing])) < 10_000


@pytest.mark.parametrize(
    ("kind", "counted"), [("reset", 0), ("empty", 0), ("garbage", 0), ("truncate", 1), ("malformed", 1), ("dribble", 1)]
)
def test_a_status_that_no_client_read_is_not_counted(kind: str, counted: int) -> None:
    """After the fault `reset`, `{"status": 200}` counted a call that was never answered."""
    target = emulator()
    target.accounts.default.faults.add({"kind": kind})
    post(target, orjson.dumps(BODY))
    journal = target.accounts.default.journal
    assert len(journal.find({"status": 200})) == counted
    assert len(journal.find({"fault": kind})) == 1
    assert journal.find({"fault": "latency"}) == []


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-1, 6_000)), max_size=60), st.integers(1_000, 20_000))
def test_journals_stay_under_their_common_budget_and_the_last_used_lose_last(steps: list[tuple[int, int]], most_bytes: int) -> None:
    budget = Budget(most_bytes)
    journals = [Journal(5, 12_000) for _ in range(4)]
    last_use = dict.fromkeys(range(4), -1)
    added = dict.fromkeys(range(4), 0)
    for journal in journals:
        journal.share(budget)
    for step, (which, length) in enumerate(steps):
        if length < 0:
            journals[which].clear()
            continue
        before = [len(journal) for journal in journals]
        journals[which].add(request(bytes(length)), Reply(200, (), b""), at=0, seconds=0, matched=True)
        last_use[which], added[which] = step, added[which] + 1
        lost = [other for other in range(4) if other != which and len(journals[other]) < before[other]]
        for loser in lost:
            older = [other for other in range(4) if last_use[other] < last_use[loser]]
            assert not any(len(journals[other]) for other in older)
        assert budget.bytes == sum(journal.bytes for journal in journals) <= most_bytes
        for number, journal in enumerate(journals):
            assert [one.number for one in journal] == list(range(added[number] + 1 - len(journal), added[number] + 1))
    for journal in journals:
        journal.share(None)
    assert budget.bytes == 0


def test_the_journals_of_all_accounts_have_one_budget_and_a_deleted_account_gives_its_bytes_back() -> None:
    accounts = emulator().accounts
    opened = [accounts.create(accounts.start) for _ in range(12)]
    for account in opened:
        for _ in range(MOST_BYTES // KEPT_REPLY):
            account.journal.add(request(), Reply(200, (), bytes(KEPT_REPLY)), at=0, seconds=0, matched=True)
    held = sum(account.journal.bytes for account in opened)
    assert 60 << 20 < held <= 64 << 20
    assert held == accounts.journals.bytes
    assert not len(opened[0].journal)
    last = opened[-1]
    left = held - last.journal.bytes
    accounts.delete(last.keys[0].access_key or "")
    assert accounts.journals.bytes == left
    last.journal.add(request(), Reply(200, (), b"late"), at=0, seconds=0, matched=True)
    assert accounts.journals.bytes == left
