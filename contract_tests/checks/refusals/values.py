"""Values that a server has to refuse, and close relatives that it has to accept: dates, users, flag and paging."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from leadsquared_slots.contract_tests.checks.registry import NotApplicable, Scope, Violation, check
from leadsquared_slots.contract_tests.checks.session import MOST_DAYS, Session
from leadsquared_slots.contract_tests.wire.exchange import shorten
from leadsquared_slots.mock_server.domain.profile import AddressCase, OmittedFlag, OmittedPaging, UnknownAddress

from .expectations import accepted, as_json, changed, invalid, is_bad_request, missing, same, same_as_base, seen, shown, with_

UNKNOWN_ADDRESS = "unknown.to-the-contract-kit@example.com"
"""An address that no server should know; the emulator knows none that begins with `unknown`."""


@check(Scope.REQUESTS, "request.date-form", "error.invalid-value", "error.invalid-value-status", calls=11)
def date_form(session: Session) -> Iterator[Violation]:
    """A date that is not yyyy-MM-dd is refused, in FromDate and in ToDate."""
    # A day of one digit in a month of one digit: what a lenient reader makes of it lies in the range.
    right = date(session.base.first.year, 3, 2)
    week = f"{right:%G-W%V-%u}"
    texts = (
        f"{right:%d-%m-%Y}", f"{right:%Y/%m/%d}", f"{right:%Y%m%d}", f"{right:%Y-%m-%d}T00:00:00", f"{right.year}-3-2",
        week, f"March 2, {right.year}", f" {right}", f"{right}\n", f"{right} and more", "",
    )  # fmt: skip
    for number, text in enumerate(texts):
        name, other = ("FromDate", "ToDate") if number % 2 else ("ToDate", "FromDate")
        last = right + timedelta(days=30 if name == "FromDate" else 0)
        call = changed(session, {name: text, other: last.isoformat()})
        yield from invalid(session, call, "request.date-form", f"{name} {text!r}")


@check(Scope.REQUESTS, "request.date-exists", calls=3)
def date_exists(session: Session) -> Iterator[Violation]:
    """A date that the calendar does not have is refused, also where the next one that it has would be in order."""
    for first, last in (("2027-02-30", "2027-02-30"), ("2025-02-29", "2025-03-02"), ("2026-12-20", "2026-13-01")):
        call = changed(session, {"FromDate": first, "ToDate": last})
        yield from invalid(session, call, "request.date-exists", f"FromDate {first!r}, ToDate {last!r}")


@check(Scope.REQUESTS, "request.date-order", calls=1)
def date_order(session: Session) -> Iterator[Violation]:
    """A FromDate after the ToDate is refused."""
    call = changed(session, {"FromDate": (session.base.first + timedelta(days=1)).isoformat()})
    yield from invalid(session, call, "request.date-order", "FromDate a day after ToDate")


@check(Scope.REQUESTS, "request.range-101", calls=2)
def dates_101_days_apart(session: Session) -> Iterator[Violation]:
    """Dates more than 100 days apart are refused."""
    # From a short month and over the clocks' change in spring; and over a year's end, where days are not those of one year.
    year = session.base.first.year
    for first, days in ((date(year, 2, 1), MOST_DAYS + 1), (date(year, 11, 1), 2 * MOST_DAYS)):
        dates = {"FromDate": first.isoformat(), "ToDate": (first + timedelta(days=days)).isoformat()}
        yield from invalid(session, changed(session, dates), "request.range-101", f"dates {days} days apart, from {first}")


@check(Scope.REQUESTS, "request.range-100", calls=3)
def dates_100_days_apart(session: Session) -> Iterator[Violation]:
    """Dates exactly 100 days apart are accepted."""
    # From the last day of a long month, and from the first of a short one: whoever counts months is wrong at one of them.
    # Everybody is asked for over the next end of a year and the next changes of clocks, one user over the next leap day.
    base, everybody = session.base, session.broad()
    for question, first in (
        (everybody, _next(12, 31, base.first)),
        (everybody, _next(7, 31, base.first)),
        (base, _next(2, 29, base.first).replace(day=1)),
    ):
        question = question.with_(first=first, last=first + timedelta(days=MOST_DAYS))
        call = session.target.ordinary(question.body())
        yield from accepted(session, call, "request.range-100", f"Dates {MOST_DAYS} days apart, from {first}", question)


def _next(month: int, day: int, today: date) -> date:
    """The next date of that month and day, from today on; 29 February comes in leap years alone."""
    years = (year for year in range(today.year, today.year + 9) if day <= monthrange(year, month)[1])
    return next(found for year in years if (found := date(year, month, day)) >= today)


@check(Scope.REQUESTS, "request.users-empty", calls=1)
def users_empty(session: Session) -> Iterator[Violation]:
    """An empty list of users is refused; to answer it with everybody is severe."""
    for violation in invalid(session, changed(session, {"Users": []}), "request.users-empty", "an empty list of users"):
        answer = session.read(violation.exchanges[0], None)
        yield replace(violation, severe=answer is not None and bool(answer.entries))


@check(Scope.REQUESTS, "request.address-form", calls=3)
def address_form(session: Session) -> Iterator[Violation]:
    """An entry of Users that is not an email address is refused."""
    for text in ("", "nobody.example.com", "constructor"):
        call = changed(session, {"Users": [*session.base.users, text]})
        yield from invalid(session, call, "request.address-form", f"the user {text!r}")


@check(Scope.REQUESTS, "request.unknown-address", calls=4)
def unknown_address(session: Session) -> Iterator[Violation]:
    """An address that no user has is left out of the answer, or refuses the request, as the profile says."""
    rule = "request.unknown-address"
    alone = session.base.with_(users=(UNKNOWN_ADDRESS,))
    beside = session.base.with_(users=(*session.base.users, UNKNOWN_ADDRESS))
    if session.profile.unknown_address is UnknownAddress.REFUSED:
        for question in (alone, beside)[: session.profile.most_users]:
            call = session.target.ordinary(question.body())
            yield from invalid(session, call, rule, "an address that no user has")
        return
    exchange = session.send(session.target.ordinary(alone.body()), question=alone)
    answer = session.read(exchange, alone)
    if answer is None:
        fits = ("unknown-address", UnknownAddress.REFUSED.value) if is_bad_request(exchange) else None
        yield shown(rule, "An address that no user has refuses the request", seen(exchange), exchange, fits=fits)
    elif answer.entries or answer.record_count:
        yield shown(rule, "An address that no user has is answered", shorten(exchange.received.text()), exchange)
    if session.profile.most_users < 2:
        return
    call = session.target.ordinary(beside.body())
    what, refused = "an address that no user has beside one that a user has", ("unknown-address", UnknownAddress.REFUSED.value)
    yield from same_as_base(session, call, rule, what, beside, if_refused=refused)
    # Of a page it takes no place: who cuts the addresses into pages before looking them up lists too few.
    first = beside.with_(users=(UNKNOWN_ADDRESS, *session.base.users), page=(1, 1))
    session.send(session.target.ordinary(first.body()), question=first)
    letters = beside.with_(users=(*session.base.users, "zoë.unknown@example.com"))
    exchange = session.send(session.target.ordinary(letters.body()))
    if exchange.received.status >= 500 and int(session.profile.invalid_value_status) < 500:
        yield shown(rule, "An address with letters beyond ASCII makes the server fail", seen(exchange), exchange)


@check(Scope.REQUESTS, "answer.users-asked", calls=1)
def part_of_an_address(session: Session) -> Iterator[Violation]:
    """What is a part of a user's address, or longer than it, as by a tag, names another user or nobody."""
    user = session.users[0]
    tagged = "+kit@".join(user.rsplit("@", 1))
    near = [text for text in (user[:-1], f"{user}x", user[1:], tagged) if text not in session.users and not text.startswith("@")]
    base = session.ask(session.base)
    question = session.base.with_(users=tuple(near[: session.profile.most_users]))
    exchange = session.send(session.target.ordinary(question.body()), question=question)
    answer = session.read(exchange, question)
    known = {entry.user_id for entry in base.entries}
    found = [entry for entry in answer.entries if entry.user_id in known] if answer else []
    if found:
        received = f"{found[0].address}, who is {user}; asked for {', '.join(question.users)}"
        yield shown("answer.users-asked", "An address that is nearly a user's finds the user", received, exchange)


@check(Scope.REQUESTS, "request.address-case", "answer.stored-address", calls=1)
def address_case(session: Session) -> Iterator[Violation]:
    """Addresses in another letter case name the same user, or nobody, as the profile says; the stored case is echoed."""
    user = session.base.users[0]
    other = user.swapcase()
    if other == user or other in session.users:
        raise NotApplicable("the first user's address has no letters that could be written in another case")
    question = session.base.with_(users=(other,))
    call = session.target.ordinary(question.body())
    what = "a user's address in another letter case"
    if session.profile.address_case is AddressCase.ANY:
        base = session.ask(session.base)
        exact = ("address-case", AddressCase.EXACT.value)
        for violation in same_as_base(session, call, "request.address-case", what, question):
            answer = session.read(violation.exchanges[0], question)
            ids = [[entry.user_id for entry in each.entries] for each in (base, answer) if each]
            echoes = len(ids) == 2 and ids[0] == ids[1] != []
            nobody = answer is not None and not answer.entries and not answer.record_count
            refuses = answer is None and is_bad_request(violation.exchanges[0])
            yield (
                replace(violation, rule="answer.stored-address")
                if echoes
                else replace(violation, fits=exact if nobody or refuses else None)
            )
        return
    exchange, base = session.send(call, question=question), session.ask(session.base)
    answer, refuses = session.read(exchange, question), session.profile.unknown_address is UnknownAddress.REFUSED
    if answer is None and not refuses:
        yield shown("request.address-case", f"Refused: {what}", seen(exchange), exchange)
    elif answer and {entry.user_id for entry in answer.entries} & {entry.user_id for entry in base.entries}:
        yield shown("request.address-case", f"Taken for the same user: {what}", seen(exchange), exchange)


@check(Scope.REQUESTS, "request.flag-omitted", calls=1)
def flag_omitted(session: Session) -> Iterator[Violation]:
    """IncludeAllowedConflictSlots left out means false, or is refused, as the profile says."""
    broad = session.broad()
    question = broad.with_(include_allowed_conflicts=None)
    call, what = session.target.ordinary(question.body()), "IncludeAllowedConflictSlots left out"
    if session.profile.omitted_flag is OmittedFlag.REFUSED:
        yield from missing(session, call, "request.flag-omitted", what)
    else:
        fits = ("omitted-flag", OmittedFlag.REFUSED.value)
        yield from same(session, call, "request.flag-omitted", what, question, as_for=broad, if_refused=fits)


@check(Scope.REQUESTS, "request.paging-omitted", calls=1)
def paging_omitted(session: Session) -> Iterator[Violation]:
    """Paging left out means everything on one page, or is refused, as the profile says."""
    question = session.broad().with_(page=None, last=session.first)
    call, rule, what = session.target.ordinary(question.body()), "request.paging-omitted", "Paging left out"
    if session.profile.omitted_paging is OmittedPaging.REFUSED:
        yield from missing(session, call, rule, what)
    else:
        yield from accepted(session, call, rule, what, question, if_refused=("omitted-paging", OmittedPaging.REFUSED.value))


@check(Scope.REQUESTS, "request.page-index", "request.page-size", calls=4)
def page_from_one(session: Session) -> Iterator[Violation]:
    """PageIndex and PageSize are at least 1; less is refused."""
    for index, size, rule in ((0, 10, "request.page-index"), (-1, 10, "request.page-index"),
                              (1, 0, "request.page-size"), (1, -1, "request.page-size")):  # fmt: skip
        call = changed(session, {"Paging": {"PageIndex": index, "PageSize": size}})
        yield from invalid(session, call, rule, f"PageIndex {index}, PageSize {size}")


@check(Scope.REQUESTS, "request.largest-page", calls=2)
def largest_page(session: Session) -> Iterator[Violation]:
    """PageSize is at most 1000, or what the profile says; more is refused."""
    rule, largest = "request.largest-page", session.profile.largest_page
    question = session.base.with_(page=(1, largest))
    yield from accepted(session, session.target.ordinary(question.body()), rule, f"PageSize {largest}", question)
    call = changed(session, {"Paging": {"PageIndex": 1, "PageSize": largest + 1}})
    yield from invalid(session, call, rule, f"PageSize {largest + 1}")


@check(Scope.REQUESTS, "request.largest-number", calls=3)
def largest_number(session: Session) -> Iterator[Violation]:
    """A whole number over 2147483647 is refused; that one itself is a page past the last."""
    rule, largest = "request.largest-number", 2**31 - 1
    # The product of index and size passes 32 bits, and 64: whoever works it out must not fail over it.
    question = session.base.with_(page=(largest, session.profile.largest_page))
    yield from accepted(session, session.target.ordinary(question.body()), rule, f"PageIndex {largest}", question)
    for index in (largest + 1, 2**62):
        call = changed(session, {"Paging": {"PageIndex": index, "PageSize": session.profile.largest_page}})
        yield from invalid(session, call, rule, f"PageIndex {index}")


@check(Scope.REQUESTS, "request.paging-parts", calls=3)
def parts_of_paging(session: Session) -> Iterator[Violation]:
    """In Paging, PageIndex left out means 1, and PageSize left out means everything on one page."""
    if session.profile.omitted_paging is OmittedPaging.REFUSED:
        raise NotApplicable("the profile refuses Paging left out, so what a part of it means is not asked")
    # Everybody on one date, as far as one page may hold them.
    broad = session.broad()
    whole = broad.with_(last=session.first, users=broad.users[: session.profile.largest_page])
    for paging, what in (({"PageSize": len(whole.users)}, "PageIndex left out"), ({"PageIndex": 1}, "PageSize left out")):
        call = with_(session, body=as_json({**whole.payload(), "Paging": paging}))
        yield from same(session, call, "request.paging-parts", what, whole, as_for=whole)
