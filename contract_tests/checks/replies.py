"""What every reply of the endpoint shows, and every error."""

from codecs import BOM_UTF8
from collections.abc import Iterator
from http import HTTPStatus

from leadsquared_slots.contract_tests.wire.exchange import error_of, shorten
from leadsquared_slots.mock_server.domain.profile import MxMember

from .passive import Reply
from .registry import Scope, Violation, check

_MEMBERS = {"Status", "ExceptionType", "ExceptionMessage", "IsMXException"}
_WRONG_REQUEST = ("MXInvalidInputException", "MXMandatoryAttributeMissingException")
_LIMIT_HEADERS = ("retry-after", "x-ratelimit", "ratelimit")


@check(Scope.REPLY, "http.json-answer")
def replies_are_json(reply: Reply) -> Iterator[Violation]:
    """A reply of the endpoint is JSON, and its content type says so."""
    if not reply.is_endpoint:
        return
    received = reply.exchange.received
    content_type = received.headers.get("content-type", "")
    if content_type.partition(";")[0].strip().lower() != "application/json":
        title = "The content type of a reply is not application/json"
        yield Violation(rule="http.json-answer", title=title, received=f"Content-Type {content_type or 'missing'}")
    if received.encoding:
        title = "The body of a reply is encoded, and nobody asked for that"
        yield Violation(rule="http.json-answer", title=title, received=f"Content-Encoding {received.encoding}")
    if received.body.startswith(BOM_UTF8):
        title = "The body of a reply begins with a byte order mark, which JSON does not have"
        yield Violation(rule="http.json-answer", title=title, received=repr(received.body[:20]))
    try:
        received.document()
    except ValueError:
        yield Violation(rule="http.json-answer", title="The body of a reply is not JSON", received=shorten(received.text()))


@check(Scope.REPLY, "limit.no-headers")
def no_limit_headers(reply: Reply) -> Iterator[Violation]:
    """No reply carries Retry-After or an X-RateLimit header."""
    for name, value in reply.exchange.received.headers.items():
        if name.startswith(_LIMIT_HEADERS):
            title = "A header tells of the limit, which no client ever saw"
            yield Violation(rule="limit.no-headers", title=title, received=f"{name}: {value}")


@check(Scope.REFUSAL, "error.envelope")
def errors_have_the_envelope(reply: Reply) -> Iterator[Violation]:
    """An error is an object of Status "Error", ExceptionType and ExceptionMessage, and nothing else but IsMXException."""
    if not _has_envelope(reply):
        return
    error, text = error_of(reply.exchange.received), shorten(reply.exchange.received.text())
    if error is None:
        yield Violation(rule="error.envelope", title="An error has no envelope", received=text)
    elif error.get("Status") != "Error" or not _is_text(error.get("ExceptionType")) or "ExceptionMessage" not in error:
        yield Violation(rule="error.envelope", title="The envelope of an error is not complete", received=text)
    elif not set(error) <= _MEMBERS:
        received = ", ".join(sorted(set(error) - _MEMBERS))
        yield Violation(rule="error.envelope", title="The envelope of an error has a further member", received=received)


@check(Scope.REFUSAL, "error.no-failure")
def no_request_makes_the_server_fail(reply: Reply) -> Iterator[Violation]:
    """A reply has a status from 500 on only where the profile refuses requests so."""
    status = reply.exchange.received.status
    if status < HTTPStatus.INTERNAL_SERVER_ERROR or (status == HTTPStatus.INTERNAL_SERVER_ERROR and _refuses_with_500(reply)):
        return
    received = f"status {status}: {shorten(reply.exchange.received.text())}"
    yield Violation(rule="error.no-failure", title="A request makes the server fail", received=received)


@check(Scope.REFUSAL, "error.message")
def errors_have_a_message(reply: Reply) -> Iterator[Violation]:
    """ExceptionMessage says what is wrong; it is never empty."""
    error = error_of(reply.exchange.received)
    if error is not None and not _is_text(error.get("ExceptionMessage")):
        received = f"ExceptionMessage {error.get('ExceptionMessage')!r}"
        yield Violation(rule="error.message", title="An error has no message", received=received)


@check(Scope.REFUSAL, "error.mx-member")
def mx_member_as_in_the_profile(reply: Reply) -> Iterator[Violation]:
    """An error carries IsMXException: true exactly where the profile says so."""
    error = error_of(reply.exchange.received)
    if error is None or not _has_envelope(reply):
        return
    expected = "true" if reply.profile.mx_member is MxMember.PRESENT else "absent"
    received = {True: "true"}.get(error["IsMXException"], "other") if "IsMXException" in error else "absent"
    if received != expected:
        documented = f"IsMXException is {expected}: the profile says {reply.profile.mx_member.value}."
        title = "IsMXException is not as in the profile"
        other = {"true": MxMember.PRESENT, "absent": MxMember.ABSENT}.get(received)
        fits = ("mx-member", other.value) if other else None
        yield Violation(rule="error.mx-member", title=title, received=f"IsMXException {received}", documented=documented, fits=fits)


def _has_envelope(reply: Reply) -> bool:
    """Whether the error is one that has an envelope: the vendor leaves open what a 404 or 405 has (rule http.unknown-path-body)."""
    return reply.is_endpoint


def _refuses_with_500(reply: Reply) -> bool:
    """Whether a 500 is how the profile refuses a request: with the exception of a wrong value, or any where it refuses bodies so."""
    error, profile = error_of(reply.exchange.received), reply.profile
    if error is None:
        return False
    if error.get("ExceptionType") in _WRONG_REQUEST:
        statuses = profile.invalid_value_status, profile.missing_attribute_status, profile.malformed_body_status
        return HTTPStatus.INTERNAL_SERVER_ERROR in map(int, statuses)
    return int(profile.malformed_body_status) == HTTPStatus.INTERNAL_SERVER_ERROR


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
