"""The mutants are what they say: each is the emulator but for one thing, and together they cover the ledger."""

import json
from collections import Counter
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from leadsquared_slots.contract_tests.mutants import Mutant, mutants
from leadsquared_slots.contract_tests.mutants.registry import register
from leadsquared_slots.contract_tests.mutants.serving import correct_app, mutated_app
from leadsquared_slots.contract_tests.strategies.generated_requests import malformed_requests, requests
from leadsquared_slots.contract_tests.wire.target import Call, ManualClock, Target
from leadsquared_slots.mock_server.contract.documents import ledger
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED
from leadsquared_slots.mock_server.tests.support.examples import examples

USERS = ["alice@example.com", "Bob@example.com", "no-template@example.com", "unknown@example.com"]
FIRST, LAST = date(2026, 3, 1), date(2026, 12, 31)


def test_there_are_enough_of_them() -> None:
    """At least 60; and no two are described by the same sentence."""
    assert len(mutants()) >= 60
    assert [wrong for wrong, count in Counter(each.wrong for each in mutants().values()).items() if count > 1] == []


def test_every_rule_that_can_be_seen_is_broken_by_some_mutant() -> None:
    """A rule without a mutant would be a rule whose check nobody has seen fail."""
    broken = {rule for each in mutants().values() for rule in each.rules}
    assert [rule.id for rule in ledger().values() if rule.inside is None and rule.id not in broken] == []


@pytest.mark.parametrize("rules", [(), ("slots.sortet",)])
def test_a_mutant_names_rules_of_the_ledger(rules: tuple[str, ...]) -> None:
    """A misspelt rule, or none, is an error when the mutant is registered."""
    with pytest.raises(ValueError, match=r"breaks"):
        register(Mutant(name="nameless", wrong="nothing", rules=rules))


def bodies() -> st.SearchStrategy[bytes]:
    """Bodies of valid requests and of requests with one defect."""
    valid = requests(USERS, FIRST, LAST, longest=10).map(lambda body: json.dumps(body).encode())
    return valid | malformed_requests(USERS, FIRST, LAST).map(lambda request: request.body)


def reply_of(target: Target, body: bytes) -> tuple[int, dict[str, Any], bytes]:
    """What a target answers to a body."""
    received = target.send(Call(body=body)).received
    return received.status, dict(received.headers), received.body


@settings(max_examples=examples(50), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(bodies(), st.integers(0, 3))
def test_the_frame_of_a_mutant_changes_nothing(body: bytes, seed: int) -> None:
    """A mutant that changes nothing gives the emulator's replies, byte for byte, headers included."""
    clock = ManualClock()
    still = Mutant(name="still", wrong="nothing", rules=("answer.shape",))
    framed = Target.wsgi(mutated_app(still, DOCUMENTED, seed=seed, clock=clock), clock=clock)
    plain = Target.wsgi(correct_app(DOCUMENTED, seed=seed, clock=clock), clock=clock)
    assert reply_of(framed, body) == reply_of(plain, body)
