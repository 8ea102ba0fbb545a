"""What a judgement of a caller is made of: findings, and a verdict for each conduct rule."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

CONDUCT_RULES = (
    "conduct.waits",
    "conduct.gives-up",
    "conduct.no-repeat",
    "conduct.range",
    "conduct.attributes",
    "conduct.content-type",
    "conduct.pages",
    "conduct.budget",
    "conduct.keys-in-headers",
    "conduct.identical",
)
"""Every conduct rule of the ledger, in its order."""
ADVICE = frozenset({"conduct.keys-in-headers", "conduct.identical"})
"""The rules that are advice and no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One way in which a caller did not keep to a rule.

    what    what happened, as a sentence
    fix     what to do about it, as a sentence
    calls   numbers of the calls that show it, in the order of their arrival
    advice  whether it is advice, which never makes a run fail
    """

    rule: str
    what: str
    fix: str
    calls: tuple[int, ...]
    advice: bool = False

    def as_json(self) -> dict[str, Any]:
        """The finding as JSON values."""
        return {"rule": self.rule, "advice": self.advice, "what": self.what, "fix": self.fix, "calls": list(self.calls)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """The conduct of a caller.

    calls      how many calls were judged
    exercised  the conduct rules for which there was an occasion
    """

    calls: int
    findings: tuple[Finding, ...]
    exercised: frozenset[str]

    @property
    def broken(self) -> tuple[Finding, ...]:
        """The findings that are no advice."""
        return tuple(finding for finding in self.findings if not finding.advice)

    def verdict(self, rule: str) -> str:
        """The verdict of a rule: failed, finding (advice), passed, or not exercised."""
        found = [finding.advice for finding in self.findings if finding.rule == rule]
        if found:
            return "finding" if all(found) else "failed"
        return "passed" if rule in self.exercised else "not exercised"

    @property
    def verdicts(self) -> Mapping[str, str]:
        """The verdict of every conduct rule."""
        return {rule: self.verdict(rule) for rule in CONDUCT_RULES}

    def without(self, rules: Iterable[str]) -> "Conduct":
        """The same without the findings of some rules."""
        left_out = frozenset(rules)
        findings = tuple(finding for finding in self.findings if finding.rule not in left_out)
        return Conduct(calls=self.calls, findings=findings, exercised=self.exercised - left_out)

    def as_json(self) -> dict[str, Any]:
        """The judgement as JSON values."""
        return {
            "calls": self.calls,
            "findings": [finding.as_json() for finding in self.findings],
            "rules": [{"id": rule, "verdict": verdict} for rule, verdict in self.verdicts.items()],
        }
