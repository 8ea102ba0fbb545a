"""JSON read piece by piece: the items of one long list, however long the file is."""

import json
from collections.abc import Iterator
from typing import IO, Any

_CHUNK = 1 << 18
LARGEST_ITEM = 64 << 20
"""Characters of the largest value that is read as one."""
_OF_NUMBERS = "0123456789.eE+-"
_SPACE = " \t\r\n"
_decoder = json.JSONDecoder()


class BadRecording(ValueError):
    """A file that cannot be read as a recording; the text says what was found, what was expected and what to do."""


class CutShort(BadRecording):
    """A file that ends in the middle; what stands before was read."""


class JsonStream:
    """A JSON text of any length, from which values are taken one after the other.

    stream   text, read in pieces
    on_read  told how many characters were read since the last call
    """

    def __init__(self, stream: IO[str], on_read: Any = lambda count: None) -> None:
        self._stream, self._on_read = stream, on_read
        self._text, self._place = "", 0

    def next_sign(self) -> str:
        """The next character that is no space, left where it is; empty at the end."""
        while True:
            while self._place < len(self._text) and self._text[self._place] in _SPACE:
                self._place += 1
            if self._place < len(self._text):
                return self._text[self._place]
            if not self._more():
                return ""

    def take(self, sign: str) -> None:
        """Passes over one character. Raises BadRecording where another one stands there."""
        found = self.next_sign()
        if found != sign:
            if not found:
                raise CutShort(f"the JSON ends where {sign!r} was expected; the file is not whole")
            raise BadRecording(f"the JSON has {found!r} where {sign!r} was expected")
        self._place += 1

    def value(self) -> Any:
        """The next value, whole. Raises BadRecording, CutShort where the text ends in it."""
        if not self.next_sign():
            raise CutShort("the JSON ends where a value was expected; the file is not whole")
        while True:
            try:
                found, end = _decoder.raw_decode(self._text, self._place)
            except RecursionError:
                raise BadRecording("the JSON is nested too deeply") from None
            except ValueError as error:
                if len(self._text) - self._place > LARGEST_ITEM:
                    raise BadRecording(f"a value is longer than {LARGEST_ITEM} characters, or is no JSON: {error}") from None
                # Twice as much each time, so that a long value is looked at a few times only.
                if not self._more(max(_CHUNK, len(self._text) - self._place)):
                    raise CutShort(f"the JSON ends in the middle of a value: {error}") from None
                continue
            # A number may go on in what was not read yet.
            if isinstance(found, (int, float)) and not self._text[end:].strip(_OF_NUMBERS) and self._more():
                continue
            self._place = end
            return found

    def members(self) -> Iterator[str]:
        """The names of the next object's members; who is given one takes its value before the next."""
        yield from self._parts("{", "}", self._name)

    def items(self) -> Iterator[Any]:
        """The items of the next list, one after the other."""
        yield from self._parts("[", "]", self.value)

    def items_at(self, *path: str) -> Iterator[Any]:
        """The items of the list under these names, one name for each object that it lies in; all else is passed over."""
        name, *inner = path
        for member in self.members():
            if member != name:
                self.value()
            elif inner:
                yield from self.items_at(*inner)
            else:
                yield from self.items()

    def _parts(self, opening: str, closing: str, read: Any) -> Iterator[Any]:
        self.take(opening)
        if self.next_sign() == closing:
            self.take(closing)
            return
        while True:
            yield read()
            if self.next_sign() == closing:
                self.take(closing)
                return
            self.take(",")

    def _name(self) -> str:
        name = self.value()
        if not isinstance(name, str):
            raise BadRecording("the JSON has an object whose member has no name")
        self.take(":")
        return name

    def _more(self, count: int = _CHUNK) -> bool:
        piece = self._stream.read(count)
        self._on_read(len(piece))
        self._text, self._place = self._text[self._place :] + piece, 0
        return bool(piece)
