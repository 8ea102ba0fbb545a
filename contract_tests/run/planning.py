"""What a run will do: who is asked for, on which dates, by which checks, within which budget."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from math import ceil
from typing import Any

from leadsquared_slots.contract_tests.checks.registry import Check, Scope, registry
from leadsquared_slots.contract_tests.checks.session import MOST_DAYS, Session
from leadsquared_slots.contract_tests.wire.question import Question
from leadsquared_slots.contract_tests.wire.target import Target, TargetUnreachable
from leadsquared_slots.mock_server.contract.documents import ledger
from leadsquared_slots.mock_server.domain.errors import suggestion
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED, Profile

from .results import LeftOut, Plan, PlannedCheck, Verdict

EMULATOR_USERS = (
    "two-shifts.kit@example.com", "midnight.kit@example.com", "other-zone.kit@example.com", "leave.kit@example.com",
    "no-template.kit@example.com", "fully-booked.kit@example.com", "free.kit@example.com", "someone.kit@example.com",
)  # fmt: skip
"""Generated users that the emulator's open directory knows, each in another state."""
CHECK_OF_LIMIT = "limit-of-calls"
SAMPLE_DATES = date(2018, 8, 25), date(2018, 9, 25)
"""The dates of the request that the vendor's page prints."""
_MOST_USERS = 8
_DAYS = 28
EXPLORING_CALLS = 12
"""Most calls of the questions that are asked for passive checks: so many that are decisive, and so many that exercise what is left."""
_CALENDAR_CALLS = 8
_BEGUN_NOWHERE = 2
"""Days from today in UTC to a date that no zone has reached."""
_USUAL_RATE = (25, 5.0)


class UsageError(ValueError):
    """The run cannot begin as it was asked for; the text says what to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a run is wanted.

    users             addresses that have a user; empty: the emulator's, where the target is one
    first, last       dates that are asked for, both included; None: four weeks from today on, which is the emulator's, or from
                      the day after tomorrow on: of another server's today the past may be cut off
    profile           the answers by which the target is judged
    profile_argument  how the profile is named on the command line; empty: by its name
    budget            most API calls that are sent
    max_examples      examples that Hypothesis draws for each law of several requests
    allow_burst       whether the checks may run that exhaust the rate limit
    strict            whether a broken rule that is not documented fails the run
    only, skip        ids of rules and names of checks
    scenario          the scenario document that the target has loaded
    scenario_argument how the scenario is named on the command line
    """

    users: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    profile: Profile = DOCUMENTED
    profile_argument: str = ""
    seed: int = 0
    budget: int = 600
    max_examples: int = 1
    allow_burst: bool = False
    strict: bool = False
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    scenario: Mapping[str, Any] | None = field(default=None, repr=False)
    scenario_argument: str = ""


def open_session(target: Target, options: Options) -> Session:
    """The session of a run, with its users and dates. Sends no API call. Raises UsageError and TargetUnreachable."""
    status, health = target.admin("GET", "/health")
    emulator = status == 200 and isinstance(health, dict) and health.get("status") == "healthy"
    admin_status, clock = target.admin("GET", "/clock") if emulator else (0, None)
    first, last = _dates(options, clock)
    session = Session(
        target=target,
        profile=options.profile,
        users=_users(target, options, emulator, status)[: options.profile.most_users],
        first=first,
        last=last,
        seed=options.seed,
        examples=options.max_examples,
        calendar=dict(options.scenario) if options.scenario else None,
        emulator=admin_status == 200,
        today=None if emulator else datetime.now(UTC).date(),
        known=options.users or tuple(str(user["email"]) for user in (options.scenario or {}).get("user", ())),
        dates_are_named=options.first is not None or options.last is not None,
    )
    if isinstance(clock, dict) and clock.get("frozen"):
        target.keep_clock_going(clock["now"])
    return session


def sample_question(session: Session) -> Question:
    """The request that the vendor's page prints, with addresses of the run."""
    users = session.users[: min(2, session.profile.most_users)]
    return Question(first=SAMPLE_DATES[0], last=SAMPLE_DATES[1], users=users, page=(1, min(100, session.profile.largest_page)))


def choose(options: Options) -> tuple[tuple[Check, ...], frozenset[str]]:
    """The checks that --only and --skip leave, and the rules that they look at. Raises UsageError for an unknown name."""
    checks = registry()
    for name in (*options.only, *options.skip):
        if name not in checks and name not in ledger():
            hint = suggestion(name, [*ledger(), *checks], "see lsq-contract rules")
            raise UsageError(f"unknown rule or check {name!r}; {hint}")
    wanted = {check.name for check in checks.values() if not options.only or _is_named(check, options.only)}
    chosen = set(ledger()) if not options.only else {name for name in options.only if name in ledger()}
    for name in options.only:
        chosen |= set(checks[name].rules) if name in checks else set()
    chosen -= set(options.skip)
    left = {name: check for name, check in checks.items() if name in wanted and name not in options.skip and chosen & set(check.rules)}
    if CHECK_OF_LIMIT not in options.skip and any(check.scope is Scope.BURST for check in left.values()):
        # The other checks of the limit take its number from this one's refusals.
        left[CHECK_OF_LIMIT] = checks[CHECK_OF_LIMIT]
    return tuple(check for name, check in checks.items() if name in left), frozenset(chosen)


def make_plan(session: Session, options: Options, checks: Iterable[Check], notes: tuple[str, ...] = ()) -> Plan:
    """Which checks fit the budget, the target and the permission, and what they will cost."""
    planned: list[PlannedCheck] = []
    left_out: list[LeftOut] = []
    # The probe, the questions for passive checks, and the first question again at the end.
    calls, checks = min(3 + exploring_calls(session), max(options.budget // 3, 1)), list(checks)
    for check in checks:
        cost = calls_of(check, session)
        why = _hindrance(check, session, options)
        if why is None and calls + cost > options.budget:
            why = Verdict.NOT_RUN, f"the budget of {options.budget} calls does not reach so far"
        if why is not None:
            left_out.append(LeftOut(name=check.name, title=check.title, verdict=why[0], reason=why[1]))
            continue
        calls += cost
        planned.append(PlannedCheck(name=check.name, title=check.title, calls=cost))
    throttle = session.target.throttle
    return Plan(
        target="in process" if session.target.in_process else session.target.base_url,
        profile=options.profile.name,
        seed=options.seed,
        users=session.users,
        first=session.first,
        last=session.last,
        rate=(throttle.number, throttle.seconds),
        budget=options.budget,
        allow_burst=options.allow_burst,
        strict=options.strict,
        checks=tuple(planned),
        left_out=tuple(left_out),
        calls=calls,
        seconds=(calls - 1) // throttle.number * throttle.seconds,
        notes=notes,
    )


def arguments(options: Options, plan: Plan) -> tuple[str, ...]:
    """The words of a command line that asks and judges as this run does, and sends no more and no faster."""
    usual = Options()
    words = ["--profile", options.profile_argument or options.profile.name]
    words += ["--strict"] if options.strict else []
    words += ["--scenario", options.scenario_argument] if options.scenario_argument else []
    words += ["--max-examples", str(options.max_examples)] if options.max_examples != usual.max_examples else []
    words += ["--budget", str(options.budget)] if options.budget != usual.budget else []
    calls, seconds = plan.rate
    words += ["--rate", f"{calls}/{ceil(seconds)}s"] if plan.rate != _USUAL_RATE else []
    return tuple(words)


def calls_of(check: Check, session: Session) -> int:
    """About how many calls a check sends in this run."""
    if check.scope is Scope.QUESTIONS:
        return check.calls * session.examples
    return check.calls


def exploring_calls(session: Session) -> int:
    """Calls of the look around, which shows answers to the checks of one answer, and of those about a known calendar."""
    return 2 * EXPLORING_CALLS + session.examples + (calendar_calls(session) if session.calendar else 0)


def calendar_calls(session: Session) -> int:
    """Most calls about the dates of a known calendar."""
    return _CALENDAR_CALLS * (1 + session.examples)


def _hindrance(check: Check, session: Session, options: Options) -> tuple[Verdict, str] | None:
    if check.scope is Scope.BURST and not options.allow_burst:
        return Verdict.NOT_RUN, "it exhausts the rate limit; permit it with --allow-burst"
    if check.scope is Scope.CALENDAR and not session.emulator:
        return Verdict.NOT_APPLICABLE, "the target is not the emulator with an open admin interface"
    return None


def _is_named(check: Check, names: tuple[str, ...]) -> bool:
    return check.name in names or any(rule in names for rule in check.rules)


def _users(target: Target, options: Options, emulator: bool, status: int) -> tuple[str, ...]:
    if options.users:
        return tuple(dict.fromkeys(options.users))
    if options.scenario and options.scenario.get("user"):
        return tuple(str(user["email"]) for user in options.scenario["user"])[:_MOST_USERS]
    if status == 0:
        raise TargetUnreachable(f"{target.base_url} does not answer")
    if not emulator:
        raise UsageError("the target is not the emulator, so name users that exist there: --user ADDRESS, once or more")
    status, listed = target.admin("GET", "/users")
    known = [str(user["email"]) for user in listed["users"]] if status == 200 else []
    return tuple(known[:_MOST_USERS]) or EMULATOR_USERS


def _dates(options: Options, clock: Any) -> tuple[date, date]:
    """The dates asked for: by the emulator's clock from today on; elsewhere from the first date that has begun nowhere."""
    is_known = isinstance(clock, dict) and "now" in clock
    today = date.fromisoformat(clock["now"][:10]) if is_known else datetime.now(UTC).date() + timedelta(days=_BEGUN_NOWHERE)
    first = options.first or options.last or today
    last = options.last or first + timedelta(days=_DAYS - 1)
    if first > last:
        raise UsageError(f"--from {first} is after --to {last}; swap them")
    return first, min(last, first + timedelta(days=MOST_DAYS))
