"""The kit's verdicts on the strangers' servers: every mistake as a user would look for it, several side by side."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from pathlib import Path
from threading import Lock, Thread
from typing import Any, Self

from .foreign_servers import ACCESS, CORRECT, SECRET, Bug, Variant, addresses, calendar, end, serving

_WORKER = Path(__file__).with_name("foreign_worker.py")
_AT_ONCE = 24
"""Servers that one process of a team has, or starts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One run of the kit: which server, with which mistake or lawful variant, told what."""

    team: str
    name: str
    seed: int = 0
    scenario: bool = False
    burst: bool = False
    calendar: str = "everything"
    profile: dict[str, Any] = field(default_factory=dict, hash=False)


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

    def told(job: Job, url: str) -> dict[str, Any]:
        return {
            "url": url,
            "users": addresses(documents[job.calendar]),
            "access": ACCESS,
            "secret": SECRET,
            "scenario": str(paths[job.calendar]) if job.scenario else None,
            "burst": job.burst,
            "limited": limited,
            "seed": job.seed,
            "profile": job.profile,
        }

    def judged(turn: list[Job]) -> list[Verdict]:
        team, name = turn[0].team, turn[0].calendar
        with serving(team, [job.name for job in turn], paths[name], limited=limited, before=before) as urls:
            asked = [kit.ask(told(job, urls[job.name])) for job in turn]
            return [_verdict(job, got.result()) for job, got in zip(turn, asked, strict=True)]

    with _Kit(before, min(processes, len(jobs))) as kit, ThreadPoolExecutor(processes) as threads:
        return [verdict for turn in threads.map(judged, _turns(jobs)) for verdict in turn]


def _verdict(job: Job, got: dict[str, Any]) -> Verdict:
    return Verdict(job=job, **{key: tuple(value) if isinstance(value, list) else value for key, value in got.items()})


def _turns(jobs: Sequence[Job]) -> list[list[Job]]:
    """The jobs in lists for one process of servers each.

    A mistake may leave traces in the server that made it: no server comes twice in a list, and the correct one is alone.
    """
    turns: list[list[Job]] = []
    for _, group in groupby(sorted(jobs, key=_place), _place):
        those = list(group)
        if those[0].name == CORRECT:
            turns += [[job] for job in those]
        else:
            turns += [those[start : start + _AT_ONCE] for start in range(0, len(those), _AT_ONCE)]
    return turns


def _place(job: Job) -> tuple[Any, ...]:
    return job.team, job.calendar, job.seed, job.scenario, job.name == CORRECT


class _Kit:
    """A process that judges servers, as many at a time as it is told."""

    def __init__(self, before: Sequence[str], processes: int) -> None:
        command = [*before, sys.executable, str(_WORKER), str(processes)]
        self._worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
        self._asked: dict[int, Future[dict[str, Any]]] = {}
        self._lock = Lock()
        self._reader = Thread(target=self._read, daemon=True)

    def __enter__(self) -> Self:
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        end(self._worker)

    def ask(self, job: dict[str, Any]) -> "Future[dict[str, Any]]":
        """Have a server judged; the verdict comes later."""
        assert self._worker.stdin is not None
        with self._lock:
            number = len(self._asked)
            self._asked[number] = answer = Future()
            self._worker.stdin.write(json.dumps({"number": number, **job}) + "\n")
            self._worker.stdin.flush()
        return answer

    def _read(self) -> None:
        assert self._worker.stdout is not None
        for line in self._worker.stdout:
            got = json.loads(line)
            self._asked[got.pop("number")].set_result(got)
        for answer in self._asked.values():
            if not answer.done():
                answer.set_exception(RuntimeError("the process that judges ended"))


def table(found: Iterable[Verdict], bugs: Iterable[Bug | Variant]) -> str:
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
