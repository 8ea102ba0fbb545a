"""All calls of the admin interface: each takes what was sent, and returns what is answered."""

from collections.abc import Callable

from leadsquared_slots.mock_server.accounts.directory import NoSuchTask, NoSuchUser
from leadsquared_slots.mock_server.admin.call import Answer, Call

from . import account, calendars, clock, documents, faults, journal

CALLS: dict[tuple[str, str], Callable[[Call], Answer]] = {
    ("GET", "/health"): documents.health,
    ("GET", "/openapi.json"): documents.openapi,
    ("GET", "/admin-openapi.json"): documents.admin_openapi,
    ("GET", "/profile.schema.json"): documents.profile_schema,
    ("GET", "/scenario.schema.json"): documents.scenario_schema,
    ("GET", "/rules"): documents.rules,
    ("GET", "/settings"): account.get_settings,
    ("PATCH", "/settings"): account.patch_settings,
    ("POST", "/accounts"): account.create_account,
    ("DELETE", "/accounts/<path:access_key>"): account.delete_account,
    ("POST", "/reset"): account.reset,
    ("GET", "/requests"): journal.get_requests,
    ("GET", "/requests.har"): journal.get_requests_har,
    ("DELETE", "/requests"): journal.delete_requests,
    ("GET", "/conduct"): journal.get_conduct,
    ("POST", "/requests/count"): journal.count_requests,
    ("POST", "/requests/find"): journal.find_requests,
    ("GET", "/faults"): faults.get_faults,
    ("POST", "/faults"): faults.add_fault,
    ("DELETE", "/faults"): faults.delete_faults,
    ("GET", "/clock"): clock.get_clock,
    ("PUT", "/clock"): clock.put_clock,
    ("POST", "/clock/advance"): clock.advance_clock,
    ("DELETE", "/clock"): clock.delete_clock,
    ("GET", "/scenarios"): documents.get_scenarios,
    ("PUT", "/scenario"): account.put_scenario,
    ("GET", "/users"): calendars.get_users,
    ("GET", "/users/<path:address>"): calendars.get_user,
    ("PUT", "/users/<path:address>"): calendars.put_user,
    ("DELETE", "/users/<path:address>"): calendars.delete_user,
    ("POST", "/tasks"): calendars.add_task,
    ("DELETE", "/tasks/<path:task_id>"): calendars.delete_task,
    ("POST", "/leaves"): calendars.add_leave,
    ("POST", "/holidays"): calendars.add_holiday,
    ("GET", "/explain"): calendars.get_explanation,
    ("GET", "/state"): account.get_state,
    ("PUT", "/state"): account.put_state,
}
"""Every call by method and path below `/__admin`."""

NOT_FOUND = (NoSuchUser, NoSuchTask)
