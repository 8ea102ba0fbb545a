"""Drift: what changed between two reports or recordings, rule by rule and answer by answer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from leadsquared_slots.mock_server.contract.documents import ledger

from .sides import Side

LOOKED_AT = ("passed", "failed", "finding")
_BROKEN = ("failed", "finding")


class Kind(Enum):
    """What kind of change one is; `DATA` alone is no drift."""

    KEPT = "contract kept"
    """A rule that was broken before holds now."""
    ANSWER = "profile answer changed"
    BROKEN = "contract broken"
    SHAPE = "shape changed"
    DATA = "only data changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change. `name` is a rule, a question of the profile, a place in the JSON, or `data`."""

    kind: Kind
    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """Everything that changed, and what could not be compared.

    kept         rules that were looked at on both sides and are as they were
    not_compared rules that were not looked at on both sides
    """

    changes: tuple[Change, ...]
    kept: tuple[str, ...]
    not_compared: tuple[str, ...]

    @property
    def is_drift(self) -> bool:
        """Whether something else than data changed."""
        return any(change.kind is not Kind.DATA for change in self.changes)

    def exit_code(self) -> int:
        """0 for none or only data, 4 for drift, 2 where nothing could be compared."""
        if self.is_drift:
            return 4
        return 0 if self.kept else 2

    def as_json(self) -> dict[str, Any]:
        """The drift as a JSON value."""
        return {
            "exitCode": self.exit_code(),
            "changes": [
                {"kind": change.kind.value, "name": change.name, "before": change.before, "after": change.after} for change in self.changes
            ],
            "kept": list(self.kept),
            "notCompared": list(self.not_compared),
        }


def drift_between(before: Side, after: Side) -> Drift:
    """What changed from one side to the other."""
    answers = list(_answers(before.answers, after.answers))
    changed_questions = {change.name for change in answers}
    shapes = list(_shapes(before, after))
    changes, kept, not_compared = [*answers, *shapes], [], []
    for rule in ledger():
        one, other = before.rules.get(rule), after.rules.get(rule)
        if one is None or other is None or one.verdict not in LOOKED_AT or other.verdict not in LOOKED_AT:
            not_compared.append(rule)
        elif (one.verdict in _BROKEN) == (other.verdict in _BROKEN):
            kept.append(rule)
        else:
            changes.append(_rule_changed(rule, before, after, changed_questions))
    changes += _data(before, after)
    return Drift(changes=tuple(changes), kept=tuple(kept), not_compared=tuple(not_compared))


def _rule_changed(rule: str, before: Side, after: Side, changed_questions: set[str]) -> Change:
    one, other = before.rules[rule], after.rules[rule]
    if other.verdict not in _BROKEN:
        return Change(kind=Kind.KEPT, name=rule, before=one.text, after="the rule holds")
    question = ledger()[rule].question
    kind = Kind.SHAPE if other.is_shape else Kind.ANSWER if other.fits or question in changed_questions else Kind.BROKEN
    fits = f"; {other.fits} would fit" if other.fits else ""
    return Change(kind=kind, name=rule, before="the rule holds", after=other.text + fits)


def _answers(before: Mapping[str, str | int], after: Mapping[str, str | int]) -> Iterator[Change]:
    for question, answer in before.items():
        if question in after and after[question] != answer:
            yield Change(kind=Kind.ANSWER, name=question, before=str(answer), after=str(after[question]))


def _shapes(before: Side, after: Side) -> Iterator[Change]:
    """Members that are new, and members that are gone though what they stood in is there."""
    if not before.shapes or not after.shapes:
        return
    for place in sorted(after.shapes - before.shapes):
        if _parent(place) in before.shapes:
            yield Change(kind=Kind.SHAPE, name=place, before="absent", after="present")
    for place in sorted(before.shapes - after.shapes):
        if _parent(place) in after.shapes:
            yield Change(kind=Kind.SHAPE, name=place, before="present", after="absent")


def _parent(place: str) -> str:
    return place.rpartition(".")[0]


def _data(before: Side, after: Side) -> Iterator[Change]:
    asked = before.data.keys() & after.data.keys()
    changed = sum(before.data[question] != after.data[question] for question in asked)
    if changed:
        text = f"{changed} of {len(asked)} questions that both asked"
        yield Change(kind=Kind.DATA, name="data", before="", after=f"other times, ids or users in the answers to {text}")
