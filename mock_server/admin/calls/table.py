"""The calls of the admin interface: each takes what was sent and gives what is answered."""

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from flask import request
from leadsquared_slots.mock_server.accounts.account import Account, Restored, Start
from leadsquared_slots.mock_server.accounts.clock import Clock
from leadsquared_slots.mock_server.accounts.directory import Directory, NoSuchTask, NoSuchUser
from leadsquared_slots.mock_server.accounts.journal import Journal
from leadsquared_slots.mock_server.accounts.scenario import Scenario, built_in_scenarios, read_profile
from leadsquared_slots.mock_server.accounts.snapshot import read_snapshot
from leadsquared_slots.mock_server.admin import views as views
from leadsquared_slots.mock_server.admin.call import Answer, BadCall, Call, check, instant_of
from leadsquared_slots.mock_server.admin.health import health_view
from leadsquared_slots.mock_server.conduct import call_of, judge_calls, met_rules
from leadsquared_slots.mock_server.contract.admin_openapi import admin_openapi_document
from leadsquared_slots.mock_server.contract.bundled import bundled_schema
from leadsquared_slots.mock_server.contract.documents import ledger
from leadsquared_slots.mock_server.contract.openapi import OpenAPIVersion, answered, openapi_document, server_url
from leadsquared_slots.mock_server.domain.errors import shortened
from leadsquared_slots.mock_server.domain.profile import AddressCase, Profile
from leadsquared_slots.mock_server.domain.rate_limit import RateLimit
from leadsquared_slots.mock_server.recording.har import har_document
from leadsquared_slots.mock_server.recording.journal import of_exchange
from leadsquared_slots.mock_server.recording.recorded import Recorder

from . import calendars as calendar


def health(call: Call) -> Answer:
    """Whether the emulator is ready, and how it was started."""
    return Answer(call.do(lambda account: health_view(call.emulator, account)))


def openapi(call: Call) -> Answer:
    """The vendor contract, one self-contained document, whose server is the host that was asked, and whose answers are the account's."""
    version = call.arguments.get("version", OpenAPIVersion.V3_1)
    if version not in [*OpenAPIVersion]:
        raise BadCall(f"version is {version!r}", f"expected {' or '.join(OpenAPIVersion)}")

    def example(request: Any) -> Any:
        body = call.do(lambda account: call.emulator.example(account, json.dumps(request).encode()))
        return None if body is None else json.loads(body)

    return Answer(answered(openapi_document(version, server=_server(call)), example))


def admin_openapi(call: Call) -> Answer:
    """The OpenAPI document of the admin interface itself."""
    return Answer(admin_openapi_document(_server(call)))


def _server(call: Call) -> str | None:
    """The absolute URL of the host that was asked; None where its Host header names none."""
    settings = call.emulator.settings
    scheme = "https" if settings.tls or settings.tls_cert else request.scheme
    return server_url(scheme, request.headers.get("Host", ""))


def scenario_schema(call: Call) -> Answer:
    """The JSON Schema of scenario files, one self-contained document."""
    return Answer(bundled_schema("scenario"))


def profile_schema(call: Call) -> Answer:
    """The JSON Schema of profile files, one self-contained document."""
    return Answer(bundled_schema("profile"))


def rules(call: Call) -> Answer:
    """The ledger."""
    return Answer({"rules": [views.rule_view(rule) for rule in ledger().values()]})


def get_settings(call: Call) -> Answer:
    """Profile answers and rate limit of the account."""
    return Answer(call.do(views.settings_view))


def patch_settings(call: Call) -> Answer:
    """Changes profile answers or the rate limit of the account while it runs."""
    body = call.checked("settings")
    rebuilt: dict[Directory, Directory] = {}

    def change(account: Account) -> Answer | tuple[Directory, AddressCase]:
        profile = account.profile if "profile" not in body else _profile(body["profile"], account.profile)
        limit = account.limit if "rateLimit" not in body else _limit(body["rateLimit"])
        directory, case = account.directory, profile.address_case
        if case is not account.profile.address_case and directory.changes and directory not in rebuilt:
            return directory, case
        account.configure(profile, limit, rebuilt.get(directory))
        return Answer(views.settings_view(account))

    while not isinstance(outcome := call.do(change), Answer):
        directory, case = outcome
        rebuilt = {directory: directory.rebuilt(case)}
    return outcome


def create_account(call: Call) -> Answer:
    """A fresh account, in the emulator's starting state or in the one that the body sets."""
    body = call.checked("account")
    start = call.emulator.accounts.start
    if "seed" in body:
        start = start._replace(seed=body["seed"])
    if "scenario" in body:
        start = start.under(_scenario(body["scenario"]))
    if "profile" in body:
        start = start.with_defaults(profile=_profile(body["profile"], start.profile))
    if "rateLimit" in body:
        start = start.with_defaults(limit=_limit(body["rateLimit"]))
    if "now" in body:
        start = start.with_defaults(now=instant_of(body["now"]))
    with call.emulator.turn:
        keys = call.emulator.accounts.create(start).keys[0]
    return Answer({"accessKey": keys.access_key, "secretKey": keys.secret_key}, 201)


def delete_account(call: Call) -> Answer:
    """Takes an account away."""
    with call.emulator.turn:
        call.emulator.accounts.delete(call.arguments["access_key"])
    return Answer({})


def reset(call: Call) -> Answer:
    """The account back in its starting state."""
    call.checked("nothing")
    call.do(lambda account: _left_behind(account, account.start))
    return Answer({})


def _left_behind(account: Account, start: Start) -> object:
    """Takes up a starting state, and gives what was there before: to let go of that takes time, which has no need of the turn."""
    before = account.directory, account.journal.copy()
    account.begin(start)
    return before


def get_requests(call: Call) -> Answer:
    """The journal, newest last."""
    return Answer({"requests": [views.exchange_view(exchange) for exchange in call.do(_journal)]})


def _journal(account: Account) -> Journal:
    """A copy, of exchanges that never change."""
    return account.journal.copy()


def get_conduct(call: Call) -> Answer:
    """The conduct of who calls this account, and the rules of the ledger that the calls met."""
    seen = [call_of(exchange) for exchange in call.do(_journal)]
    return Answer({**judge_calls(seen).as_json(), "met": sorted(met_rules(seen))})


def get_requests_har(call: Call) -> Answer:
    """The journal as HAR 1.2; entries whose bodies the journal keeps in part say so in their comment."""
    recorder = Recorder()
    return Answer(har_document([of_exchange(exchange, recorder) for exchange in call.do(_journal)]))


def delete_requests(call: Call) -> Answer:
    """Forgets the journal."""
    call.do(lambda account: account.journal.clear())
    return Answer({})


def count_requests(call: Call) -> Answer:
    """How many requests match."""
    return Answer({"count": len(call.do(_journal).find(call.body))})


def find_requests(call: Call) -> Answer:
    """The requests that match; when none does, the nearest ones and how they differ."""
    journal = call.do(_journal)
    found = journal.find(call.body)
    if found:
        return Answer({"requests": [views.exchange_view(exchange) for exchange in found]})
    nearest = [
        {"request": views.exchange_view(exchange), "differences": [difference._asdict() for difference in differing]}
        for exchange, differing in journal.nearest(call.body)
    ]
    return Answer({"requests": [], "nearest": nearest})


def get_faults(call: Call) -> Answer:
    """The account's faults, in the order in which they are tried, with how many calls each has seen and struck."""
    return Answer(call.do(_faults_view))


def _faults_view(account: Account) -> dict[str, Any]:
    return {"faults": [{**rule.entry, "seen": rule.seen, "struck": rule.struck} for rule in account.faults.rules]}


def add_fault(call: Call) -> Answer:
    """Adds a fault behind the others."""
    fault = call.checked("fault")

    def add(account: Account) -> dict[str, Any]:
        if "user" in fault:
            account.directory.get(fault["user"])
        account.faults.add(fault)
        return _faults_view(account)

    return Answer(call.do(add), 201)


def delete_faults(call: Call) -> Answer:
    """Takes all faults away."""
    call.do(lambda account: account.faults.clear())
    return Answer({})


def get_clock(call: Call) -> Answer:
    """The account's clock."""
    return Answer(call.do(views.clock_view))


def put_clock(call: Call) -> Answer:
    """Stops the clock at a time."""
    now = instant_of(call.checked("clock")["now"])
    return _with_clock(call, lambda clock: clock.set(now))


def advance_clock(call: Call) -> Answer:
    """Moves the clock on, and stops it there."""
    seconds = call.checked("advance")["seconds"]
    return _with_clock(call, lambda clock: clock.advance(seconds))


def delete_clock(call: Call) -> Answer:
    """Lets the clock show the real time again."""
    return _with_clock(call, Clock.release)


def _with_clock(call: Call, change: Callable[[Clock], object]) -> Answer:
    def changed(account: Account) -> dict[str, Any]:
        change(account.clock)
        return views.clock_view(account)

    return Answer(call.do(changed))


def get_scenarios(call: Call) -> Answer:
    """The scenarios that can be chosen by name."""
    return Answer({"scenarios": [{"name": scenario.name, "title": scenario.title} for scenario in built_in_scenarios()]})


def put_scenario(call: Call) -> Answer:
    """Puts the account into a scenario, chosen by name or sent whole, as data or as TOML text."""
    if not call.body:
        raise BadCall("the body says nothing of a scenario", 'send {"name": "generated"} for the start without one, or a whole scenario')
    scenario = _scenario(call.body["name"] if call.body.keys() == {"name"} else call.body)
    call.do(lambda account: _left_behind(account, account.start.under(scenario)))
    return Answer({"name": scenario.name, "title": scenario.title})


def get_state(call: Call) -> Answer:
    """A snapshot of the account."""
    return Answer(call.do(Account.state).to_json())


def put_state(call: Call) -> Answer:
    """Takes up a snapshot."""
    state = read_snapshot(call.body)
    made = [Restored.of(state)]
    # Done again, where another replica was faster, it has to be another one.
    call.do(lambda account: _restored(account, made.pop() if made else Restored.of(state)))
    return Answer({})


def _restored(account: Account, restored: Restored) -> object:
    """Takes up a snapshot, and gives what was there before, as `_left_behind` does."""
    before = account.directory
    account.restore(restored)
    return before


@lru_cache(maxsize=64)
def _named(name: str) -> Scenario:
    # Reading one takes a hundred times as long as all else that a fresh account needs.
    return Scenario.named(name)


def _scenario(value: Any) -> Scenario:
    """A scenario by name, as data, or as `{"toml": TEXT}`. Never one from a path: the admin interface reads no files."""
    if isinstance(value, dict) and value.keys() != {"toml"}:
        return Scenario.from_document(value, "sent")  # which checks it by the same schema
    check("admin#/$defs/scenario", value)
    return _named(value) if isinstance(value, str) else Scenario.parse(value["toml"], "sent")


def _profile(value: Any, base: Profile) -> Profile:
    if isinstance(value, str):
        return read_profile(value, "sent")
    if "extends" in value:
        return read_profile(value, "sent")
    answers = dict(value)
    return base.with_answers(answers, name=answers.pop("name", None) or f"{shortened(base.name.partition(',')[0], 50)}, changed")


def _limit(value: Any) -> RateLimit | None:
    return None if value is None or value == "none" else RateLimit.parse(value)


CALLS: dict[tuple[str, str], Callable[[Call], Answer]] = {
    ("GET", "/health"): health,
    ("GET", "/openapi.json"): openapi,
    ("GET", "/admin-openapi.json"): admin_openapi,
    ("GET", "/profile.schema.json"): profile_schema,
    ("GET", "/scenario.schema.json"): scenario_schema,
    ("GET", "/rules"): rules,
    ("GET", "/settings"): get_settings,
    ("PATCH", "/settings"): patch_settings,
    ("POST", "/accounts"): create_account,
    ("DELETE", "/accounts/<path:access_key>"): delete_account,
    ("POST", "/reset"): reset,
    ("GET", "/requests"): get_requests,
    ("GET", "/requests.har"): get_requests_har,
    ("DELETE", "/requests"): delete_requests,
    ("GET", "/conduct"): get_conduct,
    ("POST", "/requests/count"): count_requests,
    ("POST", "/requests/find"): find_requests,
    ("GET", "/faults"): get_faults,
    ("POST", "/faults"): add_fault,
    ("DELETE", "/faults"): delete_faults,
    ("GET", "/clock"): get_clock,
    ("PUT", "/clock"): put_clock,
    ("POST", "/clock/advance"): advance_clock,
    ("DELETE", "/clock"): delete_clock,
    ("GET", "/scenarios"): get_scenarios,
    ("PUT", "/scenario"): put_scenario,
    ("GET", "/users"): calendar.get_users,
    ("GET", "/users/<path:address>"): calendar.get_user,
    ("PUT", "/users/<path:address>"): calendar.put_user,
    ("DELETE", "/users/<path:address>"): calendar.delete_user,
    ("POST", "/tasks"): calendar.add_task,
    ("DELETE", "/tasks/<path:task_id>"): calendar.delete_task,
    ("POST", "/leaves"): calendar.add_leave,
    ("POST", "/holidays"): calendar.add_holiday,
    ("GET", "/explain"): calendar.get_explanation,
    ("GET", "/state"): get_state,
    ("PUT", "/state"): put_state,
}
"""Every call by method and path below `/__admin`."""

NOT_FOUND = (NoSuchUser, NoSuchTask)
