"""What has to have been seen for a rule to count as looked at: a rule that nothing could have broken is not passed.

Each entry names a rule, says what must have been answered, and what a caller can do to have it asked. Rules that are not named here are
exercised by the requests that their own checks send.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from leadsquared_slots.contract_tests.oracle.wall_clock import DAY, Reading
from leadsquared_slots.contract_tests.wire.answer import Answer, Entry, Span, same_address

from .calendars.exercised import ends_a_night, has_partial_leave, has_two_absences, on_a_known_date
from .memory import Sample, Seen, Traffic

_NO_TEMPLATE = "WorkDayTemplateNotDefined"
_OTHER_USER = "name another user with --user"
_OTHER_DATES = "choose other dates with --from and --to, or another user with --user"
_KNOWN = "name with --scenario the scenario that the server has loaded, where it has that; every-rule has it"
_CALENDAR = "name a user with --user, or dates with --from and --to, whose calendar has it; the scenario every-rule has it"
_CHANGE_OF_CLOCKS = "name a user with --user who works on a date on which the clocks of their template's zone change"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """What a rule needs to be looked at.

    what  what must have been answered, after "no answer had"
    hint  what would exercise the rule
    saw   whether it was answered
    """

    what: str
    hint: str
    saw: Callable[[Traffic], bool]

    def reason(self) -> str:
        """Why the rule was not exercised, and what would exercise it."""
        return f"no answer had {self.what}; {self.hint}"


def why_not_exercised(rule: str, traffic: Traffic) -> str | None:
    """Why nothing in the traffic could have broken the rule; None where something could."""
    needed = EXERCISES.get(rule)
    return None if needed is None or needed.saw(traffic) else needed.reason()


def _entries(traffic: Traffic) -> Iterator[Entry]:
    """The entries of all accounts, those that a check opened for a known calendar among them."""
    for _, answer in traffic.answers:
        yield from answer.entries


def _some_entry(test: Callable[[Entry], bool]) -> Callable[[Traffic], bool]:
    return lambda traffic: any(map(test, _entries(traffic)))


def _some_answer(test: Callable[[Seen, Answer], bool]) -> Callable[[Traffic], bool]:
    return lambda traffic: any(test(seen, answer) for seen, answer in traffic.answers)


def _some_samples(test: Callable[[tuple[Sample, ...]], bool]) -> Callable[[Traffic], bool]:
    return lambda traffic: any(map(test, traffic.samples.values()))


def _times(entry: Entry) -> tuple[Span, ...]:
    return (*(entry.slots or ()), *(entry.breaks or ()))


def _readings(entry: Entry) -> tuple[Reading, ...]:
    return entry.readings(entry.template_zone) or ()


def _date_of_other_length(entry: Entry, longer: bool) -> bool:
    length = sum(reading.length for reading in _readings(entry))
    return length > DAY if longer else 0 < length < DAY


def _dates_of(span: Span, entry: Entry) -> bool:
    """Whether a busy time runs beyond the entry's date in the template's zone."""
    readings = _readings(entry)
    if not readings or span.end <= span.start:
        return False
    first, last = readings[0].instant, readings[-1].instant + readings[-1].length
    return span.start < first < span.end or span.start < last < span.end


def _page(seen: Seen) -> tuple[int, int] | None:
    return seen.question.page if seen.question else None


def _is_page_before_the_last(seen: Seen, answer: Answer) -> bool:
    page = _page(seen)
    return page is not None and page[0] * page[1] < (answer.record_count or 0)


def _is_past_the_last_page(seen: Seen, answer: Answer) -> bool:
    page = _page(seen)
    return page is not None and (page[0] - 1) * page[1] >= (answer.record_count or 0)


def _differ_in_other_users(samples: tuple[Sample, ...]) -> bool:
    return len({sample.question.users for sample in samples if sample.question}) > 1


def _differ_in_dates(samples: tuple[Sample, ...]) -> bool:
    return len({(sample.question.first, sample.question.last) for sample in samples if sample.question}) > 1


def _flags_differ(traffic: Traffic) -> bool:
    return any(false.entry.slots != true.entry.slots for false, true in traffic.both_flags) or any(
        seen.account and answer.entries for seen, answer in traffic.answers
    )


def _is_out_of_order(seen: Seen, answer: Answer) -> bool:
    """Whether two users were asked for in another order than that of their addresses."""
    asked = [same_address(user, answer.profile) for user in seen.question.users] if seen.question else []
    listed = [user for user in dict.fromkeys(asked) if user in set(answer.users())]
    return len(listed) > 1 and listed != sorted(listed, key=str.lower)


def _busy_in_day(entry: Entry) -> bool:
    return bool(entry.slots) and any(
        span.start < reading.instant + reading.length and reading.instant < span.end for span in entry.busy for reading in _readings(entry)
    )


def _utc_matters(entry: Entry) -> bool:
    """Whether the entry has a busy time, and its date is not that of UTC."""
    return bool(entry.busy) and any(reading.instant % DAY != reading.wall for reading in _readings(entry))


_A_SLOT = Exercise(what="a slot", hint=_OTHER_DATES, saw=_some_entry(lambda entry: bool(entry.slots)))
_TWO_SLOTS = Exercise(
    what="two slots under one date", hint=_OTHER_DATES, saw=_some_entry(lambda entry: entry.slots is not None and len(entry.slots) > 1)
)
_A_BREAK = Exercise(what="a break", hint=_CALENDAR, saw=_some_entry(lambda entry: bool(entry.breaks)))
_A_BUSY_TIME = Exercise(what="a busy time", hint=_CALENDAR, saw=_some_entry(lambda entry: bool(entry.busy)))
_A_REASON = Exercise(what="a NoSlotsReason", hint=_OTHER_DATES, saw=_some_entry(lambda entry: entry.reason is not None))
_TWO_DATES = Exercise(
    what="two dates", hint="choose --from and --to two dates apart or more", saw=_some_answer(lambda _, a: len(a.dates) > 1)
)
_A_PAGE = Exercise(what="a page before the last", hint=_OTHER_USER, saw=_some_answer(_is_page_before_the_last))
_BOTH_FLAGS = Exercise(
    what="different slots with the flag true and false, as a task whose type allows conflicts makes them", hint=_CALENDAR, saw=_flags_differ
)
_AN_ENTRY = Exercise(what="an entry", hint=_OTHER_USER, saw=_some_entry(lambda entry: True))

EXERCISES: Mapping[str, Exercise] = MappingProxyType(
    {
        "answer.shape": _AN_ENTRY,
        "answer.no-other-members": _AN_ENTRY,
        "answer.user-id": _AN_ENTRY,
        "answer.zones": _AN_ENTRY,
        "answer.template-zone": _AN_ENTRY,
        "answer.dates-complete": _TWO_DATES,
        "answer.dates-sorted": _TWO_DATES,
        "answer.same-users": _TWO_DATES,
        "answer.users-listed": Exercise(
            what="a user without slots", hint=_OTHER_DATES, saw=_some_entry(lambda entry: not entry.slots)
        ),
        "answer.users-order": Exercise(
            what="two users who were asked for in another order than that of their addresses", hint=_OTHER_USER,
            saw=_some_answer(_is_out_of_order),
        ),
        "answer.identity": Exercise(
            what="two users, or one under two dates", hint=_OTHER_DATES, saw=_some_answer(lambda _, a: len(a.entries) > 1)
        ),
        "answer.page-size": _A_PAGE,
        "answer.pages-join": _A_PAGE,
        "answer.record-count": _A_PAGE,
        "answer.past-last-page": Exercise(
            what="a page past the last", hint="let the plan reach further with --budget", saw=_some_answer(_is_past_the_last_page)
        ),
        "answer.repeatable": Exercise(
            what="a question that was asked twice", hint="let the plan reach further with --budget",
            saw=lambda traffic: len({seen.question for seen, _ in traffic.own}) < len(traffic.own),
        ),
        "answer.wider-range": Exercise(
            what="a date that was asked for in two ranges", hint="choose --from and --to two dates apart or more",
            saw=_some_samples(_differ_in_dates),
        ),
        "answer.other-users": Exercise(
            what="a user who was asked for beside others and without them", hint=_OTHER_USER, saw=_some_samples(_differ_in_other_users)
        ),
        "slots.form": _A_SLOT,
        "slots.inside-shifts": _A_SLOT,
        "slots.zone": _A_SLOT,
        "slots.midnight": Exercise(
            what="a slot or a break to the end of the day", hint=_CALENDAR,
            saw=_some_entry(lambda entry: any(span.end == DAY or span.end <= span.start for span in _times(entry))),
        ),
        "slots.sorted": _TWO_SLOTS,
        "slots.maximal": _TWO_SLOTS,
        "slots.two-shifts": _TWO_SLOTS,
        "slots.date": Exercise(
            what="a busy time under a date that is not UTC's", hint=_CALENDAR, saw=_some_entry(_utc_matters)
        ),
        "slots.date-without-template": Exercise(
            what="a busy time of a user without a template", hint=_CALENDAR,
            saw=_some_entry(lambda entry: entry.template_zone is None and bool(entry.busy)),
        ),
        "slots.not-busy": Exercise(what="slots and a busy time under one date", hint=_CALENDAR, saw=_some_entry(_busy_in_day)),
        "slots.flag-true": _BOTH_FLAGS,
        "slots.flag-false": _BOTH_FLAGS,
        "slots.hole": _BOTH_FLAGS,
        "slots.flag-superset": _BOTH_FLAGS,
        "busy.if-and-only-if": _BOTH_FLAGS,
        "request.flag-omitted": _BOTH_FLAGS,
        "slots.fully-booked": Exercise(
            what="a working date with nothing left", hint=_CALENDAR,
            saw=_some_entry(lambda entry: entry.reason is None and not entry.slots),
        ),
        "slots.seconds": Exercise(
            what="a slot that starts or ends within a minute", hint=_CALENDAR,
            saw=_some_entry(lambda entry: any(time % 60 for span in (*(entry.slots or ()), *entry.busy) for time in span)),
        ),
        "slots.gap": Exercise(
            what="slots on a date of less than 24 hours", hint=_CHANGE_OF_CLOCKS,
            saw=_some_entry(lambda entry: bool(entry.slots) and _date_of_other_length(entry, longer=False)),
        ),
        "slots.fold": Exercise(
            what="slots on a date of more than 24 hours", hint=_CHANGE_OF_CLOCKS,
            saw=_some_entry(lambda entry: bool(entry.slots) and _date_of_other_length(entry, longer=True)),
        ),
        "slots.over-midnight": Exercise(
            what="a slot from 00:00:00", hint=_CALENDAR,
            saw=_some_entry(lambda entry: any(span.start == 0 for span in entry.slots or ())),
        ),
        "breaks.form": _A_BREAK,
        "breaks.kept": Exercise(
            what="a break and slots under one date", hint=_CALENDAR, saw=_some_entry(lambda entry: bool(entry.breaks and entry.slots))
        ),
        "breaks.in-shifts": _A_BREAK,
        "breaks.listed": _A_BREAK,
        "busy.form": _A_BUSY_TIME,
        "busy.list": Exercise(what="a date without busy times", hint=_CALENDAR, saw=_some_entry(lambda entry: not entry.busy)),
        "busy.positive": _A_BUSY_TIME,
        "busy.utc": Exercise(what="a busy time of a user whose zone is not UTC", hint=_CALENDAR, saw=_some_entry(_utc_matters)),
        "busy.sorted": Exercise(
            what="two busy times under one date", hint=_CALENDAR,
            saw=_some_entry(lambda entry: len({span.start for span in entry.busy}) > 1),
        ),
        "busy.sorted-by-end": Exercise(
            what="two busy times with one start", hint=_CALENDAR,
            saw=_some_entry(lambda entry: len(set(entry.busy)) > len({span.start for span in entry.busy})),
        ),
        "busy.one-per-task": Exercise(
            what="two busy times that touch or overlap", hint=_CALENDAR,
            saw=_some_entry(lambda entry: any(a.end >= b.start for a, b in zip(entry.busy, entry.busy[1:], strict=False))),
        ),
        "busy.on-date": Exercise(
            what="a busy time over the end of a date", hint=_CALENDAR,
            saw=_some_entry(lambda entry: any(_dates_of(span, entry) for span in entry.busy)),
        ),
        "busy.on-absent-days": Exercise(
            what="a busy time beside a NoSlotsReason", hint=_CALENDAR,
            saw=_some_entry(lambda entry: entry.reason is not None and bool(entry.busy)),
        ),
        "busy.whatever-flag": Exercise(
            what="a busy time that was asked for with both flags", hint=_CALENDAR,
            saw=lambda traffic: any(false.entry.busy for false, _ in traffic.both_flags),
        ),
        "reason.values": _A_REASON,
        "reason.no-slots": _A_REASON,
        "reason.no-template": Exercise(
            what="a user without a template", hint=_CALENDAR, saw=_some_entry(lambda entry: entry.reason == _NO_TEMPLATE)
        ),
        "reason.lists": Exercise(
            what="a holiday, a leave or a date that is not scheduled", hint=_OTHER_DATES,
            saw=_some_entry(lambda entry: entry.reason not in (None, _NO_TEMPLATE)),
        ),
        "reason.not-scheduled": Exercise(
            what="a date that is not scheduled", hint=_OTHER_DATES, saw=_some_entry(lambda entry: entry.reason == "NotScheduled")
        ),
        "reason.order": Exercise(
            what="a date of a known calendar on which two absences meet", hint=_KNOWN, saw=on_a_known_date(has_two_absences)
        ),
        "reason.date": Exercise(
            what="a holiday or a leave of a known calendar beside a shift over midnight", hint=_KNOWN, saw=on_a_known_date(ends_a_night)
        ),
        "reason.partial-leave": Exercise(
            what="a working date of a known calendar with leave for a part of it", hint=_KNOWN, saw=on_a_known_date(has_partial_leave)
        ),
        "error.mx-member": Exercise(
            what="an error", hint="do not leave out the checks of requests",
            saw=lambda traffic: any(seen.is_refusal for seen in traffic.seen),
        ),
    }
)  # fmt: skip
"""What each rule needs to be looked at."""
