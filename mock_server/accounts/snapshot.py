"""A snapshot of an account, as a value and as the JSON that the admin interface gives and takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from leadsquared_slots.mock_server.contract.validation import problems
from leadsquared_slots.mock_server.domain.errors import DomainError
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED, Profile
from leadsquared_slots.mock_server.domain.rate_limit import RateLimit

from .directory import Change
from .scenario import Scenario


class BadSnapshot(DomainError):
    """Data that is no snapshot."""

    def __init__(self, what: str) -> None:
        super().__init__(f"this is no snapshot: {what}", "send what GET /__admin/state gave")


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything of an account but its keys and its journal.

    `changes` are those of its directory; `faults` have what they counted, and `applied` is how many were; `calls` are those that the rate
    window remembers; `now` is None where the clock runs.
    """

    scenario: Scenario
    seed: int
    profile: Profile
    limit: RateLimit | None
    now: float | None
    changes: Sequence[Change]
    faults: Sequence[dict[str, Any]]
    applied: int
    calls: Sequence[float]

    def to_json(self) -> dict[str, Any]:
        """The snapshot as data that `read_snapshot` takes."""
        return {
            "scenario": {"name": self.scenario.name, "document": self.scenario.document},
            "seed": self.seed,
            "profile": {"name": self.profile.name, **self.profile.answers()},
            "rateLimit": "none" if self.limit is None else str(self.limit),
            "now": self.now,
            "changes": list(self.changes),
            "faults": list(self.faults),
            "faultsApplied": self.applied,
            "calls": list(self.calls),
        }


def read_snapshot(data: dict[str, Any]) -> Snapshot:
    """The snapshot of its data. Raises DomainError for everything else."""
    found = problems("admin#/$defs/state", data)
    if found:
        raise BadSnapshot("\n".join(map(str, found)))
    scenario, profile = data["scenario"], dict(data["profile"])
    return Snapshot(
        scenario=Scenario.of_valid(scenario["document"], scenario["name"]),
        seed=data["seed"],
        profile=DOCUMENTED.with_answers(profile, name=profile.pop("name")),
        limit=None if data["rateLimit"] == "none" else RateLimit.parse(data["rateLimit"]),
        now=data["now"],
        changes=data["changes"],
        faults=data["faults"],
        applied=data["faultsApplied"],
        calls=data["calls"],
    )
