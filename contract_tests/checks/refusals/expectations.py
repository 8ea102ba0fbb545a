"""What checks of requests expect: that one is accepted, refused in the way of the profile, or answered like another."""

import json
from collections.abc import Iterator
from enum import Enum
from typing import Any, NamedTuple, cast

from leadsquared_slots.contract_tests.checks.registry import Violation
from leadsquared_slots.contract_tests.checks.session import Session
from leadsquared_slots.contract_tests.wire.exchange import Exchange, error_of, shorten
from leadsquared_slots.contract_tests.wire.question import Question
from leadsquared_slots.contract_tests.wire.target import KEYS_EXCEPTION, Call
from leadsquared_slots.mock_server.contract.documents import ledger
from leadsquared_slots.mock_server.domain.profile import QUESTIONS, ErrorPage, Profile

_OF_THE_VENDOR, _INVALID = "MX", "MXInvalidInputException"
Fits = tuple[str, str | int] | None


class Expected(NamedTuple):
    """A status or an exception type that is expected, the rule that says so, and the profile question that decides it."""

    value: str | int
    rule: str
    question: str = ""

    def fitting(self, received: object) -> Fits:
        """The question with what was received, where the profile could give it as an answer; else None."""
        kind = QUESTIONS.get(self.question)
        choices = [choice.value for choice in kind] if kind and issubclass(kind, Enum) else []
        return (self.question, cast(str | int, received)) if received in choices else None


def keys_refused(session: Session, call: Call, rule: str, what: str) -> Iterator[Violation]:
    """Sends what has to be refused for its keys. `what` says in the report what was sent."""
    # Any other refusal shows that the half was taken for something, or that the body was looked at.
    status_rule = exception_rule = rule
    if rule == "auth.invalid-keys":
        exception_rule = "auth.envelope"
    status = Expected(int(session.profile.invalid_keys_status), status_rule, "invalid-keys-status")
    yield from _refused(session, call, what, rule, status, Expected(KEYS_EXCEPTION, exception_rule))


def malformed(session: Session, call: Call, rule: str, what: str, *, if_accepted: Fits = None) -> Iterator[Violation]:
    """Sends what has to be refused as no body of the specification. `if_accepted` is what fits where it is accepted."""
    status = Expected(int(session.profile.malformed_body_status), rule, "malformed-body-status")
    yield from _refused(session, call, what, rule, status, None, if_accepted)


def missing(session: Session, call: Call, rule: str, what: str) -> Iterator[Violation]:
    """Sends what has to be refused because a mandatory attribute is missing."""
    status = Expected(int(session.profile.missing_attribute_status), "request.missing-attribute-status", "missing-attribute-status")
    exception = Expected(session.profile.missing_attribute_type.value, "request.missing-attribute", "missing-attribute-type")
    yield from _refused(session, call, what, rule, status, exception)


def invalid(session: Session, call: Call, rule: str, what: str) -> Iterator[Violation]:
    """Sends what has to be refused for a value."""
    status = Expected(int(session.profile.invalid_value_status), "error.invalid-value-status", "invalid-value-status")
    yield from _refused(session, call, what, rule, status, Expected(_INVALID, "error.invalid-value"))


def _refused(
    session: Session,
    call: Call,
    what: str,
    rule: str,
    status: Expected,
    exception: Expected | None,
    if_accepted: Fits = None,
) -> Iterator[Violation]:
    """Sends what has to be refused; `status` and `exception` come with the rules that decide them."""
    exchange = session.send(call)
    received, error = exchange.received, error_of(exchange.received)
    if error is None and received.status < 400:
        documented = f"Refused, with status {status.value}: {ledger()[rule].statement}"
        yield shown(rule, f"Accepted: {what}", seen(exchange), exchange, documented, fits=if_accepted)
        return
    if received.status != status.value:
        documented = f"Refused with status {status.value}" + (
            f": the profile says {status.question} = {status.value}." if status.question else "."
        )
        title = f"Refused with another status: {what}"
        # A program that fails over a request refuses nothing, and says so with an exception of its own.
        has_failed = received.status >= 500 and not str((error or {}).get("ExceptionType")).startswith(_OF_THE_VENDOR)
        fits = None if has_failed else status.fitting(received.status)
        yield shown(status.rule, title, seen(exchange), exchange, documented, fits=fits)
    if exception and error is not None and error.get("ExceptionType") != exception.value:
        received_type = f"ExceptionType {error.get('ExceptionType')!r}"
        title = f"Refused with another exception: {what}"
        fits = exception.fitting(error.get("ExceptionType"))
        yield shown(exception.rule, title, received_type, exchange, f"ExceptionType {exception.value!r}.", fits=fits)


def accepted(
    session: Session, call: Call, rule: str, what: str, question: Question | None = None, *, if_refused: Fits = None
) -> Iterator[Violation]:
    """Sends what has to be accepted; its answer is shown to the checks of answers. `if_refused` is what fits where it is refused.

    What was answered before is not sent again.
    """
    question = question or session.base
    if call == session.target.ordinary(question.body()) and session.kept(question) is not None:
        return
    exchange = session.send(call, question=question)
    if session.read(exchange, question) is None:
        documented = f"Answered, with status 200: {ledger()[rule].statement}"
        yield shown(rule, f"Refused: {what}", seen(exchange), exchange, documented, fits=if_refused if is_bad_request(exchange) else None)


def same_as_base(
    session: Session, call: Call, rule: str, what: str, question: Question | None = None, *, if_refused: Fits = None
) -> Iterator[Violation]:
    """Sends what has to be answered like the plainest question."""
    yield from same(session, call, rule, what, question or session.base, as_for=session.base, if_refused=if_refused)


def same(
    session: Session, call: Call, rule: str, what: str, question: Question, *, as_for: Question, if_refused: Fits = None
) -> Iterator[Violation]:
    """Sends what has to be answered like another question."""
    right = session.ask(as_for)
    exchange = session.send(call, question=question)
    answer = session.read(exchange, question)
    if answer is None:
        documented = f"Answered like the same request without that, with status 200: {ledger()[rule].statement}"
        yield shown(rule, f"Refused: {what}", seen(exchange), exchange, documented, fits=if_refused if is_bad_request(exchange) else None)
    elif answer.document != right.document:
        received = shorten(exchange.received.text(), 500)
        documented = f"The answer to the same request without that: {shorten(as_json(right.document).decode(), 500)}"
        yield shown(rule, f"Answered differently: {what}", received, exchange, documented)


def error_page(profile: Profile, exchange: Exchange) -> Iterator[Violation]:
    """Looks at the body of a 404 or 405: JSON with the envelope, or HTML, as the profile says."""
    kind = exchange.received.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_json = kind == "application/json" and error_of(exchange.received) is not None
    if is_json != (profile.error_page is ErrorPage.JSON) or (not is_json and kind != "text/html"):
        documented = f"The profile says {profile.error_page.value}."
        received = f"Content-Type {kind or 'missing'}: {shorten(exchange.received.text())}"
        title = f"The body of a {exchange.received.status} is another one"
        other = ErrorPage.HTML if kind == "text/html" else ErrorPage.JSON if is_json else None
        fits = ("error-page", other.value) if other else None
        yield shown("http.unknown-path-body", title, received, exchange, documented, fits=fits)


def with_(session: Session, **changes: Any) -> Call:
    """The ordinary call of the plainest question with some parts changed."""
    ordinary = session.target.ordinary(session.base.body())
    parts = {"body": ordinary.body, "header_keys": ordinary.header_keys, "query_keys": ordinary.query_keys}
    return Call(**{**parts, **changes})


def changed(session: Session, changes: dict[str, Any]) -> Call:
    """The ordinary call of the plainest question with some attributes changed or added."""
    return with_(session, body=as_json({**session.base.payload(), **changes}))


def as_json(document: Any) -> bytes:
    """A JSON body."""
    return json.dumps(document).encode()


def is_bad_request(exchange: Exchange) -> bool:
    """Whether a reply refuses the request as one that is wrong, in any form that a profile gives."""
    error = error_of(exchange.received)
    types = (_INVALID, "MXMandatoryAttributeMissingException")
    return exchange.received.status == 400 or (error is not None and error.get("ExceptionType") in types)


def was_accepted(exchange: Exchange) -> bool:
    """Whether a reply is no error."""
    return error_of(exchange.received) is None and exchange.received.status < 400


def seen(exchange: Exchange) -> str:
    """A reply in one line."""
    return f"status {exchange.received.status}: {shorten(exchange.received.text())}"


def shown(rule: str, title: str, received: str, exchange: Exchange, documented: str = "", fits: Fits = None) -> Violation:
    """A violation that one call shows."""
    return Violation(rule=rule, title=title, received=received, documented=documented, fits=fits, exchanges=(exchange,))
