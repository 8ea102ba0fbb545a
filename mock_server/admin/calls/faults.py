"""The calls that show, add and delete the faults of an account."""

from typing import Any

from leadsquared_slots.mock_server.accounts.account import Account
from leadsquared_slots.mock_server.admin.call import Answer, Call


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
