"""One side of a comparison: a report of `check --json`, or a recording, as the facts that can be compared."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

from leadsquared_slots.contract_tests.run.judge import JudgeOptions, judge_recordings
from leadsquared_slots.contract_tests.run.results import Report
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED, Profile
from leadsquared_slots.mock_server.recording.recorded import Recorded
from leadsquared_slots.mock_server.recording.shown import Shown
from leadsquared_slots.mock_server.vendor.seen_answer import Outcome, outcome_of

_MOST_QUESTIONS = 100_000
_LARGEST_REPORT = 64 << 20
_MOST_PLACES = 10_000
_NEW_MEMBER = "Additional properties are not allowed"
_TEXT = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSide:
    """How a rule came out on one side.

    text      what was seen where it is broken
    fits      the profile answer that would fit, as text; empty for none
    is_shape  whether it is broken by a member that was not there before
    """

    verdict: str
    text: str = ""
    fits: str = ""
    is_shape: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The facts of one side; what a report does not tell is empty.

    answers  profile answers that were seen
    shapes   places of members, as `answer.List[].Date`
    data     a digest of the last answer to each question
    """

    source: str
    rules: Mapping[str, RuleSide]
    answers: Mapping[str, str | int] = field(default_factory=dict)
    shapes: frozenset[str] = frozenset()
    data: Mapping[bytes, bytes] = field(default_factory=dict)


class BadSide(ValueError):
    """A file that is neither a report nor a recording."""


def is_report(path: Path) -> bool:
    """Whether a file is a report of `check --json`. Raises BadSide where it cannot be read."""
    try:
        with path.open("rb") as stream:
            beginning = stream.read(4096)
    except OSError as error:
        raise BadSide(f"{path} cannot be read: {error.strerror}; expected a report of check --json, or a recording") from None
    return b'"exitCode"' in beginning and b'"profile"' in beginning


def side_of_report(path: Path) -> Side:
    """The side that a report file is. Raises BadSide."""
    try:
        if path.stat().st_size > _LARGEST_REPORT:
            raise BadSide(f"{path} is larger than {_LARGEST_REPORT >> 20} MiB; expected a report of check --json")
        document = json.loads(path.read_bytes())
        broken = _broken(document["failures"])
        rules = {rule["id"]: _rule(rule["verdict"], broken.get(rule["id"], [])) for rule in document["rules"]}
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        raise BadSide(f"{path} is no report of lsq-contract check --json; write it again with this version") from None
    return Side(source=path.name, rules=rules)


def side_of_recording(recordings: Callable[[], Iterable[Recorded]], source: str, profile: Profile) -> Side:
    """The side that recordings are, judged by a profile. Raises what reading and judging raise."""
    shown, shapes, data = Shown(), set[str](), dict[bytes, bytes]()
    for exchange in recordings():
        shown.observe(exchange)
        if exchange.is_endpoint and exchange.is_whole:
            _note(exchange, shapes, data)
    report = judge_recordings(recordings, JudgeOptions(profile=profile, source=source))
    answers = {question: found.answer for question, found in shown.conclusions().items() if found.answer is not None}
    return Side(source=source, rules=_rules(report), answers=answers, shapes=frozenset(shapes), data=data)


def profile_shown(recordings: Callable[[], Iterable[Recorded]]) -> Profile:
    """The profile that recordings show, where they leave a question open that of the documentation."""
    shown = Shown()
    for exchange in recordings():
        shown.observe(exchange)
    known = {question: found.answer for question, found in shown.conclusions().items() if found.answer is not None}
    return DOCUMENTED.with_answers(known, name="the one that BEFORE shows")


def _rules(report: Report) -> dict[str, RuleSide]:
    broken: dict[str, list[dict[str, str]]] = {}
    for failure in report.failures:
        entry = {"title": failure.title, "received": failure.received, "fits": failure.fits}
        broken.setdefault(failure.rule, []).append(entry)
    return {result.rule.id: _rule(result.verdict.value, broken.get(result.rule.id, [])) for result in report.rules}


def _broken(failures: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for failure in failures:
        found.setdefault(failure["rule"], []).append(failure)
    return found


def _rule(verdict: str, failures: Iterable[Mapping[str, Any]]) -> RuleSide:
    first = next(iter(failures), None)
    if first is None:
        return RuleSide(verdict=verdict)
    received = str(first["received"])
    text = f"{first['title']}: {received}"
    return RuleSide(
        verdict=verdict,
        text=text if len(text) <= _TEXT else text[:_TEXT] + "…",
        fits=str(first.get("fits") or "").replace("\n", " "),
        is_shape=_NEW_MEMBER in received,
    )


def _note(exchange: Recorded, shapes: set[str], data: dict[bytes, bytes]) -> None:
    outcome = outcome_of(exchange.status, exchange.reply_body)
    if outcome is Outcome.UNREADABLE:
        return
    try:
        document = json.loads(exchange.reply_body)
    except (ValueError, RecursionError):
        return
    root = "answer" if outcome is Outcome.ANSWERED else "error"
    if len(shapes) < _MOST_PLACES:
        shapes.update(_places(document, root))
    if outcome is Outcome.ANSWERED and len(data) < _MOST_QUESTIONS:
        data[_digest(exchange.body)] = _digest(json.dumps(document, sort_keys=True).encode())


def _places(value: Any, place: str) -> Iterator[str]:
    yield place
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _places(part, f"{place}.{name}")
    elif isinstance(value, list):
        for part in value:
            yield from _places(part, f"{place}[]")


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()
