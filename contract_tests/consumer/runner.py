"""A run: each situation on an account of its own, some at once, one start of the driver each; then the verdicts."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import Event
from typing import Any

from leadsquared_slots.contract_tests.emulator.account import Account, Admin, AdminError
from leadsquared_slots.contract_tests.run.results import Verdict
from leadsquared_slots.contract_tests.wire.redaction import Redactor
from leadsquared_slots.mock_server.conduct import CONDUCT_RULES
from leadsquared_slots.mock_server.contract.documents import ledger
from leadsquared_slots.mock_server.domain.errors import suggestion
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED, Profile

from .driver import Ran, run_driver
from .judging import Judgement
from .opened import Opened, open_situation, page_size_of
from .report import ConsumerReport, ExamplesResult, Progress, RuleResult, SituationResult, Step
from .results import BadResults, find_results
from .situations import Given, Situation, situations

_MOST_LINES = 20
_MOST_STEPS = 40
_LONGEST_FIRST = ("limited-always", "burst", "slow", "limited", "limited-403", "limited-200", "reset-always", "many-users")
"""Situations in which a careful caller waits: begun first, a run is over sooner."""


class BadUsage(ValueError):
    """A run that cannot begin as it was asked for; the text says what to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a run is wanted.

    command     the driver with its arguments
    url         a running emulator; None starts one
    token       of its admin interface, where it has one
    only, skip  ids of situations and of conduct rules
    timeout     seconds that one start of the driver may take
    jobs        situations at once
    examples    generated calendars to ask about beyond the situations
    """

    command: tuple[str, ...]
    url: str | None = None
    token: str | None = None
    profile: Profile = DOCUMENTED
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    timeout: float = 60.0
    jobs: int = 4
    examples: int = 0
    seed: int = 0
    over: Event = field(default_factory=Event, repr=False, compare=False)
    """Set when the run is interrupted: drivers that still run are ended."""
    chosen: frozenset[str] = field(init=False)
    rules: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        known = [*situations(), *CONDUCT_RULES]
        for name in (*self.only, *self.skip):
            if name not in known:
                hint = suggestion(name, known, "`--list` shows them")
                raise BadUsage(f"{name!r} is neither a situation nor a conduct rule; {hint}")
        object.__setattr__(self, "chosen", _chosen(situations(), self.only, self.skip))
        object.__setattr__(self, "rules", _chosen(CONDUCT_RULES, self.only, self.skip))

    @property
    def judges_results(self) -> bool:
        """Whether results count; who asks for conduct rules alone wants the situations for their calls only."""
        return not self.only or any(name in situations() for name in self.only)


def _chosen(known: Iterator[str] | Sequence[str] | Mapping[str, Any], only: Sequence[str], skip: Sequence[str]) -> frozenset[str]:
    named = [name for name in only if name in known]
    return frozenset(name for name in (named or known) if name not in skip)


def run_consumer(options: Options, progress: Progress | None = None) -> ConsumerReport:
    """Judge the application behind a driver; Ctrl-C ends it with what is known by then.

    Raises BadUsage, CannotStart, and AdminError where no emulator answers.
    """
    began, started = time.monotonic(), datetime.now(UTC)
    with _emulator(options) as base_url:
        admin = Admin(base_url, options.token)
        admin.confirm()
        results = _run_all(admin, options, progress)
        examples = _run_examples(admin, options, progress) if options.examples and not options.over.is_set() else None
    return ConsumerReport(
        command=" ".join(options.command),
        target=base_url if options.url else "an emulator of its own",
        profile=options.profile.name,
        seed=options.seed,
        started=started,
        seconds=time.monotonic() - began,
        situations=tuple(results),
        rules=tuple(_rules(results, options)),
        examples=examples,
        interrupted=options.over.is_set(),
    )


@contextmanager
def _emulator(options: Options) -> Iterator[str]:
    if options.url is not None:
        with nullcontext():
            yield options.url.rstrip("/")
        return
    from leadsquared_slots.mock_server import MockServer

    with MockServer(seed=options.seed) as server:
        yield server.base_url


def _run_examples(admin: Admin, options: Options, progress: Progress | None) -> ExamplesResult:
    from .generated import run_examples

    return run_examples(admin, options, progress)


def _run_all(admin: Admin, options: Options, progress: Progress | None) -> list[SituationResult]:
    """Every situation, in the order in which they are told, whichever ended first."""
    order = sorted(options.chosen, key=lambda name: (_LONGEST_FIRST.index(name) if name in _LONGEST_FIRST else len(_LONGEST_FIRST), name))
    found: dict[str, SituationResult] = {}
    if progress:
        progress.started(len(order))
    with ThreadPoolExecutor(max_workers=options.jobs) as pool:
        futures = [pool.submit(run_situation, admin, situations()[name], options) for name in order]
        try:
            for future in as_completed(futures):
                result = future.result()
                found[result.situation.id] = result
                if progress:
                    progress.finished(result)
        except KeyboardInterrupt:
            options.over.set()
        finally:
            for future in futures:
                future.cancel()
    return [found.get(name) or _not_run(situation, options) for name, situation in situations().items()]


def _not_run(situation: Situation, options: Options) -> SituationResult:
    reason = "the run was interrupted" if situation.id in options.chosen else "not chosen"
    return SituationResult(situation=situation, verdict=Verdict.NOT_RUN, reason=reason)


def run_situation(admin: Admin, situation: Situation, options: Options) -> SituationResult:
    """One situation on a fresh account, which is deleted afterwards."""
    with fresh_account(admin) as account:
        given, profile = Given(timeout=options.timeout), options.profile.answers()
        if situation.needs_pages:
            opened = open_situation(account, situation, given, profile, alone=True)
            ran = _start(account, opened, options)
            if ran.problem is not None:
                return _result(account, opened, ran, options)
            given = replace(given, page_size=page_size_of(account))
        opened = open_situation(account, situation, given, profile)
        return _result(account, opened, _start(account, opened, options), options)


@contextmanager
def fresh_account(admin: Admin) -> Iterator[Account]:
    """An account that is deleted in the end."""
    account = Account.open(admin)
    try:
        yield account
    finally:
        with suppress(AdminError):
            account.close()


def _start(account: Account, opened: Opened, options: Options) -> Ran:
    return start_driver(account, options.command, opened.situation.id, opened.line(), options.timeout, options.over)


def start_driver(account: Account, command: Sequence[str], situation: str, line: str, timeout: float, over: Event) -> Ran:
    """Start the driver for an account."""
    extra = {
        "LSQ_BASE_URL": account.base_url,
        "LSQ_ACCESS_KEY": account.access_key,
        "LSQ_SECRET_KEY": account.secret_key,
        "LSQ_SITUATION": situation,
    }
    return run_driver(command, line, extra, timeout, over)


def _result(account: Account, opened: Opened, ran: Ran, options: Options) -> SituationResult:
    judgement = judge_run(ran, opened.judge)
    conduct = account.conduct()
    findings = tuple(finding for finding in conduct["findings"] if finding["rule"] in options.rules)
    is_judged = options.judges_results
    is_broken = (not judgement.holds and is_judged) or any(not finding["advice"] for finding in findings)
    redact = Redactor([account.access_key, account.secret_key])
    result = SituationResult(
        situation=opened.situation,
        verdict=Verdict.FAILED if is_broken else Verdict.PASSED if is_judged else Verdict.NOT_RUN,
        reason=None if is_judged else "started for its calls; only conduct is judged",
        problem=judgement.problem if is_judged else None,
        said=judgement.said,
        right=judgement.right,
        cause=judgement.cause,
        timeline=tuple(_timeline(account.requests)),
        findings=findings,
        conduct={rule["id"]: rule["verdict"] for rule in conduct["rules"]},
        rests_on=opened.rests_on,
        output=tuple(_output(ran)) if is_broken else (),
        seconds=ran.seconds,
    )
    return replace(
        result,
        problem=result.problem and redact(result.problem),
        said=redact.value(result.said),
        output=redact.value(result.output),
    )


def judge_run(ran: Ran, judge: Callable[[Sequence[Any]], Judgement]) -> Judgement:
    """The judgement of one start of a driver: of its results, or that it crashed."""
    if ran.problem is not None:
        return Judgement(problem=f"the application crashed: {ran.problem}")
    try:
        return judge(find_results(ran.lines))
    except BadResults as error:
        return Judgement(problem=f"the application crashed: {error}")


def _output(ran: Ran) -> Iterator[str]:
    lines = [line[:500] for line in ran.lines if '"results"' not in line and line.strip()]
    errors = [line[:500] for line in ran.errors.splitlines() if line.strip()]
    yield from lines[-_MOST_LINES:]
    yield from errors[-_MOST_LINES:]


def _timeline(entries: Sequence[Mapping[str, Any]]) -> Iterator[Step]:
    if not entries:
        return
    first = _instant(entries[0])
    shown = entries if len(entries) <= _MOST_STEPS else entries[:_MOST_STEPS]
    for entry in shown:
        yield Step(at=round(_instant(entry) - first, 3), asked=entry["asked"], came=entry["came"])
    if len(entries) > len(shown):
        left = len(entries) - len(shown)
        yield Step(at=round(_instant(entries[-1]) - first, 3), asked=f"and {left} more calls", came=entries[-1]["came"])


def _instant(entry: Mapping[str, Any]) -> float:
    return datetime.fromisoformat(entry["arrivedAt"]).timestamp()


def _rules(results: Sequence[SituationResult], options: Options) -> Iterator[RuleResult]:
    for name in CONDUCT_RULES:
        findings = tuple((result.situation.id, finding) for result in results for finding in result.findings if finding["rule"] == name)
        seen = {result.conduct[name] for result in results if result.conduct is not None}
        if name not in options.rules:
            verdict = Verdict.NOT_RUN
        elif any(not finding["advice"] for _, finding in findings):
            verdict = Verdict.FAILED
        elif findings:
            verdict = Verdict.FINDING
        else:
            verdict = Verdict.PASSED if seen & {"passed", "finding"} else Verdict.NOT_EXERCISED
        yield RuleResult(rule=ledger()[name], verdict=verdict, findings=findings)
