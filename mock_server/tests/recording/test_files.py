"""Recordings as files: what is written is a valid HAR after every exchange, and what is read is what was written."""

import io
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from leadsquared_slots.mock_server.recording.har import HarWriter
from leadsquared_slots.mock_server.recording.reading import BadRecording, CutShort, read_recording
from leadsquared_slots.mock_server.recording.recorded import Recorded, Recorder
from leadsquared_slots.mock_server.recording.stream import JsonStream

from ..support.recordings import HOST, emulator, leaks, question, record

FIRST, LAST = date(2026, 3, 2), date(2026, 3, 6)


@st.composite
def exchanges(draw: st.DrawFn) -> Recorded:
    """Exchanges of any content."""
    names = st.sampled_from(["Content-Type", "X-LSQ-AccessKey", "X-Other", "Retry-After"])
    headers = st.lists(st.tuples(names, st.text(st.characters(codec="ascii", exclude_categories=["C"]), max_size=20)), max_size=3)
    return Recorder().record(
        at=draw(st.integers(0, 4_000_000_000)) + 0.5, seconds=draw(st.integers(0, 5000)) / 1000,
        method=draw(st.sampled_from(["POST", "GET"])),
        url=HOST + draw(st.sampled_from(["/v2/x", "/v2/x?accessKey=aaaaaaaa", "/v2/ä?userId=%C3%A4"])), headers=draw(headers),
        body=draw(st.binary(max_size=50)), status=draw(st.sampled_from([200, 400, 429, 599])), reply_headers=draw(headers),
        reply_body=draw(st.binary(max_size=50) | st.text(max_size=50).map(str.encode)),
    )  # fmt: skip


@given(st.lists(exchanges(), max_size=4))
def test_what_is_read_is_what_was_written(tmp_path_factory: pytest.TempPathFactory, written: list[Recorded]) -> None:
    """Every exchange comes back, in its order; the file is a whole HAR after each one."""
    path = tmp_path_factory.mktemp("har") / "a.har"
    with HarWriter(path) as writer:
        for number, exchange in enumerate(written):
            writer.add(exchange)
            assert len(json.loads(path.read_bytes())["log"]["entries"]) == number + 1
    parts = [(r.method, r.full_url, r.body, r.status, r.reply_body, r.at, r.seconds, r.headers) for r in read_recording(path)]
    assert parts == [(r.method, r.full_url, r.body, r.status, r.reply_body, r.at, r.seconds, r.headers) for r in written]


def test_a_recording_is_not_overwritten(tmp_path: Path) -> None:
    """What somebody recorded stays."""
    path = tmp_path / "a.har"
    HarWriter(path).close()
    with pytest.raises(FileExistsError):
        HarWriter(path)
    assert list(read_recording(path)) == []
    assert path.stat().st_mode & 0o077 == 0, "what is in it is for its owner"


def test_a_file_that_ends_too_early_gives_what_is_whole(tmp_path: Path) -> None:
    """A kill loses at most the call under way: the exchanges before it are read, and then it is said."""
    path, recorder, app = tmp_path / "a.har", Recorder(), emulator()
    with HarWriter(path) as writer:
        for _ in range(3):
            writer.add(record(app, recorder, question(["free@example.com"], FIRST, LAST)))
    whole = path.read_bytes()
    path.write_bytes(whole[:-200])
    read = []
    with pytest.raises(CutShort, match=r"ends"):
        read += read_recording(path)
    found = []
    try:
        for exchange in read_recording(path):
            found.append(exchange)
    except CutShort:
        pass
    assert len(found) == 2
    assert leaks(whole) == []


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[1, 2]", b"\xff\xfe", b'{"log": 3}', b'{"log": {"entries": [{}]}}', b'{"log": {"entries": [' + b"[" * 5000]
)
def test_what_is_no_recording_is_refused_with_its_name(content: bytes, tmp_path: Path) -> None:
    """The error names the file, what was found and what was expected."""
    path = tmp_path / "other.har"
    path.write_bytes(content)
    with pytest.raises(BadRecording, match=r"other\.har"):
        list(read_recording(path))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


class Dripping(io.StringIO):
    """A stream that gives a few characters at a time."""

    def read(self, size: int | None = -1) -> str:
        return super().read(3)


@given(st.lists(JSON, max_size=5), st.dictionaries(st.text(max_size=5), JSON, max_size=3), st.sampled_from([None, 2]))
def test_a_stream_of_json_gives_what_json_gives(items: list[object], beside: dict[str, object], indent: int | None) -> None:
    """The items of a list in an object, read from pieces of three characters, are what json.loads gives."""
    stream = JsonStream(Dripping(json.dumps({**beside, "the list": items}, indent=indent)))
    found: dict[str, object] = {}
    for name in stream.members():
        found[name] = list(stream.items()) if name == "the list" else stream.value()
    assert found == {**beside, "the list": items}


def test_the_journal_is_read_as_lines_and_as_the_admin_interface_gives_it(tmp_path: Path) -> None:
    """One exchange a line, or the whole answer: the same exchanges; bodies that the journal cut are marked."""
    view = {
        "number": 1, "at": "2026-03-02T06:00:00Z", "method": "POST", "urlPath": "/v2/x", "query": "accessKey=***", "body": "{}",
        "status": 200,
        "headers": {"content-type": "application/json", "x-lsq-secretkey": "***"}, "replyHeaders": {}, "replyBody": "{}", "replyBytes": 2,
        "milliseconds": 1.5,
    }  # fmt: skip
    cut = view | {"replyBody": "{…", "replyBytes": 90_000}
    lines, listed = tmp_path / "lines.jsonl", tmp_path / "listed.json"
    lines.write_text("\n".join(json.dumps(each) for each in (view, cut)), "utf-8")
    listed.write_text(json.dumps({"requests": [view, cut]}, indent=1), "utf-8")
    assert list(read_recording(lines)) == list(read_recording(listed))
    assert [each.is_whole for each in read_recording(lines)] == [True, False]
