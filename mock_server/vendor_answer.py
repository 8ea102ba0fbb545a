"""The vendor's answer: which users and dates stand on the page that was asked for."""

from collections.abc import Sequence

from .domain.profile import EmptyList, Profile, Record, UsersOrder
from .domain.user import User
from .kept_answers import KeptAnswers
from .vendor_day import date_text, day_texts
from .vendor_request import Query

_EMPTY = {EmptyList.EMPTY: b',"List":[]}', EmptyList.ABSENT: b"}", EmptyList.NULL: b',"List":null}'}


_kept = KeptAnswers()


def render_answer(query: Query, users: Sequence[User], profile: Profile) -> bytes:
    """The body of an answer, for users in the order asked for (rules answer.*).

    An answer is kept by what it depends on. A user whose calendar changes is another one, so an old answer is never found for it.
    """
    question = (query, tuple(users), profile)
    body = _kept.get(question)
    if body is None:
        body = _render(query, users, profile)
        _kept.keep(question, body)
    return body


def _render(query: Query, users: Sequence[User], profile: Profile) -> bytes:
    """Computes the records of the page that the query asks for, and no others."""
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
    texts = day_texts(profile, query.include_allowed_conflicts)
    if by_user:
        rows = [texts(user, days) for user in users[begin:end]]
        dates = list(zip(days, zip(*rows, strict=True), strict=True))
    else:
        dates = []
        for place in range(begin // len(users), (end - 1) // len(users) + 1):
            before, day = place * len(users), days[place : place + 1]
            listed = users[max(0, begin - before) : end - before]
            dates.append((day.start, tuple(texts(user, day)[0] for user in listed)))
    return _joined(head, dates)


def _joined(head: bytes, dates: Sequence[tuple[int, tuple[bytes, ...]]]) -> bytes:
    """The whole body out of the entries of its dates, in one go: what opens and closes a date is part of its first and last entry."""
    entries: list[bytes] = []
    opening = b'%b,"List":[' % head
    for day, (first, *others) in dates:
        entries += (b'%b{"Date":"%b","UserSlots":[%b' % (opening, date_text(day), first), *others)
        entries[-1] += b"]}"
        opening = b""
    entries[-1] += b"]}"
    return b",".join(entries)
