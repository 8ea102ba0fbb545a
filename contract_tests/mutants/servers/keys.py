"""Mutants that get the keys wrong."""

from dataclasses import replace

from leadsquared_slots.contract_tests.mutants.registry import Ask, Document, Reply, Server, World, mutant, on_error, other_answer, server

HEADERS = ("x-lsq-accesskey", "x-lsq-secretkey")
NAMES = ("accessKey", "secretKey")


@mutant("keys-in-query-only", "keys in headers are not seen", ["auth.headers"])
def _(ask: Ask, server: Server) -> Reply:
    return server(replace(ask, headers={name: value for name, value in ask.headers.items() if name not in HEADERS}))


@mutant("keys-in-headers-only", "keys in the query are not seen", ["auth.query"])
def _(ask: Ask, server: Server) -> Reply:
    return server(replace(ask, query=tuple(pair for pair in ask.query if pair[0] not in NAMES)))


def _keys(ask: Ask) -> list[tuple[str | None, str | None]]:
    query = dict(ask.query)
    return [(ask.headers.get(HEADERS[0]), ask.headers.get(HEADERS[1])), (query.get(NAMES[0]), query.get(NAMES[1]))]


@server("any-keys", "any keys are let in", ["auth.invalid-keys"])
def _(world: World) -> Server:
    def answer(ask: Ask) -> Reply:
        present = any(access and secret for access, secret in _keys(ask))
        return world.server(world.admitted(ask) if present else ask)

    return answer


@server("no-keys", "a request without keys is let in", ["auth.invalid-keys"])
def _(world: World) -> Server:
    def answer(ask: Ask) -> Reply:
        absent = not any(access or secret for access, secret in _keys(ask))
        return world.server(world.admitted(ask) if absent else ask)

    return answer


@server("secret-ignored", "the access key alone opens the door", ["auth.invalid-keys", "auth.half-keys"])
def _(world: World) -> Server:
    def answer(ask: Ask) -> Reply:
        known = any(access == world.access_key for access, _ in _keys(ask))
        return world.server(world.admitted(ask) if known else ask)

    return answer


def _any_case(name: str, wrong: str, part: str) -> None:
    @server(name, wrong, ["auth.key-case"])
    def _(world: World) -> Server:
        own = (world.access_key, world.secret_key)
        almost = (own[0].swapcase(), own[1]) if part == "access" else (own[0], own[1].swapcase())

        def answer(ask: Ask) -> Reply:
            return world.server(world.admitted(ask) if almost in _keys(ask) else ask)

        return answer


_any_case("secret-in-any-case", "secret keys are compared without their letter case", "secret")
_any_case("access-in-any-case", "access keys are compared without their letter case", "access")


@server("half-keys", "one key without the other is let in", ["auth.half-keys"])
def _(world: World) -> Server:
    def answer(ask: Ask) -> Reply:
        own = (world.access_key, world.secret_key)
        half = any((access is None) != (secret is None) and (access or secret) in own for access, secret in _keys(ask))
        return world.server(world.admitted(ask) if half else ask)

    return answer


@server("half-keys-400", "one key without the other is a bad request", ["auth.half-keys", "auth.invalid-keys"])
def _(world: World) -> Server:
    def answer(ask: Ask) -> Reply:
        reply = world.server(ask)
        half = any((access is None) != (secret is None) for access, secret in _keys(ask))
        return replace(reply, status=400) if half and reply.status == 401 else reply

    return answer


other_answer("forbidden", "wrong keys are answered with 403", ["auth.invalid-keys"], "invalid-keys-status", 403)
other_answer("unauthorised-in-200", "wrong keys are answered with 200", ["auth.invalid-keys"], "invalid-keys-status", 200)
other_answer("query-first", "keys in the query come before those in headers", ["auth.both-places"], "keys-in-both-places", "query")


@server("body-before-keys", "a caller without valid keys is told what is wrong with the body", ["auth.before-body", "auth.invalid-keys"])
def _(world: World) -> Server:
    def answer(ask: Ask) -> Reply:
        reply = world.server(ask)
        if reply.status != 401:
            return reply
        known = world.server(world.admitted(ask))
        return known if known.status == 400 else reply

    return answer


@on_error("wrong-keys-type", "wrong keys are called an invalid input", ["auth.envelope"])
def _(error: Document, reply: Reply) -> None:
    if reply.status == 401:
        error["ExceptionType"] = "MXInvalidInputException"


@mutant("plain-401", "wrong keys are answered in plain text", ["auth.envelope", "error.envelope"])
def _(ask: Ask, server: Server) -> Reply:
    reply = server(ask)
    return replace(reply, body=b"Unauthorized").having("Content-Type", "text/plain") if reply.status == 401 else reply
