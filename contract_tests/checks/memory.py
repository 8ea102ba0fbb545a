"""The memory of a run: every exchange with what is known about it, and who stands in which answer on which date.

Passive checks, relations and the oracle all look at this one record, after the last call and under the profile that then holds. It knows
no session, so that a recording can be judged as a run is. There somebody may have booked between any two exchanges, and nobody can be
asked again: what a booking explains is not compared.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import groupby, islice
from typing import Any, NamedTuple

from leadsquared_slots.contract_tests.wire.answer import Answer, Entry, Span, read_answer, same_address
from leadsquared_slots.contract_tests.wire.exchange import ENDPOINT, Exchange, error_of
from leadsquared_slots.contract_tests.wire.question import Question
from leadsquared_slots.mock_server.domain.profile import Profile

MOST_BYTES = 256 << 20
"""Bytes of bodies that a memory keeps; the oldest exchanges go first."""
TOGETHER = 60.0
"""Seconds between answers of a recording that are compared; later somebody may have changed a template, or booked and cancelled."""
NEVER_BOOKED = ("UserId", "EmailAddress", "UserTimeZone", "WorkDayTemplateTimeZone", "Breaks")
"""Members of an entry that no booking changes."""
_OVERHEAD = 2_000
_LOOKED_AHEAD = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One exchange of a run.

    number    its place in the run, from 1
    question  what it asks; None where that is no lawful question, or not known
    existing  addresses that are known to have a user
    during    the check that sent it
    account   0 for the account of the run; other numbers for accounts that a check opened
    profile   the profile of such an account; None: that of the run
    calendar  the scenario document that the account has, where it is known
    exploring whether the run asks it to see more, so that a refusal of it belongs to no other check
    today     the date of the call in UTC, where the target may go by its own clock; else None
    """

    number: int
    exchange: Exchange
    question: Question | None
    existing: frozenset[str] = frozenset()
    during: str = ""
    account: int = 0
    profile: Profile | None = None
    calendar: Mapping[str, Any] | None = field(default=None, repr=False)
    exploring: bool = False
    today: date | None = None

    @property
    def is_endpoint(self) -> bool:
        """Whether it is a POST to the endpoint."""
        return self.exchange.sent.method == "POST" and self.exchange.sent.url.endswith(ENDPOINT)

    @property
    def is_refusal(self) -> bool:
        """Whether the reply is an error, whatever its status."""
        return error_of(self.exchange.received) is not None or self.exchange.received.status >= 400


class Sample(NamedTuple):
    """An entry in the answer in which it was seen."""

    entry: Entry
    answer: Answer
    seen: Seen

    @property
    def question(self) -> Question | None:
        """What was asked."""
        return self.seen.question

    @property
    def at(self) -> float:
        """When it was asked, in seconds of the exchange's clock."""
        return self.seen.exchange.at

    @property
    def flag(self) -> bool | None:
        """The flag that was asked with; left out, it is False. None where the question is not known."""
        return bool(self.seen.question.include_allowed_conflicts) if self.seen.question else None

    @property
    def is_of_today(self) -> bool:
        """Whether the date is today's in some zone: the vendor does not say whether what has passed of it is cut off."""
        return self.seen.today is not None and abs((self.entry.day - self.seen.today).days) <= 1

    def has_slots_without_past(self, whole: Sequence[Span]) -> bool:
        """Whether the slots are others without what may have passed of today."""
        part = self.entry.slots
        if part is None or not self.is_of_today:
            return False
        rest = whole[len(whole) - len(part) :] if len(part) <= len(whole) else ()
        return not part or (bool(rest) and (rest[0].end, *rest[1:]) == (part[0].end, *part[1:]) and rest[0].start <= part[0].start)


class Settled(NamedTuple):
    """What one calendar answered about a user and a date, in order."""

    user: str
    day: date
    samples: tuple[Sample, ...]


class Memory:
    """The exchanges of a run in their order, bounded in bytes; or those of a recording."""

    def __init__(self, most_bytes: int = MOST_BYTES, *, is_recorded: bool = False) -> None:
        self._is_recorded = is_recorded
        self._seen: deque[Seen] = deque()
        self._most, self._bytes, self._number = most_bytes, 0, 0
        self._read: dict[int, tuple[Profile, Answer | None]] = {}
        self._traffic: Traffic | None = None

    def add(self, exchange: Exchange, question: Question | None, **known: Any) -> Seen:
        """The exchange as it is kept; `known` are fields of Seen."""
        self._number += 1
        seen = Seen(number=self._number, exchange=exchange, question=question, **known)
        self._seen.append(seen)
        self._bytes += _size(exchange)
        while self._bytes > self._most and len(self._seen) > 1:
            gone = self._seen.popleft()
            self._bytes -= _size(gone.exchange)
            self._read.pop(gone.number, None)
        return seen

    def __iter__(self) -> Iterator[Seen]:
        return iter(tuple(self._seen))

    def __len__(self) -> int:
        return len(self._seen)

    def under(self, profile: Profile) -> "Traffic":
        """What was seen until now, read under a profile."""
        known = self._traffic
        if known is None or known.profile != profile or known.last != self._number:
            seen = tuple(self._seen)
            read = tuple(self._answer(each, profile) for each in seen)
            known = Traffic(seen=seen, profile=profile, read=read, last=self._number, is_recorded=self._is_recorded)
            self._traffic = known
        return known

    def _answer(self, seen: Seen, profile: Profile) -> Answer | None:
        """The answer in an exchange, read once under each profile; None where the reply is none."""
        if not seen.is_endpoint and seen.question is None:
            return None
        profile = seen.profile or profile
        known = self._read.get(seen.number)
        if known is None or known[0] != profile:
            received = seen.exchange.received
            answer = read_answer(received, profile, seen.question, existing=seen.existing, exchange=seen.exchange)
            known = self._read[seen.number] = profile, answer
        return known[1]


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """The exchanges of a run under a profile. `read` has the answer of each, None where it is none; `last` is the number of the last.

    is_recorded  whether they are those of a recording, between which somebody may have booked
    """

    seen: tuple[Seen, ...]
    profile: Profile
    read: tuple[Answer | None, ...]
    last: int
    is_recorded: bool = False

    @cached_property
    def answers(self) -> tuple[tuple[Seen, Answer], ...]:
        """Every answer to a POST of the endpoint, in order."""
        return tuple((seen, answer) for seen, answer in zip(self.seen, self.read, strict=True) if answer is not None)

    @cached_property
    def own(self) -> tuple[tuple[Seen, Answer], ...]:
        """The answers of the run's own account to lawful questions."""
        return tuple((seen, answer) for seen, answer in self.answers if seen.account == 0 and seen.question is not None)

    @cached_property
    def samples(self) -> Mapping[tuple[str, date], tuple[Sample, ...]]:
        """What the run's own account answered about each user and date, in order."""
        found: dict[tuple[str, date], list[Sample]] = {}
        for seen, answer in self.own:
            for (day, user), entry in answer.by_date_and_user().items():
                found.setdefault((user, day), []).append(Sample(entry, answer, seen))
        return {key: tuple(samples) for key, samples in found.items()}

    @cached_property
    def settled(self) -> tuple[Settled, ...]:
        """The samples that one calendar gave, without those between which somebody changed the calendar."""
        if self.is_recorded:
            return tuple(Settled(*key, group) for key, samples in self.samples.items() for group in _groups(samples))
        return tuple(Settled(*key, samples) for key, samples in self.samples.items() if not _changed_once(samples))

    def are_together(self, one: Sample, other: Sample) -> bool:
        """Whether two answers have to agree in what no booking changes: in a run always."""
        return not self.is_recorded or abs(one.at - other.at) <= TOGETHER

    @cached_property
    def entries(self) -> tuple[Sample, ...]:
        """One sample of every user, date and flag: the first."""
        kept: dict[tuple[str, date, bool | None], Sample] = {}
        for user, day, samples in self.settled:
            for sample in samples:
                kept.setdefault((user, day, sample.flag), sample)
        return tuple(kept.values())

    def about(self, user: str, day: date, flag: bool | None = None) -> tuple[Sample, ...]:
        """What was answered about a user and a date, with a flag or with either."""
        samples = self.samples.get((same_address(user, self.profile), day), ())
        return samples if flag is None else tuple(sample for sample in samples if sample.flag is flag)

    @cached_property
    def both_flags(self) -> tuple[tuple[Sample, Sample], ...]:
        """For each user and date that were asked for with both flags: the sample with false, and the one with true."""
        pairs = []
        for _, _, samples in self.settled:
            by_flag = {sample.flag: sample for sample in reversed(samples)}
            if False in by_flag and True in by_flag and not (self.is_recorded and _is_booked_between(samples, by_flag)):
                pairs.append((by_flag[False], by_flag[True]))
        return tuple(pairs)


def _changed_once(samples: tuple[Sample, ...]) -> bool:
    """Whether the entry changed once, from one question to the same question later: somebody changed the calendar."""
    for flag in (False, True):
        runs = [list(run) for _, run in groupby((s for s in samples if s.flag is flag), key=lambda s: s.entry.raw)]
        if len(runs) == 2 and {s.question for s in runs[0]} & {s.question for s in runs[1]}:
            return True
    return False


def _groups(samples: tuple[Sample, ...]) -> Iterator[tuple[Sample, ...]]:
    """The samples of a recording, parted wherever somebody may have changed the calendar between two of them."""
    group: list[Sample] = []
    latest: dict[bool | None, Sample] = {}
    for number, sample in enumerate(samples):
        before = latest.get(sample.flag)
        if group and (
            sample.at - group[-1].at > TOGETHER
            or (before is not None and before.entry.raw != sample.entry.raw and not _is_contradiction(before, sample, samples, number))
        ):
            yield tuple(group)
            group, latest = [], {}
        group.append(sample)
        latest[sample.flag] = sample
    yield tuple(group)


def _is_contradiction(before: Sample, sample: Sample, samples: tuple[Sample, ...], number: int) -> bool:
    """Whether no booking explains a difference: it is in what no booking changes, or the next answers are as before."""
    if any(before.entry.raw.get(name) != sample.entry.raw.get(name) for name in NEVER_BOOKED):
        return sample.at - before.at <= TOGETHER
    soon = (later for later in islice(samples, number + 1, number + 1 + _LOOKED_AHEAD) if later.at - sample.at <= TOGETHER)
    return any(later.flag is sample.flag and later.entry.raw == before.entry.raw for later in soon)


def _is_booked_between(samples: tuple[Sample, ...], by_flag: Mapping[bool | None, Sample]) -> bool:
    """Whether a booking may explain how the first answers with either flag differ: none does where the first one comes again."""
    false, true = by_flag[False], by_flag[True]
    if (false.entry.busy, false.entry.reason) == (true.entry.busy, true.entry.reason):
        return False
    first, second = sorted((false, true), key=lambda sample: sample.seen.number)
    return not any(
        sample.flag is first.flag and sample.seen.number > second.seen.number and sample.entry.raw == first.entry.raw for sample in samples
    )


def _size(exchange: Exchange) -> int:
    return _OVERHEAD + len(exchange.received.body) + len(exchange.sent.body)
