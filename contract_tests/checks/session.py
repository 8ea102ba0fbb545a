"""What a check works with while a run lasts: asking, sending, and the memory of what was answered."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from leadsquared_slots.contract_tests.wire.answer import Answer, read_answer
from leadsquared_slots.contract_tests.wire.exchange import Exchange
from leadsquared_slots.contract_tests.wire.question import Question
from leadsquared_slots.contract_tests.wire.target import Call, Target, TargetRefusesKeys, is_refusal_of_keys
from leadsquared_slots.mock_server.domain.profile import OmittedFlag, OmittedPaging, Profile, Record

from .memory import Memory

MOST_DAYS = 100
"""Most days between FromDate and ToDate (rule request.range-100)."""


class Refused(Exception):
    """The target did not answer a lawful question."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        super().__init__(f"status {exchange.received.status}")


class AllowanceSpent(Exception):
    """The check used up its share of the budget."""


@dataclass(kw_only=True)
class Session:
    """A run in progress, as the checks see it.

    users     addresses that have a user
    calendar  the scenario document that the target has loaded, where the caller named one
    emulator  whether the target is the emulator with an open admin interface
    today     the date in UTC, where the target may go by it; None for an emulator, which cuts no past off
    known     everybody whom the calendar lists, or those whom the caller named
    dates_are_named  whether the caller named the dates
    memory    what was sent and answered until now
    during    the check that sends calls just now
    first_exchange  the reply to the first call, which the page prints
    exploring whether questions are asked to see more, for no check of their own
    account   0 for the run's own account; another number for one that a check opened
    examples  how many examples Hypothesis draws for a check
    sent      what the check that runs now has sent, with the last reply to each call
    repeats   whether the check runs once more under another profile: what it has sent is not sent again
    """

    target: Target
    profile: Profile
    users: tuple[str, ...]
    first: date
    last: date
    seed: int = 0
    examples: int = 1
    calendar: dict[str, Any] | None = None
    emulator: bool = False
    today: date | None = None
    known: tuple[str, ...] = ()
    dates_are_named: bool = False
    memory: Memory = field(default_factory=Memory)
    during: str = ""
    exploring: bool = False
    first_exchange: Exchange | None = None
    account: int = 0
    facts: list[str] = field(default_factory=list)
    allowance: int | None = None
    sent: dict[Call, Exchange] = field(default_factory=dict)
    repeats: bool = False
    _kept: dict[Question, Exchange] = field(default_factory=dict)

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
        if not fresh and (known := self.kept(question)) is not None:
            return known
        exchange, answer = self._send(self.target.ordinary(question.body()), question)
        if answer is None:
            raise Refused(exchange)
        return answer

    def kept(self, question: Question) -> Answer | None:
        """The answer to a question that was asked before; None where it was not, or was refused."""
        exchange = self._kept.get(question)
        return self.read(exchange, question) if exchange else None

    def read(self, exchange: Exchange, question: Question | None) -> Answer | None:
        """The answer in a reply; None where it is an error."""
        existing = frozenset(self.users)
        return read_answer(exchange.received, self.profile, question, existing=existing, exchange=exchange)

    def send(self, call: Call, *, question: Question | None = None, retry: bool = True, throttled: bool = True) -> Exchange:
        """Sends a call and keeps the reply in the memory. `question` is what it asks, where it does."""
        return self._send(call, question, retry=retry, throttled=throttled)[0]

    def _send(self, call: Call, question: Question | None, *, retry: bool = True, throttled: bool = True) -> tuple[Exchange, Answer | None]:
        if self.repeats and (before := self.sent.get(call)) is not None:
            return before, self.read(before, question)
        if self.allowance is not None:
            if self.allowance <= 0:
                raise AllowanceSpent
            self.allowance -= 1
        exchange = self.target.send(call, retry=retry, throttled=throttled)
        ordinary = self.target.ordinary(call.body)
        has_right_keys = (call.header_keys, call.query_keys) == (ordinary.header_keys, ordinary.query_keys)
        if has_right_keys and is_refusal_of_keys(exchange.received) and is_refusal_of_keys(self._probe().received):
            raise TargetRefusesKeys("the target refuses the keys that it accepted before")
        self.remember(exchange, question)
        self.sent[call] = exchange
        answer = self.read(exchange, question)
        if question is not None and answer is not None and call == self.target.ordinary(question.body()):
            self._kept[question] = exchange
        return exchange, answer

    def remember(self, exchange: Exchange, question: Question | None) -> None:
        """Keeps an exchange in the memory of the run."""
        self.memory.add(
            exchange, question, existing=frozenset(self.users), during=self.during, account=self.account,
            profile=self.profile if self.account else None, calendar=self.calendar, exploring=self.exploring, today=self.today,
        )  # fmt: skip

    def on(self, target: Target, users: tuple[str, ...]) -> "Session":
        """The same run on another account of the target, with other users and nothing kept."""
        return Session(
            target=target, profile=self.profile, users=users, first=self.first, last=self.last, seed=self.seed,
            examples=self.examples, memory=self.memory, during=self.during, facts=self.facts, account=len(self.memory) + 1,
        )  # fmt: skip

    def forget(self) -> None:
        """Forgets every answer, so that the next question is asked anew."""
        self._kept.clear()

    def _probe(self) -> Exchange:
        return self.target.send(self.target.ordinary(self.base.body()))
