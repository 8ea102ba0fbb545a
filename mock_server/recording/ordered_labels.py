"""Labels that stand in the order of what they stand for, given out one after the other, and say nothing else about it."""

from bisect import bisect_left

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_WIDTH = 5
_FIRST, _STEP = len(_LETTERS) ** _WIDTH // 2, 1000


class OrderedLabels:
    """Gives each text a label of small letters: whatever is given later, labels compare as their texts do."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._labels: dict[str, str] = {}

    def label(self, text: str) -> str:
        """The label of a text, the same for the same."""
        if text not in self._labels:
            place = bisect_left(self._texts, text)
            low = self._labels[self._texts[place - 1]] if place else None
            high = self._labels[self._texts[place]] if place < len(self._texts) else None
            self._labels[text] = _between(low, high)
            self._texts.insert(place, text)
        return self._labels[text]


def _between(low: str | None, high: str | None) -> str:
    """A label behind `low` and before `high`; None where there is none. It never ends in the first letter, so that one fits before it."""
    if low is None and high is None:
        return _written(_FIRST)
    # In ascending or descending order labels stay short: a step further, as long as there is room.
    if low is None or high is None:
        number = _read(low) + _STEP if low is not None else _read(high or "") - _STEP
        if 0 < number < len(_LETTERS) ** _WIDTH:
            return _written(number)
    return _middle(low or "", high)


def _middle(low: str, high: str | None) -> str:
    letters, place = "", 0
    while True:
        start = _LETTERS.index(low[place]) if place < len(low) else 0
        end = _LETTERS.index(high[place]) if high is not None else len(_LETTERS)
        if end - start > 1:
            return letters + _LETTERS[(start + end) // 2]
        letters += _LETTERS[start]
        if start < end:
            high = None
        place += 1


def _written(number: int) -> str:
    letters = ""
    for _ in range(_WIDTH):
        number, digit = divmod(number, len(_LETTERS))
        letters = _LETTERS[digit] + letters
    # One letter more, which is not the first.
    return letters + "n"


def _read(label: str) -> int:
    number = 0
    for letter in label[:_WIDTH].ljust(_WIDTH, "a"):
        number = number * len(_LETTERS) + _LETTERS.index(letter)
    return number
