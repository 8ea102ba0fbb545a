"""A process that judges one server after the other: a line of JSON in (url, users, scenario, burst, seed), a line with the verdict out.

It is started with this file's path, so that it can be started by faketime on another date.
"""

import json
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from leadsquared_slots.contract_tests.run.planning import Options, UsageError
from leadsquared_slots.contract_tests.run.results import Verdict
from leadsquared_slots.contract_tests.run.runner import run_checks
from leadsquared_slots.contract_tests.wire.target import Target, TargetRefusesKeys, TargetUnreachable

_UNTHROTTLED = (10_000, 0.1)
_SENTENCE = 300


def judge(job: dict[str, Any]) -> dict[str, Any]:
    """Run `lsq-contract check` against a server: its exit code, the rules that were broken, and the first words about each."""
    rate = (25, 5.0) if job["limited"] else _UNTHROTTLED
    target = Target(job["url"], access_key=job["access"], secret_key=job["secret"], rate=rate)
    scenario = tomllib.loads(Path(job["scenario"]).read_text(encoding="utf-8")) if job["scenario"] else None
    options = Options(users=tuple(job["users"]), allow_burst=job["burst"], seed=job["seed"], scenario=scenario)
    try:
        report = run_checks(target, options)
    except (TargetUnreachable, TargetRefusesKeys) as error:
        return nothing(3, f"{type(error).__name__}: {error}")
    except (UsageError, ValueError) as error:
        return nothing(2, str(error))
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


def main() -> None:
    """Read jobs until the input ends."""
    for line in sys.stdin:
        try:
            verdict = judge(json.loads(line))
        except Exception as error:
            verdict = nothing(-1, f"the kit raised {error!r}")
        sys.stdout.write(json.dumps(verdict) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
