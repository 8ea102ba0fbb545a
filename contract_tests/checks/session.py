"""What a check works with while a run lasts: asking, sending, and the eyes that look at every reply."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from leadsquared_slots.contract_tests.wire.answer import Answer, read_answer
from leadsquared_slots.contract_tests.wire.exchange import ENDPOINT, Exchange, error_of
from leadsquared_slots.contract_tests.wire.question import Question
from leadsquared_slots.contract_tests.wire.target import Call, Target, TargetRefusesKeys, is_refusal_of_keys
from leadsquared_slots.mock_server.domain.profile import OmittedFlag, OmittedPaging, Profile, Record

from .registry import Check, NotApplicable, Violation

MOST_DAYS = 100
"""Most days between FromDate and ToDate (rule request.range-100)."""


class Refused(Exception):
    """The target did not answer a lawful question."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        super().__init__(f"status {exchange.received.status}")


class AllowanceSpent(Exception):
    """The check used up its share of the budget."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A reply of the target with the profile that it is judged by. `is_endpoint` is false on other paths and methods."""

    exchange: Exchange
    profile: Profile

    @property
    def is_endpoint(self) -> bool:
        """Whether it answers a POST to the endpoint."""
        sent = self.exchange.sent
        return sent.method == "POST" and sent.url.endswith(ENDPOINT)


class Observation(NamedTuple):
    """A violation that a check saw in a reply; of two the one of smaller size is kept."""

    size: tuple[int, ...]
    violation: Violation
    question: Question | None


@dataclass(kw_only=True)
class PassiveChecks:
    """The checks that look at every reply, and what they saw; of several violations of a rule the smallest is kept.

    An answer that lists nobody gives a check nothing to look at, so it does not count in `looked`.
    `during` is the check that sends calls just now.
    """

    on_reply: tuple[Check, ...] = ()
    on_answer: tuple[Check, ...] = ()
    on_refusal: tuple[Check, ...] = ()
    looked: dict[str, int] = field(default_factory=dict)
    not_applicable: dict[str, str] = field(default_factory=dict)
    seen: dict[str, dict[str, Observation]] = field(default_factory=dict)
    during: str = ""

    def look(self, exchange: Exchange, profile: Profile, answer: Answer | None) -> None:
        """Shows a reply to the checks that are for its kind."""
        reply = Reply(exchange=exchange, profile=profile)
        for check in self.on_reply:
            self._note(check, check.run(reply), exchange, None)
        if answer is not None:
            for check in self.on_answer:
                self._note(check, check.run(answer), exchange, answer.question, looked=bool(answer.entries))
        elif error_of(exchange.received) is not None or exchange.received.status >= 400:
            for check in self.on_refusal:
                self._note(check, check.run(reply), exchange, None)

    def _note(
        self,
        check: Check,
        violations: Iterable[Violation],
        exchange: Exchange,
        question: Question | None,
        *,
        looked: bool = True,
    ) -> None:
        size = (*question.size, len(exchange.received.body)) if question else (0, 0, 0, len(exchange.received.body))
        kept = self.seen.setdefault(check.name, {})
        try:
            for violation in violations:
                before = kept.get(violation.rule)
                if before is None or size < before.size:
                    during = before.violation.during if before else self.during
                    kept[violation.rule] = Observation(size, replace(violation, exchanges=(exchange,), during=during), question)
        except NotApplicable as why:
            self.not_applicable[check.name] = str(why)
            return
        if looked:
            self.looked[check.name] = self.looked.get(check.name, 0) + 1


@dataclass(kw_only=True)
class Session:
    """A run in progress, as the checks see it.

    users     addresses that have a user
    calendar  the scenario document that the target has loaded, where the caller named one
    emulator  whether the target is the emulator with an open admin interface
    examples  how many examples Hypothesis draws for a check
    """

    target: Target
    profile: Profile
    users: tuple[str, ...]
    first: date
    last: date
    seed: int = 0
    examples: int = 4
    calendar: dict[str, Any] | None = None
    emulator: bool = False
    eyes: PassiveChecks = field(default_factory=PassiveChecks)
    facts: list[str] = field(default_factory=list)
    allowance: int | None = None
    _kept: dict[Question, Answer] = field(default_factory=dict)

    @property
    def base(self) -> Question:
        """The plainest lawful question: one user, one date, nothing left out that the profile wants."""
        return self.lawful(Question(first=self.first, last=self.first, users=self.users[:1]))

    def lawful(self, question: Question) -> Question:
        """The question with what the profile does not allow to be left out, and with no more users than it allows."""
        question = question.with_(users=question.users[: self.profile.most_users])
        if question.include_allowed_conflicts is None and self.profile.omitted_flag is OmittedFlag.REFUSED:
            question = question.with_(include_allowed_conflicts=False)
        if question.page is None and self.profile.omitted_paging is OmittedPaging.REFUSED:
            question = self._on_one_page(question).with_(page=(1, self.profile.largest_page))
        return question

    def _on_one_page(self, question: Question) -> Question:
        """The question with so few dates and users that one page holds the answer, with room for another user."""
        largest = self.profile.largest_page
        users = question.users[: max(largest - 1, 1)]
        days = len(question.dates)
        if self.profile.record is Record.USER_AND_DATE:
            days = min(days, max(largest // (len(users) + 1), 1))
        return question.with_(users=users, last=question.first + timedelta(days=days - 1))

    def broad(self) -> Question:
        """The widest question of this run: every user and every date, as far as one request may ask."""
        last = min(self.last, self.first + timedelta(days=MOST_DAYS))
        return self.lawful(Question(first=self.first, last=last, users=self.users))

    def ask(self, question: Question, *, fresh: bool = False) -> Answer:
        """The answer to a question; one that was answered before is not asked again unless `fresh`.

        Raises Refused when the target does not answer, TargetRefusesKeys, and AllowanceSpent.
        """
        if not fresh and question in self._kept:
            return self._kept[question]
        exchange, answer = self._send(self.target.ordinary(question.body()), question)
        if answer is None:
            raise Refused(exchange)
        self._kept[question] = answer
        return answer

    def kept(self, question: Question) -> Answer | None:
        """The answer to a question that was asked before; None where it was not, or was refused."""
        return self._kept.get(question)

    def read(self, exchange: Exchange, question: Question | None) -> Answer | None:
        """The answer in a reply; None where it is an error."""
        existing = frozenset(self.users)
        return read_answer(exchange.received, self.profile, question, existing=existing, exchange=exchange)

    def send(self, call: Call, *, question: Question | None = None, retry: bool = True, throttled: bool = True) -> Exchange:
        """Sends a call and shows the reply to the checks that look at every one. `question` is what it asks, where it does."""
        return self._send(call, question, retry=retry, throttled=throttled)[0]

    def _send(self, call: Call, question: Question | None, *, retry: bool = True, throttled: bool = True) -> tuple[Exchange, Answer | None]:
        if self.allowance is not None:
            if self.allowance <= 0:
                raise AllowanceSpent
            self.allowance -= 1
        exchange = self.target.send(call, retry=retry, throttled=throttled)
        ordinary = self.target.ordinary(call.body)
        has_right_keys = (call.header_keys, call.query_keys) == (ordinary.header_keys, ordinary.query_keys)
        if has_right_keys and is_refusal_of_keys(exchange.received) and is_refusal_of_keys(self._probe().received):
            raise TargetRefusesKeys("the target refuses the keys that it accepted before")
        answer = self.read(exchange, question)
        self.eyes.look(exchange, self.profile, answer)
        return exchange, answer

    def on(self, target: Target, users: tuple[str, ...]) -> "Session":
        """The same run on another account of the target, with other users and nothing kept."""
        return Session(
            target=target, profile=self.profile, users=users, first=self.first, last=self.last, seed=self.seed,
            examples=self.examples, eyes=self.eyes, facts=self.facts,
        )  # fmt: skip

    def forget(self) -> None:
        """Forgets every answer, so that the next question is asked anew."""
        self._kept.clear()

    def _probe(self) -> Exchange:
        return self.target.send(self.target.ordinary(self.base.body()))
