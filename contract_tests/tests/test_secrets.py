"""No key gets out: not into the terminal, not into a file, in no spelling."""

import base64
import io
import json
import os
import subprocess
import sys
import time
from html import escape
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from leadsquared_slots.contract_tests.cli.main import main
from leadsquared_slots.contract_tests.mutants.registry import Ask, Reply, Server
from leadsquared_slots.contract_tests.mutants.serving import as_wsgi, served
from leadsquared_slots.contract_tests.report.files import FORMATS, Terminal, write_report
from leadsquared_slots.contract_tests.wire.redaction import HIDDEN, PLACEHOLDERS, Redactor
from leadsquared_slots.contract_tests.wire.target import ManualClock
from leadsquared_slots.mock_server import Settings, create_app

from .support.report_example import report
from .support.serving import on_a_socket

pytestmark = pytest.mark.whole

ACCESS = "u$r" + "0123456789abcdef" * 2
SECRET = "fedcba9876543210fedc0123456789abcdef4321"


def spellings(key: str) -> list[str]:
    """The forms in which a key can travel."""
    encoded = quote(key, safe="")
    every_byte = "".join(f"%{byte:02X}" for byte in key.encode())
    return [
        key, key.swapcase(), key.upper(), encoded, encoded.lower(), quote(encoded, safe=""), every_byte, json.dumps(key)[1:-1],
        key.replace("$", "\\u0024"), json.dumps(key.replace("$", "\\u0024"))[1:-1], "".join(f"\\u{ord(char):04X}" for char in key),
        escape(key), key.replace("$", "&#36;"), key.replace("$", "&#x24;"), base64.b64encode(key.encode()).decode(),
    ]  # fmt: skip


LEAK = "; ".join(f"https://host/v2?accessKey={a}&secretKey={s}" for a, s in zip(spellings(ACCESS), spellings(SECRET), strict=True))


def leaks(text: str) -> list[str]:
    """The forms of the keys that stand in the text."""
    return [spelling for key in (ACCESS, SECRET) for spelling in spellings(key) if spelling in text]


@pytest.mark.parametrize("kind", sorted(FORMATS))
def test_no_file_holds_a_key_that_the_target_echoed(kind: str, tmp_path: Path) -> None:
    """A target may quote the URL in its message; the file does not."""
    path = tmp_path / "report"
    write_report(report(received=LEAK), path, kind, Redactor([ACCESS, SECRET]))
    text = path.read_text("utf-8")
    assert leaks(text) == []
    assert HIDDEN in text
    assert leaks(FORMATS[kind](report(received=LEAK))) != [], "the example must leak without the redactor"


def tells_all(ask: Ask, server: Server) -> Reply:
    """A server that writes what it was sent into every error, and into a header."""
    reply = server(ask)
    story = f"{ask.path}?{urlencode(ask.query)} {dict(ask.headers)}"
    error = reply.error
    told = reply.saying(error | {"ExceptionMessage": story}) if error else reply
    return told.having("X-Debug", story.replace("\n", " "))


def test_a_whole_run_leaks_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Against a server that echoes everything, no key stands in the output or in any report, in no spelling."""
    server = served(create_app(Settings(access_key=ACCESS, secret_key=SECRET), clock=ManualClock()))
    files = [tmp_path / name for name in ("report.html", "report.xml", "report.json")]
    flags = [word for flag, path in zip(("--html", "--junit", "--json"), files, strict=True) for word in (flag, str(path))]
    rules = ["auth.both-places", "auth.half-keys", "request.date-order", "limit.no-headers", "answer.dates-sorted"]
    monkeypatch.setenv("LSQ_ACCESS_KEY", ACCESS)
    monkeypatch.setenv("LSQ_SECRET_KEY", SECRET)
    with on_a_socket(as_wsgi(lambda ask: tells_all(ask, server))) as url:
        done = CliRunner().invoke(main, ["check", url, "--strict", "--rate", "10000/1s", "--only", *rules, *flags])
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert "checks" in done.output
    assert [leaks(text) for text in (done.output, *(path.read_text("utf-8") for path in files))] == [[], [], [], []]


def test_no_line_of_the_terminal_holds_a_key() -> None:
    """So does the terminal, whatever its width."""
    stream = io.StringIO()
    terminal = Terminal(Redactor([ACCESS, SECRET]), stream=stream)
    terminal.planned(report().plan)
    terminal.waiting(3, LEAK)
    terminal.finished(report(received=LEAK))
    joined = "".join(stream.getvalue().split())
    assert leaks(joined) == []
    assert "".join(HIDDEN.split()) in joined


KEYS = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=8, max_size=40)


@given(KEYS.filter(lambda key: key not in PLACEHOLDERS), st.text(), st.text())
def test_a_key_is_taken_out_wherever_it_stands(key: str, before: str, after: str) -> None:
    """Any key of at least eight characters is found inside any text."""
    assert key not in Redactor([key])(f"{before}{key}{after}").replace(HIDDEN, "\0")


def test_the_placeholders_of_the_vendors_page_are_no_secret() -> None:
    """`AccessKey` is a word of the contract, so it stays."""
    text = "x-LSQ-AccessKey, x-LSQ-SecretKey"
    assert Redactor(["AccessKey", "SecretKey", ""])(text) == text


def test_a_short_key_is_hidden_as_a_word_only() -> None:
    """A key such as `a` must not tear holes into every word of a report."""
    assert Redactor(["a"])("accessKey=a&secretKey=b: a bad call") == f"accessKey={HIDDEN}&secretKey=b: {HIDDEN} bad call"


@pytest.mark.parametrize("form", ["text", pytest.param("json", marks=pytest.mark.breadth)])
def test_no_artefact_of_a_real_run_holds_a_key(form: str, tmp_path: Path) -> None:
    """Two processes as people start them: all that the server prints, the kit's output and its three files are scanned."""
    environment = {**os.environ, "LSQ_ACCESS_KEY": ACCESS, "LSQ_SECRET_KEY": SECRET}
    port_file, log, other = tmp_path / "port", tmp_path / "server.log", tmp_path / "other.toml"
    other.write_text('invalid-keys-status = 403\nkeys-in-both-places = "query"\n', "utf-8")
    serve = ["lsq-mock", "serve", "--port", "0", "--port-file", str(port_file), "--log-format", form]
    files = [str(tmp_path / f"report.{kind}") for kind in ("html", "junit", "json")]
    flags = [word for path in files for word in (f"--{path.rpartition('.')[2]}", path)]
    rules = ["auth.query", "auth.both-places", "auth.key-case", "auth.invalid-keys", "request.range-101"]
    with (
        log.open("wb") as stream,
        subprocess.Popen(command(serve), env=environment, stdout=stream, stderr=subprocess.STDOUT) as server,
    ):
        try:
            url = f"http://127.0.0.1:{port_in(port_file, server)}"
            words = ["lsq-contract", "check", url, "--profile", str(other), "--strict", "--only", *rules, *flags]
            done = subprocess.run(command(words), env=environment, capture_output=True, text=True, timeout=120, check=False)
        finally:
            server.terminate()
    assert done.returncode == 1, "the profile is another one, so that there are failures with curl lines to scan"
    artefacts = [done.stdout, done.stderr, *(Path(path).read_text("utf-8") for path in (*files, log))]
    assert [leaks(text) for text in artefacts] == [[]] * len(artefacts)
    assert "curl" in done.stdout
    assert "ByUserEmailAddress" in log.read_text("utf-8"), "there has to be a log to scan"


def command(words: list[str]) -> list[str]:
    """An installed command beside this Python."""
    return [str(Path(sys.executable).with_name(words[0])), *words[1:]]


def port_in(file: Path, server: subprocess.Popen[bytes]) -> str:
    """The port that the server wrote down when it was ready."""
    while server.poll() is None:
        if file.exists() and (text := file.read_text("utf-8").strip()):
            return text
        time.sleep(0.02)
    raise AssertionError(f"the server ended with {server.returncode}")
