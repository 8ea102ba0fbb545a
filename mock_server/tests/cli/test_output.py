"""Standard output and error: whoever does not read them, or has a full disk, loses lines; the emulator answers."""

import os
import re
import subprocess
import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic

import pytest
from leadsquared_slots.mock_server.cli.output import BackgroundStream

from ..support.talking import Line, request

COMMAND = [str(Path(sysconfig.get_path("scripts")) / "lsq-mock")]
FULL = Path("/dev/full")
needs_full_disk = pytest.mark.skipif(not FULL.exists(), reason="no /dev/full here")


def started(tmp_path: Path, *options: str, **streams: object) -> tuple[subprocess.Popen[bytes], int]:
    """A running emulator, and its port."""
    file = tmp_path / "port"
    process = subprocess.Popen([*COMMAND, "serve", "--port", "0", "--port-file", str(file), "--no-rate-limit", *options], **streams)  # type: ignore[call-overload]
    until = monotonic() + 20
    while not file.exists() and process.poll() is None and monotonic() < until:
        pass
    assert file.exists(), f"it ended with {process.poll()}"
    return process, int(file.read_text("utf-8"))


@pytest.mark.whole
def test_a_log_that_nobody_reads_stops_no_answer(tmp_path: Path) -> None:
    """It hung after 650 requests. Now lines are dropped, and whoever reads later is told how many."""
    process, port = started(tmp_path, stderr=subprocess.PIPE)
    try:
        with Line(port) as line:
            for _ in range(3000):
                assert line.send(request()).answer().status == 200
        assert process.stderr is not None
        with process.stderr as log:
            told = next(line for line in log if b"were dropped" in line)
            process.terminate()
            log.read()
        assert process.wait(20) == 0
    finally:
        process.kill()
    assert re.fullmatch(rb"lsq-mock: [1-9][0-9]* lines were dropped here: nobody read them in time\n", told)


@pytest.mark.whole
@needs_full_disk
@pytest.mark.parametrize("options", [(), ("--log-format", "json")], ids=["text", "json"])
def test_a_full_disk_behind_both_streams_stops_no_answer(tmp_path: Path, options: tuple[str, ...]) -> None:
    """It ended at the start, with exit 1."""
    with FULL.open("wb") as full:
        process, port = started(tmp_path, *options, stdout=full, stderr=full)
    try:
        with Line(port) as line:
            assert line.send(request()).answer().status == 200
        process.terminate()
        assert process.wait(20) == 0
    finally:
        process.kill()


@pytest.mark.whole
@needs_full_disk
@pytest.mark.parametrize("words", ["scenarios", "--help", "--version", "serve --help", "explain a@b.c 2026-03-02"])
def test_output_to_a_full_disk_is_told_in_one_line(words: str) -> None:
    """`> /dev/full` was a traceback."""
    with FULL.open("wb") as full:
        ended = subprocess.run([*COMMAND, *words.split()], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert ended.returncode == 2
    assert ended.stderr == "lsq-mock: the output cannot be written: No space left on device; free some room, or let it go elsewhere\n"


@pytest.mark.whole
@needs_full_disk
def test_an_error_to_a_full_disk_still_ends_with_its_code() -> None:
    with FULL.open("wb") as full:
        assert subprocess.run([*COMMAND, "explain", "a@b.c", "2026-02-30"], stderr=full, timeout=60).returncode == 2


def test_all_that_is_written_arrives_in_its_order() -> None:
    reading, writing = os.pipe()
    stream = BackgroundStream(writing)
    for number in range(500):
        stream.write(f"{number}\n")
    assert stream.drain(10)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        assert pipe.read().split() == [str(number) for number in range(500)]


def test_what_is_dropped_is_counted() -> None:
    reading, writing = os.pipe()
    stream = BackgroundStream(writing, most_lines=10)
    line = "x" * 999 + "\n"
    for _ in range(2000):
        stream.write(line)
    with os.fdopen(reading, encoding="utf-8") as pipe, ThreadPoolExecutor(1) as reader:
        reading_all = reader.submit(pipe.read)
        assert stream.drain(10)
        os.close(writing)
        told = reading_all.result(10)
    dropped = sum(int(count) for count in re.findall(r"(\d+) lines were dropped", told))
    assert dropped > 0
    assert told.count(line) + dropped == 2000


def test_a_reader_that_is_gone_costs_nothing() -> None:
    reading, writing = os.pipe()
    stream = BackgroundStream(writing)
    os.close(reading)
    print("nobody hears this", file=stream)
    assert stream.drain(10)
    os.close(writing)
    assert sys.stderr is not stream
