"""The stub that one would write: Flask, dictionaries and `json`, on waitress. It checks nothing and keeps nothing."""

import sys
from datetime import date, timedelta
from typing import Any

from flask import Flask, request
from waitress import serve  # type: ignore[import-untyped]

app = Flask(__name__)


@app.post("/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress")
def answer() -> dict[str, Any]:
    """The same day for every user and date that is asked for."""
    query = request.get_json()
    first, last = date.fromisoformat(query["FromDate"]), date.fromisoformat(query["ToDate"])
    dates = [(first + timedelta(days=day)).isoformat() for day in range((last - first).days + 1)]
    days = [{"Date": day, "UserSlots": [_user_day(address, day) for address in query["Users"]]} for day in dates]
    return {"RecordCount": len(query["Users"]), "List": days}


def _user_day(address: str, day: str) -> dict[str, Any]:
    return {
        "UserId": "477aec30-bfee-11e8-a43f-02742c1c8abe",
        "EmailAddress": address,
        "UserTimeZone": "Asia/Kolkata",
        "AvailableSlots": [{"StartTime": "09:00:00", "EndTime": "11:30:00"}, {"StartTime": "12:00:00", "EndTime": "18:00:00"}],
        "Breaks": [{"StartTime": "13:00:00", "EndTime": "13:30:00"}],
        "BusySlots": [{"StartTime": f"{day} 06:00:00", "EndTime": f"{day} 06:30:00"}],
        "WorkDayTemplateTimeZone": "Asia/Kolkata",
        "NoSlotsReason": None,
    }


if __name__ == "__main__":
    serve(app, host="127.0.0.1", port=int(sys.argv[1]), clear_untrusted_proxy_headers=True)
