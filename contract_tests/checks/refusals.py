"""Requests that a server has to refuse, and close relatives that it has to accept; status and envelope as in the profile."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from leadsquared_slots.contract_tests.exchange import Exchange, error_of, shorten
from leadsquared_slots.contract_tests.question import Question
from leadsquared_slots.contract_tests.session import MOST_DAYS, Session
from leadsquared_slots.contract_tests.target import KEYS_EXCEPTION, OWN_KEYS, Call, Keys
from leadsquared_slots.mock_server.domain.profile import (
    AddressCase,
    AttributeCase,
    ContentType,
    ErrorPage,
    KeysInBothPlaces,
    OmittedFlag,
    OmittedPaging,
    Profile,
    UnknownAddress,
    UnknownAttributes,
)  # fmt: skip

from .registry import Breach, Kind, NotApplicable, check

UNKNOWN_ADDRESS = "unknown.to-the-contract-kit@example.com"
"""An address that no server should know; the emulator knows none that begins with `unknown`."""

_WRONG = Keys(access="wrong-access-key", secret="wrong-secret-key")  # noqa: S106 - made up
_INVALID = "MXInvalidInputException"


# --- path and method ---------------------------------------------------------------------------------------------------


@check(Kind.REQUESTS, "http.path", calls=1)
def endpoint_answers(session: Session) -> Iterator[Breach]:
    """A POST to the endpoint with a lawful request is answered."""
    yield from _accepted(session, session.target.ordinary(session.base.body()), "http.path", "A lawful request")


@check(Kind.REQUESTS, "http.unknown-path", "http.unknown-path-body", calls=2)
def unknown_path(session: Session) -> Iterator[Breach]:
    """A path that is no API answers 404, with the body that the profile says."""
    for path in ("/v2/Task.svc/NoSuchApi", "/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAdress"):
        exchange = session.send(_with(session, path=path))
        if exchange.received.status != 404:
            yield _breach("http.unknown-path", f"{path} does not answer 404", _seen(exchange), exchange)
        else:
            yield from _error_page(session.profile, exchange)


@check(Kind.REQUESTS, "http.wrong-method", "http.unknown-path-body", calls=2)
def wrong_method(session: Session) -> Iterator[Breach]:
    """Another method than POST answers 405 with an Allow header that names POST."""
    for method in ("GET", "PUT"):
        body = b"" if method == "GET" else session.base.body()
        exchange = session.send(_with(session, method=method, body=body))
        allow = exchange.received.headers.get("allow", "")
        if exchange.received.status != 405 or "POST" not in [name.strip() for name in allow.split(",")]:
            received = f"{_seen(exchange)}; Allow {allow or 'missing'}"
            yield _breach("http.wrong-method", f"{method} is not refused as a wrong method", received, exchange)
        else:
            yield from _error_page(session.profile, exchange)


# --- keys --------------------------------------------------------------------------------------------------------------


@check(Kind.REQUESTS, "auth.headers", calls=1)
def keys_in_headers(session: Session) -> Iterator[Breach]:
    """The keys are accepted as headers."""
    call = Call(body=session.base.body(), header_keys=OWN_KEYS)
    yield from _accepted(session, call, "auth.headers", "A request with the keys in the headers")


@check(Kind.REQUESTS, "auth.query", calls=1)
def keys_in_query(session: Session) -> Iterator[Breach]:
    """The keys are accepted as query parameters."""
    call = Call(body=session.base.body(), header_keys=None, query_keys=OWN_KEYS)
    yield from _accepted(session, call, "auth.query", "A request with the keys in the query")


@check(Kind.REQUESTS, "auth.invalid-keys", "auth.envelope", calls=5)
def invalid_keys(session: Session) -> Iterator[Breach]:
    """Missing or wrong keys are refused as unauthorised."""
    wrong_secret = Keys(access=OWN_KEYS.access, secret=_WRONG.secret)
    wrong_access = Keys(access=_WRONG.access, secret=OWN_KEYS.secret)
    for what, header_keys, query_keys in (
        ("no keys", None, None),
        ("wrong keys in the headers", _WRONG, None),
        ("wrong keys in the query", None, _WRONG),
        ("a wrong secret key", *_placed(session, wrong_secret)),
        ("a wrong access key", *_placed(session, wrong_access)),
    ):
        call = Call(body=session.base.body(), header_keys=header_keys, query_keys=query_keys)
        yield from _keys_refused(session, call, "auth.invalid-keys", what)


@check(Kind.REQUESTS, "auth.half-keys", calls=4)
def half_keys(session: Session) -> Iterator[Breach]:
    """One key without the other is refused like wrong keys."""
    access, secret = Keys(access=OWN_KEYS.access, secret=None), Keys(access=None, secret=OWN_KEYS.secret)
    for half, name in ((access, "access"), (secret, "secret")):
        for place, keys in (("headers", (half, None)), ("query", (None, half))):
            call = Call(body=session.base.body(), header_keys=keys[0], query_keys=keys[1])
            yield from _keys_refused(session, call, "auth.half-keys", f"the {name} key alone in the {place}")


@check(Kind.REQUESTS, "auth.before-body", calls=1)
def keys_come_before_the_body(session: Session) -> Iterator[Breach]:
    """Wrong keys with a broken body are refused for the keys."""
    call = Call(body=b'{"FromDate":', header_keys=_WRONG)
    yield from _keys_refused(session, call, "auth.before-body", "wrong keys with a body that is not JSON")


@check(Kind.REQUESTS, "auth.both-places", calls=2)
def keys_in_both_places(session: Session) -> Iterator[Breach]:
    """Of keys in the query and in the headers those count that the profile says."""
    header_counts = session.profile.keys_in_both_places is KeysInBothPlaces.HEADER
    right_header = Call(body=session.base.body(), header_keys=OWN_KEYS, query_keys=_WRONG)
    right_query = Call(body=session.base.body(), header_keys=_WRONG, query_keys=OWN_KEYS)
    right, wrong = (right_header, right_query) if header_counts else (right_query, right_header)
    place = "headers" if header_counts else "query"
    what = f"A request with right keys in the {place} and wrong ones in the other place"
    yield from _accepted(session, right, "auth.both-places", what)
    yield from _keys_refused(session, wrong, "auth.both-places", f"wrong keys in the {place} and right ones elsewhere")


# --- the body ----------------------------------------------------------------------------------------------------------


@check(Kind.REQUESTS, "request.content-type", calls=3)
def content_type(session: Session) -> Iterator[Breach]:
    """A content type other than application/json is refused, unless the profile ignores it; a charset may follow."""
    charset = _with(session, content_type="application/json; charset=utf-8")
    yield from _accepted(session, charset, "request.content-type", "application/json; charset=utf-8")
    for given in ("text/plain", None):
        call, what = _with(session, content_type=given), f"the content type {given}"
        if session.profile.content_type is ContentType.REQUIRED:
            yield from _malformed(session, call, "request.content-type", what)
        else:
            yield from _accepted(session, call, "request.content-type", what)


@check(Kind.REQUESTS, "request.json", calls=4)
def broken_json(session: Session) -> Iterator[Breach]:
    """A body that is not JSON is refused."""
    whole = session.base.body()
    for body, what in (
        (b"", "an empty body"),
        (whole[:-1], "JSON without its last bracket"),
        (whole.replace(b'"', b"'"), "JSON with single quotes"),
        (b"FromDate=2026-03-02&ToDate=2026-03-02", "a form"),
    ):
        yield from _malformed(session, _with(session, body=body), "request.json", what)


@check(Kind.REQUESTS, "request.types", calls=8)
def wrong_types(session: Session) -> Iterator[Breach]:
    """An attribute of the wrong JSON type is refused."""
    base = session.base
    yield from _malformed(session, _with(session, body=b"[]"), "request.types", "a list as body")
    for name, value in (
        ("FromDate", 20260302),
        ("ToDate", {"Date": base.last.isoformat()}),
        ("Users", base.users[0]),
        ("Users", [{"EmailAddress": base.users[0]}]),
        ("IncludeAllowedConflictSlots", "yes"),
        ("Paging", [1, 100]),
        ("Paging", {"PageIndex": "one", "PageSize": 100}),
    ):
        call = _changed(session, {name: value})
        yield from _malformed(session, call, "request.types", f"{name} {json.dumps(value)}")


@check(
    Kind.REQUESTS,
    "request.from-date", "request.to-date", "request.users",
    "request.missing-attribute", "request.missing-attribute-status", "request.null",
    calls=6,
)  # fmt: skip
def missing_attributes(session: Session) -> Iterator[Breach]:
    """FromDate, ToDate and Users are mandatory; null counts as left out."""
    for name, rule in (("FromDate", "request.from-date"), ("ToDate", "request.to-date"), ("Users", "request.users")):
        payload = session.base.payload()
        del payload[name]
        yield from _missing(session, _with(session, body=_json(payload)), rule, f"{name} left out")
        yield from _missing(session, _changed(session, {name: None}), "request.null", f"{name} null")


@check(Kind.REQUESTS, "request.null", calls=2)
def null_is_left_out(session: Session) -> Iterator[Breach]:
    """IncludeAllowedConflictSlots and Paging that are null count as left out."""
    for name, refused in (
        ("IncludeAllowedConflictSlots", session.profile.omitted_flag is OmittedFlag.REFUSED),
        ("Paging", session.profile.omitted_paging is OmittedPaging.REFUSED),
    ):
        call = _changed(session, {name: None})
        if refused:
            yield from _missing(session, call, "request.null", f"{name} null")
        else:
            yield from _same_as_base(session, call, "request.null", f"{name} null")


@check(Kind.REQUESTS, "request.unknown-attributes", calls=5)
def unknown_attributes(session: Session) -> Iterator[Breach]:
    """An attribute that the page does not name is refused, or ignored, as the profile says; a misspelt one is always refused."""
    rule, ignored = "request.unknown-attributes", session.profile.unknown_attributes is UnknownAttributes.IGNORED
    for what, call in (
        ("UserIds beside Users", _changed(session, {"UserIds": ["1"]})),
        ("an unknown attribute of Paging", _changed(session, {"Paging": {"PageIndex": 1, "PageSize": 1, "Sort": "asc"}})),
    ):
        if ignored:
            yield from _accepted(session, call, rule, what)
        else:
            yield from _malformed(session, call, rule, what)
    for right, wrong in (("FromDate", "FromDat"), ("ToDate", "TillDate"), ("Users", "UserEmails")):
        payload = {wrong if name == right else name: value for name, value in session.base.payload().items()}
        call, what = _with(session, body=_json(payload)), f"{wrong} in the place of {right}"
        yield from (_missing if ignored else _malformed)(session, call, rule, what)


@check(Kind.REQUESTS, "request.attribute-case", calls=1)
def attribute_case(session: Session) -> Iterator[Breach]:
    """Attribute names in another letter case are refused, or understood, as the profile says."""
    rule, what = "request.attribute-case", "attribute names in lower case"
    call = _with(session, body=_json({name.lower(): value for name, value in session.base.payload().items()}))
    if session.profile.attribute_case is AttributeCase.ANY:
        yield from _same_as_base(session, call, rule, what)
    elif session.profile.unknown_attributes is UnknownAttributes.IGNORED:
        yield from _missing(session, call, rule, what)
    else:
        yield from _malformed(session, call, rule, what)


@check(Kind.REQUESTS, "request.repeated-attribute", calls=1)
def repeated_attribute(session: Session) -> Iterator[Breach]:
    """Of an attribute that stands twice the last one counts."""
    earlier = (session.base.first - timedelta(days=1)).isoformat()
    body = f'{{"FromDate":"{earlier}",'.encode() + session.base.body()[1:]
    what = "FromDate twice, the second time right"
    yield from _same_as_base(session, _with(session, body=body), "request.repeated-attribute", what)


# --- dates -------------------------------------------------------------------------------------------------------------


@check(Kind.REQUESTS, "request.date-form", "error.invalid-value", "error.invalid-value-status", calls=6)
def date_form(session: Session) -> Iterator[Breach]:
    """A date that is not yyyy-MM-dd is refused."""
    day = session.base.first
    texts = [f"{day:%d-%m-%Y}", f"{day:%Y/%m/%d}", f"{day:%Y%m%d}", f"{day:%Y-%m-%d}T00:00:00", f"{day.year}-3-2", "tomorrow"]
    for name, text in zip(("FromDate", "ToDate") * 3, texts, strict=True):
        call = _changed(session, {name: text})
        yield from _invalid(session, call, "request.date-form", f"{name} {text!r}")


@check(Kind.REQUESTS, "request.date-exists", calls=3)
def date_exists(session: Session) -> Iterator[Breach]:
    """A date that the calendar does not have is refused."""
    for name, text in (("FromDate", "2026-02-30"), ("ToDate", "2026-13-01"), ("FromDate", "2025-02-29")):
        call = _changed(session, {name: text})
        yield from _invalid(session, call, "request.date-exists", f"{name} {text!r}")


@check(Kind.REQUESTS, "request.date-order", calls=1)
def date_order(session: Session) -> Iterator[Breach]:
    """A FromDate after the ToDate is refused."""
    call = _changed(session, {"FromDate": (session.base.first + timedelta(days=1)).isoformat()})
    yield from _invalid(session, call, "request.date-order", "FromDate a day after ToDate")


@check(Kind.REQUESTS, "request.range-101", calls=2)
def dates_101_days_apart(session: Session) -> Iterator[Breach]:
    """Dates more than 100 days apart are refused."""
    for days in (MOST_DAYS + 1, 2 * MOST_DAYS):
        call = _changed(session, {"ToDate": (session.base.first + timedelta(days=days)).isoformat()})
        yield from _invalid(session, call, "request.range-101", f"dates {days} days apart")


@check(Kind.REQUESTS, "request.range-100", calls=2)
def dates_100_days_apart(session: Session) -> Iterator[Breach]:
    """Dates exactly 100 days apart are accepted."""
    for days in (MOST_DAYS - 1, MOST_DAYS):
        question = session.base.with_(last=session.base.first + timedelta(days=days))
        call = session.target.ordinary(question.body())
        yield from _accepted(session, call, "request.range-100", f"Dates {days} days apart", question)


# --- users -------------------------------------------------------------------------------------------------------------


@check(Kind.REQUESTS, "request.users-empty", calls=1)
def users_empty(session: Session) -> Iterator[Breach]:
    """An empty list of users is refused."""
    yield from _invalid(session, _changed(session, {"Users": []}), "request.users-empty", "an empty list of users")


@check(Kind.REQUESTS, "request.address-form", calls=3)
def address_form(session: Session) -> Iterator[Breach]:
    """An entry of Users that is not an email address is refused."""
    for text in ("", "no address", "nobody.example.com"):
        call = _changed(session, {"Users": [*session.base.users, text]})
        yield from _invalid(session, call, "request.address-form", f"the user {text!r}")


@check(Kind.REQUESTS, "request.unknown-address", calls=2)
def unknown_address(session: Session) -> Iterator[Breach]:
    """An address that no user has is left out of the answer, or refuses the request, as the profile says."""
    rule = "request.unknown-address"
    alone = session.base.with_(users=(UNKNOWN_ADDRESS,))
    beside = session.base.with_(users=(*session.base.users, UNKNOWN_ADDRESS))
    if session.profile.unknown_address is UnknownAddress.REFUSED:
        for question in (alone, beside)[: session.profile.most_users]:
            call = session.target.ordinary(question.body())
            yield from _invalid(session, call, rule, "an address that no user has")
        return
    exchange = session.send(session.target.ordinary(alone.body()), question=alone)
    answer = session.read(exchange, alone)
    if answer is None:
        yield _breach(rule, "An address that no user has refuses the request", _seen(exchange), exchange)
    elif answer.entries or answer.record_count:
        yield _breach(rule, "An address that no user has is answered", shorten(exchange.received.text()), exchange)
    if session.profile.most_users < 2:
        return
    call = session.target.ordinary(beside.body())
    yield from _same_as_base(session, call, rule, "an address that no user has beside one that a user has", beside)


@check(Kind.REQUESTS, "request.address-case", "answer.stored-address", calls=1)
def address_case(session: Session) -> Iterator[Breach]:
    """Addresses in another letter case name the same user, or nobody, as the profile says; the stored case is echoed."""
    user = session.base.users[0]
    other = user.swapcase()
    if other == user or other in session.users:
        raise NotApplicable("the first user's address has no letters that could be written in another case")
    question = session.base.with_(users=(other,))
    call = session.target.ordinary(question.body())
    what = "a user's address in another letter case"
    if session.profile.address_case is AddressCase.ANY:
        for breach in _same_as_base(session, call, "request.address-case", what, question):
            echoes = other in breach.received and user != other
            yield replace(breach, rule="answer.stored-address") if echoes else breach
        return
    exchange, base = session.send(call, question=question), session.ask(session.base)
    answer, refuses = session.read(exchange, question), session.profile.unknown_address is UnknownAddress.REFUSED
    if answer is None and not refuses:
        yield _breach("request.address-case", f"Refused: {what}", _seen(exchange), exchange)
    elif answer and {entry.user_id for entry in answer.entries} & {entry.user_id for entry in base.entries}:
        yield _breach("request.address-case", f"Taken for the same user: {what}", _seen(exchange), exchange)


# --- flag and paging ---------------------------------------------------------------------------------------------------


@check(Kind.REQUESTS, "request.flag-omitted", calls=1)
def flag_omitted(session: Session) -> Iterator[Breach]:
    """IncludeAllowedConflictSlots left out means false, or is refused, as the profile says."""
    broad = session.broad()
    question = broad.with_(include_allowed_conflicts=None)
    call, what = session.target.ordinary(question.body()), "IncludeAllowedConflictSlots left out"
    if session.profile.omitted_flag is OmittedFlag.REFUSED:
        yield from _missing(session, call, "request.flag-omitted", what)
    else:
        yield from _same(session, call, "request.flag-omitted", what, question, as_for=broad)


@check(Kind.REQUESTS, "request.paging-omitted", calls=1)
def paging_omitted(session: Session) -> Iterator[Breach]:
    """Paging left out means everything on one page, or is refused, as the profile says."""
    question = session.broad().with_(page=None, last=session.first)
    call, rule, what = session.target.ordinary(question.body()), "request.paging-omitted", "Paging left out"
    if session.profile.omitted_paging is OmittedPaging.REFUSED:
        yield from _missing(session, call, rule, what)
    else:
        yield from _accepted(session, call, rule, what, question)


@check(Kind.REQUESTS, "request.page-index", "request.page-size", calls=4)
def page_from_one(session: Session) -> Iterator[Breach]:
    """PageIndex and PageSize are at least 1; less is refused."""
    for index, size, rule in ((0, 10, "request.page-index"), (-1, 10, "request.page-index"),
                              (1, 0, "request.page-size"), (1, -1, "request.page-size")):  # fmt: skip
        call = _changed(session, {"Paging": {"PageIndex": index, "PageSize": size}})
        yield from _invalid(session, call, rule, f"PageIndex {index}, PageSize {size}")


@check(Kind.REQUESTS, "request.largest-page", calls=2)
def largest_page(session: Session) -> Iterator[Breach]:
    """PageSize is at most 1000, or what the profile says; more is refused."""
    rule, largest = "request.largest-page", session.profile.largest_page
    question = session.base.with_(page=(1, largest))
    yield from _accepted(session, session.target.ordinary(question.body()), rule, f"PageSize {largest}", question)
    call = _changed(session, {"Paging": {"PageIndex": 1, "PageSize": largest + 1}})
    yield from _invalid(session, call, rule, f"PageSize {largest + 1}")


@check(Kind.REQUESTS, "request.largest-number", calls=2)
def largest_number(session: Session) -> Iterator[Breach]:
    """A whole number over 2147483647 is refused; that one itself is a page past the last."""
    rule, largest = "request.largest-number", 2**31 - 1
    question = session.base.with_(page=(largest, 1))
    yield from _accepted(session, session.target.ordinary(question.body()), rule, f"PageIndex {largest}", question)
    call = _changed(session, {"Paging": {"PageIndex": largest + 1, "PageSize": 1}})
    yield from _invalid(session, call, rule, f"PageIndex {largest + 1}")


@check(Kind.REQUESTS, "request.paging-parts", calls=3)
def parts_of_paging(session: Session) -> Iterator[Breach]:
    """In Paging, PageIndex left out means 1, and PageSize left out means everything on one page."""
    if session.profile.omitted_paging is OmittedPaging.REFUSED:
        raise NotApplicable("the profile refuses Paging left out, so what a part of it means is not asked")
    whole = session.broad().with_(last=session.first)
    for paging, what in (({"PageSize": len(whole.users)}, "PageIndex left out"), ({"PageIndex": 1}, "PageSize left out")):
        call = _with(session, body=_json({**whole.payload(), "Paging": paging}))
        yield from _same(session, call, "request.paging-parts", what, whole, as_for=whole)


# --- how the above is said ---------------------------------------------------------------------------------------------


def _keys_refused(session: Session, call: Call, rule: str, what: str) -> Iterator[Breach]:
    # Any other refusal shows that the half was taken for something, or that the body was looked at.
    status_rule = exception_rule = rule
    if rule == "auth.invalid-keys":
        exception_rule = "auth.envelope"
    yield from _refused(
        session, call, what, rule, (int(session.profile.invalid_keys_status), status_rule), (KEYS_EXCEPTION, exception_rule)
    )


def _malformed(session: Session, call: Call, rule: str, what: str) -> Iterator[Breach]:
    yield from _refused(session, call, what, rule, (int(session.profile.malformed_body_status), rule), None)


def _missing(session: Session, call: Call, rule: str, what: str) -> Iterator[Breach]:
    status = int(session.profile.missing_attribute_status), "request.missing-attribute-status"
    exception = session.profile.missing_attribute_type.value, "request.missing-attribute"
    yield from _refused(session, call, what, rule, status, exception)


def _invalid(session: Session, call: Call, rule: str, what: str) -> Iterator[Breach]:
    status = int(session.profile.invalid_value_status), "error.invalid-value-status"
    yield from _refused(session, call, what, rule, status, (_INVALID, "error.invalid-value"))


def _refused(
    session: Session, call: Call, what: str, rule: str, status: tuple[int, str], exception: tuple[str, str] | None
) -> Iterator[Breach]:
    """Sends what has to be refused; `status` and `exception` come with the rules that decide them."""
    exchange = session.send(call)
    received, error = exchange.received, error_of(exchange.received)
    if error is None and received.status < 400:
        yield _breach(rule, f"Accepted: {what}", _seen(exchange), exchange)
        return
    if received.status != status[0]:
        documented = f"Status {status[0]}: the profile {session.profile.name} says so."
        yield _breach(status[1], f"Refused with another status: {what}", _seen(exchange), exchange, documented)
    if exception and error is not None and error.get("ExceptionType") != exception[0]:
        received_type = f"ExceptionType {error.get('ExceptionType')!r}"
        title = f"Refused with another exception: {what}"
        yield _breach(exception[1], title, received_type, exchange, f"ExceptionType {exception[0]!r}.")


def _accepted(session: Session, call: Call, rule: str, what: str, question: Question | None = None) -> Iterator[Breach]:
    """Sends what has to be accepted; its answer is shown to the checks of answers."""
    question = question or session.base
    exchange = session.send(call, question=question)
    if session.read(exchange, question) is None:
        yield _breach(rule, f"Refused: {what}", _seen(exchange), exchange)


def _same_as_base(session: Session, call: Call, rule: str, what: str, question: Question | None = None) -> Iterator[Breach]:
    """Sends what has to be answered like the plainest question."""
    yield from _same(session, call, rule, what, question or session.base, as_for=session.base)


def _same(session: Session, call: Call, rule: str, what: str, question: Question, *, as_for: Question) -> Iterator[Breach]:
    """Sends what has to be answered like another question."""
    right = session.ask(as_for)
    exchange = session.send(call, question=question)
    answer = session.read(exchange, question)
    if answer is None:
        yield _breach(rule, f"Refused: {what}", _seen(exchange), exchange)
    elif answer.document != right.document:
        received = shorten(exchange.received.text(), 500)
        documented = f"The answer to the same request without that: {shorten(_json(right.document).decode(), 500)}"
        yield _breach(rule, f"Answered differently: {what}", received, exchange, documented)


def _error_page(profile: Profile, exchange: Exchange) -> Iterator[Breach]:
    kind = exchange.received.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_json = kind == "application/json" and error_of(exchange.received) is not None
    if is_json != (profile.error_page is ErrorPage.JSON) or (not is_json and kind != "text/html"):
        documented = f"The profile says {profile.error_page.value}."
        received = f"Content-Type {kind or 'missing'}: {shorten(exchange.received.text())}"
        title = f"The body of a {exchange.received.status} is another one"
        yield _breach("http.unknown-path-body", title, received, exchange, documented)


def _with(session: Session, **changes: Any) -> Call:
    """The ordinary call of the plainest question with some parts changed."""
    ordinary = session.target.ordinary(session.base.body())
    parts = {"body": ordinary.body, "header_keys": ordinary.header_keys, "query_keys": ordinary.query_keys}
    return Call(**{**parts, **changes})


def _changed(session: Session, changes: dict[str, Any]) -> Call:
    return _with(session, body=_json({**session.base.payload(), **changes}))


def _placed(session: Session, keys: Keys) -> tuple[Keys | None, Keys | None]:
    return (None, keys) if session.target.keys_in_query else (keys, None)


def _json(document: Any) -> bytes:
    return json.dumps(document).encode()


def _seen(exchange: Exchange) -> str:
    return f"status {exchange.received.status}: {shorten(exchange.received.text())}"


def _breach(rule: str, title: str, received: str, exchange: Exchange, documented: str = "") -> Breach:
    return Breach(rule=rule, title=title, received=received, documented=documented, exchanges=(exchange,))
