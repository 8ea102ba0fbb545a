r"""Reads a Markdown file's blocks, and runs them as a reader would.

The convention, by the words after the three backticks:

```text
python             a program of its own; it has to end with 0
python NAME.py     saved under that name and run; by pytest, when the name starts with test_
toml NAME.toml     saved under that name, and a valid scenario, unless it is a pyproject.toml
toml, json         has to be valid
diff PATH          every run of added lines stands in that file of the project
console            lines after `$ ` are commands (continued after `\`, `> ` or an open quote); each has to end with 0.
                   The lines below a command are its output; `...` stands for anything, no lines for whatever it prints
console docker     the same, where the images have been built
anything else      is only looked at
```

The blocks of one `##` section share a folder. A command that serves plain HTTP (`make serve`, `lsq-mock serve`,
`docker run … leadsquared-slots`) keeps running until the next one, or until its section ends. Port 8255 is replaced by a free one. What CI
does elsewhere is not done again: `make test`, `make image`, `docker build`.
"""

import doctest
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from leadsquared_slots.mock_server import Scenario

ROOT = Path(__file__).parents[3]
BLOCK = re.compile(r"^```(\w+) ?([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SERVES = re.compile(r"make serve\b|lsq-mock serve\b|docker run (?!.*--detach).*leadsquared-slots($| serve\b)")
DONE_ELSEWHERE = ("make test", "make image", "docker build")
QUICKLY = tuple(word for name in ("cacheprovider", "schemathesis", "hypothesispytest", "anyio", "faker") for word in ("-p", f"no:{name}"))
"""Options of pytest: no block needs the plugins of other projects, and to load them takes seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One fenced block: its language, the word after that, and its text."""

    language: str
    word: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A `##` section's heading and its blocks, in order."""

    heading: str
    blocks: tuple[Block, ...]

    @property
    def needs_docker(self) -> bool:
        """Whether some block is run only where the images are."""
        return any(block.word == "docker" for block in self.blocks)

    def without_docker(self) -> "Section":
        """The same section for a machine that has no images."""
        return Section(heading=self.heading, blocks=tuple(block for block in self.blocks if block.word != "docker"))


def sections(markdown: str) -> list[Section]:
    """The sections that have blocks; what stands before the first `##` is called 'head'."""
    parts = re.split(r"^## +(.+)$", "## head\n" + markdown, flags=re.MULTILINE)
    found = []
    for heading, body in zip(parts[1::2], parts[2::2], strict=True):
        blocks = [Block(language=b[1], word=b[2].strip(), text=b[3]) for b in BLOCK.finditer(body)]
        if blocks:
            found.append(Section(heading=heading.strip(), blocks=tuple(blocks)))
    return found


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Each command of a console block with the output that is shown below it."""
    lines = text.splitlines()
    while lines:
        line = lines.pop(0)
        if not line.startswith("$ "):
            raise AssertionError(f"a console block starts with '$ ', not with {line!r}")
        command = line[2:]
        while lines and _unfinished(command):
            command += "\n" + lines.pop(0).removeprefix("> ")
        shown = []
        while lines and not lines[0].startswith("$ "):
            shown.append(lines.pop(0))
        yield command, "\n".join(shown)


def _unfinished(command: str) -> bool:
    parsed = subprocess.run(["bash", "-n", "-c", command], capture_output=True, text=True, check=False)
    return command.endswith("\\") or bool(re.search(r"EOF|end.of.file", parsed.stderr))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True, kw_only=True)
class Reader:
    """Somebody who types a section's blocks in a folder of their own."""

    folder: Path
    stack: ExitStack
    port: int = field(default_factory=_free_port)

    def read(self, section: Section) -> None:
        """Do what every block says; raises AssertionError where it does not come out as shown."""
        self.folder.chmod(0o755)  # as a folder of somebody's is, and a container's user may read it
        for block in section.blocks:
            action = getattr(self, f"_{block.language}", None)
            if action:
                action(block.word, block.text)

    def _console(self, _word: str, text: str) -> None:
        for command, shown in commands(text):
            if SERVES.match(command):
                self._serve(command)
            elif not command.startswith(DONE_ELSEWHERE):
                output = self._run(["bash", "-e", "-o", "pipefail", "-c", self._localised(command)], self._place(command))
                _compare(self._localised(shown), output, command)

    def _python(self, word: str, text: str) -> None:
        name = word if word.endswith(".py") else "program.py"
        (self.folder / name).write_text(self._localised(text))
        runner = ["-m", "pytest", "-q", *QUICKLY] if name.startswith("test_") else ["-W", "error"]
        self._run([sys.executable, *runner, name], self.folder)

    def _toml(self, word: str, text: str) -> None:
        if word:
            (self.folder / word).write_text(text)
        if word and word != "pyproject.toml":
            Scenario.parse(text, source=word)
        else:
            tomllib.loads(text)

    def _json(self, _word: str, text: str) -> None:
        json.loads(text)

    def _diff(self, word: str, text: str) -> None:
        held = (ROOT / word).read_text("utf-8")
        added = "\n".join(line if line.startswith("+") else "" for line in text.splitlines())
        for lines in filter(None, re.split(r"\n(?!\+)\n?", added)):
            wanted = "\n".join(line.removeprefix("+") for line in lines.splitlines())
            assert wanted in held, f"{word} does not hold\n{wanted}"

    def _localised(self, text: str) -> str:
        published = text.replace("8255:8255", "\0").replace("8255", str(self.port))
        return published.replace(".venv/bin/", f"{sys.prefix}/bin/").replace("\0", f"127.0.0.1:{self.port}:8255")

    def _place(self, command: str) -> Path:
        return ROOT if command.startswith("make ") or " docker/" in command else self.folder

    def _environment(self) -> dict[str, str]:
        # An outer make's variables (ARGS) are not the reader's.
        inherited = {name: value for name, value in os.environ.items() if name not in {"ARGS", "MAKEFLAGS", "MFLAGS", "MAKELEVEL"}}
        tools = Path(sys.executable).parent
        return {**inherited, "PATH": f"{tools}:{os.environ['PATH']}", "LSQ_MOCK_PORT": str(self.port), "PORT": str(self.port)}

    def _run(self, line: list[str], place: Path) -> str:
        environment = self._environment()
        done = subprocess.run(line, cwd=place, env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, f"exit {done.returncode}: {line[-1]}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def _serve(self, command: str) -> None:
        if not (ROOT / "mock_server" / "__init__.py").exists():  # the wheel's tests, outside a checkout
            command = command.replace("make serve", "lsq-mock serve")
        elif Path(sys.prefix, "serve.stamp").exists():  # the environment that make keeps, whatever it is called
            command = command.replace("make serve", f"make VENV={sys.prefix} serve")
        self.stack.close()
        self.stack.enter_context(_serving(self._localised(command), self._place(command), self._environment(), self.port))


@contextmanager
def _serving(command: str, place: Path, environment: dict[str, str], port: int) -> Iterator[None]:
    process = subprocess.Popen(
        ["bash", "-c", f"exec {command}"],
        cwd=place,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, process, command)
        yield
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(port: int, process: subprocess.Popen[bytes], command: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert process.poll() is None, f"{command}: ended with {process.returncode}"
        if _answers(port):
            return
        time.sleep(0.05)
    raise AssertionError(f"{command}: nothing answers on port {port}")


def _answers(port: int) -> bool:
    # A connection alone is not enough: an engine accepts it for a container that does not listen yet.
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/__admin/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _compare(shown: str, output: str, command: str) -> None:
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    if shown and not doctest.OutputChecker().check_output(shown + "\n", output, flags):
        raise AssertionError(f"$ {command}\nshown:\n{shown}\nprinted:\n{output}")
