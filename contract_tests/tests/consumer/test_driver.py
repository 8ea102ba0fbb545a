"""The driver's protocol against hostile drivers: bounded time, bounded memory, and a clear word for each."""

import os
import sys
import time
from pathlib import Path

import pytest
from leadsquared_slots.contract_tests.consumer import driver
from leadsquared_slots.contract_tests.consumer.driver import CannotStart, Ran, run_driver
from leadsquared_slots.contract_tests.consumer.results import BadResults, find_results, read_results


def ran(program: str, *, timeout: float = 20, line: str = "{}") -> Ran:
    return run_driver([sys.executable, "-c", program], line, {"LSQ_SITUATION": "plain"}, timeout)


def test_a_driver_gets_one_line_and_the_end_of_file_and_its_environment() -> None:
    done = ran("import os, sys; print(sys.stdin.read().encode(), os.environ['LSQ_SITUATION'])", line='{"é": 1}')
    assert (done.lines, done.problem) == (("b'{\"\\xc3\\xa9\": 1}\\n' plain",), None)


def test_a_driver_runs_in_the_callers_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert ran("import os; print(os.getcwd())").lines == (str(tmp_path),)


def test_a_driver_that_reads_nothing_of_a_long_line_is_no_trouble() -> None:
    assert ran("print('done')", line="x" * 1_000_000).lines == ("done",)


@pytest.mark.parametrize("command", ["no-such-command-here", "/", ""])
def test_a_command_that_cannot_be_started_is_named(command: str) -> None:
    with pytest.raises(CannotStart, match=r"cannot be started"):
        run_driver([command], "", {}, 5)


def test_an_exit_code_other_than_0_is_a_crash_and_its_errors_are_kept() -> None:
    done = ran("raise SystemExit('out of cheese')")
    assert (done.problem, done.errors.strip()) == ("it exited with 1", "out of cheese")


def test_a_signal_is_a_crash() -> None:
    assert ran("import os, signal; os.kill(os.getpid(), signal.SIGKILL)").problem == "it was ended by the signal SIGKILL"


def test_a_driver_that_does_not_end_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    """Even when it ignores the polite signal."""
    pid = tmp_path / "pid"
    program = f"""
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open({str(pid)!r}, "w").write(str(child.pid))
print("started", flush=True)
time.sleep(600)
"""
    done = ran(program, timeout=2)
    assert done.problem == "it did not end within 2 s, and was ended"
    assert done.lines == ("started",)
    assert is_gone(int(pid.read_text()))


def test_children_that_hold_the_output_open_do_not_hold_the_kit(tmp_path: Path) -> None:
    """The driver has ended; what it left behind is ended, too."""
    pid = tmp_path / "pid"
    program = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open({str(pid)!r}, "w").write(str(child.pid))
print("result")
"""
    done = ran(program, timeout=60)
    assert (done.lines, done.problem) == (("result",), None)
    assert done.seconds < 30
    assert is_gone(int(pid.read_text()))


def is_gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody has waited for is as good as gone."""
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        state = Path(f"/proc/{pid}/stat")
        if state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


def test_endless_output_ends_the_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "MOST_OUTPUT", 1 << 20)
    done = ran("while True: print('x' * 10_000)")
    assert done.problem is not None
    assert "wrote more than" in done.problem


def test_endless_errors_are_kept_in_part() -> None:
    done = ran("import sys\nfor n in range(200_000): print(n, file=sys.stderr)")
    assert done.problem is None
    assert len(done.errors) <= 1 << 17
    assert done.errors.rstrip().endswith("199999")


def test_bytes_that_are_no_text_are_shown_as_such() -> None:
    assert ran("import sys; sys.stdout.buffer.write(bytes([255, 254]))").lines == ("��",)


@pytest.mark.parametrize(
    ("lines", "results"),
    [
        (['{"results": []}'], []),
        (['{"results": [1]}', '{"results": [2]}'], [2]),
        (["starting", ' {"results": [3]} ', "done", "{}", '{"results'], [3]),
    ],
)
def test_the_last_line_that_is_an_object_with_results_counts(lines: list[str], results: list[int]) -> None:
    assert find_results(lines) == results


@pytest.mark.parametrize("lines", [[], [""], ["results"], ["[1]"], ['{"result": []}'], ['{"results": 7}'], ["[" * 100_000 + '"results"']])
def test_no_such_line_is_told_with_an_example(lines: list[str]) -> None:
    with pytest.raises(BadResults, match=r"expected"):
        find_results(lines)


SLOT = {"user": "A@example.com", "start": "2026-03-02T03:30:00Z", "end": "2026-03-02T07:30:00Z"}


@pytest.mark.parametrize(
    "result",
    [
        None,
        [],
        {},
        {"bookable": [], "error": "no"},
        {"bookable": None},
        {"bookable": {}},
        {"bookable": [7]},
        {"bookable": [SLOT | {"user": 7}]},
        {"bookable": [SLOT | {"start": None}]},
        {"bookable": [SLOT | {"start": "yesterday"}]},
        {"bookable": [SLOT | {"start": "2026-03-02T03:30:00"}]},
        {"bookable": [SLOT | {"start": "2026-03-03T03:30:00Z"}]},
    ],
)
def test_a_result_of_another_form_is_refused_with_its_place(result: object) -> None:
    with pytest.raises(BadResults, match=r"results\[0\]"):
        read_results([result], 1)


def test_there_is_one_result_for_each_question() -> None:
    for results in ([], [{"error": ""}] * 3):
        with pytest.raises(BadResults, match=r"for 2 questions"):
            read_results(results, 2)


@pytest.mark.parametrize(
    "start",
    [
        "2026-03-02T03:30:00Z",
        "2026-03-02T03:30Z",
        "2026-03-02t03:30:00z",
        "2026-03-02 03:30:00+00:00",
        "2026-03-02T09:00:00+05:30",
        "2026-03-02T09:00:00+0530",
        "20260302T033000Z",
        "2026-03-01T22:30:00.000-05",
        "2026-W10-1T03:30:00Z",
        "2026-061T03:30:00Z",
        "2026-03-02T03:30:00,000000Z",
        "2026-03-01T20:30:00\N{MINUS SIGN}07:00",
    ],
)
def test_every_form_of_iso_8601_with_an_offset_counts(start: str) -> None:
    (result,) = read_results([{"bookable": [SLOT | {"start": start}]}], 1)
    assert result == read_results([{"bookable": [SLOT]}], 1)[0]


def test_the_end_of_a_day_may_be_written_as_24() -> None:
    one, other = (read_results([{"bookable": [SLOT | {"end": end}]}], 1) for end in ("2026-03-02T24:00:00Z", "2026-03-03T00:00:00Z"))
    assert one == other


def test_order_letter_case_and_cuts_do_not_matter() -> None:
    """Touching intervals may be joined or not."""
    cut = "2026-03-02T05:00:00Z"
    parts = [SLOT | {"user": "a@EXAMPLE.com", "start": cut}, SLOT | {"end": cut}, SLOT | {"start": cut, "end": cut}]
    assert read_results([{"bookable": parts}], 1) == read_results([{"bookable": [SLOT]}], 1)
