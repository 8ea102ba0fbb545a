"""Paths, methods and keys that a server has to refuse, and those that it has to accept."""

from collections.abc import Iterator
from dataclasses import replace

from leadsquared_slots.contract_tests.checks.registry import NotApplicable, Scope, Violation, check
from leadsquared_slots.contract_tests.checks.session import Session
from leadsquared_slots.contract_tests.wire.call import NEARLY_OWN_ACCESS, NEARLY_OWN_SECRET, OWN_KEYS, OWN_KEYS_IN_OTHER_CASE, Call, Keys
from leadsquared_slots.contract_tests.wire.exchange import ENDPOINT
from leadsquared_slots.mock_server.domain.profile import KeysInBothPlaces

from .expectations import accepted, error_page, keys_refused, seen, shown, was_accepted, with_

_WRONG = Keys(access="wrong-access-key", secret="wrong-secret-key")  # noqa: S106 - made up


@check(Scope.REQUESTS, "request.sample", calls=1)
def sample_of_the_page(session: Session) -> Iterator[Violation]:
    """The request that the vendor's page prints is answered, with addresses of the run."""
    exchange = session.first_exchange
    if exchange is None:
        raise NotApplicable("the run began with another request")
    if not was_accepted(exchange):
        yield shown("request.sample", "The request of the vendor's page is refused", seen(exchange), exchange)


@check(Scope.REQUESTS, "http.path", calls=1)
def endpoint_answers(session: Session) -> Iterator[Violation]:
    """A POST to the endpoint with a lawful request is answered."""
    yield from accepted(session, session.target.ordinary(session.base.body()), "http.path", "A lawful request")


@check(Scope.REQUESTS, "http.unknown-path", "http.unknown-path-body", calls=4)
def unknown_path(session: Session) -> Iterator[Violation]:
    """A path that is no API answers 404, with the body that the profile says."""
    for path in ("/v2/Task.svc/NoSuchApi", f"{ENDPOINT}es", ENDPOINT.replace("/v2", "/v2/v1"), ENDPOINT[:-1]):
        exchange = session.send(with_(session, path=path))
        if exchange.received.status != 404:
            yield shown("http.unknown-path", f"{path} does not answer 404", seen(exchange), exchange)
        else:
            yield from error_page(session.profile, exchange)


@check(Scope.REQUESTS, "http.wrong-method", "http.unknown-path-body", calls=2)
def wrong_method(session: Session) -> Iterator[Violation]:
    """Another method than POST answers 405 with an Allow header that names POST."""
    for method in ("GET", "PUT"):
        body = b"" if method == "GET" else session.base.body()
        exchange = session.send(with_(session, method=method, body=body))
        allow = exchange.received.headers.get("allow", "")
        if was_accepted(exchange):
            answered = shown("http.wrong-method", f"{method} is answered like POST", seen(exchange), exchange)
            yield replace(answered, severe=True)
        elif exchange.received.status != 405 or "POST" not in [name.strip() for name in allow.split(",")]:
            received = f"{seen(exchange)}; Allow {allow or 'missing'}"
            yield shown("http.wrong-method", f"{method} is not refused as a wrong method", received, exchange)
        else:
            yield from error_page(session.profile, exchange)


@check(Scope.REQUESTS, "auth.headers", calls=2)
def keys_in_headers(session: Session) -> Iterator[Violation]:
    """The keys are accepted as headers."""
    call = Call(body=session.base.body(), header_keys=OWN_KEYS)
    yield from accepted(session, call, "auth.headers", "A request with the keys in the headers")
    lower = replace(call, lower_case=True)
    yield from accepted(session, lower, "auth.headers", "A request with the names of the headers in lower case")


@check(Scope.REQUESTS, "auth.query", calls=1)
def keys_in_query(session: Session) -> Iterator[Violation]:
    """The keys are accepted as query parameters."""
    call = Call(body=session.base.body(), header_keys=None, query_keys=OWN_KEYS)
    yield from accepted(session, call, "auth.query", "A request with the keys in the query")


@check(Scope.REQUESTS, "auth.invalid-keys", "auth.envelope", calls=3)
def invalid_keys(session: Session) -> Iterator[Violation]:
    """Missing or wrong keys are refused as unauthorised."""
    for what, header_keys, query_keys in (
        ("no keys", None, None),
        ("wrong keys in the headers", _WRONG, None),
        ("wrong keys in the query", None, _WRONG),
    ):
        call = Call(body=session.base.body(), header_keys=header_keys, query_keys=query_keys)
        yield from keys_refused(session, call, "auth.invalid-keys", what)


@check(Scope.REQUESTS, "auth.invalid-keys", calls=2 * len(NEARLY_OWN_SECRET) + 3)
def nearly_right_keys(session: Session) -> Iterator[Violation]:
    """A key that is nearly the right one is a wrong one: a part of it, a longer one, one of the same length, the two swapped."""
    for access in NEARLY_OWN_ACCESS:
        yield from _wrong(session, Keys(access=access, secret=OWN_KEYS.secret), "an access key that is nearly right")
    for secret in NEARLY_OWN_SECRET:
        yield from _wrong(session, Keys(access=OWN_KEYS.access, secret=secret), "a secret key that is nearly right")
    yield from _wrong(session, Keys(access=OWN_KEYS.secret, secret=OWN_KEYS.access), "the two keys swapped")
    other_place = Keys(access=OWN_KEYS.access, secret=_WRONG.secret)
    for keys, what in (
        (other_place, "a wrong secret key"),
        (Keys(access=OWN_KEYS.access, secret="ключ"), "a secret key with letters beyond ASCII"),  # noqa: S106
    ):
        call = Call(body=session.base.body(), header_keys=None, query_keys=keys)
        yield from keys_refused(session, call, "auth.invalid-keys", f"{what} in the query")


@check(Scope.REQUESTS, "auth.invalid-keys", calls=6)
def names_that_a_program_knows(session: Session) -> Iterator[Violation]:
    """An access key that is a name of the programming language opens nothing, nor an unknown one without a secret, nor a wildcard."""
    for access, secret in (("constructor", None), ("__proto__", "undefined"), (_WRONG.access, None), ("", ""), ("%", OWN_KEYS.secret)):
        yield from _wrong(session, Keys(access=access, secret=secret), f"the access key {access!r}")
    yield from _wrong(session, Keys(access=OWN_KEYS.access, secret="%"), "the secret key '%'")  # noqa: S106 - a wildcard of SQL


@check(Scope.REQUESTS, "auth.key-case", calls=2)
def keys_in_another_letter_case(session: Session) -> Iterator[Violation]:
    """A key with small letters for capitals, and capitals for small letters, is a wrong one."""
    other = OWN_KEYS_IN_OTHER_CASE
    cases = (Keys(access=other.access, secret=OWN_KEYS.secret), Keys(access=OWN_KEYS.access, secret=other.secret))
    asked = [case for case, has_letters in zip(cases, session.target.own_keys_have_letters, strict=True) if has_letters]
    if not asked:
        raise NotApplicable("the keys have no letters that could be written in another case")
    for keys in asked:
        name = "secret" if keys.secret == other.secret else "access"
        header_keys, query_keys = _placed(session, keys)
        call = Call(body=session.base.body(), header_keys=header_keys, query_keys=query_keys)
        yield from keys_refused(session, call, "auth.key-case", f"the {name} key in another letter case")


@check(Scope.REQUESTS, "auth.half-keys", calls=4)
def half_keys(session: Session) -> Iterator[Violation]:
    """One key without the other is refused like wrong keys."""
    access, secret = Keys(access=OWN_KEYS.access, secret=None), Keys(access=None, secret=OWN_KEYS.secret)
    for half, name in ((access, "access"), (secret, "secret")):
        for place, keys in (("headers", (half, None)), ("query", (None, half))):
            call = Call(body=session.base.body(), header_keys=keys[0], query_keys=keys[1])
            yield from keys_refused(session, call, "auth.half-keys", f"the {name} key alone in the {place}")


@check(Scope.REQUESTS, "auth.before-body", calls=1)
def keys_come_before_the_body(session: Session) -> Iterator[Violation]:
    """Wrong keys with a broken body are refused for the keys."""
    call = Call(body=b'{"FromDate":', header_keys=_WRONG)
    yield from keys_refused(session, call, "auth.before-body", "wrong keys with a body that is not JSON")


@check(Scope.REQUESTS, "auth.both-places", calls=2)
def keys_in_both_places(session: Session) -> Iterator[Violation]:
    """Of keys in the query and in the headers those count that the profile says."""
    header_counts = session.profile.keys_in_both_places is KeysInBothPlaces.HEADER
    right_header = Call(body=session.base.body(), header_keys=OWN_KEYS, query_keys=_WRONG)
    right_query = Call(body=session.base.body(), header_keys=_WRONG, query_keys=OWN_KEYS)
    right, wrong = (right_header, right_query) if header_counts else (right_query, right_header)
    place = "headers" if header_counts else "query"
    what = f"A request with right keys in the {place} and wrong ones in the other place"
    violations = [
        *accepted(session, right, "auth.both-places", what),
        *keys_refused(session, wrong, "auth.both-places", f"wrong keys in the {place} and right ones elsewhere"),
    ]
    other = KeysInBothPlaces.QUERY if header_counts else KeysInBothPlaces.HEADER
    fits = ("keys-in-both-places", other.value) if len(violations) > 1 else None
    documented = (
        f"The keys in the {'headers' if header_counts else 'query'} count, whatever stands in the other place: the profile says so."
    )
    yield from (replace(violation, documented=documented, fits=fits) for violation in violations)


def _wrong(session: Session, keys: Keys, what: str) -> Iterator[Violation]:
    """Sends wrong keys where the target takes right ones; with blanks around a key in the query, since a header has none."""
    in_query = session.target.keys_in_query or any(key is not None and key != key.strip() for key in (keys.access, keys.secret))
    call = Call(body=session.base.body(), header_keys=None if in_query else keys, query_keys=keys if in_query else None)
    yield from keys_refused(session, call, "auth.invalid-keys", what)


def _placed(session: Session, keys: Keys) -> tuple[Keys | None, Keys | None]:
    return (None, keys) if session.target.keys_in_query else (keys, None)
