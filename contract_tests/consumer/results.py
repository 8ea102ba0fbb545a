"""What a driver answers: one result for each question, read strictly, because a result that is guessed at proves nothing."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from .times import Times, times_of

_MOST_SHOWN = 120
_ORDINAL = re.compile(r"([0-9]{4})-?([0-9]{3})T")
_END_OF_DAY = re.compile(r"T24(:?00){0,2}([.,]0+)?(?=[Z+-])")
EXAMPLE = '{"results":[{"bookable":[{"user":"a@example.com","start":"2026-03-02T03:30:00Z","end":"2026-03-02T07:30:00Z"}]}]}'


@dataclass(frozen=True, slots=True)
class Result:
    """One result: bookable times, or the error with which the application says that it does not know."""

    times: Times | None = None
    error: str | None = None


class BadResults(ValueError):
    """What a driver wrote is not the protocol; the text says what was received, what was expected, and what to do."""


def find_results(lines: Sequence[str]) -> list[Any]:
    """The results in the lines of a standard output: of the last line that is an object with `results`. Raises BadResults."""
    for line in reversed(lines):
        text = line.strip()
        if not text.startswith("{") or '"results"' not in text:
            continue
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            continue
        if isinstance(document, dict) and "results" in document:
            if not isinstance(document["results"], list):
                raise BadResults(f"results is {_shown(document['results'])}; expected a list with one result for each question")
            return list(document["results"])
    raise BadResults(f"no line of the standard output is a JSON object with results; expected for example {EXAMPLE}")


def read_results(results: Sequence[Any], questions: int) -> list[Result]:
    """The results as values. Raises BadResults."""
    if len(results) != questions:
        raise BadResults(f"there are {len(results)} results for {questions} question{'s' * (questions != 1)}; expected one for each")
    return [_read(result, number) for number, result in enumerate(results)]


def _read(result: Any, number: int) -> Result:
    where = f"results[{number}]"
    if not isinstance(result, Mapping) or ("bookable" in result) == ("error" in result):
        raise BadResults(f"{where} is {_shown(result)}; expected an object with either bookable or error")
    if "error" in result:
        return Result(error=str(result["error"]))
    listed = result["bookable"]
    if not isinstance(listed, list | tuple):
        raise BadResults(f"{where}.bookable is {_shown(listed)}; expected a list of user, start and end")
    return Result(times=times_of(_interval(each, f"{where}.bookable[{n}]") for n, each in enumerate(listed)))


def _interval(value: Any, where: str) -> tuple[str, float, float]:
    if not isinstance(value, Mapping) or not isinstance(value.get("user"), str):
        raise BadResults(f"{where} is {_shown(value)}; expected an object with user, start and end")
    start, end = _instant(value.get("start"), f"{where}.start"), _instant(value.get("end"), f"{where}.end")
    if end < start:
        raise BadResults(f"{where} ends at {value['end']}, before it starts at {value['start']}")
    return value["user"], start, end


def _instant(value: Any, where: str) -> float:
    try:
        moment = value if isinstance(value, datetime) else _iso(value)
    except (TypeError, ValueError, AttributeError, OverflowError):
        raise BadResults(f"{where} is {_shown(value)}; expected a date and time in ISO 8601, such as 2026-03-02T03:30:00Z") from None
    if moment.tzinfo is None:
        raise BadResults(f"{where} is {_shown(value)}, which names no instant; add its offset, such as Z or +05:30")
    # Milliseconds: more is noise of floating point, and no slot is so exact.
    return round(moment.timestamp(), 3)


def _iso(text: str) -> datetime:
    """The date-time of ISO 8601 text; the forms that `fromisoformat` does not know are brought into one that it does. Raises ValueError."""
    text = text.strip().upper().replace("\N{MINUS SIGN}", "-")
    ordinal = _ORDINAL.match(text)
    if ordinal:
        day = date(int(ordinal[1]), 1, 1) + timedelta(days=int(ordinal[2]) - 1)
        text = f"{day.isoformat()}T{text[ordinal.end() :]}"
    midnight = _END_OF_DAY.search(text)
    if midnight:
        text = f"{text[: midnight.start()]}T00:00:00{text[midnight.end() :]}"
    return datetime.fromisoformat(text) + timedelta(days=bool(midnight))


def _shown(value: Any) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        text = str(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"
