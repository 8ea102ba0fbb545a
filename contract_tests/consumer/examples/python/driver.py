"""The driver for `lsq-contract consumer -- python driver.py`: asks the application one question after the other."""

import json
import os
import sys
from datetime import date

from slots_client import SlotsClient, SlotsUnknown

client = SlotsClient(os.environ["LSQ_BASE_URL"], os.environ["LSQ_ACCESS_KEY"], os.environ["LSQ_SECRET_KEY"])


def result(question):
    first, last = date.fromisoformat(question["from"]), date.fromisoformat(question["to"])
    try:
        times = client.bookable(question["users"], first, last, include_allowed_conflicts=question["includeAllowedConflictSlots"])
    except SlotsUnknown as error:
        return {"error": str(error)}
    return {"bookable": [{"user": user, "start": start.isoformat(), "end": end.isoformat()} for user, start, end in times]}


questions = json.load(sys.stdin)["questions"]
print(json.dumps({"results": [result(question) for question in questions]}))
