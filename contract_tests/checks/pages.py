"""Pages and the whole: joined, the pages of a question are its answer without paging."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from leadsquared_slots.contract_tests.wire.answer import Answer, Entry
from leadsquared_slots.contract_tests.wire.exchange import shorten
from leadsquared_slots.contract_tests.wire.question import Question
from leadsquared_slots.mock_server.domain.profile import Record

from .memory import Sample, Traffic
from .registry import Scope, Violation, check
from .session import Session

_SIZES = (3, 2, 4, 1, 5, 6, 7)
"""Sizes of pages, the one that shows most first."""
_MOST_PAGES = 4


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
            received = _difference(paged.whole, pages, only_who=traffic.is_recorded)
            if received:
                yield _violation("answer.pages-join", "The pages do not join to the whole", received, paged.whole, pages[-1])


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
            yield _violation("answer.record-count", "RecordCount depends on the page", received, whole, page)
        pages.append(page)
    received = _difference(whole, pages)
    if received:
        yield _violation("answer.pages-join", "The pages do not join to the whole", received, whole, pages[-1] if pages else whole)


@check(Scope.QUESTIONS, "answer.past-last-page", "answer.record-count", calls=1)
def past_the_last_page(session: Session, question: Question, number: int) -> Iterator[Violation]:
    """Past the last page nothing is listed, and RecordCount is still the total."""
    whole = session.ask(session.lawful(question.with_(page=None)))
    total = whole.record_count or 0
    past = session.ask(question.with_(page=(total + 1 + number % 5, 1)))
    if past.entries:
        yield _violation("answer.past-last-page", "A page past the last one lists records", _listed(past.entries), past)
    if past.record_count != whole.record_count:
        received = f"{past.record_count} past the last page, {whole.record_count} without paging"
        yield _violation("answer.record-count", "RecordCount depends on the page", received, whole, past)


def _size_of_pages(total: int, number: int, largest: int) -> int:
    """A size that takes a few pages: first one with several pages of several records and a remainder, where the total allows that."""
    least = -(-total // _MOST_PAGES)
    telling = [size for size in _SIZES if least <= size < total]
    telling.sort(key=lambda size: size == 1 or total % size == 0)
    return min(telling[number % len(telling)] if telling else max(least, 1), largest)


def _difference(whole: Answer, pages: Sequence[Answer], *, only_who: bool = False) -> str:
    """How joined pages differ from the whole, in words; empty where they do not. `only_who` looks at no more than who is listed when."""
    joined = [entry for page in pages for entry in page.entries]
    if whole.profile.record is Record.USER:
        joined.sort(key=lambda entry: entry.day)  # stable: the pages' order of users is kept
    if _parts(joined, only_who=only_who) == _parts(whole.entries, only_who=only_who):
        return ""
    return f"{len(pages)} pages: {_listed(joined)}; without paging: {_listed(whole.entries)}"


def _parts(entries: Sequence[Entry], *, only_who: bool) -> list[object]:
    return [(entry.day, entry.address if only_who else entry.raw) for entry in entries]


def _listed(entries: Sequence[Entry]) -> str:
    return shorten(", ".join(f"{entry.address} under {entry.day}" for entry in entries) or "nothing")


def _violation(rule: str, title: str, received: str, *answers: Answer) -> Violation:
    exchanges = tuple(answer.exchange for answer in answers if answer.exchange is not None)
    return Violation(rule=rule, title=title, received=received, exchanges=exchanges)
