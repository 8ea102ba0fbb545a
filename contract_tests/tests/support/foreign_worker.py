"""A process that judges servers, several at a time: a line of JSON in for each, a line with its number and the verdict out.

It is started with this file's path, so that it can be started by faketime on another date. The kit is imported once for all that judge.
"""

import json
import sys
import tomllib
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from leadsquared_slots.contract_tests.run.planning import Options, UsageError
from leadsquared_slots.contract_tests.run.results import Verdict
from leadsquared_slots.contract_tests.run.runner import run_checks
from leadsquared_slots.contract_tests.wire.target import Target, TargetRefusesKeys, TargetUnreachable
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED

_UNTHROTTLED = (10_000, 0.1)
_SENTENCE = 300


def judge(job: dict[str, Any]) -> dict[str, Any]:
    """Run `lsq-contract check` against a server: its exit code, the rules that were broken, and the first words about each."""
    rate = (25, 5.0) if job["limited"] else _UNTHROTTLED
    target = Target(job["url"], access_key=job["access"], secret_key=job["secret"], rate=rate)
    scenario = tomllib.loads(Path(job["scenario"]).read_text(encoding="utf-8")) if job["scenario"] else None
    profile = DOCUMENTED.with_answers(job["profile"], name="of the variant") if job["profile"] else DOCUMENTED
    options = Options(users=tuple(job["users"]), allow_burst=job["burst"], seed=job["seed"], scenario=scenario, profile=profile)
    try:
        report = run_checks(target, options)
    except (TargetUnreachable, TargetRefusesKeys) as error:
        return nothing(3, f"{type(error).__name__}: {error}")
    except (UsageError, ValueError) as error:
        return nothing(2, str(error))
    except Exception as error:
        return nothing(-1, f"the kit raised {error!r}")
    return {
        "exit": report.exit_code(),
        "failed": [result.rule.id for result in report.rules if result.verdict is Verdict.FAILED],
        "findings": [result.rule.id for result in report.rules if result.verdict is Verdict.FINDING],
        "says": [f"{failure.rule}: {failure}"[:_SENTENCE] for failure in report.failures[:3]],
        "calls": report.calls,
        "today": str(report.started.date()),
    }


def nothing(code: int, why: str) -> dict[str, Any]:
    """The verdict of a run that came to no report."""
    return {"exit": code, "failed": [], "findings": [], "says": [why[:_SENTENCE]], "calls": 0, "today": str(datetime.now(UTC).date())}


def main(processes: int) -> None:
    """Read jobs until the input ends, and judge as many at once as there are processes."""
    with ProcessPoolExecutor(processes, get_context("fork")) as pool:
        for line in sys.stdin:
            job = json.loads(line)
            pool.submit(judge, job).add_done_callback(lambda done, number=job["number"]: tell(number, done))


def tell(number: int, done: "Future[dict[str, Any]]") -> None:
    """Print a verdict; a process that died has one, too."""
    error = done.exception()
    verdict = done.result() if error is None else nothing(-1, f"the process of the kit ended: {error!r}")
    sys.stdout.write(json.dumps({"number": number, **verdict}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]))
