"""The calls of the admin interface that show and change calendars."""

from datetime import UTC, date, datetime

from leadsquared_slots.mock_server.accounts.directory import Change
from leadsquared_slots.mock_server.admin import views as views
from leadsquared_slots.mock_server.admin.call import Answer, BadCall, Call, check, date_of, flag_of
from leadsquared_slots.mock_server.admin.explain_view import explanation_view
from leadsquared_slots.mock_server.explain.drawing import Paper, draw
from leadsquared_slots.mock_server.explain.explanation import TODAY, explain, today_of

_DAYS_BEFORE, _DAYS_AFTER = 7, 28
_MOST_DAYS = 400


def get_users(call: Call) -> Answer:
    """The users that the scenario lists or that were changed; generated ones are not listed until then."""
    return Answer({"users": [views.user_view(user) for user in call.do(lambda account: list(account.directory))]})


def get_user(call: Call) -> Answer:
    """One user's calendar, between two dates."""
    today = datetime.fromtimestamp(call.do(lambda account: account.clock.now()), UTC).toordinal()
    first = date_of(call.arguments["from"]) if "from" in call.arguments else max(today - _DAYS_BEFORE, date.min.toordinal())
    last = date_of(call.arguments["to"]) if "to" in call.arguments else min(first + _DAYS_BEFORE + _DAYS_AFTER, date.max.toordinal())
    if not first <= last <= first + _MOST_DAYS:
        raise BadCall("from and to are not in order, or too far apart", f"expected from before to, and at most {_MOST_DAYS} days")
    return Answer(views.calendar_view(call.do(lambda account: account.directory.get(call.arguments["address"])), first, last))


def put_user(call: Call) -> Answer:
    """Gives an address a user, in the form of scenario files; `template` may also be a whole template."""
    entry = {"email": call.arguments["address"], **call.body}
    if str(entry["email"]).lower() != call.arguments["address"].lower():
        raise BadCall(f"the body's email is {entry['email']!r}", f"expected {call.arguments['address']!r}, as in the URL, or none")
    check("admin#/$defs/user", entry)
    template = entry.get("template")
    if isinstance(template, dict):
        entry["template"] = {"name": "Template", **template}
    _change(call, {"kind": "put-user", "entry": entry})
    return get_user(call)


def delete_user(call: Call) -> Answer:
    """Takes a user away."""
    _change(call, {"kind": "delete-user", "user": call.arguments["address"]})
    return Answer({})


def add_task(call: Call) -> Answer:
    """Adds a task to a user's calendar, and gives its id."""
    entry = dict(call.checked("task"))
    user = entry.pop("user")
    if "type" not in entry:
        entry["allow-conflicts"] = entry.pop("allowConflicts", False)
    return Answer({"id": _change(call, {"kind": "add-task", "user": user, "entry": entry})}, 201)


def delete_task(call: Call) -> Answer:
    """Takes a task away."""
    _change(call, {"kind": "delete-task", "task": call.arguments["task_id"]})
    return Answer({})


def add_leave(call: Call) -> Answer:
    """Adds a leave to a user's calendar."""
    entry = dict(call.checked("leave"))
    user = entry.pop("user")
    _change(call, {"kind": "add-leave", "user": user, "entry": entry})
    return Answer({}, 201)


def add_holiday(call: Call) -> Answer:
    """Adds a holiday to a user's calendar."""
    body = call.checked("holiday")
    user, entry = body["user"], {"date": body["date"], "name": body.get("name", "Holiday")}
    _change(call, {"kind": "add-holiday", "user": user, "entry": entry})
    return Answer({}, 201)


def get_explanation(call: Call) -> Answer:
    """Why one date of a user looks as it does, step by step."""
    example = "GET /__admin/explain?user=zoo@lsqdev.in&date=2026-03-02"
    for name in ("user", "date"):
        if not call.arguments.get(name):
            raise BadCall(f"the query parameter {name!r} is missing", f"send for example {example}")
    user, now, profile = call.do(lambda account: (account.directory.get(call.arguments["user"]), account.clock.now(), account.profile))
    flag = flag_of(call.arguments.get("includeAllowedConflicts", "false"))
    given = call.arguments["date"]
    day = today_of(user, now) if given == TODAY else date_of(given)
    explanation = explain(user, day, include_allowed_conflicts=flag, profile=profile)
    drawn = {"drawing": draw(explanation, Paper(width=_columns(call.arguments["columns"])))} if "columns" in call.arguments else {}
    return Answer(explanation_view(explanation) | drawn)


def _columns(text: str) -> int:
    """The width of a drawing in columns. Raises BadCall."""
    if not (text.isascii() and text.isdigit() and 40 <= int(text[:5]) <= 1000):
        raise BadCall(f"columns is {text[:20]!r}", "expected a whole number from 40 to 1000: the width of the drawing")
    return int(text)


def _change(call: Call, change: Change) -> str:
    return call.do(lambda account: account.directory.apply(change))
