"""Pages and the whole: joined, the pages of a question are its answer without paging."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from leadsquared_slots.contract_tests.wire.answer import Answer, Entry
from leadsquared_slots.contract_tests.wire.exchange import shorten
from leadsquared_slots.contract_tests.wire.question import Question
from leadsquared_slots.mock_server.domain.profile import Record

from .answers.wording import differing
from .memory import Sample, Traffic
from .registry import Scope, Violation, check
from .session import Session

_SIZES = (3, 2, 4, 1, 5, 6, 7)
"""Sizes of pages, the one that shows most first."""
_MOST_PAGES = 4
_NOT_THE_WHOLE = "The pages do not join to the whole"


@check(Scope.TRAFFIC, "answer.pages-join")
def pages_are_the_whole(traffic: Traffic) -> Iterator[Violation]:
    """The pages of a question, where all of them were asked for, are its answer without paging."""
    known: dict[Question, _Paged] = {}
    for seen, answer in traffic.own:
        question = seen.question
        if question is None or not answer.entries:
            continue
        key = question.with_(page=None, include_allowed_conflicts=bool(question.include_allowed_conflicts))
        sample = Sample(answer.entries[0], answer, seen)
        paged = known.get(key)
        if paged is None or not traffic.are_together(paged.first, sample):
            paged = known[key] = _Paged(sample)
        if question.page is None:
            paged.whole = answer
        else:
            paged.add(question.page, answer)
        if paged.whole is not None and (pages := paged.complete()):
            differences = _differences(paged.whole, pages, only_who=traffic.is_recorded)
            if differences:
                yield differing("answer.pages-join", _NOT_THE_WHOLE, differences, paged.whole, *pages)


@dataclass(slots=True)
class _Paged:
    """What was answered to one question: as a whole, and in pages of one size."""

    first: Sample
    whole: Answer | None = None
    size: int = 0
    pages: dict[int, Answer] = field(default_factory=dict)

    def add(self, page: tuple[int, int], answer: Answer) -> None:
        """Keeps a page; pages of another size begin anew."""
        if page[1] != self.size:
            self.pages, self.size = {}, page[1]
        self.pages[page[0]] = answer

    def complete(self) -> list[Answer]:
        """All pages in order, once they are there, and begins anew; else none."""
        total = self.whole.record_count if self.whole else None
        count = -(-(total or 0) // self.size) if self.size else 0
        if not count or count > len(self.pages) or any(number not in self.pages for number in range(1, count + 1)):
            return []
        found = [self.pages[number] for number in range(1, count + 1)]
        self.pages = {}
        return found


@check(Scope.QUESTIONS, "answer.pages-join", "answer.record-count", "answer.page-size", calls=_MOST_PAGES)
def pages_join(session: Session, question: Question, number: int) -> Iterator[Violation]:
    """The pages joined are the answer without paging, and RecordCount is the same on every one."""
    whole = session.ask(session.lawful(question.with_(page=None)))
    total = whole.record_count or 0
    size = _size_of_pages(total, number, session.profile.largest_page)
    pages: list[Answer] = []
    for index in range(1, -(-total // size) + 1):
        page = session.ask(question.with_(page=(index, size)))
        if page.record_count != whole.record_count:
            received = f"{page.record_count} on page {index}, {whole.record_count} without paging"
            yield differing("answer.record-count", "RecordCount depends on the page", [received], whole, page)
        pages.append(page)
    differences = _differences(whole, pages)
    if differences:
        yield differing("answer.pages-join", _NOT_THE_WHOLE, differences, whole, *pages)


@check(Scope.QUESTIONS, "answer.past-last-page", "answer.record-count", calls=1)
def past_the_last_page(session: Session, question: Question, number: int) -> Iterator[Violation]:
    """Past the last page nothing is listed, and RecordCount is still the total."""
    whole = session.ask(session.lawful(question.with_(page=None)))
    total = whole.record_count or 0
    past = session.ask(question.with_(page=(total + 1 + number % 5, 1)))
    if past.entries:
        yield differing("answer.past-last-page", "A page past the last one lists records", [_listed(past.entries)], past)
    if past.record_count != whole.record_count:
        received = f"{past.record_count} past the last page, {whole.record_count} without paging"
        yield differing("answer.record-count", "RecordCount depends on the page", [received], whole, past)


def _size_of_pages(total: int, number: int, largest: int) -> int:
    """A size that takes a few pages: first one with several pages of several records and a remainder, where the total allows that."""
    least = -(-total // _MOST_PAGES)
    telling = [size for size in _SIZES if least <= size < total]
    telling.sort(key=lambda size: size == 1 or total % size == 0)
    return min(telling[number % len(telling)] if telling else max(least, 1), largest)


def _differences(whole: Answer, pages: Sequence[Answer], *, only_who: bool = False) -> list[str]:
    """How joined pages differ from the whole, in words. `only_who` looks at no more than who is listed when."""
    joined = [entry for page in pages for entry in page.entries]
    if whole.profile.record is Record.USER:
        joined.sort(key=lambda entry: entry.day)  # stable: the pages' order of users is kept
    if _parts(joined, only_who=only_who) == _parts(whole.entries, only_who=only_who):
        return []
    on_pages = Counter((entry.day, entry.address) for entry in joined)
    without = Counter((entry.day, entry.address) for entry in whole.entries)
    found = [f"{address} under {day}: listed without paging, on none of the {len(pages)} pages" for day, address in without - on_pages]
    found += [
        f"{address} under {day}: {times} times too many on the {len(pages)} pages" for (day, address), times in (on_pages - without).items()
    ]
    return found or _changed(joined, whole) or [f"the same entries on the {len(pages)} pages in another order"]


def _changed(joined: Sequence[Entry], whole: Answer) -> list[str]:
    """The entries that are others on their page than without paging."""
    raw = {(entry.day, entry.address): entry.raw for entry in whole.entries}
    wrong = (entry for entry in joined if raw.get((entry.day, entry.address)) != entry.raw)
    return [f"{entry.address} under {entry.day}: another entry on its page than without paging" for entry in wrong]


def _parts(entries: Sequence[Entry], *, only_who: bool) -> list[object]:
    return [(entry.day, entry.address if only_who else entry.raw) for entry in entries]


def _listed(entries: Sequence[Entry]) -> str:
    return shorten(", ".join(f"{entry.address} under {entry.day}" for entry in entries) or "nothing")
