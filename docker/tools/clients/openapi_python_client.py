"""The client that openapi-python-client makes of the served document, the package `lsq_client` beside this."""

import os
from datetime import date

from lsq_client import Client
from lsq_client.api.tasks import retrieve_available_slots_by_user_email_address as call
from lsq_client.models import ErrorEnvelope, SlotsAnswer, SlotsRequest, UserEntryNoSlotsReason


def asked(secret: str, first: date, *users: str) -> "tuple[int, SlotsAnswer | ErrorEnvelope | None]":
    """Status and typed body of a call."""
    keys = {"x-LSQ-AccessKey": os.environ["LSQ_ACCESS_KEY"], "x-LSQ-SecretKey": secret}
    client = Client(base_url=os.environ["LSQ_BASE_URL"], headers=keys)
    reply = call.sync_detailed(client=client, body=SlotsRequest(from_date=first, to_date=date(2026, 3, 2), users=list(users)))
    return int(reply.status_code), reply.parsed


secret = os.environ["LSQ_SECRET_KEY"]
status, answer = asked(secret, date(2026, 3, 2), "free@example.com", "holiday@example.com", "no-template@example.com")
assert status == 200
assert isinstance(answer, SlotsAnswer)
(day,) = answer.list_
assert day.date == date(2026, 3, 2)
free, holiday, none = day.user_slots
assert (free.no_slots_reason, holiday.no_slots_reason) == (None, UserEntryNoSlotsReason.HOLIDAY)
assert free.available_slots[0].start_time
assert (none.no_slots_reason, none.available_slots, none.work_day_template_time_zone) == (
    UserEntryNoSlotsReason.WORKDAYTEMPLATENOTDEFINED,
    None,
    None,
)

status, refused = asked(secret, date(2026, 3, 3), "free@example.com")
assert status == 400
assert isinstance(refused, ErrorEnvelope)
assert asked("wrong", date(2026, 3, 2), "free@example.com")[0] == 401
for _ in range(4):
    status, last = asked(secret, date(2026, 3, 2), "free@example.com")
assert status == 429
assert "exceeded the limit of 3 in 5 second" in last.exception_message
