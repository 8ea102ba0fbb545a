"""The calls that show what was asked of an account: its journal, and the conduct of its caller."""

from leadsquared_slots.mock_server.accounts.account import Account
from leadsquared_slots.mock_server.accounts.journal import Journal
from leadsquared_slots.mock_server.admin import views as views
from leadsquared_slots.mock_server.admin.call import Answer, Call
from leadsquared_slots.mock_server.conduct import call_of, judge_calls, met_rules
from leadsquared_slots.mock_server.recording.har import har_document
from leadsquared_slots.mock_server.recording.journal import of_exchange
from leadsquared_slots.mock_server.recording.recorded import Recorder


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
