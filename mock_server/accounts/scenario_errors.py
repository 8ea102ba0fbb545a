"""What is wrong with a scenario or profile file, and on which line."""

from collections.abc import Sequence

from leadsquared_slots.mock_server.contract.toml_text import Path, lines_of
from leadsquared_slots.mock_server.contract.validation import Problem
from leadsquared_slots.mock_server.domain.errors import DomainError


class ScenarioError(DomainError):
    """A scenario or profile that cannot be used; `str()` says where, what was received, what was expected, and what to do."""


class Mistakes(ScenarioError):
    """What is wrong with the content of a scenario or profile: each problem with its line where there is a text.

    `problems` are in the order of lines; `str()` has one line for each.
    """

    def __init__(self, source: str, text: str | None, problems: Sequence[Problem]) -> None:
        lines = {} if text is None else lines_of(text, [problem.path for problem in problems if problem.path])
        # What counts the rest has no place, and comes last.
        ordered = sorted(problems, key=lambda problem: lines.get(problem.path, 0) if problem.path else len(text or "") + 1)
        self.problems = tuple(ordered)
        places = [f"{source}, line {lines[problem.path]}" if problem.path in lines else source for problem in ordered]
        if len(ordered) == 1:
            super().__init__(f"{places[0]}: {ordered[0].placed}", ordered[0].hint)
        else:
            super().__init__("\n".join(f"{place}: {problem}" for place, problem in zip(places, ordered, strict=True)))


def misplaced(source: str, text: str | None, path: Path, error: DomainError) -> ScenarioError:
    """Return the error of one place whose form is right and whose meaning is not."""
    line = "" if text is None else "".join(f", line {number}" for number in lines_of(text, [path]).values())
    return ScenarioError(f"{source}{line}: {error.what}", error.hint)
