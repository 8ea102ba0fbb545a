"""What recorded requests ask, and which of them tell nothing new."""

from hashlib import blake2b

from leadsquared_slots.contract_tests.wire.question import Question
from leadsquared_slots.mock_server.domain.profile import (
    AttributeCase,
    ContentType,
    OmittedFlag,
    OmittedPaging,
    Profile,
    UnknownAttributes,
)
from leadsquared_slots.mock_server.recording.recorded import Recorded
from leadsquared_slots.mock_server.vendor.seen_request import Asked, read_asked

_MOST_REQUESTS = 200_000
"""Different requests of which is known how they were last answered."""


class Repeated:
    """Knows how each request was answered last. A reply that is the same for the third time tells nothing new."""

    def __init__(self) -> None:
        self._last: dict[bytes, tuple[bytes, int]] = {}
        self.count = 0

    def is_known(self, recorded: Recorded) -> bool:
        """Whether the exchange repeats the two last ones of the same request, but for its time."""
        asked = _digest(recorded.method, recorded.url, recorded.query, recorded.headers, recorded.body)
        replied = _digest(recorded.status, [pair for pair in recorded.reply_headers if pair[0].lower() != "date"], recorded.reply_body)
        last, times = self._last.pop(asked, (b"", 0))
        times = times + 1 if last == replied else 1
        self._last[asked] = replied, times
        if len(self._last) > _MOST_REQUESTS:
            del self._last[next(iter(self._last))]
        self.count += times > 2
        return times > 2


def _digest(*parts: object) -> bytes:
    return blake2b(repr(parts).encode("utf-8", "surrogateescape"), digest_size=16).digest()


def question_of(recorded: Recorded, profile: Profile) -> Question | None:
    """The question that a recorded request asks; None where under the profile it is no lawful one."""
    if not recorded.is_endpoint:
        return None
    asked = read_asked(recorded.body, recorded.header("content-type"))
    if not asked.first or not asked.last or not asked.users or not asked.odd <= _allowed(profile):
        return None
    if len(asked.users) > profile.most_users or (asked.page and asked.page[1] > profile.largest_page):
        return None
    return Question(first=asked.first, last=asked.last, users=asked.users, include_allowed_conflicts=_flag(asked), page=asked.page)


def _flag(asked: Asked) -> bool | None:
    return None if "no-flag" in asked.odd else asked.flag


def _allowed(profile: Profile) -> frozenset[str]:
    """In which ways a request may differ from a plain one and still be answered."""
    permitted = {
        "duplicate": True,
        "twice": True,
        "no-flag": profile.omitted_flag is OmittedFlag.FALSE,
        "no-paging": profile.omitted_paging is OmittedPaging.EVERYTHING,
        "paging-parts": profile.omitted_paging is OmittedPaging.EVERYTHING,
        "unknown-attribute": profile.unknown_attributes is UnknownAttributes.IGNORED,
        "case": profile.attribute_case is AttributeCase.ANY,
        "case-of-optional": profile.attribute_case is AttributeCase.ANY,
        "content-type": profile.content_type is ContentType.IGNORED,
    }
    return frozenset(odd for odd, is_permitted in permitted.items() if is_permitted)
