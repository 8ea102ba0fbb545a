"""Relations between exchanges that happen to be recorded: the same date twice, both flags, pages and the whole, the limit's window.

Nobody can be asked again, and somebody may have booked between two exchanges. So a difference counts only where a booking cannot explain
it: where a later answer takes it back, or where it lies in what no booking changes. Memory is bounded.
"""

from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from leadsquared_slots.contract_tests.checks.answers.wording import show
from leadsquared_slots.contract_tests.checks.registry import Violation
from leadsquared_slots.contract_tests.wire.answer import Answer, Entry, same_address
from leadsquared_slots.contract_tests.wire.exchange import Exchange, error_of, shorten
from leadsquared_slots.contract_tests.wire.question import Question
from leadsquared_slots.contract_tests.wire.refusal_forms import LIMIT_EXCEPTION, is_limit, is_refusal_of_keys, limit_named
from leadsquared_slots.mock_server.domain.profile import Profile, Window

_MOST_ENTRIES, _MOST_QUESTIONS, _MOST_CALLS = 20_000, 2_000, 10_000
_TOGETHER = 60.0
"""Seconds between two answers that are compared for the flag."""
_NEVER_BOOKED = ("UserId", "EmailAddress", "UserTimeZone", "WorkDayTemplateTimeZone", "Breaks")
Key = tuple[str, date, bool]


class _Kept(NamedTuple):
    """The last entry of a user, date and flag, and what it replaced where it differed."""

    entry: Entry
    exchange: Exchange
    question: Question
    before: "_Kept | None" = None


@dataclass(slots=True)
class _Pages:
    """What was seen of one question in pages, and as a whole."""

    whole: Answer | None = None
    size: int = 0
    pages: dict[int, Answer] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Relations:
    """Compares each answer with those before it.

    profile  by which the recording is judged
    limit    calls of the limit, as some refusal of the recording names it; None where none does
    looked   how often each check could compare, for each of its rules
    """

    profile: Profile
    limit: int | None = None
    looked: dict[str, dict[str, int]] = field(default_factory=dict)
    changed: int = 0
    _entries: "OrderedDict[Key, _Kept]" = field(default_factory=OrderedDict)
    _pages: "OrderedDict[Any, _Pages]" = field(default_factory=OrderedDict)
    _calls: dict[tuple[str, ...], deque[tuple[float, float]]] = field(default_factory=dict)

    def look(self, exchange: Exchange, answer: Answer | None, account: tuple[str, ...]) -> Iterator[tuple[str, Violation]]:
        """The violations that an exchange shows together with those before it, each with the name of its check."""
        yield from self._limit(exchange, account)
        if answer is None or answer.question is None or not answer.is_readable:
            return
        for entry in answer.entries:
            yield from self._entry(entry, answer, exchange)
        yield from self._page(answer)

    def _note(self, check: str, *rules: str) -> None:
        counts = self.looked.setdefault(check, {})
        for rule in rules:
            counts[rule] = counts.get(rule, 0) + 1

    def _entry(self, entry: Entry, answer: Answer, exchange: Exchange) -> Iterator[tuple[str, Violation]]:
        question = answer.question
        if question is None:
            return
        user, flag = same_address(entry.address, self.profile), bool(question.include_allowed_conflicts)
        key = (user, entry.day, flag)
        last = self._entries.get(key)
        kept = _Kept(entry, exchange, question, last)
        if last is not None:
            check, rule = _relation(last.question, question)
            self._note(check, rule)
            if last.entry.raw == entry.raw:
                kept = _Kept(entry, exchange, question, last.before)
            else:
                self.changed += 1
                yield from self._changed(check, rule, entry, last, exchange)
                kept = _Kept(entry, exchange, question, last._replace(before=None))
        self._entries[key] = kept
        self._entries.move_to_end(key)
        if len(self._entries) > _MOST_ENTRIES:
            self._entries.popitem(last=False)
        other = self._entries.get((user, entry.day, not flag))
        if other is not None and abs(other.exchange.at - exchange.at) <= _TOGETHER:
            yield from self._flags(*((kept, other) if not flag else (other, kept)))

    def _changed(self, check: str, rule: str, entry: Entry, last: _Kept, exchange: Exchange) -> Iterator[tuple[str, Violation]]:
        where = f"{entry.address} under {entry.day}"
        fixed = [name for name in _NEVER_BOOKED if name in entry.raw and entry.raw[name] != last.entry.raw.get(name)]
        if fixed:
            name = fixed[0]
            received = f"{where}: {name} {shorten(str(last.entry.raw.get(name)))}, then {shorten(str(entry.raw[name]))}"
            yield check, _violation(rule, "Two answers differ in what no booking changes", received, last.exchange, exchange)
        elif last.before is not None and last.before.entry.raw == entry.raw:
            names = ", ".join(name for name in entry.raw if entry.raw[name] != last.entry.raw.get(name))
            received = f"{where}: {names} differ, and a third answer is like the first"
            title = "An answer differs from one before and one after it, which are alike"
            yield check, _violation(rule, title, received, last.before.exchange, last.exchange, exchange)

    def _flags(self, false: _Kept, true: _Kept) -> Iterator[tuple[str, Violation]]:
        where, exchanges = f"{false.entry.address} under {false.entry.day}", (false.exchange, true.exchange)
        one, other = false.entry.raw, true.entry.raw
        self._note("flag-changes-nothing-but-slots", "busy.whatever-flag")
        for name in _NEVER_BOOKED:
            if one.get(name) != other.get(name):
                received = f"{where}: {name} {shorten(str(one.get(name)))} with false, {shorten(str(other.get(name)))} with true"
                violation = _violation("busy.whatever-flag", "The flag changes more than AvailableSlots", received, *exchanges)
                yield "flag-changes-nothing-but-slots", violation
                return
        if false.entry.busy != true.entry.busy or false.entry.reason != true.entry.reason:
            return
        self._note("flag-true-gives-at-least-as-much", "slots.flag-superset")
        for slot in false.entry.slots or ():
            if not any(wide.start <= slot.start and slot.end <= wide.end for wide in true.entry.slots or ()):
                received = f"{where}: {show([slot])} with false, {show(true.entry.slots or ())} with true"
                violation = _violation("slots.flag-superset", "The flag true takes availability away", received, *exchanges)
                yield "flag-true-gives-at-least-as-much", violation
                return

    def _page(self, answer: Answer) -> Iterator[tuple[str, Violation]]:
        question = answer.question
        if question is None:
            return
        key = question.with_(page=None, include_allowed_conflicts=bool(question.include_allowed_conflicts))
        seen = self._pages.setdefault(key, _Pages())
        if len(self._pages) > _MOST_QUESTIONS:
            self._pages.popitem(last=False)
        others = [each for each in (seen.whole, *seen.pages.values()) if each is not None and each.question != question]
        for other in others[:1]:
            self._note("pages-join", "answer.record-count")
            if other.record_count != answer.record_count:
                received = f"{other.record_count} and {answer.record_count} for one question with and without pages, or on two"
                yield "pages-join", _violation("answer.record-count", "RecordCount depends on the page", received, *_shown(other, answer))
        if question.page is None:
            seen.whole = answer
        else:
            if question.page[1] != seen.size:
                seen.pages, seen.size = {}, question.page[1]
            seen.pages[question.page[0]] = answer
            yield from self._joined(seen)

    def _joined(self, seen: _Pages) -> Iterator[tuple[str, Violation]]:
        """Whether pages that are all there hold each record of the whole once."""
        total = next(iter(seen.pages.values())).record_count or 0
        if seen.whole is None or not total or not all(index in seen.pages for index in range(1, -(-total // seen.size) + 1)):
            return
        self._note("pages-join", "answer.pages-join")
        listed = [(entry.day, entry.address) for index in sorted(seen.pages) for entry in seen.pages[index].entries]
        expected = [(entry.day, entry.address) for entry in seen.whole.entries]
        if sorted(listed) != sorted(expected):
            received = f"{len(listed)} entries on {len(seen.pages)} pages, {len(expected)} without paging, or not the same ones"
            yield "pages-join", _violation("answer.pages-join", "The pages do not join to the whole", received, *_shown(seen.whole))

    def _limit(self, exchange: Exchange, account: tuple[str, ...]) -> Iterator[tuple[str, Violation]]:
        """No more calls than the limit in a window, by the time stamps of the recording; and how a refusal for it looks."""
        received = exchange.received
        if is_limit(received):
            self._note("limit-of-calls", "limit.status", "limit.type", "limit.message")
            for violation in _refusal(exchange, self.profile):
                yield "limit-of-calls", violation
            return
        if is_refusal_of_keys(received) or self.limit is None or exchange.until <= exchange.at:
            return
        calls = self._calls.setdefault(account, deque(maxlen=_MOST_CALLS))
        calls.append((exchange.at, exchange.until))
        while calls and calls[0][0] < exchange.until - 5.0:
            calls.popleft()
        most = self.limit if self.profile.window is Window.SLIDING else 2 * self.limit
        self._note("limit-of-calls", "limit.exceeded")
        if len(calls) > most:
            text = f"{len(calls)} calls passed in {exchange.until - calls[0][0]:.2f} s; the message names {self.limit} in 5"
            yield "limit-of-calls", _violation("limit.exceeded", "More calls pass than the limit allows", text, exchange)
            calls.clear()


def _relation(one: Question, two: Question) -> tuple[str, str]:
    """The check and the rule by which two questions have to say the same of a date and a user."""
    if one == two:
        return "asked-twice", "answer.repeatable"
    if (one.first, one.last) != (two.first, two.last):
        return "wider-range-contains-narrower", "answer.wider-range"
    if one.page != two.page:
        return "pages-join", "answer.pages-join"
    if sorted(one.users) == sorted(two.users):
        return "order-of-users-changes-nothing-else", "answer.other-users"
    return "another-user-changes-nothing", "answer.other-users"


def _refusal(exchange: Exchange, profile: Profile) -> Iterator[Violation]:
    status, expected = exchange.received.status, int(profile.rate_limit_status)
    error = error_of(exchange.received) or {}
    if status != expected:
        title, documented = "A call over the limit has another status", f"Status {expected}: the profile says so."
        yield _violation("limit.status", title, f"status {status}", exchange, documented=documented)
    if error and error.get("ExceptionType") != LIMIT_EXCEPTION:
        received = f"ExceptionType {error.get('ExceptionType')!r}"
        yield _violation("limit.type", "A call over the limit is refused with another exception", received, exchange)
    if error and limit_named(exchange.received) is None:
        received = shorten(str(error.get("ExceptionMessage")))
        yield _violation("limit.message", "The message does not name the limit and the window", received, exchange)


def _shown(*answers: Answer) -> list[Exchange]:
    return [answer.exchange for answer in answers if answer.exchange is not None]


def _violation(rule: str, title: str, received: str, *exchanges: Exchange, documented: str = "") -> Violation:
    return Violation(rule=rule, title=title, received=received, documented=documented, exchanges=exchanges)
