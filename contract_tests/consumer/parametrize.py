"""The situations for tests: `@pytest.mark.parametrize("situation", consumer_situations())`."""

from collections.abc import Iterable, Sequence
from typing import Any

from leadsquared_slots.contract_tests.emulator.account import Account

from .judging import Judgement
from .opened import Opened, open_situation, page_size_of
from .results import BadResults
from .situations import Expected, Given, situations

_TIMEOUT_SECONDS = 10.0
_PAGE_SIZE = 1000


class ConsumerSituation:
    """One situation in a test: `open` it on an account, ask the application, `judge` what it gave.

    def test_survives(situation, lsq):
        results = [ask(question) for question in situation.open(lsq)]
        situation.judge(results)
        lsq.assert_conduct()

    A result is `{"bookable": [{"user", "start", "end"}, …]}` or `{"error": text}`; start and end are ISO 8601 texts with an offset, or
    date-times with a zone.
    """

    def __init__(self, id_: str, timeout: float = _TIMEOUT_SECONDS) -> None:
        self._situation, self._timeout = situations()[id_], timeout
        self._opened: Opened | None = None
        # pytest names a parameter after this.
        self.__name__ = id_

    def __repr__(self) -> str:
        return f"<situation {self.id}>"

    @property
    def id(self) -> str:
        """Its id, as `--only` takes it."""
        return self._situation.id

    @property
    def title(self) -> str:
        """What is special about it."""
        return self._situation.title

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules of the ledger that it rests on."""
        return self._situation.rules

    @property
    def expected(self) -> Expected:
        """What the application has to say."""
        return self._situation.expected

    def open(self, lsq: Account, *, page_size: int | None = None) -> list[dict[str, Any]]:
        """Prepare the account, and give the questions: `{"users", "from", "to", "includeAllowedConflictSlots"}`.

        What was in the account before is gone. `wrong-keys` changes `lsq.secret_key`: read the keys afterwards.
        `page_size` is how many records the application asks for on a page; without it, as many as it did in this account, or 1000.
        """
        profile = {name: answer for name, answer in lsq.settings["profile"].items() if name != "name"}
        size = page_size or (page_size_of(lsq) if self._situation.needs_pages else None) or _PAGE_SIZE
        given = Given(timeout=self._timeout, page_size=size)
        self._opened = open_situation(lsq, self._situation, given, profile)
        return [question.as_json() for question in self._opened.setup.questions]

    def judge(self, results: Iterable[Any]) -> Judgement:
        """Assert that the results are right: one for each question, in their order. Raises AssertionError with what was right, and why."""
        __tracebackhide__ = True
        if self._opened is None:
            raise BadResults(f"the situation {self.id} was not opened; call open(lsq) first, and ask what it gives")
        judgement = self._opened.judge(_listed(results))
        if judgement.holds:
            return judgement
        lines = [f"{self.id}: {self.title}", f"the application: {judgement.problem}", *(f"  {line}" for line in judgement.said)]
        lines += ["right was:", *(f"  {line}" for line in judgement.right or (self.expected.value,))]
        lines += [f"most likely the application {judgement.cause}"] if judgement.cause else []
        lines += [f"rests on {', '.join((*self.rules, *self._opened.rests_on))}"]
        raise AssertionError("\n".join(lines))


def _listed(results: Iterable[Any]) -> Sequence[Any]:
    if isinstance(results, dict):
        # One result, or the whole line of a driver.
        return list(results["results"]) if "results" in results else [results]
    return list(results)


def consumer_situations(*, timeout: float = _TIMEOUT_SECONDS) -> list[ConsumerSituation]:
    """Every situation, for parametrizing. `timeout` is that of the application: `slow` holds a reply for 5 s longer."""
    return [ConsumerSituation(name, timeout) for name in situations()]
