"""The pydantic models that datamodel-code-generator makes of the served document, `lsq_models.py` beside this."""

import json
import os
import urllib.error
import urllib.request

from lsq_models import ErrorEnvelope, SlotsAnswer, SlotsRequest, UserEntryNoSlotsReason


def asked(secret: str, first: str, *users: str) -> "tuple[int, SlotsAnswer | ErrorEnvelope]":
    """Status and validated body of a call."""
    body = SlotsRequest.model_validate({"FromDate": first, "ToDate": "2026-03-02", "Users": list(users), "Paging": None})
    request = urllib.request.Request(
        os.environ["LSQ_BASE_URL"] + "/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress",
        body.model_dump_json(by_alias=True).encode(),
        {"Content-Type": "application/json", "x-LSQ-AccessKey": os.environ["LSQ_ACCESS_KEY"], "x-LSQ-SecretKey": secret},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:
            return reply.status, SlotsAnswer.model_validate(json.load(reply))
    except urllib.error.HTTPError as error:
        return error.code, ErrorEnvelope.model_validate(json.load(error))


secret = os.environ["LSQ_SECRET_KEY"]
status, answer = asked(secret, "2026-03-02", "free@example.com", "holiday@example.com", "no-template@example.com")
assert status == 200
free, holiday, none = answer.List[0].UserSlots
assert (free.NoSlotsReason, holiday.NoSlotsReason) == (None, UserEntryNoSlotsReason.Holiday)
assert free.AvailableSlots[0].StartTime.root
assert (none.NoSlotsReason, none.AvailableSlots, none.WorkDayTemplateTimeZone) == (
    UserEntryNoSlotsReason.WorkDayTemplateNotDefined,
    None,
    None,
)

assert asked(secret, "2026-03-03", "free@example.com")[0] == 400
assert asked("wrong", "2026-03-02", "free@example.com")[0] == 401
for _ in range(4):
    status, last = asked(secret, "2026-03-02", "free@example.com")
assert status == 429
assert "exceeded the limit of 3 in 5 second" in last.ExceptionMessage
