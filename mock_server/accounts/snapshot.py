"""A snapshot of an account, as a value and as the JSON that the admin interface gives and takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from leadsquared_slots.mock_server.contract.validation import problems
from leadsquared_slots.mock_server.domain.errors import DomainError, did_you_mean, shortened
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED, Profile
from leadsquared_slots.mock_server.domain.rate_limit import RateLimit

from .clock import known_time
from .directory import Change
from .scenario import Scenario

_KEYS = ("scenario", "seed", "profile", "rateLimit", "now", "changes", "faults", "faultsApplied", "calls")


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
    _only(data, _KEYS, "")
    scenario = _object(data["scenario"], ("name", "document"), "scenario")
    profile = dict(_object(data["profile"], None, "profile"))
    now = data["now"]
    return Snapshot(
        scenario=Scenario.from_document(_object(scenario["document"], None, "scenario.document"), _text(scenario["name"], "scenario.name")),
        seed=_whole(data["seed"], "seed", least=None),
        profile=DOCUMENTED.with_answers(profile, name=_text(profile.pop("name", None), "profile.name")),
        limit=None if data["rateLimit"] == "none" else RateLimit.parse(_text(data["rateLimit"], "rateLimit")),
        now=None if now is None else known_time(_number(now, "now")),
        changes=[_change(change, f"changes[{n}]") for n, change in enumerate(_list(data["changes"], "changes"))],
        faults=[_fault(fault, f"faults[{n}]") for n, fault in enumerate(_list(data["faults"], "faults"))],
        applied=_whole(data["faultsApplied"], "faultsApplied"),
        calls=[_number(call, f"calls[{n}]") for n, call in enumerate(_list(data["calls"], "calls"))],
    )


def _fault(value: Any, place: str) -> dict[str, Any]:
    fault = _object(value, ("fault", "seen", "struck"), place)
    _valid("scenario#/$defs/fault", fault["fault"], f"{place}.fault")
    return {"fault": fault["fault"], "seen": _whole(fault["seen"], place), "struck": _whole(fault["struck"], place)}


_OF_KIND = {
    "put-user": ("entry", "user"),
    "add-task": ("entry", "task"),
    "add-leave": ("entry", "leave"),
    "add-holiday": ("entry", "holiday"),
    "delete-user": ("user", None),
    "delete-task": ("task", None),
}


def _change(value: Any, place: str) -> Change:
    change = _object(value, None, place)
    member, schema = _OF_KIND.get(str(change.get("kind")), (None, None))
    if member is None:
        raise BadSnapshot(f"the kind of {place} is {change.get('kind')!r}")
    _only(change, ("kind", member, "user") if schema not in (None, "user") else ("kind", member), place)
    for name in change.keys() - {"entry"}:
        _text(change[name], f"{place}.{name}")
    if schema is not None:
        _check_entry(schema, change["entry"], f"{place}.entry")
    return change


def _check_entry(kind: str, entry: Any, place: str = "") -> None:
    """Raises BadSnapshot for an entry of a change that has not the form of its kind; a user's template may be a whole one."""
    if kind == "user" and isinstance(entry, dict) and isinstance(entry.get("template"), dict):
        _valid("scenario#/$defs/template", entry["template"], f"{place}.template")
        entry = {**entry, "template": "Template"}
    if kind == "holiday":
        holiday = _object(entry, ("date", "name"), place)
        _valid("scenario#/$defs/date", holiday["date"], f"{place}.date")
        _valid("scenario#/$defs/name", holiday["name"], f"{place}.name")
    else:
        _valid(f"scenario#/$defs/{kind}", entry, place)


def _valid(schema: str, value: Any, place: str) -> None:
    for problem in problems(schema, value):
        raise BadSnapshot(f"{place}: {problem}")


def _only(value: dict[str, Any], known: Sequence[str], place: str) -> None:
    where = f" in {place}" if place else ""
    for key in value:
        if key not in known:
            nearest = did_you_mean(key, known)
            raise BadSnapshot(f"unknown key {shortened(key)!r}{where}" + (f", did you mean {nearest!r}?" if nearest else ""))
    for key in known:
        if key not in value:
            raise BadSnapshot(f"the key {key!r} is missing{where}")


def _object(value: Any, known: Sequence[str] | None, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadSnapshot(f"{place} is no object")
    if known is not None:
        _only(value, known, place)
    return value


def _list(value: Any, place: str) -> list[Any]:
    if not isinstance(value, list):
        raise BadSnapshot(f"{place} is no list")
    return value


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise BadSnapshot(f"{place} is no text")
    return value


def _number(value: Any, place: str) -> float:
    if type(value) not in (int, float) or not isfinite(value):
        raise BadSnapshot(f"{place} is no number")
    return float(value)


def _whole(value: Any, place: str, least: int | None = 0) -> int:
    if type(value) is not int or (least is not None and value < least):
        raise BadSnapshot(f"{place} is no whole number")
    return value
