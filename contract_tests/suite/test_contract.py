"""Every rule of the ledger that can be seen from outside, as a test of its own."""

from collections.abc import Iterator

import pytest
from leadsquared_slots.contract_tests.run.results import RuleResult, Verdict
from leadsquared_slots.contract_tests.run.runner import run_checks
from leadsquared_slots.mock_server.contract.documents import ledger

from .looked_at import looked_at

RULES = [rule.id for rule in ledger().values() if rule.inside is None]
Verdicts = dict[str, tuple[RuleResult, str]]


@pytest.fixture(scope="session")
def verdicts(request: pytest.FixtureRequest) -> Iterator[Verdicts]:
    """One run over the rules that were selected; for each its result, and what is said about it, without keys."""
    items = [item for item in request.session.items if isinstance(item, pytest.Function)]
    selected = {item.callspec.params["rule"] for item in items if hasattr(item, "callspec") and "rule" in item.callspec.params}
    with looked_at(request.config) as looked:
        only = () if len(selected) == len(RULES) else tuple(rule for rule in RULES if rule in selected)
        report = run_checks(looked.target, looked.options, only=only)
        yield {result.rule.id: (result, looked.redact("\n\n".join(map(str, result.failures)))) for result in report.rules}


@pytest.mark.parametrize("rule", RULES)
def test_rule(rule: str, verdicts: Verdicts) -> None:
    """The rule holds. A rule that was not looked at is skipped; a finding, which breaks nothing, is an expected failure."""
    result, told = verdicts[rule]
    if result.verdict is Verdict.FAILED:
        pytest.fail(f"{result.rule.statement}\n\n{told}", pytrace=False)
    if result.verdict is Verdict.FINDING:
        pytest.xfail(f"finding ({result.rule.grade.value} rule): {told}")
    if result.verdict is not Verdict.PASSED:
        pytest.skip(f"{result.verdict.value}: {result.reason}")
