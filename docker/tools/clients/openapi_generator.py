"""The client that OpenAPI Generator makes of the served document, the package `openapi_client` beside this."""

import os

from openapi_client import ApiClient, ApiException, Configuration, SlotsAnswer, SlotsRequest, TasksApi, UserEntryNoSlotsReason

api = TasksApi(ApiClient(Configuration(host=os.environ["LSQ_BASE_URL"])))


def asked(secret: str, first: str, *users: str) -> "tuple[int, object]":
    """Status and typed body of a call."""
    body = SlotsRequest.from_dict({"FromDate": first, "ToDate": "2026-03-02", "Users": users})
    try:
        reply = api.retrieve_available_slots_by_user_email_address_with_http_info(
            body, x_lsq_access_key=os.environ["LSQ_ACCESS_KEY"], x_lsq_secret_key=secret
        )
    except ApiException as refused:
        return refused.status, refused.data
    return reply.status_code, reply.data


secret = os.environ["LSQ_SECRET_KEY"]
status, answer = asked(secret, "2026-03-02", "free@example.com", "holiday@example.com", "no-template@example.com")
assert status == 200
assert isinstance(answer, SlotsAnswer)
(day,) = answer.list
free, holiday, none = day.user_slots
assert (free.no_slots_reason, holiday.no_slots_reason) == (None, UserEntryNoSlotsReason.HOLIDAY)
assert free.available_slots[0].start_time
assert (none.available_slots, none.work_day_template_time_zone) == (None, None)

assert asked(secret, "2026-03-03", "free@example.com")[0] == 400
assert asked("wrong", "2026-03-02", "free@example.com")[0] == 401
for _ in range(4):
    status, last = asked(secret, "2026-03-02", "free@example.com")
assert status == 429
assert "exceeded the limit of 3 in 5 second" in last.exception_message
