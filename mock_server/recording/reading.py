"""A recording read from a file, whatever its form: HAR, or the emulator's journal."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from .har import read_har
from .journal import read_lines, read_listed
from .recorded import Recorded, Recorder
from .stream import BadRecording, CutShort, JsonStream

__all__ = ["BadRecording", "CutShort", "read_recording"]

_LOOKED_AT = 1 << 16


def read_recording(path: Path, recorder: Recorder | None = None, on_read: Callable[[int], None] = lambda count: None) -> Iterator[Recorded]:
    """The exchanges of a file, in its order and without their keys; memory does not grow with the file.

    on_read  told how many characters were read since the last call
    Raises BadRecording, with the file and what to do; CutShort behind the last whole exchange of a file that ends too early.
    """
    recorder = recorder or Recorder()
    try:
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="\n") as stream:
            yield from _read(stream, recorder, on_read)
    except OSError as error:
        raise BadRecording(f"{path} cannot be read: {error.strerror}; expected a recording") from None
    except BadRecording as error:
        raise type(error)(f"{path}: {error}") from None


def _read(stream: IO[str], recorder: Recorder, on_read: Callable[[int], None]) -> Iterator[Recorded]:
    beginning = stream.read(_LOOKED_AT)
    stream.seek(0)
    if '"log"' in beginning:
        yield from read_har(JsonStream(stream, on_read), recorder)
    elif '"urlPath"' in beginning.partition("\n")[0] and not beginning.lstrip().startswith('{"requests"'):
        yield from read_lines(stream, recorder, on_read)
    elif '"requests"' in beginning:
        yield from read_listed(JsonStream(stream, on_read), recorder)
    else:
        found = "nothing" if not beginning.strip() else "something else"
        raise BadRecording(
            f"it holds {found}; expected a HAR 1.2, or the journal of the emulator (one exchange a line, or GET /__admin/requests)"
        )
