"""A calibrated profile as a TOML file: each answer with what was seen, and each open question with why."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from leadsquared_slots.mock_server.domain.profile import DOCUMENTED
from leadsquared_slots.mock_server.recording.evidence import Conclusion

from .calibration import Calibrated


def profile_text(found: Calibrated, *, name: str, source: str, moment: datetime) -> str:
    """The text of a profile file that `lsq-mock serve --profile` and `lsq-contract check --profile` take."""
    known = len(found.known)
    lines = [
        f"# Calibrated {moment:%Y-%m-%dT%H:%M:%SZ} from {_plain(source)}.",
        f"# {known} of {len(found.conclusions)} questions answered with {found.calls} calls.",
        "# Questions that stay open have the answers of the profile documented.",
        *([f"# It ended early: {_plain(found.stopped)}"] if found.stopped else []),
        f'name = "{_plain(name)}"',
        'extends = "documented"',
        *_answers(found.conclusions.values()),
    ]
    return "\n".join(lines) + "\n"


def _answers(conclusions: Iterable[Conclusion]) -> Iterator[str]:
    for found in conclusions:
        yield ""
        if found.answer is None:
            yield f"# open: {_plain(found.seen)}"
            yield f"# {found.question} = {_value(DOCUMENTED.answers()[found.question])}"
        else:
            yield f"# {found.sure}: {_plain(found.seen)}"
            yield f"{found.question} = {_value(found.answer)}"


def _value(answer: str | int) -> str:
    return str(answer) if isinstance(answer, int) else f'"{answer}"'


def _plain(text: str) -> str:
    """One line without what would end it, or a string in it."""
    return "".join(char if char.isprintable() and char not in '"\\' else " " for char in text)
