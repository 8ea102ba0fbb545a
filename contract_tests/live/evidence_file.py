"""Evidence: what a run against a live account showed about rules that nobody documents, without data of the account."""

import json
import re
from collections.abc import Iterable
from datetime import UTC
from typing import Any
from urllib.parse import urlsplit

from leadsquared_slots.contract_tests.run.results import Report, RuleResult, Verdict
from leadsquared_slots.contract_tests.wire.exchange import Exchange
from leadsquared_slots.contract_tests.wire.refusal_forms import limit_named
from leadsquared_slots.mock_server.contract.ledger import Grade
from leadsquared_slots.mock_server.domain.profile import Profile
from leadsquared_slots.mock_server.domain.rate_limit import PLANS
from leadsquared_slots.mock_server.version import VERSION

_VENDOR = re.compile(r"(?:api|asyncapi)?-?([a-z0-9-]{0,20})\.leadsquared\.com")
_LOOKED_AT = (Verdict.PASSED, Verdict.FAILED, Verdict.FINDING)
_MOST_TEXT = 500
_MASKS = (
    (re.compile(r"[^\s\"'<>\\,;:()\[\]@/=&?]{1,64}@[^\s\"'<>\\,;:()\[\]@/&?]{1,255}"), "address"),
    (re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"), "id"),
    (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), "yyyy-MM-dd"),
    (re.compile(r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?"), "HH:mm:ss"),
    (
        re.compile(r"(?<![A-Za-z/.])(?:Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)/[A-Za-z_/+-]{1,40}"),
        "Zone/Name",
    ),
)


def evidence_text(report: Report, exchanges: Iterable[Exchange], profile: Profile) -> str:
    """The evidence of a run as JSON. Addresses, ids, dates, times and zones are masked; no answer of the account is in it."""
    host = urlsplit(report.target).hostname or ""
    found = _VENDOR.fullmatch(host)
    limit = next((named for named in (limit_named(exchange.received) for exchange in exchanges) if named), None)
    document = {
        "evidence": "for the ledger of leadsquared-slots",
        "version": 1,
        "kit": VERSION,
        "date": report.started.astimezone(UTC).date().isoformat(),
        "host": host if found else "not a host of the vendor",
        "region": (found[1] or "the first one") if found else None,
        "limit": f"{limit[0]} calls in {limit[1]:g} s" if limit else None,
        "plan": _plan(limit),
        "profile": profile.name,
        "calls": report.calls,
        "rules": [_rule(result, profile) for result in report.rules if _is_evidence(result)],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def impersonal(text: str) -> str:
    """A text without what belongs to an account: addresses, ids, dates, times and zones are masked."""
    for pattern, mask in _MASKS:
        text = pattern.sub(mask, text)
    return text if len(text) <= _MOST_TEXT else text[:_MOST_TEXT] + "…"


def _is_evidence(result: RuleResult) -> bool:
    """What is not documented and was looked at; and what is documented and was seen otherwise."""
    return result.verdict in _LOOKED_AT and (result.rule.grade is not Grade.DOCUMENTED or result.verdict is not Verdict.PASSED)


def _rule(result: RuleResult, profile: Profile) -> dict[str, Any]:
    rule = result.rule
    answer = profile.answers()[rule.question] if rule.question else None
    seen = [
        {"seen": impersonal(f"{failure.title}: {failure.received}"), "asked": impersonal(failure.request), "fits": failure.fits}
        for failure in result.failures
    ]
    return {
        "rule": rule.id,
        "grade": rule.grade.value,
        "statement": rule.statement,
        "held": result.verdict is Verdict.PASSED,
        "question": rule.question,
        "answer": answer if result.verdict is Verdict.PASSED else None,
        "checks": list(result.checks),
        "seen": seen or [{"seen": "as the rule says, in every call that could show it"}],
    }


def _plan(limit: tuple[int, float] | None) -> str:
    """The plans whose limit was named."""
    if limit is None:
        return "not seen: no call was refused for the limit"
    fitting = [name for name, of_plan in PLANS.items() if (of_plan.calls, of_plan.seconds) == limit]
    return " or ".join(fitting) or "none that the vendor's pages name"
