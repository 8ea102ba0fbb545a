"""The calls that make, set and restore an account: settings, scenarios, snapshots."""

from functools import lru_cache
from typing import Any

from leadsquared_slots.mock_server.accounts.account import Account, Restored, Start
from leadsquared_slots.mock_server.accounts.directory import Directory
from leadsquared_slots.mock_server.accounts.scenario import Scenario, read_profile
from leadsquared_slots.mock_server.accounts.snapshot import read_snapshot
from leadsquared_slots.mock_server.admin import views as views
from leadsquared_slots.mock_server.admin.call import Answer, BadCall, Call, check, instant_of
from leadsquared_slots.mock_server.domain.errors import shortened
from leadsquared_slots.mock_server.domain.profile import AddressCase, Profile
from leadsquared_slots.mock_server.domain.rate_limit import limit_of


def get_settings(call: Call) -> Answer:
    """Profile answers and rate limit of the account."""
    return Answer(call.do(views.settings_view))


def patch_settings(call: Call) -> Answer:
    """Changes profile answers or the rate limit of the account while it runs."""
    body = call.checked("settings")
    rebuilt: dict[Directory, Directory] = {}

    def change(account: Account) -> Answer | tuple[Directory, AddressCase]:
        profile = account.profile if "profile" not in body else _profile(body["profile"], account.profile)
        limit = account.limit if "rateLimit" not in body else limit_of(body["rateLimit"])
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
        start = start.with_defaults(limit=limit_of(body["rateLimit"]))
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
    if isinstance(value, str) or "extends" in value:
        return read_profile(value, "sent")
    answers = dict(value)
    return base.with_answers(answers, name=answers.pop("name", None) or f"{shortened(base.name.partition(',')[0], 50)}, changed")
