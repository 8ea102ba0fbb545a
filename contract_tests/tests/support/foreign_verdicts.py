"""The kit's verdicts on the strangers' servers: every mistake as a user would look for it, several side by side."""

import json
import os
import queue
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from .foreign_servers import ACCESS, CORRECT, SECRET, Bug, addresses, calendar, end, serving

_WORKER = Path(__file__).with_name("foreign_worker.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One run of the kit: which server, with which mistake, told what."""

    team: str
    name: str
    seed: int = 0
    scenario: bool = False
    burst: bool = False
    calendar: str = "everything"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of it: the exit code of `lsq-contract check`, and the rules that were broken."""

    job: Job
    exit: int
    failed: tuple[str, ...]
    findings: tuple[str, ...]
    says: tuple[str, ...]
    calls: int
    today: str


def verdicts(
    jobs: Sequence[Job], folder: Path, *, today: date | None = None, before: Sequence[str] = (), processes: int | None = None
) -> list[Verdict]:
    """Judge every server of `jobs`, which stand in `folder`'s calendars; those that wait for the limit run side by side.

    `today` is the date on which the kit and the servers run: `before` has the words that make it so, such as those of faketime.
    """
    processes = processes or os.cpu_count() or 1
    groups = {burst: [job for job in jobs if job.burst is burst] for burst in (False, True)}
    with ThreadPoolExecutor(2) as both:
        runs = [
            both.submit(_judged, group, folder, today or date.today(), before, processes * (6 if burst else 1), limited=burst)
            for burst, group in groups.items()
            if group
        ]
        return [verdict for run in runs for verdict in run.result()]


def _judged(jobs: list[Job], folder: Path, today: date, before: Sequence[str], processes: int, *, limited: bool) -> list[Verdict]:
    documents = {name: calendar(name, today) for name in {job.calendar for job in jobs}}
    paths = {name: folder / f"{name}-{today}.toml" for name in documents}
    for name, path in paths.items():
        path.write_text(documents[name], encoding="utf-8")
    free: queue.SimpleQueue[Callable[[dict[str, Any]], dict[str, Any]]] = queue.SimpleQueue()

    def run(job: Job, url: str) -> Verdict:
        asks = free.get()
        try:
            got = asks(
                {
                    "url": url,
                    "users": addresses(documents[job.calendar]),
                    "access": ACCESS,
                    "secret": SECRET,
                    "scenario": str(paths[job.calendar]) if job.scenario else None,
                    "burst": job.burst,
                    "limited": limited,
                    "seed": job.seed,
                }
            )
        finally:
            free.put(asks)
        return Verdict(job=job, **{key: tuple(value) if isinstance(value, list) else value for key, value in got.items()})

    with ExitStack() as stack:
        for _ in range(min(processes, len(jobs))):
            command = [*before, sys.executable, str(_WORKER)]
            worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
            stack.callback(end, worker)
            free.put(_asking(worker))
        threads = stack.enter_context(ThreadPoolExecutor(processes))
        results = []
        # A mistake may leave traces in the server that made it: every run gets one of its own.
        for (team, name), group in groupby(sorted(jobs, key=lambda job: (job.team, job.calendar)), lambda job: (job.team, job.calendar)):
            for turn in _turns(list(group)):
                urls = stack.enter_context(serving(team, [job.name for job in turn], paths[name], limited=limited, before=before))
                results += [threads.submit(run, job, urls[job.name]) for job in turn]
        return [result.result() for result in results]


def _turns(jobs: list[Job]) -> list[list[Job]]:
    """The jobs in lists in which no server comes twice, and the correct server alone."""
    turns: list[list[Job]] = []
    for job in jobs:
        if job.name == CORRECT:
            turns.append([job])
            continue
        turn = next((turn for turn in turns if turn[0].name != CORRECT and all(other.name != job.name for other in turn)), None)
        if turn is None:
            turns.append([job])
        else:
            turn.append(job)
    return turns


def _asking(worker: "subprocess.Popen[str]") -> Callable[[dict[str, Any]], dict[str, Any]]:
    def ask(job: dict[str, Any]) -> dict[str, Any]:
        assert worker.stdin is not None
        assert worker.stdout is not None
        worker.stdin.write(json.dumps(job) + "\n")
        worker.stdin.flush()
        answer: dict[str, Any] = json.loads(worker.stdout.readline())
        return answer

    return ask


def table(found: Iterable[Verdict], bugs: Iterable[Bug]) -> str:
    """The verdicts as lines of text: the mistake, the exit code, the rules that were broken."""
    says = {(bug.team, bug.name): bug for bug in bugs}
    lines = []
    for verdict in found:
        job = verdict.job
        bug = says.get((job.team, job.name))
        told = "scenario" if job.scenario else "burst" if job.burst else "default"
        rules = " ".join([*verdict.failed, *(f"({rule})" for rule in verdict.findings)]) or " ".join(verdict.says)
        lines.append(
            f"{job.team:8} {job.name:32} {told:9} seed {job.seed}  exit {verdict.exit}  {rules}  # {bug.says if bug else 'correct'}"
        )
    return "\n".join(lines)
