"""Bodies that a server has to refuse, and close relatives that it has to accept; status and envelope as in the profile."""

import json
from collections.abc import Iterator
from datetime import timedelta

from leadsquared_slots.contract_tests.checks.registry import Scope, Violation, check
from leadsquared_slots.contract_tests.checks.session import Session
from leadsquared_slots.mock_server.domain.profile import AttributeCase, ContentType, OmittedFlag, OmittedPaging, UnknownAttributes

from .expectations import accepted, as_json, changed, malformed, missing, same_as_base, with_


@check(Scope.REQUESTS, "request.content-type", calls=5)
def content_type(session: Session) -> Iterator[Violation]:
    """A content type other than application/json is refused, unless the profile ignores it; with a charset or capitals it is the same."""
    for same in ("application/json; charset=utf-8", "Application/JSON"):
        yield from accepted(session, with_(session, content_type=same), "request.content-type", f"the content type {same}")
    for given in ("text/plain", "text/json", None):
        call, what = with_(session, content_type=given), f"the content type {given}"
        if session.profile.content_type is ContentType.REQUIRED:
            fits = ("content-type", ContentType.IGNORED.value)
            yield from malformed(session, call, "request.content-type", what, if_accepted=fits)
        else:
            yield from accepted(session, call, "request.content-type", what)


@check(Scope.REQUESTS, "request.json", calls=7)
def broken_json(session: Session) -> Iterator[Violation]:
    """A body that is not JSON is refused."""
    whole = session.base.body()
    for body, what in (
        (b"", "an empty body"),
        (whole[:-1], "JSON without its last bracket"),
        (whole.replace(b'"', b"'"), "JSON with single quotes"),
        (whole[:-1] + b",}", "JSON with a comma behind its last member"),
        (b"FromDate=2026-03-02&ToDate=2026-03-02", "a form"),
        (b"[" * 5000, "five thousand open brackets"),
        (whole.replace(b"@", b"\xff@", 1), "bytes that are no UTF-8"),
    ):
        yield from malformed(session, with_(session, body=body), "request.json", what)


@check(Scope.REQUESTS, "request.types", calls=12)
def wrong_types(session: Session) -> Iterator[Violation]:
    """An attribute of the wrong JSON type is refused."""
    base = session.base
    for body, what in (
        (b"[" + base.body() + b"]", "a list with the request as body"),
        (b"null", "null as body"),
    ):
        yield from malformed(session, with_(session, body=body), "request.types", what)
    for name, value in (
        ("Users", [*base.users, None]),
        ("Paging", "1"),
        ("Paging", {"PageIndex": 1.5, "PageSize": 1}),
        ("Paging", {"PageIndex": True, "PageSize": 1}),
        ("ToDate", {"Date": base.last.isoformat()}),
        ("Users", base.users[0]),
        ("Users", [{"EmailAddress": base.users[0]}]),
        ("IncludeAllowedConflictSlots", "yes"),
        ("Paging", [1, 100]),
        ("Paging", {"PageIndex": "one", "PageSize": 100}),
    ):
        call = changed(session, {name: value})
        yield from malformed(session, call, "request.types", f"{name} {json.dumps(value)}")


@check(Scope.REQUESTS, "request.types-as-text", calls=5)
def values_as_text(session: Session) -> Iterator[Violation]:
    """A number or a truth value that is written as text, or stands for a text, is of the wrong JSON type."""
    for name, value in (
        ("FromDate", 20260302),
        ("Users", [*session.base.users, 7]),
        ("Paging", {"PageIndex": "1", "PageSize": 1}),
        ("Paging", {"PageIndex": 1, "PageSize": "1"}),
        ("IncludeAllowedConflictSlots", "true"),
    ):
        call = changed(session, {name: value})
        yield from malformed(session, call, "request.types-as-text", f"{name} {json.dumps(value)}")


@check(
    Scope.REQUESTS,
    "request.from-date", "request.to-date", "request.users",
    "request.missing-attribute", "request.missing-attribute-status", "request.null",
    calls=6,
)  # fmt: skip
def missing_attributes(session: Session) -> Iterator[Violation]:
    """FromDate, ToDate and Users are mandatory; null counts as left out."""
    for name, rule in (("FromDate", "request.from-date"), ("ToDate", "request.to-date"), ("Users", "request.users")):
        payload = session.base.payload()
        del payload[name]
        yield from missing(session, with_(session, body=as_json(payload)), rule, f"{name} left out")
        yield from missing(session, changed(session, {name: None}), "request.null", f"{name} null")


@check(Scope.REQUESTS, "request.null", calls=2)
def null_is_left_out(session: Session) -> Iterator[Violation]:
    """IncludeAllowedConflictSlots and Paging that are null count as left out."""
    for name, refused in (
        ("IncludeAllowedConflictSlots", session.profile.omitted_flag is OmittedFlag.REFUSED),
        ("Paging", session.profile.omitted_paging is OmittedPaging.REFUSED),
    ):
        call = changed(session, {name: None})
        if refused:
            yield from missing(session, call, "request.null", f"{name} null")
        else:
            yield from same_as_base(session, call, "request.null", f"{name} null")


@check(Scope.REQUESTS, "request.unknown-attributes", calls=5)
def unknown_attributes(session: Session) -> Iterator[Violation]:
    """An attribute that the page does not name is refused, or ignored, as the profile says; a misspelt one is always refused."""
    rule, ignored = "request.unknown-attributes", session.profile.unknown_attributes is UnknownAttributes.IGNORED
    for what, call in (
        ("UserIds beside Users", changed(session, {"UserIds": ["1"]})),
        ("an unknown attribute of Paging", changed(session, {"Paging": {"PageIndex": 1, "PageSize": 1, "Sort": "asc"}})),
    ):
        if ignored:
            yield from accepted(session, call, rule, what)
        else:
            yield from malformed(session, call, rule, what, if_accepted=("unknown-attributes", UnknownAttributes.IGNORED.value))
    for right, wrong in (("FromDate", "FromDat"), ("ToDate", "TillDate"), ("Users", "UserEmails")):
        payload = {wrong if name == right else name: value for name, value in session.base.payload().items()}
        call, what = with_(session, body=as_json(payload)), f"{wrong} in the place of {right}"
        yield from (missing if ignored else malformed)(session, call, rule, what)


@check(Scope.REQUESTS, "request.attribute-case", calls=1)
def attribute_case(session: Session) -> Iterator[Violation]:
    """Attribute names in another letter case are refused, or understood, as the profile says."""
    rule, what = "request.attribute-case", "attribute names in lower case"
    call = with_(session, body=as_json({name.lower(): value for name, value in session.base.payload().items()}))
    if session.profile.attribute_case is AttributeCase.ANY:
        yield from same_as_base(session, call, rule, what)
    elif session.profile.unknown_attributes is UnknownAttributes.IGNORED:
        yield from missing(session, call, rule, what)
    else:
        yield from malformed(session, call, rule, what, if_accepted=("attribute-case", AttributeCase.ANY.value))


@check(Scope.REQUESTS, "request.repeated-attribute", calls=1)
def repeated_attribute(session: Session) -> Iterator[Violation]:
    """Of an attribute that stands twice the last one counts."""
    earlier = (session.base.first - timedelta(days=1)).isoformat()
    body = f'{{"FromDate":"{earlier}",'.encode() + session.base.body()[1:]
    what = "FromDate twice, the second time right"
    yield from same_as_base(session, with_(session, body=body), "request.repeated-attribute", what)
