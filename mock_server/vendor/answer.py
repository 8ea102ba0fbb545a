"""The vendor's answer: which users and dates stand on the page that was asked for."""

from collections.abc import Sequence

from leadsquared_slots.mock_server.calendars.written import ChangedCalendar, StoredCalendar
from leadsquared_slots.mock_server.domain.interval import DAY
from leadsquared_slots.mock_server.domain.profile import EmptyList, Profile, Record, UsersOrder
from leadsquared_slots.mock_server.domain.user import User
from leadsquared_slots.mock_server.domain.zone import EPOCH
from leadsquared_slots.mock_server.exchanges.byte_cache import ByteCache
from leadsquared_slots.mock_server.exchanges.computed import Computed
from leadsquared_slots.mock_server.exchanges.message import Reply

from .day import date_entries
from .errors import JSON
from .request import Query
from .rows import identities, rows_of

_EMPTY = {EmptyList.EMPTY: b',"List":[]}', EmptyList.ABSENT: b"}", EmptyList.NULL: b',"List":null}'}


_kept = ByteCache[Reply]()
_WITH_TASKS_WRITTEN = StoredCalendar, ChangedCalendar


Question = tuple[Query, tuple[User, ...], Profile]
"""All that an answer depends on, users in the order asked for. A user whose calendar changes is another one."""


def render_answer(question: Question) -> Reply:
    """Return the reply with an answer, and keep it.

    Rules answer.repeatable, answer.users-asked, answer.no-status, answer.no-other-members.
    """
    body = _render(*question)
    reply = Reply(200, JSON, body, computed=Computed(body))
    _kept.keep(question, reply, len(body))
    return reply


def kept_answer(question: Question) -> Reply | None:
    """Return the reply with an answer that was rendered before, if it is still kept."""
    return _kept.get(question)


def work_of(question: Question) -> int:
    """Return how many users' dates, with the tasks on them, have to be rendered for an answer: at most so many, and near enough."""
    query, users, profile = question
    days = range(query.first, query.last + 1)
    size = query.page_size or len(users) * len(days)
    records = min(size, len(users)) * len(days) if profile.record is Record.USER else min(size, len(users) * len(days))
    edges = (days.start - EPOCH - 1) * DAY, (days.stop - EPOCH + 1) * DAY
    for user in users:
        if isinstance(user.calendar, _WITH_TASKS_WRITTEN):
            records += user.calendar.most_tasks(*edges)
    return records


def _render(query: Query, users: Sequence[User], profile: Profile) -> bytes:
    """The bytes of the page that the query asks for: no other record is computed.

    Every date from first to last, each with the same users, once each and in one order: rules answer.dates-complete, answer.dates-inside,
    answer.dates-sorted, answer.same-users, answer.users-listed, answer.one-entry, answer.users-order. A page is a part of that one list:
    rules answer.record, answer.record-count, answer.page-size, answer.pages-join, answer.past-last-page. An entry depends on its user and
    its date alone: rules answer.wider-range, answer.other-users.
    """
    if profile.users_order is UsersOrder.ADDRESS:
        users = sorted(users, key=lambda user: user.address.lower())
    days = range(query.first, query.last + 1)
    by_user = profile.record is Record.USER
    total = len(users) if by_user else len(users) * len(days)
    size = query.page_size or max(total, 1)
    begin = min((query.page_index - 1) * size, total)
    end = min(begin + size, total)
    head = b'{"RecordCount":%d' % total
    if begin == end:
        return head + _EMPTY[profile.empty_list]
    rows = rows_of[profile, query.include_allowed_conflicts]
    if by_user:
        listed = users[begin:end]
        names, columns = [identities[user] for user in listed], zip(*[rows[user, days] for user in listed], strict=True)
        dates = [date_entries(names, column, day) for day, column in zip(days, columns, strict=True)]
    else:
        dates = []
        for place in range(begin // len(users), (end - 1) // len(users) + 1):
            before, day = place * len(users), days[place : place + 1]
            listed = users[max(0, begin - before) : end - before]
            dates.append(date_entries([identities[user] for user in listed], [rows[user, day][0] for user in listed], day.start))
    parts = [head, b',"List":[']
    for date in dates:
        parts += date, b","
    parts[-1] = b"]}"
    return b"".join(parts)
