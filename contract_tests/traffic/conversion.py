"""Recorded exchanges as the kit's own, and the kit's own as recorded ones."""

from leadsquared_slots.contract_tests.wire.exchange import Exchange, Received, Sent
from leadsquared_slots.mock_server.recording.recorded import Recorded, Recorder


def as_recorded(exchange: Exchange, recorder: Recorder, at: float | None = None) -> Recorded:
    """One of the kit's exchanges as a recorded one; `at` is the time of day where the exchange's clock is no clock of the day."""
    sent, received = exchange.sent, exchange.received
    return recorder.record(
        at=exchange.at if at is None else at,
        seconds=max(exchange.until - exchange.at, 0.0),
        method=sent.method,
        url=sent.url,
        headers=sent.headers,
        body=sent.body,
        status=received.status,
        reply_headers=received.headers.items(),
        reply_body=received.body,
        query=sent.query,
    )


def as_exchange(recorded: Recorded) -> Exchange:
    """A recorded exchange as one of the kit's."""
    sent = Sent(method=recorded.method, url=recorded.url, query=recorded.query, headers=recorded.headers, body=recorded.body)
    headers = {name.lower(): value for name, value in recorded.reply_headers}
    received = Received(status=recorded.status, headers=headers, body=recorded.reply_body, seconds=recorded.seconds)
    return Exchange(sent=sent, received=received, at=recorded.at, until=recorded.at + recorded.seconds)
