"""The contract's checks on recordings, without a call: what every reply shows, and what exchanges show together.

A recording is read twice: once for who exists and which limit is named, once to judge; and again where it answers an open question
otherwise than the profile. Memory does not grow with it: what repeats a reply
that is known is looked at, and not kept; of the rest the last is kept for comparing.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from leadsquared_slots.contract_tests.checks.exercise import why_not_exercised
from leadsquared_slots.contract_tests.checks.memory import Memory, Traffic
from leadsquared_slots.contract_tests.checks.passive import PASSIVE, Looked, look, look_at
from leadsquared_slots.contract_tests.checks.registry import Check, Scope, Violation, registry
from leadsquared_slots.contract_tests.traffic.conversion import as_exchange
from leadsquared_slots.contract_tests.traffic.known_calls import KNOWN_CALLS
from leadsquared_slots.contract_tests.wire.answer import read_answer
from leadsquared_slots.contract_tests.wire.exchange import ENDPOINT
from leadsquared_slots.contract_tests.wire.refusal_forms import limit_named
from leadsquared_slots.mock_server.contract.documents import ledger
from leadsquared_slots.mock_server.contract.ledger import Rule
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED, Profile
from leadsquared_slots.mock_server.recording.recorded import Recorded
from leadsquared_slots.mock_server.vendor.seen_answer import read_answer as read_leniently

from .limit_window import LimitWindow
from .planning import CHECK_OF_LIMIT
from .recorded_questions import Repeated, question_of
from .results import CheckResult, Plan, Report, RuleResult, Verdict
from .suggestions import best_questions
from .verdicts import Judge, one_of_each_rule, still_wrong, with_answers

_MOST_USERS = 50_000
_SIBLINGS = frozenset(call.path for call in KNOWN_CALLS if call.path != ENDPOINT)
_KEPT_BYTES = 48 << 20
"""Bytes of the last exchanges that are compared with each other, and in which is looked for what exercises a rule."""
Recordings = Callable[[], Iterable[Recorded]]


class NothingRecorded(ValueError):
    """No exchange of the recordings is one that a check could look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeOptions:
    """How recordings are judged.

    users   addresses that are known to have a user, beside those that some answer lists
    source  the recordings in words, for the report
    """

    profile: Profile = DOCUMENTED
    strict: bool = False
    users: tuple[str, ...] = ()
    source: str = "recordings"


@dataclass(slots=True)
class _Known:
    """What the first reading finds out."""

    users: dict[str, None] = field(default_factory=dict)
    dates: list[date] = field(default_factory=list)
    limit: int | None = None
    exchanges: int = 0
    keys: Counter[Any] = field(default_factory=Counter)
    """How many answers each pair of keys got: those of the most are the recording's account."""


@dataclass(slots=True, kw_only=True)
class _Reading:
    """What a reading under a profile saw."""

    profile: Profile
    passive: dict[str, Looked]
    memory: Memory
    repeated: Repeated
    window: LimitWindow
    over_limit: list[Violation] = field(default_factory=list)

    @property
    def traffic(self) -> Traffic:
        """What is compared with each other."""
        return self.memory.under(self.profile)

    def fits(self) -> dict[str, str | int]:
        """Answers under which the recording would be right, as its violations name them."""
        return dict(violation.fits for each in self.passive.values() for violation in each.violations() if violation.fits)


def judge_recordings(recordings: Recordings, options: JudgeOptions) -> Report:
    """Judges exchanges; `recordings` gives them anew each time. Raises NothingRecorded, and what reading them raises.

    As in a run, what the vendor leaves open and the recording answers otherwise is told, and the rest is judged as if the profile said so.
    """
    started, began = datetime.now(UTC), time.monotonic()
    known = _first_reading(recordings, options)
    first = last = _read(recordings, options.profile, known)
    adopted: dict[str, str | int] = {}
    if fits := first.fits():
        last = _read(recordings, with_answers(options.profile, fits), known)
        adopted = {question: answer for question, answer in fits.items() if not still_wrong(question, last.passive)}
        if adopted != fits:
            last = _read(recordings, with_answers(options.profile, adopted), known) if adopted else first
    plan = _plan(options, known, last, adopted)
    judge = Judge(plan=plan, profile=options.profile, in_process=True, arguments=(), chosen=frozenset(ledger()))
    results = tuple(
        _limit_result(check, judge, last.window, last.over_limit)
        if check.name == CHECK_OF_LIMIT
        else _result(check, judge, last, _violations(check.name, first, last, adopted))
        for check in registry().values()
    )
    traffic = last.traffic
    rules = tuple(_rule_result(rule, judge, results, lambda name: why_not_exercised(name, traffic)) for rule in ledger().values())
    return Report(
        target=options.source, profile=options.profile.name, seed=0, started=started, seconds=time.monotonic() - began,
        calls=0, plan=plan, checks=results, rules=rules,
    )  # fmt: skip


def _read(recordings: Recordings, profile: Profile, known: _Known) -> _Reading:
    """Shows every exchange to the checks under a profile."""
    checks = [check for check in registry().values() if check.scope in PASSIVE]
    alone = [check for check in checks if check.scope is not Scope.TRAFFIC]
    found = _Reading(
        profile=profile, passive={check.name: Looked() for check in checks}, memory=Memory(_KEPT_BYTES, is_recorded=True),
        repeated=Repeated(), window=LimitWindow(profile=profile, limit=known.limit),
    )  # fmt: skip
    main_keys, existing = next((keys for keys, _ in known.keys.most_common(1)), None), frozenset(known.users)
    for recorded in filter(_is_judged, recordings()):
        exchange = as_exchange(recorded)
        if recorded.is_endpoint:
            found.over_limit = one_of_each_rule([*found.over_limit, *found.window.look(exchange, recorded.keys)])
        if found.repeated.is_known(recorded):
            continue
        question = question_of(recorded, profile)
        answer = read_answer(exchange.received, profile, question, existing=existing, exchange=exchange)
        seen = found.memory.add(exchange, question, existing=existing, account=int(recorded.keys != main_keys))
        for check in alone:
            look_at(check, found.passive[check.name], seen, answer, profile)
    found.passive |= look([check for check in checks if check.scope is Scope.TRAFFIC], found.traffic)
    return found


def _violations(name: str, first: _Reading, last: _Reading, adopted: Mapping[str, str | int]) -> list[Violation]:
    """What a check saw: how the recording answers open questions, and what does not hold under these answers either."""
    if name not in first.passive:
        return []
    kept = [violation for violation in first.passive[name].violations() if violation.fits and violation.fits[0] in adopted]
    return [*kept, *(replace(violation, fits=None) for violation in last.passive[name].violations())]


def _rule_result(rule: Rule, judge: Judge, results: tuple[CheckResult, ...], unexercised: Callable[[str], str | None]) -> RuleResult:
    citing = any(rule.id in result.rules or any(failure.rule == rule.id for failure in result.failures) for result in results)
    if citing or rule.inside is not None:
        return judge.rule_result(rule, results, unexercised)
    reason = "the recording has no exchanges that show it"
    return RuleResult(rule=rule, grade=judge.grade_of(rule), verdict=Verdict.NOT_RUN, reason=reason)


def not_shown(report: Report) -> tuple[list[str], list[tuple[str, list[str]]]]:
    """The rules that the recordings could not show, and the three questions that would show most of them."""
    unseen = [result.rule.id for result in report.rules if _is_unseen(result)]
    return unseen, best_questions(unseen)


def _first_reading(recordings: Recordings, options: JudgeOptions) -> _Known:
    known = _Known(users=dict.fromkeys(options.users))
    for recorded in recordings():
        if not _is_judged(recorded):
            continue
        known.exchanges += 1
        answer = read_leniently(recorded.reply_body) if recorded.is_endpoint and recorded.status == 200 else None
        if answer is None:
            named = limit_named(as_exchange(recorded).received)
            known.limit = named[0] if named and named[1] == 5 else known.limit
        elif answer.entries:
            known.keys[recorded.keys] += 1
            if len(known.users) < _MOST_USERS:
                known.users.update((entry.address, None) for entry in answer.entries)
            dates = [*known.dates, *map(date.fromordinal, answer.dates)]
            known.dates = [min(dates), max(dates)]
    if not known.exchanges:
        raise NothingRecorded(f"{options.source}: no call of the vendor's API is in it that could be judged; record the endpoint's")
    return known


def _is_judged(recorded: Recorded) -> bool:
    """Whether the checks are about it: the endpoint, and what is no call of the vendor's at all. Parts of bodies are not judged."""
    return recorded.path.startswith("/v2/") and recorded.path not in _SIBLINGS and recorded.is_whole


def _result(check: Check, judge: Judge, reading: _Reading, violations: list[Violation]) -> CheckResult:
    if check.scope in PASSIVE:
        why_none = "no reply was seen that it could look at"
        return judge.passive_result(check, reading.passive[check.name], violations, reading.traffic, why_none)
    if check.scope is Scope.CALENDAR:
        reason, verdict = "a recording does not tell the calendar", Verdict.NOT_APPLICABLE
    else:
        reason, verdict = "it takes calls of its own", Verdict.NOT_RUN
    return judge.result(check, (), calls=0, otherwise=verdict, reason=reason)


def _limit_result(check: Check, judge: Judge, window: LimitWindow, found: list[Violation]) -> CheckResult:
    if not window.looked:
        reason = "the recording has no call that was refused for the limit"
        return judge.result(check, (), calls=0, otherwise=Verdict.NOT_RUN, reason=reason)
    # Only what could be seen is told: a recording need not show all rules of the limit.
    shown = replace(check, rules=tuple(rule for rule in check.rules if rule in window.looked))
    facts = [f"{window.looked.get('limit.status', 0)} refusals, {window.looked.get('limit.exceeded', 0)} calls that passed"]
    return judge.result(shown, found, calls=0, facts=facts, otherwise=Verdict.PASSED, reason=None)


def _is_unseen(result: RuleResult) -> bool:
    return result.verdict in (Verdict.NOT_EXERCISED, Verdict.NOT_RUN, Verdict.NOT_APPLICABLE) and result.rule.inside is None


def _plan(options: JudgeOptions, known: _Known, reading: _Reading, adopted: Mapping[str, str | int]) -> Plan:
    first, last = (known.dates[0], known.dates[-1]) if known.dates else (date(1970, 1, 1), date(1970, 1, 1))
    return Plan(
        target=options.source, profile=options.profile.name, seed=0, users=tuple(known.users)[:100], first=first, last=last,
        rate=(1, 1.0), budget=0, allow_burst=False, strict=options.strict, checks=(), left_out=(), calls=0, seconds=0.0,
        notes=_notes(known, reading.memory, reading.repeated, adopted),
    )  # fmt: skip


def _notes(known: _Known, memory: Memory, repeated: Repeated, adopted: Mapping[str, str | int]) -> tuple[str, ...]:
    repeat = f", of which {repeated.count} repeat others" if repeated.count else ""
    left = known.exchanges - repeated.count - len(memory)
    notes = [f"{known.exchanges} recorded exchanges{repeat}; no call was sent"]
    if left:
        notes.append(
            f"the first {left} were looked at one by one, and not compared with others; judge a part of the recording to compare them"
        )
    notes += [
        f"The recording answers {question} with {answer!r}; the rest is judged as if the profile said so."
        for question, answer in adopted.items()
    ]
    return tuple(notes)
