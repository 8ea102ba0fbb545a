"""What one answer shows beside the question that it answers. Every function is pure; without a question there is nothing to say."""

from collections.abc import Iterator

from leadsquared_slots.contract_tests.checks.registry import Scope, Violation, check
from leadsquared_slots.contract_tests.wire.answer import Answer, same_address
from leadsquared_slots.contract_tests.wire.question import Question
from leadsquared_slots.mock_server.domain.profile import DuplicateAddresses, EmptyList, Record, UsersOrder


@check(Scope.ANSWER, "answer.dates-inside")
def dates_lie_inside(answer: Answer) -> Iterator[Violation]:
    """Every date of the answer lies between FromDate and ToDate, both included."""
    question = answer.question
    if question is None:
        return
    outside = [day for day in answer.dates if not question.first <= day <= question.last]
    if outside:
        received = f"{outside[0]}, asked for {question.first} to {question.last}"
        yield Violation(rule="answer.dates-inside", title="A date was not asked for", received=received)


@check(Scope.ANSWER, "answer.dates-complete")
def dates_are_complete(answer: Answer) -> Iterator[Violation]:
    """Every date from FromDate to ToDate has its entry, where there is anybody to list."""
    question = answer.question
    if question is None or not _must_list(answer) or (question.page and answer.profile.record is Record.USER_AND_DATE):
        return
    missing = sorted(set(question.dates) - set(answer.dates))
    if missing:
        received = f"{missing[0]} is missing" + (f", and {len(missing) - 1} more" if len(missing) > 1 else "")
        every = f"each of the {len(question.dates)} dates from {question.first} to {question.last}"
        documented = f"An entry for {every if len(question.dates) > 1 else question.first}."
        yield Violation(rule="answer.dates-complete", title="A date is missing", received=received, documented=documented)


@check(Scope.ANSWER, "answer.users-asked")
def only_users_asked_for(answer: Answer) -> Iterator[Violation]:
    """The answer lists users that were asked for, and no other."""
    if answer.question is None:
        return
    others = [user for user in answer.users() if user not in _asked(answer, answer.question)]
    if others:
        received = f"{others[0]}; asked for {', '.join(answer.question.users)}"
        yield Violation(rule="answer.users-asked", title="A user is listed that nobody asked for", received=received)


@check(Scope.ANSWER, "answer.users-listed")
def users_asked_for_are_listed(answer: Answer) -> Iterator[Violation]:
    """A user who exists and was asked for is listed, with slots or without."""
    question = answer.question
    if question is None or question.page is not None or not answer.is_readable:
        return
    listed = set(answer.users())
    existing = {same_address(user, answer.profile) for user in answer.existing}
    missing = [user for user in _asked(answer, question) if user in existing and user not in listed]
    if missing:
        received = f"{', '.join(missing)} not listed under any date; RecordCount {answer.record_count}"
        documented = "A user without slots is still listed under the date. (If there is no such user, do not name it to the kit.)"
        yield Violation(
            rule="answer.users-listed",
            title="A user who was asked for is missing",
            received=received,
            documented=documented,
        )


@check(Scope.ANSWER, "answer.users-order")
def users_stand_in_order(answer: Answer) -> Iterator[Violation]:
    """Under a date users stand as they were asked for, or by address, as the profile says."""
    if answer.question is None:
        return
    asked = _asked(answer, answer.question)
    for day in answer.dates:
        listed = [same_address(entry.address, answer.profile) for entry in answer.under(day)]
        if answer.profile.users_order is UsersOrder.ADDRESS:
            expected = sorted(listed, key=str.lower)
        elif answer.profile.duplicate_addresses is DuplicateAddresses.REPEATED:
            expected = listed if _is_part_of(listed, _asked_repeatedly(answer, answer.question)) else asked
        else:
            expected = sorted(listed, key=lambda user: asked.index(user) if user in asked else len(asked))
        if listed != expected:
            documented = f"In the order {', '.join(expected)}: the profile says {answer.profile.users_order.value}."
            received = f"{', '.join(listed)} under {day}"
            other = UsersOrder.ASKED if answer.profile.users_order is UsersOrder.ADDRESS else UsersOrder.ADDRESS
            by_address = sorted(listed, key=str.lower)
            as_asked = sorted(listed, key=lambda user: asked.index(user) if user in asked else len(asked))
            fits = ("users-order", other.value) if listed == (as_asked if other is UsersOrder.ASKED else by_address) else None
            title = "Users stand in another order"
            yield Violation(rule="answer.users-order", title=title, received=received, documented=documented, fits=fits)
            return


@check(Scope.ANSWER, "answer.record")
def record_count_is_exact(answer: Answer) -> Iterator[Violation]:
    """Without paging, RecordCount is the number of records listed."""
    question, count = answer.question, answer.record_count
    if question is None or question.page is not None or count is None or not answer.is_readable:
        return
    by_user = answer.profile.record is Record.USER
    listed = max((len(answer.under(day)) for day in answer.dates), default=0) if by_user else len(answer.entries)
    if count != listed:
        received = f"RecordCount {count}, listed {listed}"
        documented = f"RecordCount is the total of records; under the profile a record is a {answer.profile.record.value}."
        other = Record.USER_AND_DATE if by_user else Record.USER
        people = max((len(answer.under(day)) for day in answer.dates), default=0)
        fits = ("record", other.value) if count == (len(answer.entries) if by_user else people) else None
        title = "RecordCount is not the number of records"
        yield Violation(rule="answer.record", title=title, received=received, documented=documented, fits=fits)


@check(Scope.ANSWER, "answer.page-size")
def page_has_its_size(answer: Answer) -> Iterator[Violation]:
    """A page holds PageSize records, the last one what is left."""
    question, count = answer.question, answer.record_count
    if question is None or question.page is None or count is None or not answer.is_readable:
        return
    index, size = question.page
    expected = max(0, min(size, count - (index - 1) * size))
    by_user = answer.profile.record is Record.USER
    listed = max((len(answer.under(day)) for day in answer.dates), default=0) if by_user else len(answer.entries)
    if listed != expected:
        received = f"{listed} records on page {index} of size {size}; RecordCount {count}"
        documented = f"{expected} records; under the profile a record is a {answer.profile.record.value}."
        yield Violation(rule="answer.page-size", title="A page has another size", received=received, documented=documented)


@check(Scope.ANSWER, "answer.past-last-page", "answer.shape", "request.unknown-address")
def empty_list_as_in_the_profile(answer: Answer) -> Iterator[Violation]:
    """Where there is no record to list, List is empty, absent or null, as the profile says; else it is a list."""
    if not isinstance(answer.document, dict) or not answer.is_readable:
        return
    listed = answer.document.get("List", "absent")
    if answer.dates:
        return
    if _must_list(answer):
        if answer.record_count:
            received = f"List {listed!r}, RecordCount {answer.record_count}"
            rule = "answer.shape" if _asks_for_somebody(answer) else "request.unknown-address"
            yield Violation(rule=rule, title="There are records, and none is listed", received=received)
        return
    shape = {"absent": EmptyList.ABSENT}.get(str(listed), EmptyList.NULL if listed is None else EmptyList.EMPTY)
    if shape is not answer.profile.empty_list:
        documented = f"List is {answer.profile.empty_list.value} where there is nothing to list: the profile says so."
        received = f"List is {shape.value}"
        fits = ("empty-list", shape.value) if listed in ("absent", None, []) else None
        yield Violation(rule="answer.past-last-page", title="An empty page", received=received, documented=documented, fits=fits)


def _must_list(answer: Answer) -> bool:
    """Whether a right answer to the question has something to list."""
    question, count = answer.question, answer.record_count or 0
    if question is None or question.page is not None:
        index, size = question.page if question and question.page else (1, 1)
        return question is not None and count > (index - 1) * size
    everybody = {same_address(user, answer.profile) for user in answer.existing}
    return count > 0 or any(same_address(user, answer.profile) in everybody for user in question.users)


def _asks_for_somebody(answer: Answer) -> bool:
    """Whether a user who exists was asked for, as far as is known."""
    everybody = {same_address(user, answer.profile) for user in answer.existing}
    return answer.question is not None and any(same_address(user, answer.profile) in everybody for user in answer.question.users)


def _asked(answer: Answer, question: Question) -> list[str]:
    """The users asked for, each once, as addresses that can be compared."""
    return list(dict.fromkeys(_asked_repeatedly(answer, question)))


def _asked_repeatedly(answer: Answer, question: Question) -> list[str]:
    return [same_address(user, answer.profile) for user in question.users]


def _is_part_of(part: list[str], whole: list[str]) -> bool:
    """Whether the part is the whole with some items left out."""
    rest = iter(whole)
    return all(any(item == other for other in rest) for item in part)
